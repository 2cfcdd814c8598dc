//! Copy and paste: nodes, comments and frames travel as patch text, between editors and through forum posts.

use super::{GestureContext, snap};
use crate::scene::{Scene, card_size};
use crate::selection::{Parts, Selection};
use crate::transaction::Transaction;
use egui::{Pos2, Rect, Vec2, pos2, vec2};
use jackfield_patch::{Annotation, CableEnds, CableOptions, Edit, EditError, Patch, read, write};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The selected nodes, the cables among them, comments and frames as patch text; nothing when none is
/// selected.
pub(crate) fn copy(patch: &Patch, selection: &Selection) -> Option<String> {
    let mut part = Transaction::new(&Patch::new());
    for id in &selection.nodes {
        let node = patch.find(id).and_then(|index| patch.node(index))?;
        part.edit(Edit::AddNode(Box::new(patch.carried(node, part.patch().seed)))).ok()?;
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
pub(crate) fn paste(context: &mut GestureContext<'_>, text: &str, at: Pos2) {
    let (Some(start), Some(end)) = (text.find('{'), text.rfind('}')) else {
        context.view.tell("The clipboard holds no patch.");
        return;
    };
    let text = text.get(start..=end).unwrap_or_default();
    let pasted = match read(text, context.document.registry()) {
        Ok((pasted, warnings)) => {
            if let Some(warning) = warnings.first() {
                context.view.tell(warning.to_string());
            }
            pasted
        }
        Err(error) => return context.view.refuse(&error),
    };
    let at = free_centre(context.scene, &pasted, at);
    match added(context.document.patch(), &pasted, at) {
        Ok((Some(edit), parts)) => {
            if context.edit(edit) {
                context.selection().set_parts(parts);
            }
        }
        Ok((None, _)) => {}
        Err(error) => context.view.refuse(&error),
    }
}

fn added(patch: &Patch, pasted: &Patch, at: Pos2) -> Result<(Option<Edit>, Parts), EditError> {
    let by = at - bounds(pasted).center();
    let mut transaction = Transaction::new(patch);
    let mut names: BTreeMap<Arc<str>, Arc<str>> = BTreeMap::new();
    for (_, node) in pasted.nodes() {
        names.insert(node.id.clone(), transaction.add_copy(node, pasted, moved(node.at, by))?);
    }
    for (cable, _, _, content) in pasted.cables() {
        let Some(ends) = pasted.ends(cable) else { continue };
        let (Some(from), Some(to)) = (names.get(&ends.from), names.get(&ends.to)) else { continue };
        let ends = CableEnds { from: from.clone(), to: to.clone(), ..ends };
        transaction.connect(ends, CableOptions::of(content))?;
    }
    let mut parts = Parts { nodes: names.into_values().collect(), ..Parts::default() };
    for (kind, _, annotation) in pasted.annotations() {
        let copy = Annotation { at: moved(annotation.at, by), ..annotation.clone() };
        parts.annotations.push((kind, transaction.add_annotation(kind, copy)?));
    }
    Ok((transaction.finish(), parts))
}

/// The point nearest to `at` around which what is pasted lies on no card.
fn free_centre(scene: &Scene, pasted: &Patch, at: Pos2) -> Pos2 {
    let bounds = bounds(pasted);
    if !bounds.is_positive() {
        return at;
    }
    let wanted = Rect::from_min_size(snap(at - bounds.size() / 2.0).into(), bounds.size());
    scene.free_place(wanted, |_| true) + bounds.size() / 2.0
}

/// What a patch covers.
fn bounds(patch: &Patch) -> Rect {
    let nodes = patch.nodes().map(|(_, node)| Rect::from_min_size(node.at.into(), card_size(node).into()));
    let annotations =
        patch.annotations().map(|(.., Annotation { at: [x, y], size: [width, height], .. })| {
            Rect::from_min_size(pos2(*x, *y), vec2(*width, *height))
        });
    nodes.chain(annotations).fold(Rect::NOTHING, Rect::union)
}

fn moved([x, y]: [f32; 2], by: Vec2) -> [f32; 2] {
    snap(pos2(x, y) + by)
}
