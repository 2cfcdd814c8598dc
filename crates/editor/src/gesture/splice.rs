//! Splice: a node is put into a cable, so that the signal goes through it.

use super::GestureContext;
use jackfield_node::{NodeSpec, PortKind};
use jackfield_patch::{CableEnds, CableIndex, CableOptions, Edit, Patch};
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
