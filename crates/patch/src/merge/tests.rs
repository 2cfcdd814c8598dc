use super::*;
use crate::testing::random::{box_edits, boxed, edit, patch, with_box_edits};
use crate::testing::{DICE, FILTER, OSC, OUT, registry};
use crate::{AnnotationKind, Edit, Node, read, write};
use proptest::collection::vec;
use proptest::prelude::*;

fn voice() -> Patch {
    let mut patch = Patch::new();
    for (id, spec, x) in [("osc", &OSC, 0.0), ("filter", &FILTER, 200.0), ("out", &OUT, 400.0)] {
        let node = Node { at: [x, 0.0], ..Node::new(id, spec) };
        patch.apply(Edit::AddNode(Box::new(node))).unwrap();
    }
    connect(&mut patch, ["osc", "out", "filter", "in"]);
    connect(&mut patch, ["filter", "low", "out", "left"]);
    patch
}

fn ends([from, output, to, input]: [&str; 4]) -> CableEnds {
    CableEnds::new(from, output, to, input)
}

fn connect(patch: &mut Patch, names: [&str; 4]) {
    patch.apply(Edit::connect(ends(names))).unwrap();
}

fn turn(id: &str, input: &str, value: f32) -> Edit {
    Edit::SetKnob { id: id.into(), input: input.into(), value }
}

fn with(edits: impl IntoIterator<Item = Edit>) -> Patch {
    let mut patch = voice();
    patch.apply(Edit::Batch(edits.into_iter().collect())).unwrap();
    patch
}

fn knob(patch: &Patch, id: &str, name: &str) -> f32 {
    let node = patch.node(patch.find(id).unwrap()).unwrap();
    let crate::NodeBody::Known { spec, knobs, .. } = &node.body else { panic!("a known node") };
    knobs[spec.input(name).unwrap().index]
}

fn comments(patch: &Patch) -> usize {
    patch.annotations().filter(|annotation| annotation.0 == AnnotationKind::Comment).count()
}

#[test]
fn what_each_side_did_alone_is_in_the_result() {
    let ours = with([turn("filter", "cutoff", 500.0), Edit::AddNode(Box::new(Node::new("dice", &DICE)))]);
    let theirs = with([
        turn("filter", "resonance", 0.9),
        Edit::RemoveNode { id: "osc".into() },
        Edit::AddNode(Box::new(Node::new("noise", &OSC))),
        Edit::connect(ends(["noise", "out", "filter", "in"])),
        Edit::SetTempo(90.0),
    ]);
    let merged = merge(&voice(), &ours, &theirs);
    assert_eq!(merged.conflicts, []);
    let patch = merged.patch;
    assert_eq!((knob(&patch, "filter", "cutoff"), knob(&patch, "filter", "resonance")), (500.0, 0.9));
    assert!(patch.find("dice").is_some() && patch.find("noise").is_some() && patch.find("osc").is_none());
    assert!(patch.find_cable(&ends(["noise", "out", "filter", "in"])).is_some());
    assert_eq!((patch.tempo, comments(&patch)), (90.0, 0));
}

#[test]
fn two_values_of_one_knob_are_a_conflict_beside_the_node() {
    let ours = with([turn("filter", "cutoff", 500.0)]);
    let theirs = with([turn("filter", "cutoff", 700.0)]);
    let merged = merge(&voice(), &ours, &theirs);
    assert_eq!(merged.conflicts.len(), 1);
    assert_eq!(merged.conflicts[0].node.as_deref(), Some("filter"));
    assert!(merged.conflicts[0].text.contains("700 Hz"), "{}", merged.conflicts[0].text);
    assert_eq!(knob(&merged.patch, "filter", "cutoff"), 500.0);
    let (_, _, comment) = merged.patch.annotations().next().unwrap();
    assert!(comment.text.contains("700 Hz") && comment.at[1] < 0.0, "{comment:?}");
}

#[test]
fn a_node_renamed_here_and_turned_there_is_one_node() {
    let rename = |to: &str| Edit::Rename { id: "filter".into(), to: to.into() };
    let merged = merge(&voice(), &with([rename("lowpass")]), &with([turn("filter", "cutoff", 700.0)]));
    assert_eq!(merged.conflicts, []);
    assert_eq!(knob(&merged.patch, "lowpass", "cutoff"), 700.0);
    assert_eq!(merged.patch.node_count(), 3);
    let merged = merge(&voice(), &with([turn("filter", "cutoff", 700.0)]), &with([rename("lowpass")]));
    assert_eq!((merged.conflicts.len(), knob(&merged.patch, "lowpass", "cutoff")), (0, 700.0));
    let merged = merge(&voice(), &with([rename("lowpass")]), &with([rename("dark")]));
    assert_eq!(merged.conflicts.len(), 1);
    assert!(merged.patch.find("lowpass").is_some() && merged.patch.node_count() == 3);
}

