//! Antiderivative antialiasing (ADAA): shapes made of straight lines, without the aliases of their corners.
//!
//! A signal that runs through a corner gets overtones that fall off slowly. Here the signal is a
//! straight line from sample to sample, and what comes out is not a point on the shape, but its mean
//! under a hat (a triangle two samples wide), in closed form. That is the antiderivative method of
//! second order (S. Bilbao, F. Esqueda, J. D. Parker, V. Välimäki, "Antiderivative Antialiasing for
//! Memoryless Nonlinearities", IEEE Signal Processing Letters 24, 2017), written corner by corner, so that
//! no difference of large numbers spoils it. It delays by one sample.

use crate::{Lanes, Vector};

/// Below this distance the way between two samples counts as a point.
const POINT: f32 = 1e-9;

/// The means of a shape on the way from one sample to the next, under the two halves of a hat.
#[derive(Clone, Copy)]
pub struct Halves<V: Vector> {
    /// Under the half that rises from the first sample to the second; it belongs to the second.
    pub rising: Lanes<V>,
    /// Under the half that falls; it belongs to the first sample.
    pub falling: Lanes<V>,
}

/// The means of |x|, which has a corner at 0, on the straight way from `before` to `now`.
#[inline(always)]
pub fn magnitude<V: Vector>(before: Lanes<V>, now: Lanes<V>) -> Halves<V> {
    let distance = (now - before).abs();
    let middle = (before + now) * 0.5;
    // As if the whole way lay on the side of its middle.
    let side = middle.copy_sign_to(middle.same(1.0 / 6.0));
    let (rising, falling) = ((now + now + before) * side, (before + before + now) * side);
    // What lies beyond the corner is a triangle that sticks out to the wrong side.
    let beyond = (distance * 0.5 - middle.abs()).max(0.0);
    let inverse = 1.0 / distance.max(POINT);
    let area = beyond * beyond * inverse;
    let far = area * beyond * inverse * (1.0 / 3.0);
    let at_start = before.abs().lt(now.abs());
    Halves {
        rising: rising + at_start.select(far, area - far),
        falling: falling + at_start.select(area - far, far),
    }
}

/// The means of the shape that cuts off at `low` and `high`.
#[inline(always)]
pub fn clip<V: Vector>(before: Lanes<V>, now: Lanes<V>, low: Lanes<V>, high: Lanes<V>) -> Halves<V> {
    let (lower, upper) = (magnitude(before - low, now - low), magnitude(before - high, now - high));
    // Half of a shape's rising and falling means is its mean, and each half of the hat has an area of 1/2.
    let middle = (low + high) * 0.25;
    Halves {
        rising: (lower.rising - upper.rising) * 0.5 + middle,
        falling: (lower.falling - upper.falling) * 0.5 + middle,
    }
}

/// What a shape leaves behind: the last sample, and the rising half that led to it.
pub type AdaaState<V> = [Lanes<V>; 2];

/// Brings the halves of a shape on the way from `memory[0]` to `now` together: the shape of the sample
/// before `now`.
#[inline(always)]
pub fn join<V: Vector>(memory: &mut AdaaState<V>, now: Lanes<V>, halves: Halves<V>) -> Lanes<V> {
    let shaped = memory[1] + halves.falling;
    *memory = [now, halves.rising];
    shaped
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAYS: [(f32, f32); 8] = [
        (-0.3, 0.4),
        (0.2, 1.7),
        (3.0, -2.5),
        (0.9, 1.01),
        (5.0, 5.5),
        (-7.3, 2.2),
        (0.5, 0.5),
        (-1e-4, 3.0),
    ];

    /// The two halves by adding up many points.
    fn expected(before: f32, now: f32, shape: impl Fn(f64) -> f64) -> [f64; 2] {
        const POINTS: u32 = 20_000;
        let mut halves = [0.0; 2];
        for point in 0..POINTS {
            let t = (f64::from(point) + 0.5) / f64::from(POINTS);
            let value = shape(f64::from(before) + f64::from(now - before) * t) / f64::from(POINTS);
            halves[0] += value * t;
            halves[1] += value * (1.0 - t);
        }
        halves
    }

    #[test]
    fn halves_are_those_of_many_points_between() {
        for (before, now) in WAYS {
            let (start, end) = (Lanes(before), Lanes(now));
            for (halves, expected) in [
                (magnitude(start, end), expected(before, now, f64::abs)),
                (clip(start, end, Lanes(-1.0), Lanes(1.0)), expected(before, now, |x| x.clamp(-1.0, 1.0))),
                (clip(start, end, Lanes(-0.5), Lanes(2.0)), expected(before, now, |x| x.clamp(-0.5, 2.0))),
            ] {
                let found = [halves.rising.0, halves.falling.0].map(f64::from);
                for (found, expected) in found.into_iter().zip(expected) {
                    assert!((found - expected).abs() < 1e-6, "{before} to {now}: {found}, not {expected}");
                }
            }
        }
    }

    /// Where nothing bends, the hat's mean is the sample in the middle.
    #[test]
    fn straight_parts_pass_a_sample_late() {
        let mut memory = [Lanes(0.0f32); 2];
        for i in 0..100 {
            let now = Lanes(i as f32 * 0.005);
            let halves = clip(memory[0], now, Lanes(-1.0), Lanes(1.0));
            let shaped = join(&mut memory, now, halves).0;
            assert!(i < 2 || (shaped - (i - 1) as f32 * 0.005).abs() < 1e-6, "{shaped} at {i}");
        }
    }
}
