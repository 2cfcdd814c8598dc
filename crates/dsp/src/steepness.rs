//! Keeps hard driven signals within what the sample rate can show.
//!
//! Driven far enough, the steepest part of a signal crosses a whole curve from one sample to the next, and
//! the edge this makes has overtones without end. Where a signal moves fast, [`ease`] turns it down by as
//! much as it is too fast, so that the edge takes at least a sample or two. A signal that moves slowly
//! passes.
//!
//! Folds are another matter: what is folded turns around the faster the further it is driven, near its peaks
//! too, where it hardly moves. There it is the bend of a signal that has a limit: [`gently`] turns the signal
//! down to it.

use crate::{Lanes, Vector};

/// How much of an edge from -1 to 1 may be passed in a sample.
const MOST_STEEP: f32 = 1.0 / 1.3;

/// The sample `now`, as far as a curve that is `wide` times as wide as from -1 to 1 can follow it from the
/// `last` one, which `now` becomes.
#[inline(always)]
pub fn ease<V: Vector>(last: &mut Lanes<V>, now: Lanes<V>, wide: f32) -> Lanes<V> {
    let slope = (now - std::mem::replace(last, now)) * (1.0 / (MOST_STEEP * wide));
    let square = slope * slope;
    now / (square * square + 1.0).sqrt().sqrt()
}

/// How long the bend of a signal is averaged, in seconds.
const AVERAGED_SECONDS: f32 = 0.02;

/// The last sample, the one before it, and the mean square of how much the signal bends.
pub type Bend<V> = [Lanes<V>; 3];

/// The share of the average of [`gently`] that a new sample makes.
#[inline(always)]
pub fn share_of(sample_rate: f32) -> f32 {
    (1.0 / (AVERAGED_SECONDS * sample_rate)).min(1.0)
}

/// A driven signal, turned down as far as makes it bend by `most` (the root of the mean square of its second
/// difference).
#[inline(always)]
pub fn gently<V: Vector>(bend: &mut Bend<V>, driven: Lanes<V>, most: f32, share: f32) -> Lanes<V> {
    let [before, earlier, mean] = *bend;
    let second = driven - before * 2.0 + earlier;
    let mean = mean + (second * second - mean) * share;
    *bend = [driven, before, mean];
    driven / (mean * (1.0 / (most * most))).max(1.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_slow_passes() {
        let mut memory = Lanes(0.0f32);
        for i in 0..1_000 {
            let at = |i: i32| (f64::from(i) * 0.01).sin() as f32;
            let eased = ease(&mut memory, Lanes(at(i)), 1.0).0;
            assert!((eased - at(i)).abs() < 1e-6, "{i}: {eased}");
        }
    }

    #[test]
    fn no_edge_is_steeper_than_a_sample_or_two() {
        let mut memory = Lanes(0.0f32);
        let driven = |i: i32| (1e4 * (f64::from(i) * 0.1).sin()) as f32;
        let mut curve = |i: i32| f64::from(ease(&mut memory, Lanes(driven(i)), 1.0).0).tanh();
        let eased: Vec<f64> = (0..1_000).map(&mut curve).collect();
        let steepest = eased.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f64::max);
        assert!(steepest < 1.0, "{steepest}");
        assert!(eased.iter().any(|x| *x > 0.999), "it still reaches the end of the curve");
    }

    #[test]
    fn a_drive_is_as_asked_up_to_its_limit() {
        for (drive, expected) in [(1.0f32, 1.0), (3.0, 3.0), (1_000.0, 50.0)] {
            let (mut bend, mut peak) = ([Lanes(0.0f32); 3], 0.0f32);
            let step = 0.02f64.sqrt();
            for i in 0..20_000 {
                let driven = Lanes(drive * (f64::from(i) * step).sin() as f32);
                let found = gently(&mut bend, driven, 0.707, 1e-3).0.abs();
                peak = if i < 10_000 { 0.0 } else { peak.max(found) };
            }
            assert!((peak / expected - 1.0).abs() < 0.02, "{drive}: {peak}");
        }
    }
}
