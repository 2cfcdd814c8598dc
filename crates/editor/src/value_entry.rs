//! What is being typed on the canvas. How it begins and what it changes is in `gesture/type_value.rs`.

use egui::Rect;
use jackfield_node::Knob;
use jackfield_patch::{AnnotationKind, CableEnds, CableIndex, NodeIndex, PortRef};
use std::sync::Arc;

/// Something being typed on the canvas.
#[derive(Debug)]
pub(crate) struct ValueEntry {
    /// Id of the node or annotation; of a cable, of the node it comes from.
    pub(crate) id: Arc<str>,
    pub(crate) field: EntryField,
    pub(crate) text: String,
    /// Whether the field has not been shown yet.
    pub(crate) is_new: bool,
}

/// What is typed.
#[derive(Debug)]
pub(crate) enum EntryField {
    Knob { at: PortRef, input: Arc<str>, knob: Knob },
    Text { node: NodeIndex, place: usize, setting: &'static str, are_steps: bool },
    Depth { ends: CableEnds, cable: CableIndex },
    Name { node: NodeIndex },
    Annotation { kind: AnnotationKind, rect: Rect },
}
