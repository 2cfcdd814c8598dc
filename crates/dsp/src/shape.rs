//! Shapes of distortion: functions of a sample that leave small signals alone and bend large ones.
//!
//! Shapes with corners come as their mean over the straight line between two samples as well, which
//! has far weaker aliases (J. D. Parker, V. Zavalishin, E. Le Bivic, "Reducing the Aliasing of Nonlinear
//! Waveshaping Using Continuous-Time Convolution", DAFx 2016).

use crate::{Lanes, Vector};

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

/// Folds what goes beyond -1 and 1 back, as often as needed.
#[inline(always)]
pub fn fold<V: Vector>(x: Lanes<V>) -> Lanes<V> {
    (x * 0.25 - 0.25).wrap_turns().abs() * -4.0 + 1.0
}

/// Folds along a sine: rounder than [`fold`]. Its slope at 0 is a quarter of a turn per unit, 1.57.
#[inline(always)]
pub fn sine<V: Vector>(x: Lanes<V>) -> Lanes<V> {
    (x * 0.25).sin_turns()
}

/// Below this distance a mean is taken at the middle: the difference of integrals would be inexact.
const SHORT: f32 = 1.0 / 32.0;

/// The mean of [`clip`] on the way from `before` to `now`.
#[inline(always)]
pub fn clip_mean<V: Vector>(before: Lanes<V>, now: Lanes<V>) -> Lanes<V> {
    mean(before, now, clip((before + now) * 0.5), clip_integral(now) - clip_integral(before))
}

/// x^2 / 2 inside, |x| - 1/2 outside.
#[inline(always)]
fn clip_integral<V: Vector>(x: Lanes<V>) -> Lanes<V> {
    let inside = x.clamp(-1.0, 1.0);
    x.abs() - inside.abs() + inside * inside * 0.5
}

/// The mean of [`fold`] on the way from `before` to `now`.
#[inline(always)]
pub fn fold_mean<V: Vector>(before: Lanes<V>, now: Lanes<V>) -> Lanes<V> {
    mean(before, now, fold((before + now) * 0.5), fold_integral(now) - fold_integral(before))
}

/// As periodic as the shape, whose mean is 0.
#[inline(always)]
fn fold_integral<V: Vector>(x: Lanes<V>) -> Lanes<V> {
    let turns = (x * 0.25 - 0.25).wrap_turns();
    turns * 4.0 - turns * turns.abs() * 8.0
}

#[inline(always)]
fn mean<V: Vector>(before: Lanes<V>, now: Lanes<V>, at_middle: Lanes<V>, area: Lanes<V>) -> Lanes<V> {
    let distance = now - before;
    distance.abs().gt(SHORT).select(area / distance, at_middle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_those_of_many_points_between() {
        for (before, now) in [(-0.3f32, 0.4), (0.2, 1.7), (3.0, -2.5), (0.9, 1.01), (5.0, 5.5), (-7.3, 2.2)] {
            let points = (0..10_000).map(|i| before + (now - before) * ((i as f32 + 0.5) / 10_000.0));
            let mean = |shape: fn(Lanes<f32>) -> Lanes<f32>| {
                points.clone().map(|x| f64::from(shape(Lanes(x)).0)).sum::<f64>() / 10_000.0
            };
            for (found, expected) in [
                (clip_mean(Lanes(before), Lanes(now)), mean(clip)),
                (fold_mean(Lanes(before), Lanes(now)), mean(fold)),
            ] {
                assert!(
                    (f64::from(found.0) - expected).abs() < 2e-4,
                    "{before} to {now}: {found:?} {expected}"
                );
            }
        }
    }

    #[test]
    fn shapes_pass_through_their_corners() {
        let xs = [-3.0f32, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0];
        let folded = [1.0, 0.0, -1.0, -0.5, 0.0, 0.5, 1.0, 0.0, -1.0];
        for (x, folded) in xs.into_iter().zip(folded) {
            assert_eq!(fold(Lanes(x)).0, folded, "{x}");
            assert_eq!(clip(Lanes(x)).0, x.clamp(-1.0, 1.0), "{x}");
        }
        assert!((sine(Lanes(1.0f32)).0 - 1.0).abs() < 1e-6);
        assert!(sine(Lanes(2.0f32)).0.abs() < 1e-6);
    }
}
