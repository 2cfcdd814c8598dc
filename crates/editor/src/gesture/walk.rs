//! Walk: the keyboard goes from node to node and from port to port, turns knobs and connects.

use super::knob_turn::{FINE, knob_value, part_of_range, value_at_part};
use super::{GestureContext, snap};
use crate::scene::{PortId, Side};
use crate::theme::GRID;
use crate::view::Focus;
use egui::{Vec2, vec2};
use jackfield_patch::{Edit, NodeIndex};

/// Which way the keyboard goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Left,
    Right,
    Up,
    Down,
}

impl Direction {
    fn vector(self) -> Vec2 {
        match self {
            Self::Left => vec2(-1.0, 0.0),
            Self::Right => vec2(1.0, 0.0),
            Self::Up => vec2(0.0, -1.0),
            Self::Down => vec2(0.0, 1.0),
        }
    }
}

/// Goes to the nearest card in a direction; with Shift moves the selected ones a grid step.
pub(crate) fn walk(context: &mut GestureContext<'_>, direction: Direction) {
    if context.pointer.modifiers.shift {
        return nudge(context, direction);
    }
    let Some(card) = current(context).and_then(|node| context.scene.card(node)) else {
        let visible = context.transform().visible();
        let first = context.scene.cards_in(visible).next().or(context.scene.cards.first());
        if let Some(node) = first.map(|card| card.node) {
            go_to(context, Focus::Node(node));
        }
        return;
    };
    let along = direction.vector();
    let distance = |other: &crate::scene::Card| {
        let way = other.rect.center() - card.rect.center();
        let (ahead, aside) = (way.dot(along), way.dot(along.rot90()).abs());
        // In a cone of 45 degrees to both sides, sideways counting double.
        (ahead > 0.0 && aside <= ahead + card.rect.size().max_elem()).then_some(ahead + 2.0 * aside)
    };
    let others = context.scene.cards.iter().filter(|other| other.node != card.node);
    let nearest = others.filter_map(|other| Some((distance(other)?, other.node)));
    if let Some((_, node)) = nearest.min_by(|a, b| a.0.total_cmp(&b.0)) {
        go_to(context, Focus::Node(node));
    }
}

fn nudge(context: &mut GestureContext<'_>, direction: Direction) {
    let by = direction.vector() * GRID;
    let patch = context.document.patch();
    let moves = context.view.selection.nodes.iter().filter_map(|id| {
        let [x, y] = patch.node(patch.find(id)?)?.at;
        Some(Edit::Move { id: id.clone(), at: snap(egui::pos2(x, y) + by) })
    });
    let moves: Vec<Edit> = moves.collect();
    if !moves.is_empty() {
        context.edit(Edit::Batch(moves));
    }
}

/// The node the keyboard is at: the focused one, else a selected one.
pub(crate) fn current(context: &GestureContext<'_>) -> Option<NodeIndex> {
    let focused = context.view.focus.map(Focus::node).filter(|&node| context.scene.card(node).is_some());
    focused.or_else(|| context.view.selection.indices(context.document.patch()).first().copied())
}

/// Points the keyboard at something and brings it into view.
pub(crate) fn go_to(context: &mut GestureContext<'_>, focus: Focus) {
    let Some(card) = context.scene.card(focus.node()) else { return };
    let (id, rect) = (card.id.clone(), card.rect);
    context.view.focus = Some(focus);
    if context.view.connecting.is_none() {
        context.selection().set_node(id);
    }
    context.view.transform.reveal(rect);
}

/// Goes to the next port of the focused node, or the one before.
pub(crate) fn walk_ports(context: &mut GestureContext<'_>, forward: bool) {
    let Some(node) = current(context) else { return };
    let Some(card) = context.scene.card(node) else { return };
    // The card itself comes before its first port.
    let mut stops = vec![Focus::Node(node)];
    stops.extend(card.ports().map(|(port, _)| Focus::Port(port)));
    let at = context.view.focus.and_then(|focus| stops.iter().position(|stop| *stop == focus)).unwrap_or(0);
    let step = if forward { 1 } else { stops.len() - 1 };
    go_to(context, stops[(at + step) % stops.len()]);
}

/// On a port: begins a cable, or ends the one begun.
pub(crate) fn press_enter(context: &mut GestureContext<'_>) {
    match (context.view.focus, context.view.connecting) {
        (Some(Focus::Port(port)), Some(from)) if from.side != port.side => {
            if let Some(ends) = context.ends(from, port) {
                context.edit(Edit::connect(ends));
            }
            context.view.connecting = None;
        }
        (Some(Focus::Port(port)), _) => begin_cable(context, port),
        _ => walk_ports(context, true),
    }
}

fn begin_cable(context: &mut GestureContext<'_>, port: PortId) {
    context.view.connecting = Some(port);
    let other = if port.side == Side::Output { "an input" } else { "an output" };
    context.view.tell(format!("Go to {other} and press Enter to connect; Escape leaves it."));
}

/// Turns the focused knob by a fiftieth of its range, with Shift by a five-hundredth.
pub(crate) fn step_knob(context: &mut GestureContext<'_>, up: bool) {
    let Some(Focus::Port(PortId { side: Side::Input, at })) = context.view.focus else { return };
    let Some((knob, value)) = knob_value(context.document.patch(), at) else { return };
    let step = 0.02 * if context.pointer.modifiers.shift { FINE } else { 1.0 };
    let part = part_of_range(&knob, value) + if up { step } else { -step };
    let Some((id, input)) = context.knob_names(at) else { return };
    context.edit(Edit::SetKnob { id, input, value: value_at_part(&knob, part.clamp(0.0, 1.0)) });
}
