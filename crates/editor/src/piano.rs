//! The piano: which notes are held by mouse and computer keyboard, and the MIDI they make.
//!
//! Two rows of the computer keyboard play like a piano: `Z S X D C ...` from C3, `Q 2 W 3 E ...` from C4;
//! brackets shift both by an octave. Whatever holds a note lets go of it when it loses the keyboard, so no
//! note hangs.

use egui::{Event, InputState, Key};
use jackfield_node::Midi;
use std::collections::BTreeMap;

/// The note of the lowest key of the computer keyboard: C3.
const LOWEST: i16 = 48;
/// Farthest shift, in octaves.
const OCTAVES: i8 = 3;
/// The keys from C up, both rows; the second begins an octave above the first.
const ROWS: [&[Key]; 2] = [
    &[
        Key::Z,
        Key::S,
        Key::X,
        Key::D,
        Key::C,
        Key::V,
        Key::G,
        Key::B,
        Key::H,
        Key::N,
        Key::J,
        Key::M,
        Key::Comma,
    ],
    &[
        Key::Q,
        Key::Num2,
        Key::W,
        Key::Num3,
        Key::E,
        Key::R,
        Key::Num5,
        Key::T,
        Key::Num6,
        Key::Y,
        Key::Num7,
        Key::U,
        Key::I,
        Key::Num9,
        Key::O,
        Key::Num0,
        Key::P,
    ],
];

/// What holds a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Finger {
    /// The mouse on drawn keys.
    Mouse,
    /// A key of the computer keyboard.
    Key(Key),
    /// An assistive device, by the note it holds.
    Assistant(u8),
}

/// Which notes are held. See the [module](self).
#[derive(Debug)]
pub(crate) struct Piano {
    held: BTreeMap<Finger, u8>,
    outgoing: Vec<Midi>,
    /// How many octaves higher the computer keyboard plays.
    pub(crate) octave: i8,
    /// How hard it strikes, 1 to 127.
    pub(crate) velocity: u8,
}

impl Default for Piano {
    fn default() -> Self {
        Self { held: BTreeMap::new(), outgoing: Vec::new(), octave: 0, velocity: 100 }
    }
}

impl Piano {
    /// Whether a note is held by anything.
    pub(crate) fn sounds(&self, note: u8) -> bool {
        self.held.values().any(|held| *held == note)
    }

    /// Strikes a note; the finger lets go of the one it held before.
    pub(crate) fn press(&mut self, finger: Finger, note: u8, velocity: u8) {
        if self.held.get(&finger) == Some(&note) {
            return;
        }
        let before = self.held.remove(&finger);
        if !self.sounds(note) {
            self.outgoing.push([0x90, note.min(127), velocity.clamp(1, 127)]);
        }
        self.held.insert(finger, note);
        // The new note begins before the old one ends, so that a monophonic instrument glides.
        self.end(before);
    }

    /// Lets go of a finger's note.
    pub(crate) fn release(&mut self, finger: Finger) {
        let before = self.held.remove(&finger);
        self.end(before);
    }

    fn end(&mut self, note: Option<u8>) {
        if let Some(note) = note.filter(|note| !self.sounds(*note)) {
            self.outgoing.push([0x80, note, 0]);
        }
    }

    /// Lets go of all notes that the computer keyboard holds.
    pub(crate) fn release_keys(&mut self) {
        self.release_if(|finger| matches!(finger, Finger::Key(_)));
    }

    /// Lets go of all notes.
    pub(crate) fn release_all(&mut self) {
        self.release_if(|_| true);
    }

    fn release_if(&mut self, is_meant: impl Fn(&Finger) -> bool) {
        let fingers: Vec<Finger> = self.held.keys().copied().filter(is_meant).collect();
        for finger in fingers {
            self.release(finger);
        }
    }

