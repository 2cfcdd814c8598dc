//! Files dropped on the window: patches open, sounds become nodes that play them, MIDI files play.

use super::Studio;
use super::dialogs::Then;
use crate::edit::files::Kind;
use crate::edit::sound::Order;
use egui::{Pos2, Ui};
use jackfield_engine::ScheduledMidi;
use jackfield_io::midi_file;
use jackfield_node::{Category, NodeSpec, Setting, SettingKind};
use std::path::{Path, PathBuf};

impl Studio {
    pub(super) fn take_drops(&mut self, ui: &Ui) {
        let (files, at) = ui.input(|input| {
            let paths = input.raw.dropped_files.iter().map(|file| file.path().to_owned());
            (paths.collect::<Vec<PathBuf>>(), input.pointer.latest_pos())
        });
        for (place, file) in files.iter().enumerate() {
            let at = at.map(|at| at + egui::vec2(24.0, 24.0) * place as f32);
            match Kind::of(file) {
                Some(Kind::Patch) => self.go_on(Then::Open(file.clone())),
                Some(Kind::Sound) => self.add_file(file, at, false),
                Some(Kind::Midi) => self.add_file(file, at, true),
                None => self.editor.tell(format!("'{}' is no patch, sound or MIDI file.", file.display())),
            }
        }
    }

    /// Adds a node that plays a file, if there is a type that does.
    fn add_file(&mut self, file: &Path, at: Option<Pos2>, is_midi: bool) {
        let Some((spec, setting)) = self.registry.iter().find_map(|spec| takes_file(spec, is_midi)) else {
            if is_midi {
                self.play_midi_file(file);
            }
            return;
        };
        match self.shelf.adopt(file) {
            Ok(name) => self.editor.add_file_node(spec, setting.name, name, at),
            Err(error) => self.editor.refuse(&error),
        }
    }

    fn play_midi_file(&mut self, file: &Path) {
        match midi_file::load(file, self.sample_rate) {
            Ok(music) => {
                let events = music.events.iter();
                let notes = events.map(|event| ScheduledMidi { frame: event.frame, midi: event.midi });
                self.sound.order(Order::Notes(notes.collect()));
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                self.editor.tell(format!("Playing {name}."));
            }
            Err(error) => self.editor.refuse(&error),
        }
    }
}

/// The setting of a node type that names a file of notes, or of sound that it plays.
fn takes_file(spec: &'static NodeSpec, is_midi: bool) -> Option<(&'static NodeSpec, &'static Setting)> {
    let speaks_midi = spec.tags.contains(&"midi");
    let fits = if is_midi { speaks_midi } else { !speaks_midi && spec.category == Category::Source };
    let setting = spec.settings.iter().find(|setting| matches!(setting.kind, SettingKind::File))?;
    fits.then_some((spec, setting))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_node_type_that_plays_a_sound_file() {
        assert!(jackfield_nodes::registry().iter().any(|spec| takes_file(spec, false).is_some()));
    }
}
