//! Knobs: turned, scrolled, reset, typed, and their depth.

use crate::desk::{CHAIN, Desk};
use egui::{Key, Modifiers, Vec2};
use jackfield_node::SettingValue;

fn near(value: f32, expected: f32) -> bool {
    (value - expected).abs() <= expected.abs() * 1e-3
}

#[test]
fn a_knob_turns_by_dragging_and_is_heard_at_once() {
    let mut desk = Desk::new(CHAIN);
    let plays = desk.world().heard.plays;
    let knob = desk.place("shaper.cutoff");
    // Ten octaves on 200 points: 40 points are two octaves.
    desk.drag(knob, knob - Vec2::new(0.0, 40.0));
    assert!(near(desk.knob("shaper", "cutoff"), 2560.0), "{}", desk.knob("shaper", "cutoff"));
    let heard = &desk.world().heard;
    assert_eq!(heard.plays, plays, "turning compiles nothing");
    let (node, input, value) = heard.turns.last().unwrap();
    assert_eq!((node.as_str(), input.as_str()), ("shaper", "cutoff"));
    assert!(near(*value, 2560.0));
    desk.undo();
    assert_eq!(desk.knob("shaper", "cutoff"), 640.0, "a drag is one step");
    assert_eq!(desk.world().heard.turns.last().unwrap().2, 640.0, "undo is heard too");
}

#[test]
fn shift_turns_finer() {
    let mut desk = Desk::new(CHAIN);
    let knob = desk.place("shaper.cutoff");
    desk.hold(Modifiers::SHIFT);
    desk.drag(knob, knob - Vec2::new(0.0, 200.0));
    desk.hold(Modifiers::NONE);
    assert!(near(desk.knob("shaper", "cutoff"), 1280.0), "{}", desk.knob("shaper", "cutoff"));
}

#[test]
fn a_turn_ends_at_the_end_of_the_range() {
    let mut desk = Desk::new(CHAIN);
    let knob = desk.place("tone.level");
    desk.drag(knob, knob - Vec2::new(0.0, 350.0));
    assert_eq!(desk.knob("tone", "level"), 1.0);
}

#[test]
fn escape_takes_a_turn_back() {
    let mut desk = Desk::new(CHAIN);
    let knob = desk.place("tone.level");
    desk.lift(knob, knob - Vec2::new(0.0, 50.0));
    assert!(desk.knob("tone", "level") > 0.6);
    desk.key(Key::Escape);
    desk.release(knob);
    assert_eq!(desk.knob("tone", "level"), 0.5);
}

#[test]
fn the_wheel_zooms_until_a_knob_is_clicked_or_ctrl_is_held() {
    let mut desk = Desk::new(CHAIN);
    let knob = desk.place("tone.level");
    let between = |desk: &Desk| desk.place("tone.level").distance(desk.place("shaper.cutoff"));
    let before = between(&desk);
    desk.scroll(knob, 1.0);
    assert_eq!(desk.knob("tone", "level"), 0.5, "a wheel over a knob is meant for the canvas");
    assert!(between(&desk) > before * 1.1);
    desk.scroll(knob, -1.0);
    let knob = desk.place("tone.level");
    desk.scroll_with(Modifiers::COMMAND, knob, 1.0);
    assert!(near(desk.knob("tone", "level"), 0.52), "{}", desk.knob("tone", "level"));
    desk.undo();
    desk.click(knob);
    desk.scroll(knob, 1.0);
    desk.scroll(knob, 1.0);
    assert!(near(desk.knob("tone", "level"), 0.54), "{}", desk.knob("tone", "level"));
    assert_eq!(desk.place("tone.level"), knob);
    desk.undo();
    assert_eq!(desk.knob("tone", "level"), 0.5, "steps on one knob are undone together");
}

#[test]
fn a_double_click_resets() {
    let mut desk = Desk::new(CHAIN);
    let knob = desk.place("shaper.cutoff");
    desk.drag(knob, knob - Vec2::new(0.0, 40.0));
    desk.double_click(knob);
    assert_eq!(desk.knob("shaper", "cutoff"), 640.0);
}

#[test]
fn a_value_is_typed_with_its_unit() {
    let mut desk = Desk::new(CHAIN);
    for (text, value) in [("440 Hz", 440.0), ("C#4", 277.18), ("1.2k", 1200.0)] {
        desk.click(desk.value_place("shaper.cutoff"));
        assert!(desk.sees("shaper cutoff"), "the field is open");
        desk.type_text(text);
        desk.key(Key::Enter);
        assert!(near(desk.knob("shaper", "cutoff"), value), "{text}: {}", desk.knob("shaper", "cutoff"));
        assert!(!desk.sees("shaper cutoff"), "the field is closed");
    }
}

