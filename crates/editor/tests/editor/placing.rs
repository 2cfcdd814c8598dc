//! Placing: a new node lies on no other, where the hand is, and what follows makes room.

use crate::desk::{CHAIN, Desk};
use egui::{Event, Key, Modifiers, Rect, Vec2, pos2};
use jackfield_editor::card_size;

/// The rectangle of each node's card on the canvas.
fn cards(desk: &Desk) -> Vec<(String, Rect)> {
    let card = |node: &jackfield_patch::Node| Rect::from_min_size(node.at.into(), card_size(node).into());
    desk.patch().nodes().map(|(_, node)| (node.id.to_string(), card(node))).collect()
}

/// No card lies on another or touches it.
fn check_apart(desk: &Desk) {
    let cards = cards(desk);
    for (number, (id, card)) in cards.iter().enumerate() {
        for (other, rect) in &cards[..number] {
            assert!(!card.expand(8.0).intersects(*rect), "{id} at {card} and {other} at {rect}");
        }
    }
}

fn rect(desk: &Desk, id: &str) -> Rect {
    cards(desk).into_iter().find(|(found, _)| found == id).expect("the node").1
}

#[test]
fn new_nodes_lie_on_no_other() {
    let mut desk = Desk::new(CHAIN);
    for _ in 0..6 {
        desk.point(desk.place("shaper, Shaper"));
        desk.key(Key::Space);
        desk.type_text("wave");
        desk.key(Key::Enter);
    }
    assert_eq!(desk.ids().len(), 10);
    check_apart(&desk);
}

