//! What a play head remembers and has ahead of it of a stream, always in one piece.

/// The last frames of a stream. Every sample stands twice in the memory, so that any stretch of it lies in
/// order.
pub(super) struct StreamWindow {
    sides: [Vec<f32>; 2],
    /// Frames it remembers, a power of two.
    size: usize,
    written: u64,
}

impl StreamWindow {
    /// Remembers at least so many frames. Control thread.
    pub(super) fn new(frames: usize) -> Self {
        let size = frames.next_power_of_two();
        Self { sides: [0; 2].map(|_| vec![0.0; 2 * size]), size, written: 0 }
    }

    /// Frames written since it was cleared.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// Counts from 0 again.
    pub(super) fn clear(&mut self) {
        self.written = 0;
    }

    /// Adds frames of the left and right channel, not more than it remembers.
    pub(super) fn push(&mut self, samples: [&[f32]; 2]) {
        let place = self.place(self.written);
        let whole = samples[0].len().min(self.size - place);
        for (side, samples) in self.sides.iter_mut().zip(samples) {
            let (first, rest) = samples.split_at(whole);
            for (from, samples) in [(place, first), (0, rest)] {
                side[from..from + samples.len()].copy_from_slice(samples);
                side[from + self.size..][..samples.len()].copy_from_slice(samples);
            }
        }
        self.written += samples[0].len() as u64;
    }

    /// So many frames from one on, all among those it remembers.
    #[inline]
    pub(super) fn slice(&self, side: usize, from: u64, frames: usize) -> &[f32] {
        &self.sides[side][self.place(from)..][..frames]
    }

    #[inline]
    fn place(&self, frame: u64) -> usize {
        frame as usize & (self.size - 1)
    }
}
