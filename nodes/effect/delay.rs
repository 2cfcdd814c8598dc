//! Delay: echoes, and the line inside of strings, flangers and anything else that needs time to pass.
//!
//! The time is exact to a fraction of a frame: what goes in comes out `time` later, by this node
//! alone. The shortest time is one frame. A cable that closes a feedback loop through the patch adds
//! its one frame to it.

use crate::parts::delay_line::DelayLine;
use crate::parts::moving_tap::{Change, MovingTap};
use crate::parts::remembered::Remembered;
use jackfield_node::dsp::Lanes;
use jackfield_node::prelude::*;
use std::f32::consts::LOG2_E;

const IN: Input = Input::audio(0, "in", "Sound to repeat.");
const TIME: Input = Input::knob(
    1,
    "time",
    Knob::seconds(0.0001, LONGEST_SECONDS, 0.3),
    "From sound to echo. One frame is the shortest, four seconds the longest.",
);
const FEEDBACK: Input = Input::knob(
    2,
    "feedback",
    Knob::bipolar(0.35),
    "How much of each echo is repeated. 100 %: for ever. Below 0 every other echo is upside down.",
);
const DAMPING: Input = Input::knob(
    3,
    "damping",
    Knob::unit(0.1),
    "How much treble each echo loses. 0: none. 25 %: above 1.6 kHz. 100 %: above 100 Hz.",
);
const MIX: Input = Input::knob(4, "mix", Knob::unit(0.35), "0: the sound alone. 100 %: its echoes alone.");

const OUT: Output = Output::audio(0, "out", "Sound and echoes.");

const CHANGE: Setting = Setting::choice(
    0,
    "change",
    &["fade", "tape"],
    0,
    "A new time fades in, or is wound to like a tape, which bends the pitch.",
);

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Delay>("effect.delay", "Delay", Category::Effect)
    .summary("Repeats a sound after a time, clean or like a tape.")
    .help(
        "What goes in comes out again after the time, and again after twice the time as loud as the \
         feedback says. Long times are echoes. Below 30 ms they melt into a colour, and below 10 ms with \
         much feedback the line rings at a pitch of its own: 1 divided by the time. Each voice has its own \
         line. Try: a noise burst into a delay of 2.27 ms with feedback 99 % and damping 5 %: a string \
         that plays A4. Then a slow LFO into time with depth 0.01: an orchestra of them.",
    )
    .tags(&["echo", "tape", "comb", "string", "karplus-strong", "flanger", "repeat"])
    .inputs(&[IN, TIME, FEEDBACK, DAMPING, MIX])
    .outputs(&[OUT])
    .settings(&[CHANGE])
    .checked();

const LONGEST_SECONDS: f32 = 4.0;

/// Time constant of the treble loss at full damping: that of a corner at 100 Hz, in seconds.
const MOST_DAMPING_SECONDS: f32 = 0.001_591_5;

/// Relative precision of a time signal.
const PRECISION: f64 = 2.5e-7;

struct Character(Change);

impl Configure for Character {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok(Self([Change::Fade, Change::Tape][settings.choice(CHANGE)?]))
    }
}

struct Delay {
    line: DelayLine,
    tap: MovingTap,
    /// The last echo after damping.
    echo: f32,
    frames: Remembered<f64>,
    /// The pole of the low-pass.
    pole: Remembered<f32>,
}

impl BlockNode for Delay {
    type Config = Character;

    fn new(_: &Character, setup: &Setup, _: u32) -> Self {
        Self {
            line: DelayLine::new((LONGEST_SECONDS * setup.sample_rate).ceil() as usize),
            tap: MovingTap::new(setup.sample_rate),
            echo: 0.0,
            frames: Remembered::default(),
            pole: Remembered::default(),
        }
    }

    fn process(&mut self, Character(change): &Character, io: &mut BlockIo<'_>) {
        let sample_rate = io.sample_rate();
        let (input, time, feedback) = (io.input(IN), io.input(TIME), io.input(FEEDBACK));
        let (damping, mix) = (io.input(DAMPING), io.input(MIX));
        for (i, out) in io.output(OUT).iter_mut().enumerate() {
            let frames = self.frames.of(time[i], |time| delay_frames(time, sample_rate));
            let pole = self.pole.of(damping[i], |damping| damping_pole(damping, sample_rate));
            let sound = self.tap.read(&self.line, frames, *change);
            self.echo = sound * (1.0 - pole) + self.echo * pole;
            self.line.push(input[i] + self.echo * feedback[i].clamp(-1.0, 1.0));
            let mix = mix[i].clamp(0.0, 1.0);
            *out = input[i] * (1.0 - mix) + self.echo * mix;
        }
    }

    fn reset(&mut self) {
        self.line.clear();
        self.tap.reset();
        self.echo = 0.0;
    }
}

/// The delay of a time signal, in frames. A whole number wherever the signal can mean one: then the
/// echo is a copy, bit for bit.
fn delay_frames(time: f32, sample_rate: f32) -> f64 {
    let frames = f64::from(Lanes(time).exp2().0) * f64::from(sample_rate);
    let is_whole = (frames - frames.round()).abs() < PRECISION * frames;
    (if is_whole { frames.round() } else { frames })
        .clamp(DelayLine::SHORTEST, f64::from(LONGEST_SECONDS * sample_rate))
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

#[cfg(test)]
mod tests;
