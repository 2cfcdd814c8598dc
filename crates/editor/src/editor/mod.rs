//! The editor: one frame after another.

mod dispatch;
mod dropped;

use crate::action::{ACTIONS, Action};
use crate::browser;
use crate::canvas::{self, PaintContext, SignalAnalysis};
use crate::document::{Changes, Document};
use crate::host::{Command, Host};
use crate::menu;
use crate::panels::Panels;
use crate::scene::Transform;
use crate::state::EditorState;
use crate::theme::Theme;
use crate::view::{Focus, View};
use egui::{CentralPanel, Event, Frame, Response, Ui, Vec2};
use jackfield_node::Registry;
use jackfield_patch::Patch;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// How long it takes until a level is read again while nothing moves.
const IDLE: Duration = Duration::from_millis(100);
/// How long it takes while something moves.
const MOVING: Duration = Duration::from_millis(16);
/// How long it takes while a waveform or spectrum is on the screen.
const LIVE: Duration = Duration::from_millis(33);

/// The patch editor: a document, what one sees of it, and nothing of the world around.
#[derive(Debug)]
pub struct Editor {
    state: EditorState,
    panels: Panels,
    /// Text for the clipboard.
    copied: Option<String>,
    /// Where one looked when everything was last shown, and the window's size then: as long as one looks
    /// there, everything stays in view when the window changes its size.
    fitted: Option<(Transform, Vec2)>,
    /// The theme that egui was told of.
    applied: Option<Theme>,
}

impl Editor {
    /// An editor of an empty patch.
    pub fn new(registry: Arc<Registry>) -> Self {
        Self::with_document(Document::new(registry, Patch::new(), None))
    }

    /// An editor of this document.
    pub fn with_document(document: Document) -> Self {
        let state = EditorState::new(document);
        Self { state, panels: Panels::default(), copied: None, fitted: None, applied: None }
    }

    /// Opens another document. Colours, favourites and panels stay.
    pub fn open(&mut self, document: Document) {
        let state = &mut self.state;
        state.input.piano.release_all();
        let piano = std::mem::take(&mut state.input.piano);
        let fresh = EditorState::new(document);
        state.document = fresh.document;
        state.view = View { theme: state.view.theme, ..fresh.view };
        state.input = fresh.input;
        state.input.piano = piano;
        state.scene = fresh.scene;
        state.plan = fresh.plan;
        state.probes.begin_anew();
        state.browser.close();
        self.fitted = None;
    }

    /// The document.
    pub fn document(&self) -> &Document {
        &self.state.document
    }

    /// The document, to save it, restore it or edit it from outside.
    pub fn document_mut(&mut self) -> &mut Document {
        &mut self.state.document
    }

    /// The colours.
    pub fn theme(&self) -> Theme {
        self.state.view.theme
    }

    /// Chooses the colours.
    pub fn set_theme(&mut self, theme: Theme) {
        self.state.view.theme = theme;
    }

    /// Ids of the node types added last, latest first, to be kept between runs.
    pub fn recent_types(&self) -> &[String] {
        &self.state.browser.recent
    }

    /// Ids of the node types a person has marked, to be kept between runs.
    pub fn favourite_types(&self) -> &BTreeSet<String> {
        &self.state.browser.favourites
    }

    /// Brings back what was kept between runs.
    pub fn set_known_types(&mut self, recent: Vec<String>, favourites: BTreeSet<String>) {
        self.state.browser.recent = recent;
        self.state.browser.favourites = favourites;
    }

    /// How many of the hints for the first minutes were read, to be kept between runs.
    pub fn hints_read(&self) -> usize {
        self.panels.hints.read
    }

    /// Brings back how many hints were read; 0 for a person who is new.
    pub fn set_hints_read(&mut self, read: usize) {
        self.panels.hints.read = read;
    }

    /// Tells the person something, in a line that goes by itself.
    pub fn tell(&mut self, text: impl Into<Arc<str>>) {
        self.state.view.tell(text);
    }

    /// Tells the person that something went wrong.
    pub fn refuse(&mut self, error: &dyn std::fmt::Display) {
        self.state.view.refuse(error);
    }

    /// Draws one frame, does what the person did, and gives what only the program can do.
    ///
    /// On the thread that owns the window. What the person changed in this frame reaches the host in this
    /// frame, but for what was typed into a field, which reaches it in the next one; that is asked for at
    /// once.
    pub fn ui(&mut self, ui: &mut Ui, host: &mut dyn Host) -> Vec<Command> {
        if self.applied != Some(self.state.view.theme) {
            self.state.view.theme.apply(ui.ctx());
            self.applied = Some(self.state.view.theme);
        }
        let has_moved = self.read_host(ui, host);
        self.panels.docked(&mut self.state, ui, host);
        self.dispatch_all();
        CentralPanel::default().frame(Frame::NONE).show(ui, |ui| self.canvas(ui, host));
        if let Some(text) = self.copied.take() {
            ui.ctx().copy_text(text);
        }
        self.watch(ui, host);
        for message in self.state.input.piano.take() {
            host.midi(message);
        }
        self.ask_for_frame(ui, host, has_moved);
        std::mem::take(&mut self.state.commands)
    }

