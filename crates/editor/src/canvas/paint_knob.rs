//! Painting a knob: a track with a gap below, the value as an arc on it, a body with a pointer; around them,
//! for a knob with a cable, an arc of the cable's depth, a handle at its end and a point where the knob is
//! now.
//!
//! What a hand has set is in the colour of text, what a signal does in that of the signal.

use crate::gesture::Modulation;
use crate::theme::Palette;
use egui::{Color32, Painter, Pos2, Shape, Stroke, Vec2, vec2};
use std::f32::consts::TAU;

/// Where the track begins, clockwise from the right: at the lower left.
const BEGIN: f32 = TAU * 0.375;
/// How far round it goes.
const SWEEP: f32 = TAU * 0.75;
/// The radius at which strokes have the widths below; they grow less than the knob does.
const USUAL: f32 = 14.0;

/// A knob to be drawn.
pub(super) struct Dial {
    /// Its middle on the screen.
    pub(super) at: Pos2,
    /// Radius of the value arc on the screen.
    pub(super) radius: f32,
    /// Its value as a part of its range.
    pub(super) value: f32,
    /// Where the value arc begins: 0, or the zero of a bipolar knob.
    pub(super) origin: f32,
    /// How it is moved.
    pub(super) modulation: Option<Modulation>,
    /// Whether the hand is on it.
    pub(super) is_meant: bool,
    /// Whether the keyboard is at it.
    pub(super) is_focused: bool,
}

/// Draws a knob; `cable` is the colour of what moves it.
pub(super) fn paint_knob(painter: &Painter, dial: &Dial, palette: &Palette, cable: Color32) {
    let (scale, stroke) = (dial.radius / USUAL, (dial.radius / USUAL).powf(0.55));
    let ink = if dial.is_meant { palette.accent } else { palette.text };
    let width = 3.0 * stroke;
    painter.add(arc(dial.at, dial.radius, 0.0, 1.0, Stroke::new(width, palette.track())));
    let (low, high) = (dial.origin.min(dial.value), dial.origin.max(dial.value));
    if high - low > 0.002 {
        painter.add(arc(dial.at, dial.radius, low, high, Stroke::new(width, ink)));
    }
    if dial.origin > 0.0 {
        let notch = direction(dial.origin);
        let ends =
            [dial.at + notch * (dial.radius - width / 2.0), dial.at + notch * (dial.radius + width / 2.0)];
        painter.line_segment(ends, Stroke::new(1.0, palette.surface));
    }
    let body = dial.radius - 4.6 * stroke;
    let shade = if palette.is_dark { Color32::from_black_alpha(115) } else { Color32::from_black_alpha(45) };
    painter.circle_filled(dial.at + vec2(0.0, 0.8 * scale), body + 0.4, shade);
    let rim = if palette.is_dark { palette.raised.lerp_to_gamma(palette.text, 0.13) } else { palette.line };
    painter.circle(dial.at, body, palette.raised, Stroke::new(1.0, rim));
    let hand = direction(dial.value);
    let ends = [dial.at + hand * body * 0.3, dial.at + hand * (body - 1.5 * scale)];
    painter.line_segment(ends, Stroke::new(2.0 * stroke, ink));
    if let Some(modulation) = dial.modulation {
        paint_modulation(painter, dial, palette, cable, modulation, stroke);
    }
    if dial.is_focused {
        painter.circle_stroke(dial.at, dial.radius + 8.5 * stroke, Stroke::new(1.5, palette.accent));
    }
}

fn paint_modulation(
    painter: &Painter,
    dial: &Dial,
    palette: &Palette,
    cable: Color32,
    modulation: Modulation,
    stroke: f32,
) {
    let radius = dial.radius + 5.0 * stroke;
    let (low, high) = (modulation.from.min(modulation.to), modulation.from.max(modulation.to));
    let depth = palette.surface.lerp_to_gamma(cable, 0.5);
    if high - low > 0.002 {
        painter.add(arc(dial.at, radius, low, high, Stroke::new(2.5 * stroke, depth)));
    }
    let handle = dial.at + direction(modulation.to) * radius;
    painter.circle(handle, 2.2 * stroke, palette.surface, Stroke::new(1.2 * stroke, cable));
    let now = dial.at + direction(modulation.now) * radius;
    painter.circle_filled(now, 3.4 * stroke, palette.surface);
    painter.circle_filled(now, 2.6 * stroke, cable);
}

/// The direction of a part of the range.
fn direction(part: f32) -> Vec2 {
    Vec2::angled(BEGIN + SWEEP * part)
}

/// An arc between two parts of the range.
fn arc(at: Pos2, radius: f32, from: f32, to: f32, stroke: Stroke) -> Shape {
    let steps = ((to - from) * SWEEP * radius.sqrt() * 1.5).ceil().clamp(2.0, 40.0);
    let points = (0..=steps as usize)
        .map(|step| at + direction(from + (to - from) * step as f32 / steps) * radius)
        .collect();
    Shape::line(points, stroke)
}
