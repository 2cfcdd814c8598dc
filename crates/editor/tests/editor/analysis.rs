//! Seeing and hearing: the pop-up at a cable, listening, pins, and the faces of nodes that show.

use crate::desk::{CHAIN, Desk};
use egui::{Key, Modifiers, Pos2};

/// The middle of the cable from the tone to the shaper.
fn on_the_cable(desk: &Desk) -> Pos2 {
    let (from, to) = (desk.place("tone.out output"), desk.place("shaper.in input"));
    from + (to - from) * 0.5
}

#[test]
fn a_meter_of_what_leaves_lights_its_lamps_and_holds_its_peaks() {
    let mut desk = Desk::new(r#"{"jackfield": 1, "nodes": {"master": {"type": "device.master"}}}"#);
    let warning = jackfield_editor::Theme::Dark.palette().warning;
    let lit = |desk: &Desk| desk.picture().pixels.iter().filter(|pixel| **pixel == warning).count();
    assert_eq!(lit(&desk), 0, "nothing is limited in silence");
    desk.sound();
    assert!(lit(&desk) > 10, "the lamp is on");
    desk.fall_silent();
    desk.rest(30);
    assert!(lit(&desk) > 10, "it stays on for a while, to be seen");
    desk.rest(120);
    assert_eq!(lit(&desk), 0, "and goes");
}

#[test]
fn pointing_at_a_cable_shows_its_probe_after_a_moment() {
    let mut desk = Desk::new(CHAIN);
    desk.sound();
    let middle = on_the_cable(&desk);
    desk.point(middle);
    desk.rest(2);
    assert!(!desk.sees("tone.out"), "passing over shows nothing");
    desk.rest(30);
    assert!(desk.sees("tone.out"));
    assert!(desk.sees("Waveform") && desk.sees("Spectrum"));
    assert!(desk.sees("-12.0 dB") && desk.sees("peak -6.0 dB"));
    assert!(desk.sees("4 voices"));
    let taps = &desk.world().heard.taps;
    let tap = taps.iter().find(|(tap, _)| &*tap.node == "tone").expect("the output is watched");
    assert!(tap.0.waveform, "its samples are wanted");
    desk.point(Pos2::new(640.0, 700.0));
    desk.rest(2);
    assert!(!desk.sees("Spectrum"));
    assert!(desk.world().heard.taps.iter().all(|(tap, _)| !tap.waveform), "and no longer");
}

#[test]
fn holding_l_listens_to_one_cable() {
    let mut desk = Desk::new(CHAIN);
    let middle = on_the_cable(&desk);
    desk.point(middle);
    desk.finger(Key::L, true);
    let heard = |desk: &Desk| desk.world().heard.listening.clone().map(|tap| tap.node.to_string());
    assert_eq!(heard(&desk).as_deref(), Some("tone"));
    desk.point(Pos2::new(640.0, 700.0));
    assert_eq!(heard(&desk).as_deref(), Some("tone"), "until the key goes up");
    desk.finger(Key::L, false);
    assert_eq!(heard(&desk), None);
    // Without a mouse: the port where the keyboard is.
    desk.choose("shaper, Shaper");
    for _ in 0..3 {
        desk.keys(Modifiers::COMMAND, Key::ArrowDown);
    }
    desk.finger(Key::L, true);
    assert_eq!(heard(&desk).as_deref(), Some("shaper"));
    desk.finger(Key::L, false);
}

#[test]
fn a_probe_is_pinned_and_taken_off() {
    let mut desk = Desk::new(CHAIN);
    desk.sound();
    let middle = on_the_cable(&desk);
    desk.point(middle);
    desk.keys(Modifiers::COMMAND, Key::P);
    desk.point(Pos2::new(640.0, 700.0));
    desk.rest(2);
    assert!(desk.sees("Waveform"), "it stays when one points elsewhere");
    let before = desk.place("tone.out");
    desk.drag(before, before + egui::vec2(40.0, 80.0));
    let after = desk.place("tone.out");
    assert!((after - before - egui::vec2(40.0, 80.0)).length() < 2.0, "{before} {after}");
    desk.choose("Unpin tone.out");
    assert!(!desk.sees("Waveform"));
}

#[test]
fn a_deleted_node_takes_its_pin_along() {
    let mut desk = Desk::new(CHAIN);
    let middle = on_the_cable(&desk);
    desk.point(middle);
    desk.keys(Modifiers::COMMAND, Key::P);
    desk.choose("tone, Tone");
    desk.key(Key::Delete);
    assert!(!desk.sees("Waveform"));
}

/// Every face that shows a signal.
pub(crate) const FACES: &str = r#"{
    "jackfield": 1,
    "nodes": {
        "tone": {"type": "source.tone", "at": [0, 0]},
        "scope": {"type": "analysis.scope", "at": [240, 0]},
        "spectrum": {"type": "analysis.spectrum", "at": [240, 240]},
        "spectrogram": {"type": "analysis.spectrogram", "at": [240, 480]},
        "xy": {"type": "analysis.xy", "at": [560, 0]},
        "tuner": {"type": "analysis.tuner", "at": [560, 280]},
        "loudness": {"type": "analysis.loudness", "at": [560, 480]},
        "meter": {"type": "analysis.meter", "at": [784, 0]},
        "value": {"type": "analysis.value", "at": [784, 160]},
        "keys": {"type": "device.keys", "at": [784, 320]},
        "sample": {"type": "analysis.sample", "at": [784, 520], "settings": {"file": "drum.wav"}},
        "row": {"type": "time.row", "at": [0, 240]},
        "shaper": {"type": "filter.shaper", "at": [0, 480]}
    },
    "cables": [
        {"from": "tone.out", "to": "scope.in"},
        {"from": "tone.out", "to": "spectrum.in"},
        {"from": "tone.out", "to": "spectrogram.in"},
        {"from": "tone.out", "to": "xy.in"},
        {"from": "shaper.high", "to": "xy.second"},
        {"from": "tone.out", "to": "tuner.in"},
        {"from": "tone.out", "to": "loudness.in"},
        {"from": "tone.out", "to": "meter.in"},
        {"from": "tone.out", "to": "value.in", "depth": 0.5},
        {"from": "sample.out", "to": "shaper.in"}
    ]
}"#;

#[test]
fn faces_ask_for_the_samples_they_show() {
    let desk = Desk::new(FACES);
    let waveforms: Vec<_> =
        desk.world().heard.taps.iter().map(|(tap, _)| (&*tap.node, tap.waveform)).collect();
    let expected = [("sample", false), ("shaper", true), ("tone", true), ("tuner", false), ("tuner", false)];
    assert_eq!(waveforms, expected, "a tuner's face shows its own outputs");
}
