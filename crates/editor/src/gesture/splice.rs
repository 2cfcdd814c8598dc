//! Splice: a node is put into a cable, so that the signal goes through it.

use super::GestureContext;
use crate::node_request::Anchor;
use crate::scene::PortId;
use crate::transaction::Transaction;
use jackfield_node::{NodeSpec, PortKind};
use jackfield_patch::{CableEnds, CableIndex, CableOptions, Edit, EditError, Node, Patch, PortRef};
use std::sync::Arc;

/// How near the middle of a card has to come to a cable, on the canvas.
const REACH: f32 = 24.0;

/// The cable under a card that is free to be spliced into it.
pub(crate) fn cable_under(context: &GestureContext<'_>, id: &str) -> Option<CableIndex> {
    let patch = context.document.patch();
    let node = patch.find(id)?;
    let spec = patch.node(node)?.spec()?;
    let is_loose = patch.cables_into(node).next().is_none() && patch.cables_out_of(node).next().is_none();
    if !is_loose || spec.inputs.is_empty() || spec.outputs.is_empty() {
        return None;
    }
    let [x, y] = patch.node(node)?.at;
    let size = context.scene.card(node)?.layout.size;
    let middle = egui::pos2(x, y) + size / 2.0;
    context.scene.cable_near(middle, REACH.max(size.y / 2.0 - 8.0)).map(|(cable, _)| cable)
}

/// The input and output of a node through which a signal of this kind goes best: the first of its kind
/// that is no knob, else the first that is no knob, else the first.
pub(crate) fn best_pair(spec: &NodeSpec, kind: PortKind) -> Option<(usize, usize)> {
    Some((best_input(spec, kind)?, best_output(spec, kind)?))
}

/// The input that takes a signal of this kind best.
pub(crate) fn best_input(spec: &NodeSpec, kind: PortKind) -> Option<usize> {
    let rank = |input: &&jackfield_node::Input| (input.kind != kind, input.knob.is_some(), input.index);
    spec.inputs.iter().min_by_key(rank).map(|input| input.index)
}

/// The output that gives a signal of this kind best.
pub(crate) fn best_output(spec: &NodeSpec, kind: PortKind) -> Option<usize> {
    spec.outputs.iter().min_by_key(|output| (output.kind != kind, output.index)).map(|output| output.index)
}

/// The edit that puts a node of the patch into a cable. The depth stays at the cable's end.
pub(crate) fn splice(patch: &Patch, id: &Arc<str>, cable: CableIndex) -> Option<Edit> {
    let spec = patch.node(patch.find(id)?)?.spec()?;
    let (from, _, options) = patch.cable(cable)?;
    let kind = patch.node(from.node)?.spec().and_then(|spec| spec.outputs.get(from.port))?.kind;
    let ends = patch.ends(cable)?;
    let (input, output) = best_pair(spec, kind)?;
    let into = CableEnds::new(ends.from.clone(), ends.output.clone(), id.clone(), spec.inputs[input].name);
    let onward = CableEnds::new(id.clone(), spec.outputs[output].name, ends.to.clone(), ends.input.clone());
    let options = CableOptions::of(options);
    Some(Edit::Batch(vec![
        Edit::Disconnect { ends },
        Edit::connect(into),
        Edit::Connect { ends: onward, options },
    ]))
}

/// The edit that adds a new node, connects it, and takes out a cable that it replaces; and the node's id.
pub(crate) fn insert(
    patch: &Patch,
    spec: &'static NodeSpec,
    at: [f32; 2],
    anchor: Option<&Anchor>,
    lifted: Option<&CableEnds>,
) -> Result<(Edit, Arc<str>), EditError> {
    let mut transaction = Transaction::new(patch);
    let base = spec.id.rsplit('.').next().unwrap_or(spec.id);
    let mut node = Node::new(base, spec);
    node.at = at;
    let id = transaction.add(node)?;
    let mut options = CableOptions::default();
    if let Some(ends) = lifted {
        if let Some((_, _, cable)) = patch.find_cable(ends).and_then(|cable| patch.cable(cable)) {
            options = CableOptions::of(cable);
        }
        transaction.edit(Edit::Disconnect { ends: ends.clone() })?;
    }
    match anchor {
        None => {}
        Some(Anchor::Cable(ends)) => {
            if let Some(edit) =
                transaction.patch().find_cable(ends).and_then(|cable| splice(transaction.patch(), &id, cable))
            {
                transaction.edit(edit)?;
            }
        }
        Some(Anchor::Port(other, port)) => {
            if let Some(ends) = joint(patch, spec, &id, other, *port) {
                transaction.connect(ends, options)?;
            }
        }
    }
    let edit = transaction.finish().unwrap_or(Edit::Batch(Vec::new()));
    Ok((edit, id))
}

/// The ends of the cable between a port and the best port of a new node.
fn joint(patch: &Patch, spec: &NodeSpec, id: &Arc<str>, other: &Arc<str>, port: PortId) -> Option<CableEnds> {
    let node = patch.node(patch.find(other)?)?;
    let PortRef { port: place, .. } = port.at;
    match port.side {
        crate::scene::Side::Output => {
            let kind = node
                .spec()
                .and_then(|spec| spec.outputs.get(place))
                .map_or(PortKind::Control, |output| output.kind);
            let input = spec.inputs[best_input(spec, kind)?].name;
            Some(CableEnds::new(other.clone(), node.output_names().nth(place)?, id.clone(), input))
        }
        crate::scene::Side::Input => {
            let kind = node
                .spec()
                .and_then(|spec| spec.inputs.get(place))
                .map_or(PortKind::Control, |input| input.kind);
            let output = spec.outputs[best_output(spec, kind)?].name;
            Some(CableEnds::new(id.clone(), output, other.clone(), node.input_names().nth(place)?))
        }
    }
}
