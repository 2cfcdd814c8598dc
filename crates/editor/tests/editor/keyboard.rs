//! Everything without a mouse: walking, connecting, turning, typing.

use crate::desk::{CHAIN, Desk};
use egui::{Key, Modifiers};

/// Walks to a node whose card is right of the one before.
fn walk_to_shaper(desk: &mut Desk) {
    desk.choose("tone, Tone");
    desk.key(Key::ArrowRight);
}

#[test]
fn arrows_walk_from_node_to_node() {
    let mut desk = Desk::new(CHAIN);
    walk_to_shaper(&mut desk);
    desk.key(Key::Delete);
    assert_eq!(desk.ids(), ["speaker", "tone", "wave"]);
}

#[test]
fn shift_and_arrows_push_the_selection() {
    let mut desk = Desk::new(CHAIN);
    desk.choose("wave, Wave");
    desk.keys(Modifiers::SHIFT, Key::ArrowRight);
    desk.keys(Modifiers::SHIFT, Key::ArrowDown);
    assert_eq!(desk.at("wave"), [8.0, 248.0]);
}

#[test]
fn two_ports_are_connected_by_keys() {
    let mut desk = Desk::new(CHAIN);
    walk_to_shaper(&mut desk);
    // in, cutoff, low, high
    for _ in 0..4 {
        desk.keys(Modifiers::COMMAND, Key::ArrowDown);
    }
    desk.key(Key::Enter);
    desk.key(Key::ArrowRight);
    desk.keys(Modifiers::COMMAND, Key::ArrowDown);
    desk.keys(Modifiers::COMMAND, Key::ArrowDown);
    desk.key(Key::Enter);
    assert!(desk.cables().contains(&"shaper.high -> speaker.right".to_owned()), "{:?}", desk.cables());
}

#[test]
fn a_focused_knob_is_turned_and_typed_by_keys() {
    let mut desk = Desk::new(CHAIN);
    desk.choose("tone, Tone");
    for _ in 0..3 {
        desk.keys(Modifiers::COMMAND, Key::ArrowDown);
    }
    desk.keys(Modifiers::COMMAND, Key::ArrowRight);
    assert!((desk.knob("tone", "level") - 0.52).abs() < 1e-4);
    // Each in a frame of its own, as slow fingers type.
    desk.type_text("7");
    desk.type_text("5");
    desk.key(Key::Enter);
    assert_eq!(desk.knob("tone", "level"), 0.75);
}

#[test]
fn what_is_in_the_patch_has_names_and_values() {
    let desk = Desk::new(CHAIN);
    assert_eq!(desk.value("shaper.in input"), "audio, 1 cable");
    assert_eq!(desk.value("shaper.high output"), "audio, 0 cables");
    assert_eq!(desk.value("tone.level"), "50 %");
    assert!(desk.sees("Patch Untitled"));
}

#[test]
fn keys_pressed_within_one_frame_all_count_with_what_was_held() {
    let mut desk = Desk::new(CHAIN);
    desk.choose("wave, Wave");
    desk.in_one_frame(&[(Modifiers::SHIFT, Key::ArrowRight), (Modifiers::SHIFT, Key::ArrowRight)]);
    assert_eq!(desk.at("wave"), [16.0, 240.0]);
}
