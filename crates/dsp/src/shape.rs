//! Shapes of distortion: functions of a sample that leave small signals alone and bend large ones.
//!
//! The folds are short Fourier series. A partial of such a series is a sine of the signal, which is
//! frequency modulation: while the signal moves fast, the partial turns fast, and once it would turn at the
//! sample rate it comes back as a low tone. So a partial fades with the speed at which it turns, along nearly
//! a Gaussian curve: where the signal turns around, what is left of the partial is a short chirp, and this
//! envelope keeps its spectrum together. Shapes with corners are in [`adaa`](crate::adaa).

use crate::{Lanes, Vector};

/// Partials 1, 3 and 5 of the fold. Slope 1 at 0; within 0.01 of a triangle up to 0.8, and 0.89 where that
/// has its corner.
const FOLD: [f32; 3] = [0.793_943_5, -0.077_042_28, 0.014_760_614];

/// By the square of the turns per sample: a partial is gone at 0.71 turns.
const FADE: f32 = 2.0;
/// How much a signal may bend from sample to sample, at a quarter of the rate at which it is folded, for a
/// [`round_fold`] and a [`sine_fold`]: see [`gently`](crate::steepness::gently).
pub const ROUND_FOLD_BEND: f32 = 1.3;
/// See [`ROUND_FOLD_BEND`].
pub const SINE_FOLD_BEND: f32 = 3.0;

/// Smooth saturation, within -1..1.
#[inline(always)]
pub fn soft<V: Vector>(x: Lanes<V>) -> Lanes<V> {
    x.tanh()
}

/// Cuts off at -1 and 1.
#[inline(always)]
pub fn clip<V: Vector>(x: Lanes<V>) -> Lanes<V> {
    x.clamp(-1.0, 1.0)
}

/// Folds what goes beyond -1 and 1 back, as often as needed: a triangle, for controls. For sounds see
/// [`round_fold`].
#[inline(always)]
pub fn fold<V: Vector>(x: Lanes<V>) -> Lanes<V> {
    (x * 0.25 - 0.25).wrap_turns().abs() * -4.0 + 1.0
}

/// Folds sounds: what goes beyond -1 and 1 comes back, as often as needed, on the way from `before` to `now`.
/// The shape belongs to the middle of the way.
#[inline(always)]
pub fn round_fold<V: Vector>(before: Lanes<V>, now: Lanes<V>) -> Lanes<V> {
    let sine = ((before + now) * 0.125).sin_turns();
    let turns = (now - before) * 0.25;
    let (square, speed) = (sine * sine, turns * turns);
    // The sines of three and five times an angle, by those of the angle.
    let third = sine * (3.0 - square * 4.0);
    let fifth = sine * ((square * 16.0 - 20.0) * square + 5.0);
    let low = sine * FOLD[0] * fade(speed);
    low + third * FOLD[1] * fade(speed * 9.0) + fifth * FOLD[2] * fade(speed * 25.0)
}

/// Folds along a sine: rounder than [`round_fold`]. Its slope at 0 is a quarter of a turn per unit, 1.57.
#[inline(always)]
pub fn sine_fold<V: Vector>(before: Lanes<V>, now: Lanes<V>) -> Lanes<V> {
    let turns = (now - before) * 0.25;
    ((before + now) * 0.125).sin_turns() * fade(turns * turns)
}

/// The level of a partial by the square of the turns it makes per sample.
#[inline(always)]
fn fade<V: Vector>(speed: Lanes<V>) -> Lanes<V> {
    let left = (1.0 - speed * FADE).max(0.0);
    let square = left * left;
    let fourth = square * square;
    fourth * fourth
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_turn_back_at_one() {
        let still = |x: f32| (round_fold(Lanes(x), Lanes(x)).0, sine_fold(Lanes(x), Lanes(x)).0);
        for x in [-0.8f32, -0.5, 0.0, 0.3, 0.8] {
            assert!((still(x).0 - x).abs() < 0.011, "{x}: {}", still(x).0);
        }
        for x in [0.2f32, 0.7, 1.0] {
            for shift in [-8.0, 4.0, 400.0] {
                assert!((still(x + shift).0 - still(x).0).abs() < 1e-4, "it repeats every 4");
            }
            assert!((still(2.0 - x).0 - still(x).0).abs() < 1e-6, "it is even around 1");
            assert!((still(-x).0 + still(x).0).abs() < 1e-6, "it is odd");
        }
        assert!((still(1.0).1 - 1.0).abs() < 1e-6);
        assert!(still(2.0).1.abs() < 1e-6);
    }

    #[test]
    fn exact_shapes_pass_through_their_corners() {
        let xs = [-3.0f32, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0];
        let folded = [1.0, 0.0, -1.0, -0.5, 0.0, 0.5, 1.0, 0.0, -1.0];
        for (x, folded) in xs.into_iter().zip(folded) {
            assert_eq!(fold(Lanes(x)).0, folded, "{x}");
            assert_eq!(clip(Lanes(x)).0, x.clamp(-1.0, 1.0), "{x}");
        }
    }

    #[test]
    fn what_moves_too_fast_is_silent() {
        for x in [-3.0f32, 0.1, 7.7] {
            assert_eq!(round_fold(Lanes(x), Lanes(x + 3.0)).0, 0.0);
            assert_eq!(sine_fold(Lanes(x), Lanes(x - 3.0)).0, 0.0);
            assert!(round_fold(Lanes(x), Lanes(f32::INFINITY)).0.is_finite());
        }
    }
}
