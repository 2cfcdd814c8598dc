//! The app: the editor with its sound, its files and its settings. Everything but the window.

mod commands;
mod dialogs;
mod documents;
mod drops;
mod events;
mod saving;

use super::dialogs::{ask, choose, system};
use super::files::asset_folder::AssetFolder;
use super::files::journal::{Journal, RecoveredJournal};
use super::settings::{self, Settings, WindowPlace};
use super::sound::{AudioCommand, KnobBinding, Opened, Sound};
use crate::exit::Failure;
use crate::play;
use dialogs::Dialog;
use egui::Ui;
use jackfield_editor::{Editor, Offers, Preferences, SessionHost};
use jackfield_engine::{EngineError, Executor, Options, Session};
use jackfield_io::temporary_folder::{TemporaryFolder, remove_abandoned};
use jackfield_node::Registry;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Frames per second until the device says what it wants.
const USUAL_RATE: u32 = 48_000;

/// See the [module](self).
pub(crate) struct App {
    registry: Arc<Registry>,
    editor: Editor,
    host: SessionHost,
    sound: Sound,
    /// The files beside the document.
    assets: AssetFolder,
    /// Where they lie while the document is saved nowhere.
    temporary_folder: TemporaryFolder,
    /// The content of the document's file as it was read or saved last.
    on_disk: Option<Fingerprint>,
    settings: Settings,
    preferences: Preferences,
    /// The device as it was opened.
    opened: Option<Opened>,
    /// Frames per second of the session.
    sample_rate: u32,
    journal: Option<Journal>,
    /// The revision the journal knows.
    journaled: u64,
    /// What crashes have left, latest first; not answered yet.
    recovered: Vec<RecoveredJournal>,
    /// What was restored and could not be written down anew: it stays until the document is saved.
    restored: Option<RecoveredJournal>,
    dialog: Option<Dialog>,
    learning: Option<events::Learning>,
    /// The knobs of this document that controllers turn.
    bound: Vec<KnobBinding>,
    /// The knob a controller turns, and the gesture that undoes it as one.
    turning: Option<(Arc<str>, Arc<str>, u64)>,
    context: Option<egui::Context>,
    wants_to_quit: bool,
    /// Whether the person has muted everything.
    is_muted: bool,
    /// Notes played from the window, as far as they were looked at.
    notes: u64,
}

/// What the window is asked to do after a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrameOutcome {
    /// Nothing.
    Continue,
    /// Close.
    Quit,
}

impl App {
    /// Opens a patch, or the demo.
    pub(crate) fn open(path: Option<&Path>, with_sound: bool) -> Result<Self, Failure> {
        let registry = Arc::new(jackfield_nodes::registry());
        let (document, told) = match path {
            Some(path) => documents::read(path, &registry).map_err(Failure::input)?,
            None => (documents::demo(&registry), None),
        };
        let (settings, settings_told) = Settings::load();
        let preferences = settings.preferences();
        let recovered =
            settings::state_folder().map(|folder| RecoveredJournal::find(&folder)).unwrap_or_default();
        let temporary_folder = temporary_folder(&recovered).map_err(Failure::output)?;
        let assets = AssetFolder::new(AssetFolder::folder_of(document.path(), temporary_folder.path()));
        let (session, executor) = session(&assets, USUAL_RATE).map_err(Failure::usage)?;
        let mut host = SessionHost::new(session);
        host.is_attended = true;
        let sound = Sound::start(host.shared_session()).map_err(Failure::device)?;
        let mut editor = Editor::with_document(document);
        editor.set_known_types(settings.recent_types.clone(), settings.favourite_types.clone());
        editor.set_hints_read(settings.hints_read);
        for told in told.into_iter().chain(settings_told) {
            editor.tell(told);
        }
        editor.set_theme(preferences.theme);
        let on_disk = editor.document().path().and_then(Fingerprint::of);
        let mut app = Self {
            registry,
            editor,
            host,
            sound,
            assets,
            temporary_folder,
            on_disk,
            settings,
            preferences,
            opened: None,
            sample_rate: USUAL_RATE,
            journal: None,
            journaled: 0,
            recovered,
            restored: None,
            dialog: None,
            learning: None,
            bound: Vec::new(),
            turning: None,
            context: None,
            wants_to_quit: false,
            is_muted: false,
            notes: 0,
        };
        app.start(executor, with_sound);
        app.tell_of_recordings();
        Ok(app)
    }

