//! What is written and drawn around the nodes of the patches that come with the program: each says what to
//! play and what to turn, and stands in nothing's way, whatever a card's size is.

use crate::support::patch_files::{PatchFile, patches};
use jackfield_editor::card_size;
use jackfield_patch::AnnotationKind;

/// A rectangle on the canvas: left, top, right, bottom.
type Rect = [f32; 4];

fn rect(at: [f32; 2], size: [f32; 2]) -> Rect {
    [at[0], at[1], at[0] + size[0], at[1] + size[1]]
}

fn overlap(a: &Rect, b: &Rect) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

fn holds(outer: &Rect, inner: &Rect) -> bool {
    outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3]
}

/// Where the cards of a patch stand, each with its node's id.
fn cards(file: &PatchFile) -> Vec<(String, Rect)> {
    let nodes = file.patch.nodes();
    nodes.map(|(_, node)| (node.id.to_string(), rect(node.at, card_size(node)))).collect()
}

/// Where the annotations of this kind stand, each with its text.
fn annotations(file: &PatchFile, kind: AnnotationKind) -> Vec<(&str, Rect)> {
    let all = file.patch.annotations().filter(|annotation| annotation.0 == kind);
    all.map(|(_, _, annotation)| (&*annotation.text, rect(annotation.at, annotation.size))).collect()
}

/// Each comment has text and lies over no card and no other comment.
fn check_comments(file: &PatchFile) {
    let comments = annotations(file, AnnotationKind::Comment);
    for (number, (text, place)) in comments.iter().enumerate() {
        assert!(!text.is_empty(), "{}: an empty comment", file.name);
        let below = cards(file).into_iter().find(|(_, card)| overlap(place, card));
        assert!(below.is_none(), "{}: '{text}' lies over {below:?}", file.name);
        let other = comments[..number].iter().find(|(_, other)| overlap(place, other));
        assert!(other.is_none(), "{}: '{text}' lies over {other:?}", file.name);
    }
}

/// The shape of the canvas in a window of 1280 by 800, for a height of 1.
const ASPECT: f32 = 1.7;
/// Least space between two cards.
const APART: f32 = 16.0;

/// No card lies on another, touches it, or comes so near that a cable can't be seen between them. After a
/// change of what cards look like: `JACKFIELD_TIDY=1 cargo test --test program -- no_shipped_patch`, then
/// `cargo xtask record`.
#[test]
fn no_shipped_patch_has_cards_that_overlap_or_touch() {
    let mut near = Vec::new();
    for folder in ["patches", "patches/help"] {
        for file in patches(folder) {
            if std::env::var_os("JACKFIELD_TIDY").is_some() {
                let tidied =
                    jackfield_editor::tidied(&file.patch, ASPECT).expect("a patch within its limits");
                std::fs::write(file.path(), jackfield_patch::write(&tidied)).expect("a writable patch");
                continue;
            }
            let cards = cards(&file);
            for (number, (id, card)) in cards.iter().enumerate() {
                let around = [card[0] - APART, card[1] - APART, card[2] + APART, card[3] + APART];
                let other = cards[..number].iter().find(|(_, other)| overlap(&around, other));
                near.extend(other.map(|(other, _)| format!("{}: {id} and {other}", file.name)));
            }
        }
    }
    assert!(near.is_empty(), "{} cards are on or too near another: {near:#?}", near.len());
}

#[test]
fn every_patch_says_what_it_is_on_its_canvas() {
    for folder in ["patches", "patches/help"] {
        for file in patches(folder) {
            let comments = annotations(&file, AnnotationKind::Comment);
            let title = &file.patch.meta.title;
            assert!(
                comments.iter().any(|(text, _)| text.starts_with(&**title) && text.lines().count() > 1),
                "{}: no comment with its title and what to do",
                file.name
            );
            check_comments(&file);
        }
    }
}

/// The nodes that do one thing together stand in a frame that names it.
#[test]
fn every_node_of_a_factory_patch_stands_in_one_frame() {
    for file in patches("patches") {
        let frames = annotations(&file, AnnotationKind::Frame);
        for (number, (text, place)) in frames.iter().enumerate() {
            assert!(!text.is_empty(), "{}: a frame without a title", file.name);
            let other = frames[..number].iter().find(|(_, other)| overlap(place, other));
            assert!(other.is_none(), "{}: '{text}' lies over {other:?}", file.name);
        }
        for (id, card) in cards(&file) {
            let inside = frames.iter().filter(|(_, frame)| holds(frame, &card)).count();
            let touched = frames.iter().filter(|(_, frame)| overlap(frame, &card)).count();
            assert_eq!((inside, touched), (1, 1), "{}: {id} is not in one frame, and whole", file.name);
        }
    }
}

/// The canvas that the window shows when it opens, in points: 1280 by 800, less its bars and a margin.
const ROOM: [f32; 2] = [1216.0, 660.0];
/// Titles keep a size that can be read; below this zoom the narrowest card has no room for one.
const LEAST_ZOOM: f32 = 0.2;

#[test]
fn every_factory_patch_can_be_read_when_it_opens() {
    for file in patches("patches") {
        let frames = annotations(&file, AnnotationKind::Frame);
        let comments = annotations(&file, AnnotationKind::Comment);
        let places: Vec<Rect> = frames.iter().chain(&comments).map(|(_, place)| *place).collect();
        let extent = |axis: usize| {
            let low = places.iter().map(|place| place[axis]).fold(f32::MAX, f32::min);
            let high = places.iter().map(|place| place[axis + 2]).fold(f32::MIN, f32::max);
            high - low
        };
        let zoom = (ROOM[0] / extent(0)).min(ROOM[1] / extent(1));
        assert!(zoom > LEAST_ZOOM, "{}: all of it is shown at a zoom of {zoom:.2}", file.name);
    }
}
