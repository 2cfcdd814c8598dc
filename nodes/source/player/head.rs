//! A play head: a moving place in a file and how loud it is read.

use crate::parts::interpolation::{BEFORE, POINTS, weights};
use jackfield_node::Asset;

/// Length of the fades at an abrupt start or end, in seconds.
const FADE_SECONDS: f32 = 0.003;

/// A file that begins more quietly than this begins without a fade, so that its attack stays whole.
const QUIET: f32 = 0.01;

/// A place in a file. Idle until it is started.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    /// In frames of the file; none while idle.
    position: Option<f64>,
    /// Where the loop begins.
    loop_start: f64,
    /// The end has been passed at least once.
    has_looped: bool,
    /// 0 at the start of the fade-in, `fade_frames` when it is done.
    faded_in: f32,
    /// Frames until it is silent, once it fades out.
    fade_out_left: Option<f32>,
    fade_frames: f32,
}

impl Head {
    pub(super) fn new(sample_rate: f32) -> Self {
        let fade_frames = (FADE_SECONDS * sample_rate).round().max(1.0);
        Self {
            position: None,
            loop_start: 0.0,
            has_looped: false,
            faded_in: 0.0,
            fade_out_left: None,
            fade_frames,
        }
    }

    pub(super) fn is_idle(&self) -> bool {
        self.position.is_none()
    }

    /// Goes silent at once.
    pub(super) fn stop(&mut self) {
        self.position = None;
    }

    /// Begins at a place between 0, the file's first frame, and 1, its end.
    pub(super) fn start(&mut self, place: f64, file: &Asset) {
        // Whole frames, so that at the original speed the samples come out as they are. NaN is 0.
        let last = file.frames().saturating_sub(1) as f64;
        let position = (place.max(0.0) * file.frames() as f64).floor().min(last);
        let begins_quietly =
            file.channels.iter().all(|channel| channel.first().is_none_or(|x| x.abs() < QUIET));
        self.position = Some(position);
        self.loop_start = position;
        self.has_looped = false;
        self.faded_in = if position == 0.0 && begins_quietly { self.fade_frames } else { 0.0 };
        self.fade_out_left = None;
    }

    /// Fades out, if it has not begun to.
    pub(super) fn fade_out(&mut self) {
        self.fade_out_left = self.fade_out_left.or(Some(self.fade_frames));
    }

    /// The next frame of the left and right channel.
    pub(super) fn next(&mut self, file: &Asset, speed: f64, loops: bool) -> [f32; 2] {
        let Some(position) = self.position else { return [0.0; 2] };
        let end = file.frames() as f64;
        if position >= end || self.fade_out_left == Some(0.0) {
            self.stop();
            return [0.0; 2];
        }
        let gain = self.next_gain(if loops { f64::INFINITY } else { end - position });
        let sound = self.read(file, position, loops).map(|sample| sample * gain);
        self.position = Some(self.step(position + speed, end, loops));
        sound
    }

    /// Where the head is after a step: back in the loop if it has passed the end of one.
    fn step(&mut self, position: f64, end: f64, loops: bool) -> f64 {
        if !loops || position < end {
            return position;
        }
        self.has_looped = true;
        self.loop_start + (position - end) % (end - self.loop_start).max(1.0)
    }

    /// The product of all fades, with `left` frames of the file to come.
    fn next_gain(&mut self, left: f64) -> f32 {
        let mut gain = smooth((left / f64::from(self.fade_frames)) as f32);
        if self.faded_in < self.fade_frames {
            gain *= smooth(self.faded_in / self.fade_frames);
            self.faded_in += 1.0;
        }
        if let Some(left) = &mut self.fade_out_left {
            *left -= 1.0;
            gain *= smooth(*left / self.fade_frames);
        }
        gain
    }

    fn read(&self, file: &Asset, position: f64, loops: bool) -> [f32; 2] {
        let base = position as usize;
        let weights = weights((position - base as f64) as f32);
        let frames = file.frames();
        // The right channel of a mono file is its left one.
        [0, 1].map(|side| {
            let Some(samples) = file.channels.get(side).or(file.channels.first()) else { return 0.0 };
            let is_inside = base >= BEFORE && base - BEFORE + POINTS <= frames;
            let points: [f32; POINTS] = if is_inside {
                std::array::from_fn(|i| samples[base - BEFORE + i])
            } else {
                std::array::from_fn(|i| self.sample(samples, (base + i) as isize - BEFORE as isize, loops))
            };
            points.iter().zip(weights).map(|(point, weight)| point * weight).sum()
        })
    }

    /// A sample near an edge of the file: from the other end of a loop, or silence.
    fn sample(&self, samples: &[f32], index: isize, loops: bool) -> f32 {
        let frames = samples.len() as isize;
        let length = frames - self.loop_start as isize;
        let index = match index {
            i if loops && i >= frames => i - length,
            i if loops && self.has_looped && i < 0 => i + length,
            i => i,
        };
        usize::try_from(index).ok().and_then(|index| samples.get(index)).copied().unwrap_or(0.0)
    }
}

/// From 0 to 1 without a kink at either end; flat beyond.
fn smooth(x: f32) -> f32 {
    let x = x.clamp(0.0, 1.0);
    x * x * x * (10.0 - x * (15.0 - 6.0 * x))
}