    /// Lets go of everything, and tells all instruments to be silent on every channel.
    pub(crate) fn panic(&mut self) {
        self.release_all();
        // Sustain off, all notes off, all sound off.
        let silence = [[64, 0], [123, 0], [120, 0]];
        let channels =
            (0..16).flat_map(|channel| silence.map(|[number, value]| [0xb0 | channel, number, value]));
        self.outgoing.extend(channels);
    }

    /// Shifts the computer keyboard by octaves.
    pub(crate) fn shift(&mut self, octaves: i8) {
        self.octave = (self.octave + octaves).clamp(-OCTAVES, OCTAVES);
    }

    /// Plays what was pressed on the computer keyboard in this frame. `figures`: whether the row of figures
    /// plays too.
    pub(crate) fn take_keys(&mut self, input: &InputState, figures: bool) {
        for event in &input.events {
            let Event::Key { key, physical_key, pressed, repeat, modifiers } = event else { continue };
            // Where the key lies counts, not what is printed on it.
            let key = physical_key.unwrap_or(*key);
            if !pressed {
                self.release(Finger::Key(key));
                continue;
            }
            let is_figure = key.name().starts_with(|name: char| name.is_ascii_digit());
            if *repeat || modifiers.any() && !modifiers.shift_only() || is_figure && !figures {
                continue;
            }
            match key {
                Key::OpenBracket => self.shift(-1),
                Key::CloseBracket => self.shift(1),
                _ => {
                    if let Some(note) = self.note_of(key) {
                        let velocity = if modifiers.shift { 127 } else { self.velocity };
                        self.press(Finger::Key(key), note, velocity);
                    }
                }
            }
        }
    }

    /// The note that a key of the computer keyboard plays now.
    fn note_of(&self, key: Key) -> Option<u8> {
        let place = |row: &&[Key]| row.iter().position(|one| *one == key);
        let (row, step) = ROWS.iter().enumerate().find_map(|(row, keys)| Some((row, place(keys)?)))?;
        let note = LOWEST + 12 * (i16::from(self.octave) + row as i16) + step as i16;
        u8::try_from(note).ok().filter(|note| *note < 128)
    }

    /// The messages since the last call.
    pub(crate) fn take(&mut self) -> Vec<Midi> {
        std::mem::take(&mut self.outgoing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_sounds_until_the_last_finger_lets_go() {
        let mut piano = Piano::default();
        piano.press(Finger::Mouse, 60, 80);
        piano.press(Finger::Key(Key::Q), 60, 90);
        piano.release(Finger::Mouse);
        assert_eq!(piano.take(), [[0x90, 60, 80]]);
        piano.release(Finger::Key(Key::Q));
        assert_eq!(piano.take(), [[0x80, 60, 0]]);
        piano.release(Finger::Mouse);
        assert_eq!(piano.take(), [[0; 3]; 0]);
    }

    #[test]
    fn a_finger_that_slides_ends_the_note_before() {
        let mut piano = Piano::default();
        piano.press(Finger::Mouse, 60, 80);
        piano.press(Finger::Mouse, 62, 80);
        piano.release_all();
        assert_eq!(piano.take(), [[0x90, 60, 80], [0x90, 62, 80], [0x80, 60, 0], [0x80, 62, 0]]);
    }

    #[test]
    fn two_rows_of_keys_are_two_octaves() {
        let mut piano = Piano::default();
        let note = |piano: &Piano, key| piano.note_of(key);
        assert_eq!((note(&piano, Key::Z), note(&piano, Key::Comma)), (Some(48), Some(60)));
        assert_eq!((note(&piano, Key::Q), note(&piano, Key::I)), (Some(60), Some(72)));
        assert_eq!(note(&piano, Key::A), None);
        for _ in 0..9 {
            piano.shift(1);
        }
        assert_eq!(note(&piano, Key::Z), Some(84));
        for _ in 0..9 {
            piano.shift(-1);
        }
        assert_eq!(note(&piano, Key::Z), Some(12));
    }
}
