//! Times that follow the tempo: a setting of note lengths, and how long one lasts.

use jackfield_node::Transport;
use jackfield_node::prelude::*;

/// Names of the note lengths; a dot makes one half as long again, a t puts three in the time of two.
const NAMES: &[&str] = &[
    "off", "1/32", "1/16t", "1/16", "1/8t", "1/16.", "1/8", "1/4t", "1/8.", "1/4", "1/2t", "1/4.", "1/2",
    "1/2.", "1/1",
];

/// Their lengths in quarter notes.
const BEATS: &[f64] = &[
    0.0,
    0.125,
    1.0 / 6.0,
    0.25,
    1.0 / 3.0,
    0.375,
    0.5,
    2.0 / 3.0,
    0.75,
    1.0,
    4.0 / 3.0,
    1.5,
    2.0,
    3.0,
    4.0,
];

/// The setting at a position of its node's list.
pub(crate) const fn setting(index: usize) -> Setting {
    Setting::choice(
        index,
        "sync",
        NAMES,
        0,
        "Off: the time knob says how long. Otherwise a note length at the patch's tempo does.",
    )
}

/// A note length, or none for a free time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct NoteLength(Option<f64>);

impl NoteLength {
    /// What a setting made by [`setting`] says.
    pub(crate) fn of(settings: &Settings, setting: Setting) -> Result<Self, ConfigError> {
        let choice = settings.choice(setting)?;
        Ok(Self((choice > 0).then(|| BEATS[choice])))
    }

    /// How long it lasts in seconds at the transport's tempo; none for a free time.
    pub(crate) fn seconds(self, transport: &Transport) -> Option<f64> {
        self.0.map(|beats| beats * 60.0 / transport.tempo())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_lengths_agree() {
        assert_eq!(NAMES.len(), BEATS.len());
        assert!(BEATS.windows(2).all(|pair| pair[0] < pair[1]), "from short to long");
        for (name, beats) in NAMES.iter().zip(BEATS).skip(1) {
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
