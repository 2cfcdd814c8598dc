//! Three patches whose nodes have one id where they are one node, and in which no side lacks a node that
//! the other has changed.

use super::{Conflict, cables_of};
use crate::compare::{Place, find_renames, steps};
use crate::{DifferenceKind, Edit, Node, Patch};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The three patches, ready to be merged value by value.
pub(super) struct Aligned {
    pub(super) base: Patch,
    pub(super) ours: Patch,
    pub(super) theirs: Patch,
    pub(super) conflicts: Vec<Conflict>,
}

pub(super) fn align(base: &Patch, ours: &Patch, theirs: &Patch) -> Aligned {
    let (base, ours, theirs) = (base.clone(), ours.clone(), theirs.clone());
    let mut aligned = Aligned { base, ours, theirs, conflicts: Vec::new() };
    aligned.join_renames();
    aligned.part_namesakes();
    aligned.keep_changed();
    aligned
}

/// Applies an edit that was made for this patch.
fn apply(patch: &mut Patch, edit: Edit) {
    let done = patch.apply(edit);
    debug_assert!(done.is_ok(), "{done:?}");
}

/// Gives a node another id, out of the way of a node that has it.
fn rename(patch: &mut Patch, id: &str, to: &Arc<str>) {
    if patch.find(id).is_none() || id == &**to {
        return;
    }
    if patch.find(to).is_some() {
        let free: Arc<str> = patch.free_id(to).into();
        apply(patch, Edit::Rename { id: to.clone(), to: free });
    }
    apply(patch, Edit::Rename { id: id.into(), to: to.clone() });
}

impl Aligned {
    /// Brings all three to the new ids; where the sides chose different ones, to ours.
    fn join_renames(&mut self) {
        let ours: BTreeMap<_, _> = find_renames(&self.base, &self.ours).into_iter().collect();
        let theirs: BTreeMap<_, _> = find_renames(&self.base, &self.theirs).into_iter().collect();
        for (id, now) in &ours {
            let there = theirs.get(id);
            rename(&mut self.base, id, now);
            rename(&mut self.theirs, there.unwrap_or(id), now);
            if let Some(there) = there.filter(|there| *there != now) {
                let text = format!("kept the name '{now}' of '{id}'; the other side renamed it to '{there}'");
                self.conflicts.push(Conflict { node: Some(now.clone()), text });
            }
        }
        for (id, now) in theirs.iter().filter(|(id, _)| !ours.contains_key(*id)) {
            // What ours has added under that id keeps it.
            let now = if self.ours.find(now).is_some() && self.base.find(now).is_none() {
                let free: Arc<str> = self.free_everywhere(now);
                apply(&mut self.theirs, Edit::Rename { id: now.clone(), to: free.clone() });
                free
            } else {
                now.clone()
            };
            rename(&mut self.base, id, &now);
            rename(&mut self.ours, id, &now);
        }
    }

    /// An id like this one that no node of the three has.
    fn free_everywhere(&self, id: &str) -> Arc<str> {
        let patches = [&self.base, &self.ours, &self.theirs];
        let mut free = id.to_owned();
        // Each round takes an id that one of three finite patches has out of question.
        while let Some(patch) = patches.iter().find(|patch| patch.find(&free).is_some()) {
            let next = patch.free_id(&free);
            if next == free {
                break;
            }
            free = next;
        }
        free.into()
    }

    /// Where both sides added a node under one id: nodes of different types both stay; of one type, ours
    /// does.
    fn part_namesakes(&mut self) {
        let is_new = |id: &str| self.base.find(id).is_none() && self.ours.find(id).is_some();
        let both: Vec<Arc<str>> = ids(&self.theirs).filter(|id| is_new(id)).collect();
        for id in both {
            let (Some(ours), Some(theirs)) = (node(&self.ours, &id), node(&self.theirs, &id)) else {
                continue;
            };
            if ours == theirs || ours.type_id() != theirs.type_id() {
                if ours != theirs {
                    let free = self.free_everywhere(&id);
                    apply(&mut self.theirs, Edit::Rename { id, to: free });
                }
                continue;
            }
            let ours = ours.clone();
            let text = format!("both sides added '{id}'; kept the one of this side");
            self.conflicts.push(Conflict { node: Some(id.clone()), text });
            replace(&mut self.theirs, ours);
        }
    }

    /// Brings back nodes that one side removed and the other changed.
    fn keep_changed(&mut self) {
        let (changed_here, changed_there) =
            (changed(&self.base, &self.ours), changed(&self.base, &self.theirs));
        let all: Vec<Arc<str>> = ids(&self.base).collect();
        for id in all {
            let removes = match (self.ours.find(&id), self.theirs.find(&id)) {
                (None, Some(_)) if changed_there.contains(&id) => &mut self.ours,
                (Some(_), None) if changed_here.contains(&id) => &mut self.theirs,
                _ => continue,
            };
            restore(removes, &self.base, &id);
            let text = format!("kept '{id}', which one side removed and the other changed");
            self.conflicts.push(Conflict { node: Some(id), text });
        }
    }
}

fn ids(patch: &Patch) -> impl Iterator<Item = Arc<str>> {
    patch.nodes().map(|(_, node)| node.id.clone())
}

fn node<'p>(patch: &'p Patch, id: &str) -> Option<&'p Node> {
    patch.find(id).and_then(|index| patch.node(index))
}

/// The nodes of the base that a side has changed so that it is heard, or connected to something else.
fn changed(base: &Patch, side: &Patch) -> BTreeSet<Arc<str>> {
    let mut changed = BTreeSet::new();
    for step in steps(base, side) {
        match step.place {
            Place::Cable(ends) if step.kind == DifferenceKind::Added => changed.extend([ends.from, ends.to]),
            Place::Depth(ends) => changed.extend([ends.from, ends.to]),
            Place::Muted(id)
            | Place::Hue(id)
            | Place::NodeSeed(id)
            | Place::Knob(id, _)
            | Place::Setting(id, _) => _ = changed.insert(id),
            Place::Node(id) if step.kind == DifferenceKind::Changed => _ = changed.insert(id),
            _ => {}
        }
    }
    changed
}

/// Puts a node of the base back, with its cables to nodes that are there.
fn restore(patch: &mut Patch, base: &Patch, id: &Arc<str>) {
    let Some(index) = base.find(id) else { return };
    let Some(node) = base.node(index) else { return };
    apply(patch, Edit::AddNode(Box::new(node.clone())));
    for (ends, options) in cables_of(base, index) {
        let is_there = patch.find(&ends.from).is_some() && patch.find(&ends.to).is_some();
        if is_there && patch.find_cable(&ends).is_none() {
            // A node of another type may have taken the other end's id; then the cable is lost with its port.
            let _ = patch.apply(Edit::Connect { ends, options });
        }
    }
}

/// Puts a node in place of the one of the same id and type; its cables stay.
fn replace(patch: &mut Patch, node: Node) {
    let Some(index) = patch.find(&node.id) else { return };
    let cables = cables_of(patch, index);
    let mut edits = vec![Edit::RemoveNode { id: node.id.clone() }, Edit::AddNode(Box::new(node))];
    edits.extend(cables.into_iter().map(|(ends, options)| Edit::Connect { ends, options }));
    apply(patch, Edit::Batch(edits));
}
