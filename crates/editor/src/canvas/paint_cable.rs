//! Painting a cable: a smooth curve in the colour of its signal's kind, the brighter the louder.

use super::paint_context::{PaintContext, badge};
use crate::scene::{Wire, curve_shape};
use egui::{Painter, Stroke};

/// The part of its colour that a silent cable has.
const SILENT: f32 = 0.42;
/// Width of a cable on the screen at life size.
const WIDTH: f32 = 2.0;

/// Draws a cable.
pub(super) fn paint_cable(
    context: &PaintContext<'_>,
    painter: &Painter,
    wire: &Wire,
    is_selected: bool,
    is_hovered: bool,
) {
    let palette = context.palette;
    let level = context.signals.brightness(wire.from);
    let patch = context.document.patch();
    let hue = patch.cable(wire.cable).and_then(|(_, _, cable)| cable.hue);
    let own = hue.map_or_else(|| palette.port(wire.kind), |hue| palette.hue(hue));
    let muted = patch.node(wire.from.node).is_some_and(|node| node.muted);
    let part = if muted { 0.2 } else { SILENT + (1.0 - SILENT) * level };
    let colour = palette.canvas.lerp_to_gamma(own, part);
    let transform = &context.view.transform;
    // Thin lines cost as much as thick ones but say nothing; from afar they'd cover the cards.
    let width = (WIDTH * transform.zoom.sqrt()).clamp(1.0, 3.0);
    if is_selected || is_hovered {
        let glow = if is_selected { palette.accent } else { palette.text.gamma_multiply(0.4) };
        painter.add(curve_shape(transform, &wire.curve, Stroke::new(width + 4.0, glow)));
    }
    painter.add(curve_shape(transform, &wire.curve, Stroke::new(width, colour)));
}

/// Marks the cable that carries the one-sample delay of its feedback loop.
pub(super) fn cable_badge(context: &PaintContext<'_>, painter: &Painter, wire: &Wire) {
    let at = context.view.transform.to_screen(wire.curve.at(0.5));
    if context.view.transform.view.contains(at) {
        badge(context, painter, at, "1 sample", context.palette.port(wire.kind));
    }
}
