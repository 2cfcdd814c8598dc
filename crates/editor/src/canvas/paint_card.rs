//! Painting a card: what a node looks like follows from its spec and its values.

use super::face::{SignalAnalysis, paint_face};
use super::paint_context::{PaintContext, badge};
use super::paint_knob::{Dial, paint_knob};
use super::paint_port::{label_side, paint_port};
use crate::gesture::{knob_value, modulation, part_of_range, setting_text};
use crate::scene::{Card, PortId, Side};
use crate::scene::{DETAIL, Target};
use crate::scene::{HEADER, KNOB, PORT};
use crate::theme::{BODY, GRID, SMALL};
use crate::value_text;
use crate::view::Focus;
use egui::text::LayoutJob;
use egui::{Align2, CornerRadius, FontId, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, pos2, vec2};
use jackfield_node::Knob;
use jackfield_patch::{Node, NodeBody, PortRef};

/// Thickness of the category's strip, on the canvas.
const STRIP: f32 = 3.0;
/// The least width, on the screen, of a card that has room for a title that can be read.
const LEAST_TITLE: f32 = 32.0;
/// How much of a muted node is seen.
const MUTED: f32 = 0.45;

/// Draws a card.
pub(super) fn paint_card(
    context: &PaintContext<'_>,
    painter: &Painter,
    card: &Card,
    is_selected: bool,
    analysis: &mut SignalAnalysis<'_>,
) {
    let Some(node) = context.document.patch().node(card.node) else { return };
    let mut painter = painter.clone();
    if node.muted {
        painter.set_opacity(MUTED);
    }
    let painter = &painter;
    paint_body(context, painter, card, node, is_selected);
    if context.view.transform.zoom >= DETAIL {
        paint_details(context, painter, card, node, analysis);
    }
    paint_far_title(context, painter, card, node);
}

/// What is on the card: ports, knobs, settings and its face.
fn paint_details(
    context: &PaintContext<'_>,
    painter: &Painter,
    card: &Card,
    node: &Node,
    analysis: &mut SignalAnalysis<'_>,
) {
    for (port, place) in card.ports() {
        let at = context.view.transform.to_screen(card.rect.min + place.at.to_vec2());
        let is_patched = match port.side {
            Side::Input => context.scene.is_patched(port.at),
            Side::Output => context.signals.tap(port.at).is_some(),
        };
        let colour = context.palette.port(place.kind);
        let fill = if is_patched { colour } else { context.palette.surface };
        let zoom = context.view.transform.zoom;
        let is_meant = context.view.hover == Target::Port(port)
            || context.view.focus == Some(Focus::Port(port))
            || context.view.connecting == Some(port);
        paint_port(painter, at, if is_meant { PORT * 1.35 } else { PORT } * zoom, place.kind, colour, fill);
        if is_meant {
            painter.circle_stroke(at, PORT * 2.0 * zoom, Stroke::new(1.5, context.palette.accent));
        }
        paint_label(context, painter, port, at, &place.name, place.dial.is_some());
        if let Some(dial) = place.dial {
            let dial = context.view.transform.to_screen(card.rect.min + dial.to_vec2());
            let value = context.view.transform.rect_to_screen(place.value.translate(card.rect.min.to_vec2()));
            paint_knob_row(context, painter, port.at, dial, value, is_patched);
        }
    }
    paint_settings(context, painter, card, node);
    if let Some(face) = card.layout.face {
        let rect = context.view.transform.rect_to_screen(face.translate(card.rect.min.to_vec2()));
        paint_face(context, painter, card, node, rect, analysis);
    }
}

/// What a card is called: its id, and what is missing where its type is.
fn title(node: &Node) -> String {
    match node.spec() {
        Some(_) => node.id.to_string(),
        None => format!("{}: {} is missing", node.id, node.type_id()),
    }
}

/// The title of a card from which one is too far away to read it in its place: in the size of a bar's text,
/// over what is on the card.
fn paint_far_title(context: &PaintContext<'_>, painter: &Painter, card: &Card, node: &Node) {
    let rect = context.view.transform.rect_to_screen(card.rect);
    if context.view.transform.font_size(BODY).is_some() || rect.width() < LEAST_TITLE {
        return;
    }
    let colour = context.palette.text;
    let mut job = LayoutJob::simple(title(node), FontId::proportional(SMALL), colour, rect.width() - 4.0);
    job.wrap.max_rows = 2;
    let galley = painter.layout_job(job);
    let back = Rect::from_min_size(rect.min + vec2(2.0, 3.0), galley.size());
    painter.rect_filled(back.expand(1.0), 2.0, context.palette.surface.gamma_multiply(0.85));
    painter.galley(back.min, galley, colour);
}

