//! Palettes, outline, help and hints.

use crate::desk::{CHAIN, Desk};
use egui::{Key, Modifiers};
use jackfield_editor::ACTIONS;

const COMMAND_SHIFT: Modifiers = Modifiers { shift: true, ..Modifiers::COMMAND };

#[test]
fn any_action_is_found_by_its_name() {
    let mut desk = Desk::new(CHAIN);
    desk.choose("shaper, Shaper");
    desk.keys(COMMAND_SHIFT, Key::P);
    desk.type_text("heal");
    desk.key(Key::Enter);
    assert_eq!(desk.cables(), ["tone.out -> speaker.left"]);
    desk.keys(COMMAND_SHIFT, Key::P);
    desk.type_text("undo");
    desk.key(Key::Enter);
    assert_eq!(desk.cables().len(), 2, "the keyboard is back on the canvas");
    desk.keys(COMMAND_SHIFT, Key::P);
    desk.key(Key::Escape);
    assert!(!desk.sees("Do what?"));
}

#[test]
fn a_port_is_connected_without_a_mouse() {
    let mut desk = Desk::new(CHAIN);
    desk.choose("wave, Wave");
    desk.keys(Modifiers::COMMAND, Key::ArrowDown);
    desk.keys(Modifiers::COMMAND, Key::ArrowDown);
    desk.keys(Modifiers::COMMAND, Key::K);
    assert!(desk.sees("tone.level, control"), "inputs of other nodes");
    assert!(!desk.sees("wave.rate, pitch"), "not its own");
    desk.type_text("cut");
    desk.key(Key::Enter);
    assert!(desk.cables().contains(&"wave.out -> shaper.cutoff".to_owned()), "{:?}", desk.cables());
}

#[test]
fn what_fits_by_kind_comes_first_and_what_is_connected_last() {
    let mut desk = Desk::new(CHAIN);
    desk.point(desk.place("tone.out output"));
    desk.keys(Modifiers::COMMAND, Key::K);
    let height = |desk: &Desk, name: &str| desk.place(name).y;
    let (free, knob, taken) = (
        height(&desk, "speaker.right, audio"),
        height(&desk, "shaper.cutoff, pitch"),
        height(&desk, "shaper.in, connected"),
    );
    assert!(free < knob && knob < taken, "{free} {knob} {taken}");
    desk.key(Key::Enter);
    assert_eq!(desk.cables().len(), 3);
}

#[test]
fn without_a_port_it_says_how_to_get_to_one() {
    let mut desk = Desk::new(CHAIN);
    desk.keys(Modifiers::COMMAND, Key::K);
    assert!(desk.sees("Go to a port first: Ctrl with the arrows up and down walks over them."));
}

#[test]
fn a_setting_is_chosen_by_its_name() {
    let mut desk = Desk::new(CHAIN);
    desk.choose("tone, Tone");
    desk.keys(Modifiers::COMMAND, Key::T);
    assert!(desk.sees("shape: sine, now"));
    desk.type_text("saw");
    desk.key(Key::Enter);
    assert_eq!(desk.value("tone shape"), "saw");
    desk.undo();
    assert_eq!(desk.value("tone shape"), "sine");
}

#[test]
fn names_and_depths_are_typed_without_a_mouse() {
    let mut desk = Desk::new(CHAIN);
    desk.choose("wave, Wave");
    desk.key(Key::F2);
    desk.type_text("drift");
    desk.key(Key::Enter);
    assert!(desk.ids().contains(&"drift".to_owned()));
    desk.keys(Modifiers::COMMAND, Key::ArrowDown);
    desk.keys(Modifiers::COMMAND, Key::ArrowDown);
    desk.keys(Modifiers::COMMAND, Key::K);
    desk.type_text("cutoff");
    desk.key(Key::Enter);
    let cable = |desk: &Desk| desk.depth("drift", "out", "shaper", "cutoff");
    // The new cable is selected.
    desk.type_text("2.5");
    desk.key(Key::Enter);
    assert_eq!(cable(&desk), 2.5);
}

#[test]
fn the_outline_tells_the_whole_patch_and_leads_to_it() {
    let mut desk = Desk::new(CHAIN);
    desk.keys(COMMAND_SHIFT, Key::E);
    for line in [
        "shaper: Shaper",
        "left, from shaper.low times 0.5",
        "low, to speaker.left",
        "high, not connected",
        "frequency 640 Hz",
        "shape: sine",
    ] {
        assert!(desk.sees(line), "{line}");
    }
    desk.choose("wave: Wave");
    desk.key(Key::Delete);
    assert_eq!(desk.ids(), ["shaper", "speaker", "tone"], "the line leads to the node");
    assert!(!desk.sees("wave: Wave"));
    desk.keys(COMMAND_SHIFT, Key::E);
    assert!(!desk.sees("shaper: Shaper"));
}

#[test]
fn help_lists_every_action() {
    let mut desk = Desk::new(CHAIN);
    desk.key(Key::F1);
    for info in ACTIONS {
        assert!(desk.sees(info.help), "{}", info.name);
    }
    desk.key(Key::F1);
    assert!(!desk.sees("Gestures and keys"));
    desk.key(Key::F1);
    desk.key(Key::Escape);
    assert!(!desk.sees("Gestures and keys"));
}

#[test]
fn three_hints_come_once() {
    let mut desk = Desk::new(CHAIN);
    assert!(!desk.sees("Next"), "only for who is new");
    desk.editor().set_hints_read(0);
    desk.settle();
    for button in ["Next", "Next", "Done"] {
        desk.choose(button);
    }
    assert_eq!(desk.world().editor.hints_read(), 3);
    assert!(!desk.sees("Done"));
    desk.editor().set_hints_read(1);
    desk.settle();
    desk.choose("Skip");
    assert_eq!(desk.world().editor.hints_read(), 3);
}

/// What one can use but not name is not there for who can't see it.
#[test]
fn everything_that_takes_clicks_or_keys_has_a_name() {
    let mut desk = Desk::new(crate::analysis::FACES);
    desk.sound();
    for keys in [Key::K, Key::E] {
        desk.keys(COMMAND_SHIFT, keys);
    }
    desk.keys(Modifiers::COMMAND, Key::Slash);
    desk.key(Key::Escape);
    let open: [&dyn Fn(&mut Desk); 5] = [
        &|_| {},
        &|desk| desk.key(Key::Space),
        &|desk| desk.keys(COMMAND_SHIFT, Key::P),
        &|desk| desk.secondary_click(desk.place("tone, Tone")),
        &|desk| desk.key(Key::F1),
    ];
    for (step, open) in open.iter().enumerate() {
        open(&mut desk);
        assert_eq!(desk.nameless(), [""; 0], "step {step}");
        desk.key(Key::Escape);
    }
}
