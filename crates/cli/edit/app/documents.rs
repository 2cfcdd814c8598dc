//! Opening.

use super::{App, AssetFolder, Fingerprint, Path, PathBuf, play};
use crate::edit::files::factory;
use crate::import;
use crate::patch_file::{self, Home};
use jackfield_editor::Document;
use jackfield_node::Registry;
use jackfield_patch::Patch;
use std::sync::Arc;

/// The document at a path, and what was read differently than it is written.
pub(super) fn read(path: &Path, registry: &Arc<Registry>) -> Result<(Document, Option<String>), String> {
    let file = patch_file::read(path, registry).map_err(|error| error.describe(path))?;
    if let Home::Unpacked(_) = file.home {
        // Saving would put the patch in place of the bundle with all its files.
        return Err(format!(
            "{} is a bundle; unzip it into a folder and open the patch there",
            path.display()
        ));
    }
    if let Some(report) = &file.imported {
        // It is saved nowhere yet: what was imported is not written over.
        let told = format!("Imported {}.", import::summary(report));
        return Ok((Document::new(registry.clone(), file.patch, None), Some(told)));
    }
    let warning = file.warnings.first().map(ToString::to_string);
    let path = (!matches!(file.home, Home::Nowhere(_))).then(|| path.to_owned());
    Ok((Document::new(registry.clone(), file.patch, path), warning))
}

/// The document a new user sees and hears.
pub(super) fn demo(registry: &Arc<Registry>) -> Document {
    let patch = jackfield_patch::read(play::DEMO, registry).map(|(patch, _)| patch);
    // A test reads every factory patch, and the demo is one of them.
    Document::new(registry.clone(), patch.unwrap_or_default(), None)
}

impl App {
    /// Opens the patch at a path.
    pub(super) fn open_path(&mut self, path: &Path) {
        match read(path, &self.registry) {
            Ok((document, warning)) => {
                let has_file = document.path().is_some();
                self.show(document);
                if has_file {
                    self.note_recent(path);
                }
                if let Some(warning) = warning {
                    self.editor.tell(warning);
                }
            }
            Err(error) => self.editor.refuse(&error),
        }
    }

    /// Opens a patch that comes with the program.
    pub(super) fn open_factory(&mut self, name: &str) {
        match factory::read(name, &self.registry) {
            Some(patch) => self.show(Document::new(self.registry.clone(), patch, None)),
            None => self.editor.tell(format!("There is no factory patch '{name}'.")),
        }
    }

    /// Begins a new patch.
    pub(super) fn open_new(&mut self) {
        self.show(Document::new(self.registry.clone(), Patch::new(), None));
    }

    /// Shows and plays a document.
    pub(super) fn show(&mut self, document: Document) {
        self.discard_journal();
        self.journaled = document.revision();
        self.on_disk = document.path().and_then(Fingerprint::of);
        self.assets.move_to(AssetFolder::folder_of(document.path(), self.temporary_folder.path()));
        self.editor.open(document);
        self.offer(|offers, _| offers.previewed = None);
        self.restart();
        self.bind_controllers();
    }

    /// A free name for a recording.
    pub(super) fn recording_path(&self) -> PathBuf {
        let folder = crate::edit::settings::recordings_folder();
        let is_plain = |letter: &char| letter.is_alphanumeric() || " -_".contains(*letter);
        let title: String = self.editor.document().title().chars().filter(is_plain).take(60).collect();
        let title = if title.trim().is_empty() { "Recording" } else { title.trim() };
        let name = |number: u32| folder.join(format!("{title} {number}.wav"));
        (1..u32::MAX).map(name).find(|path| !path.exists()).unwrap_or_else(|| name(0))
    }
}
