//! Random edits and patches for properties. Ids and ports come from small pools, so that edits often
//! hit something, and some of them are wrong.

use super::{DICE, FILTER, OSC, OUT};
use crate::{
    Annotation, AnnotationKind, CableEnds, CableOptions, Edit, Grouping, Hue, Meta, Node, NodeBody, Patch,
    PortRole, Promotion, UnknownNode,
};
use jackfield_node::{NodeSpec, SettingValue};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Number, Value};
use std::sync::Arc;

/// Ids, and the type that the node of that id mostly has.
const NODES: [(&str, &NodeSpec); 6] =
    [("a", &OSC), ("b", &FILTER), ("osc-1", &OSC), ("Bass drum", &FILTER), ("größe", &OUT), ("dice", &DICE)];

fn id() -> impl Strategy<Value = Arc<str>> {
    prop_oneof![20 => select(NODES.map(|(id, _)| id).to_vec()), 1 => select(vec!["no.id", "", "nobody"])]
        .prop_map(Into::into)
}

fn output() -> impl Strategy<Value = Arc<str>> {
    prop_oneof![20 => select(vec!["out", "phase", "low", "high"]), 1 => Just("a b")].prop_map(Into::into)
}

fn input() -> impl Strategy<Value = Arc<str>> {
    let inputs = vec!["in", "pitch", "tune", "level", "cutoff", "resonance", "left", "right"];
    prop_oneof![20 => select(inputs), 1 => Just("")].prop_map(Into::into)
}

fn knob() -> impl Strategy<Value = Arc<str>> {
    select(vec!["tune", "level", "cutoff", "resonance", "pitch"]).prop_map(Into::into)
}

/// All ends that fit when every node has the type it mostly has.
fn fitting_ends() -> Vec<CableEnds> {
    let outputs = || NODES.iter().flat_map(|(id, spec)| spec.outputs.iter().map(|output| (*id, output.name)));
    let inputs = || NODES.iter().flat_map(|(id, spec)| spec.inputs.iter().map(|input| (*id, input.name)));
    outputs()
        .flat_map(|(from, output)| inputs().map(move |(to, input)| CableEnds::new(from, output, to, input)))
        .collect()
}

fn ends() -> impl Strategy<Value = CableEnds> {
    let any_ends = (id(), output(), id(), input()).prop_map(|(from, output, to, input)| CableEnds {
        from,
        output,
        to,
        input,
    });
    prop_oneof![3 => select(fitting_ends()), 1 => any_ends]
}

/// Any float, with those likely that mean something.
fn number() -> impl Strategy<Value = f32> {
    prop_oneof![
        select(vec![0.0, -0.0, 0.5, 1.0, 0.1, 800.0, 1e9, f32::NAN, f32::INFINITY, f32::MIN_POSITIVE]),
        -2.0..2.0_f32,
        any::<f32>(),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), any::<String>(), Just("\"\\\n\t\u{1}\u{2028}🎛".to_owned())]
}

fn setting_value() -> impl Strategy<Value = SettingValue> {
    prop_oneof![
        (0..4_usize).prop_map(SettingValue::Choice),
        (0..40_u32).prop_map(SettingValue::Count),
        any::<bool>().prop_map(SettingValue::Toggle),
        text().prop_map(SettingValue::File),
        text().prop_map(SettingValue::Text),
        vec(-13.0..13.0_f32, 0..6).prop_map(SettingValue::Steps),
    ]
}

