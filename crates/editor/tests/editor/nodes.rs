//! Nodes: moved, selected, spliced, deleted, healed, doubled, copied, aligned, tidied.

use crate::desk::{CHAIN, Desk};
use egui::{Event, Key, Modifiers, Vec2};
use jackfield_patch::Edit;

#[test]
fn a_node_moves_on_the_grid_as_one_step() {
    let mut desk = Desk::new(CHAIN);
    let header = desk.place("wave, Wave");
    desk.drag(header, header + Vec2::new(101.0, 43.0));
    assert_eq!(desk.at("wave"), [104.0, 280.0]);
    desk.undo();
    assert_eq!(desk.at("wave"), [0.0, 240.0]);
}

#[test]
fn moving_is_not_heard() {
    let mut desk = Desk::new(CHAIN);
    let plays = desk.world().heard.plays;
    let header = desk.place("wave, Wave");
    desk.drag(header, header + Vec2::new(101.0, 43.0));
    assert_eq!(desk.world().heard.plays, plays);
}

#[test]
fn a_rectangle_selects_what_it_touches_and_they_move_together() {
    let mut desk = Desk::new(CHAIN);
    let (first, last) = (desk.place("tone, Tone"), desk.place("shaper, Shaper"));
    desk.drag(first - Vec2::new(120.0, 60.0), last + Vec2::new(0.0, 10.0));
    desk.drag(first, first + Vec2::new(0.0, -80.0));
    assert_eq!((desk.at("tone"), desk.at("shaper")), ([0.0, -80.0], [240.0, -80.0]));
    assert_eq!(desk.at("speaker"), [480.0, 0.0]);
    desk.undo();
    assert_eq!((desk.at("tone"), desk.at("shaper")), ([0.0, 0.0], [240.0, 0.0]));
}

#[test]
fn shift_adds_to_the_selection() {
    let mut desk = Desk::new(CHAIN);
    desk.choose("tone, Tone");
    desk.hold(Modifiers::SHIFT);
    desk.choose("wave, Wave");
    desk.hold(Modifiers::NONE);
    desk.key(Key::Delete);
    assert_eq!(desk.ids(), ["shaper", "speaker"]);
    desk.undo();
    assert_eq!((desk.ids().len(), desk.cables().len()), (4, 2), "cables come back with their nodes");
}

#[test]
fn a_loose_node_dropped_on_a_cable_is_spliced_in() {
    let mut desk = Desk::new(CHAIN);
    desk.edit(Edit::AddNode(Box::new({
        let spec = desk.patch().node(desk.patch().find("shaper").unwrap()).unwrap().spec().unwrap();
        let mut node = jackfield_patch::Node::new("extra", spec);
        node.at = [480.0, 240.0];
        node
    })));
    let header = desk.place("extra, Shaper");
    let (from, to) = (desk.place("shaper.low output"), desk.place("speaker.left input"));
    let middle = from + (to - from) * 0.5;
    // The middle of the card comes onto the middle of the cable.
    desk.drag(header, middle - Vec2::new(0.0, 72.0));
    assert_eq!(
        desk.cables(),
        ["extra.low -> speaker.left", "shaper.low -> extra.in", "tone.out -> shaper.in"]
    );
    assert_eq!(desk.depth("extra", "low", "speaker", "left"), 0.5);
    desk.undo();
    assert_eq!(desk.at("extra"), [480.0, 240.0], "moving and splicing are one step");
    assert_eq!(desk.cables().len(), 2);
}

#[test]
fn deleting_with_command_heals_the_path() {
    let mut desk = Desk::new(CHAIN);
    desk.choose("shaper, Shaper");
    desk.keys(Modifiers::COMMAND, Key::Delete);
    assert_eq!(desk.cables(), ["tone.out -> speaker.left"]);
    assert_eq!(desk.depth("tone", "out", "speaker", "left"), 0.5);
    desk.undo();
    assert_eq!(desk.cables().len(), 2);
}

