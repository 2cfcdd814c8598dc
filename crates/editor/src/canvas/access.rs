//! Access: what screen readers, and tests, hear of the canvas: every visible card, port, knob and setting
//! with its name and value, at its place on the screen.

use super::input::canvas_id;
use crate::gesture::{GestureContext, knob_value, part_of_range, setting_text, value_at_part};
use crate::scene::{Card, KNOB, PortId, Scene, Side, kind_name};
use crate::scene::{DETAIL, HEADER};
use crate::value_text;
use crate::view::Focus;
use egui::accesskit::{Action, ActionData};
use egui::{Id, Rect, Role, Sense, Ui, Vec2, WidgetInfo};
use jackfield_patch::{AnnotationKind, Edit, NodeBody, PortRef};

/// How much of a knob's range an assistive device turns at once.
const STEP: f32 = 0.02;

/// Tells of what is visible, and does what an assistive device asks for. Costs nothing without one.
pub(crate) fn describe(ui: &Ui, context: &mut GestureContext<'_>) {
    let egui = ui.ctx();
    let name = format!("Patch {}", context.document.title());
    let described = egui.accesskit_node_builder(canvas_id(), |node| {
        node.set_role(Role::Canvas);
        node.set_label(name);
    });
    if described.is_none() {
        return;
    }
    let scene = context.scene;
    let visible = context.view.transform.visible();
    describe_annotations(ui, context, visible);
    for card in scene.cards_in(visible) {
        describe_card(ui, context, card);
        if context.view.transform.zoom >= DETAIL {
            for (port, place) in card.ports() {
                let at = context.view.transform.to_screen(card.rect.min + place.at.to_vec2());
                describe_port(ui, context, card, port, at);
                if place.dial.is_some() {
                    describe_knob(ui, context, scene, card, port.at);
                }
            }
            describe_settings(ui, context, card);
        }
    }
    point_at_focus(ui, context);
}

fn node_id(card: &Card) -> Id {
    canvas_id().with(("node", &*card.id))
}

fn port_id(card: &Card, port: PortId) -> Id {
    canvas_id().with(("port", &*card.id, port.side == Side::Input, port.at.port))
}

fn knob_id(card: &Card, port: usize) -> Id {
    canvas_id().with(("knob", &*card.id, port))
}

/// Registers something at its place, without taking clicks away from the canvas.
fn register(ui: &Ui, rect: Rect, id: Id, info: impl Fn() -> WidgetInfo) {
    ui.interact(rect, id, Sense::hover()).widget_info(info);
}

fn describe_card(ui: &Ui, context: &GestureContext<'_>, card: &Card) {
    let Some(node) = context.document.patch().node(card.node) else { return };
    let rect = context.view.transform.rect_to_screen(card.rect);
    let kind =
        node.spec().map_or_else(|| format!("missing type {}", node.type_id()), |spec| spec.name.to_owned());
    let muted = if node.muted { ", muted" } else { "" };
    let header =
        Rect::from_min_size(rect.min, egui::vec2(rect.width(), HEADER * context.view.transform.zoom));
    let is_selected = context.view.selection.nodes.contains(&card.id);
    register(ui, header, node_id(card), || {
        WidgetInfo::selected(Role::Group, true, is_selected, format!("{}, {kind}{muted}", card.id))
    });
}

fn describe_port(ui: &Ui, context: &GestureContext<'_>, card: &Card, port: PortId, at: egui::Pos2) {
    let Some(name) = context.scene.port_name(port) else { return };
    let side = if port.side == Side::Input { "input" } else { "output" };
    let kind = context.scene.kind(port).map_or("control", kind_name);
    let count = match port.side {
        Side::Input => context.scene.wires_into(port.at).count(),
        Side::Output => context.scene.wires.iter().filter(|wire| wire.from == port.at).count(),
    };
    let id = port_id(card, port);
    register(ui, Rect::from_center_size(at, Vec2::splat(12.0)), id, || {
        WidgetInfo::labeled(Role::Button, true, format!("{}.{name} {side}", card.id))
    });
    let cables = if count == 1 { "1 cable".to_owned() } else { format!("{count} cables") };
    ui.ctx().accesskit_node_builder(id, |node| node.set_value(format!("{kind}, {cables}")));
}

