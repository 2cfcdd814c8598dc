//! The head of a start: what is heard first, in memory.

use super::{CHUNK, FrameSource, LEAD};

/// The frames that follow a place in a file, and the [`LEAD`] before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    first: u64,
    /// Left and right: the lead, then the head itself.
    samples: [Vec<f32>; 2],
    ends: bool,
}

impl Head {
    /// Reads the `frames` from `first` on, or fewer if the file ends within. Loader or control thread.
    ///
    /// # Errors
    ///
    /// When the file can't be read there.
    pub fn read(source: &mut dyn FrameSource, first: u64, frames: usize) -> Result<Self, String> {
        let silence = LEAD.saturating_sub(usize::try_from(first).unwrap_or(LEAD));
        let mut samples = [0; 2].map(|_| vec![0.0; silence]);
        let wanted = LEAD + frames;
        source.seek(first.saturating_sub(LEAD as u64))?;
        let mut ends = false;
        let mut piece = [[0.0; CHUNK]; 2];
        while samples[0].len() < wanted && !ends {
            let filled = source.read(&mut piece)?;
            ends = filled.ends || filled.frames == 0;
            for (samples, piece) in samples.iter_mut().zip(&piece) {
                samples.extend_from_slice(&piece[..filled.frames]);
            }
        }
        ends &= samples[0].len() <= wanted;
        let length = samples[0].len().clamp(LEAD, wanted);
        for samples in &mut samples {
            samples.resize(length, 0.0);
        }
        Ok(Self { first, samples, ends })
    }

    /// Where it begins, in frames of the file.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// How many frames it has, the lead not counted.
    pub fn frames(&self) -> usize {
        self.samples[0].len() - LEAD
    }

    /// Whether the file ends behind it.
    pub fn ends(&self) -> bool {
        self.ends
    }

    /// The lead: what comes before it.
    pub(super) fn lead(&self) -> [&[f32]; 2] {
        self.samples.each_ref().map(|samples| &samples[..LEAD])
    }

    /// Up to a chunk of its frames from one on.
    pub(super) fn piece(&self, from: usize) -> [&[f32]; 2] {
        let end = self.frames().min(from + CHUNK);
        self.samples.each_ref().map(|samples| &samples[LEAD + from..LEAD + end])
    }
}
