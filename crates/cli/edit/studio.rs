//! The studio: the editor with its sound, its files and its settings. Everything but the window.

mod commands;
mod dialogs;
mod documents;
mod drops;
mod reports;

use super::dialogs::{ask, choose, system};
use super::files::journal::{Journal, Orphan};
use super::files::samples::Shelf;
use super::kept::{self, Kept};
use super::sound::{Bound, Opened, Order, Sound};
use crate::exit::Failure;
use crate::play;
use dialogs::Dialog;
use egui::Ui;
use jackfield_editor::{Editor, Offers, Preferences, SessionHost};
use jackfield_engine::{EngineError, Executor, Options, Session};
use jackfield_node::Registry;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Frames per second until the device says what it wants.
const USUAL_RATE: u32 = 48_000;

/// See the [module](self).
pub(crate) struct Studio {
    registry: Arc<Registry>,
    editor: Editor,
    host: SessionHost,
    sound: Sound,
    /// Where the files of the document lie.
    shelf: Shelf,
    /// Where those of a document lie that is saved nowhere.
    homeless: tempfile::TempDir,
    kept: Kept,
    preferences: Preferences,
    /// The device as it was opened.
    opened: Option<Opened>,
    /// Frames per second of the session.
    sample_rate: u32,
    journal: Option<Journal>,
    /// The revision the journal knows.
    journaled: u64,
    orphans: Vec<Orphan>,
    dialog: Option<Dialog>,
    learning: Option<reports::Learning>,
    /// The knobs of this document that controllers turn.
    bound: Vec<Bound>,
    /// The knob a controller turns, and the gesture that undoes it as one.
    turning: Option<(Arc<str>, Arc<str>, u64)>,
    context: Option<egui::Context>,
    wants_to_quit: bool,
}

/// What the window is asked to do after a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// Nothing.
    Stay,
    /// Close.
    Quit,
}

impl Studio {
    /// Opens a patch, or the demo.
    pub(crate) fn open(path: Option<&Path>, with_sound: bool) -> Result<Self, Failure> {
        let registry = Arc::new(jackfield_nodes::registry());
        let document = match path {
            Some(path) => documents::read(path, &registry).map_err(Failure::input)?.0,
            None => documents::demo(&registry),
        };
        let kept = Kept::load();
        let preferences = kept.preferences();
        let homeless = tempfile::Builder::new().prefix("jackfield-").tempdir().map_err(Failure::output)?;
        let shelf = Shelf::new(Shelf::folder_of(document.path(), homeless.path()));
        let (session, executor) = session(&shelf, USUAL_RATE).map_err(Failure::usage)?;
        let mut host = SessionHost::new(session);
        host.is_attended = true;
        let sound = Sound::start(host.shared_session()).map_err(Failure::device)?;
        let mut editor = Editor::with_document(document);
        editor.set_known_types(kept.recent_types.clone(), kept.favourite_types.clone());
        editor.set_hints_read(kept.hints_read);
        editor.set_theme(preferences.theme);
        let orphans = kept::state_folder().map(|folder| Orphan::find(&folder)).unwrap_or_default();
        let mut studio = Self {
            registry,
            editor,
            host,
            sound,
            shelf,
            homeless,
            kept,
            preferences,
            opened: None,
            sample_rate: USUAL_RATE,
            journal: None,
            journaled: 0,
            orphans,
            dialog: None,
            learning: None,
            bound: Vec::new(),
            turning: None,
            context: None,
            wants_to_quit: false,
        };
        studio.start(executor, with_sound);
        Ok(studio)
    }

    /// Lets it sound, before there is a window.
    fn start(&mut self, executor: Executor, with_sound: bool) {
        self.sound.order(Order::Use(self.preferences.sound.clone()));
        self.sound.order(Order::Run(with_sound && self.orphans.is_empty()));
        self.play(executor);
        self.sound.order(Order::OpenMidi(self.preferences.midi_inputs.clone()));
        self.sound.order(Order::OpenMidiOutput(self.preferences.midi_output.clone()));
        self.bind_controllers();
        self.offer(|offers, studio| {
            offers.preferences = studio.preferences.clone();
            offers.recent.clone_from(&studio.kept.recent);
        });
        if let Some(path) = self.editor.document().path().map(Path::to_owned) {
            self.remember(&path);
        }
    }

    /// Gives the studio its window's context.
    pub(crate) fn set_context(&mut self, context: &egui::Context) {
        context.set_zoom_factor(self.preferences.scale);
        let awake = context.clone();
        self.sound.set_wake(Arc::new(move || awake.request_repaint()));
        self.context = Some(context.clone());
    }

