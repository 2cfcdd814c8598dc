//! All grains together, and when the next one begins.

use super::grain::{Grain, GrainSource};
use jackfield_node::dsp::{Bits, Lanes, noise};
use std::f32::consts::LN_2;

/// Most grains at once. When all sound, the next one waits.
const MOST: usize = 64;

/// Shortest and longest grain, in seconds.
const SIZES: (f32, f32) = (0.002, 4.0);

/// The next grain begins after this part of the last one at the latest.
const LONGEST_WAIT: f32 = 0.5;

/// Below so many mean distances to wait, grains are drops and not a texture.
const LEAST_ROOM: f32 = 1.2;

/// Most mean distances that are made up for later.
const MOST_OWED: f32 = 8.0;

/// How long the loudness takes to follow, in seconds.
const GAIN_SECONDS: f32 = 0.03;

/// The length of a grain in whole frames.
fn grain_frames(size: f32, sample_rate: f32) -> f32 {
    (Lanes(size).exp2().clamp(SIZES.0, SIZES.1).0 * sample_rate).round()
}

/// What grains are like, as the knobs' signals say.
#[derive(Clone, Copy, Debug)]
pub(super) struct GrainParams {
    pub(super) position: f32,
    pub(super) spray: f32,
    pub(super) size: f32,
    pub(super) scatter: f32,
    pub(super) pitch: f32,
    pub(super) detune: f32,
    pub(super) spread: f32,
    pub(super) reverse: f32,
}

/// See the module's documentation.
pub(super) struct GrainCloud {
    /// Those that sound come first.
    grains: [Grain; MOST],
    count: usize,
    /// How long ago the last grain began and how long after it the next one does, in mean distances.
    passed: f32,
    interval: f32,
    /// By how much the last intervals were shorter than chance wanted.
    owed: f32,
    /// Loudness, and where it is going: it follows the number of grains that overlap.
    gain: f32,
    gain_wanted: f32,
    counter: Bits<f32>,
    seed: u32,
}

impl GrainCloud {
    pub(super) fn new(seed: u32) -> Self {
        Self {
            grains: [Grain::default(); MOST],
            count: 0,
            passed: 0.0,
            interval: 0.0,
            owed: 0.0,
            gain: 1.0,
            gain_wanted: 1.0,
            counter: noise::hash(Bits(seed)),
            seed,
        }
    }

    pub(super) fn reset(&mut self) {
        *self = Self::new(self.seed);
    }

    /// The next frame of all grains. `advance` is how many of them begin per frame.
    pub(super) fn next(
        &mut self,
        sound: &GrainSource<'_>,
        params: &GrainParams,
        advance: f32,
        sample_rate: f32,
    ) -> [f32; 2] {
        self.passed += advance;
        if self.passed >= self.interval && self.count < MOST {
            self.passed = (self.passed - self.interval).min(advance);
            let frames = grain_frames(params.size, sample_rate);
            self.interval = self.next_interval(params.scatter, advance * frames);
            self.begin(sound, params, advance, sample_rate);
        }
        self.gain += (self.gain_wanted - self.gain) / (GAIN_SECONDS * sample_rate);
        let mut sums = [0.0; 2];
        let mut i = 0;
        while i < self.count {
            let grain = &mut self.grains[i];
            let [left, right] = grain.next(sound);
            sums = [sums[0] + left, sums[1] + right];
            if grain.is_over() {
                self.count -= 1;
                self.grains[i] = self.grains[self.count];
            } else {
                i += 1;
            }
        }
        sums.map(|sum| sum * self.gain)
    }

    fn begin(&mut self, sound: &GrainSource<'_>, params: &GrainParams, advance: f32, sample_rate: f32) {
        let frames = grain_frames(params.size, sample_rate);
        let detune = self.bipolar() * params.detune * (1.0 / 1_200.0);
        let octaves = Lanes(params.pitch + detune).clamp(-6.0, 6.0);
        let speed = f64::from(octaves.exp2().0);
        let is_backwards = self.unit() < params.reverse;
        let speed = if is_backwards { -speed } else { speed };
        let share = Lanes(params.position + self.bipolar() * params.spray).clamp(0.0, 1.0).0;
        let side = Lanes(self.bipolar() * params.spread).clamp(-1.0, 1.0).0;
        let place = sound.place(f64::from(share), f64::from(frames), speed);
        self.grains[self.count] = Grain::new(place, speed, frames, side);
        self.count += 1;
        // Grains that don't know of each other add up in power; one alone is as loud as its sound.
        let overlap = (advance * frames * 0.375).max(0.5);
        self.gain_wanted = 1.0 / overlap.sqrt();
        if self.count == 1 {
            self.gain = self.gain_wanted;
        }
    }

    /// The distance to the next grain re the mean one, between regular and independent, with so many grains
    /// at once in the mean. Where they are meant to overlap, none waits until the last one has died away:
    /// what an interval is shortened by is given to the next ones, so that there are as many grains as the
    /// density says.
    fn next_interval(&mut self, scatter: f32, overlap: f32) -> f32 {
        let exponential = -LN_2 * Lanes(self.unit() + 1e-6).log2().0;
        let drawn = 1.0 + (exponential - 1.0) * Lanes(scatter).clamp(0.0, 1.0).0;
        let longest = overlap * LONGEST_WAIT;
        if longest < LEAST_ROOM {
            self.owed = 0.0;
            return drawn;
        }
        let wanted = drawn + self.owed;
        let interval = wanted.min(longest);
        self.owed = (wanted - interval).min(MOST_OWED);
        interval
    }

    fn unit(&mut self) -> f32 {
        noise::next(&mut self.counter).to_unit().0
    }

    fn bipolar(&mut self) -> f32 {
        noise::next(&mut self.counter).to_bipolar().0
    }
}
