//! The browser: finds a node type by a few letters, tells what it is, and adds it, connected to what it
//! was asked for.

mod search;
pub(crate) mod show;

use crate::gesture::{GestureContext, insert};
use crate::node_request::NodeRequest;
use jackfield_node::NodeSpec;
use std::collections::BTreeSet;

/// How many recent types are remembered.
const RECENT: usize = 12;

/// Finds node types. See the [module](self).
#[derive(Debug, Default)]
pub(crate) struct Browser {
    open: Option<OpenBrowser>,
    /// Ids of the types added last, latest first.
    pub(crate) recent: Vec<String>,
    /// Ids of the types a person has marked.
    pub(crate) favourites: BTreeSet<String>,
}

#[derive(Debug)]
struct OpenBrowser {
    request: NodeRequest,
    query: String,
    chosen: usize,
    is_new: bool,
    /// The type that is being dragged out.
    dragged: Option<&'static NodeSpec>,
}

impl Browser {
    /// Opens for a node that is wanted.
    pub(crate) fn open(&mut self, request: NodeRequest) {
        self.open =
            Some(OpenBrowser { request, query: String::new(), chosen: 0, is_new: true, dragged: None });
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

impl Browser {
    /// Adds a node of a type, as it was requested, and selects it.
    fn add(&mut self, context: &mut GestureContext<'_>, spec: &'static NodeSpec, request: &NodeRequest) {
        match insert(context.document.patch(), context.scene, spec, request) {
            Ok((edit, id)) => {
                if context.edit(edit) {
                    context.selection().set_node(id);
                    self.remember(spec.id);
                }
            }
            Err(error) => context.view.refuse(&error),
        }
        context.view.take_keyboard = true;
    }
}
