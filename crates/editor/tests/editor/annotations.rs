//! Comments, frames and colours.

use crate::desk::{CHAIN, Desk};
use egui::{Event, Key, Modifiers, Vec2, pos2};
use jackfield_patch::{Annotation, AnnotationKind, read, write};

fn annotation(desk: &Desk, kind: AnnotationKind) -> Annotation {
    desk.patch().annotation(kind, "1").expect("there is one").clone()
}

#[test]
fn a_comment_is_written_where_the_cursor_is() {
    let mut desk = Desk::new(CHAIN);
    let plays = desk.world().heard.plays;
    let port = desk.place("wave.out output");
    desk.point(port + Vec2::new(128.0, 100.0));
    desk.keys(Modifiers::COMMAND, Key::Slash);
    desk.type_text("Slowly!");
    desk.key(Key::Enter);
    let comment = annotation(&desk, AnnotationKind::Comment);
    assert_eq!(comment.text, "Slowly!");
    assert!(desk.sees("Comment: Slowly!"));
    assert_eq!(desk.world().heard.plays, plays, "nothing of it is heard");
    let place = desk.place("Comment: Slowly!");
    desk.drag(place, place + Vec2::new(40.0, 16.0));
    let [x, y] = comment.at;
    assert_eq!(annotation(&desk, AnnotationKind::Comment).at, [x + 40.0, y + 16.0]);
    desk.key(Key::Delete);
    assert!(!desk.sees("Comment: Slowly!"));
    desk.undo();
    desk.undo();
    assert_eq!(annotation(&desk, AnnotationKind::Comment).at, comment.at);
}

/// A comment and a frame.
const NOTED: &str = r#"{"jackfield": 1,
    "comments": {"1": {"at": [0, 0], "size": [80, 32], "text": "Slowly!"}},
    "frames": {"1": {"at": [0, 64], "size": [160, 96], "text": "Voice"}}}"#;

#[test]
fn comments_and_frames_are_copied_cut_pasted_and_doubled() {
    let mut desk = Desk::new(NOTED);
    desk.keys(Modifiers::COMMAND, Key::A);
    desk.event(Event::Cut);
    assert_eq!(desk.patch().annotations().count(), 0);
    let text = desk.world().copied.clone().expect("text on the clipboard");
    desk.event(Event::Paste(text));
    let (comment, frame) =
        (annotation(&desk, AnnotationKind::Comment), annotation(&desk, AnnotationKind::Frame));
    assert_eq!((&*comment.text, &*frame.text), ("Slowly!", "Voice"));
    assert_eq!(frame.at, [comment.at[0], comment.at[1] + 64.0], "they keep their places to each other");
    desk.keys(Modifiers::COMMAND, Key::D);
    assert_eq!(desk.patch().annotations().count(), 4);
    desk.key(Key::Delete);
    assert_eq!(desk.patch().annotations().count(), 2, "the copies are what is selected");
}

#[test]
fn a_comment_is_written_anew_by_a_double_click() {
    let mut desk = Desk::new(CHAIN);
    desk.keys(Modifiers::COMMAND, Key::Slash);
    desk.type_text("One");
    desk.key(Key::Enter);
    desk.double_click(desk.place("Comment: One"));
    desk.type_text("Two");
    desk.click(pos2(100.0, 700.0));
    assert!(
        desk.sees("Comment: OneTwo") || desk.sees("Comment: Two"),
        "{:?}",
        annotation(&desk, AnnotationKind::Comment)
    );
}

#[test]
fn a_frame_stands_around_the_selection_and_takes_it_along() {
    let mut desk = Desk::new(CHAIN);
    desk.choose("tone, Tone");
    desk.hold(Modifiers::SHIFT);
    desk.choose("shaper, Shaper");
    desk.hold(Modifiers::NONE);
    desk.keys(Modifiers::COMMAND, Key::G);
    desk.type_text("Voice");
    desk.key(Key::Enter);
    let frame = annotation(&desk, AnnotationKind::Frame);
    assert_eq!(frame.text, "Voice");
    assert!(frame.at[0] < 0.0 && frame.at[1] < 0.0 && frame.size[0] > 380.0);
    let title = desk.place("Frame: Voice");
    desk.drag(title, title + Vec2::new(0.0, 160.0));
    assert_eq!((desk.at("tone"), desk.at("shaper")), ([0.0, 160.0], [240.0, 160.0]));
    assert_eq!(desk.at("speaker"), [480.0, 0.0], "what stands outside stays");
    desk.undo();
    assert_eq!((desk.at("tone"), annotation(&desk, AnnotationKind::Frame).at), ([0.0, 0.0], frame.at));
}

#[test]
fn a_frame_is_made_larger_by_its_corner() {
    let mut desk =
        Desk::new(r#"{"jackfield": 1, "frames": {"1": {"at": [0, 0], "size": [320, 200], "text": "Box"}}}"#);
    let corner = desk.place("Frame: Box") + Vec2::new(160.0 - 5.0, 200.0 - 12.0 - 5.0);
    desk.drag(corner, corner + Vec2::new(48.0, -40.0));
    assert_eq!(annotation(&desk, AnnotationKind::Frame).size, [368.0, 160.0]);
    desk.drag(corner + Vec2::new(48.0, -40.0), corner - Vec2::new(900.0, 900.0));
    assert_eq!(
        annotation(&desk, AnnotationKind::Frame).size,
        [16.0, 16.0],
        "no smaller than a hand can grab"
    );
}

#[test]
fn what_stands_in_a_frame_can_still_be_reached() {
    let mut desk = Desk::new(CHAIN);
    desk.keys(Modifiers::COMMAND, Key::A);
    desk.keys(Modifiers::COMMAND, Key::G);
    desk.key(Key::Escape);
    desk.drag(desk.place("wave.out output"), desk.place("shaper.cutoff input"));
    assert!(desk.cables().contains(&"wave.out -> shaper.cutoff".to_owned()));
    let (from, to) = (desk.place("tone.out output"), desk.place("shaper.in input"));
    desk.click(from + (to - from) * 0.5);
    desk.key(Key::Delete);
    assert!(!desk.cables().contains(&"tone.out -> shaper.in".to_owned()));
}

#[test]
fn nodes_cables_and_frames_have_colours() {
    let mut desk = Desk::new(CHAIN);
    let node = |desk: &Desk| desk.patch().node(desk.patch().find("tone").unwrap()).unwrap().hue;
    desk.secondary_click(desk.place("tone, Tone"));
    desk.choose("Teal");
    assert_eq!(node(&desk), Some(175));
    desk.secondary_click(desk.place("tone, Tone"));
    desk.choose("Own colour");
    assert_eq!(node(&desk), None);
    let (from, to) = (desk.place("tone.out output"), desk.place("shaper.in input"));
    desk.click(from + (to - from) * 0.5);
    desk.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::G);
    desk.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::G);
    let cable = desk.patch().cables().find(|cable| cable.3.hue.is_some()).expect("it is coloured");
    assert_eq!(cable.3.hue, Some(30));
    let text = write(desk.patch());
    assert!(text.contains("\"to\": \"shaper.in\", \"hue\": 30}"), "{text}");
    let (again, _) = read(&text, desk.world().editor.document().registry()).unwrap();
    assert_eq!(&again, desk.patch());
}