#[test]
fn a_node_that_one_side_removed_and_the_other_changed_stays() {
    let removed = with([Edit::RemoveNode { id: "filter".into() }]);
    let turned = with([turn("filter", "cutoff", 700.0)]);
    for (ours, theirs) in [(&removed, &turned), (&turned, &removed)] {
        let merged = merge(&voice(), ours, theirs);
        assert_eq!(merged.conflicts.len(), 1, "{:?}", merged.conflicts);
        assert_eq!(knob(&merged.patch, "filter", "cutoff"), 700.0);
        assert_eq!(merged.patch.cable_count(), 2);
    }
    // Where it only stands elsewhere there, it goes.
    let moved = with([Edit::Move { id: "filter".into(), at: [9.0, 9.0] }]);
    let merged = merge(&voice(), &removed, &moved);
    assert!(merged.patch.find("filter").is_none());
}

#[test]
fn a_cable_that_one_side_removed_and_the_other_turned_stays() {
    let cable = || ends(["osc", "out", "filter", "in"]);
    let removed = with([Edit::Disconnect { ends: cable() }]);
    let turned = with([Edit::SetDepth { ends: cable(), depth: 0.5 }]);
    for (ours, theirs) in [(&removed, &turned), (&turned, &removed)] {
        let merged = merge(&voice(), ours, theirs);
        assert_eq!(merged.conflicts.len(), 1, "{:?}", merged.conflicts);
        let (_, _, kept) = merged.patch.cable(merged.patch.find_cable(&cable()).unwrap()).unwrap();
        assert_eq!(kept.depth, 0.5);
    }
}

#[test]
fn two_new_nodes_of_one_name_both_stay_if_they_are_of_different_types() {
    let new = |spec| with([Edit::AddNode(Box::new(Node::new("new", spec)))]);
    let merged = merge(&voice(), &new(&OSC), &new(&DICE));
    assert_eq!(merged.conflicts, []);
    assert_eq!(merged.patch.node(merged.patch.find("new").unwrap()).unwrap().type_id(), "source.osc");
    assert_eq!(merged.patch.node(merged.patch.find("new 2").unwrap()).unwrap().type_id(), "modulator.dice");
}

#[test]
fn a_new_node_may_have_the_name_that_the_other_side_gave_to_one_that_is_gone() {
    let renamed = with([Edit::Rename { id: "filter".into(), to: "new".into() }]);
    let other = Node { at: [900.0, 900.0], ..Node::new("new", &DICE) };
    let exchanged = with([Edit::RemoveNode { id: "filter".into() }, Edit::AddNode(Box::new(other))]);
    for (ours, theirs) in [(&renamed, &exchanged), (&exchanged, &renamed)] {
        let merged = merge(&voice(), ours, theirs);
        assert_eq!(merged.conflicts, []);
        let types: Vec<&str> = merged.patch.nodes().map(|(_, node)| node.type_id()).collect();
        assert_eq!(types.iter().filter(|of| **of == "filter.svf").count(), 0, "{types:?}");
        assert!(types.contains(&"modulator.dice"), "{types:?}");
    }
}

#[test]
fn an_input_that_both_rewired_keeps_our_cable() {
    let rewire = |output: &str| {
        let mut edits = vec![Edit::AddNode(Box::new(Node::new("other", &OSC)))];
        edits.push(Edit::Disconnect { ends: ends(["osc", "out", "filter", "in"]) });
        edits.push(Edit::connect(ends(["other", output, "filter", "in"])));
        with(edits)
    };
    let merged = merge(&voice(), &rewire("out"), &rewire("phase"));
    assert_eq!(merged.conflicts.len(), 1, "{:?}", merged.conflicts);
    assert!(merged.patch.find_cable(&ends(["other", "out", "filter", "in"])).is_some());
    assert!(merged.patch.find_cable(&ends(["other", "phase", "filter", "in"])).is_none());
}

/// What a base becomes when these edits are tried on it; those that fail change nothing.
fn edited(base: &Patch, edits: Vec<Edit>) -> Patch {
    let mut patch = base.clone();
    for edit in edits {
        // Most random edits fit, and those that don't are no part of the property.
        let _ = patch.apply(edit);
    }
    patch
}

