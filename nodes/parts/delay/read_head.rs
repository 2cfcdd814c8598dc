//! Reads a delay line at any place: without loss while the place rests, and by the line's own cubic, which
//! costs little but takes treble, while it moves. The two cross over, so that neither setting out nor coming
//! to rest is heard.

use crate::parts::delay::allpass_tap::AllpassTap;
use crate::parts::delay::line::DelayLine;
use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::smooth::ease;

/// How long the crossing takes, in frames. What differs is treble alone.
const CROSSING: u16 = 192;

/// A place that has not moved for so many frames rests. At the turning points of a slow swing it stands still
/// for a while, too.
const RESTS: u16 = 480;

/// See the module's documentation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadHead {
    /// The place of the last frame.
    last: f64,
    /// For how many frames it has been there, up to those that count as rest.
    rested: u16,
    resting: AllpassTap,
    /// How much of the sound is the resting one's, in frames of the crossing.
    share: u16,
}

impl ReadHead {
    /// A head that stands nowhere.
    pub(crate) const NEW: Self = Self { last: -1.0, rested: 0, resting: AllpassTap::NOWHERE, share: 0 };

    /// The next frame of the signal `place` frames before the next push.
    #[inline]
    pub(crate) fn read(&mut self, line: &DelayLine, place: f64) -> f32 {
        self.rested = if place == self.last { (self.rested + 1).min(RESTS) } else { 0 };
        self.last = place;
        if self.share == CROSSING && self.resting.is_at(place) {
            return self.resting.next(line);
        }
        if self.rested < RESTS && self.share == 0 {
            return line.tap(place);
        }
        self.cross(line, place)
    }

    /// The same while not all comes from one of the two.
    #[inline(never)]
    fn cross(&mut self, line: &DelayLine, place: f64) -> f32 {
        if self.share == 0 {
            self.resting = AllpassTap::new(line, place);
        }
        self.share = if self.resting.is_at(place) {
            (self.share + 1).min(CROSSING)
        } else {
            self.share.saturating_sub(1)
        };
        if self.share == 0 {
            return line.tap(place);
        }
        let (moving, resting) = (line.tap(place), self.resting.next(line));
        moving + (resting - moving) * ease(Lanes(f32::from(self.share) / f32::from(CROSSING))).0
    }
}

#[cfg(test)]
mod tests {
    use super::ReadHead;
    use crate::parts::delay::line::DelayLine;
    use jackfield_testkit::measure::{click_burst_db, rms_db};
    use jackfield_testkit::signal::sine;

    const RATE: f32 = 48_000.0;

    fn heard(hertz: f64, frames: usize, place: impl Fn(usize) -> f64) -> Vec<f32> {
        let (mut line, mut head) = (DelayLine::new(2_000), ReadHead::NEW);
        let read = |(i, sample): (usize, &f32)| {
            let sound = head.read(&line, place(i));
            line.push(*sample);
            sound
        };
        sine(frames, hertz, RATE).iter().enumerate().map(read).collect()
    }

    #[test]
    fn treble_is_whole_at_rest_also_after_a_movement() {
        let place = |i: usize| 700.5 + (i as f64 - 10_000.0).clamp(0.0, 5_000.0) * 0.01;
        let sound = heard(15_000.0, 30_000, place);
        for rest in [2_000..9_000, 16_000..30_000] {
            let level = rms_db(&sound[rest.clone()]);
            assert!((level + 3.010_3).abs() < 1e-3, "{level} dB in {rest:?}");
        }
    }

    /// As fast as a place is followed at all.
    #[test]
    fn setting_out_and_coming_to_rest_makes_no_click() {
        let ramp = |i: usize| Some(i as f64).map(|i| (i - 10_000.0).clamp(0.0, 5_000.0) * 0.1);
        let place = |i: usize| {
            // It sets out and stops over a few milliseconds, as a knob does.
            let all = (0..240).map(|k| ramp(i.saturating_sub(k)).unwrap_or(0.0));
            700.5 + all.sum::<f64>() / 240.0
        };
        let click = click_burst_db(&heard(100.0, 30_000, place)[3_000..], RATE);
        assert!(click < -80.0, "{click} dB");
    }
}
