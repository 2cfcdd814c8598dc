//! Painting: the whole canvas, from the back to the front: grid, frames, cables, cards, what goes on of
//! cables behind cards, cables that the hand is on, badges, map. Nothing is hidden, and no cable hides a
//! label.

use super::face::{self, SignalAnalysis};
use super::minimap;
use super::paint_annotation::paint_annotation;
use super::paint_cable::{CablePass, cable_badge, paint_cable};
use super::paint_card::{paint_badges, paint_card};
use super::paint_context::PaintContext;
use crate::scene::{DETAIL, Target, Wire};
use crate::theme::GRID;
use egui::{CornerRadius, Mesh, Painter, Rect, Shape, pos2, vec2};
use jackfield_patch::CableIndex;
use std::collections::{HashMap, HashSet};

/// Draws the canvas. True when a face shows samples that run.
pub(crate) fn paint(
    context: &PaintContext<'_>,
    painter: &Painter,
    analysis: &mut SignalAnalysis<'_>,
) -> bool {
    let transform = &context.view.transform;
    painter.rect_filled(transform.view, CornerRadius::ZERO, context.palette.canvas);
    paint_grid(context, painter);
    let delayed = delayed_cables(context);
    let visible = transform.visible();
    for (number, place) in context.scene.annotations.iter().enumerate() {
        if place.rect.intersects(visible) {
            paint_annotation(context, painter, place, number);
        }
    }
    let lifted = context.gesture.lifted().and_then(|ends| context.document.patch().find_cable(ends));
    let selected: HashSet<CableIndex> = {
        let patch = context.document.patch();
        context.view.selection.cables.iter().filter_map(|ends| patch.find_cable(ends)).collect()
    };
    let is_shown = |wire: &&Wire| Some(wire.cable) != lifted && wire.curve.bounds().intersects(visible);
    let wires: Vec<&Wire> = context.scene.wires.iter().filter(is_shown).collect();
    for wire in &wires {
        paint_cable(context, painter, wire, CablePass::Below);
    }
    let order: HashMap<&str, usize> = if context.view.overlays.order {
        context.plan.order.iter().enumerate().map(|(place, id)| (&**id, place + 1)).collect()
    } else {
        HashMap::new()
    };
    let is_selected = |id: &std::sync::Arc<str>| context.view.selection.nodes.contains(id);
    let near = visible.expand(16.0);
    let mut lives = false;
    // Selected cards lie above the others.
    for above in [false, true] {
        for card in context.scene.cards_in(near).filter(|card| is_selected(&card.id) == above) {
            paint_card(context, painter, card, above, analysis);
            lives |= face::lives(context, card);
            paint_badges(context, painter, card, order.get(&*card.id).copied());
        }
    }
    paint_above(context, painter, &wires, &selected);
    if transform.zoom >= DETAIL {
        for wire in context.scene.wires.iter().filter(|wire| delayed.contains(&wire.cable)) {
            cable_badge(context, painter, wire);
        }
    }
    context.gesture.paint(painter, context.scene, transform, context.palette);
    if !context.view.overlays.no_map {
        minimap::paint(context, painter);
    }
    lives
}

/// What goes on of cables behind cards, and whole once more those that the hand is on or that are selected.
fn paint_above(
    context: &PaintContext<'_>,
    painter: &Painter,
    wires: &[&Wire],
    selected: &HashSet<CableIndex>,
) {
    let has_parts = context.view.transform.detail().has_parts();
    for wire in wires {
        let is_hovered = matches!(context.view.hover, Target::Cable(cable, _) if cable == wire.cable);
        let is_selected = selected.contains(&wire.cable);
        if is_hovered || is_selected {
            paint_cable(context, painter, wire, CablePass::Above { is_selected });
        } else if has_parts && passes_behind(context, wire) {
            paint_cable(context, painter, wire, CablePass::Ghost);
        }
    }
}

/// Whether a card lies over a cable, other than where it begins and ends.
fn passes_behind(context: &PaintContext<'_>, wire: &Wire) -> bool {
    let bounds = wire.curve.bounds();
    let points = || (1..12_u8).map(|step| wire.curve.at(f32::from(step) / 12.0));
    context.scene.cards_in(bounds).any(|card| points().any(|point| card.rect.shrink(2.0).contains(point)))
}

/// The cables that carry the sample before.
fn delayed_cables(context: &PaintContext<'_>) -> HashSet<CableIndex> {
    let patch = context.document.patch();
    context.plan.delayed.iter().filter_map(|ends| patch.find_cable(ends)).collect()
}

/// Points of the grid; fewer and fewer from afar, so that their density on the screen stays.
fn paint_grid(context: &PaintContext<'_>, painter: &Painter) {
    let transform = &context.view.transform;
    let mut step = GRID * 4.0;
    while step * transform.zoom < 24.0 {
        step *= 2.0;
    }
    let visible = transform.visible();
    let first = pos2((visible.min.x / step).floor() * step, (visible.min.y / step).floor() * step);
    let (columns, rows) = ((visible.width() / step) as u32 + 2, (visible.height() / step) as u32 + 2);
    // One mesh for all of them: the tessellator would take longer than everything else.
    let mut mesh = Mesh::default();
    for row in 0..rows {
        for column in 0..columns {
            let at = transform.to_screen(first + vec2(column as f32 * step, row as f32 * step));
            mesh.add_colored_rect(Rect::from_center_size(at, vec2(1.5, 1.5)), context.palette.grid);
        }
    }
    painter.add(Shape::mesh(mesh));
}
