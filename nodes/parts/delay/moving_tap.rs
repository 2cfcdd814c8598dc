//! Reads a delay line at a time that may change, without a click.

use crate::parts::delay::line::DelayLine;
use crate::parts::delay::read_head::ReadHead;
use jackfield_node::choices;
use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::smooth::ease;

choices! {
    /// What a change of the delay sounds like.
    pub(crate) enum DelayChange {
        /// One sound fades into the other. Slow movement bends the pitch.
        Fade = "fade",
        /// The pitch bends, as when a tape changes speed.
        Tape = "tape",
    }
}

/// How long a fade lasts, in seconds.
const FADE_SECONDS: f32 = 0.02;

/// A fading tap follows movement up to this speed, in frames per frame, and fades over faster ones. The pitch
/// then bends by at most three quarters of a tone. To set out faster than that, or stop, would click.
const FASTEST_FOLLOWED: f64 = 0.1;

/// Most speed of the tape against its normal one: the sound never runs backwards.
const FASTEST_TAPE: f64 = 0.9;

/// Inertia of the tape, in seconds.
const TAPE_SECONDS: f32 = 0.04;

/// When the tape is nearer to its place than this, in frames, it has arrived.
const ARRIVED: f64 = 0.001;

/// A place in a delay line. See the module's documentation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MovingTap {
    /// Delay in frames; none before the first read, which starts at its place.
    place: Option<f64>,
    /// The tape's aim, which the place follows as it follows the target itself.
    aim: f64,
    /// The place that fades out.
    from: f64,
    /// What reads at the place, and what still reads where it fades out.
    heads: [ReadHead; 2],
    /// Frames until it is gone.
    fade_left: usize,
    fade_frames: usize,
    inertia: f64,
}

impl MovingTap {
    /// A tap that takes its first place at once.
    pub(crate) fn new(sample_rate: f32) -> Self {
        Self {
            place: None,
            aim: 0.0,
            from: 0.0,
            heads: [ReadHead::NEW; 2],
            fade_left: 0,
            fade_frames: ((FADE_SECONDS * sample_rate) as usize).max(1),
            inertia: 1.0 / f64::from(TAPE_SECONDS * sample_rate),
        }
    }

    /// Forgets its place.
    pub(crate) fn reset(&mut self) {
        self.place = None;
        self.heads = [ReadHead::NEW; 2];
        self.fade_left = 0;
    }

    /// The next frame of the signal delayed by `target` frames, or on its way there.
    #[inline]
    pub(crate) fn read(&mut self, line: &DelayLine, target: f64, change: DelayChange) -> f32 {
        self.read_swinging(line, target, 0.0, change)
    }

    /// The same, `swing` frames further back: for small and steady movement, which is followed at once.
    #[inline]
    pub(crate) fn read_swinging(
        &mut self,
        line: &DelayLine,
        target: f64,
        swing: f64,
        change: DelayChange,
    ) -> f32 {
        let place = self.place.unwrap_or(target);
        if place == target && self.fade_left == 0 {
            self.place = Some(target);
            self.aim = target;
            return self.heads[0].read(line, target + swing);
        }
        match change {
            DelayChange::Fade => self.fade(place, target),
            DelayChange::Tape => self.wind(place, target),
        }
        self.mixed(line, swing)
    }

    fn fade(&mut self, mut place: f64, target: f64) {
        if (target - place).abs() <= FASTEST_FOLLOWED {
            place = target;
        } else if self.fade_left == 0 {
            self.from = place;
            self.heads = [ReadHead::NEW, self.heads[0]];
            place = target;
            self.fade_left = self.fade_frames;
        }
        self.place = Some(place);
        self.aim = place;
    }

    fn wind(&mut self, mut place: f64, target: f64) {
        self.aim += (target - self.aim) * self.inertia;
        place += ((self.aim - place) * self.inertia).clamp(-FASTEST_TAPE, FASTEST_TAPE);
        if (target - place).abs() < ARRIVED && (target - self.aim).abs() < ARRIVED {
            place = target;
        }
        self.place = Some(place);
    }

    /// The sound at its place, with what still fades out.
    fn mixed(&mut self, line: &DelayLine, swing: f64) -> f32 {
        let sound = self.heads[0].read(line, self.place.unwrap_or_default() + swing);
        if self.fade_left == 0 {
            return sound;
        }
        self.fade_left -= 1;
        let x = self.fade_left as f32 / self.fade_frames as f32;
        sound + (self.heads[1].read(line, self.from + swing) - sound) * ease(Lanes(x)).0
    }
}

#[cfg(test)]
mod tests {
    use super::{DelayChange, MovingTap};
    use crate::parts::delay::line::DelayLine;

    /// Reads a ramp, which shows the delay, while the target is what `target` says at each frame.
    fn delays(change: DelayChange, frames: usize, target: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut line = DelayLine::new(2000);
        for i in 0..2000 {
            line.push(i as f32);
        }
        let mut tap = MovingTap::new(48_000.0);
        let mut read = |i: usize| {
            let delay = (2000 + i) as f64 - f64::from(tap.read(&line, target(i), change));
            line.push((2000 + i) as f32);
            delay
        };
        (0..frames).map(&mut read).collect()
    }

    #[test]
    fn slow_movement_is_followed_exactly() {
        let target = |i: usize| 500.0 + 0.08 * i as f64;
        for (i, delay) in delays(DelayChange::Fade, 2000, target).iter().enumerate() {
            assert!((delay - target(i)).abs() < 0.01, "{delay} at {i}");
        }
    }

    #[test]
    fn a_jump_takes_its_time_either_way() {
        let jump = |i: usize| if i < 100 { 200.0 } else { 900.0 };
        for change in [DelayChange::Fade, DelayChange::Tape] {
            let delays = delays(change, 48_000, jump);
            let steepest = delays.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f64::max);
            assert!(steepest < 1.5, "{steepest} frames a frame");
            assert!((delays[99] - 200.0).abs() < 0.01 && (delays[47_999] - 900.0).abs() < 0.01);
        }
    }
}
