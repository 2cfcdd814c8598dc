//! The editor: one frame after another.

use crate::action::{ACTIONS, Action};
use crate::analysis::Meters;
use crate::browser::{self, Browser};
use crate::canvas::{self, PaintContext, Scene, SignalAnalysis, Transform};
use crate::document::{Changes, Document};
use crate::gesture::{GestureContext, Pointer};
use crate::host::{Command, Host, PlanFacts};
use crate::menu;
use crate::panels::{self, Panels};
use crate::probes::Probes;
use crate::signals::Signals;
use crate::theme::Theme;
use crate::view::{Focus, View};
use egui::{CentralPanel, Event, Frame, Ui, Vec2};
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
    pub(crate) document: Document,
    pub(crate) view: View,
    pub(crate) scene: Scene,
    pub(crate) signals: Signals,
    pub(crate) meters: Meters,
    pub(crate) probes: Probes,
    pub(crate) plan: PlanFacts,
    pub(crate) browser: Browser,
    pub(crate) panels: Panels,
    pub(crate) commands: Vec<Command>,
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
        Self {
            document,
            view: View { fit_next: true, take_keyboard: true, ..View::default() },
            scene: Scene::default(),
            signals: Signals::default(),
            meters: Meters::default(),
            probes: Probes::default(),
            plan: PlanFacts::default(),
            browser: Browser::default(),
            panels: Panels::default(),
            commands: Vec::new(),
            applied: None,
        }
    }

    /// Opens another document. Colours, favourites and panels stay.
    pub fn open(&mut self, document: Document) {
        let theme = self.view.theme;
        self.view.piano.release_all();
        let piano = std::mem::take(&mut self.view.piano);
        let (shows_piano, shows_outline) = (self.view.shows_piano, self.view.shows_outline);
        self.document = document;
        self.scene = Scene::default();
        self.plan = PlanFacts::default();
        let fresh = View { theme, fit_next: true, take_keyboard: true, ..View::default() };
        self.view = View { piano, shows_piano, shows_outline, ..fresh };
        self.probes.begin_anew();
        self.browser.close();
    }

    /// The document.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The document, to save it, restore it or edit it from outside.
    pub fn document_mut(&mut self) -> &mut Document {
        &mut self.document
    }

    /// The colours.
    pub fn theme(&self) -> Theme {
        self.view.theme
    }

    /// Chooses the colours.
    pub fn set_theme(&mut self, theme: Theme) {
        self.view.theme = theme;
    }

    /// Ids of the node types added last, latest first, to be kept between runs.
    pub fn recent_types(&self) -> &[String] {
        &self.browser.recent
    }

    /// Ids of the node types a person has marked, to be kept between runs.
    pub fn favourite_types(&self) -> &BTreeSet<String> {
        &self.browser.favourites
    }

    /// Brings back what was kept between runs.
    pub fn set_known_types(&mut self, recent: Vec<String>, favourites: BTreeSet<String>) {
        self.browser.recent = recent;
        self.browser.favourites = favourites;
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
        self.view.tell(text);
    }

    /// Tells the person that something went wrong.
    pub fn refuse(&mut self, error: &dyn std::fmt::Display) {
        self.view.refuse(error);
    }

    /// Draws one frame, does what the person did, and gives what only the program can do.
    pub fn ui(&mut self, ui: &mut Ui, host: &mut dyn Host) -> Vec<Command> {
        if self.applied != Some(self.view.theme) {
            self.view.theme.apply(ui.ctx());
            self.applied = Some(self.view.theme);
        }
        self.follow(host);
        let seconds = ui.input(|input| input.stable_dt);
        let moved = self.signals.read(host, seconds);
        let status = host.status();
        self.meters.sample_rate = if status.sample_rate > 0.0 { status.sample_rate } else { 48_000.0 };
        self.meters.read(&self.scene, self.document.patch(), &self.signals, host);
        self.view.lives = false;
        self.view.leaves_escape = self.panels.settings.is_open || self.panels.files.is_open;
        self.view.is_modal = self.panels.palette.is_open() || self.view.shows_help;
        self.view.tempo = host.transport().map(|transport| transport.tempo);
        panels::docked(self, ui, host);
        CentralPanel::default().frame(Frame::NONE).show(ui, |ui| self.canvas(ui, host));
        panels::floating(self, ui, host);
        if let Some(text) = self.view.copied.take() {
            ui.ctx().copy_text(text);
        }
        // What was turned in this frame is heard in this frame.
        self.follow(host);
        self.watch(ui, host);
        for message in self.view.piano.take() {
            host.midi(message);
        }
        if moved {
            ui.ctx().request_repaint_after(MOVING);
        } else if self.view.lives {
            ui.ctx().request_repaint_after(LIVE);
        } else if status.running && !host.asks_for_frames() {
            ui.ctx().request_repaint_after(IDLE);
        }
        std::mem::take(&mut self.commands)
    }

    /// Follows the document: tells the host what has changed, and makes the scene anew.
    fn follow(&mut self, host: &mut dyn Host) {
        match self.document.take_changes() {
            Changes::Nothing => {}
            Changes::Knobs(knobs) => {
                for (node, input, value) in knobs {
                    host.set_knob(&node, &input, value);
                }
            }
            Changes::Patch => {
                host.play(self.document.patch());
                self.plan = host.plan();
            }
        }
        host.measure_nodes(self.view.overlays.load);
        if self.view.overlays.load {
            self.plan = host.plan();
        }
        if self.scene.follow(self.document.patch(), self.document.revision()) {
            self.signals.follow(&self.scene, self.document.patch(), self.probes.watched(), host);
            self.meters.follow(self.document.patch());
            self.view.selection.keep_existing(self.document.patch());
            let exists = |node| self.scene.card(node).is_some();
            self.view.focus = self.view.focus.filter(|focus| exists(focus.node()));
            self.view.connecting = self.view.connecting.filter(|port| exists(port.at.node));
        }
    }

    /// Wants samples of what is pointed at and pinned.
    fn watch(&mut self, ui: &Ui, host: &mut dyn Host) {
        let now = ui.input(|input| input.time);
        if self.probes.take_watched(self.document.patch(), now) {
            self.signals.follow(&self.scene, self.document.patch(), self.probes.watched(), host);
        }
    }

    fn canvas(&mut self, ui: &mut Ui, host: &mut dyn Host) {
        let window = ui.ctx().content_rect().size();
        let Transform { centre, zoom, .. } = self.view.transform;
        let follows = |(fitted, size): (Transform, Vec2)| {
            size != window && (fitted.centre, fitted.zoom) == (centre, zoom)
        };
        let is_resized = self.view.fitted.is_some_and(follows);
        self.view.transform.view = ui.max_rect();
        self.view.transform.density = ui.ctx().pixels_per_point();
        if std::mem::take(&mut self.view.fit_next) || is_resized {
            self.view.transform.fit(self.scene.bounds());
            self.view.fitted = Some((self.view.transform, window));
        }
        let mut chosen = Vec::new();
        let mut context = GestureContext {
            document: &mut self.document,
            scene: &self.scene,
            view: &mut self.view,
            browser: &mut self.browser,
            pointer: Pointer::default(),
        };
        let response = canvas::take_input(ui, &mut context, &mut self.commands);
        canvas::describe(ui, &mut context);
        response.context_menu(|ui| chosen.extend(menu::show(ui, &mut context, &mut self.commands)));
        self.view.has_keyboard = response.has_focus()
            && self.view.entry.is_none()
            && !self.browser.is_open()
            && !self.view.is_modal;
        if self.view.has_keyboard {
            chosen.extend(asked_for(ui));
        }
        self.play_keys(ui);
        for action in chosen {
            self.dispatch(action);
        }
        self.follow(host);
        let palette = self.view.theme.palette();
        let context = PaintContext {
            document: &self.document,
            scene: &self.scene,
            view: &self.view,
            signals: &self.signals,
            plan: &self.plan,
            palette: &palette,
        };
        let painter = ui.painter_at(self.view.transform.view);
        let mut analysis = SignalAnalysis { host, meters: &mut self.meters };
        let lives = canvas::paint(&context, &painter, &mut analysis);
        self.view.lives |= lives;
        self.fields(ui);
    }

    /// The computer keyboard plays while it means the canvas.
    fn play_keys(&mut self, ui: &Ui) {
        if !self.view.has_keyboard || !ui.input(|input| input.focused) {
            self.view.piano.release_keys();
            return;
        }
        // On a knob or a selected cable, figures are typed.
        let is_on_port = matches!(self.view.focus, Some(Focus::Port(_)));
        let figures = !is_on_port && self.view.selection.cables.is_empty();
        ui.input(|input| self.view.piano.take_keys(input, figures));
    }

    /// What stands on the canvas and takes text.
    fn fields(&mut self, ui: &mut Ui) {
        let entry = self.view.entry.take();
        let mut context = self.gesture_context();
        if let Some(mut entry) = entry
            && entry.show(ui, &mut context)
        {
            context.view.entry = Some(entry);
        }
        browser::show::show(ui, &mut context);
    }

    /// What gestures and panels work with.
    pub(crate) fn gesture_context(&mut self) -> GestureContext<'_> {
        GestureContext {
            document: &mut self.document,
            scene: &self.scene,
            view: &mut self.view,
            browser: &mut self.browser,
            pointer: Pointer::default(),
        }
    }
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
                Event::Copy => asked.push(Action::Copy),
                Event::Cut => asked.push(Action::Cut),
                _ => {}
            }
        }
        asked
    })
}
