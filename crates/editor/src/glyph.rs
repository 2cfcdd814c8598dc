//! Glyphs: small shapes drawn by hand, where the fonts lack them or a shape says more.

use egui::{Color32, Painter, Pos2, Shape, Stroke, Vec2};
use std::f32::consts::TAU;

/// A star, which the fonts lack.
pub(crate) fn star(painter: &Painter, centre: Pos2, radius: f32, colour: Color32) {
    let point =
        |number: u8, radius: f32| centre + Vec2::angled((f32::from(number) * 0.2 - 0.25) * TAU) * radius;
    // A star is not convex: each arm is a triangle of its own, around a pentagon.
    let inner = |number: u8| centre + Vec2::angled((f32::from(number) * 0.2 - 0.15) * TAU) * radius * 0.42;
    for arm in 0..5 {
        let points = vec![inner((arm + 4) % 5), point(arm, radius), inner(arm)];
        painter.add(Shape::convex_polygon(points, colour, Stroke::NONE));
    }
    painter.add(Shape::convex_polygon((0..5).map(inner).collect(), colour, Stroke::NONE));
}
