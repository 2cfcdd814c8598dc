//! Saving: the patch and its files, and never over what somebody else has written meanwhile.

use super::dialogs::{Dialog, PendingAction};
use super::{App, AssetFolder, Fingerprint, Path};
use crate::edit::dialogs::Purpose;
use crate::patch_file;
use jackfield_editor::Host;
use jackfield_io::atomic_write;

impl App {
    /// Saves the document where it came from and goes on; asks first where that is not known, or where the
    /// file is no longer what it was.
    pub(super) fn save(&mut self, then: Option<PendingAction>) {
        let Some(path) = self.editor.document().path().map(Path::to_owned) else {
            return self.choose(Purpose::Save, then);
        };
        // A file that is gone is written anew.
        let now = Fingerprint::of(&path);
        if now.is_some() && now != self.on_disk {
            self.dialog = Some(Dialog::Changed(path, then));
        } else {
            self.save_and_go(&path, then);
        }
    }

    /// Saves the document at a path, and goes on if that has worked.
    pub(super) fn save_and_go(&mut self, path: &Path, then: Option<PendingAction>) {
        if self.save_to(path)
            && let Some(then) = then
        {
            self.go(then);
        }
    }

    /// Saves the document with its files; false when it can't, and then nothing has changed but for copied
    /// files.
    fn save_to(&mut self, path: &Path) -> bool {
        if patch_file::is_rack_name(path) {
            self.editor.refuse(&"a patch can't be saved as a Rack patch; give it a name that ends in .jack");
            return false;
        }
        let folder = AssetFolder::folder_of(Some(path), self.temporary_folder.path());
        let mut patch = self.editor.document().patch().clone();
        let saved = self.assets.copy_files(&patch, &folder).and_then(|renamed| {
            for edit in &renamed {
                patch.apply(edit.clone()).map_err(|error| error.to_string())?;
            }
            let text = jackfield_patch::write(&patch);
            atomic_write(path, text.as_bytes()).map_err(|error| error.to_string())?;
            Ok((renamed, Fingerprint::of_content(text.as_bytes())))
        });
        let (renamed, written) = match saved {
            Ok(saved) => saved,
            Err(error) => {
                self.editor.refuse(&error);
                return false;
            }
        };
        for edit in renamed {
            if let Err(error) = self.editor.document_mut().edit(edit) {
                self.editor.refuse(&error);
            }
        }
        self.on_disk = Some(written);
        self.follow_to(path, &folder);
        true
    }

    /// The document is saved there: its files are found beside it from now on, and its journal may go.
    fn follow_to(&mut self, path: &Path, folder: &Path) {
        let has_moved = self.assets.folder() != folder;
        self.assets.move_to(folder.to_owned());
        self.editor.document_mut().mark_saved(path.to_owned());
        if has_moved {
            // A file that was missing in the old folder may be there in the new one.
            self.host.play(self.editor.document().patch());
        }
        self.discard_journal();
        self.journaled = self.editor.document().revision();
        self.note_recent(path);
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.editor.tell(format!("Saved as {name}."));
    }
}
