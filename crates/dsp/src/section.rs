//! Second-order sections of any response, for equalisers and crossovers.
//!
//! Every section is the trapezoidal state-variable filter of [`svf`](crate::svf) with its three responses
//! mixed (A. Simper, "Linear Trapezoidal Integrated State Variable Filter", Cytomic 2013), so it stays
//! stable while its knobs move.

use crate::{Lanes, Vector};

/// Half of the sample rate is out of reach; a corner may come this near.
const HIGHEST: f32 = 0.49;
/// A gain nearer to 1 than this many octaves does nothing.
const UNITY: f32 = 1e-3;

/// One section: the integrators' coefficients and the mix of responses.
#[derive(Clone, Copy)]
pub struct Section<V: Vector> {
    a1: Lanes<V>,
    a2: Lanes<V>,
    a3: Lanes<V>,
    direct: Lanes<V>,
    band: Lanes<V>,
    low: Lanes<V>,
}

impl<V: Vector> Section<V> {
    /// `g` is the warped corner, `damping` is 1 / Q; the output is the sum of the high-, band- and
    /// low-pass in these shares. The band-pass has a peak of Q.
    #[inline(always)]
    fn new(g: Lanes<V>, damping: Lanes<V>, high: Lanes<V>, band: Lanes<V>, low: Lanes<V>) -> Self {
        let a1 = 1.0 / (g * (g + damping) + 1.0);
        let a2 = g * a1;
        Self { a1, a2, a3: g * a2, direct: high, band: band - high * damping, low: low - high }
    }

    /// Low-pass; `fraction` is the corner over the sample rate.
    #[inline(always)]
    pub fn low_pass(fraction: Lanes<V>, q: Lanes<V>) -> Self {
        let zero = q.same(0.0);
        Self::new(warp(fraction), 1.0 / q, zero, zero, q.same(1.0))
    }

    /// High-pass.
    #[inline(always)]
    pub fn high_pass(fraction: Lanes<V>, q: Lanes<V>) -> Self {
        let zero = q.same(0.0);
        Self::new(warp(fraction), 1.0 / q, q.same(1.0), zero, zero)
    }

    /// Band-pass with a peak of 1.
    #[inline(always)]
    pub fn band_pass(fraction: Lanes<V>, q: Lanes<V>) -> Self {
        let (zero, damping) = (q.same(0.0), 1.0 / q);
        Self::new(warp(fraction), damping, zero, damping, zero)
    }

    /// All-pass: turns the phase by half a turn at the corner and a whole one in all.
    #[inline(always)]
    pub fn all_pass(fraction: Lanes<V>, q: Lanes<V>) -> Self {
        let (one, damping) = (q.same(1.0), 1.0 / q);
        Self::new(warp(fraction), damping, one, -damping, one)
    }

    /// Shelf below the corner, by `octaves` of gain; half of it at the corner.
    #[inline(always)]
    pub fn low_shelf(fraction: Lanes<V>, q: Lanes<V>, octaves: Lanes<V>) -> Self {
        let (root, damping) = ((octaves * 0.5).exp2(), 1.0 / q);
        Self::new(warp(fraction) / root.sqrt(), damping, q.same(1.0), damping * root, root * root)
    }

    /// Shelf above the corner.
    #[inline(always)]
    pub fn high_shelf(fraction: Lanes<V>, q: Lanes<V>, octaves: Lanes<V>) -> Self {
        let (root, damping) = ((octaves * 0.5).exp2(), 1.0 / q);
        Self::new(warp(fraction) * root.sqrt(), damping, root * root, damping * root, q.same(1.0))
    }

    /// Bell: `octaves` of gain at the centre, half of them at the ends of a band of 1 / Q.
    ///
    /// At half the sample rate it has the gain that the same bell would have in an analogue circuit, so it
    /// stays as broad in the treble as in the bass (S. J. Orfanidis, "Digital Parametric Equalizer Design
    /// With Prescribed Nyquist-Frequency Gain", JAES 45, 1997; the names are those of the paper, with a
    /// reference gain of 1).
    #[inline(always)]
    pub fn bell(fraction: Lanes<V>, q: Lanes<V>, octaves: Lanes<V>) -> Self {
        let flat = octaves.abs().lt(UNITY);
        let octaves = flat.select(octaves.same(UNITY), octaves);
        let fraction = fraction.clamp(1e-6, HIGHEST);
        // Squared gains: at the peak, and at the ends of the band.
        let (peak, edge) = ((octaves * 2.0).exp2(), octaves.exp2());
        let (f, f00) = ((peak - edge).abs(), (edge - 1.0).abs());
        // The analogue bell's gain at half the rate: frequencies squared, in units of that half.
        let place = fraction * fraction * 4.0;
        let band = fraction * 2.0 / q;
        let width = f00 / f * band * band;
        let away = (place - 1.0) * (place - 1.0);
        let nyquist2 = (away + peak * width) / (away + width);
        let nyquist = nyquist2.sqrt();
        let (g00, g11) = ((peak - 1.0).abs(), (peak - nyquist2).abs());
        let (g01, f01) = ((peak - nyquist).abs(), (edge - nyquist).abs());
        let f11 = (edge - nyquist2).abs();
        let center = warp(fraction);
        let w2 = (g11 / g00).sqrt() * center * center;
        let dw = ((f00 / f11).sqrt() * w2 + 1.0) * warp(band * 0.5);
        let c = f11 * dw * dw - w2 * 2.0 * (f01 - (f00 * f11).sqrt());
        let d = w2 * 2.0 * (g01 - (g00 * g11).sqrt());
        let a = ((c + d) / f).max(1e-12).sqrt();
        let b = ((peak * c + edge * d) / f).max(1e-12).sqrt();
        let scale = 1.0 / w2.sqrt();
        let one = nyquist.same(1.0);
        let damping = a * scale;
        let (high, band) = (flat.select(one, nyquist), flat.select(damping, b * scale));
        Self::new(w2.sqrt(), damping, high, band, one)
    }