#[test]
fn what_each_side_did_inside_a_box_is_in_the_result() {
    let mut base = voice();
    let nodes = vec!["osc".into(), "filter".into()];
    let grouping = crate::Grouping { nodes, name: "Voice".to_owned(), ..crate::Grouping::default() };
    base.apply(base.group(None, &grouping).unwrap().1).unwrap();
    let side = |edit: Edit| {
        let mut side = base.clone();
        side.apply(Edit::Inside { definition: "voice".into(), edit: Box::new(edit) }).unwrap();
        side
    };
    let merged = merge(
        &base,
        &side(turn("filter", "cutoff", 500.0)),
        &side(Edit::SetMuted { id: "osc".into(), muted: true }),
    );
    assert_eq!(merged.conflicts, []);
    let inside = merged.patch.definition("voice").unwrap().inside();
    assert_eq!(knob(inside, "filter", "cutoff"), 500.0);
    assert!(inside.named("osc").unwrap().muted);
    // Two values of one knob are a conflict that is marked inside.
    let merged = merge(&base, &side(turn("filter", "cutoff", 500.0)), &side(turn("filter", "cutoff", 600.0)));
    assert_eq!(merged.conflicts.len(), 1);
    assert!(merged.conflicts[0].text.starts_with("in 'voice': "), "{}", merged.conflicts[0].text);
    assert_eq!(comments(merged.patch.definition("voice").unwrap().inside()), 1);
    // A port that one side removed and the other used is told.
    let mut ours = base.clone();
    ours.apply(Edit::connect(ends(["Voice", "low", "out", "right"]))).unwrap();
    let merged = merge(&base, &ours, &side(Edit::RemoveNode { id: "low".into() }));
    assert_eq!(merged.conflicts.len(), 1, "{:?}", merged.conflicts);
    assert!(merged.conflicts[0].text.contains("removed its port"), "{}", merged.conflicts[0].text);
}

proptest! {
    #[test]
    fn the_result_is_a_valid_patch_whatever_the_sides_did(
        base in patch(),
        ours in vec(edit(), 0..12),
        theirs in vec(edit(), 0..12),
    ) {
        let (ours, theirs) = (edited(&base, ours), edited(&base, theirs));
        let merged = merge(&base, &ours, &theirs);
        let text = write(&merged.patch);
        let (again, _) = read(text.as_bytes(), &registry()).unwrap();
        prop_assert_eq!(write(&again), text);
        for (kind, id, _) in merged.patch.annotations() {
            let is_of_a_side = [&ours, &theirs].iter().any(|side| side.annotation(kind, id).is_some());
            prop_assert!(is_of_a_side || !merged.conflicts.is_empty());
        }
    }

    #[test]
    fn a_side_that_did_nothing_leaves_the_other(base in patch(), edits in vec(edit(), 0..20)) {
        let side = edited(&base, edits);
        for merged in [merge(&base, &side, &base), merge(&base, &base, &side), merge(&base, &side, &side)] {
            prop_assert_eq!(&merged.conflicts, &[]);
            prop_assert_eq!(write(&merged.patch), write(&side));
        }
    }

    #[test]
    fn without_a_conflict_the_sides_may_be_swapped(
        base in patch(),
        ours in vec(edit(), 0..6),
        theirs in vec(edit(), 0..6),
    ) {
        let (ours, theirs) = (edited(&base, ours), edited(&base, theirs));
        let one = merge(&base, &ours, &theirs);
        let other = merge(&base, &theirs, &ours);
        prop_assert_eq!(one.conflicts.is_empty(), other.conflicts.is_empty());
        if one.conflicts.is_empty() {
            prop_assert_eq!(one.patch.node_count(), other.patch.node_count());
            prop_assert_eq!(one.patch.cable_count(), other.patch.cable_count());
        }
    }

    #[test]
    fn merging_boxes_gives_a_valid_patch(base in boxed(), ours in box_edits(), theirs in box_edits()) {
        let (ours, theirs) = (with_box_edits(&base, ours), with_box_edits(&base, theirs));
        let merged = merge(&base, &ours, &theirs);
        let text = write(&merged.patch);
        let (again, _) = read(text.as_bytes(), &registry()).unwrap();
        prop_assert_eq!(write(&again), text);
        for merged in [merge(&base, &ours, &base), merge(&base, &base, &ours), merge(&base, &ours, &ours)] {
            prop_assert_eq!(&merged.conflicts, &[]);
            prop_assert_eq!(write(&merged.patch), write(&ours));
        }
    }
}
