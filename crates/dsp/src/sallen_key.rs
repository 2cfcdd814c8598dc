//! Sallen-Key filter with diodes in its feedback: smooth at low resonance, and a scream above.
//!
//! Two one-poles; the second's output comes back through a clipper and a capacitor into the first
//! (T. Stinchcombe, "A Study of the Korg MS10 and MS20 Filters", 2006). The input comes in at the front
//! for a low-pass of 12 dB per octave, or at the end through a capacitor for a high-pass of 6 dB per octave.
//! Both are `y = a + b clip(feedback y)` at every sample, with trapezoidal integrators and so without a
//! delay (V. Zavalishin, "The Art of VA Filter Design"); two of Newton's steps solve it, from above, where
//! they converge for sure. The corner is prewarped, and with it the resonance.

use crate::{Lanes, Vector};

/// The feedback from which the filter makes a tone of its own.
const OSCILLATION: f32 = 2.0;
/// The feedback at full resonance. The tone of a loop of two poles falls with the square of what is beyond
/// oscillation; up to here by 4 cents.
const MOST_FEEDBACK: f32 = 1.1 * OSCILLATION;

/// What cutoff and resonance become.
#[derive(Clone, Copy)]
pub struct SallenKeyCoefficients<V: Vector> {
    /// Instantaneous gain of a pole, and what is left of 1.
    pole: Lanes<V>,
    rest: Lanes<V>,
    feedback: Lanes<V>,
}

impl<V: Vector> SallenKeyCoefficients<V> {
    /// `fraction` is cutoff over sample rate (limited to 0..=0.45), `resonance` 0..=1; the tone sets in
    /// at 0.91.
    #[inline(always)]
    pub fn new(fraction: Lanes<V>, resonance: Lanes<V>) -> Self {
        let (n, d) = fraction.min(0.45).tan_half_turns_as_ratio();
        let inverse = 1.0 / (n + d);
        let feedback = resonance.clamp(0.0, 1.0) * MOST_FEEDBACK;
        Self { pole: n * inverse, rest: d * inverse, feedback }
    }

    /// The `y` of `y = a + b tanh(feedback y)`, and that tangent.
    #[inline(always)]
    fn solve(&self, a: Lanes<V>, b: Lanes<V>) -> (Lanes<V>, Lanes<V>) {
        // By magnitude: below both the solution without a clipper and the one with it fully on.
        let size = a.abs();
        let linear = size / (1.0 - b * self.feedback);
        let mut y = linear.min(size + b);
        for _ in 0..2 {
            let clipped = (y * self.feedback).tanh();
            let slope = 1.0 - b * self.feedback * (1.0 - clipped * clipped);
            y = y - (y - size - b * clipped) / slope;
        }
        let y = a.copy_sign_to(y);
        (y, (y * self.feedback).tanh())
    }
}

/// One frame of the low-pass.
#[inline(always)]
pub fn low<V: Vector>(
    [first, second]: &mut [Lanes<V>; 2],
    input: Lanes<V>,
    coefficients: &SallenKeyCoefficients<V>,
) -> Lanes<V> {
    let SallenKeyCoefficients { pole, rest, .. } = *coefficients;
    let a = pole * (pole * input + rest * *first) + rest * *second;
    let (y, fed_back) = coefficients.solve(a, pole * rest);
    let v = pole * (input - fed_back) + rest * *first;
    *first = v + v - *first;
    *second = y + y - *second;
    y
}

/// One frame of the high-pass.
#[inline(always)]
pub fn high<V: Vector>(
    [first, second]: &mut [Lanes<V>; 2],
    input: Lanes<V>,
    coefficients: &SallenKeyCoefficients<V>,
) -> Lanes<V> {
    let SallenKeyCoefficients { pole, rest, .. } = *coefficients;
    let a = rest * (input + *second) + pole * rest * *first;
    let (y, fed_back) = coefficients.solve(a, pole * rest);
    let v = rest * *first - pole * fed_back;
    let w = y - input;
    *first = v + v - *first;
    *second = w + w - *second;
    y
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loop_is_solved() {
        for fraction in [0.001f32, 0.05, 0.25] {
            for resonance in [0.0f32, 0.5, 0.8, 1.0] {
                let coefficients = SallenKeyCoefficients::new(Lanes(fraction), Lanes(resonance));
                let b = coefficients.pole * coefficients.rest;
                for a in [-30.0f32, -1.0, -0.01, 0.0, 1e-4, 0.3, 2.0] {
                    let (y, clipped) = coefficients.solve(Lanes(a), b);
                    let error = y.0 - a - b.0 * clipped.0;
                    assert!(error.abs() < 2e-3 * (1.0 + a.abs()), "{fraction}, {resonance}, {a}: {error}");
                }
            }
        }
    }
}
