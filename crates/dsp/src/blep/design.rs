//! Designs the low-pass kernel behind the corrections: a Kaiser-windowed sinc, turned into the filter
//! of the same magnitude that answers soonest.

use crate::fourier::{Complex, Fourier};
use crate::precise::{bessel, ln, sin};
use std::f64::consts::TAU;

/// Points of the kernel per sample.
pub(super) const POINTS: usize = 64;
/// Length of the kernel in samples.
pub(super) const SPAN: usize = 24;
/// Where the kernel has lost half its amplitude, in cycles per sample: 22.1 kHz at 48 kHz.
const CUTOFF: f64 = 0.46;
/// Shape of the window: stops what would fold below 20 kHz at 48 kHz by 93 dB or more.
const BETA: f64 = 9.0;
/// Length of the transforms: long enough that the cepstrum does not fold onto itself.
const TRANSFORM: usize = 16_384;

/// The minimum-phase kernel, `POINTS` per sample, `SPAN` samples long; its sum is 1.
pub(super) fn kernel() -> Vec<f64> {
    let fourier = Fourier::new(TRANSFORM);
    let magnitudes = fourier.forward(&windowed_sinc()).into_iter().map(Complex::magnitude);
    // The real cepstrum, folded onto its causal half, belongs to the filter with the same magnitude
    // and the least phase (Oppenheim and Schafer, Discrete-Time Signal Processing, chapter 13).
    let logarithms: Vec<Complex> = magnitudes.map(|m| Complex { re: ln(m.max(1e-9)), im: 0.0 }).collect();
    let mut cepstrum = fourier.inverse(&logarithms);
    for (i, value) in cepstrum.iter_mut().enumerate() {
        let fold = if i == 0 || i == TRANSFORM / 2 { 1.0 } else { 2.0 };
        *value = if i > TRANSFORM / 2 { Complex::default() } else { value.times(fold) };
    }
    let spectrum: Vec<Complex> = fourier.forward(&cepstrum).into_iter().map(Complex::exp).collect();
    let mut kernel: Vec<f64> = fourier.inverse(&spectrum).iter().map(|value| value.re).collect();
    kernel.truncate(SPAN * POINTS + 1);
    let sum: f64 = kernel.iter().sum();
    kernel.iter().map(|value| value / sum).collect()
}

/// The linear-phase kernel, padded with zeros to the length of the transforms.
fn windowed_sinc() -> Vec<Complex> {
    let half = (SPAN * POINTS / 2) as f64;
    let mut kernel = vec![Complex::default(); TRANSFORM];
    for (i, value) in kernel.iter_mut().take(SPAN * POINTS + 1).enumerate() {
        let offset = i as f64 - half;
        let angle = TAU * CUTOFF * offset / POINTS as f64;
        let sinc = if offset == 0.0 { 1.0 } else { sin(angle) / angle };
        let position = offset / half;
        value.re = sinc * bessel(BETA * (1.0 - position * position).max(0.0).sqrt());
    }
    let sum: f64 = kernel.iter().map(|value| value.re).sum();
    kernel.iter().map(|value| value.times(1.0 / sum)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decibels at a frequency in cycles per sample.
    fn response(kernel: &[f64], frequency: f64) -> f64 {
        let mut sum = Complex::default();
        for (i, value) in kernel.iter().enumerate() {
            let angle = TAU * frequency * i as f64 / POINTS as f64;
            sum.re += value * angle.cos();
            sum.im -= value * angle.sin();
        }
        20.0 * sum.magnitude().log10()
    }

    #[test]
    fn the_kernel_passes_what_is_heard_and_stops_what_would_fold_onto_it() {
        let kernel = kernel();
        for hertz in [100.0, 5_000.0, 10_000.0, 16_000.0] {
            assert!(response(&kernel, hertz / 48_000.0).abs() < 0.01, "{hertz} Hz");
        }
        for hertz in [28_000.0, 30_000.0, 36_000.0, 48_000.0, 90_000.0] {
            assert!(response(&kernel, hertz / 48_000.0) < -90.0, "{hertz} Hz");
        }
    }

    #[test]
    fn the_kernel_answers_at_once() {
        let energy = |values: &[f64]| -> f64 { values.iter().map(|value| value * value).sum() };
        let kernel = kernel();
        assert!(energy(&kernel[..6 * POINTS]) > 0.9 * energy(&kernel));
    }
}
