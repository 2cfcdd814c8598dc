//! The reading end of the bridge: takes frames from the ring at a given speed, and fades where the
//! flow begins and ends.

use super::bridge::Clocks;
use super::drift::Speed;
use super::interpolate::Interpolator;
use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::smooth::ease;
use rtrb::Consumer;

/// Frames in the history besides those that one frame is made from.
const SPARE: usize = 256;

/// Makes output frames from recorded frames.
pub(super) struct Source {
    channels: usize,
    /// Frames taken from the ring so far.
    taken: u64,
    resampler: Option<Resampler>,
}

/// Reads between frames.
struct Resampler {
    speed: Speed,
    interpolator: Interpolator,
    /// The latest frames from the ring, oldest first, of which `held` are filled.
    history: Vec<f32>,
    held: usize,
    /// Where the next window starts in the history, in frames.
    start: f64,
}

impl Source {
    pub(super) fn new(channels: usize, input_rate: f64, output_rate: f64, clocks: Clocks) -> Self {
        let resampler = (clocks == Clocks::Two).then(|| {
            let interpolator = Interpolator::new(input_rate / output_rate);
            let history = vec![0.0; (interpolator.taps() + SPARE) * channels];
            Resampler {
                speed: Speed::new(input_rate, output_rate),
                interpolator,
                history,
                held: 0,
                start: 0.0,
            }
        });
        Self { channels, taken: 0, resampler }
    }

    /// The recorded frame, counted from the first, that the next made frame stands for.
    pub(super) fn position(&self) -> f64 {
        match &self.resampler {
            None => self.taken as f64,
            Some(resampler) => {
                let oldest = self.taken as f64 - resampler.held as f64;
                oldest + resampler.start + resampler.interpolator.centre() as f64
            }
        }
    }

    /// Recorded frames that a made frame needs behind its position.
    pub(super) fn reach(&self) -> usize {
        self.resampler
            .as_ref()
            .map_or(0, |resampler| resampler.interpolator.taps() - resampler.interpolator.centre())
    }

    /// Reads somewhat faster when the distance is `excess` frames too long; see [`Speed::steer`].
    pub(super) fn steer(&mut self, excess: f64, elapsed: f64) {
        if let Some(resampler) = &mut self.resampler {
            resampler.speed.steer(excess, elapsed);
        }
    }

    /// Forgets all that was recorded so far.
    pub(super) fn clear(&mut self, ring: &mut Consumer<f32>) {
        self.discard(ring, ring.slots() / self.channels);
        if let Some(resampler) = &mut self.resampler {
            resampler.held = 0;
            resampler.start = 0.0;
            resampler.speed.restart();
        }
    }

    /// Goes forward by `frames` after [`clear`](Self::clear). `false` when the ring has not as many.
    pub(super) fn skip(&mut self, ring: &mut Consumer<f32>, frames: f64) -> bool {
        if !self.discard(ring, frames as usize) {
            return false;
        }
        if let Some(resampler) = &mut self.resampler {
            resampler.start = frames.fract();
        }
        true
    }

    /// Drops frames from the ring, all or none.
    fn discard(&mut self, ring: &mut Consumer<f32>, frames: usize) -> bool {
        match ring.read_chunk(frames * self.channels) {
            Ok(chunk) => {
                chunk.commit_all();
                self.taken += frames as u64;
                true
            }
            Err(_) => false,
        }
    }

    /// Fills `output` from its beginning with as many frames as can be made. Gives the number of samples.
    pub(super) fn make(&mut self, ring: &mut Consumer<f32>, output: &mut [f32]) -> usize {
        let Some(resampler) = &mut self.resampler else {
            let samples = output.len().min(ring.slots() / self.channels * self.channels);
            let copied = ring.pop_entire_slice(&mut output[..samples]).is_ok();
            self.taken += (samples / self.channels) as u64;
            return if copied { samples } else { 0 };
        };
        let taps = resampler.interpolator.taps();
        let mut made = 0;
        for frame in output.chunks_exact_mut(self.channels) {
            if resampler.start as usize + taps > resampler.held {
                self.taken += resampler.refill(ring, self.channels) as u64;
                if resampler.start as usize + taps > resampler.held {
                    break;
                }
            }
            let window =
                &resampler.history[resampler.start as usize * self.channels..][..taps * self.channels];
            resampler.interpolator.frame(window, resampler.start.fract(), frame);
            resampler.start += resampler.speed.get();
            made += self.channels;
        }
        made
    }
}

impl Resampler {
    /// Drops what lies behind and takes what is there, as far as it fits. Gives the frames taken.
    fn refill(&mut self, ring: &mut Consumer<f32>, channels: usize) -> usize {
        let behind = (self.start as usize).min(self.held);
        self.forget(behind, channels);
        self.start -= behind as f64;
        let room = self.history.len() / channels - self.held;
        let frames = room.min(ring.slots() / channels);
        let place = &mut self.history[self.held * channels..][..frames * channels];
        if ring.pop_entire_slice(place).is_err() {
            return 0;
        }
        self.held += frames;
        frames
    }

    /// Drops the oldest frames of the history.
    fn forget(&mut self, frames: usize, channels: usize) {
        self.history.copy_within(frames * channels..self.held * channels, 0);
        self.held -= frames;
    }
}

/// Ends and begins a flow of frames without a step.
pub(super) struct Fades {
    length: usize,
    /// Frames since the flow began, up to `length`.
    risen: usize,
    /// The frame at which the flow ended, and the frames of its fade to come.
    ended: Vec<f32>,
    falling: usize,
    /// What was heard last.
    heard: Vec<f32>,
}

impl Fades {
    /// Fades of `length` frames.
    pub(super) fn new(channels: usize, length: usize) -> Self {
        Self { length, risen: 0, ended: vec![0.0; channels], falling: 0, heard: vec![0.0; channels] }
    }

    /// The flow ends here: what was heard last fades away, what comes next fades in.
    pub(super) fn turn(&mut self) {
        self.ended.copy_from_slice(&self.heard);
        self.falling = self.length;
        self.risen = 0;
    }

    /// A frame of the flow.
    pub(super) fn live(&mut self, frame: &mut [f32]) {
        if self.risen < self.length {
            let gain = smooth(self.risen, self.length);
            for sample in frame.iter_mut() {
                *sample *= gain;
            }
            self.risen += 1;
        }
        self.add_fall(frame);
    }

    /// A frame while nothing flows.
    pub(super) fn silent(&mut self, frame: &mut [f32]) {
        frame.fill(0.0);
        self.add_fall(frame);
    }

    fn add_fall(&mut self, frame: &mut [f32]) {
        if self.falling > 0 {
            self.falling -= 1;
            let gain = smooth(self.falling, self.length);
            for (sample, &ended) in frame.iter_mut().zip(&self.ended) {
                *sample += ended * gain;
            }
        }
        self.heard.copy_from_slice(frame);
    }
}

/// A ramp from 0 to 1 whose first and second derivatives vanish at its ends: it cannot be heard as a
/// click.
fn smooth(place: usize, length: usize) -> f32 {
    ease(Lanes(place as f32 / length as f32)).0
}