    /// Reads levels and status; true when a level that is shown has changed.
    fn read_host(&mut self, ui: &Ui, host: &mut dyn Host) -> bool {
        let state = &mut self.state;
        let seconds = ui.input(|input| input.stable_dt);
        let has_moved = state.signals.read(host, seconds);
        let status = host.status();
        let sample_rate = status.sample_rate;
        state.is_muted = status.is_muted;
        state.meters.sample_rate = if sample_rate > 0.0 { sample_rate } else { 48_000.0 };
        // A peak that is held goes by itself, and is to be seen going.
        let is_held = state.meters.age(seconds);
        state.meters.read(&state.scene, state.document.patch(), &state.signals, host);
        state.is_live = false;
        state.input.leaves_escape = self.panels.has_window();
        state.input.is_covered = is_covered(ui);
        state.input.is_modal = self.panels.is_modal() || state.input.is_covered;
        state.input.is_browsing = state.browser.is_open();
        state.tempo = host.transport().map(|transport| transport.tempo);
        has_moved || is_held
    }

    /// Asks for the next frame, if something moves or was changed too late for this one.
    fn ask_for_frame(&self, ui: &Ui, host: &mut dyn Host, has_moved: bool) {
        if !self.state.scene.is_of(self.state.document.revision()) || !self.state.actions.is_empty() {
            ui.ctx().request_repaint();
        } else if has_moved {
            ui.ctx().request_repaint_after(MOVING);
        } else if self.state.is_live {
            ui.ctx().request_repaint_after(LIVE);
        } else if host.status().running && !host.asks_for_frames() {
            ui.ctx().request_repaint_after(IDLE);
        }
    }

    /// Tells the host what has changed in the document, and makes the scene anew. Once a frame, after the
    /// person's input was taken and before anything is drawn.
    fn follow(&mut self, host: &mut dyn Host) {
        let state = &mut self.state;
        let changes = state.document.take_changes();
        match &changes {
            Changes::Nothing => {}
            Changes::Knobs(knobs) => {
                for (node, input, value) in knobs {
                    host.set_knob(node, input, *value);
                }
            }
            Changes::Patch => host.play(state.document.patch()),
        }
        host.measure_nodes(state.view.overlays.load);
        if state.view.overlays.load || changes == Changes::Patch {
            state.plan = host.plan();
        }
        let patch = state.document.patch();
        if state.scene.follow(patch, state.document.revision()) {
            state.signals.follow(&state.scene, patch, state.probes.watched(), host);
            state.meters.follow(patch);
            state.view.selection.keep_existing(patch);
            let exists = |node| state.scene.card(node).is_some();
            state.view.focus = state.view.focus.filter(|focus| exists(focus.node()));
            state.view.connecting = state.view.connecting.filter(|port| exists(port.at.node));
        }
    }

    /// Wants samples of what is pointed at and pinned.
    fn watch(&mut self, ui: &Ui, host: &mut dyn Host) {
        let state = &mut self.state;
        let now = ui.input(|input| input.time);
        if state.probes.take_watched(state.document.patch(), now) {
            state.signals.follow(&state.scene, state.document.patch(), state.probes.watched(), host);
        }
    }

    /// The canvas and what floats above it: first all input, then the document is followed, then all is
    /// drawn.
    fn canvas(&mut self, ui: &mut Ui, host: &mut dyn Host) {
        let fits = self.place_view(ui);
        let response = self.take_input(ui);
        self.dispatch_all();
        self.state.open_browser();
        self.floating(ui, host);
        self.follow(host);
        if fits || std::mem::take(&mut self.state.view.fit_next) {
            self.state.view.transform.fit(self.state.scene.bounds());
            self.fitted = Some((self.state.view.transform, ui.ctx().content_rect().size()));
        }
        let (_, mut context) = self.state.split();
        canvas::describe(ui, &mut context);
        self.paint(ui, host);
        self.entry(ui);
        drop(response);
    }

