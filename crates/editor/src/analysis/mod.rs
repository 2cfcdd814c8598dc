//! Analysis: what is computed from samples to be seen: spectra, loudness, the name of a pitch. Pure functions
//! of samples and small meters; how they are drawn is the canvas's business.

mod spectrum;
mod tuning;
mod watch;

pub(crate) use spectrum::{FLOOR, Spectrum, resampled};
pub(crate) use tuning::nearest_note;
pub(crate) use watch::{HeldLevel, Meters, ROWS};

/// Amplitude in decibels, no less than `floor`.
pub(crate) fn decibels(amplitude: f32, floor: f32) -> f32 {
    if amplitude > 0.0 { (20.0 * amplitude.log10()).max(floor) } else { floor }
}
