//! The selection: nodes by id and cables by their ends, so that it survives undo.

use jackfield_patch::{AnnotationKind, CableEnds, NodeIndex, Patch};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is selected.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Selection {
    /// Ids of the selected nodes.
    pub(crate) nodes: BTreeSet<Arc<str>>,
    /// Ends of the selected cables.
    pub(crate) cables: BTreeSet<CableEnds>,
    /// Comments and frames.
    pub(crate) annotations: BTreeSet<(AnnotationKind, Arc<str>)>,
}

/// Nodes, comments and frames, by id.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// Ids of nodes.
    pub(crate) nodes: Vec<Arc<str>>,
    /// Comments and frames.
    pub(crate) annotations: Vec<(AnnotationKind, Arc<str>)>,
}

impl Selection {
    /// Selects nothing.
    pub(crate) fn clear(&mut self) {
        self.nodes.clear();
        self.cables.clear();
        self.annotations.clear();
    }

    /// Selects one node alone.
    pub(crate) fn set_node(&mut self, id: Arc<str>) {
        self.clear();
        self.nodes.insert(id);
    }

    /// Selects one cable alone.
    pub(crate) fn set_cable(&mut self, ends: CableEnds) {
        self.clear();
        self.cables.insert(ends);
    }

    /// Selects one comment or frame alone.
    pub(crate) fn set_annotation(&mut self, annotation: (AnnotationKind, Arc<str>)) {
        self.clear();
        self.annotations.insert(annotation);
    }

    /// Selects these nodes, comments and frames alone.
    pub(crate) fn set_parts(&mut self, parts: Parts) {
        self.clear();
        self.nodes.extend(parts.nodes);
        self.annotations.extend(parts.annotations);
    }

    /// Selects a node, or lets go of it when it is selected.
    pub(crate) fn toggle_node(&mut self, id: Arc<str>) {
        if !self.nodes.remove(&id) {
            self.nodes.insert(id);
        }
    }

    /// Selects a cable, or lets go of it when it is selected.
    pub(crate) fn toggle_cable(&mut self, ends: CableEnds) {
        if !self.cables.remove(&ends) {
            self.cables.insert(ends);
        }
    }

    /// Lets go of what is no longer in the patch.
    pub(crate) fn keep_existing(&mut self, patch: &Patch) {
        self.nodes.retain(|id| patch.find(id).is_some());
        self.cables.retain(|ends| patch.find_cable(ends).is_some());
        self.annotations.retain(|(kind, id)| patch.annotation(*kind, id).is_some());
    }

    /// The places of the selected nodes, ordered by id.
    pub(crate) fn indices(&self, patch: &Patch) -> Vec<NodeIndex> {
        self.nodes.iter().filter_map(|id| patch.find(id)).collect()
    }
}