    /// Draws one frame and does what the person did.
    pub(crate) fn frame(&mut self, ui: &mut Ui) -> After {
        for report in self.sound.reports() {
            self.heed(report);
        }
        self.measure();
        let revision = self.editor.document().revision();
        let commands = self.editor.ui(ui, &mut self.host);
        for command in commands {
            self.obey(command);
        }
        self.take_drops(ui);
        self.show_dialog(ui.ctx());
        if self.editor.document().revision() != revision {
            self.bind_controllers();
            if !self.host.status.running {
                self.sound.order(Order::Attend);
            }
        }
        self.keep_journal();
        self.follow_looks(ui.ctx());
        if self.wants_to_quit { After::Quit } else { After::Stay }
    }

    /// The person wants to close the window. True when it may.
    pub(crate) fn may_close(&mut self) -> bool {
        if self.wants_to_quit || !self.editor.document().is_dirty() {
            return true;
        }
        self.go_on(dialogs::Then::Quit);
        false
    }

    /// Puts everything away.
    pub(crate) fn close(&mut self) {
        if let Some(journal) = self.journal.take() {
            journal.discard();
        }
        self.kept.recent_types = self.editor.recent_types().to_vec();
        self.kept.favourite_types = self.editor.favourite_types().clone();
        self.keep();
    }

    /// What the window is called.
    pub(crate) fn title(&self) -> String {
        let document = self.editor.document();
        let mark = if document.is_dirty() { "• " } else { "" };
        format!("{mark}{} – Jackfield", document.title())
    }

    /// Plays the document with this executor of the host's session.
    fn play(&mut self, executor: Executor) {
        use jackfield_editor::Host;
        self.host.play(self.editor.document().patch());
        self.sound.order(Order::Play(Box::new((executor, self.sample_rate))));
    }

    /// Plays the document on a new session, from its beginning.
    fn restart(&mut self) {
        match session(&self.shelf, self.sample_rate) {
            Ok((session, executor)) => {
                self.host.replace_session(session);
                self.play(executor);
            }
            Err(error) => self.editor.refuse(&error),
        }
    }

    /// Changes what the panels offer.
    fn offer(&mut self, change: impl FnOnce(&mut Offers, &Self)) {
        let mut offers = (*self.host.offers).clone();
        change(&mut offers, self);
        self.host.offers = Arc::new(offers);
    }

    /// Remembers a patch as opened last.
    fn remember(&mut self, path: &Path) {
        self.kept.note_recent(path);
        self.offer(|offers, studio| offers.recent.clone_from(&studio.kept.recent));
        self.keep();
    }

    fn keep(&mut self) {
        self.kept.set_preferences(&self.preferences);
        if let Err(error) = self.kept.save() {
            self.editor.refuse(&error);
        }
    }

    /// Keeps what the editor and egui's own keys have changed: colours, scale, which hints were read.
    fn follow_looks(&mut self, context: &egui::Context) {
        let (scale, theme) = (context.zoom_factor(), self.editor.theme());
        let hints_read = self.editor.hints_read();
        let is_same_scale = (scale - self.preferences.scale).abs() < 1e-3;
        if is_same_scale && theme == self.preferences.theme && hints_read == self.kept.hints_read {
            return;
        }
        (self.preferences.scale, self.preferences.theme) = (scale, theme);
        self.kept.hints_read = hints_read;
        self.offer(|offers, studio| offers.preferences = studio.preferences.clone());
        self.keep();
    }

    /// Writes down what is not saved.
    fn keep_journal(&mut self) {
        // The journal holds whole states, so the single steps are let go.
        self.editor.document_mut().take_journal();
        let document = self.editor.document();
        if self.journaled == document.revision() {
            return;
        }
        self.journaled = document.revision();
        if !document.is_dirty() {
            if let Some(journal) = self.journal.take() {
                journal.discard();
            }
            return;
        }
        let text = jackfield_patch::write(document.patch());
        let noted = match &mut self.journal {
            Some(journal) => journal.note(&text),
            None => self.begin_journal(&text),
        };
        if let Err(error) = noted {
            self.editor.tell(format!("Unsaved changes can't be kept safe: {error}."));
        }
    }

    fn begin_journal(&mut self, text: &str) -> std::io::Result<()> {
        let Some(folder) = kept::state_folder() else { return Ok(()) };
        let document = self.editor.document();
        let mut journal = Journal::begin(&folder, document.path(), &document.title(), "")?;
        journal.note(text)?;
        self.journal = Some(journal);
        Ok(())
    }
}

/// A silent session at this rate, and what plays it.
fn session(shelf: &Shelf, sample_rate: u32) -> Result<(Session, Executor), EngineError> {
    let options = Options { sample_rate: sample_rate as f32, ..Options::default() };
    Session::new(options, Box::new(shelf.clone()))
}