#[test]
fn doubling_keeps_the_cables_into_the_copies() {
    let mut desk = Desk::new(CHAIN);
    desk.choose("shaper, Shaper");
    desk.keys(Modifiers::COMMAND, Key::D);
    assert_eq!(desk.ids(), ["shaper", "shaper 2", "speaker", "tone", "wave"]);
    assert_eq!(
        desk.cables(),
        ["shaper.low -> speaker.left", "tone.out -> shaper 2.in", "tone.out -> shaper.in"]
    );
    let at = desk.at("shaper 2");
    assert!(at[0] >= 384.0 || at[1] >= 200.0, "beside or below it, not on it: {at:?}");
}

#[test]
fn copies_travel_as_text_between_editors() {
    let mut desk = Desk::new(CHAIN);
    desk.keys(Modifiers::COMMAND, Key::A);
    desk.event(Event::Copy);
    let text = desk.world().copied.clone().expect("text on the clipboard");
    let mut other = Desk::new(r#"{"jackfield": 1}"#);
    other.event(Event::Paste(format!("Try this patch:\n\n{text}\nHave fun!")));
    assert_eq!(other.ids(), desk.ids());
    assert_eq!(other.cables(), desk.cables());
    other.event(Event::Paste(text));
    assert_eq!(other.ids().len(), 8, "names that are taken get a number");
    assert!(other.cables().contains(&"tone 2.out -> shaper 2.in".to_owned()));
    other.undo();
    assert_eq!(other.ids().len(), 4);
}

#[test]
fn cutting_takes_away_and_pasting_nonsense_tells_so() {
    let mut desk = Desk::new(CHAIN);
    desk.choose("shaper, Shaper");
    desk.event(Event::Cut);
    assert_eq!(desk.ids(), ["speaker", "tone", "wave"]);
    assert!(desk.world().copied.as_ref().unwrap().contains("filter.shaper"));
    desk.event(Event::Paste("hello".to_owned()));
    assert!(desk.sees("The clipboard holds no patch."));
}

#[test]
fn a_patch_of_unknown_nodes_is_shown_and_kept() {
    let text = r#"{"jackfield": 1, "nodes": {"odd": {"type": "future.thing", "at": [0, 0], "colour": "red"},
        "speaker": {"type": "device.speaker", "at": [300, 0]}},
        "cables": [{"from": "odd.out", "to": "speaker.left"}]}"#;
    let mut desk = Desk::new(text);
    assert!(desk.sees("odd, missing type future.thing"));
    desk.drag(desk.place("odd.out output"), desk.place("speaker.right input"));
    assert!(desk.cables().contains(&"odd.out -> speaker.right".to_owned()));
    assert!(jackfield_patch::write(desk.patch()).contains("\"colour\": \"red\""));
}

#[test]
fn nodes_are_muted_and_let_sound_again() {
    let mut desk = Desk::new(CHAIN);
    desk.choose("shaper, Shaper");
    desk.keys(Modifiers::COMMAND, Key::M);
    assert!(desk.sees("shaper, Shaper, muted"));
    desk.keys(Modifiers::COMMAND, Key::M);
    assert!(!desk.sees("shaper, Shaper, muted"));
}

#[test]
fn two_selected_nodes_swap_their_places() {
    let mut desk = Desk::new(CHAIN);
    desk.choose("tone, Tone");
    desk.hold(Modifiers::SHIFT);
    desk.choose("wave, Wave");
    desk.hold(Modifiers::NONE);
    desk.keys(Modifiers::COMMAND, Key::E);
    assert_eq!((desk.at("tone"), desk.at("wave")), ([0.0, 240.0], [0.0, 0.0]));
    assert_eq!(desk.cables(), ["shaper.low -> speaker.left", "wave.out -> shaper.in"]);
}

#[test]
fn aligned_nodes_stand_in_line_without_touching() {
    let mut desk = Desk::new(CHAIN);
    desk.keys(Modifiers::COMMAND, Key::A);
    desk.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::L);
    let ids = desk.ids();
    assert!(ids.iter().all(|id| desk.at(id)[0] == 0.0));
    let mut tops: Vec<f32> = ids.iter().map(|id| desk.at(id)[1]).collect();
    tops.sort_by(f32::total_cmp);
    assert!(tops.windows(2).all(|pair| pair[1] - pair[0] >= 80.0), "{tops:?}");
}

