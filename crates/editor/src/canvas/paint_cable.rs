//! Painting a cable: a smooth curve in the colour of its signal's kind, the brighter the louder, in a casing
//! of the canvas's colour, so that crossings read as over and under. Each kind has its own line besides:
//! audio is thick and has a light core when it is loud, pitch has beads, a gate is dashed.

use super::paint_context::{PaintContext, badge};
use crate::scene::{Detail, Wire, curve_points};
use egui::{Color32, Mesh, Painter, Pos2, Shape, Stroke, vec2};
use jackfield_node::PortKind;

/// How much of a cable is seen through a card.
const GHOST: f32 = 0.26;
/// The level from which audio has a core.
const LOUD: f32 = 0.5;
/// Distance of beads, on the screen.
const BEADS: f32 = 44.0;

/// What is drawn of a cable, and over what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CablePass {
    /// All of it, below the cards.
    Below,
    /// What goes on behind cards.
    Ghost,
    /// All of it above the cards: the hand is on it, or it is selected.
    Above { is_selected: bool },
}

/// Draws a cable.
pub(super) fn paint_cable(context: &PaintContext<'_>, painter: &Painter, wire: &Wire, pass: CablePass) {
    let palette = context.palette;
    let patch = context.document.patch();
    let hue = patch.cable(wire.cable).and_then(|(_, _, cable)| cable.hue);
    let own = hue.map_or_else(|| palette.port(wire.kind), |hue| palette.hue(hue));
    let is_muted = patch.node(wire.from.node).is_some_and(|node| node.muted);
    let level = if is_muted { 0.0 } else { context.signals.brightness(wire.from) };
    let colour = palette.canvas.lerp_to_gamma(own, palette.silent + (1.0 - palette.silent) * level);
    let transform = &context.view.transform;
    let detail = transform.detail();
    let width = width(wire.kind, is_muted, detail, transform.zoom);
    let points = curve_points(transform, &wire.curve);
    let dashes = (wire.kind == PortKind::Gate && detail.has_parts()).then_some(transform.zoom);
    match pass {
        CablePass::Ghost => {
            line(painter, points, Stroke::new(width, own.gamma_multiply(GHOST)), dashes);
            return;
        }
        CablePass::Below if detail.has_parts() => {
            let casing = palette.canvas.gamma_multiply(0.9);
            painter.add(Shape::line(points.clone(), Stroke::new(width + 4.0 * transform.zoom, casing)));
        }
        CablePass::Below => {}
        CablePass::Above { is_selected } => {
            let halo =
                if palette.is_dark { Color32::from_white_alpha(40) } else { Color32::from_black_alpha(40) };
            let (grow, halo) =
                if is_selected { (5.0, palette.accent.gamma_multiply(0.9)) } else { (6.0, halo) };
            painter.add(Shape::line(points.clone(), Stroke::new(width + grow, halo)));
        }
    }
    let core = wire.kind == PortKind::Audio && level > LOUD && detail.has_parts() && hue.is_none();
    let beads = wire.kind == PortKind::Pitch && detail.has_parts();
    if core {
        line(painter, points.clone(), Stroke::new(width, colour), dashes);
        let white = own.lerp_to_gamma(Color32::WHITE, if palette.is_dark { 0.65 } else { 0.45 });
        let white = white.gamma_multiply(0.85 * (level - 0.3));
        painter.add(Shape::line(points, Stroke::new(1.0, white)));
        return;
    }
    if beads {
        paint_beads(painter, &points, colour, transform.zoom);
    }
    line(painter, points, Stroke::new(width, colour), dashes);
}

/// Width of a cable on the screen: thin lines cost as much as thick ones but say nothing; from afar they'd
/// cover the cards.
fn width(kind: PortKind, is_muted: bool, detail: Detail, zoom: f32) -> f32 {
    let usual = match (is_muted, kind) {
        (true, _) => 1.5,
        (false, PortKind::Audio) => 3.0,
        (false, _) => 2.0,
    };
    match detail {
        Detail::Full | Detail::Names => (usual * zoom.sqrt()).clamp(1.0, 5.0),
        Detail::Far => 1.6,
        Detail::Farthest => 1.2,
    }
}

/// A line, whole or in dashes.
fn line(painter: &Painter, points: Vec<Pos2>, stroke: Stroke, dashes: Option<f32>) {
    match dashes {
        Some(zoom) => {
            painter.extend(Shape::dashed_line(&points, stroke, 9.0 * zoom, 5.0 * zoom));
        }
        None => {
            painter.add(Shape::line(points, stroke));
        }
    }
}

/// Small diamonds along a line, in one mesh.
fn paint_beads(painter: &Painter, points: &[Pos2], colour: Color32, zoom: f32) {
    let mut mesh = Mesh::default();
    let mut next = BEADS * zoom / 2.0;
    let radius = 4.5 * zoom.sqrt();
    for pair in points.windows(2) {
        let length = pair[0].distance(pair[1]);
        while next <= length && length > 0.0 {
            let at = pair[0] + (pair[1] - pair[0]) * (next / length);
            let first = mesh.vertices.len() as u32;
            for way in [vec2(0.0, -radius), vec2(radius, 0.0), vec2(0.0, radius), vec2(-radius, 0.0)] {
                mesh.colored_vertex(at + way, colour);
            }
            mesh.add_triangle(first, first + 1, first + 2);
            mesh.add_triangle(first, first + 2, first + 3);
            next += BEADS * zoom;
        }
        next -= length;
    }
    painter.add(Shape::mesh(mesh));
}

/// Marks the cable that carries the one-sample delay of its feedback loop.
pub(super) fn cable_badge(context: &PaintContext<'_>, painter: &Painter, wire: &Wire) {
    let at = context.view.transform.to_screen(wire.curve.at(0.5));
    if context.view.transform.view.contains(at) {
        badge(context, painter, at, "1 sample", context.palette.port(wire.kind));
    }
}
