//! Which signal a dynamics node listens to: its own input or a sidechain.

use jackfield_node::prelude::*;

choices! {
    /// What the setting says.
    pub(crate) enum DetectorInput {
        Input = "input",
        Sidechain = "sidechain",
    }
}

/// The help of a sidechain input.
pub(crate) const SIDECHAIN_HELP: &str = "Signal whose loudness decides, when the detector listens to it.";

/// The setting that says it, the first of its node.
pub(crate) const DETECTOR: Setting =
    DetectorInput::setting(0, "detector", DetectorInput::Input, "Which input's loudness decides.");

impl Configure for DetectorInput {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(DETECTOR)
    }
}

impl DetectorInput {
    /// The input to listen to.
    #[inline(always)]
    pub(crate) fn choose(self, input: Input, sidechain: Input) -> Input {
        match self {
            Self::Input => input,
            Self::Sidechain => sidechain,
        }
    }
}
