//! The browser: opened by double-click, Space or Tab, searched, and used.

use crate::desk::{CHAIN, Desk};
use egui::{Event, Key, pos2};

#[test]
fn a_double_click_on_bare_canvas_adds_a_node_there() {
    let mut desk = Desk::new(r#"{"jackfield": 1}"#);
    // Between the bars.
    desk.double_click(pos2(640.0, 406.0));
    assert!(desk.sees("Search nodes"));
    desk.type_text("tone");
    desk.key(Key::Enter);
    assert_eq!(desk.ids(), ["tone"]);
    assert_eq!(desk.at("tone"), [0.0, 0.0], "the middle of the view is the middle of the canvas");
    assert!(!desk.sees("Search nodes"));
}

#[test]
fn space_and_tab_open_it_and_escape_closes_it() {
    let mut desk = Desk::new(CHAIN);
    for key in [Key::Space, Key::Tab] {
        desk.key(key);
        assert!(desk.sees("Search nodes"), "{key:?}");
        desk.key(Key::Escape);
        assert!(!desk.sees("Search nodes"), "{key:?}");
    }
    assert_eq!(desk.ids().len(), 4);
}

#[test]
fn it_searches_names_tags_and_help_and_walks_by_arrows() {
    let mut desk = Desk::new(r#"{"jackfield": 1}"#);
    for (query, id) in [("oscil", "tone"), ("slow", "wave"), ("spk", "speaker")] {
        desk.key(Key::Space);
        desk.type_text(query);
        desk.key(Key::Enter);
        assert!(desk.ids().contains(&id.to_owned()), "{query}: {:?}", desk.ids());
    }
    desk.key(Key::Space);
    desk.type_text("zzz");
    assert!(desk.sees("Nothing fits. Try fewer letters."));
    desk.key(Key::Enter);
    assert_eq!(desk.ids().len(), 3, "nothing is chosen");
    desk.key(Key::Escape);
}

#[test]
fn recent_types_come_first() {
    let mut desk = Desk::new(r#"{"jackfield": 1}"#);
    desk.key(Key::Space);
    desk.type_text("wave");
    desk.key(Key::Enter);
    assert_eq!(desk.editor().recent_types(), ["modulator.wave"]);
    desk.key(Key::Space);
    desk.key(Key::Enter);
    assert_eq!(desk.ids(), ["wave", "wave 2"]);
}

#[test]
fn a_type_is_dragged_out_to_its_place() {
    let mut desk = Desk::new(r#"{"jackfield": 1}"#);
    desk.double_click(pos2(300.0, 200.0));
    desk.drag(desk.place("Wave node"), pos2(1000.0, 606.0));
    assert_eq!(desk.ids(), ["wave"]);
    assert_eq!(desk.at("wave"), [360.0, 200.0]);
}

#[test]
fn it_tells_what_a_type_is() {
    let mut desk = Desk::new(r#"{"jackfield": 1}"#);
    desk.key(Key::Space);
    desk.type_text("tone");
    assert!(desk.sees("A tone."));
    assert!(desk.sees("frequency"));
}

#[test]
fn a_double_click_on_a_cable_puts_a_node_into_it() {
    let mut desk = Desk::new(CHAIN);
    let (from, to) = (desk.place("tone.out output"), desk.place("shaper.in input"));
    desk.double_click(from + (to - from) * 0.5);
    desk.type_text("shaper");
    desk.key(Key::Enter);
    assert!(desk.cables().contains(&"tone.out -> shaper 2.in".to_owned()), "{:?}", desk.cables());
    assert!(desk.cables().contains(&"shaper 2.low -> shaper.in".to_owned()));
    desk.undo();
    assert_eq!(desk.cables().len(), 2);
}

#[test]
fn keys_typed_into_the_search_do_nothing_to_the_patch() {
    let mut desk = Desk::new(CHAIN);
    desk.choose("tone, Tone");
    desk.key(Key::Space);
    desk.key(Key::Delete);
    desk.key(Key::Backspace);
    desk.event(Event::Paste("{}".to_owned()));
    desk.key(Key::Escape);
    assert_eq!(desk.ids().len(), 4);
}

#[test]
fn the_list_runs_down_beside_the_help() {
    let mut desk = Desk::new(CHAIN);
    desk.key(Key::Space);
    let (tone, wave) = (desk.place("Tone node"), desk.place("Wave node"));
    assert_eq!(tone.x, wave.x);
    assert!((tone.y - wave.y).abs() >= 24.0);
    assert!(desk.place("A tone.").x > tone.x + 100.0);
}
