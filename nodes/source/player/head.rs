//! A play head: a moving place in a file and how loud it is read.

use crate::parts::playback::frame_reader::{self, FrameReader};
use crate::parts::playback::playhead_fades::PlayheadFades;
use jackfield_node::dsp::sinc::Sinc;
use jackfield_node::{Asset, LoopRegion, faded_over};
use std::ops::Range;

/// A place in a file. Idle until it is started.
#[derive(Clone, Copy, Debug)]
pub(super) struct FilePlayhead {
    sinc: &'static Sinc,
    /// In frames of the file; none while idle.
    position: Option<f64>,
    /// Where it ends, if it does not go round.
    end: usize,
    region: LoopRegion,
    /// The loop's end has been passed at least once.
    has_looped: bool,
    fades: PlayheadFades,
}

/// What a head is to play.
#[derive(Clone, Debug)]
pub(super) struct Passage {
    pub(super) piece: Range<usize>,
    /// What is played again and again once it is reached; none is all of the piece.
    pub(super) loop_points: Option<Range<u64>>,
    /// In frames of the file.
    pub(super) crossfade: u32,
}

impl FilePlayhead {
    /// Control thread.
    pub(super) fn new(sample_rate: f32) -> Self {
        Self {
            sinc: Sinc::get(),
            position: None,
            end: 0,
            region: LoopRegion::default(),
            has_looped: false,
            fades: PlayheadFades::new(sample_rate),
        }
    }

    pub(super) fn is_idle(&self) -> bool {
        self.position.is_none()
    }

    /// Goes silent at once.
    pub(super) fn stop(&mut self) {
        self.position = None;
    }

    /// Begins a passage, with a fade if it cuts another one off.
    pub(super) fn start(&mut self, passage: Passage, file: &Asset, fades_in: bool) {
        self.end = passage.piece.end.min(file.frames());
        let first = passage.piece.start.min(self.end.saturating_sub(1));
        self.position = Some(first as f64);
        self.region = LoopRegion::of(first as u64..self.end as u64, passage.loop_points, passage.crossfade);
        self.has_looped = false;
        self.fades.begin(fades_in);
    }

    /// Whether it is heard, and a new start would cut it off.
    pub(super) fn would_be_cut(&self, speed: f64, loops: bool) -> bool {
        self.position.is_some_and(|position| {
            let left = if loops { f64::INFINITY } else { self.end as f64 - position };
            self.fades.would_be_cut(left, speed)
        })
    }

    /// Fades out, if it has not begun to.
    pub(super) fn fade_out(&mut self) {
        self.fades.fade_out();
    }

    /// The next frame of the left and right channel.
    pub(super) fn next(&mut self, file: &Asset, speed: f64, loops: bool) -> [f32; 2] {
        let Some(position) = self.position else { return [0.0; 2] };
        let end = self.end.min(file.frames()) as f64;
        if position >= end || self.fades.is_out() {
            self.stop();
            return [0.0; 2];
        }
        // A file's own end is as it is in the file.
        let ends_early = !loops && self.end < file.frames();
        let gain = self.fades.next(if ends_early { end - position } else { f64::INFINITY }, speed);
        let region = loops.then_some(self.region);
        let frames = LoopedFile { file, region, has_looped: self.has_looped };
        let sound = frame_reader::read(self.sinc, &frames, position, speed).map(|sample| sample * gain);
        self.fades.hear(sound);
        self.position = Some(self.step(position + speed, loops));
        sound
    }

    /// Where the head is after a step: back in the loop if it has passed the end of one.
    fn step(&mut self, position: f64, loops: bool) -> f64 {
        let turns = if loops { self.region.turns(position) } else { 0 };
        self.has_looped |= turns > 0;
        position - (turns * self.region.length()) as f64
    }
}

/// A file in memory as it is heard.
struct LoopedFile<'a> {
    file: &'a Asset,
    /// What goes round, if anything does.
    region: Option<LoopRegion>,
    has_looped: bool,
}

impl LoopedFile<'_> {
    /// The right side of a mono file is its left one.
    fn channel(&self, side: usize) -> &[f32] {
        self.file.channels.get(side).or(self.file.channels.first()).map_or(&[], Vec::as_slice)
    }
}

impl FrameReader for LoopedFile<'_> {
    #[inline]
    fn sample(&self, side: usize, frame: i64) -> f32 {
        let samples = self.channel(side);
        let at = |frame: u64| samples.get(frame as usize).copied().unwrap_or(0.0);
        let Some(region) = self.region else {
            return u64::try_from(frame).map_or(0.0, at);
        };
        let first = region.first() as i64;
        let frame = if self.has_looped && frame < first {
            region.end() as i64 - 1 - (first - 1 - frame) % region.length().max(1) as i64
        } else {
            frame
        };
        let Ok(frame) = u64::try_from(frame) else { return 0.0 };
        let frame = region.fold(frame);
        match region.blend(frame) {
            Some((before, share)) => faded_over(at(frame), at(before), share),
            None => at(frame),
        }
    }

    #[inline]
    fn row(&self, side: usize, first: i64) -> Option<&[f32]> {
        let samples = self.channel(side);
        let (from, to) = match self.region {
            None => (0, samples.len()),
            Some(region) => (
                if self.has_looped { region.first() as usize } else { 0 },
                (region.end() - region.crossfade()) as usize,
            ),
        };
        let first = usize::try_from(first).ok().filter(|first| *first >= from)?;
        let end = first + 2 * Sinc::REACH;
        if end <= to { samples.get(first..end) } else { None }
    }

    fn is_mono(&self) -> bool {
        self.file.channels.len() < 2
    }
}
