//! One grain: a piece of a sound under a window.

use crate::parts::delay::line::DelayLine;
use jackfield_node::Asset;
use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::interpolation::{BEFORE, POINTS, weights};

/// What grains are cut from.
pub(super) enum GrainSource<'a> {
    /// A file, whose end leads to its start.
    File(&'a Asset),
    /// What has just been heard.
    Memory {
        line: &'a DelayLine,
        /// How far back it may be read, in frames.
        reach: f64,
        /// Whether it still listens.
        moves: bool,
    },
}

impl GrainSource<'_> {
    /// Where a grain begins that shall be at `share` (0..=1) of the sound: frames from the start of a file,
    /// or frames ago. A grain of `frames` frames at `speed` never runs into the future.
    pub(super) fn place(&self, share: f64, frames: f64, speed: f64) -> f64 {
        match self {
            Self::File(file) => share * file.frames() as f64,
            Self::Memory { reach, .. } => {
                let needed = (frames * (speed - 1.0)).max(0.0) + DelayLine::SHORTEST;
                // A grain slower than time, or backwards, falls further behind.
                let most = reach - (frames * (1.0 - speed)).max(0.0) - 2.0;
                (share * reach).max(needed).min(most.max(needed))
            }
        }
    }

    /// By how much a place changes in a frame, for a grain of this speed.
    fn step(&self, speed: f64) -> f64 {
        match self {
            Self::File(_) => speed,
            Self::Memory { moves, .. } => f64::from(u8::from(*moves)) - speed,
        }
    }

    /// Left and right at a place.
    fn read(&self, place: f64) -> [f32; 2] {
        match self {
            Self::File(file) => [0, 1].map(|side| read(file, side, place)),
            Self::Memory { line, .. } => [line.tap(place); 2],
        }
    }
}

/// A channel of a file; the right one of a mono file is its left one.
fn read(file: &Asset, side: usize, place: f64) -> f32 {
    let Some(samples) = file.channels.get(side).or(file.channels.first()) else { return 0.0 };
    let frames = samples.len();
    let place = place.rem_euclid(frames as f64);
    let base = place as usize;
    let weights = weights((place - base as f64) as f32);
    let is_inside = base >= BEFORE && base + POINTS - BEFORE <= frames;
    let sample = |i: usize| {
        if is_inside {
            samples[base + i - BEFORE]
        } else {
            samples[(base + i + frames * POINTS - BEFORE) % frames]
        }
    };
    weights.iter().enumerate().map(|(i, weight)| sample(i) * weight).sum()
}

/// A grain that sounds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Grain {
    place: f64,
    speed: f64,
    /// Frames that have sounded, and frames in all.
    age: f32,
    frames: f32,
    /// Left and right.
    gains: [f32; 2],
}

impl Grain {
    /// A grain from `place` on. `side` is -1 (left) to 1.
    pub(super) fn new(place: f64, speed: f64, frames: f32, side: f32) -> Self {
        let turns = Lanes((side + 1.0) * 0.125);
        Self { place, speed, age: 0.0, frames, gains: [turns.cos_turns().0, turns.sin_turns().0] }
    }

    pub(super) fn is_over(&self) -> bool {
        self.age >= self.frames
    }

    /// The next frame.
    pub(super) fn next(&mut self, sound: &GrainSource<'_>) -> [f32; 2] {
        // Hann's window, which begins and ends without a kink.
        let window = 0.5 - 0.5 * Lanes((self.age + 0.5) / self.frames).cos_turns().0;
        let read = sound.read(self.place);
        self.place += sound.step(self.speed);
        self.age += 1.0;
        [read[0] * window * self.gains[0], read[1] * window * self.gains[1]]
    }
}
