//! The scales that come with the quantiser, in semitones above the root.

/// Their names, in the order of [`SEMITONES`].
pub(super) const NAMES: &[&str] = &[
    "chromatic",
    "major",
    "minor",
    "harmonic_minor",
    "melodic_minor",
    "dorian",
    "phrygian",
    "lydian",
    "mixolydian",
    "locrian",
    "major_pentatonic",
    "minor_pentatonic",
    "blues",
    "whole_tone",
    "diminished",
    "hirajoshi",
    "double_harmonic",
    "octaves",
    "fifths",
    "major_triad",
    "minor_triad",
];

/// The place of the major scale.
pub(super) const MAJOR: usize = 1;

/// The notes of each scale within an octave, from the root up.
pub(super) const SEMITONES: &[&[u8]] = &[
    &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    &[0, 2, 4, 5, 7, 9, 11],
    &[0, 2, 3, 5, 7, 8, 10],
    &[0, 2, 3, 5, 7, 8, 11],
    &[0, 2, 3, 5, 7, 9, 11],
    &[0, 2, 3, 5, 7, 9, 10],
    &[0, 1, 3, 5, 7, 8, 10],
    &[0, 2, 4, 6, 7, 9, 11],
    &[0, 2, 4, 5, 7, 9, 10],
    &[0, 1, 3, 5, 6, 8, 10],
    &[0, 2, 4, 7, 9],
    &[0, 3, 5, 7, 10],
    &[0, 3, 5, 6, 7, 10],
    &[0, 2, 4, 6, 8, 10],
    &[0, 2, 3, 5, 6, 8, 9, 11],
    &[0, 2, 3, 7, 8],
    &[0, 1, 4, 5, 7, 8, 11],
    &[0],
    &[0, 7],
    &[0, 4, 7],
    &[0, 3, 7],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scale_has_a_name_and_ascends_from_its_root() {
        assert_eq!(NAMES.len(), SEMITONES.len());
        assert_eq!(SEMITONES[MAJOR], [0, 2, 4, 5, 7, 9, 11]);
        for scale in SEMITONES {
            assert!(scale[0] == 0 && scale.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(scale.iter().all(|semitone| *semitone < 12));
        }
    }
}
