//! Duplicate: the selected nodes once more, with the cables among them and those into them.

use super::Stage;
use crate::draft::Draft;
use crate::theme::GRID;
use jackfield_patch::{CableEnds, CableOptions, Edit, EditError, Patch};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How far the copies stand from the originals.
const OFFSET: f32 = 4.0 * GRID;

/// Duplicates the selected nodes and selects the copies.
pub(crate) fn duplicate(stage: &mut Stage<'_>) {
    let ids: Vec<_> = stage.view.selection.nodes.iter().cloned().collect();
    match duplicated(stage.document.patch(), &ids) {
        Ok((Some(edit), copies)) => {
            if stage.edit(edit) {
                stage.selection().set_nodes(copies);
            }
        }
        Ok((None, _)) => {}
        Err(error) => stage.view.refuse(&error),
    }
}

fn duplicated(patch: &Patch, ids: &[Arc<str>]) -> Result<(Option<Edit>, Vec<Arc<str>>), EditError> {
    let mut draft = Draft::new(patch);
    let mut copies: BTreeMap<Arc<str>, Arc<str>> = BTreeMap::new();
    for id in ids {
        let Some(node) = patch.find(id).and_then(|index| patch.node(index)) else { continue };
        let mut copy = node.clone();
        copy.at = copy.at.map(|place| place + OFFSET);
        copies.insert(id.clone(), draft.add(copy)?);
    }
    for id in copies.keys() {
        let Some(node) = patch.find(id) else { continue };
        for (cable, ..) in patch.cables_into(node) {
            let (Some(ends), Some((_, _, content))) = (patch.ends(cable), patch.cable(cable)) else {
                continue;
            };
            // What comes from outside the copies feeds both.
            let from = copies.get(&ends.from).unwrap_or(&ends.from).clone();
            let to = copies[id].clone();
            let copy = CableEnds { from, to, ..ends };
            draft.connect(copy, CableOptions::of(content))?;
        }
    }
    Ok((draft.finish(), copies.into_values().collect()))
}
