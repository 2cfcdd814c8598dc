//! The map: the whole patch in a corner, while it does not fit into the view. Click it to go there.

use super::paint_context::PaintContext;
use crate::scene::Scene;
use crate::scene::Transform;
use egui::{CornerRadius, Mesh, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, vec2};

/// Size of the map on the screen.
const SIZE: egui::Vec2 = vec2(168.0, 112.0);

/// Where the map stands and what part of the canvas it shows; nothing while everything is in view.
fn frame(scene: &Scene, transform: &Transform) -> Option<(Rect, Rect)> {
    let bounds = scene.bounds();
    if scene.cards.is_empty() || transform.visible().contains_rect(bounds) || transform.view.width() < 480.0 {
        return None;
    }
    let rect = Rect::from_min_size(transform.view.right_bottom() - SIZE - vec2(16.0, 16.0), SIZE);
    let shown = bounds.union(transform.visible()).expand(64.0);
    // The same scale both ways.
    let scale = (shown.size() / SIZE).max_elem();
    Some((rect, Rect::from_center_size(shown.center(), SIZE * scale)))
}

/// The point of the canvas under a point of the map.
pub(super) fn point_at(scene: &Scene, transform: &Transform, at: Pos2) -> Option<Pos2> {
    let (rect, shown) = frame(scene, transform)?;
    let part = (at - rect.min) / rect.size();
    rect.contains(at).then(|| shown.min + part * shown.size())
}

/// Draws the map.
pub(super) fn paint(context: &PaintContext<'_>, painter: &Painter) {
    let transform = &context.view.transform;
    let Some((rect, shown)) = frame(context.scene, transform) else { return };
    let palette = context.palette;
    let scale = rect.size() / shown.size();
    let place = |part: Rect| {
        let min = rect.min + (part.min - shown.min) * scale;
        Rect::from_min_size(min, part.size() * scale)
    };
    painter.rect(rect, 4.0, palette.surface.gamma_multiply(0.92), palette.outline(), StrokeKind::Inside);
    let mut mesh = Mesh::default();
    for card in &context.scene.cards {
        let is_selected = context.view.selection.nodes.contains(&card.id);
        let colour = if is_selected { palette.accent } else { palette.weak };
        mesh.add_colored_rect(place(card.rect), colour);
    }
    painter.add(Shape::mesh(mesh));
    let view = place(transform.visible()).intersect(rect);
    painter.rect_stroke(view, CornerRadius::ZERO, Stroke::new(1.0, palette.text), StrokeKind::Inside);
}
