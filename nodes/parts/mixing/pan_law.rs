//! How loud the middle between two sides or two sounds is: a setting, and what it means.

use jackfield_node::dsp::pan::{equal_power, linear};
use jackfield_node::prelude::*;

/// The setting, first of its node.
pub(crate) const LAW: Setting = Setting::choice(
    0,
    "law",
    &["equal_power", "linear"],
    0,
    "Gains in the middle: -3 dB, right for different sounds and for speakers, or -6 dB, for what adds up in step.",
);

/// See [`LAW`].
#[derive(Clone, Copy)]
pub(crate) enum PanLaw {
    EqualPower,
    Linear,
}

impl Configure for PanLaw {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok([Self::EqualPower, Self::Linear][settings.choice(LAW)?])
    }
}

impl PanLaw {
    /// Gains of the near and the far end at a position of 0 to 1.
    #[inline(always)]
    pub(crate) fn gains<V: Vector>(self, position: Lanes<V>) -> [Lanes<V>; 2] {
        match self {
            Self::EqualPower => equal_power(position),
            Self::Linear => linear(position),
        }
    }
}
