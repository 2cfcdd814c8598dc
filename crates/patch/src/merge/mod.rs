//! Merging: what two people made of one patch becomes one patch that holds both.
//!
//! The two sides are first brought to common ids ([`align`]), then every step from the base to *theirs* is
//! done to *ours* that ours has not done differently. What both changed is a [`Conflict`]: ours stays, and a
//! comment beside the node says what theirs was. What boxes hold is merged before, each definition like a
//! patch of its own ([`definitions`]). So the result is always a whole patch, never a text with
//! markers in it.

mod align;
mod annotate;
mod definitions;

use crate::compare::{Place, Step, steps};
use crate::{CableEnds, CableOptions, DifferenceKind, Edit, NodeIndex, Patch};
use align::{Aligned, align};
use definitions::{Unified, remove_unused, unify};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Something that both sides changed, each in its own way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The node it is about; nothing for what belongs to the whole patch.
    pub node: Option<Arc<str>>,
    /// What was kept and what was not, in one line.
    pub text: String,
}

/// Two sides as one.
#[derive(Clone, Debug)]
pub struct Merged {
    /// Both together; where they disagree, ours, with a comment beside it.
    pub patch: Patch,
    /// Where they disagree.
    pub conflicts: Vec<Conflict>,
}

/// Joins what two people made of `base`.
///
/// The patch of the result holds every change of either side that the other did not make differently. Where
/// a side removed a node that the other changed, the node stays. If both added different nodes under one
/// id, both stay and theirs has a number behind its id. Conflicts are comments in the result as well.
///
/// Takes as long as [`compare`](crate::compare) on the three patches. Any thread but the audio thread.
///
/// ```
/// use jackfield_patch::{Edit, Meta, Patch, merge};
///
/// let base = Patch::new();
/// let (mut ours, mut theirs) = (base.clone(), base.clone());
/// ours.apply(Edit::SetTempo(90.0))?;
/// theirs.apply(Edit::SetMeta(Box::new(Meta { title: "Slow".to_owned(), ..Meta::default() })))?;
/// let merged = merge(&base, &ours, &theirs);
/// assert_eq!((merged.patch.tempo, merged.patch.meta.title.as_str()), (90.0, "Slow"));
/// assert!(merged.conflicts.is_empty());
/// # Ok::<(), jackfield_patch::EditError>(())
/// ```
pub fn merge(base: &Patch, ours: &Patch, theirs: &Patch) -> Merged {
    let has_definitions = [base, ours, theirs].iter().any(|side| !side.definitions.is_empty());
    if !has_definitions {
        return merge_level(base, ours, theirs, Vec::new());
    }
    // A side that did nothing leaves the other.
    if theirs == base || ours == theirs {
        return Merged { patch: ours.clone(), conflicts: Vec::new() };
    }
    if ours == base {
        return Merged { patch: theirs.clone(), conflicts: Vec::new() };
    }
    let Some(unified) = unify(base, ours, theirs) else {
        let text = "kept this side: what boxes hold on both sides can't be together".to_owned();
        let conflicts = vec![Conflict { node: None, text }];
        let mut patch = ours.clone();
        annotate::mark(&mut patch, &conflicts);
        return Merged { patch, conflicts };
    };
    let Unified { base, ours, theirs, conflicts, removed } = unified;
    let mut merged = merge_level(&base, &ours, &theirs, conflicts);
    remove_unused(&mut merged.patch, removed);
    merged
}

/// Joins three patches with the same definitions.
fn merge_level(base: &Patch, ours: &Patch, theirs: &Patch, told: Vec<Conflict>) -> Merged {
    let Aligned { base, ours, theirs, mut conflicts } = align(base, ours, theirs);
    conflicts.splice(0..0, told);
    let our_steps: BTreeMap<Place, Step> =
        steps(&base, &ours).into_iter().map(|step| (step.place.clone(), step)).collect();
    let their_steps = steps(&base, &theirs);
    let contested = contested_inputs(&our_steps, &their_steps);
    let mut patch = ours;
    for step in their_steps {
        let is_contested = |ends: &CableEnds| contested.contains(&(ends.to.clone(), ends.input.clone()));
        match (&step.place, in_the_way(&our_steps, &step)) {
            (_, Some(our_step)) if our_step.action == step.action => {}
            (Place::At(_), Some(_)) => {}
            (Place::Cable(ends), Some(_)) if is_cable_again(&patch, ends, step.kind) => {}
            (_, Some(our_step)) => conflicts.push(Conflict::both(our_step, &step)),
            (Place::Cable(ends), None) if step.kind == DifferenceKind::Added && is_contested(ends) => {
                conflicts.push(Conflict::rewired(ends, &step));
            }
            (Place::Node(id), None) if step.kind == DifferenceKind::Changed => {
                let again = looks(&our_steps, id);
                exchange(&mut patch, (&base, &theirs), step, &mut conflicts);
                for step in again {
                    take(&mut patch, step, &mut conflicts);
                }
            }
            (_, None) => take(&mut patch, step, &mut conflicts),
        }
    }
    annotate::mark(&mut patch, &conflicts);
    Merged { patch, conflicts }
}

