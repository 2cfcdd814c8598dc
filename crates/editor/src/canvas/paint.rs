//! Painting: the whole canvas, from the back to the front: grid, cables, cards, badges, map. Cables lie
//! below the cards, so none ever hides a label.

use super::face::{self, SignalAnalysis};
use super::hit::{DETAIL, Target};
use super::minimap;
use super::paint_annotation::paint_annotation;
use super::paint_cable::{cable_badge, paint_cable};
use super::paint_card::{paint_badges, paint_card};
use super::scene::Scene;
use crate::document::Document;
use crate::host::{Host, Level, PlanFacts};
use crate::signals::Signals;
use crate::theme::{GRID, Palette};
use crate::view::View;
use egui::{Align2, Color32, CornerRadius, FontId, Mesh, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};
use jackfield_patch::{CableIndex, PortRef};
use std::collections::{HashMap, HashSet};

/// Everything a frame of the canvas is drawn from.
pub(crate) struct PaintContext<'a> {
    pub(crate) document: &'a Document,
    pub(crate) scene: &'a Scene,
    pub(crate) view: &'a View,
    pub(crate) signals: &'a Signals,
    pub(crate) plan: &'a PlanFacts,
    pub(crate) palette: &'a Palette,
}

impl PaintContext<'_> {
    /// Text on the canvas, at its size on the screen; nothing where it would be too small.
    pub(super) fn text(
        &self,
        painter: &Painter,
        at: Pos2,
        anchor: Align2,
        text: &str,
        size: f32,
        colour: Color32,
    ) {
        if let Some(size) = self.view.transform.font_size(size) {
            painter.text(at, anchor, text, FontId::proportional(size), colour);
        }
    }

    /// Like [`text`](Self::text), cut off with an ellipsis where `width` on the screen ends.
    pub(super) fn text_within(
        &self,
        painter: &Painter,
        at: Pos2,
        text: &str,
        size: f32,
        colour: Color32,
        width: f32,
    ) {
        let Some(size) = self.view.transform.font_size(size) else { return };
        let mut job =
            egui::text::LayoutJob::simple_singleline(text.to_owned(), FontId::proportional(size), colour);
        job.wrap = egui::text::TextWrapping::truncate_at_width(width);
        let galley = painter.layout_job(job);
        painter.galley(at - vec2(0.0, galley.size().y / 2.0), galley, colour);
    }

    /// The latest samples of what arrives at an input.
    pub(super) fn arriving(&self, input: PortRef, host: &mut dyn Host) -> Vec<f32> {
        self.signals.input_samples(self.scene, self.document.patch(), input, host)
    }

    /// The level of what arrives at an input.
    pub(super) fn arriving_level(&self, input: PortRef) -> Level {
        self.signals.input_level(self.scene, self.document.patch(), input)
    }
}

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
    let lifted = context.view.gesture.lifted().and_then(|ends| context.document.patch().find_cable(ends));
    let selected: HashSet<CableIndex> = {
        let patch = context.document.patch();
        context.view.selection.cables.iter().filter_map(|ends| patch.find_cable(ends)).collect()
    };
    for wire in &context.scene.wires {
        if Some(wire.cable) == lifted || !wire.curve.bounds().intersects(visible) {
            continue;
        }
        let is_hovered = matches!(context.view.hover, Target::Cable(cable, _) if cable == wire.cable);
        paint_cable(context, painter, wire, selected.contains(&wire.cable), is_hovered);
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
    if transform.zoom >= DETAIL {
        for wire in context.scene.wires.iter().filter(|wire| delayed.contains(&wire.cable)) {
            cable_badge(context, painter, wire);
        }
    }
    context.view.gesture.paint(painter, context.scene, transform, context.palette);
    if !context.view.overlays.no_map {
        minimap::paint(context, painter);
    }
    lives
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

/// A small round label, for numbers on cards and cables.
pub(super) fn badge(context: &PaintContext<'_>, painter: &Painter, at: Pos2, text: &str, colour: Color32) {
    let font = FontId::proportional(crate::theme::SMALL * context.view.transform.zoom.clamp(0.75, 1.0));
    let galley = painter.layout_no_wrap(text.to_owned(), font, context.palette.canvas);
    let rect = Rect::from_center_size(at, galley.size() + vec2(8.0, 2.0));
    painter.rect(rect, 6.0, colour, Stroke::new(1.0, context.palette.canvas), egui::StrokeKind::Outside);
    painter.galley(rect.center() - galley.size() / 2.0, galley, context.palette.canvas);
}
