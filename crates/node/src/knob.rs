//! Knobs: the value an input has of its own, its range and its unit.
//!
//! A person sees and a file stores the *shown* value (800 Hz). A kernel reads the *signal*. For a
//! **linear** knob they are the same number; for an **exponential** knob (1 per octave: hertz, seconds,
//! ratio, decibels, beats per minute) the signal is in octaves, so that a cable carrying +1.0 doubles the
//! value.

use crate::PortKind;
use crate::dsp::Lanes;

/// The frequency of pitch 0.0, C4, with A4 = 440 Hz.
pub const C4_HERTZ: f32 = 261.625_58;

/// Decibels per doubling of amplitude, 20 log10(2).
const DECIBELS_PER_OCTAVE: f32 = 6.020_6;

/// What a knob's shown value is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Exponential; signal in octaves re C4, like pitch.
    Hertz,
    /// Exponential; signal in octaves re 1 s.
    Seconds,
    /// Exponential; signal in octaves re 1.
    Ratio,
    /// Exponential (+1.0 is 6.02 dB); signal in octaves re 0 dB.
    Decibels,
    /// Exponential; signal in octaves re 120 beats per minute.
    BeatsPerMinute,
    /// Linear; seconds behind some beginning.
    LinearSeconds,
    /// Linear; octaves re C4.
    Octaves,
    /// Linear; 100 to the semitone.
    Cents,
    /// Linear; 0..1 or -1..1, shown as per cent.
    Percent,
    /// Linear; a bare number.
    Number,
}

impl Unit {
    /// A shown value with its unit and all its digits, like `800 Hz`. A per cent is the number from 0 to 1
    /// that a file stores.
    pub fn text(self, shown: f32) -> String {
        match self {
            Self::Hertz => format!("{shown} Hz"),
            Self::Seconds | Self::LinearSeconds => format!("{shown} s"),
            Self::Ratio => format!("x {shown}"),
            Self::Decibels => format!("{shown} dB"),
            Self::BeatsPerMinute => format!("{shown} bpm"),
            Self::Octaves => format!("{shown} oct"),
            Self::Cents => format!("{shown} cents"),
            Self::Percent | Self::Number => shown.to_string(),
        }
    }
}

/// How a knob's signal becomes the value that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KnobLaw {
    /// They are the same number.
    Linear,
    /// 1 per octave: a signal that rises by 1 doubles the value.
    Exponential,
}

/// A knob's unit, range and starting value, all as shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Knob {
    /// What the numbers are measured in.
    pub unit: Unit,
    /// Smallest value the knob turns to. Cables may push the signal further.
    pub min: f32,
    /// Largest value the knob turns to.
    pub max: f32,
    /// Value of a new node.
    pub default: f32,
}

impl Knob {
    const fn new(unit: Unit, min: f32, max: f32, default: f32) -> Self {
        assert!(min < max && min <= default && default <= max, "a knob's default lies in its range");
        Self { unit, min, max, default }
    }

    const fn exponential(unit: Unit, min: f32, max: f32, default: f32) -> Self {
        assert!(min > 0.0, "an exponential knob is above zero");
        Self::new(unit, min, max, default)
    }

    /// A frequency. The kernel reads octaves re C4.
    pub const fn hertz(min: f32, max: f32, default: f32) -> Self {
        Self::exponential(Unit::Hertz, min, max, default)
    }

    /// A duration. The kernel reads octaves re 1 s.
    pub const fn seconds(min: f32, max: f32, default: f32) -> Self {
        Self::exponential(Unit::Seconds, min, max, default)
    }

    /// A place in time, in seconds; may be 0. The kernel reads seconds.
    pub const fn linear_seconds(min: f32, max: f32, default: f32) -> Self {
        Self::new(Unit::LinearSeconds, min, max, default)
    }

    /// A factor. The kernel reads its base-2 logarithm.
    pub const fn ratio(min: f32, max: f32, default: f32) -> Self {
        Self::exponential(Unit::Ratio, min, max, default)
    }

    /// A gain or level in dB. The kernel reads octaves re 0 dB: `exp2` gives the factor.
    pub const fn decibels(min: f32, max: f32, default: f32) -> Self {
        Self::new(Unit::Decibels, min, max, default)
    }

    /// A tempo. The kernel reads octaves re 120 beats per minute.
    pub const fn beats_per_minute(min: f32, max: f32, default: f32) -> Self {
        Self::exponential(Unit::BeatsPerMinute, min, max, default)
    }

    /// A pitch offset in octaves.
    pub const fn octaves(min: f32, max: f32, default: f32) -> Self {
        Self::new(Unit::Octaves, min, max, default)
    }

    /// A fine pitch offset in cents.
    pub const fn cents(min: f32, max: f32, default: f32) -> Self {
        Self::new(Unit::Cents, min, max, default)
    }

    /// 0 to 1.
    pub const fn unit(default: f32) -> Self {
        Self::new(Unit::Percent, 0.0, 1.0, default)
    }

    /// -1 to 1.
    pub const fn bipolar(default: f32) -> Self {
        Self::new(Unit::Percent, -1.0, 1.0, default)
    }

    /// A bare number.
    pub const fn number(min: f32, max: f32, default: f32) -> Self {
        Self::new(Unit::Number, min, max, default)
    }

    pub(crate) const fn port_kind(&self) -> PortKind {
        match self.unit {
            Unit::Hertz | Unit::Octaves => PortKind::Pitch,
            _ => PortKind::Control,
        }
    }

    /// How the signal becomes the shown value.
    pub const fn law(&self) -> KnobLaw {
        match self.unit {
            Unit::Hertz | Unit::Seconds | Unit::Ratio | Unit::Decibels | Unit::BeatsPerMinute => {
                KnobLaw::Exponential
            }
            Unit::LinearSeconds | Unit::Octaves | Unit::Cents | Unit::Percent | Unit::Number => {
                KnobLaw::Linear
            }
        }
    }

    /// The signal a kernel reads when the knob shows `shown`. The same bits on every machine.
    pub fn to_signal(&self, shown: f32) -> f32 {
        let octaves = |factor: f32| Lanes(factor).log2().0;
        match self.unit {
            Unit::Hertz => octaves(shown / C4_HERTZ),
            Unit::Seconds | Unit::Ratio => octaves(shown),
            Unit::Decibels => shown / DECIBELS_PER_OCTAVE,
            Unit::BeatsPerMinute => octaves(shown / 120.0),
            Unit::LinearSeconds | Unit::Octaves | Unit::Cents | Unit::Percent | Unit::Number => shown,
        }
    }

    /// The shown value of a signal: the inverse of [`to_signal`](Self::to_signal).
    pub fn to_shown(&self, signal: f32) -> f32 {
        let factor = || Lanes(signal).exp2().0;
        match self.unit {
            Unit::Hertz => factor() * C4_HERTZ,
            Unit::Seconds | Unit::Ratio => factor(),
            Unit::Decibels => signal * DECIBELS_PER_OCTAVE,
            Unit::BeatsPerMinute => factor() * 120.0,
            Unit::LinearSeconds | Unit::Octaves | Unit::Cents | Unit::Percent | Unit::Number => signal,
        }
    }

    /// The nearest value the knob can show; the default for NaN.
    pub fn clamp(&self, shown: f32) -> f32 {
        if shown.is_nan() { self.default } else { shown.clamp(self.min, self.max) }
    }
}
