//! The scales that come with the quantiser, in semitones above the root.

use jackfield_node::choices;

choices! {
    /// A scale.
    pub(super) enum NoteScale {
        Chromatic = "chromatic",
        Major = "major",
        Minor = "minor",
        HarmonicMinor = "harmonic_minor",
        MelodicMinor = "melodic_minor",
        Dorian = "dorian",
        Phrygian = "phrygian",
        Lydian = "lydian",
        Mixolydian = "mixolydian",
        Locrian = "locrian",
        MajorPentatonic = "major_pentatonic",
        MinorPentatonic = "minor_pentatonic",
        Blues = "blues",
        WholeTone = "whole_tone",
        Diminished = "diminished",
        Hirajoshi = "hirajoshi",
        DoubleHarmonic = "double_harmonic",
        Octaves = "octaves",
        Fifths = "fifths",
        MajorTriad = "major_triad",
        MinorTriad = "minor_triad",
    }
}

impl NoteScale {
    /// Its notes within an octave, from the root up.
    pub(super) fn semitones(self) -> &'static [u8] {
        match self {
            Self::Chromatic => &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
            Self::Major => &[0, 2, 4, 5, 7, 9, 11],
            Self::Minor => &[0, 2, 3, 5, 7, 8, 10],
            Self::HarmonicMinor => &[0, 2, 3, 5, 7, 8, 11],
            Self::MelodicMinor => &[0, 2, 3, 5, 7, 9, 11],
            Self::Dorian => &[0, 2, 3, 5, 7, 9, 10],
            Self::Phrygian => &[0, 1, 3, 5, 7, 8, 10],
            Self::Lydian => &[0, 2, 4, 6, 7, 9, 11],
            Self::Mixolydian => &[0, 2, 4, 5, 7, 9, 10],
            Self::Locrian => &[0, 1, 3, 5, 6, 8, 10],
            Self::MajorPentatonic => &[0, 2, 4, 7, 9],
            Self::MinorPentatonic => &[0, 3, 5, 7, 10],
            Self::Blues => &[0, 3, 5, 6, 7, 10],
            Self::WholeTone => &[0, 2, 4, 6, 8, 10],
            Self::Diminished => &[0, 2, 3, 5, 6, 8, 9, 11],
            Self::Hirajoshi => &[0, 2, 3, 7, 8],
            Self::DoubleHarmonic => &[0, 1, 4, 5, 7, 8, 11],
            Self::Octaves => &[0],
            Self::Fifths => &[0, 7],
            Self::MajorTriad => &[0, 4, 7],
            Self::MinorTriad => &[0, 3, 7],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::Choices;

    #[test]
    fn every_scale_ascends_from_its_root() {
        assert_eq!(NoteScale::Major.semitones(), [0, 2, 4, 5, 7, 9, 11]);
        for scale in NoteScale::ALL.iter().map(|scale| scale.semitones()) {
            assert!(scale[0] == 0 && scale.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(scale.iter().all(|semitone| *semitone < 12));
        }
    }
}