#[test]
fn space_and_tab_place_at_the_cursor() {
    for key in [Key::Space, Key::Tab] {
        let mut desk = Desk::new(r#"{"jackfield": 1}"#);
        desk.point(pos2(900.0, 606.0));
        desk.key(key);
        desk.type_text("wave");
        desk.key(Key::Enter);
        // The middle of the view is the middle of the canvas.
        assert_eq!(desk.at("wave"), [264.0, 200.0], "{key:?}");
    }
}

#[test]
fn a_node_put_into_a_cable_pushes_what_follows() {
    let mut desk = Desk::new(CHAIN);
    let (from, to) = (desk.place("tone.out output"), desk.place("shaper.in input"));
    let before = rect(&desk, "speaker").left() - rect(&desk, "shaper").left();
    desk.double_click(from + (to - from) * 0.5);
    desk.type_text("shaper");
    desk.key(Key::Enter);
    check_apart(&desk);
    let (tone, new, shaper) = (rect(&desk, "tone"), rect(&desk, "shaper 2"), rect(&desk, "shaper"));
    assert!(tone.right() < new.left() && new.right() < shaper.left(), "{tone} {new} {shaper}");
    assert_eq!(rect(&desk, "speaker").left() - shaper.left(), before, "all that follows is pushed alike");
    assert_eq!(desk.at("tone"), [0.0, 0.0]);
    desk.undo();
    assert_eq!(desk.at("shaper"), [240.0, 0.0], "one step takes all of it back");
}

#[test]
fn a_cable_from_an_input_ends_at_the_new_nodes_output() {
    let mut desk =
        Desk::new(r#"{"jackfield": 1, "nodes": {"speaker": {"type": "device.speaker", "at": [0, 0]}}}"#);
    let to = pos2(300.0, 600.0);
    desk.drag(desk.place("speaker.left input"), to);
    desk.type_text("tone");
    desk.key(Key::Enter);
    assert_eq!(desk.cables(), ["tone.out -> speaker.left"]);
    let output = desk.place("tone.out output");
    assert!(output.distance(to) < 9.0, "{output}, and the hand was at {to}");
}

#[test]
fn copies_cascade_and_count_up() {
    let mut desk = Desk::new(CHAIN);
    for _ in 0..4 {
        // Not a double click.
        desk.rest(30);
        desk.choose("wave, Wave");
        desk.keys(Modifiers::COMMAND, Key::D);
    }
    assert_eq!(desk.ids(), ["shaper", "speaker", "tone", "wave", "wave 2", "wave 3", "wave 4", "wave 5"]);
    check_apart(&desk);
    desk.keys(Modifiers::COMMAND, Key::A);
    desk.keys(Modifiers::COMMAND, Key::D);
    check_apart(&desk);
    desk.event(Event::Copy);
    let text = desk.world().copied.clone().expect("text on the clipboard");
    desk.event(Event::Paste(text));
    assert_eq!(desk.ids().len(), 24);
    check_apart(&desk);
}

#[test]
fn one_click_on_a_file_asks_for_one_and_two_ask_once() {
    let mut desk = Desk::new(r#"{"jackfield": 1, "nodes": {"sample": {"type": "analysis.sample"}}}"#);
    let asked = |desk: &Desk| {
        let commands = desk.world().heard.commands.iter();
        commands.filter(|command| matches!(command, jackfield_editor::Command::ChooseFile { .. })).count()
    };
    desk.choose("sample file");
    assert_eq!(asked(&desk), 1);
    desk.double_click(desk.place("sample file"));
    assert_eq!(asked(&desk), 2);
}

#[test]
fn tidy_takes_the_windows_shape_and_keeps_frames() {
    let mut nodes: Vec<String> = (0..24)
        .map(|number| format!(r#""n{number}": {{"type": "filter.shaper", "at": [{}, 0]}}"#, number * 40))
        .collect();
    nodes.push(r#""a": {"type": "source.tone", "at": [40, 440]}"#.to_owned());
    nodes.push(r#""b": {"type": "filter.shaper", "at": [60, 480]}"#.to_owned());
    let cables: Vec<String> = (1..24)
        .map(|number| format!(r#"{{"from": "n{}.low", "to": "n{number}.in"}}"#, number - 1))
        .chain([
            r#"{"from": "a.out", "to": "b.in"}"#.to_owned(),
            r#"{"from": "b.low", "to": "n0.in"}"#.to_owned(),
        ])
        .collect();
    let text = format!(
        r#"{{"jackfield": 1, "nodes": {{{}}}, "cables": [{}],
            "frames": {{"1": {{"at": [0, 400], "size": [400, 400], "text": "Two"}}}},
            "comments": {{"1": {{"at": [20, 420], "size": [200, 40], "text": "Together"}}}}}}"#,
        nodes.join(","),
        cables.join(",")
    );
    let mut desk = Desk::new(&text);
    desk.keys(Modifiers::COMMAND, Key::L);
    check_apart(&desk);
    let cards = cards(&desk);
    let bounds = cards.iter().fold(Rect::NOTHING, |bounds, (_, card)| bounds.union(*card));
    let shape = bounds.width() / bounds.height();
    assert!((0.8..4.0).contains(&shape), "a chain of 24 fits a window: {shape}");
    let (_, _, frame) = desk
        .patch()
        .annotations()
        .find(|(kind, ..)| *kind == jackfield_patch::AnnotationKind::Frame)
        .unwrap();
    let frame = Rect::from_min_size(frame.at.into(), frame.size.into());
    for (id, card) in &cards {
        let is_inside = frame.contains_rect(*card);
        assert_eq!(is_inside, id == "a" || id == "b", "{id}");
        assert!(is_inside || !frame.intersects(*card), "{id}");
    }
    let (_, _, comment) = desk
        .patch()
        .annotations()
        .find(|(kind, ..)| *kind == jackfield_patch::AnnotationKind::Comment)
        .unwrap();
    let comment = Rect::from_min_size(comment.at.into(), comment.size.into());
    assert!(frame.contains_rect(comment), "the comment stays in its frame");
    assert!(cards.iter().all(|(_, card)| !card.intersects(comment)));
    desk.undo();
    assert_eq!(desk.at("n5"), [200.0, 0.0]);
}

#[test]
fn show_all_shows_all_however_large() {
    let mut desk = Desk::new(CHAIN);
    desk.edit(jackfield_patch::Edit::Move { id: "wave".into(), at: [90_000.0, 40_000.0] });
    desk.key(Key::Home);
    let (tone, wave) = (desk.place("tone, Tone"), desk.place("wave, Wave"));
    let canvas = Rect::from_min_max(pos2(0.0, 36.0), pos2(1280.0, 780.0));
    assert!(canvas.contains(tone) && canvas.contains(wave), "{tone} {wave}");
    assert!((wave - tone).length() > Vec2::splat(300.0).length());
}
