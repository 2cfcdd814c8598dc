//! Painting what is on a card: ports and their labels, settings, knobs.

use super::paint_context::PaintContext;
use super::paint_knob::{Dial, paint_knob};
use super::paint_port::{label_side, paint_port, paint_socket};
use crate::gesture::{knob_value, modulation, part_of_range, setting_text};
use crate::scene::{Card, Detail, KNOB, KNOB_NAME, LABEL, PORT, PortId, PortPlace, Side, Target};
use crate::title::spoken;
use crate::value_text;
use crate::view::Focus;
use egui::{Align2, Painter, Pos2, Rect, Stroke, pos2, vec2};
use jackfield_node::{Knob, Unit};
use jackfield_patch::{Node, NodeBody, PortRef};

/// The names of the ports at the sides.
pub(super) fn paint_labels(context: &PaintContext<'_>, painter: &Painter, card: &Card) {
    let zoom = context.view.transform.zoom;
    for (port, place) in card.ports().filter(|(_, place)| place.is_labelled) {
        let at = context.view.transform.to_screen(card.rect.min + place.at.to_vec2());
        let at = at + vec2(LABEL * label_side(port.side) * zoom, 0.0);
        let anchor = if port.side == Side::Input { Align2::LEFT_CENTER } else { Align2::RIGHT_CENTER };
        let colour = if is_patched(context, port) { context.palette.text } else { context.palette.weak };
        context.name(painter, at, anchor, &spoken(&place.name), colour);
    }
}

/// Whether a port has a cable.
fn is_patched(context: &PaintContext<'_>, port: PortId) -> bool {
    match port.side {
        Side::Input => context.scene.is_patched(port.at),
        Side::Output => context.scene.is_source(port.at),
    }
}

/// All ports, each in a socket of the canvas's colour.
pub(super) fn paint_ports(context: &PaintContext<'_>, painter: &Painter, card: &Card, is_muted: bool) {
    let transform = &context.view.transform;
    let detail = transform.detail();
    for (port, place) in card.ports() {
        let is_patched = is_patched(context, port);
        // From afar only what has a cable.
        if !is_patched && detail < Detail::Names {
            continue;
        }
        let at = transform.to_screen(card.rect.min + place.at.to_vec2());
        paint_one_port(context, painter, port, place, at, is_patched, is_muted);
    }
}

fn paint_one_port(
    context: &PaintContext<'_>,
    painter: &Painter,
    port: PortId,
    place: &PortPlace,
    at: Pos2,
    is_patched: bool,
    is_muted: bool,
) {
    let (palette, zoom) = (context.palette, context.view.transform.zoom);
    let is_dock = place.dial.is_some();
    let is_meant = context.view.hover == Target::Port(port);
    // While a cable is in the hand, every place where it could go is to be seen.
    let grows = is_meant || context.gesture.seeks(port.side);
    let radius = match (is_dock, is_patched || grows) {
        (false, _) => PORT,
        (true, true) => 4.4,
        (true, false) => 3.0,
    } * zoom.max(0.5);
    let socket = match (is_dock, is_patched) {
        (false, _) => 8.5,
        (true, true) => 8.0,
        (true, false) => 6.5,
    } * zoom;
    if context.view.transform.detail().has_parts() {
        paint_socket(painter, at, socket, palette.canvas, palette.edge(), port.side, is_dock);
    }
    let own = palette.port(place.kind);
    let colour = match (is_muted, is_dock && !is_patched && !grows) {
        (true, _) => palette.canvas.lerp_to_gamma(own, 0.5),
        // A row of free docks is texture, not noise.
        (false, true) => palette.surface.lerp_to_gamma(own, 0.62),
        (false, false) => own,
    };
    let fill = if is_patched { colour } else { palette.canvas };
    paint_port(painter, at, radius, place.kind, is_dock, colour, fill);
    if is_meant || context.view.focus == Some(Focus::Port(port)) && !is_dock {
        painter.circle_stroke(at, radius + 5.0, Stroke::new(1.5, palette.accent));
    }
    if context.view.connecting == Some(port) {
        painter.circle_filled(at, radius + 4.0, palette.accent.gamma_multiply(0.35));
    }
}

