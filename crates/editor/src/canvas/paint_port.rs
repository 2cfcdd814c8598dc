//! Painting a port: the kind of its signal is its colour and its shape. Audio is a circle, pitch a
//! diamond, a gate a square, control a triangle. A port without a cable is hollow.

use crate::scene::Side;
use egui::{Color32, Painter, Pos2, Shape, Stroke, pos2, vec2};
use jackfield_node::PortKind;

/// Draws a port of this radius on the screen.
pub(super) fn paint_port(
    painter: &Painter,
    at: Pos2,
    radius: f32,
    kind: PortKind,
    colour: Color32,
    fill: Color32,
) {
    let stroke = Stroke::new((radius * 0.35).clamp(1.0, 2.0), colour);
    let r = radius;
    let polygon = |points: Vec<Pos2>| Shape::convex_polygon(points, fill, stroke);
    let shape = match kind {
        PortKind::Audio => {
            painter.circle(at, r, fill, stroke);
            return;
        }
        PortKind::Pitch => polygon(vec![
            at + vec2(0.0, -r * 1.3),
            at + vec2(r * 1.3, 0.0),
            at + vec2(0.0, r * 1.3),
            at + vec2(-r * 1.3, 0.0),
        ]),
        PortKind::Gate => polygon(vec![
            at + vec2(-r, -r) * 0.9,
            at + vec2(r, -r) * 0.9,
            at + vec2(r, r) * 0.9,
            at + vec2(-r, r) * 0.9,
        ]),
        PortKind::Control => polygon(vec![
            pos2(at.x - r * 0.8, at.y - r * 1.15),
            pos2(at.x + r * 1.2, at.y),
            pos2(at.x - r * 0.8, at.y + r * 1.15),
        ]),
    };
    painter.add(shape);
}

/// Which way a port's label goes.
pub(super) fn label_side(side: Side) -> f32 {
    match side {
        Side::Input => 1.0,
        Side::Output => -1.0,
    }
}
