//! Align: the selected nodes in a row or a column, in the order they stand, on the grid.

use super::{GestureContext, snap};
use crate::theme::GRID;
use egui::pos2;
use jackfield_patch::Edit;

/// How nodes are aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alignment {
    /// One below the other, left edges in line.
    Left,
    /// One beside the other, top edges in line.
    Top,
}

/// Space between aligned cards.
const GAP: f32 = 3.0 * GRID;

/// Aligns the selected nodes.
pub(crate) fn align(context: &mut GestureContext<'_>, alignment: Alignment) {
    let indices = context.view.selection.indices(context.document.patch());
    let mut cards: Vec<_> = indices.into_iter().filter_map(|node| context.scene.card(node)).collect();
    let along = |rect: egui::Rect| match alignment {
        Alignment::Left => (rect.top(), rect.left()),
        Alignment::Top => (rect.left(), rect.top()),
    };
    cards.sort_by(|a, b| along(a.rect).partial_cmp(&along(b.rect)).unwrap_or(std::cmp::Ordering::Equal));
    let Some(first) = cards.first() else { return };
    let start = match alignment {
        Alignment::Left => {
            pos2(cards.iter().map(|card| card.rect.left()).fold(f32::MAX, f32::min), first.rect.top())
        }
        Alignment::Top => {
            pos2(first.rect.left(), cards.iter().map(|card| card.rect.top()).fold(f32::MAX, f32::min))
        }
    };
    let mut at = start;
    let mut edits = Vec::with_capacity(cards.len());
    for card in &cards {
        edits.push(Edit::Move { id: card.id.clone(), at: snap(at) });
        match alignment {
            // Cards are made of whole grid steps, so they stay on the grid.
            Alignment::Left => at.y += card.rect.height() + GAP,
            Alignment::Top => at.x += card.rect.width() + GAP,
        }
    }
    context.edit(Edit::Batch(edits));
}
