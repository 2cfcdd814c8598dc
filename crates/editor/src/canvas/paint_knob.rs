//! Painting a knob: a track with a gap below, the value as an arc on it, and around them, for a knob with
//! a cable, an arc of the cable's depth and a point where the knob is now.

use crate::gesture::Modulation;
use crate::theme::Palette;
use egui::{Color32, Painter, Pos2, Shape, Stroke, Vec2};
use std::f32::consts::TAU;

/// Where the track begins, clockwise from the right: at the lower left.
const BEGIN: f32 = TAU * 0.375;
/// How far round it goes.
const SWEEP: f32 = TAU * 0.75;

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
}

/// Draws a knob; `plain` leaves out what can't be seen from afar.
pub(super) fn paint_knob(painter: &Painter, dial: &Dial, palette: &Palette, cable: Color32, plain: bool) {
    let width = (dial.radius * 0.3).max(1.0);
    if !plain {
        painter.add(arc(dial.at, dial.radius, 0.0, 1.0, Stroke::new(width, palette.line)));
    }
    let (low, high) = (dial.origin.min(dial.value), dial.origin.max(dial.value));
    if high - low > 0.001 {
        painter.add(arc(dial.at, dial.radius, low, high, Stroke::new(width, palette.accent)));
    }
    let hand = direction(dial.value);
    painter.line_segment(
        [dial.at + hand * dial.radius * 0.25, dial.at + hand * dial.radius * 0.85],
        Stroke::new(width * 0.8, palette.text),
    );
    let Some(modulation) = dial.modulation else { return };
    let radius = dial.radius * 1.42;
    let (low, high) = (modulation.from.min(modulation.to), modulation.from.max(modulation.to));
    if !plain {
        painter.add(arc(dial.at, radius, 0.0, 1.0, Stroke::new(1.0, palette.line)));
    }
    if high - low > 0.001 {
        painter.add(arc(dial.at, radius, low, high, Stroke::new(width * 0.8, cable)));
    }
    painter.circle_filled(dial.at + direction(modulation.now) * radius, width * 0.9, palette.text);
}

/// The direction of a part of the range.
fn direction(part: f32) -> Vec2 {
    Vec2::angled(BEGIN + SWEEP * part)
}

/// An arc between two parts of the range.
fn arc(at: Pos2, radius: f32, from: f32, to: f32, stroke: Stroke) -> Shape {
    let steps = ((to - from) * SWEEP * radius.sqrt() * 1.8).ceil().clamp(2.0, 40.0);
    let points = (0..=steps as usize)
        .map(|step| at + direction(from + (to - from) * step as f32 / steps) * radius)
        .collect();
    Shape::line(points, stroke)
}
