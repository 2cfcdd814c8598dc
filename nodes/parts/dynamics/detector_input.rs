//! Which signal a dynamics node listens to: its own input or a sidechain.

use jackfield_node::prelude::*;

/// The help of a sidechain input.
pub(crate) const SIDECHAIN_HELP: &str = "Signal whose loudness decides, when the detector listens to it.";

/// The setting that says it, the first of its node.
pub(crate) const DETECTOR: Setting =
    Setting::choice(0, "detector", &["input", "sidechain"], 0, "Which input's loudness decides.");

/// What the setting says.
#[derive(Clone, Copy)]
pub(crate) struct DetectorInput {
    listens_to_sidechain: bool,
}

impl Configure for DetectorInput {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok(Self { listens_to_sidechain: settings.choice(DETECTOR)? == 1 })
    }
}

impl DetectorInput {
    /// The input to listen to.
    #[inline(always)]
    pub(crate) fn choose(self, input: Input, sidechain: Input) -> Input {
        if self.listens_to_sidechain { sidechain } else { input }
    }
}
