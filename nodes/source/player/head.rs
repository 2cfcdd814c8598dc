//! A play head: a moving place in a file and how loud it is read.

use crate::parts::playback::playhead_fades::PlayheadFades;
use jackfield_node::Asset;
use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::sinc::Sinc;
use jackfield_node::dsp::smooth::ease;
use std::ops::Range;

/// A place in a file. Idle until it is started.
#[derive(Clone, Copy, Debug)]
pub(super) struct FilePlayhead {
    sinc: &'static Sinc,
    /// In frames of the file; none while idle.
    position: Option<f64>,
    /// Where it ends.
    end: usize,
    loop_region: LoopRegion,
    /// The loop's end has been passed at least once.
    has_looped: bool,
    fades: PlayheadFades,
}

/// What is played again and again.
#[derive(Clone, Copy, Debug, Default)]
struct LoopRegion {
    /// Whole frames of the file; the second is the first that is not played.
    first: usize,
    end: usize,
    /// Frames before the end over which what comes before the beginning fades in.
    crossfade: f64,
}

impl LoopRegion {
    /// A region with a crossfade of so many frames at most. Where too little comes before the region, its own
    /// beginning is faded to, and the region gets shorter by that.
    fn new(region: Range<usize>, crossfade: f64) -> Self {
        let (first, end) = (region.start.min(region.end), region.end);
        let crossfade = crossfade.min(((end - first) / 2) as f64).max(0.0);
        let missing = (crossfade.ceil() as usize).saturating_sub(first);
        Self { first: first + missing, end, crossfade }
    }

    fn length(self) -> f64 {
        (self.end - self.first).max(1) as f64
    }
}

/// What a head is to play.
#[derive(Clone, Debug)]
pub(super) struct Passage {
    pub(super) piece: Range<usize>,
    /// What is played again and again once it is reached; none plays to the end.
    pub(super) looped: Option<Range<usize>>,
}

impl FilePlayhead {
    /// Control thread.
    pub(super) fn new(sample_rate: f32) -> Self {
        Self {
            sinc: Sinc::get(),
            position: None,
            end: 0,
            loop_region: LoopRegion::default(),
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

    /// Begins a passage, with a fade if it cuts another one off. `crossfade` is in frames of the file.
    pub(super) fn start(&mut self, passage: &Passage, file: &Asset, fades_in: bool, crossfade: f64) {
        self.end = passage.piece.end.min(file.frames());
        self.position = Some(passage.piece.start.min(self.end.saturating_sub(1)) as f64);
        let looped = passage.looped.clone().unwrap_or(passage.piece.clone());
        self.loop_region = LoopRegion::new(looped.start.min(self.end)..looped.end.min(self.end), crossfade);
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
        let sound = self.looped(file, position, speed, loops).map(|sample| sample * gain);
        self.fades.hear(sound);
        self.position = Some(self.step(position + speed, loops));
        sound
    }

    /// Where the head is after a step: back in the loop if it has passed the end of one.
    fn step(&mut self, position: f64, loops: bool) -> f64 {
        let LoopRegion { first, end, .. } = self.loop_region;
        if !loops || position < end as f64 {
            return position;
        }
        self.has_looped = true;
        first as f64 + (position - end as f64) % self.loop_region.length()
    }

    /// The sound at a place; before the end of a loop, faded over to what comes before its beginning.
    fn looped(&self, file: &Asset, position: f64, speed: f64, loops: bool) -> [f32; 2] {
        let sound = self.read(file, position, speed, loops);
        let LoopRegion { end, crossfade, .. } = self.loop_region;
        let faded = position - (end as f64 - crossfade);
        if !loops || faded <= 0.0 || crossfade <= 0.0 {
            return sound;
        }
        let share = ease(Lanes((faded / crossfade) as f32)).0;
        let before = self.read(file, position - self.loop_region.length(), speed, false);
        [0, 1].map(|side| sound[side] + (before[side] - sound[side]) * share)
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
            let first = if loops && self.has_looped { self.loop_region.first } else { 0 };
            let end = if loops { self.loop_region.end.min(samples.len()) } else { samples.len() };
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
        let LoopRegion { first, end, crossfade } = self.loop_region;
        let (first, end) = (first as isize, end as isize);
        let length = (end - first).max(1);
        let index = match index {
            i if loops && i >= end => first + (i - end) % length,
            // A crossfade goes over to what comes before the beginning as it is.
            i if loops && self.has_looped && i < first && crossfade == 0.0 => {
                end - 1 - (first - 1 - i) % length
            }
            i => i,
        };
        usize::try_from(index).ok().and_then(|index| samples.get(index)).copied().unwrap_or(0.0)
    }
}
