//! The view state: everything on the screen that is not in the document. Nothing of it is ever saved in a
//! patch.

use crate::canvas::{PortId, Target, Transform};
use crate::gesture::{Gesture, ValueEntry};
use crate::piano::Piano;
use crate::selection::Selection;
use crate::theme::Theme;
use egui::Vec2;
use jackfield_patch::{NodeIndex, PortRef};
use std::sync::Arc;

/// What one sees and is about to do.
#[derive(Debug, Default)]
pub(crate) struct View {
    /// Where one looks.
    pub(crate) transform: Transform,
    /// What is selected.
    pub(crate) selection: Selection,
    /// What the mouse is in the middle of.
    pub(crate) gesture: Gesture,
    /// What is under the cursor.
    pub(crate) hover: Target,
    /// What the keyboard points at.
    pub(crate) focus: Option<Focus>,
    /// The port from which the keyboard is connecting.
    pub(crate) connecting: Option<PortId>,
    /// The value being typed.
    pub(crate) entry: Option<ValueEntry>,
    /// What the open context menu is about.
    pub(crate) menu: Target,
    /// What is drawn over the patch.
    pub(crate) overlays: Overlays,
    /// The colours.
    pub(crate) theme: Theme,
    /// The last thing to tell.
    pub(crate) notice: Option<Notice>,
    /// Show everything with the next frame.
    pub(crate) fit_next: bool,
    /// Where one looked when everything was last shown, and the window's size then: as long as one looks
    /// there, everything stays in view when the window changes its size.
    pub(crate) fitted: Option<(Transform, Vec2)>,
    /// Text for the clipboard.
    pub(crate) copied: Option<String>,
    /// Where the last click was, on the screen.
    pub(crate) last_click: egui::Pos2,
    /// The knob the wheel turned last, and the number of that gesture.
    pub(crate) scrolling: Option<(PortRef, u64)>,
    /// Beats per minute of the transport, if there is one.
    pub(crate) tempo: Option<f32>,
    /// Where the cursor is on the screen, while it is on the canvas.
    pub(crate) cursor: Option<egui::Pos2>,
    /// Whether a waveform or spectrum with a signal was drawn in this frame.
    pub(crate) lives: bool,
    /// The notes that are held.
    pub(crate) piano: Piano,
    /// Whether the piano stands below the canvas.
    pub(crate) shows_piano: bool,
    /// Whether the patch stands as text beside the canvas.
    pub(crate) shows_outline: bool,
    /// Whether every gesture and key is shown.
    pub(crate) shows_help: bool,
    /// Whether a window that Escape closes stands over the canvas.
    pub(crate) leaves_escape: bool,
    /// Whether a panel has the keyboard to itself.
    pub(crate) is_modal: bool,
    /// Whether keys mean something on the canvas: no field has the keyboard.
    pub(crate) has_keyboard: bool,
    /// Give the canvas the keyboard with the next frame.
    pub(crate) take_keyboard: bool,
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
    /// Tells why something was refused.
    pub(crate) fn refuse(&mut self, error: &dyn std::fmt::Display) {
        self.notice = Some(Notice { text: error.to_string().into(), is_error: true });
    }

    /// Tells what was done.
    pub(crate) fn tell(&mut self, text: impl Into<Arc<str>>) {
        self.notice = Some(Notice { text: text.into(), is_error: false });
    }
}