    /// Says which recordings a crash has cut off; they are whole now.
    fn tell_of_recordings(&mut self) {
        for recording in settings::recovered_recordings() {
            self.editor.tell(format!("{recording}."));
        }
    }

    /// Lets it sound, before there is a window.
    fn start(&mut self, executor: Executor, with_sound: bool) {
        self.sound.send(AudioCommand::UseDevice(self.preferences.sound.clone()));
        self.sound.send(AudioCommand::Run(with_sound && self.recovered.is_empty()));
        self.play(executor);
        self.send_volume();
        self.sound.send(AudioCommand::OpenMidi(self.preferences.midi_inputs.clone()));
        self.sound.send(AudioCommand::OpenMidiOutput(self.preferences.midi_output.clone()));
        self.bind_controllers();
        self.offer(|offers, app| {
            offers.preferences = app.preferences.clone();
            offers.recent.clone_from(&app.settings.recent);
        });
        if let Some(path) = self.editor.document().path().map(Path::to_owned) {
            self.note_recent(&path);
        }
    }

    /// Gives the app its window's context.
    pub(crate) fn set_context(&mut self, context: &egui::Context) {
        context.set_zoom_factor(self.preferences.scale);
        let awake = context.clone();
        self.sound.set_wake(Arc::new(move || awake.request_repaint()));
        self.context = Some(context.clone());
    }

    /// Draws one frame and does what the person did.
    pub(crate) fn frame(&mut self, ui: &mut Ui) -> FrameOutcome {
        for event in self.sound.events() {
            self.handle_event(event);
        }
        self.measure();
        let revision = self.editor.document().revision();
        let commands = self.editor.ui(ui, &mut self.host);
        for command in commands {
            self.handle_command(command);
        }
        self.resume_with_notes();
        self.take_drops(ui);
        self.show_dialog(ui.ctx());
        if self.editor.document().revision() != revision {
            self.bind_controllers();
            if !self.host.status.running {
                self.sound.send(AudioCommand::PlanChanged);
            }
        }
        self.update_journal();
        self.save_appearance(ui.ctx());
        if self.wants_to_quit { FrameOutcome::Quit } else { FrameOutcome::Continue }
    }

    /// The person wants to close the window. True when it may.
    pub(crate) fn may_close(&mut self) -> bool {
        if self.wants_to_quit || !self.editor.document().is_dirty() {
            return true;
        }
        self.go_on(dialogs::PendingAction::Quit);
        false
    }

    /// Puts everything away.
    pub(crate) fn close(&mut self) {
        self.discard_journal();
        self.settings.recent_types = self.editor.recent_types().to_vec();
        self.settings.favourite_types = self.editor.favourite_types().clone();
        self.save_settings();
    }

    /// Tells the sound how loud everything is.
    fn send_volume(&self) {
        let volume = self.preferences.volume;
        let is_silent = self.is_muted || volume <= -60.0;
        let octaves = f64::from(volume) * std::f64::consts::LOG2_10 / 20.0;
        let factor = if is_silent { 0.0 } else { jackfield_node::dsp::precise::exp2(octaves) as f32 };
        self.sound.send(AudioCommand::Volume(factor));
    }

    /// Where the window was when it was closed last.
    pub(crate) fn window_place(&self) -> Option<WindowPlace> {
        self.settings.window.and_then(WindowPlace::usable)
    }

    /// Notes where the window is, to be kept when it is closed.
    pub(crate) fn note_window(&mut self, place: WindowPlace) {
        self.settings.window = Some(place);
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
        self.sound.send(AudioCommand::Play(Box::new((executor, self.sample_rate))));
    }