/// JSON as reading a file makes it: a whole number is an integer.
fn json() -> impl Strategy<Value = Value> {
    let float = any::<f64>().prop_filter_map("whole or not finite", |value| {
        if value.fract() == 0.0 { None } else { Number::from_f64(value).map(Value::Number) }
    });
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        float,
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((text(), inner), 0..4).prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn unknown() -> impl Strategy<Value = UnknownNode> {
    let key = select(vec!["version", "knobs", "settings", "colour", "zoom"]);
    vec((key, json()), 0..4).prop_map(|entries| {
        let mut entry: Map<String, Value> =
            entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        entry.insert("type".to_owned(), "effect.warp".into());
        UnknownNode { entry: entry.into(), inputs: Vec::new(), outputs: Vec::new() }
    })
}

fn node() -> impl Strategy<Value = Node> {
    let usual = select(&NODES[..]).prop_map(|(id, spec)| Node::new(id, spec));
    let known = (id(), select(vec![&OSC, &FILTER, &OUT, &DICE])).prop_map(|(id, spec)| Node::new(id, spec));
    let unknown = (id(), unknown()).prop_map(|(id, unknown)| {
        let mut node = Node::new(id, &OUT);
        node.body = NodeBody::Unknown(unknown);
        node
    });
    prop_oneof![5 => usual, 1 => known, 1 => unknown]
}

fn options() -> impl Strategy<Value = CableOptions> {
    (number(), any::<bool>(), any::<bool>()).prop_map(|(depth, delayed, uncompensated)| CableOptions {
        depth,
        delayed,
        uncompensated,
        ..Default::default()
    })
}

fn hue() -> impl Strategy<Value = Option<Hue>> {
    prop_oneof![3 => (0..360_u16).prop_map(Some), 2 => Just(None), 1 => Just(Some(360))]
}

fn annotation_edit() -> impl Strategy<Value = Edit> {
    let place = [number(), number()];
    let size = prop_oneof![3 => [20.0..900.0_f32, 16.0..400.0_f32], 1 => [number(), number()]];
    let annotation = (place, size, text(), hue()).prop_map(|(at, size, text, hue)| Annotation {
        text,
        hue,
        ..Annotation::new(at, size)
    });
    let annotation =
        prop_oneof![4 => annotation.prop_map(|annotation| Some(Box::new(annotation))), 1 => Just(None)];
    (select(AnnotationKind::ALL.to_vec()), id(), annotation)
        .prop_map(|(kind, id, annotation)| Edit::SetAnnotation { kind, id, annotation })
}

fn meta() -> impl Strategy<Value = Meta> {
    [text(), text(), text(), text()].prop_map(|[title, author, license, notes]| Meta {
        title,
        author,
        license,
        notes,
    })
}

/// One edit, of any kind but `Replace` and `Batch`.
fn simple_edit() -> impl Strategy<Value = Edit> {
    let plain_cable = ends().prop_map(Edit::connect);
    let cable = (ends(), options()).prop_map(|(ends, options)| Edit::Connect { ends, options });
    prop_oneof![
        6 => node().prop_map(|node| Edit::AddNode(Box::new(node))),
        2 => id().prop_map(|id| Edit::RemoveNode { id }),
        2 => (id(), id()).prop_map(|(id, to)| Edit::Rename { id, to }),
        2 => (id(), [number(), number()]).prop_map(|(id, at)| Edit::Move { id, at }),
        2 => (id(), any::<bool>()).prop_map(|(id, muted)| Edit::SetMuted { id, muted }),
        4 => (id(), knob(), number()).prop_map(|(id, input, value)| Edit::SetKnob { id, input, value }),
        4 => (id(), setting(), setting_value())
            .prop_map(|(id, setting, value)| Edit::SetSetting { id, setting, value }),
        30 => prop_oneof![plain_cable, cable],
        3 => ends().prop_map(|ends| Edit::Disconnect { ends }),
        3 => (ends(), number()).prop_map(|(ends, depth)| Edit::SetDepth { ends, depth }),
        3 => (ends(), any::<bool>()).prop_map(|(ends, delayed)| Edit::SetDelayed { ends, delayed }),
        3 => (ends(), any::<bool>())
            .prop_map(|(ends, uncompensated)| Edit::SetUncompensated { ends, uncompensated }),
        2 => (id(), hue()).prop_map(|(id, hue)| Edit::SetHue { id, hue }),
        2 => (ends(), hue()).prop_map(|(ends, hue)| Edit::SetCableHue { ends, hue }),
        4 => annotation_edit(),
        1 => meta().prop_map(|meta| Edit::SetMeta(Box::new(meta))),
        1 => any::<u32>().prop_map(Edit::SetSeed),
        2 => (id(), any::<Option<u32>>()).prop_map(|(id, seed)| Edit::SetNodeSeed { id, seed }),
        1 => number().prop_map(Edit::SetTempo),
    ]
}

fn setting() -> impl Strategy<Value = Arc<str>> {
    select(vec!["waveform", "voices", "sync", "file", "label", "pattern", "slope", "nothing"])
        .prop_map(Into::into)
}

/// One edit of any kind. Many of them fail on a given patch.
pub(crate) fn edit() -> impl Strategy<Value = Edit> {
    let batch = vec(simple_edit(), 0..4).prop_map(Edit::Batch);
    let replace = patch().prop_map(|patch| Edit::Replace(Box::new(patch)));
    prop_oneof![20 => simple_edit(), 3 => batch, 1 => replace]
}

/// Puts some nodes of a level into a box, chosen by bits, if there are any.
pub(crate) fn group_some(
    patch: &Patch,
    level: Option<&str>,
    bits: u32,
    promotion: &Promotion,
) -> Option<(Arc<str>, Edit)> {
    let ids = patch.level(level)?.nodes().map(|(_, node)| node.id.clone()).enumerate();
    let nodes = ids.filter(|(place, _)| bits >> (place % 32) & 1 == 1).map(|(_, id)| id).collect();
    let grouping =
        Grouping { nodes, name: "größe".to_owned(), promotion: promotion.clone(), ..Grouping::default() };
    patch.group(level, &grouping).ok()
}

/// Which knobs a box gets.
pub(crate) fn promotion() -> impl Strategy<Value = Promotion> {
    prop_oneof![Just(Promotion::None), Just(Promotion::Turned)]
}

/// Changes a patch in a way that has to do with boxes, chosen by numbers; what does not fit changes nothing.
fn change_boxes(patch: &mut Patch, what: u8, bits: u32, edit: Edit) {
    let levels: Vec<Arc<str>> = patch.definitions().map(|known| known.id().clone()).collect();
    let chosen = levels.get(bits as usize % (levels.len() + 1)).cloned();
    let boxes = patch.nodes().filter(|(_, node)| patch.definition_of(node).is_some());
    let boxes: Vec<Arc<str>> = boxes.map(|(_, node)| node.id.clone()).collect();
    let chosen_box = boxes.get(bits as usize % boxes.len().max(1));
    let edit = match (what % 6, &chosen, chosen_box) {
        (0, ..) => group_some(patch, chosen.as_deref(), bits, &Promotion::Turned).map(|group| group.1),
        (1, Some(id), _) => Some(Edit::Inside { definition: id.clone(), edit: Box::new(edit) }),
        (2, Some(id), _) => {
            let port = Node::new("port", PortRole::Input.spec());
            Some(Edit::Inside { definition: id.clone(), edit: Box::new(Edit::AddNode(Box::new(port))) })
        }
        (3, Some(id), _) => {
            let spec = patch.definition(id).map(|definition| definition.spec());
            spec.map(|spec| Edit::AddNode(Box::new(Node::new(patch.free_id("second"), spec))))
        }
        (4, _, Some(id)) => patch.ungroup(None, id).ok(),
        (5, _, Some(id)) => patch.make_unique(None, id).ok(),
        _ => Some(edit),
    };
    if let Some(edit) = edit {
        // Those that fail change nothing.
        let _ = patch.apply(edit);
    }
}

/// Numbers and edits for [`with_box_edits`].
pub(crate) fn box_edits() -> impl Strategy<Value = Vec<(u8, u32, Edit)>> {
    vec((any::<u8>(), any::<u32>(), simple_edit()), 0..8)
}

/// What a patch becomes when things are done to it and its boxes.
pub(crate) fn with_box_edits(patch: &Patch, edits: Vec<(u8, u32, Edit)>) -> Patch {
    let mut patch = patch.clone();
    for (what, bits, edit) in edits {
        change_boxes(&mut patch, what, bits, edit);
    }
    patch
}

/// A patch with boxes, some inside one another, and some used twice.
pub(crate) fn boxed() -> impl Strategy<Value = Patch> {
    (patch(), any::<u32>(), box_edits()).prop_map(|(mut patch, bits, edits)| {
        if let Some((_, edit)) = group_some(&patch, None, bits, &Promotion::None) {
            // It was made for this patch.
            let _ = patch.apply(edit);
        }
        with_box_edits(&patch, edits)
    })
}

/// A patch made by edits: a few nodes, and then anything. Three nodes and four cables on average.
pub(crate) fn patch() -> impl Strategy<Value = Patch> {
    let nodes = vec(node().prop_map(|node| Edit::AddNode(Box::new(node))), 0..8);
    (nodes, vec(simple_edit(), 0..120)).prop_map(|(nodes, edits)| {
        let mut patch = Patch::new();
        for edit in nodes.into_iter().chain(edits) {
            // Those that fail change nothing; see the properties of edits.
            let _ = patch.apply(edit);
        }
        patch
    })
}
