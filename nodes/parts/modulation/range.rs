//! The range of a modulator: a setting, and what it means.

use jackfield_node::prelude::*;

choices! {
    /// Whether a modulator swings around 0 or stays above it.
    pub(crate) enum ModulationRange {
        Bipolar = "bipolar",
        Unipolar = "unipolar",
    }
}

impl ModulationRange {
    /// What brings -1..1 to the range: a factor, and what is added then.
    pub(crate) fn scale_and_offset(self) -> (f32, f32) {
        match self {
            Self::Bipolar => (1.0, 0.0),
            Self::Unipolar => (0.5, 0.5),
        }
    }
}
