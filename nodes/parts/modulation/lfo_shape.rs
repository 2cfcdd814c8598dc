//! The course of a swing in effects that swing: a setting, and what it means.

use jackfield_node::dsp::lfo::{rounded_square, triangle};
use jackfield_node::prelude::*;

choices! {
    /// See [`SHAPE`].
    pub(crate) enum LfoShape {
        Sine = "sine",
        Triangle = "triangle",
        Square = "square",
    }
}

/// The setting, first of its node.
pub(crate) const SHAPE: Setting = LfoShape::setting(
    0,
    "shape",
    LfoShape::Sine,
    "The way it moves: swinging, evenly, or hopping with rounded edges.",
);

impl Configure for LfoShape {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(SHAPE)
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
