//! Copy and paste: nodes travel as patch text, between editors and through forum posts.

use super::{Stage, snap};
use crate::draft::Draft;
use crate::selection::Selection;
use egui::{Pos2, Rect, pos2};
use jackfield_patch::{CableEnds, CableOptions, Edit, EditError, Patch, read, write};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The selected nodes and the cables among them as patch text; nothing when no node is selected.
pub(crate) fn copy(patch: &Patch, selection: &Selection) -> Option<String> {
    let mut part = Draft::new(&Patch::new());
    for id in &selection.nodes {
        let node = patch.find(id).and_then(|index| patch.node(index))?;
        part.edit(Edit::AddNode(Box::new(node.clone()))).ok()?;
    }
    for index in selection.indices(patch) {
        for (cable, ..) in patch.cables_into(index) {
            let (ends, content) = (patch.ends(cable)?, patch.cable(cable)?.2);
            if selection.nodes.contains(&ends.from) {
                part.connect(ends, CableOptions::of(content)).ok()?;
            }
        }
    }
    (!selection.nodes.is_empty()).then(|| write(part.patch()))
}

/// Adds the patch in a text, its middle at `at`, and selects what came. The text may stand in a longer
/// one, like a forum post.
pub(crate) fn paste(stage: &mut Stage<'_>, text: &str, at: Pos2) {
    let (Some(start), Some(end)) = (text.find('{'), text.rfind('}')) else {
        stage.view.tell("The clipboard holds no patch.");
        return;
    };
    let text = text.get(start..=end).unwrap_or_default();
    let pasted = match read(text, stage.document.registry()) {
        Ok((pasted, warnings)) => {
            if let Some(warning) = warnings.first() {
                stage.view.tell(warning.to_string());
            }
            pasted
        }
        Err(error) => return stage.view.refuse(&error),
    };
    match added(stage.document.patch(), &pasted, at) {
        Ok((Some(edit), ids)) => {
            if stage.edit(edit) {
                stage.selection().set_nodes(ids);
            }
        }
        Ok((None, _)) => {}
        Err(error) => stage.view.refuse(&error),
    }
}

fn added(patch: &Patch, pasted: &Patch, at: Pos2) -> Result<(Option<Edit>, Vec<Arc<str>>), EditError> {
    let places = pasted.nodes().map(|(_, node)| pos2(node.at[0], node.at[1]));
    let bounds = places.fold(Rect::NOTHING, |bounds, place| bounds.union(Rect::from_min_max(place, place)));
    let by = pos2(at.x, at.y) - bounds.center();
    let mut draft = Draft::new(patch);
    let mut names: BTreeMap<Arc<str>, Arc<str>> = BTreeMap::new();
    for (_, node) in pasted.nodes() {
        let mut copy = node.clone();
        copy.at = snap(pos2(node.at[0], node.at[1]) + by);
        names.insert(node.id.clone(), draft.add(copy)?);
    }
    for (cable, _, _, content) in pasted.cables() {
        let Some(ends) = pasted.ends(cable) else { continue };
        let (Some(from), Some(to)) = (names.get(&ends.from), names.get(&ends.to)) else { continue };
        let ends = CableEnds { from: from.clone(), to: to.clone(), ..ends };
        draft.connect(ends, CableOptions::of(content))?;
    }
    Ok((draft.finish(), names.into_values().collect()))
}
