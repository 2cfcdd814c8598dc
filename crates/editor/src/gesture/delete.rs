//! Delete: selected nodes and cables go; healing joins what a deleted node connected.

use super::GestureContext;
use crate::transaction::Transaction;
use jackfield_patch::{CableEnds, CableIndex, CableOptions, Edit, EditError, NodeIndex, Patch};

/// Deletes what is selected, as one step.
pub(crate) fn delete(context: &mut GestureContext<'_>) {
    let selection = context.selection();
    let cables = selection.cables.iter().map(|ends| Edit::Disconnect { ends: ends.clone() });
    let nodes = selection.nodes.iter().map(|id| Edit::RemoveNode { id: id.clone() });
    let annotations = selection.annotations.iter().map(|(kind, id)| Edit::SetAnnotation {
        kind: *kind,
        id: id.clone(),
        annotation: None,
    });
    let edits: Vec<Edit> = cables.chain(nodes).chain(annotations).collect();
    if !edits.is_empty() && context.edit(Edit::Batch(edits)) {
        context.selection().clear();
    }
}

/// Deletes the selected nodes one by one and joins what each connected. Selected cables just go.
pub(crate) fn heal(context: &mut GestureContext<'_>) {
    match healed(context.document.patch(), context.view.selection.clone()) {
        Ok(Some(edit)) => {
            if context.edit(edit) {
                context.selection().clear();
            }
        }
        Ok(None) => {}
        Err(error) => context.view.refuse(&error),
    }
}

fn healed(patch: &Patch, selection: crate::selection::Selection) -> Result<Option<Edit>, EditError> {
    let mut transaction = Transaction::new(patch);
    for ends in selection.cables {
        transaction.edit(Edit::Disconnect { ends })?;
    }
    for id in selection.nodes {
        let Some(node) = transaction.patch().find(&id) else { continue };
        let joints = joints(transaction.patch(), node);
        transaction.edit(Edit::RemoveNode { id })?;
        for (ends, options) in joints {
            transaction.connect(ends, options)?;
        }
    }
    Ok(transaction.finish())
}

/// The cables that go past a node: from whatever feeds its main input to whatever its outputs feed.
///
/// The main input is, of those with cables, the first that is no knob, else the first. Depths multiply.
fn joints(patch: &Patch, node: NodeIndex) -> Vec<(CableEnds, CableOptions)> {
    let mut into: Vec<CableIndex> = patch.cables_into(node).map(|cable| cable.0).collect();
    into.sort_unstable();
    let spec = patch.node(node).and_then(jackfield_patch::Node::spec);
    let is_knob =
        |input: usize| spec.is_some_and(|spec| spec.inputs.get(input).is_some_and(|one| one.knob.is_some()));
    let main = into
        .iter()
        .filter_map(|&cable| Some(patch.cable(cable)?.1.port))
        .min_by_key(|&input| (is_knob(input), input));
    let Some(main) = main else { return Vec::new() };
    let mut onward: Vec<CableIndex> = patch.cables_out_of(node).map(|cable| cable.0).collect();
    onward.sort_unstable();
    let mut joints = Vec::new();
    for &first in &into {
        for &second in &onward {
            let (Some((from, input, before)), Some((_, to, after))) =
                (patch.cable(first), patch.cable(second))
            else {
                continue;
            };
            // A loop through the node itself ends with it.
            if input.port != main || from.node == node || to.node == node {
                continue;
            }
            let (Some(left), Some(right)) = (patch.ends(first), patch.ends(second)) else { continue };
            let limit = jackfield_patch::limits::CABLE_DEPTH;
            let options = CableOptions {
                depth: (before.depth * after.depth).clamp(-limit, limit),
                ..CableOptions::of(after)
            };
            joints.push((CableEnds::new(left.from, left.output, right.to, right.input), options));
        }
    }
    joints
}
