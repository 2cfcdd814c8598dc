//! Level detection for gates and their like: peaks, held for a moment.
//!
//! The level of a sine is that of its peaks, but between two peaks it passes through zero. A detector
//! that holds each peak for half a period of the lowest tone says the same level all the time, without
//! lagging behind an onset at all.

use crate::smooth::approach;
use crate::{Lanes, Vector};

/// How long a peak is held, in seconds: half a period of 50 Hz.
const HOLD_SECONDS: f32 = 0.01;
/// Time constant of the fall after that, in seconds.
const FALL_SECONDS: f32 = 0.001;

/// What a detector needs to know of the sample rate.
#[derive(Clone, Copy)]
pub struct PeakDetector<V: Vector> {
    hold: f32,
    fall: Lanes<V>,
}

impl<V: Vector> PeakDetector<V> {
    /// For a sample rate in hertz; `like` supplies the lanes.
    #[inline(always)]
    pub fn new(like: Lanes<V>, sample_rate: f32) -> Self {
        let fall = approach(like.same(1.0 / (FALL_SECONDS * sample_rate)));
        Self { hold: HOLD_SECONDS * sample_rate, fall }
    }

    /// The level at the next sample. `held` is the peak and how many frames ago it was.
    #[inline(always)]
    pub fn next(&self, held: &mut [Lanes<V>; 2], input: Lanes<V>) -> Lanes<V> {
        let [peak, age] = *held;
        let size = input.abs();
        let fallen = age.gt(self.hold).select(peak + (size - peak) * self.fall, peak);
        let rises = size.ge(fallen);
        // Counting on for ever would end in steps too small for an f32.
        *held = [rises.select(size, fallen), (!rises).keep((age + 1.0).min(self.hold + 1.0))];
        held[0]
    }
}

/// Moves towards a target at one of two shares per frame (see [`smooth`](crate::smooth)): `up` where the
/// target is above, `down` where it is below.
#[inline(always)]
pub fn attack_release<V: Vector>(
    value: &mut Lanes<V>,
    target: Lanes<V>,
    up: Lanes<V>,
    down: Lanes<V>,
) -> Lanes<V> {
    let distance = target - *value;
    *value += distance * distance.gt(0.0).select(up, down);
    *value
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    #[test]
    fn a_sine_has_one_level() {
        for hertz in [60.0, 1_000.0, 9_000.0] {
            let peaks = PeakDetector::new(Lanes(0.0f32), 48_000.0);
            let mut held = [Lanes(0.0); 2];
            for frame in 0..9_600 {
                let angle = TAU * hertz / 48_000.0 * f64::from(frame);
                let level = peaks.next(&mut held, Lanes(0.5 * angle.sin() as f32)).0;
                assert!(frame < 4_800 || (level - 0.5).abs() < 0.002, "{hertz} Hz: {level}");
            }
        }
    }

    #[test]
    fn it_rises_at_once_and_falls_after_a_while() {
        let peaks = PeakDetector::new(Lanes(0.0f32), 48_000.0);
        let mut held = [Lanes(0.0); 2];
        assert_eq!(peaks.next(&mut held, Lanes(-0.7)).0, 0.7);
        let levels: Vec<f32> = (0..2_400).map(|_| peaks.next(&mut held, Lanes(0.0)).0).collect();
        assert_eq!(levels[470], 0.7);
        let fallen = levels.iter().position(|level| *level < 0.7 * 0.368).unwrap();
        assert!((523..=535).contains(&fallen), "{fallen}");
    }
}
