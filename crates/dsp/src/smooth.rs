//! Exponential approach: how envelopes, followers and smoothers move towards a target; and the course of a
//! fade.

use crate::{Lanes, Vector};

/// The share of the distance to a target that `value += (target - value) * share` covers in a frame,
/// when `rate` is the frame's length over the time constant: 1 - e^-rate.
///
/// Relative error below 1e-4 for rates up to 0.5 and below 0.02 up to 2, where the limit is; small
/// rates are exact, other than by an exponential function and a subtraction.
#[inline(always)]
pub fn approach<V: Vector>(rate: Lanes<V>) -> Lanes<V> {
    // The Pade approximation of order two.
    let x = rate.clamp(0.0, 2.0);
    x * 12.0 / ((x + 6.0) * x + 12.0)
}

/// [`approach`] for a duration knob's signal (octaves re 1 s): after that duration the distance has
/// shrunk to e^-`depth`.
#[inline(always)]
pub fn approach_in<V: Vector>(octaves: Lanes<V>, depth: f32, sample_rate: f32) -> Lanes<V> {
    approach((-octaves).exp2() * (depth / sample_rate))
}

/// The course of a fade: from 0 to 1 as x goes from 0 to 1, with neither a corner nor a bend at the ends (the
/// quintic smoothstep, Perlin 2002).
#[inline(always)]
pub fn ease<V: Vector>(x: Lanes<V>) -> Lanes<V> {
    x * x * x * ((x * 6.0 - 15.0) * x + 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_near_the_exponential() {
        for (rate, error) in [(1e-7f32, 2e-7), (1e-3, 3e-7), (0.1, 1e-6), (0.5, 1e-4), (2.0, 0.02)] {
            let expected = -(-f64::from(rate)).exp_m1();
            let share = f64::from(approach(Lanes(rate)).0);
            assert!((share / expected - 1.0).abs() < error, "{rate}: {share} {expected}");
        }
    }

    #[test]
    fn a_fade_begins_and_ends_flat() {
        let at = |x: f32| ease(Lanes(x)).0;
        assert_eq!([at(0.0), at(0.5), at(1.0)], [0.0, 0.5, 1.0]);
        assert!(at(0.01) < 1.1e-5 && 1.0 - at(0.99) < 1.1e-5);
    }

    #[test]
    fn never_overshoots() {
        for rate in [f32::INFINITY, 1e30, 5.0, -1.0, f32::NAN] {
            let share = approach(Lanes(rate)).0;
            assert!((0.0..1.0).contains(&share), "{rate}");
        }
    }
}
