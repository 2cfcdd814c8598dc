//! Tidy: arranges nodes by signal flow, from left to right, in the window's shape.

use super::GestureContext;
use crate::arrange::{Tidying, tidy_edits};
use jackfield_patch::Edit;

/// Arranges the selected nodes, or all with their frames and comments when fewer than two are selected.
pub(crate) fn tidy(context: &mut GestureContext<'_>) {
    let selected = &context.view.selection.nodes;
    let only = (selected.len() >= 2).then_some(selected);
    let view = context.view.transform.view.size();
    let aspect = (view.x / view.y.max(1.0)).clamp(0.5, 4.0);
    let tidying = Tidying { patch: context.document.patch(), scene: context.scene, aspect };
    let edits = tidy_edits(&tidying, only);
    let all = only.is_none();
    if !edits.is_empty() && context.edit(Edit::Batch(edits)) && all {
        context.view.fit_next = true;
    }
}
