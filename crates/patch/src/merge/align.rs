//! Three patches whose nodes have one id where they are one node, and in which no side lacks a node that
//! the other has changed.

use super::{Conflict, cables_of};
use crate::compare::{Place, find_renames, steps};
use crate::{CableEnds, CableOptions, DifferenceKind, Edit, Node, Patch};
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

/// Gives nodes other ids, all at once: one may get what another had. Ids that the patch lacks are left out.
fn rename_all(patch: &mut Patch, names: impl IntoIterator<Item = (Arc<str>, Arc<str>)>) {
    let mut moving = Vec::new();
    for (id, to) in names {
        if id != to && patch.find(&id).is_some() {
            let between: Arc<str> = patch.free_id("between").into();
            apply(patch, Edit::Rename { id, to: between.clone() });
            moving.push((between, to));
        }
    }
    for (id, to) in moving {
        apply(patch, Edit::Rename { id, to });
    }
}

impl Aligned {
    /// Brings all three to the new ids; where the sides chose different ones, to ours. What theirs has under
    /// an id that is another node's goes out of the way.
    fn join_renames(&mut self) {
        let here: BTreeMap<_, _> = find_renames(&self.base, &self.ours).into_iter().collect();
        let there: BTreeMap<_, _> = find_renames(&self.base, &self.theirs).into_iter().collect();
        let mut common: BTreeMap<Arc<str>, Arc<str>> = here.clone();
        for (id, now) in &there {
            if let Some(kept) = here.get(id).filter(|kept| *kept != now) {
                let text = format!("kept the name '{kept}' of '{id}'; the other side renamed it to '{now}'");
                self.conflicts.push(Conflict { node: Some(kept.clone()), text });
            } else if self.ours.find(now).is_some() && !here.contains_key(id) {
                common.insert(id.clone(), self.free_everywhere(now));
            } else {
                common.insert(id.clone(), now.clone());
            }
        }
        // What each node is called in theirs, and shall be.
        let mut names: BTreeMap<Arc<str>, Arc<str>> =
            common.iter().map(|(id, to)| (there.get(id).unwrap_or(id).clone(), to.clone())).collect();
        for to in common.values().filter(|to| self.theirs.find(to).is_some()) {
            if !names.contains_key(to) {
                names.insert(to.clone(), self.free_everywhere(to));
            }
        }
        rename_all(&mut self.theirs, names);
        rename_all(&mut self.ours, common.clone().into_iter().filter(|(id, _)| !here.contains_key(id)));
        rename_all(&mut self.base, common);
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
            let (Some(ours), Some(theirs)) = (self.ours.named(&id), self.theirs.named(&id)) else {
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

    /// Brings back nodes and cables that one side removed and the other changed.
    fn keep_changed(&mut self) {
        let here = Changed::of(&self.base, &self.ours);
        let there = Changed::of(&self.base, &self.theirs);
        let all: Vec<Arc<str>> = ids(&self.base).collect();
        for id in all {
            let removes = match (self.ours.find(&id), self.theirs.find(&id)) {
                (None, Some(_)) if there.nodes.contains(&id) => &mut self.ours,
                (Some(_), None) if here.nodes.contains(&id) => &mut self.theirs,
                _ => continue,
            };
            restore(removes, &self.base, &id);
            let text = format!("kept '{id}', which one side removed and the other changed");
            self.conflicts.push(Conflict { node: Some(id), text });
        }
        let sides = [(here, &mut self.theirs), (there, &mut self.ours)];
        for (changed, other) in sides {
            for (ends, options) in changed.cables {
                if other.find_cable(&ends).is_some() {
                    continue;
                }
                let (node, cable) = (ends.to.clone(), ends.to_string());
                let text = match other.apply(Edit::Connect { ends, options }) {
                    Ok(_) => format!("kept cable {cable}, which one side removed and the other changed"),
                    // The other side has put a node of another type where it ends.
                    Err(_) => format!(
                        "left out cable {cable}, which one side changed: the other has no port for it"
                    ),
                };
                self.conflicts.push(Conflict { node: Some(node), text });
            }
        }
    }
}

fn ids(patch: &Patch) -> impl Iterator<Item = Arc<str>> {
    patch.nodes().map(|(_, node)| node.id.clone())
}

/// What of the base a side has changed and not removed.
#[derive(Default)]
struct Changed {
    /// Nodes that look or sound otherwise, or are connected to something else.
    nodes: BTreeSet<Arc<str>>,
    /// Cables that look or sound otherwise, as the base has them.
    cables: BTreeMap<CableEnds, CableOptions>,
}

impl Changed {
    fn of(base: &Patch, side: &Patch) -> Self {
        let mut changed = Self::default();
        for step in steps(base, side) {
            match step.place {
                Place::Cable(ends) if step.kind == DifferenceKind::Added => {
                    changed.nodes.extend([ends.from, ends.to]);
                }
                Place::Depth(ends)
                | Place::Delayed(ends)
                | Place::Uncompensated(ends)
                | Place::CableHue(ends)
                | Place::CableExtra(ends) => changed.add_cable(base, ends),
                Place::Muted(id)
                | Place::Hue(id)
                | Place::NodeSeed(id)
                | Place::Knob(id, _)
                | Place::Setting(id, _) => _ = changed.nodes.insert(id),
                Place::Node(id) if step.kind == DifferenceKind::Changed => _ = changed.nodes.insert(id),
                _ => {}
            }
        }
        changed
    }

    /// Adds a cable, and what it joins.
    fn add_cable(&mut self, base: &Patch, ends: CableEnds) {
        self.nodes.extend([ends.from.clone(), ends.to.clone()]);
        if let Some((.., cable)) = base.find_cable(&ends).and_then(|cable| base.cable(cable)) {
            self.cables.insert(ends, CableOptions::of(cable));
        }
    }
}

/// Puts a node of the base back, with its cables to nodes that are there.
fn restore(patch: &mut Patch, base: &Patch, id: &Arc<str>) {
    let Some((index, node)) = base.find(id).zip(base.named(id)) else { return };
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
