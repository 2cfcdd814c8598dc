//! The engine's own delay line, which lets a path wait for a slower one.
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

/// [`DelayLine::rest`] while it fades.
pub(crate) const FADING: usize = usize::MAX;

/// How long a line delays in a plan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DelayTime {
    pub(crate) frames: usize,
    /// How long a change takes.
    pub(crate) fade_frames: u32,
}

/// What a new line gives until it has recorded enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beginning {
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
    /// The wait that is being faded to, and how many frames ago that began.
    next: Option<(usize, u32)>,
    rest: Arc<AtomicUsize>,
}

impl DelayLine {
    /// A line with room for a wait of at least so many frames. Its input begins with so many frames of
    /// `silence`, whose end would be a click, and is not delayed before they have passed.
    pub(crate) fn new(frames: usize, beginning: Beginning, silence: usize) -> Self {
        let before = match beginning {
            Beginning::Settled(frames) => Some(frames),
            Beginning::Direct => Some(0),
            Beginning::Silent => None,
        };
        let ring = vec![0.0; (frames + 1).next_power_of_two()].into_boxed_slice();
        let rest = Arc::new(AtomicUsize::new(before.unwrap_or(FADING)));
        Self { ring, at: 0, silence, recorded: 0, before, next: None, rest }
    }

    /// The longest wait.
    pub(crate) fn room(&self) -> usize {
        self.ring.len() - 1
    }

    /// The active delay, or [`FADING`]; written by the executor.
    pub(crate) fn rest(&self) -> Arc<AtomicUsize> {
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

    fn read(&self, wait: Option<usize>) -> f32 {
        wait.map_or(0.0, |wait| self.ring[self.at.wrapping_sub(wait) & (self.ring.len() - 1)])
    }

    /// Takes in a frame and gives one back.
    fn frame(&mut self, sample: f32, wait: DelayTime) -> f32 {
        self.record(sample);
        let frames = wait.frames.min(self.room());
        if self.next.is_none() && self.before != Some(frames) && self.recorded > frames {
            self.next = Some((frames, 0));
        }
        let Some((next, position)) = &mut self.next else { return self.read(self.before) };
        *position += 1;
        let (next, position) = (*next, *position);
        if position >= wait.fade_frames {
            self.before = Some(next);
            self.next = None;
            return self.read(self.before);
        }
        let (old, new) = (self.read(self.before), self.read(Some(next)));
        old + (new - old) * fade_curve(position as f32 / wait.fade_frames as f32)
    }
}

impl AnyBlock for DelayLine {
    fn process(&mut self, wait: &(dyn Any + Send + Sync), io: &mut BlockIo<'_>) {
        let Some(&wait) = wait.downcast_ref::<DelayTime>() else { return io.silence() };
        let input = io.input(IN);
        for (out, &sample) in io.output(OUT).iter_mut().zip(input) {
            *out = self.frame(sample, wait);
        }
        let rest = if self.next.is_none() { self.before.unwrap_or(FADING) } else { FADING };
        self.rest.store(rest, Ordering::Release);
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
            let mut line = DelayLine::new(frames, Beginning::Settled(frames), 0);
            let out = run(&mut line, &ramp(0, 300), frames);
            assert!(out[..frames].iter().all(|sample| *sample == 0.0));
            assert_eq!(out[frames..], ramp(0, 300 - frames));
        }
    }

    #[test]
    fn a_wait_that_comes_and_goes_is_faded() {
        let mut line = DelayLine::new(50, Beginning::Direct, 0);
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
        let mut line = DelayLine::new(30, Beginning::Silent, 0);
        let out = run(&mut line, &[1.0; 300], 30);
        assert!(out[..30].iter().all(|sample| *sample == 0.0));
        assert!(out.windows(2).all(|pair| pair[1] >= pair[0] && pair[1] - pair[0] < 0.03));
        assert_eq!(out[130..], [1.0; 170]);
    }

    #[test]
    fn the_onset_of_a_late_source_is_not_heard_late() {
        let input: Vec<f32> = (0..500).map(|frame| if frame < 40 { 0.0 } else { 1.0 }).collect();
        let out = run(&mut DelayLine::new(30, Beginning::Silent, 40), &input, 30);
        assert!(out[..70].iter().all(|sample| *sample == 0.0));
        assert!(out.windows(2).all(|pair| pair[1] >= pair[0] && pair[1] - pair[0] < 0.03));
        assert_eq!(out[170..], [1.0; 330]);
    }
}
