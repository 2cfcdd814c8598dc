//! The state of the editor but for its panels: what the canvas, the panels and the actions all work with.

use crate::action::Action;
use crate::analysis::Meters;
use crate::browser::Browser;
use crate::canvas::InputState;
use crate::document::Document;
use crate::gesture::{GestureContext, Pointer};
use crate::host::{Command, PlanFacts};
use crate::probes::Probes;
use crate::scene::Scene;
use crate::signals::Signals;
use crate::view::View;

/// See the [module](self).
#[derive(Debug)]
pub(crate) struct EditorState {
    pub(crate) document: Document,
    pub(crate) view: View,
    pub(crate) input: InputState,
    pub(crate) scene: Scene,
    pub(crate) signals: Signals,
    pub(crate) meters: Meters,
    pub(crate) probes: Probes,
    /// What the compiler made of the patch.
    pub(crate) plan: PlanFacts,
    pub(crate) browser: Browser,
    /// Beats per minute of the transport, if there is one.
    pub(crate) tempo: Option<f32>,
    /// Whether the host says that everything is silent.
    pub(crate) is_muted: bool,
    /// Whether a waveform or spectrum with a signal was drawn in this frame.
    pub(crate) is_live: bool,
    /// Actions that were asked for and are still to be dispatched.
    pub(crate) actions: Vec<Action>,
    /// What only the program can do.
    pub(crate) commands: Vec<Command>,
}

impl EditorState {
    /// The state with which an editor of a document begins.
    pub(crate) fn new(document: Document) -> Self {
        Self {
            document,
            view: View { fit_next: true, take_keyboard: true, ..View::default() },
            input: InputState::default(),
            scene: Scene::default(),
            signals: Signals::default(),
            meters: Meters::default(),
            probes: Probes::default(),
            plan: PlanFacts::default(),
            browser: Browser::default(),
            tempo: None,
            is_muted: false,
            is_live: false,
            actions: Vec::new(),
            commands: Vec::new(),
        }
    }

    /// What gestures work with.
    pub(crate) fn gesture_context(&mut self) -> GestureContext<'_> {
        self.split().1
    }

    /// The state of the input, and what gestures work with.
    pub(crate) fn split(&mut self) -> (&mut InputState, GestureContext<'_>) {
        let context = GestureContext {
            document: &mut self.document,
            scene: &self.scene,
            view: &mut self.view,
            pointer: Pointer::default(),
            tempo: self.tempo,
        };
        (&mut self.input, context)
    }

    /// Opens the browser for the node that is wanted, if one is.
    pub(crate) fn open_browser(&mut self) {
        if let Some(request) = self.view.node_request.take() {
            self.browser.open(request);
        }
    }
}