/// The rows of the settings: the name, and the value as a chip that can be clicked.
pub(super) fn paint_settings(context: &PaintContext<'_>, painter: &Painter, card: &Card, node: &Node) {
    let NodeBody::Known { spec, settings, .. } = &node.body else { return };
    let (palette, zoom) = (context.palette, context.view.transform.zoom);
    for (setting, value) in spec.settings.iter().zip(settings.values()) {
        let Some(row) = card.layout.settings.get(setting.index) else { continue };
        if card.layout.face == Some(*row) {
            continue;
        }
        let row = context.view.transform.rect_to_screen(row.translate(card.rect.min.to_vec2()));
        let is_meant = context.view.hover == Target::Setting(card.node, setting.index);
        let lifted = palette.surface.lerp_to_gamma(palette.text, if is_meant { 0.12 } else { 0.06 });
        painter.rect_filled(row, 4.0 * zoom, lifted);
        let inset = vec2(7.0 * zoom, 0.0);
        let name = spoken(setting.name);
        let taken =
            context.name(painter, row.left_center() + inset, Align2::LEFT_CENTER, &name, palette.weak);
        let text = spoken(&setting_text(&setting.kind, value));
        let colour = if is_meant { palette.accent } else { palette.text };
        let left = row.left() + 2.0 * inset.x + taken;
        let room = Rect::from_min_max(pos2(left, row.top()), row.max - inset);
        context.value_within(painter, room, &text, colour);
    }
}

/// The knobs: dial, name, value.
pub(super) fn paint_knobs(context: &PaintContext<'_>, painter: &Painter, card: &Card) {
    for (port, place) in card.ports() {
        let Some(dial) = place.dial else { continue };
        let dial = context.view.transform.to_screen(card.rect.min + dial.to_vec2());
        let value = context.view.transform.rect_to_screen(place.value.translate(card.rect.min.to_vec2()));
        paint_lead(context, painter, card, port, place, dial);
        paint_one_knob(context, painter, port.at, place, dial, value);
    }
}

/// From a patched dock between the columns up to its dial.
fn paint_lead(
    context: &PaintContext<'_>,
    painter: &Painter,
    card: &Card,
    port: PortId,
    place: &PortPlace,
    dial: Pos2,
) {
    let dock = context.view.transform.to_screen(card.rect.min + place.at.to_vec2());
    let zoom = context.view.transform.zoom;
    if (dock.x - dial.x).abs() < 1.0 || !is_patched(context, port) {
        return;
    }
    let turn = dial.y + 20.0 * zoom;
    let points = vec![
        dock - vec2(0.0, 6.0 * zoom),
        pos2(dock.x, turn),
        pos2(dock.x + 6.0 * zoom, turn - 6.0 * zoom),
        pos2(dial.x - 8.0 * zoom, turn - 6.0 * zoom),
    ];
    let colour = context.palette.port(place.kind).gamma_multiply(0.75);
    painter.add(egui::Shape::line(points, Stroke::new(1.2, colour)));
}

fn paint_one_knob(
    context: &PaintContext<'_>,
    painter: &Painter,
    at: PortRef,
    place: &PortPlace,
    dial: Pos2,
    value_rect: Rect,
) {
    let Some((knob, value)) = knob_value(context.document.patch(), at) else { return };
    let (palette, zoom) = (context.palette, context.view.transform.zoom);
    let is_meant = context.view.hover.knob() == Some(at);
    let is_focused = context.view.focus == Some(Focus::Port(PortId::input(at)));
    let shape = Dial {
        at: dial,
        radius: KNOB * zoom,
        value: part_of_range(&knob, value),
        origin: origin(&knob),
        modulation: if context.scene.is_patched(at) {
            modulation(context.document, &context.view.selection, context.signals, at)
        } else {
            None
        },
        is_meant,
        is_focused,
    };
    paint_knob(painter, &shape, palette, palette.port(place.kind));
    let colour = if is_meant { palette.accent } else { palette.text };
    let width = value_rect.width().max(56.0 * zoom);
    let name = Rect::from_center_size(dial + vec2(0.0, KNOB_NAME * zoom), vec2(width, 14.0 * zoom));
    context.name_centred(painter, name, &spoken(&place.name), palette.weak);
    if context.view.transform.detail() == Detail::Full {
        context.bold_centred(painter, value_rect, &value_text::format(&knob, value), colour);
    }
}

/// Where the arc of a value begins: at zero, or where a knob leaves things as they are, else at the left.
fn origin(knob: &Knob) -> f32 {
    let neutral = match knob.unit {
        Unit::Ratio => 1.0,
        _ => 0.0,
    };
    let has_neutral = knob.unit == Unit::Ratio || knob.min < 0.0;
    if has_neutral && knob.min < neutral && knob.max > neutral { part_of_range(knob, neutral) } else { 0.0 }
}
