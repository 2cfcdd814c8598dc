//! A file dialog of our own, for systems that have none: a path to type, and a list to click.

use super::list::{Entry, entries};
use super::{Choice, Purpose, Request};
use egui::{Align, Button, Id, Key, Layout, Modal, RichText, ScrollArea, TextEdit, Ui, vec2};
use std::path::{Path, PathBuf};

/// Size of the list.
const LIST: egui::Vec2 = vec2(480.0, 320.0);

/// The dialog while it is open.
pub(crate) struct Chooser {
    pub(crate) request: Request,
    folder: PathBuf,
    /// The name typed or chosen, or a whole path.
    name: String,
    found: Result<Vec<Entry>, String>,
    is_new: bool,
    /// The file that would be overwritten, once a person was warned.
    warned_of: Option<PathBuf>,
}

impl Chooser {
    /// Opens it.
    pub(crate) fn open(request: Request) -> Self {
        let folder = std::path::absolute(&request.folder).unwrap_or_else(|_| request.folder.clone());
        let name = request.name.clone();
        let mut chooser =
            Self { request, folder, name, found: Ok(Vec::new()), is_new: true, warned_of: None };
        chooser.look();
        chooser
    }

    fn look(&mut self) {
        let found = entries(&self.folder, self.request.purpose.kind());
        self.found = found.map_err(|error| format!("This folder can't be read: {error}."));
    }

    fn go(&mut self, folder: PathBuf) {
        self.folder = folder;
        if !self.request.purpose.is_new() {
            self.name.clear();
        }
        self.look();
    }

    /// Shows it for a frame.
    pub(crate) fn show(&mut self, context: &egui::Context) -> Choice {
        let response = Modal::new(Id::unique("file dialog")).show(context, |ui| {
            ui.set_width(LIST.x);
            ui.heading(self.request.purpose.title());
            ui.add_space(8.0);
            self.place(ui);
            let clicked = self.list(ui);
            ui.add_space(8.0);
            self.bottom(ui).or(clicked)
        });
        match response.inner {
            Some(choice) => choice,
            None if response.should_close() => Choice::None,
            None => Choice::Open,
        }
    }

    /// Where one is, and the way up.
    fn place(&mut self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            let parent = self.folder.parent().map(Path::to_owned);
            if ui.add_enabled(parent.is_some(), Button::new("Up")).clicked()
                && let Some(parent) = parent
            {
                self.go(parent);
            }
            ui.label(RichText::new(self.folder.display().to_string()).weak());
        });
    }

    fn list(&mut self, ui: &mut Ui) -> Option<Choice> {
        let mut clicked = None;
        let area = ScrollArea::vertical().max_height(LIST.y).min_scrolled_height(LIST.y).auto_shrink(false);
        area.show(ui, |ui| {
            let found = match &self.found {
                Ok(found) => found,
                Err(error) => {
                    ui.label(error);
                    return;
                }
            };
            if found.is_empty() {
                ui.weak("Nothing here.");
            }
            for entry in found {
                let text = if entry.is_folder { format!("{}/", entry.name) } else { entry.name.clone() };
                let response = ui.selectable_label(entry.name == self.name, text);
                if response.clicked() || response.double_clicked() {
                    clicked = Some((entry.clone(), response.double_clicked()));
                }
            }
        });
        let (entry, twice) = clicked?;
        let path = self.folder.join(&entry.name);
        if entry.is_folder {
            self.go(path);
            return None;
        }
        self.name = entry.name;
        (twice && !self.request.purpose.is_new()).then_some(Choice::File(path))
    }

    fn bottom(&mut self, ui: &mut Ui) -> Option<Choice> {
        let mut accepts = false;
        let label = ui.label("Name or path");
        let field = TextEdit::singleline(&mut self.name).desired_width(f32::INFINITY);
        let response = ui.add(field).labelled_by(label.id);
        if std::mem::take(&mut self.is_new) {
            response.request_focus();
        }
        accepts |= response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if let Some(file) = &self.warned_of {
            ui.label(format!("'{}' exists. Accept once more to replace it.", file.display()));
        }
        ui.add_space(8.0);
        let mut cancelled = false;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let word = if self.request.purpose.is_new() { "Save" } else { "Open" };
            accepts |= ui.add_enabled(!self.name.trim().is_empty(), Button::new(word)).clicked();
            cancelled = ui.button("Cancel").clicked();
        });
        if cancelled {
            return Some(Choice::None);
        }
        if accepts { self.accept() } else { None }
    }

    /// What the typed name stands for.
    fn accept(&mut self) -> Option<Choice> {
        let name = self.name.trim();
        if name.is_empty() {
            return None;
        }
        let mut path = self.folder.join(name);
        if path.is_dir() {
            self.go(path);
            return None;
        }
        if self.request.purpose == Purpose::Save {
            if path.extension().is_none() {
                path.set_extension(self.request.purpose.kind().endings()[0]);
            }
            if path.exists() && self.warned_of.as_ref() != Some(&path) {
                self.warned_of = Some(path);
                self.is_new = true;
                return None;
            }
        }
        Some(Choice::File(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn chooser(purpose: Purpose, folder: &Path) -> Chooser {
        Chooser::open(Request { purpose, folder: folder.to_owned(), name: String::new() })
    }

    #[test]
    fn a_typed_folder_is_entered_and_a_typed_file_is_chosen() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("songs")).expect("a folder");
        fs::write(folder.path().join("songs/a.jack"), "").expect("written");
        let mut chooser = chooser(Purpose::Open, folder.path());
        chooser.name = "songs".to_owned();
        assert_eq!(chooser.accept(), None);
        assert_eq!(chooser.found.as_ref().map(Vec::len), Ok(1));
        assert_eq!(chooser.accept(), None, "nothing is typed any more");
        chooser.name = "a.jack".to_owned();
        assert_eq!(chooser.accept(), Some(Choice::File(folder.path().join("songs/a.jack"))));
        let elsewhere = folder.path().join("b.jack");
        chooser.name = elsewhere.display().to_string();
        assert_eq!(chooser.accept(), Some(Choice::File(elsewhere)), "a whole path leads anywhere");
    }

    #[test]
    fn saving_adds_the_ending_and_warns_before_it_replaces() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut chooser = chooser(Purpose::Save, folder.path());
        chooser.name = "song".to_owned();
        let file = folder.path().join("song.jack");
        assert_eq!(chooser.accept(), Some(Choice::File(file.clone())));
        fs::write(&file, "").expect("written");
        assert_eq!(chooser.accept(), None);
        assert_eq!(chooser.accept(), Some(Choice::File(file)));
    }

    #[test]
    fn a_frame_shows_what_is_there() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("a.jack"), "").expect("written");
        let mut chooser = chooser(Purpose::Open, folder.path());
        let context = egui::Context::default();
        let mut choice = None;
        let output = context.run_ui(egui::RawInput::default(), |ui| choice = Some(chooser.show(ui.ctx())));
        output.drop_without_applying_deltas();
        assert_eq!(choice, Some(Choice::Open));
    }
}
