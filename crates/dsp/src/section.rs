//! Second-order sections of any response, for crossovers and resonances; equalisers match them to circuits
//! ([`matched`](crate::matched)).
//!
//! Every section is the trapezoidal state-variable filter of [`svf`](crate::svf) with its three responses
//! mixed (A. Simper, "Linear Trapezoidal Integrated State Variable Filter", Cytomic 2013), so it stays
//! stable while its knobs move.

use crate::{Lanes, Vector};

/// Half of the sample rate is out of reach; a corner may come this near.
const HIGHEST: f32 = 0.49;

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

    /// From the warped corner and the damping there; the output is the sum of the high-, band- and low-pass
    /// in these shares.
    #[inline(always)]
    pub(crate) fn mix(warped: Lanes<V>, damping: Lanes<V>, [high, band, low]: [Lanes<V>; 3]) -> Self {
        Self::new(warped, damping, high, band, low)
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
}
