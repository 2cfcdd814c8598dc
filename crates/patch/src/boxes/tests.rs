//! What boxes promise: they sound as if they were not there, and what is done to them can be undone.

use super::*;
use crate::testing::random::{boxed, edit, group_some, patch, promotion};
use crate::testing::{DICE, FILTER, KEYS, OSC, OUT, registry};
use crate::{CableEnds, CableOptions, Edit, EditError, Node, NodeBody, Patch, limits, read, write};
use jackfield_node::SettingValue;
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::Arc;

/// osc -> filter -> out, and dice that move the filter.
fn voice() -> Patch {
    let mut patch = Patch::new();
    let nodes = [("osc", &OSC), ("filter", &FILTER), ("dice", &DICE), ("out", &OUT)];
    for (x, (id, spec)) in nodes.into_iter().enumerate() {
        let node = Node { at: [x as f32 * 100.0, 10.0], ..Node::new(id, spec) };
        patch.apply(Edit::AddNode(Box::new(node))).unwrap();
    }
    for ends in [
        ["osc", "out", "filter", "in"],
        ["dice", "out", "filter", "cutoff"],
        ["dice", "out", "osc", "pitch"],
        ["filter", "low", "out", "left"],
        ["filter", "low", "out", "right"],
    ] {
        patch.apply(Edit::connect(cable(ends))).unwrap();
    }
    patch
}

fn cable([from, output, to, input]: [&str; 4]) -> CableEnds {
    CableEnds::new(from, output, to, input)
}

fn group(patch: &Patch, level: Option<&str>, ids: &[&str], promotion: Promotion) -> (Arc<str>, Edit) {
    let nodes = ids.iter().map(|id| Arc::from(*id)).collect();
    let grouping = Grouping { nodes, name: "Voice".to_owned(), promotion, ..Grouping::default() };
    patch.group(level, &grouping).unwrap()
}

/// A patch with osc and filter in a box.
fn grouped() -> Patch {
    let mut patch = voice();
    let (_, edit) = group(&patch, None, &["osc", "filter"], Promotion::Turned);
    patch.apply(edit).unwrap();
    patch
}

fn inside(definition: &str, edit: Edit) -> Edit {
    Edit::Inside { definition: definition.into(), edit: Box::new(edit) }
}

fn knob(patch: &Patch, id: &str, name: &str) -> f32 {
    let node = patch.node(patch.find(id).unwrap()).unwrap();
    let NodeBody::Known { spec, knobs, .. } = &node.body else { panic!("a known node") };
    knobs[spec.input(name).unwrap().index]
}

/// All that can be heard of a patch, by the names of nodes without their places.
fn heard(patch: &Patch) -> (Vec<String>, Vec<String>) {
    let name = |id: &str| order_key(id).0.to_owned();
    let flat = patch.without_boxes().into_owned();
    let mut nodes: Vec<(String, String)> = flat
        .nodes()
        .map(|(_, node)| {
            let seed = node.spec().is_some_and(|spec| spec.is_random).then(|| flat.node_seed(node));
            let text = format!("{} {:?} {} {seed:?}", name(&node.id), node.body, node.muted);
            (name(&node.id), text)
        })
        .collect();
    nodes.sort();
    let cables = flat.cables().map(|(index, .., cable)| {
        let CableEnds { from, output, to, input } = flat.ends(index).unwrap();
        let ends = format!("{}.{output} {}.{input}", name(&from), name(&to));
        format!("{ends} {} {} {}", cable.depth, cable.delayed, cable.uncompensated)
    });
    let mut cables: Vec<String> = cables.collect();
    cables.sort();
    (nodes.into_iter().map(|node| node.1).collect(), cables)
}

#[test]
fn cut_cables_become_ports_and_knobs() {
    let patch = grouped();
    let definition = patch.definition("voice").unwrap();
    assert_eq!((definition.name(), patch.node_count(), patch.cable_count()), ("Voice", 3, 4));
    let ports: Vec<_> = definition.ports().iter().map(|port| (&*port.id, port.role)).collect();
    // The dice feed an input without a knob and one with.
    let expected = [("pitch", PortRole::Input), ("cutoff", PortRole::Knob), ("low", PortRole::Output)];
    assert_eq!(ports, expected);
    assert_eq!(heard(&patch), heard(&voice()));
    let paths: Vec<String> =
        patch.flatten().unwrap().nodes.iter().map(|node| node.path.to_string()).collect();
    assert_eq!(paths, ["dice", "Voice/filter", "Voice/osc", "out"]);
}

