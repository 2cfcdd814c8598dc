//! Delete: selected nodes and cables go; healing joins what a deleted node connected.

use super::Stage;
use crate::draft::Draft;
use jackfield_patch::{CableEnds, CableIndex, CableOptions, Edit, EditError, NodeIndex, Patch};

/// Deletes what is selected, as one step.
pub(crate) fn delete(stage: &mut Stage<'_>) {
    let selection = stage.selection();
    let cables = selection.cables.iter().map(|ends| Edit::Disconnect { ends: ends.clone() });
    let nodes = selection.nodes.iter().map(|id| Edit::RemoveNode { id: id.clone() });
    let annotations = selection.annotations.iter().map(|(kind, id)| Edit::SetAnnotation {
        kind: *kind,
        id: id.clone(),
        annotation: None,
    });
    let edits: Vec<Edit> = cables.chain(nodes).chain(annotations).collect();
    if !edits.is_empty() && stage.edit(Edit::Batch(edits)) {
        stage.selection().clear();
    }
}

/// Deletes the selected nodes one by one and joins what each connected. Selected cables just go.
pub(crate) fn heal(stage: &mut Stage<'_>) {
    match healed(stage.document.patch(), stage.view.selection.clone()) {
        Ok(Some(edit)) => {
            if stage.edit(edit) {
                stage.selection().clear();
            }
        }
        Ok(None) => {}
        Err(error) => stage.view.refuse(&error),
    }
}

fn healed(patch: &Patch, selection: crate::selection::Selection) -> Result<Option<Edit>, EditError> {
    let mut draft = Draft::new(patch);
    for ends in selection.cables {
        draft.edit(Edit::Disconnect { ends })?;
    }
    for id in selection.nodes {
        let Some(node) = draft.patch().find(&id) else { continue };
        let joints = joints(draft.patch(), node);
        draft.edit(Edit::RemoveNode { id })?;
        for (ends, options) in joints {
            draft.connect(ends, options)?;
        }
    }
    Ok(draft.finish())
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
