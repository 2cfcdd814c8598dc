//! Static curve of a downward expander: the mirror image of a compressor's.
//!
//! What lies below the threshold is made softer still, with a knee of the same shape (D. Giannoulis, M.
//! Massberg, J. D. Reiss, "Digital Dynamic Range Compressor Design", JAES 60, 2012), down to a range. All
//! levels are in octaves (6.02 dB).

use crate::knee::Knee;
use crate::{Lanes, Vector};

/// The shape of the static curve.
#[derive(Clone, Copy)]
pub struct ExpanderCurve<V: Vector> {
    threshold: Lanes<V>,
    knee: Knee<V>,
    range: Lanes<V>,
}

impl<V: Vector> ExpanderCurve<V> {
    /// `threshold`, `knee` (the width of the bend, from 0) and `range` (the most reduction, from 0) in
    /// octaves, `ratio` from 1 up.
    #[inline(always)]
    pub fn new(threshold: Lanes<V>, ratio: Lanes<V>, knee: Lanes<V>, range: Lanes<V>) -> Self {
        Self { threshold, knee: Knee::new((ratio - 1.0).max(0.0), knee), range: range.max(0.0) }
    }

    /// By how much to reduce a level: 0 or more.
    #[inline(always)]
    pub fn reduction(&self, level: Lanes<V>) -> Lanes<V> {
        self.knee.reduction(self.threshold - level).min(self.range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_falls_below_the_threshold() {
        let reduction = |knee: f32, level: f32| {
            ExpanderCurve::new(Lanes(-5.0f32), Lanes(3.0), Lanes(knee), Lanes(8.0)).reduction(Lanes(level)).0
        };
        for (knee, level, expected) in [
            (0.0, -4.0, 0.0),
            (0.0, -5.0, 0.0),
            (0.0, -6.0, 2.0),
            (0.0, -8.0, 6.0),
            (0.0, -20.0, 8.0),
            (2.0, -3.9, 0.0),
            (2.0, -5.0, 0.5),
            (2.0, -6.0, 2.0),
            (2.0, -7.0, 4.0),
        ] {
            assert!((reduction(knee, level) - expected).abs() < 1e-5, "{knee}, {level}");
        }
        assert!(reduction(f32::NAN, f32::NAN).is_finite());
    }
}
