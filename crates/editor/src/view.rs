//! The view: where one looks, what is selected and pointed at, what is about to be done. Gestures read and
//! change it; nothing of it is ever saved in a patch.

use crate::node_request::NodeRequest;
use crate::scene::{PortId, Target, Transform};
use crate::selection::Selection;
use crate::theme::Theme;
use crate::value_entry::ValueEntry;
use jackfield_patch::{NodeIndex, PortRef};
use std::sync::Arc;

/// What one sees and is about to do.
#[derive(Debug, Default)]
pub(crate) struct View {
    /// Where one looks.
    pub(crate) transform: Transform,
    /// Show everything with the next frame.
    pub(crate) fit_next: bool,
    /// What is selected.
    pub(crate) selection: Selection,
    /// Where the cursor is on the screen, while it is on the canvas.
    pub(crate) cursor: Option<egui::Pos2>,
    /// What is under the cursor.
    pub(crate) hover: Target,
    /// The knob the wheel turned last, and the number of that gesture.
    pub(crate) scrolling: Option<(PortRef, u64)>,
    /// What the keyboard points at.
    pub(crate) focus: Option<Focus>,
    /// The port from which the keyboard is connecting.
    pub(crate) connecting: Option<PortId>,
    /// Give the canvas the keyboard with the next frame.
    pub(crate) take_keyboard: bool,
    /// The value being typed.
    pub(crate) entry: Option<ValueEntry>,
    /// The node that is wanted; the browser opens for it.
    pub(crate) node_request: Option<NodeRequest>,
    /// What is drawn over the patch.
    pub(crate) overlays: Overlays,
    /// The colours.
    pub(crate) theme: Theme,
    /// The last thing to tell.
    pub(crate) notice: Option<Notice>,
}

/// What the keyboard points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Focus {
    /// A card.
    Node(NodeIndex),
    /// A port, with its knob if it has one.
    Port(PortId),
}

impl Focus {
    /// The node it is on.
    pub(crate) fn node(self) -> NodeIndex {
        match self {
            Self::Node(node) => node,
            Self::Port(port) => port.at.node,
        }
    }
}

/// What is drawn over the patch.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Overlays {
    /// The number of each node in the order they compute.
    pub(crate) order: bool,
    /// The load of each node, as heat.
    pub(crate) load: bool,
    /// Hides the map of the whole patch.
    pub(crate) no_map: bool,
}

/// Something to tell, like why an edit was refused.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Notice {
    pub(crate) text: Arc<str>,
    /// Whether something went wrong.
    pub(crate) is_error: bool,
}

impl View {
    /// A wish for a node where the cursor is; without one on the canvas, in the middle.
    pub(crate) fn request_here(&self) -> NodeRequest {
        if let Some(at) = self.cursor {
            return NodeRequest::alone(self.transform.to_canvas(at), at);
        }
        let at = self.transform.view.center();
        NodeRequest::alone(self.transform.to_canvas(at), at - egui::vec2(248.0, 176.0))
    }

    /// Tells why something was refused.
    pub(crate) fn refuse(&mut self, error: &dyn std::fmt::Display) {
        self.notice = Some(Notice { text: error.to_string().into(), is_error: true });
    }

    /// Tells what was done.
    pub(crate) fn tell(&mut self, text: impl Into<Arc<str>>) {
        self.notice = Some(Notice { text: text.into(), is_error: false });
    }
}
