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

/// Memory is there from the start, so the tempo down to which a length is meant literally has to have an end:
/// that of the slowest music, in beats per minute.
const SLOWEST_TEMPO: f64 = 20.0;

/// The setting at a position of its node's list.
pub(crate) const fn setting(index: usize) -> Setting {
    NoteLength::setting(
        index,
        "sync",
        NoteLength::Off,
        "Off: the time knob says how long. Otherwise a note length at the patch's tempo does, down to 20 \
         beats per minute; what is slower is halved until it fits.",
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

    /// How long it lasts in seconds at the transport's tempo, or half of that, or a quarter, so that it is
    /// never longer than [`longest_seconds`](Self::longest_seconds); none for a free time.
    pub(crate) fn seconds(self, transport: &Transport) -> Option<f64> {
        self.beats().map(|beats| {
            let (mut tempo, slowest) = (transport.tempo(), SLOWEST_TEMPO);
            while tempo < slowest {
                tempo += tempo;
            }
            beats * 60.0 / tempo
        })
    }

    /// The longest it ever lasts, in seconds; 0 for a free time.
    pub(crate) fn longest_seconds(self) -> f64 {
        self.beats().map_or(0.0, |beats| beats * 60.0 / SLOWEST_TEMPO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::Choices;

    #[test]
    fn a_slow_tempo_is_followed_and_a_slower_one_stays_on_its_beats() {
        let note = NoteLength::Whole;
        assert_eq!(note.longest_seconds(), 12.0);
        for (tempo, seconds) in [(120.0, 2.0), (40.0, 6.0), (20.0, 12.0), (19.0, 120.0 / 19.0), (1.0, 7.5)] {
            let mut transport = Transport::new(48_000.0);
            transport.change(jackfield_node::TransportChange::Tempo(tempo), 48_000.0);
            assert_eq!(note.seconds(&transport), Some(seconds), "{tempo}");
        }
    }

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
