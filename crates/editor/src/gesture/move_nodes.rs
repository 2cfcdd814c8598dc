//! Move: drag a card, and with it all selected ones. Cards snap to the grid (Alt: they don't). One loose
//! card dropped on a cable is spliced into it.

use super::{GestureContext, snap, splice};
use crate::scene::{Scene, Transform, curve_shape};
use crate::theme::Palette;
use egui::{Painter, Pos2, Stroke, pos2};
use jackfield_patch::{CableIndex, Edit, NodeIndex};
use std::sync::Arc;

/// Cards being moved.
#[derive(Debug)]
pub(crate) struct MoveNodes {
    /// Ids and places at the beginning; the grabbed card first.
    nodes: Vec<(Arc<str>, Pos2)>,
    gesture: u64,
    moved: bool,
    /// The cable into which the card would be spliced.
    onto: Option<CableIndex>,
}

impl MoveNodes {
    pub(crate) fn begin(context: &mut GestureContext<'_>, grabbed: NodeIndex) -> Option<Self> {
        let id = context.document.patch().node(grabbed)?.id.clone();
        if !context.view.selection.nodes.contains(&id) {
            if !context.pointer.modifiers.shift {
                context.selection().clear();
            }
            context.selection().nodes.insert(id.clone());
        }
        let patch = context.document.patch();
        let place = |id: &Arc<str>| {
            let [x, y] = patch.node(patch.find(id)?)?.at;
            Some((id.clone(), pos2(x, y)))
        };
        let others = context.view.selection.nodes.iter().filter(|other| **other != id);
        let nodes = std::iter::once(&id).chain(others).filter_map(place).collect();
        let gesture = context.document.begin_gesture();
        Some(Self { nodes, gesture, moved: false, onto: None })
    }

    pub(crate) fn update(&mut self, context: &mut GestureContext<'_>) {
        let by = context.here() - context.transform().to_canvas(context.pointer.origin);
        let Some((_, grabbed)) = self.nodes.first() else { return };
        // All cards keep their distances: only the grabbed one snaps.
        let target = *grabbed + by;
        let target = if context.pointer.modifiers.alt { target } else { snap(target).into() };
        let by = target - *grabbed;
        let moves: Vec<Edit> = self
            .nodes
            .iter()
            .map(|(id, from)| Edit::Move { id: id.clone(), at: (*from + by).into() })
            .collect();
        if self.is_there(context, target) {
            return;
        }
        self.moved |= context.edit_in_gesture(Edit::Batch(moves), self.gesture);
        self.onto = match &self.nodes[..] {
            [(id, _)] => splice::cable_under(context, id),
            _ => None,
        };
    }

    /// Whether the grabbed card stands there already.
    fn is_there(&self, context: &GestureContext<'_>, target: Pos2) -> bool {
        let patch = context.document.patch();
        let node = self.nodes.first().and_then(|(id, _)| patch.node(patch.find(id)?));
        node.is_none_or(|node| node.at == [target.x, target.y])
    }

    pub(crate) fn finish(self, context: &mut GestureContext<'_>) {
        if let (Some(cable), [(id, _)]) = (self.onto, &self.nodes[..])
            && let Some(edit) = splice::splice(context.document.patch(), id, cable)
        {
            // Still the same gesture: moving and splicing are undone together.
            context.edit_in_gesture(edit, self.gesture);
        }
        context.document.finish_gesture();
    }

    pub(crate) fn cancel(self, context: &mut GestureContext<'_>) {
        if self.moved {
            context.document.undo();
        }
    }

    pub(crate) fn paint(&self, painter: &Painter, scene: &Scene, transform: &Transform, palette: &Palette) {
        if let Some(wire) = self.onto.and_then(|cable| scene.wire_of(cable)) {
            painter.add(curve_shape(transform, &wire.curve, Stroke::new(4.0, palette.accent)));
        }
    }
}