#[test]
fn a_promoted_knob_turns_what_is_inside() {
    let mut patch = grouped();
    patch.apply(Edit::SetKnob { id: "Voice".into(), input: "cutoff".into(), value: 500.0 }).unwrap();
    assert_eq!(knob(&patch.without_boxes(), "Voice/filter", "cutoff"), 500.0);
    let promoted = &patch.flatten().unwrap().promoted[0];
    assert_eq!((&*promoted.path, promoted.knob, &*promoted.node), ("Voice", "cutoff", "Voice/filter"));
    // Three levels, each with a box of the one below.
    for level in ["voice", "voice-2"] {
        let top = if level == "voice" { "Voice" } else { "Voice 2" };
        let (_, edit) = group(&patch, None, &[top], Promotion::None);
        patch.apply(edit).unwrap();
        // The cable from the dice has taken its knob along.
        assert!(patch.definition(level).is_some());
    }
    let (top, _) = patch.nodes().find(|(_, node)| node.id.starts_with("Voice")).unwrap();
    let id = patch.node(top).unwrap().id.clone();
    patch.apply(Edit::SetKnob { id: id.clone(), input: "cutoff".into(), value: 700.0 }).unwrap();
    let flat = patch.flatten().unwrap();
    let path = flat.nodes.iter().find(|node| node.path.ends_with("/filter")).unwrap().path.clone();
    assert_eq!(path.matches('/').count(), 3);
    assert_eq!(knob(&patch.without_boxes(), &path, "cutoff"), 700.0);
    assert_eq!(flat.promoted.len(), 3, "each level turns it: {:?}", flat.promoted);
}

#[test]
fn knobs_are_promoted_by_hand_level_by_level() {
    let mut patch = grouped();
    patch.apply(patch.promote("voice", "filter", "resonance").unwrap()).unwrap();
    assert_eq!(knob(&patch, "Voice", "resonance"), 0.2);
    patch.apply(group(&patch, None, &["Voice"], Promotion::None).1).unwrap();
    patch.apply(patch.promote("voice-2", "Voice", "resonance").unwrap()).unwrap();
    let set = Edit::SetKnob { id: "Voice 2".into(), input: "resonance".into(), value: 0.9 };
    patch.apply(set).unwrap();
    assert_eq!(knob(&patch.without_boxes(), "Voice 2/Voice/filter", "resonance"), 0.9);
}

#[test]
fn one_definition_many_boxes() {
    let mut patch = grouped();
    let copy = Node::new("second", patch.definition("voice").unwrap().spec());
    patch.apply(Edit::AddNode(Box::new(copy))).unwrap();
    patch.apply(Edit::connect(cable(["second", "low", "out", "left"]))).unwrap();
    let turn = Edit::SetKnob { id: "filter".into(), input: "resonance".into(), value: 0.7 };
    patch.apply(inside("voice", turn.clone())).unwrap();
    let flat = patch.without_boxes().into_owned();
    assert_eq!(
        [knob(&flat, "Voice/filter", "resonance"), knob(&flat, "second/filter", "resonance")],
        [0.7; 2]
    );
    assert_eq!(write(&patch).matches("filter.svf").count(), 1, "it is stored once");
    // Parted, it goes its own way.
    patch.apply(patch.make_unique(None, "second").unwrap()).unwrap();
    patch.apply(inside("voice-2", Edit::SetMuted { id: "osc".into(), muted: true })).unwrap();
    let flat = patch.without_boxes().into_owned();
    let muted = |id: &str| flat.node(flat.find(id).unwrap()).unwrap().muted;
    assert_eq!([muted("Voice/osc"), muted("second/osc")], [false, true]);
    assert_eq!(patch.cable_count(), 5);
}

#[test]
fn boxes_of_one_definition_roll_their_own_dice() {
    let mut patch = voice();
    patch.seed = 77;
    patch.apply(group(&patch, None, &["dice"], Promotion::None).1).unwrap();
    let copy = Node::new("second", patch.definition("voice").unwrap().spec());
    patch.apply(Edit::AddNode(Box::new(copy))).unwrap();
    let seed = |patch: &Patch, path: &str| {
        let flat = patch.without_boxes().into_owned();
        flat.node_seed(flat.node(flat.find(path).unwrap()).unwrap())
    };
    let alone = Patch { seed: 77, ..voice() };
    assert_eq!(seed(&patch, "Voice/dice"), alone.node_seed(alone.named("dice").unwrap()));
    assert_ne!(seed(&patch, "Voice/dice"), seed(&patch, "second/dice"));
    let before = seed(&patch, "second/dice");
    patch.apply(Edit::Rename { id: "second".into(), to: "other".into() }).unwrap();
    assert_eq!(seed(&patch, "other/dice"), before);
    patch.apply(patch.ungroup(None, "other").unwrap()).unwrap();
    assert_eq!(seed(&patch, "dice"), before);
}

