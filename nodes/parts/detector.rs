//! Which signal a dynamics node listens to: its own input or a sidechain.

use jackfield_node::prelude::*;

/// The help of a sidechain input.
pub(crate) const SIDECHAIN_HELP: &str = "Signal whose loudness decides, when the detector listens to it.";

/// See the module's documentation.
#[derive(Clone, Copy)]
pub(crate) struct Detector {
    listens_to_sidechain: bool,
}

impl Detector {
    /// The setting at a position in the spec.
    pub(crate) const fn setting(index: usize) -> Setting {
        Setting::choice(index, "detector", &["input", "sidechain"], 0, "Which input's loudness decides.")
    }

    /// What the setting says.
    pub(crate) fn new(settings: &Settings, setting: Setting) -> Result<Self, ConfigError> {
        Ok(Self { listens_to_sidechain: settings.choice(setting)? == 1 })
    }

    /// The input to listen to.
    pub(crate) fn choose(self, input: Input, sidechain: Input) -> Input {
        if self.listens_to_sidechain { sidechain } else { input }
    }
}
