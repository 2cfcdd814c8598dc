//! The unrolled order of a file: what is heard behind a start, round the loop for ever, with its crossfade.

use super::{CHUNK, FrameSource, Start};
use crate::{LoopRegion, faded_over};
use std::ops::Range;

/// Loops up to so many frames are kept in memory: to go back to their beginning often would cost the disk
/// more than to play them.
const SHORT_LOOP: u64 = 1 << 15;

/// Frames of the file in memory.
#[derive(Clone, Debug, Default)]
struct FileFrames {
    first: u64,
    sides: [Vec<f32>; 2],
}

impl FileFrames {
    /// Reads a stretch, or as much of it as there is. The source is then anywhere.
    fn read(source: &mut dyn FrameSource, range: Range<u64>) -> Result<Self, String> {
        let mut frames = Self { first: range.start, sides: [Vec::new(), Vec::new()] };
        let wanted = (range.end - range.start) as usize;
        source.seek(range.start)?;
        let mut piece = [[0.0; CHUNK]; 2];
        while frames.sides[0].len() < wanted {
            let filled = source.read(&mut piece)?.frames;
            if filled == 0 {
                break;
            }
            for (side, piece) in frames.sides.iter_mut().zip(&piece) {
                side.extend_from_slice(&piece[..filled]);
            }
        }
        Ok(frames)
    }

    /// How many frames it holds from one on.
    fn left(&self, frame: u64) -> usize {
        let place = frame.checked_sub(self.first).and_then(|place| usize::try_from(place).ok());
        place.map_or(0, |place| self.sides[0].len().saturating_sub(place))
    }
}

/// See the module's documentation.
#[derive(Debug)]
pub(super) struct Unroller {
    start: Start,
    /// The frame of the file to give next.
    place: u64,
    /// The frame of the file where the source stands, if it is known.
    source_place: Option<u64>,
    /// What the source gave last and was not yet taken.
    piece: FileFrames,
    /// The first frame that the file does not have, once that is known.
    end: Option<u64>,
    loop_points: Option<Range<u64>>,
    /// What comes before a loop that has a crossfade.
    before: Option<FileFrames>,
    /// All of a short loop.
    short: Option<FileFrames>,
}

impl Unroller {
    /// Begins at a start. Loader or control thread.
    pub(super) fn new(start: Start, source: &dyn FrameSource) -> Self {
        Self {
            start,
            place: start.first(),
            source_place: None,
            piece: FileFrames::default(),
            end: source.end(),
            loop_points: source
                .loop_points()
                .filter(|points| start.uses_loop_points() && points.start < points.end),
            before: None,
            short: None,
        }
    }

    /// The loop, once the end of the file is known or it has loop points ahead.
    pub(super) fn region(&self) -> Option<LoopRegion> {
        let first = self.start.first();
        // Where the file ends does not matter to a loop within it.
        let ahead = self.loop_points.as_ref().map(|points| points.end).filter(|end| first < *end);
        let end = self.end.or(ahead)?;
        let points = self.loop_points.clone().map(|points| points.start..points.end.min(end));
        Some(LoopRegion::of(first..end.max(first), points, self.start.crossfade()))
    }

    /// Goes on so many frames behind the start.
    pub(super) fn go_to(&mut self, frames: u64) {
        let place = self.start.first() + frames;
        self.place = self.region().map_or(place, |region| region.fold(place));
    }

    /// The source was moved by someone else.
    pub(super) fn lose_place(&mut self) {
        self.source_place = None;
    }

