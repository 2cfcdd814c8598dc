//! Which dialog is open, and what follows from its answer.

use super::{App, Path, PathBuf, ask, choose, system};
use crate::edit::dialogs::{Choice, Purpose, Request};
use crate::edit::files::journal::RecoveredJournal;
use crate::edit::sound::AudioCommand;
use jackfield_editor::Document;
use jackfield_io::TemporaryFolder;
use jackfield_node::{SettingKind, SettingValue};
use jackfield_patch::Edit;
use std::sync::Arc;

/// A dialog that is open.
pub(super) enum Dialog {
    /// Whether to save before going on.
    Unsaved(PendingAction),
    /// Whether to replace a file that somebody else has written meanwhile; then go on.
    Changed(PathBuf, Option<PendingAction>),
    /// A file, in the system's dialog; then go on.
    System(system::SystemDialog, Option<PendingAction>),
    /// A file, in our own.
    Own(choose::Chooser, Option<PendingAction>),
}

/// What a person was about to do.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PendingAction {
    /// Begin a new patch.
    New,
    /// Choose a patch to open.
    Choose,
    /// Open this one.
    Open(PathBuf),
    /// Open this one of those that come with the program.
    Factory(Arc<str>),
    /// Close the program.
    Quit,
}

impl App {
    /// Goes on to another document, once the changes of this one are saved or given up.
    pub(super) fn go_on(&mut self, then: PendingAction) {
        if self.editor.document().is_dirty() {
            self.dialog = Some(Dialog::Unsaved(then));
        } else {
            self.go(then);
        }
    }

    pub(super) fn go(&mut self, then: PendingAction) {
        match then {
            PendingAction::New => self.open_new(),
            PendingAction::Choose => self.choose(Purpose::Open, None),
            PendingAction::Open(path) => self.open_path(&path),
            PendingAction::Factory(name) => self.open_factory(&name),
            PendingAction::Quit => self.wants_to_quit = true,
        }
    }

    /// Lets the person choose a file, and goes on then.
    pub(super) fn choose(&mut self, purpose: Purpose, then: Option<PendingAction>) {
        let document = self.editor.document();
        let saved = document.path().and_then(Path::parent).map(Path::to_owned);
        let recent = self.settings.recent.first().and_then(|path| path.parent()).map(Path::to_owned);
        let folder =
            saved.or(recent).filter(|folder| folder.is_dir()).or_else(|| std::env::current_dir().ok());
        let name = document
            .path()
            .and_then(Path::file_name)
            .map_or_else(|| format!("{}.jack", document.title()), |name| name.to_string_lossy().into_owned());
        let name = if purpose.is_new() { name } else { String::new() };
        let request = Request { purpose, folder: folder.unwrap_or_default(), name };
        let context = self.context.clone();
        let wake = move || {
            if let Some(context) = context {
                context.request_repaint();
            }
        };
        let opened = if system::SystemDialog::exists() {
            system::SystemDialog::open(request.clone(), wake).ok()
        } else {
            None
        };
        self.dialog = Some(match opened {
            Some(dialog) => Dialog::System(dialog, then),
            None => Dialog::Own(choose::Chooser::open(request), then),
        });
    }

