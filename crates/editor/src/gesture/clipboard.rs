//! Copy and paste: nodes, comments and frames travel as patch text, between editors and through forum posts.

use super::{Stage, snap};
use crate::draft::Draft;
use crate::selection::{Parts, Selection};
use egui::{Pos2, Rect, Vec2, pos2, vec2};
use jackfield_patch::{Annotation, CableEnds, CableOptions, Edit, EditError, Patch, read, write};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The selected nodes, the cables among them, comments and frames as patch text; nothing when none is selected.
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
    for (kind, id) in &selection.annotations {
        part.add_annotation(*kind, patch.annotation(*kind, id)?.clone()).ok()?;
    }
    (!selection.nodes.is_empty() || !selection.annotations.is_empty()).then(|| write(part.patch()))
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
        Ok((Some(edit), parts)) => {
            if stage.edit(edit) {
                stage.selection().set_parts(parts);
            }
        }
        Ok((None, _)) => {}
        Err(error) => stage.view.refuse(&error),
    }
}

fn added(patch: &Patch, pasted: &Patch, at: Pos2) -> Result<(Option<Edit>, Parts), EditError> {
    let by = at - bounds(pasted).center();
    let mut draft = Draft::new(patch);
    let mut names: BTreeMap<Arc<str>, Arc<str>> = BTreeMap::new();
    for (_, node) in pasted.nodes() {
        let mut copy = node.clone();
        copy.at = moved(node.at, by);
        names.insert(node.id.clone(), draft.add(copy)?);
    }
    for (cable, _, _, content) in pasted.cables() {
        let Some(ends) = pasted.ends(cable) else { continue };
        let (Some(from), Some(to)) = (names.get(&ends.from), names.get(&ends.to)) else { continue };
        let ends = CableEnds { from: from.clone(), to: to.clone(), ..ends };
        draft.connect(ends, CableOptions::of(content))?;
    }
    let mut parts = Parts { nodes: names.into_values().collect(), ..Parts::default() };
    for (kind, _, annotation) in pasted.annotations() {
        let copy = Annotation { at: moved(annotation.at, by), ..annotation.clone() };
        parts.annotations.push((kind, draft.add_annotation(kind, copy)?));
    }
    Ok((draft.finish(), parts))
}

/// What a patch covers, as far as it is known without drawing it.
fn bounds(patch: &Patch) -> Rect {
    let node = |[x, y]: [f32; 2]| Rect::from_min_size(pos2(x, y), Vec2::ZERO);
    let nodes = patch.nodes().map(|(_, content)| node(content.at));
    let annotations =
        patch.annotations().map(|(.., Annotation { at: [x, y], size: [width, height], .. })| {
            Rect::from_min_size(pos2(*x, *y), vec2(*width, *height))
        });
    nodes.chain(annotations).fold(Rect::NOTHING, Rect::union)
}

fn moved([x, y]: [f32; 2], by: Vec2) -> [f32; 2] {
    snap(pos2(x, y) + by)
}
