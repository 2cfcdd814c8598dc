//! The single steps from one patch to another whose nodes have the same ids where they are the same nodes.

use super::DifferenceKind;
use super::words;
use crate::{
    Annotation, AnnotationKind, CableEnds, CableOptions, Definition, Edit, Meta, Node, NodeBody, Patch,
};
use jackfield_node::NodeSpec;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The one value that a step puts in its place; two steps with the same place can't both be taken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Title,
    Author,
    License,
    Notes,
    Tempo,
    Seed,
    Extra,
    /// Whether a node is there and of which type, with all its data.
    Node(Arc<str>),
    At(Arc<str>),
    Muted(Arc<str>),
    Hue(Arc<str>),
    NodeSeed(Arc<str>),
    Knob(Arc<str>, &'static str),
    Setting(Arc<str>, &'static str),
    /// Whether a cable is there.
    Cable(CableEnds),
    Depth(CableEnds),
    Delayed(CableEnds),
    Uncompensated(CableEnds),
    CableHue(CableEnds),
    CableExtra(CableEnds),
    Annotation(AnnotationKind, Arc<str>),
}

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    /// This.
    Edit(Edit),
    /// Puts this text, of the place, into the words about the patch and leaves the others.
    Describe(Place, String),
    /// Does this inside a definition.
    Inside(Arc<str>, Box<Action>),
    /// Gives a definition this version and this origin.
    Version(Arc<str>, u32, Option<u64>),
    /// Does this if it can be done.
    IfItFits(Box<Action>),
}

impl Action {
    /// The edit that does it to this patch.
    pub(crate) fn edit(&self, patch: &Patch) -> Edit {
        match self {
            Self::Edit(edit) => edit.clone(),
            Self::Describe(place, text) => {
                let mut meta = patch.meta.clone();
                if let Some(field) = described(&mut meta, place) {
                    field.clone_from(text);
                }
                Edit::SetMeta(Box::new(meta))
            }
            Self::Inside(id, action) => {
                let level = patch.level(Some(id)).unwrap_or(patch);
                Edit::Inside { definition: id.clone(), edit: Box::new(action.edit(level)) }
            }
            Self::Version(id, version, origin) => {
                let dated = |definition: &Arc<Definition>| {
                    Arc::new(definition.as_ref().clone().with_origin(*version, *origin))
                };
                Edit::SetDefinition { id: id.clone(), definition: patch.definition(id).map(dated) }
            }
            Self::IfItFits(action) => {
                let edit = action.edit(patch);
                let fits = match &edit {
                    Edit::Disconnect { ends } => patch.find_cable(ends).is_some(),
                    _ => true,
                };
                if fits { edit } else { Edit::Batch(Vec::new()) }
            }
        }
    }

    /// The same, or nothing where it can't be done.
    pub(super) fn if_it_fits(self) -> Self {
        Self::IfItFits(Box::new(self))
    }
}

/// The text of the place.
fn described<'m>(meta: &'m mut Meta, place: &Place) -> Option<&'m mut String> {
    match place {
        Place::Title => Some(&mut meta.title),
        Place::Author => Some(&mut meta.author),
        Place::License => Some(&mut meta.license),
        Place::Notes => Some(&mut meta.notes),
        _ => None,
    }
}

/// One value that differs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) place: Place,
    pub(crate) kind: DifferenceKind,
    /// The node it is about.
    pub(crate) node: Option<Arc<str>>,
    /// In words.
    pub(crate) text: String,
    pub(crate) action: Action,
}

impl Step {
    fn new(place: Place, kind: DifferenceKind, node: Option<&Arc<str>>, text: String, edit: Edit) -> Self {
        Self { place, kind, node: node.cloned(), text, action: Action::Edit(edit) }
    }

    /// Gives a node another id.
    pub(crate) fn rename(id: &Arc<str>, to: &Arc<str>) -> Self {
        let edit = Edit::Rename { id: id.clone(), to: to.clone() };
        let text = format!("renamed '{id}' to '{to}'");
        Self::new(Place::Node(id.clone()), DifferenceKind::Renamed, Some(to), text, edit)
    }
}

