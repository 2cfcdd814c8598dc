//! Annotation: write a comment on the canvas, put a frame around the selection; drag one to move it, and with
//! a frame all that stands in it; drag its corner to make it larger.

use super::{GestureContext, snap};
use crate::theme::GRID;
use crate::value_entry::ValueEntry;
use egui::{Pos2, Rect, Vec2, pos2, vec2};
use jackfield_patch::{Annotation, AnnotationKind, Edit, limits};
use std::sync::Arc;

/// Size of a new comment.
const COMMENT: Vec2 = vec2(208.0, 64.0);
/// Space between a frame and the cards in it; above them is its title.
const MARGIN: f32 = 2.0 * GRID;
/// Size of a new frame around nothing.
const FRAME: Vec2 = vec2(320.0, 208.0);

/// Writes a comment, its left top at a place on the canvas.
pub(crate) fn comment(context: &mut GestureContext<'_>, at: Pos2) {
    add(context, AnnotationKind::Comment, Rect::from_min_size(snap(at).into(), COMMENT));
}

/// Puts a frame around the selected nodes; without any, around a place on the canvas.
pub(crate) fn frame(context: &mut GestureContext<'_>, at: Pos2) {
    let indices = context.view.selection.indices(context.document.patch());
    let cards = indices.into_iter().filter_map(|node| context.scene.card(node));
    let around = cards.fold(Rect::NOTHING, |bounds, card| bounds.union(card.rect));
    let rect = if around.is_positive() {
        let title = vec2(0.0, crate::scene::TITLE);
        Rect::from_min_max(around.min - Vec2::splat(MARGIN) - title, around.max + Vec2::splat(MARGIN))
    } else {
        Rect::from_center_size(at, FRAME)
    };
    add(context, AnnotationKind::Frame, Rect::from_min_max(snap(rect.min).into(), snap(rect.max).into()));
}

fn add(context: &mut GestureContext<'_>, kind: AnnotationKind, rect: Rect) {
    let id = context.document.patch().free_annotation_id(kind);
    let annotation = Annotation::new(rect.min.into(), rect.size().into());
    if context.edit(Edit::SetAnnotation { kind, id: id.clone(), annotation: Some(Box::new(annotation)) }) {
        context.selection().set_annotation((kind, id.clone()));
        context.view.entry = Some(ValueEntry::begin_annotation(kind, id, rect, String::new()));
    }
}

/// An annotation being moved or made larger.
#[derive(Debug)]
pub(crate) struct AnnotationDrag {
    kind: AnnotationKind,
    id: Arc<str>,
    /// The annotation as it was.
    before: Annotation,
    /// The nodes in a frame that is moved, and where they were.
    nodes: Vec<(Arc<str>, Pos2)>,
    /// The comments in it.
    comments: Vec<(Arc<str>, Annotation)>,
    resizes: bool,
    gesture: u64,
    moved: bool,
}

impl AnnotationDrag {
    /// Begins on the annotation at this position in the scene.
    pub(crate) fn begin(context: &mut GestureContext<'_>, number: usize, resizes: bool) -> Option<Self> {
        let place = context.scene.annotations.get(number)?;
        let (kind, id, rect) = (place.kind, place.id.clone(), place.rect);
        let patch = context.document.patch();
        let before = patch.annotation(kind, &id)?.clone();
        let carries = kind == AnnotationKind::Frame && !resizes;
        let inside = |other: &Rect| carries && rect.contains_rect(*other);
        let cards = context.scene.cards.iter().filter(|card| inside(&card.rect));
        let nodes = cards.map(|card| (card.id.clone(), card.rect.min)).collect();
        let others = context.scene.annotations.iter();
        let comments = others
            .filter(|other| other.kind == AnnotationKind::Comment && inside(&other.rect))
            .filter_map(|other| Some((other.id.clone(), patch.annotation(other.kind, &other.id)?.clone())))
            .collect();
        context.selection().set_annotation((kind, id.clone()));
        let gesture = context.document.begin_gesture();
        Some(Self { kind, id, before, nodes, comments, resizes, gesture, moved: false })
    }

    pub(crate) fn update(&mut self, context: &mut GestureContext<'_>) {
        let by = context.here() - context.transform().to_canvas(context.pointer.origin);
        let mut annotation = self.before.clone();
        if self.resizes {
            let [width, height] = self.before.size;
            let size =
                Pos2::from(snap(pos2(width, height) + by)).max(Pos2::from([limits::ANNOTATION_SIZE; 2]));
            annotation.size = size.into();
        } else {
            annotation.at = snap(Pos2::from(self.before.at) + by);
        }
        if context.document.patch().annotation(self.kind, &self.id) == Some(&annotation) {
            return;
        }
        let by = Pos2::from(annotation.at) - Pos2::from(self.before.at);
        let set = |kind, id: &Arc<str>, annotation| Edit::SetAnnotation {
            kind,
            id: id.clone(),
            annotation: Some(Box::new(annotation)),
        };
        let mut edits = vec![set(self.kind, &self.id, annotation)];
        edits.extend(
            self.nodes.iter().map(|(id, from)| Edit::Move { id: id.clone(), at: (*from + by).into() }),
        );
        edits.extend(self.comments.iter().map(|(id, comment)| {
            let at = (Pos2::from(comment.at) + by).into();
            set(AnnotationKind::Comment, id, Annotation { at, ..comment.clone() })
        }));
        self.moved |= context.edit_in_gesture(Edit::Batch(edits), self.gesture);
    }

    pub(crate) fn cancel(self, context: &mut GestureContext<'_>) {
        if self.moved {
            context.document.undo();
        }
    }
}
