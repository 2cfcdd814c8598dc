//! The audio thread's end of a recording, and how it tells what did not fit.

use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Gaps that may wait to be told.
const GAPS: usize = 64;

/// Frames that found no room: the disk was too slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    /// The first frame that is missing, counted from the beginning of the recording.
    pub(super) at: u64,
    /// How many are.
    pub(super) frames: u64,
}

/// The audio thread's end of a recording.
pub struct Tap {
    samples: Producer<f32>,
    gaps: Producer<Gap>,
    channels: usize,
    /// Frames so far, recorded or lost.
    offered: u64,
    /// A gap that has not been told yet.
    gap: Option<Gap>,
    lost: Arc<AtomicU64>,
}

/// The writer's end.
pub(super) struct TapReader {
    pub(super) samples: Consumer<f32>,
    pub(super) gaps: Consumer<Gap>,
    pub(super) lost: Arc<AtomicU64>,
}

impl Tap {
    /// A tap for so many channels that keeps so many frames until the writer takes them.
    pub(super) fn new(channels: usize, frames: usize) -> (Self, TapReader) {
        let (samples, samples_taken) = RingBuffer::new(frames * channels);
        let (gaps, gaps_taken) = RingBuffer::new(GAPS);
        let lost = Arc::new(AtomicU64::new(0));
        let source = TapReader { samples: samples_taken, gaps: gaps_taken, lost: lost.clone() };
        (Self { samples, gaps, channels, offered: 0, gap: None, lost }, source)
    }

    /// Records whole interleaved frames. Frames that find no room are lost and counted; silence stands for
    /// them in the file. Audio thread.
    pub fn push(&mut self, frames: &[f32]) {
        let wanted = frames.len() / self.channels;
        let mut taken = wanted.min(self.samples.slots() / self.channels);
        // A gap is told before the frames behind it.
        if let Some(gap) = self.gap
            && taken > 0
        {
            if self.gaps.push(gap).is_ok() {
                self.gap = None;
            } else {
                taken = 0;
            }
        }
        if self.samples.push_entire_slice(&frames[..taken * self.channels]).is_err() {
            taken = 0;
        }
        if taken < wanted {
            let lost = (wanted - taken) as u64;
            let gap = self.gap.get_or_insert(Gap { at: self.offered + taken as u64, frames: 0 });
            gap.frames += lost;
            self.lost.fetch_add(lost, Ordering::Relaxed);
        }
        self.offered += wanted as u64;
    }

    /// Samples that have room.
    #[cfg(test)]
    pub(super) fn slots(&self) -> usize {
        self.samples.slots()
    }
}