#[test]
fn no_edit_inside_drops_a_cable_outside_but_removing_its_port() {
    let mut patch = grouped();
    let set = |setting: &str, value| {
        inside("voice", Edit::SetSetting { id: "low".into(), setting: setting.into(), value })
    };
    for edit in [
        set("name", SettingValue::Text("dark".to_owned())),
        set("order", SettingValue::Count(500)),
        set("kind", SettingValue::Choice(3)),
        inside("voice", Edit::RemoveNode { id: "filter".into() }),
        inside("voice", Edit::AddNode(Box::new(Node::new("filter", &OSC)))),
    ] {
        patch.apply(edit).unwrap();
        assert_eq!(patch.cable_count(), 4);
    }
    let spec = patch.definition("voice").unwrap().spec();
    assert_eq!(spec.outputs[0].label, "dark");
    let rename = inside("voice", Edit::Rename { id: "low".into(), to: "dark".into() });
    assert_eq!(patch.apply(rename), Err(EditError::PortKeepsId { id: "low".into() }));
    let before = write(&patch);
    let undo = patch.apply(inside("voice", Edit::RemoveNode { id: "low".into() })).unwrap();
    assert_eq!(patch.cable_count(), 2);
    patch.apply(undo).unwrap();
    assert_eq!(write(&patch), before);
}

#[test]
fn a_box_can_t_lie_in_itself() {
    let mut patch = grouped();
    patch.apply(group(&patch, None, &["Voice"], Promotion::None).1).unwrap();
    let before = patch.clone();
    let spec = patch.definition("voice-2").unwrap().spec();
    for (level, id) in [("voice", "voice-2"), ("voice-2", "voice-2")] {
        let add = inside(level, Edit::AddNode(Box::new(Node::new("again", spec))));
        let refused = patch.apply(add).unwrap_err();
        assert!(matches!(refused, EditError::Nested { .. }), "{level} {id}: {refused}");
        assert_eq!(write(&patch), write(&before));
    }
    let removed = Edit::SetDefinition { id: "voice".into(), definition: None };
    assert_eq!(patch.apply(removed), Err(EditError::DefinitionInUse { id: "voice".into() }));
    let ring =
        write(&patch).replace("\"osc\": {\"type\": \"source.osc\"", "\"osc\": {\"type\": \"box.voice-2\"");
    let told = read(ring, &registry()).unwrap_err().to_string();
    assert!(told.contains("holds a box of itself") && !told.contains('\n'), "{told}");
}

