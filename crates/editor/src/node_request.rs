//! What a new node is wanted for, until one is chosen in the browser.

use crate::scene::{PortId, Side};
use egui::Pos2;
use jackfield_node::PortKind;
use jackfield_patch::CableEnds;
use std::sync::Arc;

/// A wish for a node: where it goes and what it has to fit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NodeRequest {
    /// Where the node goes on the canvas.
    pub(crate) at: Pos2,
    /// Where the browser opens on the screen.
    pub(crate) screen: Pos2,
    /// What it is connected to.
    pub(crate) anchor: Option<Anchor>,
    /// The port it has to have: on which side, and of which kind best.
    pub(crate) wanted: Option<(Side, PortKind)>,
}

/// What a new node is connected to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Anchor {
    /// A port, by its node's id and its place.
    Port(Arc<str>, PortId),
    /// A cable to be spliced.
    Cable(CableEnds),
}

impl NodeRequest {
    /// A node that stands alone.
    pub(crate) fn alone(at: Pos2, screen: Pos2) -> Self {
        Self { at, screen, anchor: None, wanted: None }
    }

    /// A node in a cable that carries a signal of this kind.
    pub(crate) fn in_cable(ends: CableEnds, kind: PortKind, at: Pos2, screen: Pos2) -> Self {
        Self { at, screen, anchor: Some(Anchor::Cable(ends)), wanted: Some((Side::Input, kind)) }
    }
}
