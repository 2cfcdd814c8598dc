//! Tuning: the note nearest to a pitch, and how far off it is.

use crate::value_text::note_name;

/// A pitch as a musician reads it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tuning {
    /// Name of the nearest note of the equal temperament on A4 = 440 Hz.
    pub(crate) note: String,
    /// How much higher the tone is, in cents, -50 to 50.
    pub(crate) cents: f32,
    /// The tone's frequency.
    pub(crate) hertz: f32,
}

/// The note nearest to a pitch in octaves re C4.
pub(crate) fn nearest_note(octaves: f32) -> Tuning {
    let semitones = 12.0 * octaves;
    let nearest = semitones.round();
    Tuning {
        note: note_name(nearest / 12.0).0,
        cents: (semitones - nearest) * 100.0,
        hertz: jackfield_node::C4_HERTZ * octaves.exp2(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_named() {
        let tuning = nearest_note((442.0_f32 / jackfield_node::C4_HERTZ).log2());
        assert_eq!(tuning.note, "A4");
        assert!((tuning.cents - 7.85).abs() < 0.1, "{}", tuning.cents);
        assert!((tuning.hertz - 442.0).abs() < 0.01, "{}", tuning.hertz);
        assert_eq!(nearest_note(0.75 - 4.0).note, "A0");
    }
}