/// The steps from one patch to another, in an order in which they can be done. Nodes that have other ids
/// count as other nodes.
pub(crate) fn steps(from: &Patch, to: &Patch) -> Vec<Step> {
    let mut steps = Vec::new();
    describe(from, to, &mut steps);
    let (cables, cables_to) = (cables(from), cables(to));
    for (ends, _) in cables.iter().filter(|(ends, _)| !cables_to.contains_key(ends)) {
        // A node that goes or is replaced takes its cables along.
        let stays = |id: &str| is_kept(from, to, id);
        if stays(&ends.from) && stays(&ends.to) {
            let edit = Edit::Disconnect { ends: ends.clone() };
            let text = format!("removed cable {ends}");
            steps.push(cable_step(Place::Cable, DifferenceKind::Removed, ends, text, edit));
        }
    }
    nodes(from, to, &cables_to, &mut steps);
    for (ends, options) in &cables_to {
        if let Some(before) = cables.get(ends) {
            change_cable(ends, before, options, &mut steps);
        } else {
            let edit = Edit::Connect { ends: ends.clone(), options: options.clone() };
            let text = format!("added cable {ends}{}", words::depth_of(options));
            steps.push(cable_step(Place::Cable, DifferenceKind::Added, ends, text, edit));
        }
    }
    annotations(from, to, &mut steps);
    steps
}

fn cables(patch: &Patch) -> BTreeMap<CableEnds, CableOptions> {
    let named = patch.cables_by_name().into_iter();
    named
        .map(|([from, output, to, input], cable)| {
            (CableEnds::new(from, output, to, input), CableOptions::of(cable))
        })
        .collect()
}

/// What a person says about the patch, and what belongs to the whole of it.
fn describe(from: &Patch, to: &Patch, steps: &mut Vec<Step>) {
    let kind = DifferenceKind::Described;
    let (mut was, mut is) = (from.meta.clone(), to.meta.clone());
    for (place, name) in [
        (Place::Title, "title"),
        (Place::Author, "author"),
        (Place::License, "license"),
        (Place::Notes, "notes"),
    ] {
        let (Some(before), Some(after)) = (described(&mut was, &place), described(&mut is, &place)) else {
            continue;
        };
        if before != after {
            let text = format!("{name} from {} to {}", words::quoted(before), words::quoted(after));
            let action = Action::Describe(place.clone(), after.clone());
            steps.push(Step { place, kind, node: None, text, action });
        }
    }
    if from.tempo != to.tempo {
        let text = format!("tempo from {} to {} bpm", from.tempo, to.tempo);
        steps.push(Step::new(Place::Tempo, kind, None, text, Edit::SetTempo(to.tempo)));
    }
    if from.seed != to.seed {
        let text = format!("seed from {} to {}", from.seed, to.seed);
        steps.push(Step::new(Place::Seed, kind, None, text, Edit::SetSeed(to.seed)));
    }
    if from.extra != to.extra {
        let text = words::extra("the patch", &from.extra, &to.extra);
        steps.push(Step::new(Place::Extra, kind, None, text, Edit::SetExtra(to.extra.clone())));
    }
}

/// Nodes that are gone, then new ones, then what differs on the others.
fn nodes(from: &Patch, to: &Patch, cables_to: &BTreeMap<CableEnds, CableOptions>, steps: &mut Vec<Step>) {
    for (_, node) in from.nodes().filter(|(_, node)| to.find(&node.id).is_none()) {
        let id = &node.id;
        let text = format!("removed '{id}' ({})", node.type_id());
        let edit = Edit::RemoveNode { id: id.clone() };
        steps.push(Step::new(Place::Node(id.clone()), DifferenceKind::Removed, Some(id), text, edit));
    }
    for (_, node) in to.nodes().filter(|(_, node)| from.find(&node.id).is_none()) {
        let id = &node.id;
        let text = format!("added '{id}' ({})", node.type_id());
        let edit = Edit::AddNode(Box::new(node.clone()));
        steps.push(Step::new(Place::Node(id.clone()), DifferenceKind::Added, Some(id), text, edit));
    }
    for (index, node) in from.nodes() {
        let Some(after) = to.named(&node.id) else { continue };
        if needs_replacement(node, after) {
            let stay = from.cables_into(index).chain(from.cables_out_of(index));
            let stay =
                stay.filter_map(|(cable, ..)| from.ends(cable)).filter(|ends| cables_to.contains_key(ends));
            steps.push(replace(from, node, after, stay.collect()));
        } else {
            change_node(node, after, steps);
        }
    }
}

