//! Playing: keys on the screen and on the computer keyboard.

use crate::desk::{CHAIN, Desk};
use egui::{Key, Modifiers, Vec2};

#[test]
fn the_computer_keyboard_plays_two_rows() {
    let mut desk = Desk::new(CHAIN);
    desk.finger(Key::Z, true);
    desk.finger(Key::Q, true);
    desk.finger(Key::Z, false);
    desk.finger(Key::CloseBracket, true);
    desk.finger(Key::Z, true);
    desk.finger(Key::Z, false);
    desk.finger(Key::Q, false);
    assert_eq!(
        desk.played(),
        [[0x90, 48, 100], [0x90, 60, 100], [0x80, 48, 0], [0x80, 60, 0]],
        "an octave up, Z is the note that Q holds already"
    );
}

#[test]
fn letters_typed_into_a_field_play_nothing() {
    let mut desk = Desk::new(CHAIN);
    desk.key(Key::Space);
    desk.finger(Key::Z, true);
    desk.finger(Key::Z, false);
    assert_eq!(desk.played().len(), 0);
    desk.key(Key::Escape);
    desk.keys(Modifiers::COMMAND, Key::Z);
    assert_eq!(desk.played().len(), 0, "nor do commands");
}

#[test]
fn no_note_hangs_when_the_keyboard_goes_elsewhere() {
    let mut desk = Desk::new(CHAIN);
    desk.finger(Key::Q, true);
    desk.focus_window(false);
    assert_eq!(desk.played(), [[0x90, 60, 100], [0x80, 60, 0]]);
    desk.focus_window(true);
    desk.finger(Key::W, true);
    desk.key(Key::Space);
    assert_eq!(desk.played(), [[0x90, 62, 100], [0x80, 62, 0]]);
}

#[test]
fn figures_are_typed_on_a_knob_and_played_elsewhere() {
    let mut desk = Desk::new(CHAIN);
    desk.finger(Key::Num2, true);
    desk.finger(Key::Num2, false);
    assert_eq!(desk.played(), [[0x90, 61, 100], [0x80, 61, 0]]);
    desk.choose("tone, Tone");
    for _ in 0..3 {
        desk.keys(Modifiers::COMMAND, Key::ArrowDown);
    }
    desk.finger(Key::Num2, true);
    assert_eq!(desk.played().len(), 0);
}

#[test]
fn keys_on_the_screen_are_struck_harder_below_and_slid_over() {
    let mut desk = Desk::new(CHAIN);
    desk.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::K);
    let low = |desk: &Desk, key: &str| desk.place(key) + Vec2::new(0.0, 35.0);
    let (c, e) = (low(&desk, "C4 key"), low(&desk, "D4 key"));
    desk.lift(c, e);
    assert!(desk.pressed("D4 key"));
    desk.release(e);
    let played = desk.played();
    assert_eq!(
        played.iter().map(|[what, note, _]| (*what, *note)).collect::<Vec<_>>(),
        [(0x90, 60), (0x90, 62), (0x80, 60), (0x80, 62)]
    );
    assert!(played[0][2] > 90, "{played:?}");
    desk.click(desk.place("G4 key") - Vec2::new(0.0, 40.0));
    let soft = desk.played();
    assert!(soft[0][2] < 40, "{soft:?}");
}

#[test]
fn a_keyboard_in_a_node_plays_and_does_not_move_it() {
    let mut desk = Desk::new(r#"{"jackfield": 1, "nodes": {"keys": {"type": "device.keys", "at": [0, 0]}}}"#);
    // The face lies below the header, left of the outputs.
    let face = desk.place("keys, Keys") + Vec2::new(-92.0, 76.0);
    desk.lift(face, face + Vec2::new(30.0, 0.0));
    desk.release(face + Vec2::new(30.0, 0.0));
    let played = desk.played();
    assert_eq!(played.first().map(|[what, note, _]| (*what, *note)), Some((0x90, 48)));
    let held: i32 = played.iter().map(|[what, ..]| if *what == 0x90 { 1 } else { -1 }).sum();
    assert_eq!(held, 0, "{played:?}");
    assert_eq!(desk.at("keys"), [0.0, 0.0]);
}

#[test]
fn panic_lets_go_of_everything_on_every_channel() {
    let mut desk = Desk::new(CHAIN);
    desk.finger(Key::Q, true);
    desk.keys(Modifiers::COMMAND, Key::Period);
    let played = desk.played();
    assert_eq!(played[1], [0x80, 60, 0]);
    for channel in 0..16 {
        for controller in [64, 120, 123] {
            assert!(played.contains(&[0xb0 | channel, controller, 0]));
        }
    }
    assert!(desk.world().heard.commands.contains(&jackfield_editor::Command::Panic));
}

#[test]
fn an_assistive_device_holds_keys() {
    let mut desk = Desk::new(CHAIN);
    desk.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::K);
    desk.press("C4 key");
    desk.press("C4 key");
    assert_eq!(desk.played(), [[0x90, 60, 100], [0x80, 60, 0]]);
}
