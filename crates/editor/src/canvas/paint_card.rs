//! Painting a card: what a node looks like follows from its spec and its values, and from how near one is.

use super::card_parts::{paint_knobs, paint_labels, paint_ports, paint_settings};
use super::face::{SignalAnalysis, paint_face};
use super::paint_context::{PaintContext, badge};
use crate::glyph;
use crate::scene::{Card, Detail, HEADER};
use crate::theme::BODY;
use crate::title::{human_title, type_beside};
use crate::view::Focus;
use egui::text::{LayoutJob, TextWrapping};
use egui::{Color32, CornerRadius, FontId, Painter, Rect, Shape, Stroke, StrokeKind, pos2, vec2};
use jackfield_patch::Node;

/// Radius of a card's corners.
const RADIUS: f32 = 6.0;
/// How much of a muted node is seen.
const MUTED: f32 = 0.45;
/// Where a header's glyph and title begin.
const GLYPH: f32 = 10.0;
const TITLE: f32 = 31.0;
/// Size of a title from afar, and from farther away.
const FAR_TITLE: f32 = 12.0;
const FARTHEST_TITLE: f32 = 11.0;
/// Width of a letter, about, as a part of its size.
const LETTER: f32 = 0.56;

/// Draws a card.
pub(super) fn paint_card(
    context: &PaintContext<'_>,
    painter: &Painter,
    card: &Card,
    is_selected: bool,
    analysis: &mut SignalAnalysis<'_>,
) {
    let Some(node) = context.document.patch().node(card.node) else { return };
    let detail = context.view.transform.detail();
    let colour = colour(context, node);
    paint_body(context, painter, card, node, is_selected, colour);
    let mut inner = painter.clone();
    if node.muted {
        inner.set_opacity(MUTED);
    }
    if detail.has_parts() {
        paint_header(context, &inner, card, node, colour);
        paint_labels(context, &inner, card);
        paint_settings(context, &inner, card, node);
        paint_knobs(context, &inner, card);
    }
    if detail >= Detail::Far
        && let Some(face) = card.layout.face
    {
        let rect = context.view.transform.rect_to_screen(face.translate(card.rect.min.to_vec2()));
        paint_face(context, &inner, card, node, rect, analysis);
    }
    if detail < Detail::Names {
        paint_far_title(context, &inner, card, node, colour);
    }
    if detail >= Detail::Far {
        paint_ports(context, painter, card, node.muted);
    }
}

/// The colour of a node: the one a person gave it, or that of its category.
fn colour(context: &PaintContext<'_>, node: &Node) -> Color32 {
    let palette = context.palette;
    let category = || node.spec().map_or(palette.weak, |spec| palette.category(spec.category));
    node.hue.map_or_else(category, |hue| palette.hue(hue))
}

/// Shadow, surface and outline.
fn paint_body(
    context: &PaintContext<'_>,
    painter: &Painter,
    card: &Card,
    node: &Node,
    is_selected: bool,
    colour: Color32,
) {
    let (palette, transform) = (context.palette, &context.view.transform);
    let rect = transform.rect_to_screen(card.rect);
    let zoom = transform.zoom;
    let radius = (RADIUS * zoom).clamp(1.0, 9.0);
    let detail = transform.detail();
    if detail.has_parts() {
        paint_shadow(painter, rect, radius, zoom, palette.is_dark, is_selected);
    }
    let is_known = node.spec().is_some();
    let heat = if context.view.overlays.load { heat(context, &node.id) } else { 0.0 };
    let surface = match detail {
        Detail::Full | Detail::Names if is_known => palette.surface,
        Detail::Full | Detail::Names => palette.surface.lerp_to_gamma(palette.canvas, 0.5),
        Detail::Far => palette.far(colour, false),
        Detail::Farthest => palette.far(colour, true),
    };
    painter.rect_filled(rect, radius, surface.lerp_to_gamma(palette.warning, heat * 0.6));
    let is_faulty = context.plan.problems.iter().any(|(id, _)| *id == card.id);
    let is_hovered = context.view.hover.node() == Some(card.node);
    let outline = match (is_faulty, is_hovered) {
        (true, _) => Stroke::new(1.5, palette.warning),
        (false, true) => Stroke::new(palette.outline, palette.strong),
        (false, false) => palette.edge(),
    };
    if is_known {
        painter.rect_stroke(rect, radius, outline, StrokeKind::Inside);
    } else {
        let corners =
            [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom(), rect.left_top()];
        let outline = Stroke::new(palette.outline, palette.strong);
        painter.extend(Shape::dashed_line(&corners, outline, 5.0, 4.0));
    }
    let is_focused = matches!(context.view.focus, Some(Focus::Node(node)) if node == card.node);
    if is_selected || is_focused {
        let ring = rect.expand(3.0);
        painter.rect_stroke(ring, radius + 3.0, Stroke::new(2.0, palette.accent), StrokeKind::Middle);
    }
}

/// Two soft rectangles below the card, a third one where it is lifted.
fn paint_shadow(painter: &Painter, rect: Rect, radius: f32, zoom: f32, is_dark: bool, is_lifted: bool) {
    let alpha = if is_dark { 0.30 } else { 0.07 };
    let soft = |grow: f32, down: f32, alpha: f32| {
        let place = rect.expand2(vec2(grow, grow) * zoom).translate(vec2(0.0, down) * zoom);
        painter.rect_filled(place, radius + grow * zoom, Color32::from_black_alpha((alpha * 255.0) as u8));
    };
    if is_lifted {
        soft(6.0, 8.0, alpha * 0.3);
    }
    soft(3.0, 4.0, alpha * 0.45);
    soft(1.0, 1.0, alpha);
}