fn describe_knob(ui: &Ui, context: &mut GestureContext<'_>, scene: &Scene, card: &Card, at: PortRef) {
    let Some((knob, value)) = knob_value(context.document.patch(), at) else { return };
    let (Some(name), Some(dial)) = (scene.port_name(PortId::input(at)), scene.dial(at)) else { return };
    let id = knob_id(card, at.port);
    let zoom = context.view.transform.zoom;
    let rect = Rect::from_center_size(context.view.transform.to_screen(dial), Vec2::splat(2.0 * KNOB * zoom));
    register(ui, rect, id, || WidgetInfo::slider(true, value.into(), format!("{}.{name}", card.id)));
    ui.ctx().accesskit_node_builder(id, |node| {
        node.set_value(value_text::format(&knob, value));
        node.set_min_numeric_value(knob.min.into());
        node.set_max_numeric_value(knob.max.into());
        node.add_action(Action::Increment);
        node.add_action(Action::Decrement);
        node.add_action(Action::SetValue);
    });
    let mut wanted = None;
    ui.input(|input| {
        let asked = |action| input.num_accesskit_action_requests(id, action) as f32;
        let steps = asked(Action::Increment) - asked(Action::Decrement);
        if steps != 0.0 {
            let part = part_of_range(&knob, value) + steps * STEP;
            wanted = Some(value_at_part(&knob, part.clamp(0.0, 1.0)));
        }
        for request in input.accesskit_action_requests(id, Action::SetValue) {
            match &request.data {
                Some(ActionData::NumericValue(value)) => wanted = Some(knob.clamp(*value as f32)),
                Some(ActionData::Value(text)) => {
                    wanted = value_text::parse_in_time(&knob, text, context.tempo).ok().or(wanted);
                }
                _ => {}
            }
        }
    });
    if let Some(value) = wanted {
        context.edit(Edit::SetKnob { id: card.id.clone(), input: name, value });
    }
}

fn describe_settings(ui: &Ui, context: &GestureContext<'_>, card: &Card) {
    let Some(node) = context.document.patch().node(card.node) else { return };
    let NodeBody::Known { spec, settings, .. } = &node.body else { return };
    for (setting, value) in spec.settings.iter().zip(settings.values()) {
        let Some(rect) = context.scene.setting_rect(card.node, setting.index) else { continue };
        let rect = context.view.transform.rect_to_screen(rect);
        let id = canvas_id().with(("setting", &*card.id, setting.index));
        register(ui, rect, id, || {
            WidgetInfo::labeled(Role::Button, true, format!("{} {}", card.id, setting.name))
        });
        let text = setting_text(&setting.kind, value);
        ui.ctx().accesskit_node_builder(id, |node| node.set_value(text));
    }
}

fn describe_annotations(ui: &Ui, context: &GestureContext<'_>, visible: Rect) {
    for place in context.scene.annotations.iter().filter(|place| place.rect.intersects(visible)) {
        let Some(annotation) = context.document.patch().annotation(place.kind, &place.id) else { continue };
        let name = match place.kind {
            AnnotationKind::Comment => format!("Comment: {}", annotation.text),
            AnnotationKind::Frame => format!("Frame: {}", annotation.text),
        };
        let grip = Rect::from_min_size(place.rect.min, egui::vec2(place.rect.width(), crate::scene::TITLE));
        let id = canvas_id().with(("annotation", place.kind, &*place.id));
        let is_selected = context.view.selection.annotations.contains(&(place.kind, place.id.clone()));
        register(ui, context.view.transform.rect_to_screen(grip), id, || {
            WidgetInfo::selected(Role::Label, true, is_selected, name.clone())
        });
    }
}

/// The keyboard's place is what a screen reader speaks of while the canvas has the keyboard.
fn point_at_focus(ui: &Ui, context: &GestureContext<'_>) {
    let Some(focus) = context.view.focus else { return };
    let Some(card) = context.scene.card(focus.node()) else { return };
    let id = match focus {
        Focus::Node(_) => node_id(card),
        Focus::Port(port) if port.side == Side::Input && context.scene.dial(port.at).is_some() => {
            knob_id(card, port.at.port)
        }
        Focus::Port(port) => port_id(card, port),
    };
    if ui.ctx().has_accesskit_node(id) {
        ui.ctx().accesskit_node_builder(canvas_id(), |node| node.set_active_descendant(id.accesskit_id()));
    }
}