#[test]
fn nonsense_is_refused_with_an_example_and_escape_leaves_the_value() {
    let mut desk = Desk::new(CHAIN);
    desk.click(desk.value_place("shaper.cutoff"));
    desk.type_text("loud");
    desk.key(Key::Enter);
    assert_eq!(desk.knob("shaper", "cutoff"), 640.0);
    assert!(desk.sees("'loud' is no number; type for example 440 Hz, C#4 or 1/8"));
    desk.click(desk.value_place("shaper.cutoff"));
    desk.type_text("99 Hz");
    desk.key(Key::Escape);
    assert_eq!(desk.knob("shaper", "cutoff"), 640.0);
}

#[test]
fn the_ring_of_a_patched_knob_sets_the_depth() {
    let mut desk = Desk::new(CHAIN);
    desk.drag(desk.place("wave.out output"), desk.place("shaper.cutoff input"));
    let ring = desk.place("shaper.cutoff") + Vec2::new(0.0, -19.0);
    desk.drag(ring, ring - Vec2::new(0.0, 60.0));
    assert_eq!(desk.knob("shaper", "cutoff"), 640.0);
    // Ten octaves on 200 points.
    let depth = desk.depth("wave", "out", "shaper", "cutoff");
    assert!((depth - 4.0).abs() < 0.01, "{depth}");
    desk.double_click(ring);
    assert_eq!(desk.depth("wave", "out", "shaper", "cutoff"), 1.0);
}

#[test]
fn a_setting_goes_on_by_a_click() {
    let mut desk = Desk::new(CHAIN);
    assert_eq!(desk.value("tone shape"), "sine");
    desk.choose("tone shape");
    assert_eq!(desk.value("tone shape"), "saw");
    let plays = desk.world().heard.plays;
    desk.undo();
    assert_eq!(desk.value("tone shape"), "sine");
    assert!(desk.world().heard.plays > plays, "a setting recompiles");
}

#[test]
fn a_knob_has_a_menu() {
    let mut desk = Desk::new(CHAIN);
    let knob = desk.place("tone.level");
    desk.drag(knob, knob - Vec2::new(0.0, 50.0));
    desk.secondary_click(knob);
    desk.choose("Reset");
    assert_eq!(desk.knob("tone", "level"), 0.5);
    desk.secondary_click(knob);
    desk.choose("Learn MIDI");
    let learn = jackfield_editor::Command::LearnMidi { node: "tone".into(), input: "level".into() };
    assert!(desk.world().heard.commands.contains(&learn));
}

#[test]
fn an_assistive_device_turns_knobs() {
    let mut desk = Desk::new(CHAIN);
    assert_eq!(desk.value("shaper.cutoff"), "640 Hz");
    desk.increment("tone.level");
    assert!(near(desk.knob("tone", "level"), 0.52));
}

#[test]
fn steps_are_drawn_as_one_step_of_undo() {
    let mut desk = Desk::new(r#"{"jackfield": 1, "nodes": {"row": {"type": "time.row"}}}"#);
    let steps = |desk: &Desk| match &desk.setting("row", "row") {
        SettingValue::Steps(steps) => steps.clone(),
        other => panic!("{other:?}"),
    };
    let face = desk.place("row row");
    // From the middle of the first step at the top to the middle of the last at the bottom.
    desk.drag(face + Vec2::new(-66.5, -31.0), face + Vec2::new(66.5, 31.0));
    let drawn = steps(&desk);
    assert!(drawn[0] > 0.9 && drawn[7] < 0.1, "{drawn:?}");
    assert!(drawn.windows(2).all(|pair| pair[1] < pair[0]), "{drawn:?}");
    desk.undo();
    assert_eq!(steps(&desk), [0.5; 8]);
    desk.click(face + Vec2::new(-66.5, -31.0));
    assert!(steps(&desk)[0] > 0.9 && steps(&desk)[1] == 0.5);
}

#[test]
fn a_text_is_typed_in_place() {
    let mut desk = Desk::new(r#"{"jackfield": 1, "nodes": {"row": {"type": "time.row"}}}"#);
    desk.choose("row words");
    desk.type_text("do re mi");
    desk.key(Key::Enter);
    assert_eq!(desk.setting("row", "words"), SettingValue::Text("do re mi".to_owned()));
}

#[test]
fn a_duration_is_typed_as_a_note_at_the_transports_tempo() {
    let mut desk = Desk::new(r#"{"jackfield": 1, "nodes": {"echo": {"type": "effect.echo"}}}"#);
    let typed = |desk: &mut Desk, text: &str| {
        desk.click(desk.value_place("echo.time"));
        desk.type_text(text);
        desk.key(Key::Enter);
        desk.knob("echo", "time")
    };
    assert_eq!(typed(&mut desk, "1/8"), 0.125, "seconds, without a tempo");
    desk.set_tempo(120.0);
    assert_eq!(typed(&mut desk, "1/8"), 0.25);
    assert_eq!(typed(&mut desk, "80 ms"), 0.08);
}
