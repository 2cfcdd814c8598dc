//! Times that follow the tempo: a setting of note lengths, and how long one lasts.

use jackfield_node::Transport;
use jackfield_node::prelude::*;

choices! {
    /// A note length; a dot makes one half as long again, a t puts three in the time of two.
    pub(crate) enum NoteLength {
        /// A free time.
        Off = "off",
        ThirtySecond = "1/32",
        SixteenthTriplet = "1/16t",
        Sixteenth = "1/16",
        EighthTriplet = "1/8t",
        DottedSixteenth = "1/16.",
        Eighth = "1/8",
        QuarterTriplet = "1/4t",
        DottedEighth = "1/8.",
        Quarter = "1/4",
        HalfTriplet = "1/2t",
        DottedQuarter = "1/4.",
        Half = "1/2",
        DottedHalf = "1/2.",
        Whole = "1/1",
    }
}

/// The setting at a position of its node's list.
pub(crate) const fn setting(index: usize) -> Setting {
    NoteLength::setting(
        index,
        "sync",
        NoteLength::Off,
        "Off: the time knob says how long. Otherwise a note length at the patch's tempo does.",
    )
}

impl NoteLength {
    /// How many quarter notes it lasts; none for a free time.
    fn beats(self) -> Option<f64> {
        Some(match self {
            Self::Off => return None,
            Self::ThirtySecond => 0.125,
            Self::SixteenthTriplet => 1.0 / 6.0,
            Self::Sixteenth => 0.25,
            Self::EighthTriplet => 1.0 / 3.0,
            Self::DottedSixteenth => 0.375,
            Self::Eighth => 0.5,
            Self::QuarterTriplet => 2.0 / 3.0,
            Self::DottedEighth => 0.75,
            Self::Quarter => 1.0,
            Self::HalfTriplet => 4.0 / 3.0,
            Self::DottedQuarter => 1.5,
            Self::Half => 2.0,
            Self::DottedHalf => 3.0,
            Self::Whole => 4.0,
        })
    }

    /// How long it lasts in seconds at the transport's tempo; none for a free time.
    pub(crate) fn seconds(self, transport: &Transport) -> Option<f64> {
        self.beats().map(|beats| beats * 60.0 / transport.tempo())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::Choices;

    #[test]
    fn names_and_lengths_agree() {
        let lengths: Vec<f64> = NoteLength::ALL.iter().filter_map(|length| length.beats()).collect();
        assert!(lengths.is_sorted_by(|shorter, longer| shorter < longer), "from short to long");
        for (name, beats) in NoteLength::NAMES.iter().skip(1).zip(lengths) {
            let plain = name.trim_end_matches(['.', 't']);
            let (over, under) = plain.split_once('/').unwrap();
            let quarters = 4.0 * over.parse::<f64>().unwrap() / under.parse::<f64>().unwrap();
            let factor = match name.as_bytes()[name.len() - 1] {
                b'.' => 1.5,
                b't' => 2.0 / 3.0,
                _ => 1.0,
            };
            assert!((quarters * factor - beats).abs() < 1e-12, "{name}");
        }
    }
}