/// Sixteen levels of ten boxes each would be more nodes than there are atoms in a speaker.
#[test]
fn a_bomb_of_boxes_is_refused() {
    let mut definitions = vec![r#""b0": {"nodes": {"a": {"type": "source.osc"}}, "cables": []}"#.to_owned()];
    for level in 1..15 {
        let boxes: Vec<String> =
            (0..10).map(|i| format!(r#""b{i}": {{"type": "box.b{}"}}"#, level - 1)).collect();
        definitions.push(format!(r#""b{level}": {{"nodes": {{{}}}, "cables": []}}"#, boxes.join(", ")));
    }
    let text = format!(r#"{{"jackfield": 1, "definitions": {{{}}}}}"#, definitions.join(", "));
    let told = read(&text, &registry()).unwrap_err().to_string();
    assert!(told.contains("at most 100000 nodes") && !told.contains('\n'), "{told}");
    // Too deep without being large.
    let chain: Vec<String> = (0..20)
        .map(|level| {
            let inside = match level {
                0 => r#""a": {"type": "source.osc"}"#.to_owned(),
                _ => format!(r#""a": {{"type": "box.b{}"}}"#, level - 1),
            };
            format!(r#""b{level}": {{"nodes": {{{inside}}}}}"#)
        })
        .collect();
    let text = format!(r#"{{"jackfield": 1, "definitions": {{{}}}}}"#, chain.join(", "));
    let told = read(&text, &registry()).unwrap_err().to_string();
    assert!(told.contains("at most 16 boxes inside one another"), "{told}");
}

/// Every junction doubles the cables before it.
#[test]
fn a_bomb_of_cables_is_refused() {
    let ports: Vec<String> = (0..60)
        .flat_map(|i| {
            [format!(r#""i{i}": {{"type": "port.input"}}"#), format!(r#""o{i}": {{"type": "port.output"}}"#)]
        })
        .collect();
    let all = |from: &str, output: &str, to: &str, input: &str| -> Vec<String> {
        let pairs = (0..60).flat_map(|i| (0..60).map(move |j| (i, j)));
        pairs.map(|(i, j)| format!(r#"{{"from": "{from}{i}{output}", "to": "{to}{j}{input}"}}"#)).collect()
    };
    let mut nodes = Vec::new();
    let mut cables = Vec::new();
    for i in 0..60 {
        nodes.push(format!(r#""s{i}": {{"type": "source.osc"}}, "f{i}": {{"type": "filter.svf"}}"#));
        cables.push(format!(r#"{{"from": "s{i}.out", "to": "box0.i{i}"}}"#));
    }
    for b in 0..200 {
        nodes.push(format!(r#""box{b}": {{"type": "box.b"}}"#));
        if b > 0 {
            cables
                .extend((0..60).map(|i| format!(r#"{{"from": "box{}.o{i}", "to": "box{b}.i{i}"}}"#, b - 1)));
        }
        cables.extend((0..60).map(|i| format!(r#"{{"from": "box{b}.o{i}", "to": "f{i}.in"}}"#)));
    }
    let text = format!(
        r#"{{"jackfield": 1, "nodes": {{{}}}, "cables": [{}],
             "definitions": {{"b": {{"nodes": {{{}}}, "cables": [{}]}}}}}}"#,
        nodes.join(", "),
        cables.join(", "),
        ports.join(", "),
        all("i", ".out", "o", ".in").join(", "),
    );
    let told = read(&text, &registry()).unwrap_err().to_string();
    assert!(told.contains("at most 1000000 cables") && !told.contains('\n'), "{told}");
}

#[test]
fn signals_pass_through_and_rings_of_ports_end() {
    let mut patch = voice();
    patch.apply(group(&patch, None, &["osc", "filter"], Promotion::None).1).unwrap();
    patch.apply(inside("voice", Edit::connect(cable(["pitch", "out", "low", "in"])))).unwrap();
    let flat = patch.without_boxes().into_owned();
    assert!(flat.find_cable(&cable(["dice", "out", "out", "left"])).is_some());
    patch.apply(Edit::connect(cable(["Voice", "low", "Voice", "pitch"]))).unwrap();
    let flat = patch.without_boxes().into_owned();
    assert!(flat.find_cable(&cable(["Voice/filter", "low", "Voice/osc", "pitch"])).is_some());
}

#[test]
fn two_ways_to_one_input_are_one_cable() {
    let mut patch = voice();
    patch.apply(group(&patch, None, &["osc"], Promotion::None).1).unwrap();
    let port = Node::new("more", PortRole::Input.spec());
    patch.apply(inside("voice", Edit::AddNode(Box::new(port)))).unwrap();
    patch.apply(inside("voice", Edit::connect(cable(["more", "out", "osc", "pitch"])))).unwrap();
    let options = CableOptions { depth: 0.5, ..CableOptions::default() };
    patch.apply(Edit::Connect { ends: cable(["dice", "out", "Voice", "more"]), options }).unwrap();
    let flat = patch.without_boxes().into_owned();
    let index = flat.find_cable(&cable(["dice", "out", "Voice/osc", "pitch"])).unwrap();
    assert_eq!(flat.cable(index).unwrap().2.depth, 1.5);
}

#[test]
fn a_muted_box_is_silent() {
    let mut patch = grouped();
    patch.apply(Edit::SetMuted { id: "Voice".into(), muted: true }).unwrap();
    let flat = patch.without_boxes().into_owned();
    let muted: Vec<_> = flat.nodes().filter(|(_, node)| node.muted).map(|(_, node)| &*node.id).collect();
    assert_eq!(muted, ["Voice/filter"]);
}

#[test]
fn a_number_of_voices_holds_for_what_nothing_inside_feeds() {
    let mut patch = voice();
    patch.apply(Edit::AddNode(Box::new(Node::new("keys", &KEYS)))).unwrap();
    patch.apply(Edit::connect(cable(["keys", "pitch", "osc", "tune"]))).unwrap();
    patch.apply(group(&patch, None, &["osc", "filter", "keys"], Promotion::None).1).unwrap();
    let voices =
        Edit::SetSetting { id: "Voice".into(), setting: "voices".into(), value: SettingValue::Count(3) };
    patch.apply(voices).unwrap();
    let flat = patch.flatten().unwrap();
    let find = |path: &str| flat.nodes.iter().find(|node| &*node.path == path).unwrap();
    let limit = |path: &str| find(path).voices;
    assert_eq!(limit("Voice/keys"), Some(VoiceLimit { least: 3, most: 3 }));
    assert_eq!(limit("Voice/osc"), Some(VoiceLimit { least: 1, most: 3 }), "the keys feed it");
    assert_eq!(limit("out"), None);
    let settings = find("Voice/keys").settings.as_ref().unwrap();
    assert_eq!(settings.values()[0], SettingValue::Count(3));
}

#[test]
fn a_taken_id_gives_way_when_a_box_is_ungrouped() {
    let mut patch = grouped();
    patch.apply(Edit::AddNode(Box::new(Node::new("osc", &DICE)))).unwrap();
    patch.apply(patch.ungroup(None, "Voice").unwrap()).unwrap();
    assert!(patch.find("osc-2").is_some() && patch.definitions().next().is_none());
    assert!(patch.find_cable(&cable(["osc-2", "out", "filter", "in"])).is_some());
}

#[test]
fn the_content_hash_tells_contents_apart_and_nothing_else() {
    let mut patch = grouped();
    let hash = patch.content_hash("voice").unwrap();
    patch.apply(group(&patch, None, &["Voice"], Promotion::None).1).unwrap();
    assert_eq!(patch.content_hash("voice"), Some(hash), "where it is used does not matter");
    let outer = patch.content_hash("voice-2").unwrap();
    let turn = Edit::SetKnob { id: "filter".into(), input: "resonance".into(), value: 0.7 };
    patch.apply(inside("voice", turn)).unwrap();
    assert_ne!(patch.content_hash("voice"), Some(hash));
    assert_ne!(patch.content_hash("voice-2"), Some(outer), "what it holds counts");
}

#[test]
fn a_definition_goes_into_another_patch_with_all_that_it_needs() {
    let mut from = grouped();
    from.apply(group(&from, None, &["Voice"], Promotion::None).1).unwrap();
    let mut to = Patch::new();
    let (id, take) = to.take_definition(&from, "voice-2", false).unwrap();
    to.apply(take).unwrap();
    assert_eq!((&*id, to.definitions().count()), ("voice-2", 2));
    assert_eq!(to.content_hash("voice-2"), from.content_hash("voice-2"));
    assert_eq!(to.definition("voice-2").unwrap().origin, from.content_hash("voice-2"));
    // What is there already is used.
    let (again, take) = to.take_definition(&from, "voice-2", false).unwrap();
    assert_eq!((&*again, take), ("voice-2", Edit::Batch(Vec::new())));
    // What is another of the same id is left alone.
    to.apply(inside("voice", Edit::SetMuted { id: "osc".into(), muted: true })).unwrap();
    let (other, take) = to.take_definition(&from, "voice-2", false).unwrap();
    to.apply(take).unwrap();
    assert_ne!(other, id);
    assert_eq!(to.definitions().count(), 4);
    let library = from.library_patch("voice-2").unwrap();
    let (again, _) = read(write(&library), &registry()).unwrap();
    assert_eq!(write(&again), write(&library));
    assert_eq!(library.node_count(), 1);
}

#[test]
fn limits_hold_for_ports() {
    let mut patch = grouped();
    for port in 0..limits::PORTS {
        let id = format!("p{port}");
        let added =
            patch.apply(inside("voice", Edit::AddNode(Box::new(Node::new(id, PortRole::Input.spec())))));
        // Two are there: the pitch and the cutoff.
        assert_eq!(added.is_ok(), port < limits::PORTS - 2, "{port}");
    }
    let odd = inside("voice", Edit::AddNode(Box::new(Node::new("with space", PortRole::Output.spec()))));
    assert!(matches!(patch.apply(odd), Err(EditError::BadPortName { .. })));
}

/// The text of a patch but for seeds that follow from the ids: ungrouping leaves those out.
fn without_needless_seeds(patch: &Patch) -> String {
    let mut patch = patch.clone();
    let is_needless = |node: &&Node| node.seed == patch.own_seed(&Node { seed: None, ..(*node).clone() });
    let nodes = patch.nodes().map(|(_, node)| node);
    let needless: Vec<Arc<str>> = nodes.filter(is_needless).map(|node| node.id.clone()).collect();
    for id in needless {
        patch.apply(Edit::SetNodeSeed { id, seed: None }).unwrap();
    }
    write(&patch)
}

proptest! {
    #[test]
    fn a_group_sounds_the_same_and_ungroups_to_the_same_file(
        start in patch(),
        bits in any::<u32>(),
        promotion in promotion(),
    ) {
        let mut patch = start.clone();
        let Some((id, edit)) = group_some(&patch, None, bits, &promotion) else { return Ok(()) };
        let undo = patch.apply(edit).unwrap();
        prop_assert_eq!(heard(&patch), heard(&start));
        let text = write(&patch);
        prop_assert_eq!(write(&read(&text, &registry()).unwrap().0), text);
        let mut undone = patch.clone();
        undone.apply(undo).unwrap();
        prop_assert_eq!(write(&undone), write(&start));
        patch.apply(patch.ungroup(None, &id).unwrap()).unwrap();
        prop_assert_eq!(without_needless_seeds(&patch), without_needless_seeds(&start));
    }

    #[test]
    fn groups_inside_groups_sound_the_same(
        start in patch(),
        groups in vec((any::<u32>(), promotion(), any::<bool>()), 1..5),
    ) {
        let mut patch = start.clone();
        for (bits, promotion, goes_inside) in groups {
            let level = patch.definitions().last().map(|known| known.id().clone());
            let level = level.as_deref().filter(|_| goes_inside);
            if let Some((_, edit)) = group_some(&patch, level, bits, &promotion) {
                patch.apply(edit).unwrap();
            }
        }
        prop_assert_eq!(heard(&patch), heard(&start));
        let text = write(&patch);
        prop_assert_eq!(write(&read(&text, &registry()).unwrap().0), text);
    }

    #[test]
    fn a_box_that_is_ungrouped_sounds_the_same(patch in boxed(), choice in any::<u16>()) {
        let boxes: Vec<Arc<str>> = patch
            .nodes()
            .filter(|(_, node)| patch.definition_of(node).is_some())
            .map(|(_, node)| node.id.clone())
            .collect();
        let Some(id) = boxes.get(usize::from(choice) % boxes.len().max(1)) else { return Ok(()) };
        let mut ungrouped = patch.clone();
        ungrouped.apply(patch.ungroup(None, id).unwrap()).unwrap();
        let (before, after) = (heard(&patch), heard(&ungrouped));
        // Names that were taken differ; all else is equal.
        prop_assert_eq!(before.0.len(), after.0.len());
        prop_assert_eq!(before.1.len(), after.1.len());
        let mut unique = patch.clone();
        unique.apply(patch.make_unique(None, id).unwrap()).unwrap();
        prop_assert_eq!(heard(&unique), before);
    }

    #[test]
    fn edits_inside_have_an_exact_inverse_or_change_nothing(
        start in boxed(),
        edits in vec((edit(), any::<u8>()), 1..6),
    ) {
        let mut patch = start.clone();
        for (edit, level) in edits {
            let levels: Vec<Arc<str>> = patch.definitions().map(|known| known.id().clone()).collect();
            if levels.is_empty() {
                return Ok(());
            }
            let definition = levels[usize::from(level) % levels.len()].clone();
            let edit = Edit::Inside { definition, edit: Box::new(edit) };
            let before = patch.clone();
            match patch.apply(edit) {
                Err(_) => prop_assert_eq!(&patch, &before),
                Ok(inverse) => {
                    let after = patch.clone();
                    let text = write(&patch);
                    prop_assert_eq!(write(&read(&text, &registry()).unwrap().0), text);
                    patch.flatten().unwrap();
                    let again = patch.apply(inverse).unwrap();
                    prop_assert_eq!(&patch, &before);
                    prop_assert_eq!(write(&patch), write(&before));
                    patch.apply(again).unwrap();
                    prop_assert_eq!(&patch, &after);
                }
            }
        }
    }

    #[test]
    fn a_program_without_boxes_keeps_them(patch in boxed()) {
        // One that reads no definitions keeps them as a key it does not know.
        let text = write(&patch);
        let other = text.replace("\"definitions\"", "\"later\"");
        let (kept, _) = read(&other, &registry()).unwrap();
        let back = write(&kept).replace("\"later\"", "\"definitions\"");
        prop_assert_eq!(write(&read(back, &registry()).unwrap().0), text);
    }
}
