//! Reads whole rows of a delay line at a delay of whole frames, which fades over when it changes.

use crate::parts::delay_line::DelayLine;

/// Longest row read at once.
pub(crate) const LONGEST_ROW: usize = 64;

/// A place in a delay line. Reading is without loss: no sample is interpolated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FadingTap {
    delay: usize,
    /// The delay that fades out.
    from: usize,
    fade_left: usize,
    fade_frames: usize,
}

impl FadingTap {
    /// A tap that takes `fade_frames` to get from one delay to another.
    pub(crate) fn new(delay: usize, fade_frames: usize) -> Self {
        Self { delay, from: delay, fade_left: 0, fade_frames: fade_frames.max(1) }
    }

    /// Begins to fade to another delay, unless it is fading already: then ask again later.
    pub(crate) fn aim(&mut self, delay: usize) {
        if self.fade_left == 0 && delay != self.delay {
            self.from = self.delay;
            self.delay = delay;
            self.fade_left = self.fade_frames;
        }
    }

    /// Jumps to a delay.
    pub(crate) fn jump(&mut self, delay: usize) {
        *self = Self::new(delay, self.fade_frames);
    }

    /// Where it is, or fades to.
    pub(crate) fn delay(&self) -> usize {
        self.delay
    }

    /// Reads a row. What was pushed `ahead` pushes ago counts as now.
    pub(crate) fn read(&mut self, line: &DelayLine, ahead: usize, row: &mut [f32]) {
        line.read(self.delay + ahead, row);
        if self.fade_left == 0 {
            return;
        }
        let mut old = [0.0; LONGEST_ROW];
        let old = &mut old[..row.len()];
        line.read(self.from + ahead, old);
        for (new, old) in row.iter_mut().zip(old) {
            self.fade_left = self.fade_left.saturating_sub(1);
            let x = self.fade_left as f32 / self.fade_frames as f32;
            // Starts and ends without a kink.
            let share = x * x * x * (10.0 - x * (15.0 - 6.0 * x));
            *new += (*old - *new) * share;
        }
    }
}
