//! The engine's own delay line, which lines a path up with a slower one.
//!
//! How long it delays is up to the plan that runs it, so the delay may change while sound passes: the line
//! then fades from the signal of before to the later or earlier one, as soon as it has recorded enough of it.
//! A delay that comes and goes is thus a line that begins or ends at length 0.

use crate::smoothed_param::fade_curve;
use jackfield_node::{AnyBlock, BlockIo, Input, Output};
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const IN: Input = Input::audio(0, "in", "Signal.");
const OUT: Output = Output::audio(0, "out", "The signal, later.");

/// The delay that a line has come to rest at; the executor writes it, anyone reads. One more than its frames,
/// 0 while it fades.
#[derive(Debug)]
pub(crate) struct RestingDelay(AtomicUsize);

impl RestingDelay {
    fn new(frames: Option<usize>) -> Self {
        Self(AtomicUsize::new(Self::encode(frames)))
    }

    fn encode(frames: Option<usize>) -> usize {
        frames.map_or(0, |frames| frames + 1)
    }

    fn store(&self, frames: Option<usize>) {
        self.0.store(Self::encode(frames), Ordering::Release);
    }

    /// The delay; none while it fades. Any thread.
    pub(crate) fn load(&self) -> Option<usize> {
        self.0.load(Ordering::Acquire).checked_sub(1)
    }
}

/// How long a line delays in a plan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DelayTime {
    pub(crate) frames: usize,
    /// How long a change takes.
    pub(crate) fade_frames: u32,
}

/// What a new line gives until it has recorded enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DelayStart {
    /// It has always waited this long, in silence. For what begins with the sound itself.
    Settled(usize),
    /// The signal as it comes in: it passed so far without a line.
    Direct,
    /// Silence: what it carries is new.
    Silent,
}

/// A ring in which a signal waits.
pub(crate) struct DelayLine {
    /// A power of two.
    ring: Box<[f32]>,
    /// Where the latest frame is.
    at: usize,
    /// Frames of silence to come, because a source with latency has not begun.
    silence: usize,
    /// How many frames were recorded after that, up to the ring's length.
    recorded: usize,
    /// The delay that is active or being faded out; none is silence.
    before: Option<usize>,
    /// The delay that is being faded to, and how many frames ago that began.
    next: Option<(usize, u32)>,
    rest: Arc<RestingDelay>,
}

impl DelayLine {
    /// A line with room for a delay of at least so many frames. Its input begins with so many frames of
    /// `silence`, whose end would be a click, and is not delayed before they have passed.
    pub(crate) fn new(frames: usize, start: DelayStart, silence: usize) -> Self {
        let before = match start {
            DelayStart::Settled(frames) => Some(frames),
            DelayStart::Direct => Some(0),
            DelayStart::Silent => None,
        };
        let ring = vec![0.0; (frames + 1).next_power_of_two()].into_boxed_slice();
        let rest = Arc::new(RestingDelay::new(before));
        Self { ring, at: 0, silence, recorded: 0, before, next: None, rest }
    }

    /// The longest delay.
    pub(crate) fn room(&self) -> usize {
        self.ring.len() - 1
    }

    /// The active delay at rest.
    pub(crate) fn rest(&self) -> Arc<RestingDelay> {
        self.rest.clone()
    }

    fn record(&mut self, sample: f32) {
        self.at = (self.at + 1) & (self.ring.len() - 1);
        self.ring[self.at] = sample;
        match self.silence.checked_sub(1) {
            Some(left) => self.silence = left,
            None => self.recorded = (self.recorded + 1).min(self.ring.len()),
        }
    }

    fn read(&self, delay: Option<usize>) -> f32 {
        delay.map_or(0.0, |delay| self.ring[self.at.wrapping_sub(delay) & (self.ring.len() - 1)])
    }

    /// Takes in a frame and gives one back.
    fn frame(&mut self, sample: f32, time: DelayTime) -> f32 {
        self.record(sample);
        let frames = time.frames.min(self.room());
        if self.next.is_none() && self.before != Some(frames) && self.recorded > frames {
            self.next = Some((frames, 0));
        }
        let Some((next, position)) = &mut self.next else { return self.read(self.before) };
        *position += 1;
        let (next, position) = (*next, *position);
        if position >= time.fade_frames {
            self.before = Some(next);
            self.next = None;
            return self.read(self.before);
        }
        let (old, new) = (self.read(self.before), self.read(Some(next)));
        old + (new - old) * fade_curve(position as f32 / time.fade_frames as f32)
    }
}

impl AnyBlock for DelayLine {
    fn process(&mut self, config: &(dyn Any + Send + Sync), io: &mut BlockIo<'_>) {
        let Some(&time) = config.downcast_ref::<DelayTime>() else { return io.silence() };
        let input = io.input(IN);
        for (out, &sample) in io.output(OUT).iter_mut().zip(input) {
            *out = self.frame(sample, time);
        }
        self.rest.store(self.before.filter(|_| self.next.is_none()));
    }

    fn reset(&mut self) {
        self.ring.fill(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FADE: u32 = 100;

    fn run(line: &mut DelayLine, input: &[f32], frames: usize) -> Vec<f32> {
        input.iter().map(|&sample| line.frame(sample, DelayTime { frames, fade_frames: FADE })).collect()
    }

    fn ramp(from: usize, frames: usize) -> Vec<f32> {
        (from..from + frames).map(|frame| 1.0 + frame as f32).collect()
    }

    #[test]
    fn a_settled_line_waits() {
        for frames in [0, 1, 10, 63, 64, 65] {
            let mut line = DelayLine::new(frames, DelayStart::Settled(frames), 0);
            let out = run(&mut line, &ramp(0, 300), frames);
            assert!(out[..frames].iter().all(|sample| *sample == 0.0));
            assert_eq!(out[frames..], ramp(0, 300 - frames));
        }
    }

    #[test]
    fn a_wait_that_comes_and_goes_is_faded() {
        let mut line = DelayLine::new(50, DelayStart::Direct, 0);
        let out = run(&mut line, &ramp(0, 400), 50);
        assert_eq!(out[..50], ramp(0, 50), "unchanged until enough is recorded");
        assert_eq!(out[150..], ramp(100, 250));
        assert!(out.windows(2).all(|pair| (pair[1] - pair[0] - 1.0).abs() < 1.1), "no leap on the way");
        let out = run(&mut line, &ramp(400, 400), 0);
        assert_eq!(out[100..], ramp(500, 300));
        assert!(out.windows(2).all(|pair| (pair[1] - pair[0] - 1.0).abs() < 1.1));
    }

    #[test]
    fn what_is_new_comes_out_of_silence() {
        let mut line = DelayLine::new(30, DelayStart::Silent, 0);
        let out = run(&mut line, &[1.0; 300], 30);
        assert!(out[..30].iter().all(|sample| *sample == 0.0));
        assert!(out.windows(2).all(|pair| pair[1] >= pair[0] && pair[1] - pair[0] < 0.03));
        assert_eq!(out[130..], [1.0; 170]);
    }

    #[test]
    fn the_onset_of_a_late_source_is_not_heard_late() {
        let input: Vec<f32> = (0..500).map(|frame| if frame < 40 { 0.0 } else { 1.0 }).collect();
        let out = run(&mut DelayLine::new(30, DelayStart::Silent, 40), &input, 30);
        assert!(out[..70].iter().all(|sample| *sample == 0.0));
        assert!(out.windows(2).all(|pair| pair[1] >= pair[0] && pair[1] - pair[0] < 0.03));
        assert_eq!(out[170..], [1.0; 330]);
    }
}
