//! Glyphs: small shapes drawn by hand, where the fonts lack them or a shape says more.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, vec2};
use jackfield_node::Category;
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

/// The glyph of a category, in a box of 14 points; of a library of other makers a box with two ports.
pub(crate) fn category(painter: &Painter, category: Option<Category>, at: Pos2, zoom: f32, colour: Color32) {
    let stroke = Stroke::new((1.6 * zoom).max(1.0), colour);
    let place = |x: f32, y: f32| at + vec2(x, y) * zoom;
    let line = |points: &[(f32, f32)]| {
        painter.add(Shape::line(points.iter().map(|&(x, y)| place(x, y)).collect(), stroke));
    };
    let block = |x: f32, y: f32, width: f32, height: f32| {
        let rect = Rect::from_min_size(place(x, y), vec2(width, height) * zoom);
        painter.rect_filled(rect, zoom, colour);
    };
    match category {
        // A saw.
        Some(Category::Source) => {
            line(&[(1.0, 9.0), (5.0, 4.0), (5.0, 10.0), (9.0, 4.0), (9.0, 10.0), (13.0, 4.0)]);
        }
        // A slope with a peak.
        Some(Category::Filter) => {
            line(&[(1.0, 5.5), (5.0, 5.5), (7.2, 4.6), (8.8, 3.0), (9.8, 3.4), (11.0, 6.6), (13.0, 12.0)]);
        }
        // A slow sine.
        Some(Category::Modulator) => {
            let point = |step: u8| {
                let part = f32::from(step) / 12.0;
                place(1.0 + 12.0 * part, 7.0 - 4.6 * (part * TAU).sin())
            };
            painter.add(Shape::line((0..=12).map(point).collect(), stroke));
        }
        // A knee.
        Some(Category::Dynamics) => line(&[(1.5, 12.5), (7.0, 6.0), (13.0, 3.5)]),
        // Echoes that fall.
        Some(Category::Effect) => {
            for (x, top) in [(2.0, 2.0), (6.0, 4.5), (10.0, 7.0), (13.0, 9.5)] {
                line(&[(x, top), (x, 12.0)]);
            }
        }
        // Two faders.
        Some(Category::Mixing) => {
            line(&[(4.0, 1.5), (4.0, 12.5)]);
            line(&[(10.0, 1.5), (10.0, 12.5)]);
            block(1.5, 7.5, 5.0, 3.0);
            block(7.5, 3.0, 5.0, 3.0);
        }
        // Plus and minus.
        Some(Category::Maths) => {
            line(&[(1.5, 4.5), (7.5, 4.5)]);
            line(&[(4.5, 1.5), (4.5, 7.5)]);
            line(&[(8.0, 11.0), (13.0, 11.0)]);
        }
        // Steps.
        Some(Category::Time) => {
            for (column, heights) in [0.0, 1.0, 0.0, 1.0].into_iter().enumerate() {
                block(1.0 + 3.3 * column as f32, 4.0 + 4.0 * heights, 2.4, 2.4);
            }
        }
        // A lens.
        Some(Category::Analysis) => {
            painter.circle_stroke(place(6.0, 6.0), 4.2 * zoom, stroke);
            line(&[(9.2, 9.2), (12.8, 12.8)]);
        }
        // A jack.
        Some(Category::Device) => {
            painter.circle_stroke(place(7.0, 7.0), 5.4 * zoom, stroke);
            painter.circle_filled(place(7.0, 7.0), 1.9 * zoom, colour);
        }
        Some(Category::Fundsp) | None => {
            let rect = Rect::from_min_size(place(2.5, 3.0), vec2(9.0, 8.0) * zoom);
            painter.rect_stroke(rect, 2.0 * zoom, stroke, StrokeKind::Middle);
            painter.circle_filled(place(2.5, 7.0), 1.6 * zoom, colour);
            painter.circle_filled(place(11.5, 7.0), 1.6 * zoom, colour);
        }
    }
}
