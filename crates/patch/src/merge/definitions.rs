//! Merging what boxes hold. The three patches get the same definitions, merged one by one, and their boxes
//! follow, before anything outside is merged.

use super::{Conflict, merge};
use crate::boxes::check_nesting;
use crate::{Definition, Edit, Patch};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The three patches with the same definitions.
pub(super) struct Unified {
    pub(super) base: Patch,
    pub(super) ours: Patch,
    pub(super) theirs: Patch,
    pub(super) conflicts: Vec<Conflict>,
    /// Definitions that a side has removed, to be removed once no box holds them.
    pub(super) removed: Vec<Arc<str>>,
}

/// Gives all three the same definitions; nothing if they can't be together.
pub(super) fn unify(base: &Patch, ours: &Patch, theirs: &Patch) -> Option<Unified> {
    let before = base;
    let mut sides = [base.clone(), ours.clone(), theirs.clone()];
    let mut conflicts = Vec::new();
    let mut removed = Vec::new();
    for id in in_order([base, ours, theirs])? {
        // As they are by now: what they hold has the same ports on all sides.
        let [base, ours, theirs] = [0, 1, 2].map(|side: usize| sides[side].definition(&id).cloned());
        let (definition, is_removed) =
            merge_one(&id, base.as_ref(), ours.as_ref(), theirs.as_ref(), &mut conflicts)?;
        if is_removed {
            removed.push(id);
        }
        for (number, side) in sides.iter_mut().enumerate() {
            let lost = side.share_definition(&definition);
            let other = if number == 1 { "the other side" } else { "this side" };
            for (level, ends) in lost.into_iter().filter(|_| number > 0) {
                let is_of_base =
                    before.level(level.as_deref()).is_some_and(|level| level.find_cable(&ends).is_some());
                // What the base has too went with its port, as one side wanted it.
                if !is_of_base {
                    let place = level.map(|id| format!("in '{id}': ")).unwrap_or_default();
                    let text = format!("{place}left out cable {ends}: {other} removed its port");
                    let node = place.is_empty().then(|| ends.to.clone());
                    conflicts.push(Conflict { node, text });
                }
            }
        }
    }
    let fit = sides.iter().all(|side| check_nesting(side).is_ok());
    let [base, ours, theirs] = sides;
    fit.then_some(Unified { base, ours, theirs, conflicts, removed })
}

/// The ids of all definitions, each behind those that it needs on any side; nothing if there is no such
/// order.
fn in_order(sides: [&Patch; 3]) -> Option<Vec<Arc<str>>> {
    let mut rest: BTreeSet<Arc<str>> =
        sides.iter().flat_map(|side| side.definitions.keys().cloned()).collect();
    let mut order = Vec::with_capacity(rest.len());
    while !rest.is_empty() {
        let needs_none = |id: &&Arc<str>| {
            let mut definitions = sides.iter().filter_map(|side| side.definition(id));
            definitions.all(|definition| definition.uses().all(|used| !rest.contains(used)))
        };
        let ready: Vec<Arc<str>> = rest.iter().filter(needs_none).cloned().collect();
        if ready.is_empty() {
            return None;
        }
        for id in ready {
            rest.remove(&id);
            order.push(id);
        }
    }
    Some(order)
}

/// What becomes of one definition, and whether a side has removed it.
fn merge_one(
    id: &Arc<str>,
    base: Option<&Arc<Definition>>,
    ours: Option<&Arc<Definition>>,
    theirs: Option<&Arc<Definition>>,
    conflicts: &mut Vec<Conflict>,
) -> Option<(Arc<Definition>, bool)> {
    let mut tell = |text: String| conflicts.push(Conflict { node: None, text });
    Some(match (base, ours, theirs) {
        (_, Some(ours), Some(theirs)) if ours == theirs => (ours.clone(), false),
        (Some(base), Some(ours), Some(theirs)) if ours == base => (theirs.clone(), false),
        (Some(base), Some(ours), Some(theirs)) if theirs == base => (ours.clone(), false),
        (Some(base), Some(ours), Some(theirs)) => {
            let merged = merge(base.inside(), ours.inside(), theirs.inside());
            for conflict in merged.conflicts {
                tell(format!("in '{id}': {}", conflict.text));
            }
            let version = ours.version.max(theirs.version);
            let definition = Definition::new(id.clone(), merged.patch).ok()?;
            (Arc::new(definition.with_origin(version, ours.origin)), false)
        }
        (None, Some(ours), Some(_)) => {
            tell(format!("both sides added definition '{id}'; kept the one of this side"));
            (ours.clone(), false)
        }
        (Some(base), Some(kept), None) | (Some(base), None, Some(kept)) if kept != base => {
            tell(format!("kept definition '{id}', which one side removed and the other changed"));
            (kept.clone(), false)
        }
        (Some(gone), ..) => (gone.clone(), true),
        (None, Some(new), None) | (None, None, Some(new)) => (new.clone(), false),
        (None, None, None) => return None,
    })
}

/// Takes away what a side has removed and no box holds.
pub(super) fn remove_unused(patch: &mut Patch, mut removed: Vec<Arc<str>>) {
    // What one of them holds can go once that is gone.
    loop {
        let before = removed.len();
        removed.retain(|id| {
            let edit = Edit::SetDefinition { id: id.clone(), definition: None };
            patch.apply(edit).is_err()
        });
        if removed.len() == before {
            return;
        }
    }
}
