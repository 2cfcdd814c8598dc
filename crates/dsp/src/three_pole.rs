//! A smoother of three equal poles in a row: its course has neither a jump nor a corner.
//!
//! It fades what switches, so that a choice that jumps is heard as a fade of 5 ms and makes no click, and it
//! rounds the corners of envelopes.

use crate::smooth::approach;
use crate::{Lanes, Vector};
use std::ops::Mul;

crate::lane_state! {
    /// See the module's documentation.
    pub struct ThreePole<V> {
        /// From the first to the last, which is the output.
        poles: [Lanes<V>; 3],
    }
}

/// Time constant of each pole of a switch's fade in seconds: 99.9 % of the way after 5 ms.
const FADE_SECONDS: f32 = 0.000_446;

/// The share of its way that a pole of a switch's fade covers in a frame.
#[inline(always)]
pub fn fade_share(sample_rate: f32) -> f32 {
    approach(Lanes(1.0 / (FADE_SECONDS * sample_rate))).0
}

impl<V: Vector> ThreePole<V> {
    /// At rest at a value.
    #[inline(always)]
    pub fn at(value: Lanes<V>) -> Self {
        Self { poles: [value; 3] }
    }

    /// Goes a frame's way towards `target`; `share` is that of each pole, as [`fade_share`] gives it, or one
    /// for each lane.
    #[inline(always)]
    pub fn follow<S: Copy>(&mut self, target: Lanes<V>, share: S) -> Lanes<V>
    where
        Lanes<V>: Mul<S, Output = Lanes<V>>,
    {
        let mut before = target;
        for pole in &mut self.poles {
            *pole += (before - *pole) * share;
            before = *pole;
        }
        before
    }

    /// Begins at `value` in a new instance, so that its first sound is not a fade. `is_old` is 0 in a new
    /// instance, and 1 from then on.
    #[inline(always)]
    pub fn begin(&mut self, value: Lanes<V>, is_old: &mut Lanes<V>) {
        let is_new = is_old.equal(0.0);
        if is_new.any() {
            for pole in &mut self.poles {
                *pole = is_new.select(value, *pole);
            }
            *is_old = value.same(1.0);
        }
    }

    /// The poles, from the first to the last.
    #[inline(always)]
    pub fn poles(&self) -> [Lanes<V>; 3] {
        self.poles
    }

    /// With these [`poles`](Self::poles).
    #[inline(always)]
    pub fn from_poles(poles: [Lanes<V>; 3]) -> Self {
        Self { poles }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_arrives_after_five_milliseconds_at_any_rate() {
        for sample_rate in [44_100.0, 48_000.0, 192_000.0] {
            let (mut fade, share) = (ThreePole::<f32>::default(), fade_share(sample_rate));
            let frames = (0.005 * sample_rate) as usize;
            let course: Vec<f32> = (0..frames).map(|_| fade.follow(Lanes(1.0), share).0).collect();
            assert!(course.windows(2).all(|pair| pair[1] >= pair[0]), "it never turns back");
            assert!((course[frames - 1] - 0.999).abs() < 0.001, "{}", course[frames - 1]);
        }
    }

    #[test]
    fn it_comes_to_rest_exactly_enough() {
        let mut fade = ThreePole::at(Lanes(1.0f32));
        for _ in 0..48_000 {
            fade.follow(Lanes(0.0), fade_share(48_000.0));
        }
        assert!(fade.poles()[2].0.abs() < 1e-20);
    }
}
