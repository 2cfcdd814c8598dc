//! The head of a start: what is heard first, in memory.

use super::unroll::Unroller;
use super::{CHUNK, FrameSource, LEAD, Start};
use crate::LoopRegion;

/// The frames that follow a start, and the [`LEAD`] before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    start: Start,
    /// Left and right: the lead, then the head itself.
    samples: [Vec<f32>; 2],
    region: Option<LoopRegion>,
}

impl Head {
    /// Reads the `frames` from a start on, round the loop if it is that short; none if the file ends before.
    /// Loader or control thread.
    ///
    /// # Errors
    ///
    /// When the file can't be read there.
    pub fn read(
        source: &mut dyn FrameSource,
        start: impl Into<Start>,
        frames: usize,
    ) -> Result<Self, String> {
        let start = start.into();
        let mut samples = Self::read_lead(source, start.first())?;
        let mut unroller = Unroller::new(start, source);
        let wanted = LEAD + frames;
        let mut piece = [[0.0; CHUNK]; 2];
        while samples[0].len() < wanted {
            let filled = unroller.read(source, &mut piece)?;
            if filled == 0 {
                break;
            }
            for (samples, piece) in samples.iter_mut().zip(&piece) {
                samples.extend_from_slice(&piece[..filled]);
            }
        }
        for samples in &mut samples {
            samples.truncate(wanted);
        }
        Ok(Self { start, samples, region: unroller.region() })
    }

    /// What comes before a frame; silence before the file's beginning, and behind its end.
    fn read_lead(source: &mut dyn FrameSource, first: u64) -> Result<[Vec<f32>; 2], String> {
        let silence = LEAD.saturating_sub(usize::try_from(first).unwrap_or(LEAD));
        let mut samples = [0; 2].map(|_| vec![0.0; silence]);
        source.seek(first.saturating_sub(LEAD as u64))?;
        let mut piece = [[0.0; CHUNK]; 2];
        while samples[0].len() < LEAD {
            let filled = source.read(&mut piece)?.frames;
            if filled == 0 {
                break;
            }
            for (samples, piece) in samples.iter_mut().zip(&piece) {
                samples.extend_from_slice(&piece[..filled]);
            }
        }
        for samples in &mut samples {
            samples.resize(LEAD, 0.0);
        }
        Ok(samples)
    }

    /// Where it begins.
    pub fn start(&self) -> Start {
        self.start
    }

    /// How many frames it has, the lead not counted.
    pub fn frames(&self) -> usize {
        self.samples[0].len() - LEAD
    }

    /// The loop that it is a part of, if that is known yet.
    pub(super) fn region(&self) -> Option<LoopRegion> {
        self.region
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
