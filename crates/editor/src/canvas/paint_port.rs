//! Painting a port: the kind of its signal is its colour and its shape. Audio is a circle, pitch a
//! diamond, a gate a square, control a triangle that points with the flow. A port without a cable is hollow.

use crate::scene::Side;
use egui::{Color32, Painter, Pos2, Shape, Stroke, Vec2, vec2};
use jackfield_node::PortKind;
use std::f32::consts::PI;

/// Draws a port of this radius on the screen; a dock points up.
pub(super) fn paint_port(
    painter: &Painter,
    at: Pos2,
    radius: f32,
    kind: PortKind,
    is_dock: bool,
    colour: Color32,
    fill: Color32,
) {
    let stroke = Stroke::new((radius * 0.34).clamp(1.0, 2.2), colour);
    let r = radius;
    let corners: &[Vec2] = match kind {
        PortKind::Audio => {
            painter.circle(at, r, fill, stroke);
            return;
        }
        PortKind::Pitch => &[vec2(0.0, -1.22), vec2(1.22, 0.0), vec2(0.0, 1.22), vec2(-1.22, 0.0)],
        PortKind::Gate => &[vec2(-0.88, -0.88), vec2(0.88, -0.88), vec2(0.88, 0.88), vec2(-0.88, 0.88)],
        PortKind::Control if is_dock => &[vec2(-1.05, 0.8), vec2(0.0, -1.1), vec2(1.05, 0.8)],
        PortKind::Control => &[vec2(-0.8, -1.05), vec2(1.1, 0.0), vec2(-0.8, 1.05)],
    };
    let points = corners.iter().map(|corner| at + *corner * r).collect();
    painter.add(Shape::convex_polygon(points, fill, stroke));
}

/// Draws what a port sits in: a hole in the card's edge, with the card's outline around it.
pub(super) fn paint_socket(
    painter: &Painter,
    at: Pos2,
    radius: f32,
    ground: Color32,
    edge: Stroke,
    side: Side,
    is_dock: bool,
) {
    painter.circle_filled(at, radius, ground);
    // The half of the circle that lies in the card.
    let begin = match (is_dock, side) {
        (true, _) => PI,
        (false, Side::Input) => -PI / 2.0,
        (false, Side::Output) => PI / 2.0,
    };
    let points =
        (0..=8_u8).map(|step| at + Vec2::angled(begin + PI * f32::from(step) / 8.0) * radius).collect();
    painter.add(Shape::line(points, edge));
}

/// Which way a port's label goes.
pub(super) fn label_side(side: Side) -> f32 {
    match side {
        Side::Input => 1.0,
        Side::Output => -1.0,
    }
}