    /// Shows the dialog that is open, and does what was answered.
    pub(super) fn show_dialog(&mut self, context: &egui::Context) {
        match self.dialog.take() {
            None => self.ask_about_crashes(context),
            Some(Dialog::Unsaved(then)) => match ask::unsaved(context, &self.editor.document().title()) {
                None => self.dialog = Some(Dialog::Unsaved(then)),
                Some(ask::Unsaved::Cancel) => {}
                Some(ask::Unsaved::Discard) => self.go(then),
                Some(ask::Unsaved::Save) => self.save(Some(then)),
            },
            Some(Dialog::Changed(path, then)) => match ask::changed(context, &path) {
                None => self.dialog = Some(Dialog::Changed(path, then)),
                Some(ask::Changed::Cancel) => {}
                Some(ask::Changed::SaveAs) => self.choose(Purpose::Save, then),
                Some(ask::Changed::Replace) => self.save_and_go(&path, then),
            },
            Some(Dialog::System(dialog, then)) => match dialog.choice() {
                Choice::Open => self.dialog = Some(Dialog::System(dialog, then)),
                Choice::None => {}
                Choice::File(path) => self.chosen(&dialog.request.purpose, &path, then),
            },
            Some(Dialog::Own(mut chooser, then)) => match chooser.show(context) {
                Choice::Open => self.dialog = Some(Dialog::Own(chooser, then)),
                Choice::None => {}
                Choice::File(path) => self.chosen(&chooser.request.purpose, &path, then),
            },
        }
    }

    fn chosen(&mut self, purpose: &Purpose, path: &Path, then: Option<PendingAction>) {
        match purpose {
            Purpose::Open => self.open_path(path),
            Purpose::Save => self.save_and_go(path, then),
            Purpose::Setting { node, setting, .. } => self.set_file(node, setting, path),
        }
    }

    /// Lets the person choose a file for a setting of a node.
    pub(super) fn choose_file(&mut self, node: Arc<str>, setting: Arc<str>) {
        let patch = self.editor.document().patch();
        let spec = patch.find(&node).and_then(|index| patch.node(index)?.spec());
        let found = spec.and_then(|spec| spec.settings.iter().find(|known| known.name == &*setting));
        // Whoever asks for a file has just seen the setting; an edit may have come in between.
        if let Some(SettingKind::File(kind)) = found.map(|setting| setting.kind) {
            self.choose(Purpose::Setting { node, setting, kind }, None);
        }
    }

    /// Lets a setting of a node name a file.
    fn set_file(&mut self, node: &Arc<str>, setting: &Arc<str>, path: &Path) {
        let done = self.assets.import(path).and_then(|name| {
            let value = SettingValue::File(name);
            let edit = Edit::SetSetting { id: node.clone(), setting: setting.clone(), value };
            self.editor.document_mut().edit(edit).map_err(|error| error.to_string())
        });
        if let Err(error) = done {
            self.editor.refuse(&error);
        }
    }

    fn ask_about_crashes(&mut self, context: &egui::Context) {
        let Some(recovered) = self.recovered.first() else { return };
        let Some(answer) = ask::crashed(context, recovered) else { return };
        let recovered = self.recovered.remove(0);
        match answer {
            ask::Crashed::Restore => self.restore(recovered, true),
            ask::Crashed::RestoreSilently => self.restore(recovered, false),
            ask::Crashed::Discard => recovered.discard(),
            ask::Crashed::Later => self.recovered.clear(),
        }
        if self.recovered.is_empty() && answer != ask::Crashed::RestoreSilently {
            self.sound.send(AudioCommand::Run(true));
        }
    }

    /// Goes on with what a crash has left.
    fn restore(&mut self, recovered: RecoveredJournal, with_sound: bool) {
        match jackfield_patch::read(&recovered.text, &self.registry) {
            Ok((patch, _)) => {
                self.sound.send(AudioCommand::Run(with_sound));
                // The files of a patch that is saved nowhere come back with it.
                if let Some(folder) =
                    recovered.assets.as_deref().and_then(|it| TemporaryFolder::adopt(it).ok())
                {
                    self.temporary_folder = folder;
                }
                let mut document = Document::new(self.registry.clone(), patch, recovered.path.clone());
                document.mark_unsaved();
                self.show(document);
                self.journaled = u64::MAX;
                // Only once another journal has it can this one go.
                if self.update_journal() {
                    recovered.discard();
                } else {
                    self.restored = Some(recovered);
                }
                // What else was left is offered the next time.
                self.recovered.clear();
            }
            Err(error) => self.editor.refuse(&error),
        }
    }
}
