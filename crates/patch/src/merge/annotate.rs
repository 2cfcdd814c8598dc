//! Conflicts as comments on the canvas, beside the nodes they are about.

use super::Conflict;
use crate::{Annotation, AnnotationKind, Edit, Hue, Patch, limits};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Width of a comment, in points.
const WIDTH: f32 = 280.0;
/// Height of a line of text, in points.
const LINE: f32 = 18.0;
/// Letters in a line of that width.
const LETTERS: usize = 40;
/// Red.
const HUE: Hue = 0;

/// Writes a comment for each node that is in conflict, above the node, and one for the whole patch.
pub(super) fn mark(patch: &mut Patch, conflicts: &[Conflict]) {
    let mut by_node: BTreeMap<Option<Arc<str>>, Vec<&str>> = BTreeMap::new();
    for conflict in conflicts {
        by_node.entry(conflict.node.clone()).or_default().push(&conflict.text);
    }
    for (node, texts) in by_node {
        let at = node.and_then(|id| patch.named(&id)).map_or_else(|| corner(patch), |node| node.at);
        let mut text = format!("Conflict: {}", texts.join("\n"));
        let boundary = (0..=limits::ANNOTATION_BYTES).rev().find(|&byte| text.is_char_boundary(byte));
        text.truncate(boundary.unwrap_or(0));
        let lines: usize = text.lines().map(|line| line.chars().count() / LETTERS + 1).sum();
        let height = LINE * (lines + 1) as f32;
        let top = (at[1] - height - LINE).clamp(-limits::CANVAS, limits::CANVAS);
        let mut comment = Annotation::new([at[0], top], [WIDTH, height.min(limits::CANVAS)]);
        (comment.text, comment.hue) = (text, Some(HUE));
        let kind = AnnotationKind::Comment;
        let id = patch.free_annotation_id(kind);
        // A canvas that is full of comments has no room for one more; the conflicts are told besides.
        let _ = patch.apply(Edit::SetAnnotation { kind, id, annotation: Some(Box::new(comment)) });
    }
}

/// Left top of all nodes.
fn corner(patch: &Patch) -> [f32; 2] {
    let least = |axis: usize| patch.nodes().map(|(_, node)| node.at[axis]).reduce(f32::min).unwrap_or(0.0);
    [least(0), least(1)]
}
