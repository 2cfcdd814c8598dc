//! The setting that chooses a MIDI channel, or all of them.

use jackfield_node::prelude::*;

/// The help of the setting where MIDI is heard.
pub(crate) const HEARD: &str = "MIDI channel to hear; 0 hears all.";

/// The setting at a position in the spec.
pub(crate) const fn setting(index: usize, help: &'static str) -> Setting {
    Setting::count(index, "channel", 0, 16, 0, help)
}

/// The channel counted from 0, or `None` for all of them.
pub(crate) fn chosen(settings: &Settings, setting: Setting) -> Result<Option<u8>, ConfigError> {
    Ok(settings.count(setting)?.checked_sub(1).map(|channel| channel as u8))
}