    /// Notes where the canvas is on the screen; true when everything is to be fitted into it anew.
    fn place_view(&mut self, ui: &Ui) -> bool {
        let transform = &mut self.state.view.transform;
        let window = ui.ctx().content_rect().size();
        let follows = |(fitted, size): (Transform, Vec2)| {
            size != window && (fitted.centre, fitted.zoom) == (transform.centre, transform.zoom)
        };
        let is_resized = self.fitted.is_some_and(follows);
        transform.view = ui.max_rect();
        transform.density = ui.ctx().pixels_per_point();
        is_resized
    }

    /// Takes in what was done on the canvas, and asks for the actions whose keys were pressed.
    fn take_input(&mut self, ui: &mut Ui) -> Response {
        let mut commands = std::mem::take(&mut self.state.commands);
        let mut actions = Vec::new();
        let (input, mut context) = self.state.split();
        let response = canvas::take_input(ui, input, &mut context, &mut commands);
        let target = input.menu;
        // A menu of its own for each click: egui would close the one that is open with the very click that
        // asks for another.
        let menu_id = response.id.with(("menu", input.menu_number));
        egui::Popup::context_menu(&response)
            .id(menu_id)
            .show(|ui| actions.extend(menu::show(ui, target, &mut context, &mut commands)));
        input.has_keyboard = response.has_focus() && input.is_on_canvas(&context);
        if input.has_keyboard {
            actions.extend(asked_for(ui));
        }
        self.state.commands = commands;
        self.state.actions.extend(actions);
        self.play_keys(ui);
        response
    }

    /// What floats above the canvas; the browser first, so that windows opened later lie above it.
    fn floating(&mut self, ui: &mut Ui, host: &mut dyn Host) {
        let mut browser = std::mem::take(&mut self.state.browser);
        let (_, mut context) = self.state.split();
        browser::show::show(&mut browser, ui, &mut context);
        self.state.browser = browser;
        self.panels.floating(&mut self.state, ui, host);
        self.dispatch_all();
    }

    fn paint(&mut self, ui: &Ui, host: &mut dyn Host) {
        let state = &mut self.state;
        let palette = state.view.theme.palette();
        let context = PaintContext {
            document: &state.document,
            scene: &state.scene,
            view: &state.view,
            gesture: &state.input.gesture,
            piano: &state.input.piano,
            signals: &state.signals,
            plan: &state.plan,
            palette: &palette,
        };
        let painter = ui.painter_at(state.view.transform.view);
        let mut analysis = SignalAnalysis { host, meters: &mut state.meters };
        state.is_live |= canvas::paint(&context, &painter, &mut analysis);
    }

    /// The computer keyboard plays while it means the canvas.
    fn play_keys(&mut self, ui: &Ui) {
        let EditorState { input: state, view, .. } = &mut self.state;
        if !state.has_keyboard || !ui.input(|input| input.focused) {
            state.piano.release_keys();
            return;
        }
        // On a knob or a selected cable, figures are typed.
        let is_on_port = matches!(view.focus, Some(Focus::Port(_)));
        let figures = !is_on_port && view.selection.cables.is_empty();
        ui.input(|input| state.piano.take_keys(input, figures));
    }

    /// The field on the canvas that takes text.
    fn entry(&mut self, ui: &mut Ui) {
        let Some(mut entry) = self.state.view.entry.take() else { return };
        let mut context = self.state.gesture_context();
        if entry.show(ui, &mut context) {
            context.view.entry = Some(entry);
        }
    }

    /// Does what was asked for.
    fn dispatch_all(&mut self) {
        for action in std::mem::take(&mut self.state.actions) {
            self.dispatch(action);
        }
    }
}

/// Whether a menu or a dialog, the editor's or the program's, lies over the canvas.
fn is_covered(ui: &Ui) -> bool {
    egui::Popup::is_any_open(ui.ctx()) || !ui.memory(|memory| memory.is_above_modal_layer(ui.layer_id()))
}

/// The actions whose keys were pressed.
fn asked_for(ui: &mut Ui) -> Vec<Action> {
    ui.input_mut(|input| {
        let mut asked = Vec::new();
        // A key with Shift also fits the same key without.
        for shift in [true, false] {
            for info in ACTIONS {
                let shortcut = info.shortcut.filter(|shortcut| shortcut.modifiers.shift == shift);
                if shortcut.is_some_and(|shortcut| input.consume_shortcut(&shortcut)) {
                    asked.push(info.action);
                }
            }
        }
        if input.consume_key(egui::Modifiers::NONE, egui::Key::Backspace) {
            asked.push(Action::Delete);
        }
        for event in &input.events {
            match event {
                // Some systems tell of these as keys, some as events of their own, some as both.
                Event::Copy if !asked.contains(&Action::Copy) => asked.push(Action::Copy),
                Event::Cut if !asked.contains(&Action::Cut) => asked.push(Action::Cut),
                _ => {}
            }
        }
        asked
    })
}
