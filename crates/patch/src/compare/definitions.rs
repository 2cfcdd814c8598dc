//! Differences in what boxes hold. They are told like those of the patch, with the name of the definition in
//! front, and stand between what goes and what comes outside: a cable can only end in a port that is there.

use super::step::Action;
use super::{Difference, DifferenceKind, level_differences};
use crate::{Definition, Edit, Patch};
use std::sync::Arc;

/// Differences in definitions, in an order in which they can be taken over.
pub(super) struct DefinitionDifferences {
    /// Before anything comes outside: new ones, and changes inside.
    pub(super) first: Vec<Difference>,
    /// Once no box holds them: those that are gone.
    pub(super) last: Vec<Difference>,
}

impl DefinitionDifferences {
    pub(super) fn between(from: &Patch, to: &Patch) -> Self {
        let mut first = Vec::new();
        for definition in by_need(to).into_iter().filter(|new| from.definition(new.id()).is_none()) {
            let text = format!("added definition '{}'", definition.id());
            let edit =
                Edit::SetDefinition { id: definition.id().clone(), definition: Some(definition.clone()) };
            first.push(difference(DifferenceKind::Added, text, Action::Edit(edit)));
        }
        let mut inside = Vec::new();
        for before in from.definitions() {
            if let Some(after) = to.definition(before.id()).filter(|after| *after != before) {
                inside.extend(changes(before, after));
            }
        }
        // What goes goes first, so that definitions may change places in one another.
        let (gone, rest): (Vec<_>, Vec<_>) =
            inside.into_iter().partition(|difference| difference.kind == DifferenceKind::Removed);
        first.extend(gone);
        first.extend(rest);
        let last = by_need(from).into_iter().rev().filter(|old| to.definition(old.id()).is_none());
        let last = last.map(|definition| {
            let id = definition.id().clone();
            let text = format!("removed definition '{id}'");
            let action = Action::Edit(Edit::SetDefinition { id, definition: None });
            difference(DifferenceKind::Removed, text, action)
        });
        Self { first, last: last.collect() }
    }
}

fn difference(kind: DifferenceKind, text: String, action: Action) -> Difference {
    Difference { kind, node: None, text, actions: vec![action] }
}

/// What differs between two definitions of one id.
fn changes(before: &Arc<Definition>, after: &Arc<Definition>) -> Vec<Difference> {
    let id = before.id();
    let mut changes = level_differences(before.inside(), after.inside());
    for change in &mut changes {
        change.node = None;
        change.text = format!("in '{id}': {}", change.text);
        let actions = std::mem::take(&mut change.actions);
        change.actions =
            actions.into_iter().map(|action| Action::Inside(id.clone(), Box::new(action))).collect();
    }
    if (before.version, before.origin) != (after.version, after.origin) {
        let text = format!("version of definition '{id}' from {} to {}", before.version, after.version);
        let action = Action::Version(id.clone(), after.version, after.origin);
        changes.push(difference(DifferenceKind::Described, text, action));
    }
    changes
}

/// The definitions of a patch, each behind those that it needs.
pub(crate) fn by_need(patch: &Patch) -> Vec<Arc<Definition>> {
    let mut order: Vec<Arc<Definition>> = Vec::new();
    let mut rest: Vec<&Arc<Definition>> = patch.definitions().collect();
    while !rest.is_empty() {
        let is_open = |id: &str| rest.iter().any(|definition| **definition.id() == *id);
        let (ready, later): (Vec<_>, Vec<_>) =
            rest.iter().copied().partition(|definition| !definition.uses().any(is_open));
        if ready.is_empty() {
            // No patch has a ring of definitions.
            order.extend(later.into_iter().cloned());
            break;
        }
        order.extend(ready.into_iter().cloned());
        rest = later;
    }
    order
}