#[test]
fn tidy_puts_nodes_in_the_order_of_the_signal() {
    let mut desk = Desk::new(CHAIN);
    for (id, at) in [("tone", [500.0, 0.0]), ("shaper", [-300.0, 80.0]), ("speaker", [100.0, -90.0])] {
        desk.edit(Edit::Move { id: id.into(), at });
    }
    desk.keys(Modifiers::COMMAND, Key::L);
    let x = |id| desk.at(id)[0];
    assert!(x("tone") < x("shaper") && x("shaper") < x("speaker"));
    desk.undo();
    assert_eq!(desk.at("tone"), [500.0, 0.0]);
}

#[test]
fn the_menu_of_a_card_does_what_it_says() {
    let mut desk = Desk::new(CHAIN);
    desk.secondary_click(desk.place("shaper, Shaper"));
    desk.choose_like("Delete and heal");
    assert_eq!(desk.cables(), ["tone.out -> speaker.left"]);
}

#[test]
fn a_node_gets_another_name_by_a_double_click() {
    let mut desk = Desk::new(CHAIN);
    desk.double_click(desk.place("shaper, Shaper"));
    desk.type_text("Warm filter");
    desk.key(Key::Enter);
    assert_eq!(desk.cables(), ["Warm filter.low -> speaker.left", "tone.out -> Warm filter.in"]);
    desk.double_click(desk.place("Warm filter, Shaper"));
    desk.type_text("tone");
    desk.key(Key::Enter);
    assert!(desk.sees("there is a node 'tone' already; choose another id"));
}

/// What the random choices of a node start from.
fn seed(desk: &Desk, id: &str) -> u32 {
    let patch = desk.patch();
    patch.node_seed(patch.node(patch.find(id).unwrap()).unwrap())
}

#[test]
fn a_name_a_copy_and_another_patch_leave_the_seed_alone() {
    let mut desk = Desk::new(CHAIN);
    let before = seed(&desk, "wave");
    desk.double_click(desk.place("wave, Wave"));
    desk.type_text("my wave");
    desk.key(Key::Enter);
    assert_eq!(seed(&desk, "my wave"), before);
    desk.choose("my wave, Wave");
    desk.keys(Modifiers::COMMAND, Key::D);
    assert_eq!(seed(&desk, "my wave 2"), before);
    desk.event(Event::Copy);
    let text = desk.world().copied.clone().expect("text on the clipboard");
    let mut other =
        Desk::new(r#"{"jackfield": 1, "seed": 77, "nodes": {"my wave 2": {"type": "modulator.wave"}}}"#);
    other.event(Event::Paste(text));
    assert_eq!(seed(&other, "my wave 3"), before);
}

#[test]
fn a_new_node_has_a_seed_that_its_file_keeps() {
    let mut desk = Desk::new(CHAIN);
    desk.key(Key::Space);
    desk.type_text("wave");
    desk.key(Key::Enter);
    let node = desk.patch().node(desk.patch().find("wave 2").unwrap()).unwrap();
    assert!(node.seed.is_some());
    assert_ne!(seed(&desk, "wave 2"), seed(&desk, "wave"));
    assert!(jackfield_patch::write(desk.patch()).contains("\"seed\": "));
}

#[test]
fn the_menu_of_a_node_with_chance_shows_its_seed_and_rolls_it_again() {
    let mut desk = Desk::new(CHAIN);
    let before = seed(&desk, "wave");
    desk.secondary_click(desk.place("wave, Wave"));
    assert!(desk.sees("Seed"));
    desk.choose_like("Roll again");
    assert_ne!(seed(&desk, "wave"), before);
    desk.undo();
    assert_eq!(seed(&desk, "wave"), before);
    assert!(!jackfield_patch::write(desk.patch()).contains("seed"));
    desk.secondary_click(desk.place("shaper, Shaper"));
    assert!(!desk.sees("Seed"), "it makes no random choices");
}