    /// Filters one frame.
    #[inline(always)]
    pub fn step(&self, [first, second]: &mut [Lanes<V>; 2], input: Lanes<V>) -> Lanes<V> {
        let rest = input - *second;
        let band = self.a1 * *first + self.a2 * rest;
        let low = *second + self.a2 * *first + self.a3 * rest;
        *first = band + band - *first;
        *second = low + low - *second;
        input * self.direct + band * self.band + low * self.low
    }
}

/// The warped frequency of a fraction of the sample rate.
#[inline(always)]
fn warp<V: Vector>(fraction: Lanes<V>) -> Lanes<V> {
    fraction.clamp(1e-6, HIGHEST).tan_half_turns()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// The gain in dB at a fraction of the sample rate, from the impulse response.
    fn gain(section: &Section<f32>, fraction: f64) -> f64 {
        let mut state = [Lanes(0.0f32); 2];
        let (mut real, mut imaginary) = (0.0, 0.0);
        for frame in 0..60_000 {
            let input = Lanes(if frame == 0 { 1.0 } else { 0.0 });
            let output = f64::from(section.step(&mut state, input).0);
            let angle = TAU * fraction * f64::from(frame);
            real += output * angle.cos();
            imaginary -= output * angle.sin();
        }
        20.0 * real.hypot(imaginary).log10()
    }

    const DECIBELS: f64 = 6.020_599_913_279_624;

    /// An analogue bell's gain in dB, `ratio` times above its centre.
    fn analogue_bell(ratio: f64, q: f64, octaves: f64) -> f64 {
        let root = 2f64.powf(octaves / 2.0);
        let real = (1.0 - ratio * ratio).powi(2);
        let (top, bottom) = ((ratio * root / q).powi(2), (ratio / root / q).powi(2));
        10.0 * ((real + top) / (real + bottom)).log10()
    }

    #[test]
    fn bells_are_those_of_circuits() {
        for (hertz, q, octaves) in [
            (50.0, 1.0, 2.0),
            (1_000.0, 0.7, -2.0),
            (1_000.0, 8.0, 3.0),
            (8_000.0, 1.0, 2.0),
            (12_000.0, 1.4, -2.0),
            (16_000.0, 2.0, 1.0),
        ] {
            let section = Section::bell(Lanes(hertz / 48_000.0), Lanes(q), Lanes(octaves));
            let (hertz, q, octaves) = (f64::from(hertz), f64::from(q), f64::from(octaves));
            assert!((gain(&section, hertz / 48_000.0) - octaves * DECIBELS).abs() < 0.05);
            for at in [30.0, 200.0, 700.0, 1_500.0, 6_000.0, 10_000.0, 15_000.0, 20_000.0] {
                let (found, wanted) = (gain(&section, at / 48_000.0), analogue_bell(at / hertz, q, octaves));
                assert!((found - wanted).abs() < 0.7, "{hertz} Hz, Q {q}, at {at} Hz: {found}, not {wanted}");
            }
        }
    }

    #[test]
    fn shelves_reach_their_gain_and_half_of_it_at_the_corner() {
        let (fraction, q) = (Lanes(0.02f32), Lanes(0.707f32));
        let low = Section::low_shelf(fraction, q, Lanes(2.0));
        let high = Section::high_shelf(fraction, q, Lanes(-1.0));
        for (section, below, above) in [(low, 2.0, 0.0), (high, 0.0, -1.0)] {
            let gains = [0.0002, 0.02, 0.45].map(|at| gain(&section, at) / DECIBELS);
            let wanted = [below, f64::midpoint(below, above), above];
            for (found, wanted) in gains.into_iter().zip(wanted) {
                assert!((found - wanted).abs() < 0.01, "{gains:?}");
            }
        }
    }

    #[test]
    fn passes_have_their_corners() {
        let (fraction, q) = (Lanes(0.05f32), Lanes(std::f32::consts::FRAC_1_SQRT_2));
        for (section, below, above) in [
            (Section::low_pass(fraction, q), true, false),
            (Section::high_pass(fraction, q), false, true),
            (Section::band_pass(fraction, q), false, false),
        ] {
            assert_eq!(gain(&section, 0.001) > -0.1, below);
            assert_eq!(gain(&section, 0.45) > -0.1, above);
        }
        assert!((gain(&Section::low_pass(fraction, q), 0.05) + 3.01).abs() < 0.01);
        assert!(gain(&Section::band_pass(fraction, Lanes(9.0)), 0.05).abs() < 0.01);
        for at in [0.001, 0.05, 0.2, 0.45] {
            assert!(gain(&Section::all_pass(fraction, q), at).abs() < 0.001);
        }
    }

    #[test]
    fn a_bell_without_gain_is_a_wire() {
        let section = Section::bell(Lanes(0.1f32), Lanes(1.0), Lanes(0.0));
        let mut state = [Lanes(0.0f32); 2];
        for x in [1.0, -0.3, 0.7, 0.0] {
            assert!((section.step(&mut state, Lanes(x)).0 - x).abs() < 1e-6);
        }
    }
}
