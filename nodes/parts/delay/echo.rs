//! One delay line of an echo: a time that may change, and the treble each echo loses.

use crate::parts::compute::memo::Memo;
use crate::parts::delay::line::DelayLine;
use crate::parts::delay::moving_tap::{DelayChange, MovingTap};
use crate::parts::timing::note_length::NoteLength;
use jackfield_node::dsp::Lanes;
use std::f32::consts::LOG2_E;

/// The longest time a knob sets, in seconds. A note length may be longer.
pub(crate) const LONGEST_SECONDS: f32 = 4.0;

/// Time constant of the treble loss at full damping: that of a corner at 100 Hz, in seconds.
const MOST_DAMPING_SECONDS: f32 = 0.001_591_5;

/// Relative precision of a time signal.
const PRECISION: f64 = 2.5e-7;

/// See the module's documentation.
pub(crate) struct Echo {
    line: DelayLine,
    /// The longest delay, in frames.
    longest: f64,
    tap: MovingTap,
    damping: DampingFilter,
    change: DelayChange,
}

impl Echo {
    /// An echo of any time that a knob or a note length may say. Control thread.
    pub(crate) fn new(sample_rate: f32, change: DelayChange, note: NoteLength) -> Self {
        let longest = longest_seconds(note) * f64::from(sample_rate);
        Self {
            line: DelayLine::new(longest.ceil() as usize),
            longest,
            tap: MovingTap::new(sample_rate),
            damping: DampingFilter::default(),
            change,
        }
    }

    /// The next frame of the echo, `frames` after its sound, with the treble that `damping` (0 to 1) leaves.
    #[inline]
    pub(crate) fn read(&mut self, frames: f64, damping: f32, sample_rate: f32) -> f32 {
        self.read_swinging(frames, 0.0, damping, sample_rate)
    }

    /// The same with the line's head `swing` frames further back, a small and steady movement.
    #[inline]
    pub(crate) fn read_swinging(&mut self, frames: f64, swing: f64, damping: f32, sample_rate: f32) -> f32 {
        let frames = frames.clamp(DelayLine::SHORTEST, self.longest);
        let sound = self.tap.read_swinging(&self.line, frames, swing, self.change);
        self.damping.next(sound, damping, sample_rate)
    }

    /// What sounds now, to be heard again.
    #[inline]
    pub(crate) fn push(&mut self, sound: f32) {
        self.line.push(sound);
    }

    /// Stands where another echo does that heard the same.
    pub(crate) fn stand_like(&mut self, other: &Self) {
        (self.tap, self.damping) = (other.tap, other.damping);
    }

    /// Forgets the past.
    pub(crate) fn reset(&mut self) {
        self.line.clear();
        self.tap.reset();
        self.damping.reset();
    }
}

/// The longest time of an echo with a note length, in seconds.
pub(crate) fn longest_seconds(note: NoteLength) -> f64 {
    note.longest_seconds().max(f64::from(LONGEST_SECONDS))
}

/// A low-pass whose knob goes from nothing to a corner at 100 Hz.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DampingFilter {
    held: f32,
    pole: Memo<f32>,
}

impl DampingFilter {
    /// Filters a frame.
    #[inline]
    pub(crate) fn next(&mut self, sound: f32, damping: f32, sample_rate: f32) -> f32 {
        let pole = self.pole.of(damping, |damping| damping_pole(damping, sample_rate));
        self.held = sound * (1.0 - pole) + self.held * pole;
        self.held
    }

    /// Forgets the past.
    pub(crate) fn reset(&mut self) {
        self.held = 0.0;
    }
}

/// The time of an echo in frames.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct EchoTime(Memo<f64>);

impl EchoTime {
    /// What a note length says in seconds, or else a time signal (octaves re 1 s).
    #[inline]
    pub(crate) fn frames(&mut self, note: Option<f64>, time: f32, sample_rate: f32) -> f64 {
        match note {
            Some(seconds) => seconds * f64::from(sample_rate),
            None => self.0.of(time, |time| delay_frames(time, sample_rate)),
        }
    }
}

/// The delay of a time signal, in frames. A whole number wherever the signal can mean one: then the
/// echo is a copy, bit for bit.
fn delay_frames(time: f32, sample_rate: f32) -> f64 {
    let frames = f64::from(Lanes(time).exp2().0) * f64::from(sample_rate);
    let is_whole = (frames - frames.round()).abs() < PRECISION * frames;
    let frames = if is_whole { frames.round() } else { frames };
    frames.clamp(DelayLine::SHORTEST, f64::from(LONGEST_SECONDS * sample_rate))
}

/// The pole of a low-pass that loses treble as the damping says; 0 loses nothing.
fn damping_pole(damping: f32, sample_rate: f32) -> f32 {
    let damping = damping.clamp(0.0, 1.0);
    if damping == 0.0 {
        return 0.0;
    }
    let frames = MOST_DAMPING_SECONDS * damping * damping * sample_rate;
    Lanes(-LOG2_E / frames).exp2().0
}
