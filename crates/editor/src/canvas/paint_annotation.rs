//! Painting comments and frames: behind everything else, so that they never stand in the way.

use super::paint_context::PaintContext;
use crate::scene::{AnnotationPlace, CORNER, Target};
use crate::theme::{BODY, GRID};
use egui::text::LayoutJob;
use egui::{Color32, FontId, Painter, Rect, Stroke, StrokeKind, pos2, vec2};
use jackfield_patch::AnnotationKind;

/// Draws a comment or a frame.
pub(super) fn paint_annotation(
    context: &PaintContext<'_>,
    painter: &Painter,
    place: &AnnotationPlace,
    number: usize,
) {
    let Some(annotation) = context.document.patch().annotation(place.kind, &place.id) else { return };
    let (palette, transform) = (context.palette, &context.view.transform);
    let rect = transform.rect_to_screen(place.rect);
    let colour = annotation.hue.map_or(palette.weak, |hue| palette.hue(hue));
    let is_selected = context.view.selection.annotations.contains(&(place.kind, place.id.clone()));
    let is_meant = matches!(context.view.hover, Target::Annotation(at) | Target::Corner(at) if at == number);
    let is_frame = place.kind == AnnotationKind::Frame;
    let radius = ((if is_frame { 10.0 } else { 4.0 }) * transform.zoom).clamp(0.0, 14.0);
    let outline = match (is_selected, place.kind) {
        (true, _) => Stroke::new(2.0, palette.accent),
        (false, AnnotationKind::Frame) => Stroke::new(palette.outline, colour.gamma_multiply(0.3)),
        (false, AnnotationKind::Comment) if is_meant => Stroke::new(1.0, palette.line),
        (false, AnnotationKind::Comment) => Stroke::NONE,
    };
    let fill = if is_frame { colour.gamma_multiply(0.05) } else { Color32::TRANSPARENT };
    painter.rect(rect, radius, fill, outline, StrokeKind::Inside);
    if !is_frame {
        // An edge at the left, so that it is not taken for a label.
        let edge = Rect::from_min_size(rect.min, vec2(3.0 * transform.zoom, rect.height()));
        let colour = if annotation.hue.is_some() { colour } else { palette.strong };
        painter.rect_filled(edge, 1.5 * transform.zoom, colour);
    }
    let ink =
        if place.kind == AnnotationKind::Frame || annotation.hue.is_some() { colour } else { palette.text };
    let ink = palette.canvas.lerp_to_gamma(ink, 0.9);
    match (transform.font_size(BODY), place.kind) {
        (Some(size), _) => paint_text(context, painter, rect, &annotation.text, size, ink),
        // A title can be read from any distance.
        (None, AnnotationKind::Frame) => paint_text(context, painter, rect, &annotation.text, BODY, ink),
        (None, AnnotationKind::Comment) => {}
    }
    if is_meant || is_selected {
        paint_corner(painter, rect, (CORNER * transform.zoom).min(CORNER), palette.weak);
    }
}

/// The text, broken at the right edge and cut off at the bottom.
fn paint_text(
    context: &PaintContext<'_>,
    painter: &Painter,
    rect: Rect,
    text: &str,
    size: f32,
    colour: Color32,
) {
    let inset = GRID * 1.25 * context.view.transform.zoom.max(0.4);
    let room = rect.shrink(inset);
    let job = LayoutJob::simple(text.to_owned(), FontId::proportional(size), colour, room.width().max(1.0));
    let galley = painter.layout_job(job);
    painter.with_clip_rect(room.intersect(painter.clip_rect())).galley(room.min, galley, colour);
}

/// Two short lines in the corner.
fn paint_corner(painter: &Painter, rect: Rect, size: f32, colour: Color32) {
    for part in [0.35, 0.7] {
        let reach = size * part;
        let ends = [
            pos2(rect.right() - reach, rect.bottom() - 3.0),
            pos2(rect.right() - 3.0, rect.bottom() - reach),
        ];
        painter.line_segment(ends, Stroke::new(1.0, colour));
    }
}
