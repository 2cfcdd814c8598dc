//! Rectangle: drag over bare canvas to select what it touches. Shift adds to what was selected.

use super::GestureContext;
use crate::scene::Transform;
use crate::selection::Selection;
use crate::theme::Palette;
use egui::{CornerRadius, Painter, Pos2, Rect, Stroke, StrokeKind};

/// A rectangle being dragged. Its corners are on the canvas, so it stays put while one pans.
#[derive(Debug)]
pub(crate) struct Rectangle {
    from: Pos2,
    to: Pos2,
    before: Selection,
    adds: bool,
}

impl Rectangle {
    pub(crate) fn begin(context: &mut GestureContext<'_>) -> Self {
        let from = context.transform().to_canvas(context.pointer.origin);
        let adds = context.pointer.modifiers.shift;
        Self { from, to: from, before: context.view.selection.clone(), adds }
    }

    pub(crate) fn update(&mut self, context: &mut GestureContext<'_>) {
        self.to = context.here();
        let touched = context.scene.cards_in(self.rect()).map(|card| card.id.clone()).collect::<Vec<_>>();
        let mut selection = if self.adds { self.before.clone() } else { Selection::default() };
        selection.nodes.extend(touched);
        context.view.selection = selection;
    }

    pub(crate) fn cancel(self, context: &mut GestureContext<'_>) {
        context.view.selection = self.before;
    }

    fn rect(&self) -> Rect {
        Rect::from_two_pos(self.from, self.to)
    }

    pub(crate) fn paint(&self, painter: &Painter, transform: &Transform, palette: &Palette) {
        let rect = transform.rect_to_screen(self.rect());
        painter.rect(
            rect,
            CornerRadius::ZERO,
            palette.accent.gamma_multiply(0.08),
            Stroke::new(1.0, palette.accent.gamma_multiply(0.7)),
            StrokeKind::Inside,
        );
    }
}
