//! The product of two signals at twice the sample rate: its sums of frequencies reach twice as high as
//! the signals do, and without the room would fold down.

use crate::oversample::{Chains, INNER, INNERS, chains, together};
use crate::{Lanes, Vector};

/// What the signal leaves behind on its way up or down.
pub type Memory<V> = Chains<V, INNERS>;

/// A sample at twice the rate: two samples.
#[inline(always)]
pub fn up<V: Vector>(memory: &mut Memory<V>, input: Lanes<V>) -> [Lanes<V>; 2] {
    chains(memory, &INNER, [input; 2])
}

/// Two samples at twice the rate as one sample again.
#[inline(always)]
pub fn down<V: Vector>(memory: &mut Memory<V>, [first, second]: [Lanes<V>; 2]) -> Lanes<V> {
    together(chains(memory, &INNER, [second, first]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// 15 kHz times 14 kHz: 1 kHz belongs there, 29 kHz would fold to 19 kHz.
    #[test]
    fn the_sum_of_the_frequencies_does_not_fold() {
        let none = [[Lanes(0.0f32); 2]; INNERS];
        let (mut one, mut other, mut back) = (none, none, none);
        let mut sums = [[0.0; 2]; 2];
        for frame in 0..96_000 {
            let sine = |hertz: f64| Lanes((TAU * hertz * f64::from(frame) / 48_000.0).sin() as f32);
            let (a, b) = (up(&mut one, sine(15_000.0)), up(&mut other, sine(14_000.0)));
            let product = f64::from(down(&mut back, [a[0] * b[0], a[1] * b[1]]).0);
            if frame >= 48_000 {
                for (sum, hertz) in sums.iter_mut().zip([1000.0, 19_000.0]) {
                    let (sin, cos) = (TAU * hertz * f64::from(frame) / 48_000.0).sin_cos();
                    *sum = [sum[0] + product * sin, sum[1] + product * cos];
                }
            }
        }
        let [difference, folded] = sums.map(|[a, b]| a.hypot(b) / 24_000.0);
        assert!((difference - 0.5).abs() < 1e-3, "{difference}");
        assert!(folded < 2e-6, "{folded}");
    }
}