/// The step of ours that can't be together with this one of theirs: to the same place, or to the values of
/// a node that the other side exchanged for another.
fn in_the_way<'s>(ours: &'s BTreeMap<Place, Step>, theirs: &Step) -> Option<&'s Step> {
    let exchanged = |id: &Arc<str>| {
        ours.get(&Place::Node(id.clone())).filter(|step| step.kind == DifferenceKind::Changed)
    };
    let same_place = ours.get(&theirs.place);
    same_place.or_else(|| match &theirs.place {
        Place::Knob(id, _) | Place::Setting(id, _) => exchanged(id),
        Place::Node(id) if theirs.kind == DifferenceKind::Changed => ours.values().find(
            |step| matches!(&step.place, Place::Knob(other, _) | Place::Setting(other, _) if other == id),
        ),
        _ => None,
    })
}

/// What ours did to a node that holds for any type.
fn looks(ours: &BTreeMap<Place, Step>, id: &Arc<str>) -> Vec<Step> {
    let id = || id.clone();
    let places = [Place::At(id()), Place::Muted(id()), Place::Hue(id()), Place::NodeSeed(id())];
    places.iter().filter_map(|place| ours.get(place).cloned()).collect()
}

/// Does one of their steps to the patch. What is gone already need not be removed or moved.
fn take(patch: &mut Patch, step: Step, conflicts: &mut Vec<Conflict>) {
    let edit = step.action.edit(patch);
    let needs_it = !matches!(step.kind, DifferenceKind::Removed | DifferenceKind::Moved);
    if let (Err(error), true) = (patch.apply(edit), needs_it) {
        let text = format!("left out what the other side did, {}: {error}", step.text);
        conflicts.push(Conflict { node: step.node, text });
    }
}

/// Puts their node in place of the one there is. Its cables stay, but for those that theirs has taken away;
/// those that it has no port for are told.
fn exchange(patch: &mut Patch, (base, theirs): (&Patch, &Patch), step: Step, conflicts: &mut Vec<Conflict>) {
    let node = step.node.as_ref().and_then(|id| patch.find(id));
    let cables = node.map(|node| cables_of(patch, node)).unwrap_or_default();
    take(patch, step, conflicts);
    for (ends, options) in cables {
        let was_taken_away = base.find_cable(&ends).is_some() && theirs.find_cable(&ends).is_none();
        if was_taken_away || patch.find_cable(&ends).is_some() {
            continue;
        }
        let node = ends.to.clone();
        let text = format!("left out cable {ends}, since the other side changed what it ends in");
        if patch.apply(Edit::Connect { ends, options }).is_err() {
            conflicts.push(Conflict { node: Some(node), text });
        }
    }
}

/// The cables into and out of a node, with what they are besides their ends.
fn cables_of(patch: &Patch, node: NodeIndex) -> BTreeMap<CableEnds, CableOptions> {
    let cables = patch.cables_into(node).chain(patch.cables_out_of(node));
    cables.filter_map(|(cable, .., options)| Some((patch.ends(cable)?, CableOptions::of(options)))).collect()
}

/// Whether there is nothing left to do for a cable that both sides added or removed.
fn is_cable_again(patch: &Patch, ends: &CableEnds, kind: DifferenceKind) -> bool {
    patch.find_cable(ends).is_some() == (kind == DifferenceKind::Added)
}

/// An input of a node.
type InputName = (Arc<str>, Arc<str>);

/// The inputs that both sides took the same cable from and put different ones in.
fn contested_inputs(ours: &BTreeMap<Place, Step>, theirs: &[Step]) -> BTreeSet<InputName> {
    let cables = |wanted: DifferenceKind| {
        move |step: &Step| match &step.place {
            Place::Cable(ends) if step.kind == wanted => Some(ends.clone()),
            _ => None,
        }
    };
    let input = |ends: CableEnds| (ends.to, ends.input);
    let our_removed: BTreeSet<_> = ours.values().filter_map(cables(DifferenceKind::Removed)).collect();
    let our_added: BTreeSet<_> = ours.values().filter_map(cables(DifferenceKind::Added)).map(input).collect();
    let both_removed =
        theirs.iter().filter_map(cables(DifferenceKind::Removed)).filter(|ends| our_removed.contains(ends));
    both_removed.map(input).filter(|input| our_added.contains(input)).collect()
}

impl Conflict {
    fn both(ours: &Step, theirs: &Step) -> Self {
        let text = format!("kept '{}'; the other side {}", ours.text, theirs.text);
        Self { node: theirs.node.clone(), text }
    }

    fn rewired(ends: &CableEnds, theirs: &Step) -> Self {
        let text =
            format!("both sides rewired '{}' of '{}'; the other side {}", ends.input, ends.to, theirs.text);
        Self { node: theirs.node.clone(), text }
    }
}

#[cfg(test)]
mod tests;
