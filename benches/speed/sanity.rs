//! Whether a contender plays what it was asked to: a fast wrong answer wins nothing.

use std::f64::consts::TAU;
use thiserror::Error;

/// What is wrong with the sound of a contender.
#[derive(Clone, Debug, Error, PartialEq)]
pub(crate) enum Insane {
    #[error("sample {0} is no finite number")]
    NotFinite(usize),
    #[error("it is silent")]
    Silent,
    #[error("the loudest tone near {wanted} Hz is at {found} Hz")]
    Pitch { wanted: f64, found: f64 },
    #[error("sample {frame} is {found}, not {wanted}")]
    Sample { frame: usize, found: f32, wanted: f32 },
}

/// Sound is finite, and there is some.
pub(crate) fn sounds(sound: &[f32]) -> Result<(), Insane> {
    if let Some(frame) = sound.iter().position(|sample| !sample.is_finite()) {
        return Err(Insane::NotFinite(frame));
    }
    let power: f64 = sound.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    let is_silent = (power / sound.len() as f64).sqrt() < 1e-4;
    if is_silent { Err(Insane::Silent) } else { Ok(()) }
}

/// Between a tenth of an octave below `hertz` and a little above, that is the loudest tone, to 3 Hz.
pub(crate) fn has_tone(sound: &[f32], hertz: f64, rate: f64) -> Result<(), Insane> {
    let steps = (hertz * 0.11 / 0.25) as usize;
    let near = (0..steps).map(|step| hertz * 0.92 + step as f64 * 0.25);
    let loudest = near.max_by(|a, b| power_at(sound, *a, rate).total_cmp(&power_at(sound, *b, rate)));
    match loudest {
        Some(found) if (found - hertz).abs() > 3.0 => Err(Insane::Pitch { wanted: hertz, found }),
        _ => Ok(()),
    }
}

/// Power at one frequency through a Hann window.
fn power_at(sound: &[f32], hertz: f64, rate: f64) -> f64 {
    let length = sound.len() as f64;
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (frame, sample) in sound.iter().enumerate() {
        let time = frame as f64;
        let window = 1.0 - (TAU * time / length).cos();
        let (sine, cosine) = (TAU * hertz * time / rate).sin_cos();
        real += window * f64::from(*sample) * cosine;
        imaginary += window * f64::from(*sample) * sine;
    }
    real * real + imaginary * imaginary
}

/// The same samples, but for a rounding error of this size.
pub(crate) fn equals(sound: &[f32], reference: &[f32], error: f32) -> Result<(), Insane> {
    let differs = |(found, wanted): (&f32, &f32)| (found - wanted).abs() > error;
    match sound.iter().zip(reference).position(differs) {
        Some(frame) => Err(Insane::Sample { frame, found: sound[frame], wanted: reference[frame] }),
        None => Ok(()),
    }
}