/// Whether both patches have the node, and the second one's can be made of the first's.
fn is_kept(from: &Patch, to: &Patch, id: &str) -> bool {
    match (from.named(id), to.named(id)) {
        (Some(node), Some(after)) => !needs_replacement(node, after),
        _ => false,
    }
}

/// Whether the second node can't be made of the first by turning and setting.
fn needs_replacement(node: &Node, after: &Node) -> bool {
    let is_same_body = match (&node.body, &after.body) {
        (NodeBody::Known { spec, .. }, NodeBody::Known { spec: other, .. }) => spec.id == other.id,
        (one, other) => one == other,
    };
    !is_same_body || node.extra != after.extra
}

fn replace(from: &Patch, node: &Node, after: &Node, mut stay: Vec<CableEnds>) -> Step {
    let id = &node.id;
    // A cable from the node to itself is one that leaves it and one that enters it.
    stay.sort_unstable();
    stay.dedup();
    let connect = stay.into_iter().filter_map(|ends| {
        let (_, _, cable) = from.cable(from.find_cable(&ends)?)?;
        Some(Edit::Connect { options: CableOptions::of(cable), ends })
    });
    let mut edits = vec![Edit::RemoveNode { id: id.clone() }, Edit::AddNode(Box::new(after.clone()))];
    edits.extend(connect);
    let text = if node.type_id() == after.type_id() {
        format!("changed data of '{id}' that this program does not know")
    } else {
        format!("changed '{id}' from {} to {}", node.type_id(), after.type_id())
    };
    let place = Place::Node(id.clone());
    Step::new(place, DifferenceKind::Changed, Some(id), text, Edit::Batch(edits))
}

fn change_node(node: &Node, after: &Node, steps: &mut Vec<Step>) {
    let id = &node.id;
    let mut push = |place: fn(Arc<str>) -> Place, kind, text, edit| {
        steps.push(Step::new(place(id.clone()), kind, Some(id), text, edit));
    };
    if node.at != after.at {
        let edit = Edit::Move { id: id.clone(), at: after.at };
        push(Place::At, DifferenceKind::Moved, format!("moved '{id}'"), edit);
    }
    if node.muted != after.muted {
        let edit = Edit::SetMuted { id: id.clone(), muted: after.muted };
        let text = format!("{} '{id}'", if after.muted { "muted" } else { "unmuted" });
        push(Place::Muted, DifferenceKind::Changed, text, edit);
    }
    if node.hue != after.hue {
        let edit = Edit::SetHue { id: id.clone(), hue: after.hue };
        push(Place::Hue, DifferenceKind::Changed, format!("coloured '{id}'"), edit);
    }
    if node.seed != after.seed {
        let edit = Edit::SetNodeSeed { id: id.clone(), seed: after.seed };
        push(Place::NodeSeed, DifferenceKind::Changed, format!("rolled the dice of '{id}'"), edit);
    }
    if let (
        NodeBody::Known { spec, knobs, settings },
        NodeBody::Known { spec: spec_after, knobs: knobs_after, settings: settings_after },
    ) = (&node.body, &after.body)
    {
        turn(id, (spec, knobs), (spec_after, knobs_after), steps);
        let values = settings.values().iter().zip(settings_after.values());
        for (setting, (was, is)) in spec.settings.iter().zip(values).filter(|(_, (was, is))| was != is) {
            let text = words::setting(id, setting, was, is);
            let edit = Edit::SetSetting { id: id.clone(), setting: setting.name.into(), value: is.clone() };
            let place = Place::Setting(id.clone(), setting.name);
            steps.push(Step::new(place, DifferenceKind::Changed, Some(id), text, edit));
        }
    }
}