/// Surface, strip, outline and title.
fn paint_body(context: &PaintContext<'_>, painter: &Painter, card: &Card, node: &Node, is_selected: bool) {
    let (palette, transform) = (context.palette, &context.view.transform);
    let rect = transform.rect_to_screen(card.rect);
    let radius = (4.0 * transform.zoom).clamp(0.0, 6.0);
    let is_known = node.spec().is_some();
    let heat = if context.view.overlays.load { heat(context, &node.id) } else { 0.0 };
    let fill = palette.surface.lerp_to_gamma(palette.warning, heat * 0.6);
    painter.rect_filled(rect, radius, fill);
    let category = || node.spec().map_or(palette.weak, |spec| palette.category(spec.category));
    let hue = node.hue.map_or_else(category, |hue| palette.hue(hue));
    let is_focused = matches!(context.view.focus, Some(Focus::Node(node)) if node == card.node);
    let outline = if is_selected || is_focused {
        Stroke::new(2.0, palette.accent)
    } else if context.view.hover.node() == Some(card.node) {
        Stroke::new(palette.outline, palette.weak)
    } else {
        palette.outline()
    };
    if is_known || is_selected {
        painter.rect_stroke(rect, radius, outline, StrokeKind::Inside);
    } else {
        let corners =
            [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom(), rect.left_top()];
        painter.extend(Shape::dashed_line(&corners, outline, 6.0, 4.0));
    }
    // Above the outline, but below that of a selected card.
    let inset = if is_selected || is_focused { 2.0 } else { 0.0 };
    let strip = Rect::from_min_size(
        rect.min + vec2(0.0, inset),
        vec2(rect.width(), (STRIP * transform.zoom).max(1.5)),
    );
    let top = CornerRadius { nw: radius as u8, ne: radius as u8, sw: 0, se: 0 };
    painter.rect_filled(strip.shrink2(vec2(inset, 0.0)), top, hue);
    let at = rect.min + vec2(GRID, HEADER / 2.0 + STRIP / 2.0) * transform.zoom;
    let room = rect.width() - 2.0 * GRID * transform.zoom;
    let colour = if is_known { palette.text } else { palette.weak };
    context.text_within(painter, at, &title(node), BODY, colour, room);
}

/// A port's name, inside the card.
fn paint_label(
    context: &PaintContext<'_>,
    painter: &Painter,
    port: PortId,
    at: Pos2,
    name: &str,
    has_dial: bool,
) {
    let inset = if has_dial { 36.0 } else { 12.0 } * context.view.transform.zoom;
    let anchor = match port.side {
        Side::Input => Align2::LEFT_CENTER,
        Side::Output => Align2::RIGHT_CENTER,
    };
    let at = at + vec2(inset * label_side(port.side), 0.0);
    context.text(painter, at, anchor, &name.replace('_', " "), SMALL, context.palette.weak);
}

/// A knob's dial and value.
fn paint_knob_row(
    context: &PaintContext<'_>,
    painter: &Painter,
    at: PortRef,
    dial: Pos2,
    value_rect: Rect,
    is_patched: bool,
) {
    let Some((knob, value)) = knob_value(context.document.patch(), at) else { return };
    let zoom = context.view.transform.zoom;
    let shape = Dial {
        at: dial,
        radius: KNOB * zoom,
        value: part_of_range(&knob, value),
        origin: origin(&knob),
        modulation: if is_patched {
            modulation(context.document, &context.view.selection, context.signals, at)
        } else {
            None
        },
    };
    let kind = context.scene.kind(PortId::input(at));
    let cable = kind.map_or(context.palette.text, |kind| context.palette.port(kind));
    paint_knob(painter, &shape, context.palette, cable, zoom < 0.6);
    let is_meant = context.view.hover.knob() == Some(at);
    let colour = if is_meant { context.palette.accent } else { context.palette.text };
    let right = pos2(value_rect.right(), value_rect.center().y);
    let text = value_text::format(&knob, value);
    context.text(painter, right, Align2::RIGHT_CENTER, &text, SMALL, colour);
}

/// Where the arc of a value begins: at zero, where a knob has one inside its range, else at the left.
fn origin(knob: &Knob) -> f32 {
    if knob.min < 0.0 && knob.max > 0.0 { part_of_range(knob, 0.0) } else { 0.0 }
}

/// The rows of the settings.
fn paint_settings(context: &PaintContext<'_>, painter: &Painter, card: &Card, node: &Node) {
    let NodeBody::Known { spec, settings, .. } = &node.body else { return };
    for (setting, value) in spec.settings.iter().zip(settings.values()) {
        let Some(row) = card.layout.settings.get(setting.index) else { continue };
        if card.layout.face == Some(*row) {
            continue;
        }
        let row = context.view.transform.rect_to_screen(row.translate(card.rect.min.to_vec2()));
        let is_meant = context.view.hover == Target::Setting(card.node, setting.index);
        let colour = if is_meant { context.palette.accent } else { context.palette.text };
        let inset = vec2(4.0 * context.view.transform.zoom, 0.0);
        let name = setting.name.replace('_', " ");
        context.text(
            painter,
            row.left_center() + inset,
            Align2::LEFT_CENTER,
            &name,
            SMALL,
            context.palette.weak,
        );
        let text = setting_text(&setting.kind, value).replace('_', " ");
        let text =
            if text.chars().count() > 14 { text.chars().take(13).chain(['…']).collect() } else { text };
        context.text(painter, row.right_center(), Align2::RIGHT_CENTER, &text, SMALL, colour);
    }
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
    let muted = context.document.patch().node(card.node).is_some_and(|node| node.muted);
    if muted && context.view.transform.zoom >= DETAIL {
        badge(context, painter, rect.center_top(), "muted", context.palette.weak);
    }
}
