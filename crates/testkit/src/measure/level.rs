//! Levels in dB re 1.0, and likeness.

use jackfield_node::dsp::precise::bessel;
use std::f64::consts::{FRAC_PI_2, PI};

/// An amplitude in dB; silence is -300 dB.
pub fn decibels(amplitude: f64) -> f64 {
    20.0 * amplitude.abs().max(1e-15).log10()
}

/// The root of the mean square, in dB. A sine of peak 1 has -3.01 dB.
pub fn rms_db(signal: &[f32]) -> f64 {
    let energy: f64 = signal.iter().map(|x| f64::from(*x).powi(2)).sum();
    decibels((energy / signal.len().max(1) as f64).sqrt())
}

/// The largest sample, in dB.
pub fn peak_db(signal: &[f32]) -> f64 {
    decibels(signal.iter().fold(0.0, |peak: f64, x| peak.max(f64::from(x.abs()))))
}

/// The largest value of the waveform between the samples, in dB: sixteenfold interpolation by a sinc
/// that reaches 48 samples each way, finer than ITU-R BS.1770-5, annex 2 asks for.
pub fn true_peak_db(signal: &[f32]) -> f64 {
    peak_between::<48>(signal, |x| (FRAC_PI_2 * x).cos().powi(2))
}

/// The same as a gentler meter finds it, whose sinc under a Kaiser window reaches 32 samples each way.
pub fn gentle_true_peak_db(signal: &[f32]) -> f64 {
    let shape = 9.0;
    peak_between::<32>(signal, |x| bessel(shape * (1.0 - x * x).max(0.0).sqrt()) / bessel(shape))
}

/// The largest value between the samples, in dB, found by a sinc that reaches so many samples each way under
/// a window, which is a function from -1 to 1.
fn peak_between<const REACH: usize>(signal: &[f32], window: impl Fn(f64) -> f64) -> f64 {
    const STEPS: usize = 16;
    let kernel = |x: f64| {
        let sinc = if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
        sinc * window(x / REACH as f64)
    };
    let kernels: Vec<Vec<f64>> = (0..STEPS)
        .map(|step| {
            let fraction = step as f64 / STEPS as f64;
            (0..2 * REACH).map(|i| kernel(i as f64 - (REACH - 1) as f64 - fraction)).collect()
        })
        .collect();
    let mut padded = vec![0.0; REACH];
    padded.extend_from_slice(signal);
    padded.resize(signal.len() + 2 * REACH, 0.0);
    let value = |window: &[f32], kernel: &[f64]| -> f64 {
        window.iter().zip(kernel).map(|(sample, weight)| f64::from(*sample) * weight).sum()
    };
    let peak = padded
        .windows(2 * REACH)
        .flat_map(|window| kernels.iter().map(move |kernel| value(window, kernel).abs()))
        .fold(0.0, f64::max);
    decibels(peak)
}

/// Pearson's correlation without removing the mean: 1 for equal shapes, 0 for unrelated ones.
pub fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let product =
        |a: &[f32], b: &[f32]| -> f64 { a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum() };
    let energy = product(a, a) * product(b, b);
    if energy == 0.0 { 0.0 } else { product(a, b) / energy.sqrt() }
}

/// Where two sounds of one length first differ in a bit.
///
/// # Panics
/// If one is longer than the other.
pub fn first_difference(a: &[f32], b: &[f32]) -> Option<usize> {
    assert_eq!(a.len(), b.len(), "only sounds of one length can be compared");
    a.iter().zip(b).position(|(a, b)| a.to_bits() != b.to_bits())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::{noise, sine};

    #[test]
    fn a_sine_has_its_levels() {
        let sine = sine(48_000, 1000.0, 48_000.0);
        assert!((rms_db(&sine) + 3.0103).abs() < 1e-3);
        assert!(peak_db(&sine).abs() < 1e-3);
        assert_eq!(peak_db(&[0.0; 8]), -300.0);
    }

    /// A sine at a quarter of the rate, sampled halfway up its slopes: 3 dB more than any sample.
    #[test]
    fn true_peaks_lie_between_samples() {
        let samples: Vec<f32> = (0..400).map(|i| if i % 4 < 2 { 0.5 } else { -0.5 }).collect();
        // The abrupt ends ring by themselves, so they are faded.
        let faded: Vec<f32> =
            samples.iter().enumerate().map(|(i, x)| x * (i.min(399 - i) as f32 / 100.0).min(1.0)).collect();
        assert!((true_peak_db(&faded) - (peak_db(&faded) + 3.0103)).abs() < 0.02, "{}", true_peak_db(&faded));
    }

    #[test]
    fn correlation_knows_same_opposite_and_other() {
        let (a, b) = (noise(10_000, 1), noise(10_000, 2));
        let opposite: Vec<f32> = a.iter().map(|x| -0.1 * x).collect();
        assert!((correlation(&a, &a) - 1.0).abs() < 1e-9);
        assert!((correlation(&a, &opposite) + 1.0).abs() < 1e-6);
        assert!(correlation(&a, &b).abs() < 0.05);
    }
}