/// By name: a box may have had other knobs before.
fn turn(id: &Arc<str>, from: (&NodeSpec, &[f32]), to: (&NodeSpec, &[f32]), steps: &mut Vec<Step>) {
    for (input, &is) in to.0.inputs.iter().zip(to.1) {
        let Some(knob) = input.knob else { continue };
        let before = from.0.input(input.name).and_then(|input| from.1.get(input.index).copied());
        // A knob that comes with its port shows its default.
        let was = before.map_or(knob.default, |before| knob.clamp(before));
        if was == is {
            continue;
        }
        let (was, value) = (words::value(knob.unit, was), is);
        let is = words::value(knob.unit, is);
        let text = format!("turned '{}' of '{id}' from {was} to {is}", input.name);
        let edit = Edit::SetKnob { id: id.clone(), input: input.name.into(), value };
        let place = Place::Knob(id.clone(), input.name);
        steps.push(Step::new(place, DifferenceKind::Turned, Some(id), text, edit));
    }
}

fn cable_step(
    place: fn(CableEnds) -> Place,
    kind: DifferenceKind,
    ends: &CableEnds,
    text: String,
    edit: Edit,
) -> Step {
    Step::new(place(ends.clone()), kind, Some(&ends.to), text, edit)
}

fn change_cable(ends: &CableEnds, was: &CableOptions, is: &CableOptions, steps: &mut Vec<Step>) {
    let kind = DifferenceKind::Changed;
    if was.extra != is.extra {
        let text = words::extra(&format!("cable {ends}"), &was.extra, &is.extra);
        let options = CableOptions { extra: is.extra.clone(), ..was.clone() };
        let ends_again = ends.clone();
        let edits =
            vec![Edit::Disconnect { ends: ends.clone() }, Edit::Connect { ends: ends_again, options }];
        steps.push(cable_step(Place::CableExtra, kind, ends, text, Edit::Batch(edits)));
    }
    if was.depth != is.depth {
        let text = format!("turned depth of {ends} from {} to {}", was.depth, is.depth);
        let edit = Edit::SetDepth { ends: ends.clone(), depth: is.depth };
        steps.push(cable_step(Place::Depth, DifferenceKind::Turned, ends, text, edit));
    }
    if was.delayed != is.delayed {
        let not = if is.delayed { "" } else { "no longer " };
        let text = format!("the delay of its loop is {not}on cable {ends}");
        let edit = Edit::SetDelayed { ends: ends.clone(), delayed: is.delayed };
        steps.push(cable_step(Place::Delayed, kind, ends, text, edit));
    }
    if was.uncompensated != is.uncompensated {
        let not = if is.uncompensated { "no longer" } else { "again" };
        let text = format!("cable {ends} is {not} compensated for latency");
        let edit = Edit::SetUncompensated { ends: ends.clone(), uncompensated: is.uncompensated };
        steps.push(cable_step(Place::Uncompensated, kind, ends, text, edit));
    }
    if was.hue != is.hue {
        let edit = Edit::SetCableHue { ends: ends.clone(), hue: is.hue };
        steps.push(cable_step(Place::CableHue, kind, ends, format!("coloured cable {ends}"), edit));
    }
}

fn annotations(from: &Patch, to: &Patch, steps: &mut Vec<Step>) {
    let mut push = |kind, (what, id): (AnnotationKind, &Arc<str>), text, annotation: Option<&Annotation>| {
        let annotation = annotation.cloned().map(Box::new);
        let edit = Edit::SetAnnotation { kind: what, id: id.clone(), annotation };
        steps.push(Step::new(Place::Annotation(what, id.clone()), kind, None, text, edit));
    };
    for (kind, id, annotation) in from.annotations() {
        let name = words::annotation(kind, annotation);
        match to.annotation(kind, id) {
            None => push(DifferenceKind::Removed, (kind, id), format!("removed {name}"), None),
            Some(after) if after == annotation => {}
            Some(after) => {
                let Annotation { at, size, .. } = *after;
                let is_only_moved = *after == Annotation { at, size, ..annotation.clone() };
                let (what, verb) = if is_only_moved {
                    (DifferenceKind::Moved, "moved")
                } else {
                    (DifferenceKind::Changed, "changed")
                };
                push(what, (kind, id), format!("{verb} {name}"), Some(after));
            }
        }
    }
    for (kind, id, annotation) in
        to.annotations().filter(|(kind, id, _)| from.annotation(*kind, id).is_none())
    {
        let text = format!("added {}", words::annotation(kind, annotation));
        push(DifferenceKind::Added, (kind, id), text, Some(annotation));
    }
}
