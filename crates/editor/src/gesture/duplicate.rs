//! Duplicate: the selected nodes once more, with the cables among them and those into them, and the selected
//! comments and frames.

use super::{GestureContext, snap};
use crate::selection::{Parts, Selection};
use crate::theme::GRID;
use crate::transaction::Transaction;
use egui::{Pos2, Rect, Vec2};
use jackfield_patch::{Annotation, CableEnds, CableOptions, Edit, EditError, Patch};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How far the copies stand from the originals, if there is room.
const OFFSET: f32 = 4.0 * GRID;

/// Duplicates what is selected and selects the copies.
pub(crate) fn duplicate(context: &mut GestureContext<'_>) {
    let by = free_offset(context);
    match duplicated(context.document.patch(), &context.view.selection, by) {
        Ok((Some(edit), copies)) => {
            if context.edit(edit) {
                context.selection().set_parts(copies);
            }
        }
        Ok((None, _)) => {}
        Err(error) => context.view.refuse(&error),
    }
}

/// By how much the copies are moved: a little, and as much farther as it takes not to lie on a card.
fn free_offset(context: &GestureContext<'_>) -> Vec2 {
    let selection = &context.view.selection;
    let selected = context.scene.cards.iter().filter(|card| selection.nodes.contains(&card.id));
    let around = selected.fold(Rect::NOTHING, |bounds, card| bounds.union(card.rect));
    let wanted = Vec2::splat(OFFSET);
    if !around.is_positive() {
        return wanted;
    }
    let from = Pos2::from(snap(around.min));
    context.scene.free_place(Rect::from_min_size(from + wanted, around.size()), |_| true) - from
}

fn duplicated(patch: &Patch, selection: &Selection, by: Vec2) -> Result<(Option<Edit>, Parts), EditError> {
    let mut transaction = Transaction::new(patch);
    let mut copies: BTreeMap<Arc<str>, Arc<str>> = BTreeMap::new();
    for id in &selection.nodes {
        let Some(node) = patch.find(id).and_then(|index| patch.node(index)) else { continue };
        let at = [node.at[0] + by.x, node.at[1] + by.y];
        copies.insert(id.clone(), transaction.add_copy(node, patch, at)?);
    }
    for id in copies.keys() {
        let Some(node) = patch.find(id) else { continue };
        for (cable, ..) in patch.cables_into(node) {
            let (Some(ends), Some((_, _, content))) = (patch.ends(cable), patch.cable(cable)) else {
                continue;
            };
            // What comes from outside the copies feeds both.
            let from = copies.get(&ends.from).unwrap_or(&ends.from).clone();
            let to = copies[id].clone();
            let copy = CableEnds { from, to, ..ends };
            transaction.connect(copy, CableOptions::of(content))?;
        }
    }
    let mut parts = Parts { nodes: copies.into_values().collect(), ..Parts::default() };
    for (kind, id) in &selection.annotations {
        let Some(annotation) = patch.annotation(*kind, id) else { continue };
        let at = [annotation.at[0] + by.x, annotation.at[1] + by.y];
        let copy = Annotation { at, ..annotation.clone() };
        parts.annotations.push((*kind, transaction.add_annotation(*kind, copy)?));
    }
    Ok((transaction.finish(), parts))
}
