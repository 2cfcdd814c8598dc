//! Insert: a new node, connected to what it was asked for, where it lies on no other.
//!
//! A node for a port has its own port where the hand is. One for a cable stands behind where the cable comes
//! from, and what follows makes room.

use super::{snap, splice};
use crate::node_request::{Anchor, NodeRequest};
use crate::scene::{PortId, Scene, Side, card_layout};
use crate::theme::GRID;
use crate::transaction::Transaction;
use egui::{Pos2, Rect, Vec2, pos2, vec2};
use jackfield_node::{NodeSpec, PortKind};
use jackfield_patch::{
    Annotation, AnnotationKind, CableEnds, CableOptions, Edit, EditError, Node, Patch, PortRef,
};
use std::sync::Arc;

/// Space between a node put into a cable and those beside it.
const GAP: f32 = 6.0 * GRID;

/// The edit that adds a new node and connects it, and the node's id.
pub(crate) fn insert(
    patch: &Patch,
    scene: &Scene,
    spec: &'static NodeSpec,
    request: &NodeRequest,
) -> Result<(Edit, Arc<str>), EditError> {
    let mut transaction = Transaction::new(patch);
    let base = spec.id.rsplit('.').next().unwrap_or(spec.id);
    let mut node = Node::new(base, spec);
    let at = match &request.anchor {
        None => request.at,
        Some(Anchor::Port(other, port)) => port_at(patch, spec, other, *port, request.at),
        Some(Anchor::Cable(ends)) => make_room(&mut transaction, scene, spec, ends, request.at)?,
    };
    // What follows a node in a cable has made room already.
    node.at = if let Some(Anchor::Cable(_)) = &request.anchor {
        snap(at)
    } else {
        let wanted = Rect::from_min_size(snap(at).into(), card_layout(spec).size);
        scene.free_place(wanted, |_| true).into()
    };
    let id = transaction.add(node)?;
    match &request.anchor {
        None => {}
        Some(Anchor::Cable(ends)) => {
            if let Some(edit) = transaction
                .patch()
                .find_cable(ends)
                .and_then(|cable| splice::splice(transaction.patch(), &id, cable))
            {
                transaction.edit(edit)?;
            }
        }
        Some(Anchor::Port(other, port)) => {
            if let Some(ends) = joint(patch, spec, &id, other, *port) {
                transaction.connect(ends, CableOptions::default())?;
            }
        }
    }
    let edit = transaction.finish().unwrap_or(Edit::Batch(Vec::new()));
    Ok((edit, id))
}

/// The left top at which the port of a new node that fits another's has its middle at `at`.
fn port_at(patch: &Patch, spec: &NodeSpec, other: &Arc<str>, port: PortId, at: Pos2) -> Pos2 {
    let layout = card_layout(spec);
    let place = partner(patch, spec, other, port).and_then(|place| match port.side {
        Side::Output => layout.inputs.get(place),
        Side::Input => layout.outputs.get(place),
    });
    at - place.map_or(Vec2::ZERO, |place| place.at.to_vec2())
}

/// Pushes what follows a cable to the right as far as a new node needs; gives where that goes.
fn make_room(
    transaction: &mut Transaction,
    scene: &Scene,
    spec: &NodeSpec,
    ends: &CableEnds,
    at: Pos2,
) -> Result<Pos2, EditError> {
    let layout = card_layout(spec);
    let wire = transaction.patch().find_cable(ends).and_then(|cable| scene.wire_of(cable));
    let beside = |at: Pos2| scene.free_place(Rect::from_min_size(snap(at).into(), layout.size), |_| true);
    let Some(wire) = wire else { return Ok(beside(at)) };
    let (Some(source), Some(target)) = (scene.card(wire.from.node), scene.card(wire.to.node)) else {
        return Ok(beside(at));
    };
    let middle = at - layout.size / 2.0;
    let room = target.rect.left() - source.rect.right();
    if room < 0.0 {
        return Ok(beside(middle));
    }
    // In line with where the signal comes from.
    let port = splice::best_pair(spec, wire.kind).and_then(|(input, _)| layout.inputs.get(input));
    let level = scene.port(PortId::output(wire.from)).map_or(middle.y, |from| {
        from.y - port.filter(|port| port.dial.is_none()).map_or(44.0, |port| port.at.y)
    });
    let needed = layout.size.x + 2.0 * GAP;
    let left = if room >= needed {
        middle.x.clamp(source.rect.right() + GAP, target.rect.left() - GAP - layout.size.x)
    } else {
        source.rect.right() + GAP
    };
    let place = pos2(left, level);
    let moved = ((needed - room).max(0.0) / GRID).ceil() * GRID;
    let from = target.rect.left();
    push(transaction, scene, from, moved)?;
    let stays = |card: &crate::scene::Card| moved == 0.0 || card.rect.left() < from;
    Ok(scene.free_place(Rect::from_min_size(snap(place).into(), layout.size), stays))
}

/// Moves all that begins right of `from` by `by`, and makes frames wider that reach over it.
fn push(transaction: &mut Transaction, scene: &Scene, from: f32, by: f32) -> Result<(), EditError> {
    if by == 0.0 {
        return Ok(());
    }
    for card in scene.cards.iter().filter(|card| card.rect.left() >= from) {
        let at = (card.rect.min + vec2(by, 0.0)).into();
        transaction.edit(Edit::Move { id: card.id.clone(), at })?;
    }
    for place in &scene.annotations {
        let Some(before) = transaction.patch().annotation(place.kind, &place.id).cloned() else { continue };
        let begins_behind = place.rect.left() >= from;
        let reaches_over = place.kind == AnnotationKind::Frame && place.rect.right() > from;
        let annotation = match (begins_behind, reaches_over) {
            (true, _) => Annotation { at: [before.at[0] + by, before.at[1]], ..before },
            (false, true) => Annotation { size: [before.size[0] + by, before.size[1]], ..before },
            (false, false) => continue,
        };
        let annotation = Some(Box::new(annotation));
        transaction.edit(Edit::SetAnnotation { kind: place.kind, id: place.id.clone(), annotation })?;
    }
    Ok(())
}

/// The port of a new node that fits one of another node best: an input for an output, and the other way
/// round.
fn partner(patch: &Patch, spec: &NodeSpec, other: &Arc<str>, port: PortId) -> Option<usize> {
    let known = patch.node(patch.find(other)?)?.spec();
    let PortRef { port: place, .. } = port.at;
    match port.side {
        Side::Output => {
            let output = known.and_then(|spec| spec.outputs.get(place));
            splice::best_input(spec, output.map_or(PortKind::Control, |output| output.kind))
        }
        Side::Input => {
            let input = known.and_then(|spec| spec.inputs.get(place));
            splice::best_output(spec, input.map_or(PortKind::Control, |input| input.kind))
        }
    }
}

/// The ends of the cable between a port and the best port of a new node.
fn joint(patch: &Patch, spec: &NodeSpec, id: &Arc<str>, other: &Arc<str>, port: PortId) -> Option<CableEnds> {
    let node = patch.node(patch.find(other)?)?;
    let place = port.at.port;
    let own = partner(patch, spec, other, port)?;
    match port.side {
        Side::Output => {
            let input = spec.inputs[own].name;
            Some(CableEnds::new(other.clone(), node.output_names().nth(place)?, id.clone(), input))
        }
        Side::Input => {
            let output = spec.outputs[own].name;
            Some(CableEnds::new(id.clone(), output, other.clone(), node.input_names().nth(place)?))
        }
    }
}