    /// The next frames: all that fit, but none at all if the file ends before the start.
    pub(super) fn read(
        &mut self,
        source: &mut dyn FrameSource,
        samples: &mut [[f32; CHUNK]; 2],
    ) -> Result<usize, String> {
        let mut filled = 0;
        let mut has_ended = false;
        while filled < CHUNK {
            let region = self.region();
            if let Some(region) = region.filter(|region| self.place >= region.end()) {
                if region.length() == 0 {
                    break;
                }
                self.place = region.fold(self.place);
                self.keep(source, region)?;
            }
            let most = region.map_or(u64::MAX, |region| region.end() - self.place);
            let most = most.min((CHUNK - filled) as u64) as usize;
            let added = self.copy(source, samples, filled, most)?;
            if added == 0 {
                // The file is shorter than it said, or has become empty.
                if std::mem::replace(&mut has_ended, true) {
                    break;
                }
                self.end = Some(source.end().map_or(self.place, |end| end.min(self.place)));
                continue;
            }
            if let Some(region) = region.filter(|region| region.crossfade() > 0) {
                self.fade_over(source, region, samples, filled..filled + added)?;
            }
            filled += added;
            self.place += added as u64;
        }
        Ok(filled)
    }

    /// Keeps a short loop.
    fn keep(&mut self, source: &mut dyn FrameSource, region: LoopRegion) -> Result<(), String> {
        if self.short.is_none() && region.length() <= SHORT_LOOP {
            self.source_place = None;
            self.short = Some(FileFrames::read(source, region.first()..region.end())?);
        }
        Ok(())
    }

    /// Copies frames of the file, at least one unless it ends here.
    fn copy(
        &mut self,
        source: &mut dyn FrameSource,
        samples: &mut [[f32; CHUNK]; 2],
        from: usize,
        most: usize,
    ) -> Result<usize, String> {
        let is_kept = self.short.as_ref().is_some_and(|short| short.left(self.place) > 0);
        if !is_kept && self.piece.left(self.place) == 0 {
            self.fetch(source)?;
        }
        let frames = match &self.short {
            Some(short) if is_kept => short,
            _ => &self.piece,
        };
        let count = most.min(frames.left(self.place));
        if count > 0 {
            let place = (self.place - frames.first) as usize;
            for (samples, side) in samples.iter_mut().zip(&frames.sides) {
                samples[from..from + count].copy_from_slice(&side[place..place + count]);
            }
        }
        Ok(count)
    }

    /// Reads a piece of the file.
    fn fetch(&mut self, source: &mut dyn FrameSource) -> Result<(), String> {
        if self.source_place != Some(self.place) {
            self.source_place = None;
            source.seek(self.place)?;
        }
        let mut piece = [[0.0; CHUNK]; 2];
        let filled = source.read(&mut piece)?;
        self.piece.first = self.place;
        for (side, piece) in self.piece.sides.iter_mut().zip(&piece) {
            side.clear();
            side.extend_from_slice(&piece[..filled.frames]);
        }
        let behind = self.place + filled.frames as u64;
        self.source_place = Some(behind);
        if filled.ends && filled.frames > 0 {
            self.end = Some(behind);
        }
        Ok(())
    }

    /// Fades the frames just written, of the loop's end, over into what comes before its beginning.
    fn fade_over(
        &mut self,
        source: &mut dyn FrameSource,
        region: LoopRegion,
        samples: &mut [[f32; CHUNK]; 2],
        range: Range<usize>,
    ) -> Result<(), String> {
        let last = self.place + range.len() as u64 - 1;
        if region.blend(last).is_none() {
            return Ok(());
        }
        let before = if let Some(before) = self.before.take() {
            before
        } else {
            self.source_place = None;
            FileFrames::read(source, region.first() - region.crossfade()..region.first())?
        };
        for (i, frame) in range.zip(self.place..) {
            let Some((other, share)) = region.blend(frame) else { continue };
            let Some(place) = other.checked_sub(before.first).map(|place| place as usize) else { continue };
            for (samples, before) in samples.iter_mut().zip(&before.sides) {
                let other = before.get(place).copied().unwrap_or(0.0);
                samples[i] = faded_over(samples[i], other, share);
            }
        }
        self.before = Some(before);
        Ok(())
    }
}
