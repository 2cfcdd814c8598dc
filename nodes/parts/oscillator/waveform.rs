//! The waveform of an oscillator: a setting, and what it means.

use jackfield_node::dsp::wave::Wave;
use jackfield_node::prelude::*;

choices! {
    /// The shape of a cycle.
    pub(crate) enum Waveform {
        Saw = "saw",
        Square = "square",
        Triangle = "triangle",
        Sine = "sine",
    }
}

impl From<Waveform> for Wave {
    fn from(waveform: Waveform) -> Self {
        match waveform {
            Waveform::Saw => Self::Saw,
            Waveform::Square => Self::Square,
            Waveform::Triangle => Self::Triangle,
            Waveform::Sine => Self::Sine,
        }
    }
}
