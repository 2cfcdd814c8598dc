//! The course of a swing in effects that swing: a setting, and what it means.

use jackfield_node::dsp::lfo::{rounded_square, triangle};
use jackfield_node::prelude::*;

/// The setting, first of its node.
pub(crate) const SHAPE: Setting = Setting::choice(
    0,
    "shape",
    &["sine", "triangle", "square"],
    0,
    "The way it moves: swinging, evenly, or hopping with rounded edges.",
);

/// See [`SHAPE`].
#[derive(Clone, Copy)]
pub(crate) enum LfoShape {
    Sine,
    Triangle,
    Square,
}

impl Configure for LfoShape {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok([Self::Sine, Self::Triangle, Self::Square][settings.choice(SHAPE)?])
    }
}

impl LfoShape {
    /// -1 to 1 at a phase.
    #[inline(always)]
    pub(crate) fn at<V: Vector>(self, phase: Bits<V>) -> Lanes<V> {
        match self {
            Self::Sine => phase.sin_turns(),
            Self::Triangle => triangle(phase),
            Self::Square => rounded_square(phase),
        }
    }
}