/// The header: a tint of the category with its glyph, what the node is called, and its type beside that.
fn paint_header(context: &PaintContext<'_>, painter: &Painter, card: &Card, node: &Node, colour: Color32) {
    let (palette, transform) = (context.palette, &context.view.transform);
    let zoom = transform.zoom;
    let rect = transform.rect_to_screen(card.rect);
    let header = Rect::from_min_size(rect.min, vec2(rect.width(), HEADER * zoom)).shrink2(vec2(1.0, 0.0));
    let header = Rect::from_min_max(header.min + vec2(0.0, 1.0), header.max);
    let tint = palette.header(colour);
    let corner = (RADIUS * zoom - 1.0).clamp(0.0, 8.0) as u8;
    let radius = CornerRadius { nw: corner, ne: corner, sw: 0, se: 0 };
    let at = rect.min + vec2(GLYPH, 9.0) * zoom;
    let mut right = rect.right() - 10.0 * zoom;
    if node.spec().is_some() {
        painter.rect_filled(header, radius, tint);
        if palette.is_dark {
            let edge = [header.left_top() + vec2(5.0, 0.5), header.right_top() + vec2(-5.0, 0.5)];
            painter.line_segment(edge, Stroke::new(1.0, tint.lerp_to_gamma(Color32::WHITE, 0.13)));
        }
        let category = node.spec().map(|spec| spec.category);
        glyph::category(painter, category, at, zoom, colour);
    } else {
        context.bold(painter, at + vec2(2.0, 7.0) * zoom, "?", BODY, palette.warning, 20.0);
    }
    if node.muted {
        right -= paint_pill(context, painter, pos2(right, header.center().y), "muted", palette.weak);
    }
    let at = pos2(rect.left() + TITLE * zoom, rect.top() + HEADER / 2.0 * zoom);
    let taken = context.bold(painter, at, &human_title(node), BODY, palette.text, right - at.x);
    if let Some(kind) = type_beside(node) {
        let at = at + vec2(taken + 7.0 * zoom, 0.0);
        if right - at.x > 24.0 * zoom {
            context.name_within(painter, at, kind, palette.weak, right - at.x);
        }
    }
}

/// A small pill with its right end here; gives its width.
fn paint_pill(
    context: &PaintContext<'_>,
    painter: &Painter,
    right: egui::Pos2,
    text: &str,
    colour: Color32,
) -> f32 {
    let zoom = context.view.transform.zoom;
    let galley = painter.layout_no_wrap(
        text.to_owned(),
        FontId::proportional(10.0 * zoom.max(0.9)),
        context.palette.canvas,
    );
    let size = galley.size() + vec2(12.0, 3.0) * zoom;
    let rect = Rect::from_min_size(right - vec2(size.x, size.y / 2.0), size);
    painter.rect_filled(rect, size.y / 2.0, colour);
    painter.galley(rect.center() - galley.size() / 2.0, galley, context.palette.canvas);
    size.x + 6.0 * zoom
}

/// The title of a card from which one is too far away to read it in its place: of a size that does not
/// shrink.
fn paint_far_title(context: &PaintContext<'_>, painter: &Painter, card: &Card, node: &Node, colour: Color32) {
    let rect = context.view.transform.rect_to_screen(card.rect);
    let palette = context.palette;
    let is_farthest = context.view.transform.detail() == Detail::Farthest;
    let size = if is_farthest { FARTHEST_TITLE } else { FAR_TITLE };
    if rect.width() < 24.0 || rect.height() < size {
        return;
    }
    let width = rect.width() - 8.0;
    let title = human_title(node);
    // A little smaller where a word would be broken.
    let longest = title.split(' ').map(|word| word.chars().count()).max().unwrap_or(1);
    let size = (width / (longest as f32 * LETTER)).clamp(size - 2.0, size);
    let mut job = LayoutJob::simple(title, FontId::proportional(size), palette.text, width);
    let rows = ((rect.height() - 4.0) / (size * 1.3)).floor().clamp(1.0, 3.0) as usize;
    job.wrap = TextWrapping { max_width: width, max_rows: rows, break_anywhere: false, ..job.wrap };
    let galley = painter.layout_job(job);
    let at = if is_farthest && card.layout.face.is_none() {
        rect.center() - galley.size() / 2.0
    } else {
        rect.min + vec2(4.0, 3.0)
    };
    let back = Rect::from_min_size(at, galley.size()).expand2(vec2(2.0, 0.0)).intersect(rect);
    // A face may lie below.
    painter.rect_filled(back, 2.0, palette.far(colour, is_farthest));
    painter.galley(at, galley.clone(), palette.text);
    painter.galley(at + vec2(0.4, 0.0), galley, palette.text);
}

/// The part of the load a node takes, made visible for small ones.
fn heat(context: &PaintContext<'_>, id: &str) -> f32 {
    let load = context.plan.loads.iter().find(|load| &*load.node == id);
    load.map_or(0.0, |load| load.part.clamp(0.0, 1.0).sqrt())
}

/// Numbers and warnings at a card's corners.
pub(super) fn paint_badges(context: &PaintContext<'_>, painter: &Painter, card: &Card, order: Option<usize>) {
    let rect = context.view.transform.rect_to_screen(card.rect);
    if let Some(order) = order {
        badge(context, painter, rect.left_top(), &order.to_string(), context.palette.text);
    }
    if context.plan.problems.iter().any(|(id, _)| *id == card.id) {
        badge(context, painter, rect.right_top(), "!", context.palette.warning);
    }
}