    /// Plays the document on a new session, from its beginning.
    fn restart(&mut self) {
        match session(&self.assets, self.sample_rate) {
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

    /// Puts a patch first among those opened last.
    fn note_recent(&mut self, path: &Path) {
        self.settings.note_recent(path);
        self.offer(|offers, app| offers.recent.clone_from(&app.settings.recent));
        self.save_settings();
    }

    /// Writes the settings.
    fn save_settings(&mut self) {
        self.settings.set_preferences(&self.preferences);
        if let Err(error) = self.settings.save() {
            self.editor.refuse(&error);
        }
    }

    /// Saves what the editor and egui's own keys have changed: colours, scale, which hints were read.
    fn save_appearance(&mut self, context: &egui::Context) {
        let (scale, theme) = (context.zoom_factor(), self.editor.theme());
        let hints_read = self.editor.hints_read();
        let is_same_scale = (scale - self.preferences.scale).abs() < 1e-3;
        if is_same_scale && theme == self.preferences.theme && hints_read == self.settings.hints_read {
            return;
        }
        (self.preferences.scale, self.preferences.theme) = (scale, theme);
        self.settings.hints_read = hints_read;
        self.offer(|offers, app| offers.preferences = app.preferences.clone());
        self.save_settings();
    }

    /// Ends the journal: everything is saved, or not wanted.
    fn discard_journal(&mut self) {
        if let Some(journal) = self.journal.take() {
            journal.discard();
        }
        if let Some(restored) = self.restored.take() {
            restored.discard();
        }
    }

    /// Writes down what is not saved. False where that is not possible.
    fn update_journal(&mut self) -> bool {
        let document = self.editor.document();
        if self.journaled == document.revision() {
            return true;
        }
        self.journaled = document.revision();
        if !document.is_dirty() {
            self.discard_journal();
            return true;
        }
        let text = jackfield_patch::write(document.patch());
        let noted = match &mut self.journal {
            Some(journal) => journal.note(&text),
            None => self.begin_journal(&text),
        };
        if let Err(error) = &noted {
            self.editor.tell(format!("Unsaved changes can't be kept safe: {error}."));
        }
        noted.is_ok()
    }

    fn begin_journal(&mut self, text: &str) -> std::io::Result<()> {
        let Some(folder) = settings::state_folder() else { return Ok(()) };
        let document = self.editor.document();
        let assets = self.assets.folder();
        let mut journal = Journal::begin(&folder, document.path(), &assets, &document.title(), "")?;
        let noted = journal.note(text);
        // What could not be written now is with the next change.
        self.journal = Some(journal);
        noted
    }
}

/// A folder for the files of a patch that is saved nowhere. Those that crashes have left go, but for the ones
/// that can be restored with their patches.
fn temporary_folder(recovered: &[RecoveredJournal]) -> std::io::Result<TemporaryFolder> {
    let parent = settings::unsaved_folder();
    let wanted: Vec<PathBuf> = recovered.iter().filter_map(|recovered| recovered.assets.clone()).collect();
    remove_abandoned(&parent, &wanted);
    TemporaryFolder::new_in(&parent).or_else(|_| TemporaryFolder::new())
}

/// Tells whether a file is still what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fingerprint(u64);

impl Fingerprint {
    /// Of the content of a file; nothing if it can't be read.
    fn of(path: &Path) -> Option<Self> {
        std::fs::read(path).ok().map(|content| Self::of_content(&content))
    }

    fn of_content(content: &[u8]) -> Self {
        let mut hasher = std::hash::DefaultHasher::new();
        content.hash(&mut hasher);
        Self(hasher.finish())
    }
}

/// A silent session at this rate, and what plays it.
fn session(assets: &AssetFolder, sample_rate: u32) -> Result<(Session, Executor), EngineError> {
    let options = Options::at(sample_rate as f32);
    Session::new(options, Box::new(assets.clone()))
}
