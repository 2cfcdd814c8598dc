//! What edits promise: an exact inverse, or an error and no change.

use crate::testing::random::{edit, patch};
use crate::testing::{FILTER, OSC, OUT};
use crate::{
    Annotation, AnnotationKind, CableEnds, CableOptions, Edit, EditError, Meta, Node, NodeBody, Patch,
    UnknownNode, limits, write,
};
use jackfield_node::SettingValue;
use proptest::prelude::*;

proptest! {
    #[test]
    fn an_edit_has_an_exact_inverse_or_changes_nothing(start in patch(), edit in edit()) {
        let mut patch = start.clone();
        match patch.apply(edit) {
            Err(_) => prop_assert_eq!(&patch, &start),
            Ok(inverse) => {
                let end = patch.clone();
                let again = patch.apply(inverse).unwrap();
                prop_assert_eq!(&patch, &start);
                prop_assert_eq!(write(&patch), write(&start));
                patch.apply(again).unwrap();
                prop_assert_eq!(&patch, &end);
            }
        }
    }

    #[test]
    fn ids_and_graph_agree(patch in patch()) {
        prop_assert_eq!(patch.ids.len(), patch.node_count());
        for (id, index) in &patch.ids {
            prop_assert_eq!(Some(id), patch.node(*index).map(|node| &node.id));
        }
        for (cable, from, to, _) in patch.cables() {
            let ends = patch.ends(cable).unwrap();
            prop_assert_eq!(patch.find_cable(&ends), Some(cable));
            prop_assert_eq!(patch.find_output(&ends.from, &ends.output), Some(from));
            prop_assert_eq!(patch.find_input(&ends.to, &ends.input), Some(to));
        }
    }

    #[test]
    fn a_batch_is_done_as_a_whole_or_not_at_all(
        start in patch(),
        edits in prop::collection::vec(edit(), 0..8),
    ) {
        let mut one_by_one = start.clone();
        let all_fit = edits.iter().all(|edit| one_by_one.apply(edit.clone()).is_ok());
        let mut patch = start.clone();
        let done = patch.apply(Edit::Batch(edits));
        prop_assert_eq!(done.is_ok(), all_fit);
        prop_assert_eq!(&patch, if all_fit { &one_by_one } else { &start });
    }
}

/// osc -> filter -> out.
fn chain() -> Patch {
    let mut patch = Patch::new();
    for (id, spec) in [("osc", &OSC), ("filter", &FILTER), ("out", &OUT)] {
        patch.apply(Edit::AddNode(Box::new(Node::new(id, spec)))).unwrap();
    }
    patch.apply(Edit::connect(CableEnds::new("osc", "out", "filter", "in"))).unwrap();
    patch.apply(Edit::connect(CableEnds::new("filter", "low", "out", "left"))).unwrap();
    patch
}

fn message(patch: &mut Patch, edit: Edit) -> String {
    patch.apply(edit).unwrap_err().to_string()
}

fn set_knob(id: &str, input: &str, value: f32) -> Edit {
    Edit::SetKnob { id: id.into(), input: input.into(), value }
}

#[test]
fn removing_a_node_takes_its_cables_and_undo_brings_them_back() {
    let mut patch = chain();
    let feedback = CableEnds::new("filter", "high", "filter", "cutoff");
    let options = CableOptions { depth: -0.5, delayed: true, ..Default::default() };
    patch.apply(Edit::Connect { ends: feedback, options }).unwrap();
    let before = patch.clone();
    let inverse = patch.apply(Edit::RemoveNode { id: "filter".into() }).unwrap();
    assert_eq!((patch.node_count(), patch.cable_count()), (2, 0));
    patch.apply(inverse).unwrap();
    assert_eq!(patch.cable_count(), 3);
    assert_eq!(patch, before);
}

#[test]
fn renaming_keeps_cables() {
    let mut patch = chain();
    patch.apply(Edit::Rename { id: "filter".into(), to: "low pass".into() }).unwrap();
    assert!(patch.find_cable(&CableEnds::new("osc", "out", "low pass", "in")).is_some());
    assert_eq!(patch.find("filter"), None);
}

