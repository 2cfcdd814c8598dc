//! Drafts: several edits that depend on one another, tried on a copy first, so that they can be done as
//! one step or not at all.

use jackfield_patch::{Annotation, AnnotationKind, CableEnds, CableOptions, Edit, EditError, Node, Patch};
use std::sync::Arc;

/// A copy of the patch and the edits done to it.
pub(crate) struct Transaction {
    patch: Patch,
    edits: Vec<Edit>,
}

impl Transaction {
    /// Begins with the patch as it is.
    pub(crate) fn new(patch: &Patch) -> Self {
        Self { patch: patch.clone(), edits: Vec::new() }
    }

    /// The patch with the edits so far.
    pub(crate) fn patch(&self) -> &Patch {
        &self.patch
    }

    /// Does one more edit.
    pub(crate) fn edit(&mut self, edit: Edit) -> Result<(), EditError> {
        self.patch.apply(edit.clone())?;
        self.edits.push(edit);
        Ok(())
    }

    /// Adds a new node under a free id like the one it has, with a seed if it needs one; gives the id it got.
    pub(crate) fn add(&mut self, mut node: Node) -> Result<Arc<str>, EditError> {
        node.id = self.patch.free_id(&node.id).into();
        if node.spec().is_some_and(|spec| spec.is_random) {
            node.seed = Some(self.patch.fresh_seed(&node.id));
        }
        self.add_as_it_is(node)
    }

    /// Adds a node of another patch, or once more one of this, under a free id; gives that. The copy makes
    /// the random choices of the original.
    pub(crate) fn add_copy(&mut self, node: &Node, of: &Patch, at: [f32; 2]) -> Result<Arc<str>, EditError> {
        let mut copy = of.carried(node, self.patch.seed);
        copy.id = self.patch.free_id(&node.id).into();
        copy.at = at;
        self.add_as_it_is(copy)
    }

    fn add_as_it_is(&mut self, node: Node) -> Result<Arc<str>, EditError> {
        let id = node.id.clone();
        self.edit(Edit::AddNode(Box::new(node)))?;
        Ok(id)
    }

    /// Adds a comment or frame under a free id; gives it.
    pub(crate) fn add_annotation(
        &mut self,
        kind: AnnotationKind,
        annotation: Annotation,
    ) -> Result<Arc<str>, EditError> {
        let id = self.patch.free_annotation_id(kind);
        self.edit(Edit::SetAnnotation { kind, id: id.clone(), annotation: Some(Box::new(annotation)) })?;
        Ok(id)
    }

    /// Adds a cable unless there is one between these ends.
    pub(crate) fn connect(&mut self, ends: CableEnds, options: CableOptions) -> Result<(), EditError> {
        match self.patch.find_cable(&ends) {
            Some(_) => Ok(()),
            None => self.edit(Edit::Connect { ends, options }),
        }
    }

    /// All edits as one; nothing when there are none.
    pub(crate) fn finish(mut self) -> Option<Edit> {
        match self.edits.len() {
            0 => None,
            1 => self.edits.pop(),
            _ => Some(Edit::Batch(self.edits)),
        }
    }
}
