//! The browser: finds a node type by a few letters, tells what it is, and adds it, connected to what it
//! was asked for.

mod search;
pub(crate) mod show;

use crate::canvas::Side;
use crate::gesture::{Anchor, GestureContext, insert, snap};
use egui::Pos2;
use jackfield_node::{NodeSpec, PortKind};
use jackfield_patch::CableEnds;
use std::collections::BTreeSet;

/// How many recent types are remembered.
const RECENT: usize = 12;

/// Finds node types. See the [module](self).
#[derive(Debug, Default)]
pub(crate) struct Browser {
    open: Option<Open>,
    /// Ids of the types added last, latest first.
    pub(crate) recent: Vec<String>,
    /// Ids of the types a person has marked.
    pub(crate) favourites: BTreeSet<String>,
}

/// What a node is wanted for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request {
    /// Where it goes on the canvas.
    pub(crate) at: Pos2,
    /// What it is connected to.
    pub(crate) anchor: Option<Anchor>,
    /// The port it has to have: on which side, and of which kind best.
    pub(crate) wanted: Option<(Side, PortKind)>,
}

#[derive(Debug)]
struct Open {
    request: Request,
    /// Where the window stands on the screen.
    screen: Pos2,
    query: String,
    chosen: usize,
    is_new: bool,
    /// The type that is being dragged out.
    dragged: Option<&'static NodeSpec>,
}

impl Browser {
    /// Opens at a place on the screen.
    pub(crate) fn open(&mut self, request: Request, screen: Pos2) {
        self.open =
            Some(Open { request, screen, query: String::new(), chosen: 0, is_new: true, dragged: None });
    }

    /// Opens for a node that stands alone.
    pub(crate) fn open_at(&mut self, at: Pos2, screen: Pos2) {
        self.open(Request { at, anchor: None, wanted: None }, screen);
    }

    /// Opens for a node in a cable.
    pub(crate) fn open_for_cable(&mut self, ends: CableEnds, kind: PortKind, at: Pos2, screen: Pos2) {
        let request = Request { at, anchor: Some(Anchor::Cable(ends)), wanted: Some((Side::Input, kind)) };
        self.open(request, screen);
    }

    /// Whether it is open.
    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Closes it.
    pub(crate) fn close(&mut self) {
        self.open = None;
    }

    /// Remembers a type as the latest.
    fn remember(&mut self, id: &str) {
        self.recent.retain(|recent| recent != id);
        self.recent.insert(0, id.to_owned());
        self.recent.truncate(RECENT);
    }
}

/// Adds a node of a type, as it was requested, and selects it.
pub(crate) fn add(context: &mut GestureContext<'_>, spec: &'static NodeSpec, request: &Request) {
    let at = snap(request.at);
    match insert(context.document.patch(), spec, at, request.anchor.as_ref(), None) {
        Ok((edit, id)) => {
            if context.edit(edit) {
                context.selection().set_node(id);
                context.browser.remember(spec.id);
            }
        }
        Err(error) => context.view.refuse(&error),
    }
    context.view.take_keyboard = true;
}
