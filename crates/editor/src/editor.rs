//! The editor: one frame after another.

use crate::action::{ACTIONS, Action};
use crate::browser::{self, Browser};
use crate::canvas::{self, Picture, Scene};
use crate::document::{Document, Heard};
use crate::gesture::{self, Pointer, Stage};
use crate::host::{Command, Host, PlanFacts};
use crate::menu;
use crate::panels::{self, Panels};
use crate::signals::Signals;
use crate::theme::Theme;
use crate::view::View;
use egui::{CentralPanel, Event, Frame, Ui};
use jackfield_node::Registry;
use jackfield_patch::{Edit, Patch};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// How long it takes until a level is read again while nothing moves.
const IDLE: Duration = Duration::from_millis(100);
/// How long it takes while something moves.
const MOVING: Duration = Duration::from_millis(16);

/// The patch editor: a document, what one sees of it, and nothing of the world around.
#[derive(Debug)]
pub struct Editor {
    pub(crate) document: Document,
    pub(crate) view: View,
    pub(crate) scene: Scene,
    pub(crate) signals: Signals,
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
        self.document = document;
        self.scene = Scene::default();
        self.plan = PlanFacts::default();
        self.view = View { theme, fit_next: true, take_keyboard: true, ..View::default() };
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
        panels::docked(self, ui, host);
        CentralPanel::default().frame(Frame::NONE).show(ui, |ui| self.canvas(ui, host));
        panels::floating(self, ui, host);
        if let Some(text) = self.view.copied.take() {
            ui.ctx().copy_text(text);
        }
        // What was turned in this frame is heard in this frame.
        self.follow(host);
        if moved {
            ui.ctx().request_repaint_after(MOVING);
        } else if host.status().running && !host.asks_for_frames() {
            ui.ctx().request_repaint_after(IDLE);
        }
        std::mem::take(&mut self.commands)
    }

    /// Follows the document: tells the host what has changed, and makes the scene anew.
    fn follow(&mut self, host: &mut dyn Host) {
        match self.document.take_unheard() {
            Heard::Nothing => {}
            Heard::Knobs(knobs) => {
                for (node, input, value) in knobs {
                    host.turn(&node, &input, value);
                }
            }
            Heard::Patch => {
                host.play(self.document.patch());
                self.plan = host.plan();
            }
        }
        host.measure_nodes(self.view.overlays.load);
        if self.view.overlays.load {
            self.plan = host.plan();
        }
        if self.scene.follow(self.document.patch(), self.document.revision()) {
            self.signals.follow(&self.scene, self.document.patch(), host);
            self.view.selection.keep_existing(self.document.patch());
            let exists = |node| self.scene.card(node).is_some();
            self.view.focus = self.view.focus.filter(|focus| exists(focus.node()));
            self.view.connecting = self.view.connecting.filter(|port| exists(port.at.node));
        }
    }

    fn canvas(&mut self, ui: &mut Ui, host: &mut dyn Host) {
        self.view.transform.view = ui.max_rect();
        if std::mem::take(&mut self.view.fit_next) {
            self.view.transform.fit(self.scene.bounds());
        }
        let mut chosen = Vec::new();
        let mut stage = Stage {
            document: &mut self.document,
            scene: &self.scene,
            view: &mut self.view,
            browser: &mut self.browser,
            pointer: Pointer::default(),
        };
        let response = canvas::take_input(ui, &mut stage, &mut self.commands);
        canvas::describe(ui, &mut stage);
        response.context_menu(|ui| chosen.extend(menu::show(ui, &mut stage, &mut self.commands)));
        if response.has_focus() && self.view.entry.is_none() && !self.browser.is_open() {
            chosen.extend(asked_for(ui));
        }
        for action in chosen {
            self.perform(action);
        }
        self.follow(host);
        let palette = self.view.theme.palette();
        let picture = Picture {
            document: &self.document,
            scene: &self.scene,
            view: &self.view,
            signals: &self.signals,
            plan: &self.plan,
            palette: &palette,
        };
        let painter = ui.painter_at(self.view.transform.view);
        canvas::paint(&picture, &painter, host);
        self.fields(ui);
    }

    /// What stands on the canvas and takes text.
    fn fields(&mut self, ui: &mut Ui) {
        let entry = self.view.entry.take();
        let mut stage = self.stage();
        if let Some(mut entry) = entry
            && entry.show(ui, &mut stage)
        {
            stage.view.entry = Some(entry);
        }
        browser::show::show(ui, &mut stage);
    }

    /// What gestures and panels work with.
    pub(crate) fn stage(&mut self) -> Stage<'_> {
        Stage {
            document: &mut self.document,
            scene: &self.scene,
            view: &mut self.view,
            browser: &mut self.browser,
            pointer: Pointer::default(),
        }
    }

    /// Does an action, as if its key had been pressed.
    pub fn perform(&mut self, action: Action) {
        let transform = self.view.transform;
        let mut stage = self.stage();
        match action {
            Action::New => self.commands.push(Command::New),
            Action::Open => self.commands.push(Command::Open),
            Action::Save => self.commands.push(Command::Save),
            Action::SaveAs => self.commands.push(Command::SaveAs),
            Action::Panic => self.commands.push(Command::Panic),
            Action::Undo => drop(self.document.undo()),
            Action::Redo => drop(self.document.redo()),
            Action::Copy => self.view.copied = gesture::copy(self.document.patch(), &self.view.selection),
            Action::Cut => {
                self.view.copied = gesture::copy(self.document.patch(), &self.view.selection);
                gesture::delete(&mut self.stage());
            }
            Action::Duplicate => gesture::duplicate(&mut stage),
            Action::Delete => gesture::delete(&mut stage),
            Action::DeleteAndHeal => gesture::heal(&mut stage),
            Action::SelectAll => {
                let ids = self.scene.cards.iter().map(|card| card.id.clone());
                self.view.selection.set_nodes(ids);
            }
            Action::SelectNothing => self.view.selection.clear(),
            Action::Mute => self.mute(),
            Action::Swap => gesture::swap(&mut stage),
            Action::AlignLeft | Action::AlignTop => {
                if let Some(alignment) = action.alignment() {
                    gesture::align(&mut stage, alignment);
                }
            }
            Action::Tidy => gesture::tidy(&mut stage),
            Action::AddNode => {
                let at = transform.view.center();
                self.browser.open_at(transform.to_canvas(at), at - egui::vec2(248.0, 176.0));
            }
            Action::Fit => self.fit(),
            Action::ZoomIn => self.view.transform.zoom_at(transform.view.center(), 1.25),
            Action::ZoomOut => self.view.transform.zoom_at(transform.view.center(), 0.8),
            Action::LifeSize => self.view.transform.zoom_at(transform.view.center(), 1.0 / transform.zoom),
            Action::ShowOrder => self.view.overlays.order ^= true,
            Action::ShowLoad => self.view.overlays.load ^= true,
            Action::ShowPatches => {
                self.panels.files.toggle();
                self.commands.push(Command::FindDevices);
            }
            Action::ShowSettings => {
                self.panels.settings.is_open ^= true;
                self.commands.push(Command::FindDevices);
            }
            Action::Quit => self.commands.push(Command::Quit),
            Action::PlayOrStop => self.commands.push(Command::TogglePlaying),
            Action::Record => self.commands.push(Command::ToggleRecording),
            Action::ShowMap => self.view.overlays.no_map ^= true,
        }
    }

    /// Mutes the selected nodes; when all are muted, lets them sound.
    fn mute(&mut self) {
        let patch = self.document.patch();
        let nodes: Vec<_> =
            self.view.selection.indices(patch).into_iter().filter_map(|node| patch.node(node)).collect();
        let muted = nodes.iter().any(|node| !node.muted);
        let edits: Vec<_> = nodes.iter().map(|node| Edit::SetMuted { id: node.id.clone(), muted }).collect();
        if !edits.is_empty() {
            self.stage().edit(Edit::Batch(edits));
        }
    }

    /// Shows the selection, or everything when nothing is selected.
    fn fit(&mut self) {
        let selection = &self.view.selection.nodes;
        let chosen = self.scene.cards.iter().filter(|card| selection.contains(&card.id));
        let selected = chosen.fold(egui::Rect::NOTHING, |bounds, card| bounds.union(card.rect));
        let bounds = if selected.is_positive() { selected } else { self.scene.bounds() };
        self.view.transform.fit(bounds);
    }
}

/// The actions whose keys were pressed.
fn asked_for(ui: &mut Ui) -> Vec<Action> {
    ui.input_mut(|input| {
        let mut asked = Vec::new();
        for info in ACTIONS {
            if info.shortcut.is_some_and(|shortcut| input.consume_shortcut(&shortcut)) {
                asked.push(info.action);
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