#[test]
fn knobs_stay_in_their_range() {
    let mut patch = chain();
    for (turned, shown) in [(1e9, 20_000.0), (f32::NEG_INFINITY, 20.0), (440.0, 440.0)] {
        patch.apply(set_knob("filter", "cutoff", turned)).unwrap();
        let NodeBody::Known { knobs, .. } = &patch.node(patch.find("filter").unwrap()).unwrap().body else {
            panic!("filter is known")
        };
        assert_eq!(knobs[1], shown);
    }
}

#[test]
fn zero_has_no_sign() {
    let mut patch = chain();
    patch.apply(set_knob("osc", "tune", -0.0)).unwrap();
    let inverse = patch.apply(set_knob("osc", "tune", 1.0)).unwrap();
    assert!(matches!(inverse, Edit::SetKnob { value, .. } if value.to_bits() == 0));
    patch.apply(Edit::Move { id: "osc".into(), at: [-0.0; 2] }).unwrap();
    let inverse = patch.apply(Edit::Move { id: "osc".into(), at: [1.0; 2] }).unwrap();
    assert!(matches!(inverse, Edit::Move { at, .. } if at.map(f32::to_bits) == [0; 2]));
}

#[test]
fn errors_say_what_and_suggest() {
    let patch = &mut chain();
    for (edit, expected) in [
        (set_knob("filtr", "cutoff", 1.0), "there is no node 'filtr'; did you mean 'filter'?"),
        (set_knob("filter", "cutof", 1.0), "node 'filter' has no knob 'cutof'; did you mean 'cutoff'?"),
        (
            set_knob("filter", "in", 1.0),
            "node 'filter' has no knob 'in'; it is an input without a knob; let a cable go there",
        ),
        (set_knob("filter", "cutoff", f32::NAN), "NaN is no value of a knob; use a number from 20 to 20000"),
        (
            Edit::connect(CableEnds::new("osc", "ou", "filter", "in")),
            "node 'osc' has no output 'ou'; did you mean 'out'?",
        ),
        (
            Edit::connect(CableEnds::new("osc", "out", "filter", "in")),
            "there is a cable osc.out -> filter.in already; change its depth instead",
        ),
        (
            Edit::Disconnect { ends: CableEnds::new("osc", "phase", "filter", "in") },
            "there is no cable osc.phase -> filter.in",
        ),
        (
            Edit::Rename { id: "osc".into(), to: "out".into() },
            "there is a node 'out' already; choose another id",
        ),
        (
            Edit::Rename { id: "osc".into(), to: "a.b".into() },
            "'a.b' can't be an id: it contains '.'; use letters, digits, '_', '-' and single spaces inside",
        ),
        (
            Edit::SetSetting { id: "osc".into(), setting: "voices".into(), value: SettingValue::Count(33) },
            "setting 'voices' of node 'osc' is a whole number from 1 to 32",
        ),
        (
            Edit::Move { id: "osc".into(), at: [f32::INFINITY, 0.0] },
            "inf is no position on the canvas; use a number from -1000000 to 1000000",
        ),
        (
            Edit::SetMeta(Box::new(Meta { title: "x".repeat(1025), ..Default::default() })),
            "a patch has at most 1024 bytes in its title",
        ),
        (Edit::SetHue { id: "osc".into(), hue: Some(360) }, "360 is no hue; use a number from 0 to 359"),
        (
            frame("1", Annotation::new([0.0; 2], [4.0, 100.0])),
            "4 is no size of an annotation; use a number from 16 to 1000000",
        ),
        (
            frame("1", Annotation { text: "x".repeat(16_385), ..Annotation::new([0.0; 2], [100.0; 2]) }),
            "a patch has at most 16384 bytes in a comment",
        ),
        (
            frame("", Annotation::new([0.0; 2], [100.0; 2])),
            "'' can't be an id: it is empty; give it at least one letter",
        ),
    ] {
        assert_eq!(message(patch, edit), expected);
    }
}

