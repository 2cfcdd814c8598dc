//! Colour: gives the selected nodes, cables, comments and frames a hue, or their own colour back.

use super::GestureContext;
use jackfield_patch::{Annotation, Edit, Hue};

/// The hues to choose from, in degrees.
pub(crate) const HUES: [(Hue, &str); 8] = [
    (0, "Red"),
    (30, "Orange"),
    (55, "Yellow"),
    (120, "Green"),
    (175, "Teal"),
    (210, "Blue"),
    (265, "Violet"),
    (320, "Pink"),
];

/// Colours what is selected.
pub(crate) fn colour(context: &mut GestureContext<'_>, hue: Option<Hue>) {
    let patch = context.document.patch();
    let selection = &context.view.selection;
    let nodes = selection.nodes.iter().map(|id| Edit::SetHue { id: id.clone(), hue });
    let cables = selection.cables.iter().map(|ends| Edit::SetCableHue { ends: ends.clone(), hue });
    let annotations = selection.annotations.iter().filter_map(|(kind, id)| {
        let annotation = Annotation { hue, ..patch.annotation(*kind, id)?.clone() };
        Some(Edit::SetAnnotation { kind: *kind, id: id.clone(), annotation: Some(Box::new(annotation)) })
    });
    let edits: Vec<Edit> = nodes.chain(cables).chain(annotations).collect();
    if edits.is_empty() {
        context.view.tell("Select something to colour first.");
    } else {
        context.edit(Edit::Batch(edits));
    }
}

/// Goes on to the next colour; after the last one comes none.
pub(crate) fn next_colour(context: &mut GestureContext<'_>) {
    let next = match current(context) {
        None => Some(HUES[0].0),
        Some(hue) => HUES.iter().map(|(hue, _)| *hue).find(|next| *next > hue),
    };
    colour(context, next);
}

/// The colour of the first thing selected.
fn current(context: &GestureContext<'_>) -> Option<Hue> {
    let (patch, selection) = (context.document.patch(), &context.view.selection);
    if let Some(id) = selection.nodes.first() {
        return patch.node(patch.find(id)?)?.hue;
    }
    if let Some(ends) = selection.cables.first() {
        return patch.cable(patch.find_cable(ends)?)?.2.hue;
    }
    let (kind, id) = selection.annotations.first()?;
    patch.annotation(*kind, id)?.hue
}
