//! Preferences: what a person chooses once for all patches. The program keeps them between runs.

use crate::theme::Theme;

/// What a person has chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Preferences {
    /// The colours.
    pub theme: Theme,
    /// How large everything is, 0.5 to 3; 1 is what the screen's owner has chosen for all programs.
    pub scale: f32,
    /// How sound comes out and in.
    pub sound: SoundPreferences,
    /// How loud everything is played, in decibels: -60, which is silence, to 0.
    pub volume: f32,
    /// MIDI inputs that play, by name; all of them when nothing is chosen.
    pub midi_inputs: Option<Vec<String>>,
    /// The MIDI output, by name, that what patches play goes to; none when nothing is chosen.
    pub midi_output: Option<String>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            scale: 1.0,
            volume: 0.0,
            sound: SoundPreferences::default(),
            midi_inputs: None,
            midi_output: None,
        }
    }
}

/// How sound comes out and in. What is left open is the device's own choice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SoundPreferences {
    /// The sound system; else the first that has a device.
    pub host: Option<String>,
    /// The output device's id; else the default one.
    pub output: Option<String>,
    /// The input device's id, if sound comes in; an empty one is the default one.
    pub input: Option<String>,
    /// Frames per second.
    pub sample_rate: Option<u32>,
    /// Frames per callback.
    pub block: Option<u32>,
}
