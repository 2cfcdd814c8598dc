//! A delay line: remembers samples and reads them back later, between samples if need be.

/// The last samples of a signal. Silence before the first.
#[derive(Clone, Debug)]
pub struct DelayLine {
    /// A power of two long.
    samples: Vec<f32>,
    /// Where the next sample goes.
    next: usize,
    /// Samples since the start or the last [`clear`](Self::clear), as far as they are remembered.
    /// Older ones count as silence, so that clearing takes no time.
    filled: usize,
}

impl DelayLine {
    /// The shortest delay [`tap`](Self::tap) can read.
    pub const SHORTEST: f64 = 1.0;

    /// A line that can be read `longest` frames back.
    pub fn new(longest: usize) -> Self {
        // The interpolation at the longest delay reaches two samples further back.
        let size = (longest + 3).next_power_of_two();
        Self { samples: vec![0.0; size], next: 0, filled: 0 }
    }

    /// The longest delay that is remembered, in frames.
    #[inline]
    pub fn longest(&self) -> usize {
        self.samples.len()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.filled = 0;
    }

    /// Adds the newest sample.
    #[inline]
    pub fn push(&mut self, sample: f32) {
        self.samples[self.next] = sample;
        self.next = (self.next + 1) & (self.samples.len() - 1);
        self.filled = (self.filled + 1).min(self.samples.len());
    }

    /// The sample pushed `frames` pushes ago; 1 is the newest.
    #[inline]
    pub fn at(&self, frames: usize) -> f32 {
        if frames <= self.filled { self.ago(frames) } else { 0.0 }
    }

    /// The same without a look at how much is filled.
    #[inline]
    fn ago(&self, frames: usize) -> f32 {
        self.samples[self.next.wrapping_sub(frames) & (self.samples.len() - 1)]
    }

    /// The signal `frames` before the next push, at least [`SHORTEST`](Self::SHORTEST). Between
    /// samples it is the cubic through the four nearest (Lagrange), and a straight line below a delay
    /// of 2, where the fourth is still to come. Never more than it was given, at any frequency, so a
    /// loop with a gain of 1 is stable.
    #[inline]
    pub fn tap(&self, frames: f64) -> f32 {
        let frames = frames.clamp(Self::SHORTEST, (self.samples.len() - 3) as f64);
        let whole = frames as usize;
        let t = (frames - whole as f64) as f32;
        if whole < 2 {
            return self.at(1) + (self.at(2) - self.at(1)) * t;
        }
        let [a, b, c, d] = if whole + 2 <= self.filled {
            [0, 1, 2, 3].map(|i| self.ago(whole - 1 + i))
        } else {
            [0, 1, 2, 3].map(|i| self.at(whole - 1 + i))
        };
        let (before, rest, after) = (t + 1.0, t - 1.0, t - 2.0);
        let outer = d * (before * t * rest) - a * (t * rest * after);
        let inner = b * (before * rest * after) - c * (before * t * after);
        outer * (1.0 / 6.0) + inner * 0.5
    }

    /// Adds a row of samples, oldest first; no more than the line remembers.
    pub fn push_all(&mut self, samples: &[f32]) {
        let size = self.samples.len();
        let until_end = samples.len().min(size - self.next);
        let (first, second) = samples.split_at(until_end);
        self.samples[self.next..self.next + first.len()].copy_from_slice(first);
        self.samples[..second.len()].copy_from_slice(second);
        self.next = (self.next + samples.len()) & (size - 1);
        self.filled = (self.filled + samples.len()).min(size);
    }

    /// Reads a row of samples, of which the first was pushed `frames` pushes ago. `frames` is at
    /// least the row's length and at most what the line remembers.
    pub fn read(&self, frames: usize, row: &mut [f32]) {
        let silent = frames.saturating_sub(self.filled).min(row.len());
        let (silence, row) = row.split_at_mut(silent);
        silence.fill(0.0);
        let size = self.samples.len();
        let start = self.next.wrapping_sub(frames - silent) & (size - 1);
        let until_end = row.len().min(size - start);
        let (first, second) = row.split_at_mut(until_end);
        first.copy_from_slice(&self.samples[start..start + first.len()]);
        second.copy_from_slice(&self.samples[..second.len()]);
    }
}
