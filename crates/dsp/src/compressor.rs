//! Dynamics in the log domain: static curve and smoothing of a feed-forward compressor.
//!
//! D. Giannoulis, M. Massberg, J. D. Reiss, "Digital Dynamic Range Compressor Design", JAES 60
//! (2012): gain computer with a soft knee, then a smooth decoupled peak detector on the reduction. All
//! levels are in octaves (6.02 dB).

use crate::knee::Knee;
use crate::{Lanes, Vector};

/// The shape of the static curve.
#[derive(Clone, Copy)]
pub struct CompressorCurve<V: Vector> {
    threshold: Lanes<V>,
    knee: Knee<V>,
}

impl<V: Vector> CompressorCurve<V> {
    /// `threshold` and `knee` (the width of the bend, from 0) in octaves, `ratio` from 1 up.
    #[inline(always)]
    pub fn new(threshold: Lanes<V>, ratio: Lanes<V>, knee: Lanes<V>) -> Self {
        Self { threshold, knee: Knee::new(1.0 - 1.0 / ratio.max(1.0), knee) }
    }

    /// By how much to reduce a level: 0 or more.
    #[inline(always)]
    pub fn reduction(&self, level: Lanes<V>) -> Lanes<V> {
        self.knee.reduction(level - self.threshold)
    }
}

/// The smoothed reduction of the next frame. `held` follows the reduction up at once and down at
/// `release`; `smoothed` follows `held` at `attack`. Both are shares per frame, see
/// [`smooth`](crate::smooth).
#[inline(always)]
pub fn smooth<V: Vector>(
    held: &mut Lanes<V>,
    smoothed: &mut Lanes<V>,
    reduction: Lanes<V>,
    attack: Lanes<V>,
    release: Lanes<V>,
) -> Lanes<V> {
    *held = reduction.max(*held + (reduction - *held) * release);
    *smoothed += (*held - *smoothed) * attack;
    *smoothed
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The static curve in decibels, from the paper.
    fn expected(level: f64, threshold: f64, ratio: f64, knee: f64) -> f64 {
        let over = level - threshold;
        if 2.0 * over < -knee {
            0.0
        } else if 2.0 * over.abs() <= knee && knee > 0.0 {
            (1.0 - 1.0 / ratio) * (over + knee / 2.0).powi(2) / (2.0 * knee)
        } else {
            over * (1.0 - 1.0 / ratio)
        }
    }

    #[test]
    fn the_curve_is_that_of_the_paper() {
        let octaves = |decibels: f64| Lanes((decibels / 6.020_599_9) as f32);
        for (threshold, ratio, knee) in
            [(-20.0, 4.0, 0.0), (-20.0, 4.0, 6.0), (-40.0, 1.0, 3.0), (-10.0, 100.0, 24.0)]
        {
            let curve = CompressorCurve::new(octaves(threshold), Lanes(ratio as f32), octaves(knee));
            for level in -80..=20 {
                let level = f64::from(level);
                let reduction = f64::from(curve.reduction(octaves(level)).0) * 6.020_599_9;
                let expected = expected(level, threshold, ratio, knee);
                assert!(
                    (reduction - expected).abs() < 1e-4,
                    "{level} dB at {threshold}, {ratio}, {knee}: {reduction}"
                );
            }
        }
    }

    #[test]
    fn bad_numbers_reduce_nothing_for_ever() {
        let curve = CompressorCurve::new(Lanes(-3.0f32), Lanes(f32::NAN), Lanes(f32::NAN));
        assert!(curve.reduction(Lanes(2.0)).0.is_finite());
    }
}
