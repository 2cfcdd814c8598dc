//! Escape and what lies over the canvas: menus, prompts, windows, notices.

use crate::desk::{CHAIN, Desk};
use egui::{Key, Modifiers, pos2};

#[test]
fn escape_closes_a_menu_and_leaves_the_selection() {
    let mut desk = Desk::new(CHAIN);
    desk.choose("shaper, Shaper");
    desk.secondary_click(desk.place("shaper, Shaper"));
    assert!(desk.sees_like("Delete and heal"));
    desk.key(Key::Escape);
    assert!(!desk.sees_like("Delete and heal"), "one press closes the menu");
    assert!(desk.pressed("shaper, Shaper"), "and does not reach the canvas behind it");
    desk.key(Key::Escape);
    assert!(!desk.pressed("shaper, Shaper"), "the next one does");
}

#[test]
fn keys_walk_in_a_menu_and_not_behind_it() {
    let mut desk = Desk::new(CHAIN);
    desk.choose("shaper, Shaper");
    desk.secondary_click(desk.place("shaper, Shaper"));
    desk.key(Key::ArrowRight);
    assert!(desk.pressed("shaper, Shaper"), "the canvas has not walked on");
}

#[test]
fn a_right_click_while_a_menu_is_open_opens_another() {
    let mut desk = Desk::new(CHAIN);
    desk.secondary_click(desk.place("shaper, Shaper"));
    assert!(desk.sees_like("Delete and heal"));
    desk.secondary_click(pos2(200.0, 700.0));
    assert!(desk.sees_like("Tidy"), "the canvas's menu");
    assert!(!desk.sees_like("Delete and heal"));
    desk.secondary_click(desk.place("wave, Wave"));
    assert!(desk.sees_like("Roll again"), "and that of a node again");
}

#[test]
fn escape_closes_one_level_a_press() {
    let mut desk = Desk::new(CHAIN);
    desk.choose("shaper, Shaper");
    desk.keys(Modifiers::COMMAND, Key::Comma);
    assert!(desk.sees("Look for devices again"));
    desk.point(pos2(100.0, 700.0));
    desk.key(Key::Space);
    assert!(desk.sees("Search nodes"));
    desk.key(Key::Escape);
    assert!(!desk.sees("Search nodes") && desk.sees("Look for devices again"));
    desk.key(Key::Escape);
    assert!(!desk.sees("Look for devices again"));
    assert!(desk.pressed("shaper, Shaper"));
}

#[test]
fn no_probe_pops_up_over_a_menu() {
    let mut desk = Desk::new(CHAIN);
    let (from, to) = (desk.place("tone.out output"), desk.place("shaper.in input"));
    let cable = from + (to - from) * 0.5;
    desk.secondary_click(desk.place("shaper, Shaper"));
    desk.point(cable);
    desk.rest(30);
    assert!(!desk.sees("Waveform"));
    desk.key(Key::Escape);
    desk.point(cable + egui::vec2(1.0, 0.0));
    desk.rest(30);
    assert!(desk.sees("Waveform"), "without the menu it does");
}

#[test]
fn a_notice_is_as_wide_as_its_text_up_to_a_readable_line() {
    let mut desk = Desk::new(CHAIN);
    let short = "Saved as a patch.";
    desk.editor().tell(short);
    desk.settle();
    let rect = desk.rect(short);
    assert!(rect.height() < 24.0 && rect.width() < 200.0, "{rect}");
    let long =
        "A sentence that says in many words what went wrong, where that was, and what to try. ".repeat(3);
    desk.editor().tell(long.trim());
    desk.settle();
    let rect = desk.rect(long.trim());
    assert!((400.0..=660.0).contains(&rect.width()) && rect.height() < 120.0, "{rect}");
    assert!((rect.center().x - 640.0).abs() < 8.0, "in the middle: {rect}");
}
