//! How fast the pulses of a clock come, known more finely than a frame.
//!
//! A pulse stands on a whole frame, up to half a frame beside its moment, so an interval of two is off by
//! up to one frame. The line through all pulses of a steady clock (least squares) is not: its error falls
//! with their number. A pulse too far off the line for rounding to explain means another tempo, and
//! a new line begins.

/// Follows the pulses of a clock. Time is in frames.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pace {
    /// Since the first pulse of the line.
    now: f64,
    /// When the latest pulse came.
    latest: f64,
    /// Pulses on the line; the first has number 0 and came at time 0.
    count: f64,
    /// Of the pulses' times.
    sum: f64,
    /// Of the pulses' numbers times their times.
    weighted_sum: f64,
    /// From pulse to pulse; 0 until it is known.
    period: f64,
    /// Where the line puts the latest pulse.
    moment: f64,
}

impl Pace {
    /// A frame passes. Call it once a frame, before [`pulse`](Self::pulse).
    #[inline]
    pub(crate) fn tick(&mut self) {
        self.now += 1.0;
    }

    /// A pulse comes on this frame.
    pub(crate) fn pulse(&mut self) {
        if self.count == 0.0 {
            *self = Self { count: 1.0, ..Self::default() };
            return;
        }
        // What rounding alone can do to a prediction: much for a line through two pulses, less for a long one.
        let rounding = 1.5 + 2.0 / self.count;
        let is_steady = self.count < 2.0 || (self.moment + self.period - self.now).abs() <= rounding;
        if !is_steady {
            *self = Self { now: self.now - self.latest, count: 1.0, ..Self::default() };
        }
        self.sum += self.now;
        self.weighted_sum += self.count * self.now;
        self.count += 1.0;
        self.latest = self.now;
        let middle = (self.count - 1.0) / 2.0;
        let spread = self.count * (self.count * self.count - 1.0) / 12.0;
        self.period = (self.weighted_sum - middle * self.sum) / spread;
        self.moment = self.sum / self.count + self.period * middle;
    }

    /// Frames from pulse to pulse, once there have been two.
    #[inline]
    pub(crate) fn period(&self) -> Option<f64> {
        (self.period > 0.0).then_some(self.period)
    }

    /// How much of the way to the next pulse has passed at the end of the half frame after this one, 0 to
    /// just below 1: what begins at a share of the way begins on the first frame at which this reaches it.
    #[inline]
    pub(crate) fn passed(&self) -> Option<f64> {
        let passed = (self.now - self.moment + 0.5) / self.period()?;
        Some(passed.clamp(0.0, 1.0 - f64::EPSILON))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pulses at these moments, each rounded to its frame. Answers with the pace after the last.
    fn after(moments: impl Iterator<Item = f64>) -> Pace {
        let mut pace = Pace::default();
        let mut frame = 0.0;
        for moment in moments {
            while frame < moment.round() {
                pace.tick();
                frame += 1.0;
            }
            pace.pulse();
        }
        pace
    }

    #[test]
    fn a_steady_clock_is_known_better_than_its_frames() {
        // Sixteenths at 137 beats per minute.
        let period = 60.0 * 48_000.0 / 137.0 / 4.0;
        let pace = after((0..64).map(|pulse| f64::from(pulse) * period));
        assert!((pace.period().unwrap() - period).abs() < 0.01, "{pace:?}");
        assert!((pace.moment - 63.0 * period).abs() < 0.2, "{pace:?}");
    }

    #[test]
    fn another_tempo_is_followed_at_once() {
        let pace = after([0.0, 100.0, 200.0, 300.0, 350.0].into_iter());
        assert_eq!(pace.period(), Some(50.0));
        assert_eq!(after([0.0].into_iter()).period(), None);
        assert_eq!(after([0.0, 100.0].into_iter()).passed(), Some(0.005));
    }
}
