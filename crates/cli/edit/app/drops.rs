//! Files dropped on the window: patches open, others become nodes that play or use them.

use super::App;
use super::dialogs::PendingAction;
use crate::edit::files::Kind;
use crate::edit::sound::AudioCommand;
use egui::{Pos2, Ui};
use jackfield_engine::ScheduledMidi;
use jackfield_io::midi_file;
use jackfield_node::{Category, FileKind, NodeSpec, Setting, SettingKind};
use std::path::{Path, PathBuf};

impl App {
    pub(super) fn take_drops(&mut self, ui: &Ui) {
        let (files, at) = ui.input(|input| {
            let paths = input.raw.dropped_files.iter().map(|file| file.path().to_owned());
            (paths.collect::<Vec<PathBuf>>(), input.pointer.latest_pos())
        });
        for (place, file) in files.iter().enumerate() {
            let at = at.map(|at| at + egui::vec2(24.0, 24.0) * place as f32);
            match Kind::of(file) {
                Some(Kind::Patch) => self.go_on(PendingAction::Open(file.clone())),
                Some(Kind::Asset(kind)) => self.add_file(file, at, kind),
                None => {
                    let file = file.display();
                    self.editor.tell(format!("'{file}' is no patch, and no file that a node takes."));
                }
            }
        }
    }

    /// Adds a node that takes a file, if there is a type that does.
    fn add_file(&mut self, file: &Path, at: Option<Pos2>, kind: FileKind) {
        let Some((spec, setting)) = self.registry.iter().find_map(|spec| takes_file(spec, kind)) else {
            if kind == FileKind::Midi {
                self.play_midi_file(file);
            }
            return;
        };
        match self.assets.import(file) {
            Ok(name) => self.editor.add_file_node(spec, setting.name, name, at),
            Err(error) => self.editor.refuse(&error),
        }
    }

    fn play_midi_file(&mut self, file: &Path) {
        match midi_file::load(file, self.sample_rate) {
            Ok(music) => {
                let events = music.events.iter();
                let notes = events.map(|event| ScheduledMidi { frame: event.frame, midi: event.midi });
                self.sound.send(AudioCommand::Notes(notes.collect()));
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let oddities: Vec<String> =
                    music.oddities.iter().map(|oddity| format!(" Odd: {oddity}.")).collect();
                let oddities = oddities.concat();
                self.editor.tell(format!("Playing {name}.{oddities}"));
            }
            Err(error) => self.editor.refuse(&error),
        }
    }
}

/// The setting of a node type that names a file of this kind. A sound is there to be played, so a source
/// takes it.
fn takes_file(spec: &'static NodeSpec, kind: FileKind) -> Option<(&'static NodeSpec, &'static Setting)> {
    let fits = kind != FileKind::Sound || spec.category == Category::Source;
    let is_wanted = |setting: &&Setting| matches!(setting.kind, SettingKind::File(takes) if takes == kind);
    spec.settings.iter().find(is_wanted).filter(|_| fits).map(|setting| (spec, setting))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_node_type_for_every_kind_of_file() {
        for kind in FileKind::ALL {
            let found = jackfield_nodes::registry().iter().find_map(|spec| takes_file(spec, kind));
            assert!(found.is_some(), "{kind:?}");
        }
    }
}
