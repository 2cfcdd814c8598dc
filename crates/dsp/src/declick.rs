//! Leads from a sound that is cut off to the one that begins in its place, without a click.

use crate::smooth::ease;
use crate::{Lanes, Mask, Vector};

crate::lane_state! {
    /// What is left of the sound that was: it goes on straight ahead while it fades, so that neither a jump
    /// nor a corner is heard.
    pub struct Declick<V> {
        /// The last sample that came out, and its slope.
        last: Lanes<V>,
        slope: Lanes<V>,
        /// The difference between the sounds, which fades, and by how much it grows in a frame.
        difference: Lanes<V>,
        drift: Lanes<V>,
        /// Frames until it is gone.
        left: Lanes<V>,
    }
}

impl<V: Vector> Declick<V> {
    /// The next sample. Where the sound `starts` again, what was heard before fades over `frames`.
    #[inline(always)]
    pub fn next(&mut self, sample: Lanes<V>, starts: Mask<V>, frames: f32) -> Lanes<V> {
        let Self { last, slope, difference, drift, left } = self;
        *drift = starts.select(*slope, *drift);
        *difference = starts.select(*last + *slope - sample, *difference + *drift);
        *left = starts.select(left.same(frames), (*left - 1.0).max(0.0));
        let x = *left * (1.0 / frames);
        let joined = sample + *difference * ease(x);
        *slope = joined - *last;
        *last = joined;
        joined
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_becomes_a_slope() {
        let mut declick = Declick::<f32>::default();
        let next = |i: i32| {
            let starts = Lanes(if i == 50 { 1.0f32 } else { 0.0 }).gt(0.5);
            declick.next(Lanes(if i < 50 { 1.0 } else { 0.0 }), starts, 100.0).0
        };
        let out: Vec<f32> = (0..200).map(next).collect();
        assert!(out[..=50].iter().all(|x| *x == 1.0) && out[151..].iter().all(|x| *x == 0.0));
        let steepest = out.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(steepest < 0.02, "{steepest}");
    }
}