fn frame(id: &str, annotation: Annotation) -> Edit {
    Edit::SetAnnotation { kind: AnnotationKind::Frame, id: id.into(), annotation: Some(Box::new(annotation)) }
}

fn unknown(entry: serde_json::Value) -> Node {
    let mut node = Node::new("warp", &OUT);
    node.body = NodeBody::Unknown(UnknownNode { entry, inputs: Vec::new(), outputs: Vec::new() });
    node
}

#[test]
fn unknown_nodes_take_cables_but_no_values() {
    let mut patch = chain();
    let node = unknown(serde_json::json!({"type": "effect.warp"}));
    patch.apply(Edit::AddNode(Box::new(node))).unwrap();
    patch.apply(Edit::connect(CableEnds::new("warp", "left", "filter", "cutoff"))).unwrap();
    assert_eq!(
        message(&mut patch, set_knob("warp", "amount", 1.0)),
        "node 'warp' is of type 'effect.warp', which this program lacks; it can only be kept"
    );
    let ends = CableEnds::new("warp", "a b", "filter", "cutoff");
    assert!(matches!(patch.apply(Edit::connect(ends)), Err(EditError::BadPortName { .. })));
    for port in 1..limits::PORTS {
        patch.apply(Edit::connect(CableEnds::new("warp", format!("p{port}"), "filter", "cutoff"))).unwrap();
    }
    let one_more = Edit::connect(CableEnds::new("warp", "more", "filter", "cutoff"));
    assert_eq!(message(&mut patch, one_more), "a patch has at most 64 ports on a node");
}

#[test]
fn nodes_that_no_file_could_hold_are_refused() {
    let mut deep = serde_json::json!(1);
    for _ in 0..limits::NESTING {
        deep = serde_json::json!([deep]);
    }
    let mut wrong_length = Node::new("osc", &OSC);
    let NodeBody::Known { knobs, .. } = &mut wrong_length.body else { panic!("osc is known") };
    knobs.pop();
    for node in [
        unknown(serde_json::json!([])),
        unknown(serde_json::json!({})),
        unknown(serde_json::json!({"type": "a..b"})),
        unknown(serde_json::json!({"type": "effect.warp", "at": [1, 2]})),
        unknown(serde_json::json!({"type": "effect.warp", "deep": deep})),
        wrong_length,
    ] {
        let refused = Patch::new().apply(Edit::AddNode(Box::new(node)));
        assert!(matches!(refused, Err(EditError::Malformed { .. })), "{refused:?}");
    }
}

#[test]
fn a_patch_has_a_limit() {
    let mut patch = Patch::new();
    for number in 0..limits::NODES {
        patch.apply(Edit::AddNode(Box::new(Node::new(format!("n{number}"), &OUT)))).unwrap();
    }
    let one_more = Edit::AddNode(Box::new(Node::new("more", &OUT)));
    assert_eq!(message(&mut patch, one_more), "a patch has at most 100000 nodes");
}

/// Would take minutes if a cable looked at all others, or at all those of a hub.
#[test]
fn hubs_are_built_removed_and_restored_quickly() {
    const LEAVES: usize = 50_000;
    let mut patch = chain();
    for number in 0..LEAVES {
        let id = format!("n{number}");
        patch.apply(Edit::AddNode(Box::new(Node::new(id.as_str(), &OSC)))).unwrap();
        patch.apply(Edit::connect(CableEnds::new(id.as_str(), "out", "filter", "in"))).unwrap();
        patch.apply(Edit::connect(CableEnds::new("filter", "low", id, "tune"))).unwrap();
    }
    let inverse = patch.apply(Edit::RemoveNode { id: "filter".into() }).unwrap();
    assert_eq!(patch.cable_count(), 0);
    patch.apply(inverse).unwrap();
    assert_eq!(patch.cable_count(), 2 + 2 * LEAVES);
}
