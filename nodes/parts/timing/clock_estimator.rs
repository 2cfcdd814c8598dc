//! How fast the pulses of a clock come, known more finely than a frame.
//!
//! A pulse stands on a whole frame, up to half a frame beside its moment, so an interval of two is off by
//! up to one frame. The line through all pulses of a steady clock (least squares) is not: its error falls
//! with their number. A pulse too far off the line for rounding to explain means another tempo, and
//! a new line begins.
//!
//! Whole frames tell no more than that: two clocks half a frame apart may give the same pulses for ever. Who
//! knows the phase of the clock knows the moments themselves, from the first pulse on and while the tempo
//! moves, so a phase is followed wherever there is one.

use jackfield_node::Input;

/// The input for the phase of the clock, for nodes that place something between its pulses.
pub(crate) const fn phase_input(index: usize) -> Input {
    let help = "The phase of the same clock, if it has one: what comes between two clocks is then exact from \
         the first one on. Without it the pace of the clocks before decides.";
    Input::control(index, "phase", help)
}

/// Frames after which a phase that stands still is a clock's that stands.
const STILL: u32 = 1024;

/// Follows the pulses of a clock. Time is in frames.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ClockEstimator {
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
    phase: Phase,
}

/// The phase between two pulses, as the clock tells it.
#[derive(Clone, Copy, Debug, Default)]
struct Phase {
    latest: f32,
    /// Frames since it moved.
    still: u32,
    /// The farthest since the pulse; 0 while there is no phase.
    reached: f32,
    /// It has not begun again since the pulse.
    is_late: bool,
}

impl Phase {
    fn tick(&mut self, phase: f32) {
        self.still = if phase == self.latest { self.still.saturating_add(1) } else { 0 };
        self.latest = phase;
        self.is_late &= phase > 0.5;
        // Should it begin again before the pulse, the step stays at its end.
        if !self.is_late {
            self.reached = self.reached.max(phase).min(1.0 - f32::EPSILON);
        }
    }

    fn pulse(&mut self) {
        self.is_late = self.latest > 0.5;
        self.reached = if self.is_late { 0.0 } else { self.latest.max(0.0) };
    }

    fn passed(&self) -> Option<f64> {
        (self.reached > 0.0 && self.still < STILL).then_some(self.reached.into())
    }
}

impl ClockEstimator {
    /// A frame passes, with this phase of the clock; 0 if there is none to know. Call it once a frame, before
    /// [`pulse`](Self::pulse).
    #[inline]
    pub(crate) fn tick(&mut self, phase: f32) {
        self.now += 1.0;
        self.phase.tick(phase);
    }

    /// A pulse comes on this frame.
    pub(crate) fn pulse(&mut self) {
        self.phase.pulse();
        if self.count == 0.0 {
            *self = Self { count: 1.0, phase: self.phase, ..Self::default() };
            return;
        }
        // What rounding alone can do to a prediction: much for a line through two pulses, less for a long
        // one.
        let rounding = 1.5 + 2.0 / self.count;
        let is_steady = self.count < 2.0 || (self.moment + self.period - self.now).abs() <= rounding;
        if !is_steady {
            *self = Self { now: self.now - self.latest, count: 1.0, phase: self.phase, ..Self::default() };
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

    /// Frames from pulse to pulse, once there have been two, or one with a phase.
    #[inline]
    pub(crate) fn period(&self) -> Option<f64> {
        if self.period > 0.0 {
            return Some(self.period);
        }
        self.phase.passed().map(|passed| (self.now + 0.5) / passed)
    }

    /// How much of the way to the next pulse has passed at the end of the half frame after this one, 0 to
    /// just below 1: what begins at a share of the way begins on the first frame at which this reaches it.
    /// None before two pulses, unless there is a phase.
    #[inline]
    pub(crate) fn passed(&self) -> Option<f64> {
        if let Some(passed) = self.phase.passed() {
            return Some(passed);
        }
        let passed = (self.now - self.moment + 0.5) / self.period()?;
        Some(passed.clamp(0.0, 1.0 - f64::EPSILON))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pulses at these moments, each rounded to its frame. Answers with the pace after the last.
    fn after(moments: impl Iterator<Item = f64>) -> ClockEstimator {
        let mut pace = ClockEstimator::default();
        let mut frame = 0.0;
        for moment in moments {
            while frame < moment.round() {
                pace.tick(0.0);
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

    #[test]
    fn a_phase_knows_better_while_it_moves() {
        let mut pace = ClockEstimator::default();
        pace.tick(0.01);
        pace.pulse();
        pace.tick(0.25);
        assert_eq!(pace.passed(), Some(0.25), "before the tempo is known");
        pace.tick(0.75);
        pace.tick(0.02);
        assert_eq!(pace.passed(), Some(0.75), "it begins again before the pulse");
        pace.pulse();
        assert_eq!(pace.passed(), Some(f64::from(0.02_f32)));
        pace.tick(0.9);
        pace.pulse();
        pace.tick(0.95);
        assert_eq!(
            pace.passed(),
            ClockEstimator { phase: Phase::default(), ..pace }.passed(),
            "late, so not believed"
        );
        pace.tick(0.1);
        assert_eq!(pace.passed(), Some(f64::from(0.1_f32)));
        pace.tick(f32::NAN);
        assert_eq!(pace.passed(), Some(f64::from(0.1_f32)));
        (0..=STILL).for_each(|_| pace.tick(0.1));
        assert_eq!(pace.passed(), Some(1.0 - f64::EPSILON), "the clock stands, so the step is over");
    }
}
