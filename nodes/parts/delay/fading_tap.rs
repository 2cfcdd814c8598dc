//! Reads whole rows of a delay line at a delay of whole frames, which fades over when it changes.

use crate::parts::delay::line::DelayLine;
use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::smooth::ease;

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
            *new += (*old - *new) * ease(Lanes(x)).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FadingTap;
    use crate::parts::delay::line::DelayLine;

    /// Reads a line of counted samples in rows; every sample is its own number.
    fn read(tap: &mut FadingTap, rows: usize) -> Vec<f32> {
        let mut line = DelayLine::new(200);
        let mut out = Vec::new();
        for i in 0..200 {
            line.push(i as f32);
        }
        for step in 0..rows {
            let mut row = [0.0; 10];
            tap.read(&line, 0, &mut row);
            out.extend(row);
            line.push_all(&std::array::from_fn::<f32, 10, _>(|i| (200 + 10 * step + i) as f32));
        }
        out
    }

    #[test]
    fn it_fades_from_one_delay_to_the_other_and_arrives() {
        let mut tap = FadingTap::new(100, 20);
        tap.aim(50);
        tap.aim(70);
        assert_eq!(tap.delay(), 50, "while it fades it keeps its aim");
        let read = read(&mut tap, 4);
        assert!(read[0] < 101.0, "it begins where it was: {}", read[0]);
        assert!(read.windows(2).all(|pair| pair[1] > pair[0]), "it moves evenly: {read:?}");
        assert_eq!(read[20..], std::array::from_fn::<f32, 20, _>(|i| (170 + i) as f32));
    }
}
