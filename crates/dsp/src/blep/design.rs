//! Designs the low-pass kernel behind the corrections: a Kaiser-windowed sinc, turned into the filter
//! of the same magnitude that answers soonest.
//!
//! Only the four operations of `f64` are used, which give the same bits on every machine; the
//! platform's `sin`, `exp` and `ln` would not.

use std::f64::consts::{LN_2, PI, TAU};

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
    let magnitudes = transform(&windowed_sinc(), false).into_iter().map(Complex::magnitude);
    // The real cepstrum, folded onto its causal half, belongs to the filter with the same magnitude
    // and the least phase (Oppenheim and Schafer, Discrete-Time Signal Processing, chapter 13).
    let logarithms: Vec<Complex> = magnitudes.map(|m| Complex { re: ln(m.max(1e-9)), im: 0.0 }).collect();
    let mut cepstrum = transform(&logarithms, true);
    for (i, value) in cepstrum.iter_mut().enumerate() {
        let fold = if i == 0 || i == TRANSFORM / 2 { 1.0 } else { 2.0 };
        *value = if i > TRANSFORM / 2 { Complex::default() } else { value.times(fold) };
    }
    let spectrum: Vec<Complex> = transform(&cepstrum, false).into_iter().map(Complex::exp).collect();
    let mut kernel: Vec<f64> = transform(&spectrum, true).iter().map(|value| value.re).collect();
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

/// The modified Bessel function of order zero, by its power series.
fn bessel(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..60 {
        term *= quarter / f64::from(k * k);
        sum += term;
    }
    sum
}

#[derive(Clone, Copy, Default)]
struct Complex {
    re: f64,
    im: f64,
}

impl Complex {
    fn magnitude(self) -> f64 {
        (self.re * self.re + self.im * self.im).sqrt()
    }

    fn times(self, factor: f64) -> Self {
        Self { re: self.re * factor, im: self.im * factor }
    }

    fn product(self, other: Self) -> Self {
        Self { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }

    fn exp(self) -> Self {
        let magnitude = exp(self.re);
        Self { re: magnitude * sin(self.im + PI / 2.0), im: magnitude * sin(self.im) }
    }
}

/// The discrete Fourier transform of `TRANSFORM` numbers, or its inverse (Cooley and Tukey).
fn transform(input: &[Complex], inverse: bool) -> Vec<Complex> {
    let bits = TRANSFORM.trailing_zeros();
    let mut data: Vec<Complex> =
        (0..TRANSFORM).map(|i| input[i.reverse_bits() >> (usize::BITS - bits)]).collect();
    let direction = if inverse { 1.0 } else { -1.0 };
    let mut half = 1;
    while half < TRANSFORM {
        let turns: Vec<Complex> = (0..half)
            .map(|k| {
                let angle = direction * PI * k as f64 / half as f64;
                Complex { re: sin(angle + PI / 2.0), im: sin(angle) }
            })
            .collect();
        for group in data.chunks_exact_mut(2 * half) {
            let (low, high) = group.split_at_mut(half);
            for ((a, b), turn) in low.iter_mut().zip(high).zip(&turns) {
                let turned = b.product(*turn);
                *b = Complex { re: a.re - turned.re, im: a.im - turned.im };
                *a = Complex { re: a.re + turned.re, im: a.im + turned.im };
            }
        }
        half *= 2;
    }
    let scale = if inverse { 1.0 / TRANSFORM as f64 } else { 1.0 };
    data.into_iter().map(|value| value.times(scale)).collect()
}

/// Sine of radians, by its power series within a quarter turn. Error below 1e-14 for |x| up to 100.
fn sin(x: f64) -> f64 {
    let half_turns = (x / PI).round_ties_even();
    let rest = x - half_turns * PI;
    let square = rest * rest;
    let mut term = rest;
    let mut sum = rest;
    for k in 1..12 {
        term *= -square / f64::from((2 * k) * (2 * k + 1));
        sum += term;
    }
    if half_turns % 2.0 == 0.0 { sum } else { -sum }
}

/// e^x for |x| up to 700, by halving x and squaring back.
fn exp(x: f64) -> f64 {
    let octaves = (x / LN_2).round_ties_even();
    let rest = x - octaves * LN_2;
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..18 {
        term *= rest / f64::from(k);
        sum += term;
    }
    sum * f64::from_bits(((octaves as i64 + 1023) as u64) << 52)
}

/// The natural logarithm of a positive normal number.
fn ln(x: f64) -> f64 {
    let octaves = ((x.to_bits() >> 52) as i64 - 1023) as f64;
    let mantissa = f64::from_bits((x.to_bits() & ((1 << 52) - 1)) | 1.0f64.to_bits());
    let ratio = (mantissa - 1.0) / (mantissa + 1.0);
    let square = ratio * ratio;
    let mut power = ratio;
    let mut sum = 0.0;
    for k in 0..18 {
        sum += power / f64::from(2 * k + 1);
        power *= square;
    }
    2.0 * sum + octaves * LN_2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_near_the_platforms() {
        for i in -2_000..2_000 {
            let x = f64::from(i) * 0.0137;
            assert!((sin(x) - x.sin()).abs() < 1e-14, "sin {x}");
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-14, "exp {x}");
            assert!((ln(x.exp()) - x).abs() < 1e-13, "ln e^{x}");
        }
        assert!((bessel(9.0) - 1_093.588_354_511_374_6).abs() < 1e-9);
    }

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
