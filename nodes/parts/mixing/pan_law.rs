//! How loud the middle between two sides or two sounds is: a setting, and what it means.

use jackfield_node::dsp::pan::{equal_power, linear};
use jackfield_node::prelude::*;

choices! {
    /// See [`LAW`].
    pub(crate) enum PanLaw {
        EqualPower = "equal_power",
        Linear = "linear",
    }
}

/// The setting, first of its node.
pub(crate) const LAW: Setting = PanLaw::setting(
    0,
    "law",
    PanLaw::EqualPower,
    "Gains in the middle: -3 dB, right for different sounds and for speakers, or -6 dB, for what adds up in \
     step.",
);

impl Configure for PanLaw {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(LAW)
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
