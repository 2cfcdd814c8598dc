//! Round corners for envelopes.
//!
//! Where a straight or exponential course turns, what it shapes gets a burst of treble, a click: an attack of
//! 5 ms puts -64 dB above 6 kHz. So what an envelope says is the way of its course through three equal poles
//! of a tenth of a millisecond each. The poles are late by as much time together, which the course makes good
//! by starting out faster: see [`Rounding::lead`].

use crate::smooth::approach;
use crate::three_pole::ThreePole;
use crate::{Lanes, Vector};

/// Time constant of each pole in seconds. Everything that takes a millisecond or more thereby stays below -80
/// dB.
const POLE_SECONDS: f32 = 0.000_1;
/// A first stage is at least this many poles long, so that a very short one stays as short as asked: half of
/// it is what the poles are late by.
const POLES_IN_STAGE: f32 = 6.0;

/// How round the corners of a course are.
#[derive(Clone, Copy)]
pub struct Rounding<V: Vector> {
    /// By how much the course has to be ahead of what is heard, in seconds.
    pub lead: Lanes<V>,
    /// The share of its way that a pole covers in a frame.
    share: Lanes<V>,
}

impl<V: Vector> Rounding<V> {
    /// For a course whose first or shortest stage takes this long.
    #[inline(always)]
    pub fn of(seconds: Lanes<V>, sample_rate: f32) -> Self {
        let pole = (seconds * (1.0 / POLES_IN_STAGE)).clamp(0.0, POLE_SECONDS);
        Self { lead: pole * 3.0, share: approach(1.0 / (pole * sample_rate)) }
    }

    /// The next value of the rounded course.
    #[inline(always)]
    pub fn follow(&self, corners: &mut ThreePole<V>, course: Lanes<V>) -> Lanes<V> {
        corners.follow(course, self.share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A straight way that turns: far from the corner nothing but the lead is left of the rounding.
    #[test]
    fn a_straight_course_is_late_by_its_lead() {
        for (seconds, lead) in [(0.005_f32, 0.000_3), (0.000_6, 0.000_3), (0.000_3, 0.000_15)] {
            let rounding = Rounding::of(Lanes(seconds), 48_000.0);
            assert!((rounding.lead.0 - lead).abs() < 1e-8);
            let mut corners = ThreePole::<f32>::default();
            let mut out = Lanes(0.0);
            for frame in 0..1_000_u16 {
                out = rounding.follow(&mut corners, Lanes(f32::from(frame) / 48_000.0));
            }
            let late = 999.0 / 48_000.0 - out.0;
            // The poles compute from frame to frame, which is up to half a frame less each.
            assert!((late - lead).abs() < 1.6 / 48_000.0, "{seconds} s: {late} s late");
        }
    }

    #[test]
    fn bad_times_do_no_harm() {
        for seconds in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            let rounding = Rounding::of(Lanes(seconds), 48_000.0);
            let mut corners = ThreePole::<f32>::default();
            let out = (0..200).map(|_| rounding.follow(&mut corners, Lanes(1.0)).0).last();
            assert!(out.is_some_and(|out| (out - 1.0).abs() < 1e-3), "{seconds}: {out:?}");
        }
    }
}
