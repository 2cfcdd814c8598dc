//! A play head: a moving place in a file and how loud it is read.

use crate::parts::playback::playhead_fades::{PlayheadFades, QUIET};
use jackfield_node::Asset;
use jackfield_node::dsp::sinc::Sinc;
use std::ops::Range;

/// A place in a file. Idle until it is started.
#[derive(Clone, Copy, Debug)]
pub(super) struct FilePlayhead {
    sinc: &'static Sinc,
    /// In frames of the file; none while idle.
    position: Option<f64>,
    /// Where it began, and begins again in a loop; and where it ends. Whole frames.
    first: usize,
    end: usize,
    /// The end has been passed at least once.
    has_looped: bool,
    fades: PlayheadFades,
}

impl FilePlayhead {
    /// Control thread.
    pub(super) fn new(sample_rate: f32) -> Self {
        Self {
            sinc: Sinc::get(),
            position: None,
            first: 0,
            end: 0,
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

    /// Begins at a frame of the file; ends before another.
    pub(super) fn start(&mut self, piece: Range<usize>, file: &Asset) {
        let end = piece.end.min(file.frames());
        let first = piece.start.min(end.saturating_sub(1));
        let begins_quietly =
            file.channels.iter().all(|channel| channel.first().is_none_or(|x| x.abs() < QUIET));
        self.position = Some(first as f64);
        (self.first, self.end) = (first, end);
        self.has_looped = false;
        self.fades.begin(first > 0 || !begins_quietly);
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
        let gain = self.fades.next(if loops { f64::INFINITY } else { end - position }, speed);
        let sound = self.read(file, position, speed, loops).map(|sample| sample * gain);
        self.position = Some(self.step(position + speed, end, loops));
        sound
    }

    /// Where the head is after a step: back in the loop if it has passed the end of one.
    fn step(&mut self, position: f64, end: f64, loops: bool) -> f64 {
        if !loops || position < end {
            return position;
        }
        self.has_looped = true;
        let first = self.first as f64;
        first + (position - end) % (end - first).max(1.0)
    }

    fn read(&self, file: &Asset, position: f64, speed: f64, loops: bool) -> [f32; 2] {
        let base = position as usize;
        let between = (position - base as f64) as f32;
        // The right channel of a mono file is its left one.
        [0, 1].map(|side| {
            let Some(samples) = file.channels.get(side).or(file.channels.first()) else { return 0.0 };
            let sample = |i: isize| self.sample(samples, base as isize + i, loops);
            if speed > 1.0 {
                return self.sinc.read_fast(sample, between, speed as f32);
            }
            let before = Sinc::REACH - 1;
            let first = if loops && self.has_looped { self.first } else { 0 };
            let end = if loops { self.end.min(samples.len()) } else { samples.len() };
            if base >= first + before && base + Sinc::REACH < end {
                return self.sinc.read(&samples[base - before..], between);
            }
            let edge: [f32; 2 * Sinc::REACH] = std::array::from_fn(|i| sample(i as isize - before as isize));
            self.sinc.read(&edge, between)
        })
    }

    /// A sample near an edge of the piece: from the other end of a loop; beyond the file, silence.
    #[inline]
    fn sample(&self, samples: &[f32], index: isize, loops: bool) -> f32 {
        let (first, end) = (self.first as isize, self.end as isize);
        let length = (end - first).max(1);
        let index = match index {
            i if loops && i >= end => first + (i - end) % length,
            i if loops && self.has_looped && i < first => end - 1 - (first - 1 - i) % length,
            i => i,
        };
        usize::try_from(index).ok().and_then(|index| samples.get(index)).copied().unwrap_or(0.0)
    }
}
