//! Cables: pulled from either end, put elsewhere, pulled off, dropped on nothing, healed, swapped.

use crate::desk::{CHAIN, Desk};
use egui::{Key, Modifiers, Vec2, pos2};

#[test]
fn a_cable_is_pulled_from_an_output() {
    let mut desk = Desk::new(CHAIN);
    desk.drag(desk.place("shaper.high output"), desk.place("speaker.right input"));
    assert_eq!(
        desk.cables(),
        ["shaper.high -> speaker.right", "shaper.low -> speaker.left", "tone.out -> shaper.in"]
    );
    desk.undo();
    assert_eq!(desk.cables().len(), 2);
}

#[test]
fn a_cable_is_pulled_from_an_input() {
    let mut desk = Desk::new(CHAIN);
    desk.drag(desk.place("speaker.right input"), desk.place("shaper.high output"));
    assert!(desk.cables().contains(&"shaper.high -> speaker.right".to_owned()));
}

#[test]
fn a_cable_dropped_on_a_knob_modulates_it() {
    let mut desk = Desk::new(CHAIN);
    desk.drag(desk.place("wave.out output"), desk.place("shaper.cutoff input"));
    assert!(desk.cables().contains(&"wave.out -> shaper.cutoff".to_owned()));
}

#[test]
fn a_cable_dropped_on_a_card_finds_the_port_that_suits() {
    let mut desk = Desk::new(CHAIN);
    let header = desk.place("speaker, Speaker");
    desk.drag(desk.place("tone.out output"), header);
    assert!(desk.cables().contains(&"tone.out -> speaker.left".to_owned()));
}

#[test]
fn an_end_is_put_elsewhere_and_keeps_its_depth() {
    let mut desk = Desk::new(CHAIN);
    desk.drag(desk.place("speaker.left input"), desk.place("speaker.right input"));
    assert_eq!(desk.cables(), ["shaper.low -> speaker.right", "tone.out -> shaper.in"]);
    assert_eq!(desk.depth("shaper", "low", "speaker", "right"), 0.5);
}

#[test]
fn a_cable_is_taken_by_its_nearer_end() {
    let mut desk = Desk::new(CHAIN);
    let (from, to) = (desk.place("shaper.low output"), desk.place("speaker.left input"));
    desk.drag(from + (to - from) * 0.3, desk.place("shaper.high output"));
    assert!(desk.cables().contains(&"shaper.high -> speaker.left".to_owned()), "{:?}", desk.cables());
}

#[test]
fn an_end_pulled_off_is_gone() {
    let mut desk = Desk::new(CHAIN);
    let port = desk.place("speaker.left input");
    desk.drag(port, port + Vec2::new(-60.0, 200.0));
    assert_eq!(desk.cables(), ["tone.out -> shaper.in"]);
    assert!(!desk.sees("Search nodes"));
}

#[test]
fn cables_are_stacked_with_command() {
    let mut desk = Desk::new(CHAIN);
    desk.hold(Modifiers::COMMAND);
    desk.drag(desk.place("speaker.left input"), desk.place("tone.out output"));
    desk.hold(Modifiers::NONE);
    assert_eq!(desk.cables().len(), 3);
    assert!(desk.cables().contains(&"tone.out -> speaker.left".to_owned()));
}

#[test]
fn a_second_cable_between_the_same_ports_is_refused_with_a_reason() {
    let mut desk = Desk::new(CHAIN);
    desk.drag(desk.place("tone.out output"), desk.place("shaper.in input"));
    assert_eq!(desk.cables().len(), 2);
    assert!(desk.sees("there is a cable tone.out -> shaper.in already; change its depth instead"));
}

#[test]
fn a_cable_dropped_on_nothing_opens_the_browser_and_connects_the_choice() {
    let mut desk = Desk::new(CHAIN);
    let port = desk.place("wave.out output");
    desk.drag(port, port + Vec2::new(120.0, 140.0));
    assert!(desk.sees("Search nodes"));
    assert!(desk.sees("Shaper node"));
    desk.type_text("shap");
    desk.key(Key::Enter);
    assert_eq!(desk.ids(), ["shaper", "shaper 2", "speaker", "tone", "wave"]);
    assert!(
        desk.cables().contains(&"wave.out -> shaper 2.cutoff".to_owned())
            || desk.cables().contains(&"wave.out -> shaper 2.in".to_owned())
    );
    desk.undo();
    assert_eq!((desk.ids().len(), desk.cables().len()), (4, 2), "node and cable are one step");
}

#[test]
fn the_browser_offers_only_what_has_a_port() {
    let mut desk = Desk::new(CHAIN);
    let port = desk.place("speaker.right input");
    desk.drag(port, port + Vec2::new(-60.0, 200.0));
    assert!(desk.sees("Tone node"));
    assert!(!desk.sees("Speaker node"), "a speaker has no output");
}

#[test]
fn escape_takes_a_pull_back() {
    let mut desk = Desk::new(CHAIN);
    desk.lift(desk.place("speaker.left input"), pos2(640.0, 700.0));
    desk.key(Key::Escape);
    desk.release(pos2(640.0, 700.0));
    assert_eq!(desk.cables().len(), 2);
}

#[test]
fn a_cable_is_selected_and_deleted() {
    let mut desk = Desk::new(CHAIN);
    let (from, to) = (desk.place("tone.out output"), desk.place("shaper.in input"));
    desk.click(from + (to - from) * 0.5);
    desk.key(Key::Delete);
    assert_eq!(desk.cables(), ["shaper.low -> speaker.left"]);
}

#[test]
fn two_selected_cables_swap_their_ends() {
    let mut desk = Desk::new(CHAIN);
    let middle = |desk: &Desk, from: &str, to: &str| {
        let (from, to) = (desk.place(from), desk.place(to));
        from + (to - from) * 0.5
    };
    let first = middle(&desk, "tone.out output", "shaper.in input");
    let second = middle(&desk, "shaper.low output", "speaker.left input");
    desk.click(first);
    desk.hold(Modifiers::SHIFT);
    desk.click(second);
    desk.hold(Modifiers::NONE);
    desk.keys(Modifiers::COMMAND, Key::E);
    assert_eq!(desk.cables(), ["shaper.low -> shaper.in", "tone.out -> speaker.left"]);
    assert_eq!(desk.depth("tone", "out", "speaker", "left"), 0.5, "depth stays at the input");
}
