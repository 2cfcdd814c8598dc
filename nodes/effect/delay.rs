//! Delay: echoes, and the line inside of strings, flangers and anything else that needs time to pass.
//!
//! The time is exact to a fraction of a frame: what goes in comes out `time` later, by this node
//! alone. The shortest time is one frame. A cable that closes a feedback loop through the patch adds
//! its one frame to it.

use crate::parts::delay::echo::{Echo, EchoTime, LONGEST_SECONDS, longest_seconds};
use crate::parts::delay::moving_tap::DelayChange;
use crate::parts::mixing::stereo_lanes;
use crate::parts::timing::note_length::{self, NoteLength};
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Sound to repeat.");
const LEFT: Input = stereo_lanes::left(1);
const RIGHT: Input = stereo_lanes::right(2);
const TIME: Input = Input::knob(
    3,
    "time",
    Knob::seconds(0.0001, LONGEST_SECONDS, 0.3),
    "From sound to echo. One frame is the shortest, four seconds the longest without sync.",
);
const FEEDBACK: Input = Input::knob(
    4,
    "feedback",
    Knob::bipolar(0.35),
    "How much of each echo is repeated. 100 %: for ever. Below 0 every other echo is upside down.",
);
const DAMPING: Input = Input::knob(
    5,
    "damping",
    Knob::unit(0.1),
    "How much treble each echo loses. 0: none. 25 %: above 1.6 kHz. 100 %: above 100 Hz.",
);
const MIX: Input = Input::knob(6, "mix", Knob::unit(0.35), "0: the sound alone. 100 %: its echoes alone.");

const OUT: Output = Output::audio(0, "out", "Sound and echoes.");
const RIGHT_OUT: Output = stereo_lanes::right_out(1);

const CHANGE: Setting = DelayChange::setting(
    0,
    "change",
    DelayChange::Fade,
    "A new time fades in, or is wound to like a tape, which bends the pitch.",
);

const SYNC: Setting = note_length::setting(1);

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Delay>("effect.delay", "Delay", Category::Effect)
    .summary("Repeats a sound after a time, clean or like a tape.")
    .help(
        "What goes in comes out again after the time, and again after twice the time as loud as the feedback \
         says. Long times are echoes. Below 30 ms they melt into a colour, and below 10 ms with much \
         feedback the line rings at a pitch of its own: 1 divided by the time. Each voice has its own line. \
         With sync the echoes keep time with the patch's tempo. Try: a noise burst into a delay of 2.27 ms \
         with feedback 99 % and damping 5 %: a string that plays A4. Then a slow LFO into time with depth \
         0.01: an orchestra of them.",
    )
    .tags(&["echo", "tape", "comb", "string", "karplus-strong", "flanger", "repeat"])
    .inputs(&[IN, LEFT, RIGHT, TIME, FEEDBACK, DAMPING, MIX])
    .outputs(&[OUT, RIGHT_OUT])
    .settings(&[CHANGE, SYNC])
    .checked();

struct DelayConfig {
    change: DelayChange,
    note: NoteLength,
}

impl Configure for DelayConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok(Self { change: settings.chosen(CHANGE)?, note: settings.chosen(SYNC)? })
    }
}

struct Delay {
    sides: [Echo; 2],
    time: EchoTime,
}

impl BlockNode for Delay {
    type Config = DelayConfig;

    fn new(character: &DelayConfig, setup: &Setup, _: u32) -> Self {
        let side = || Echo::new(setup.sample_rate, character.change, character.note);
        Self { sides: [side(), side()], time: EchoTime::default() }
    }

    fn follows(before: &DelayConfig, after: &DelayConfig) -> bool {
        // A length in notes is but another time, which the echo goes to as it goes to any it has the memory
        // for.
        before.change == after.change && longest_seconds(after.note) <= longest_seconds(before.note)
    }

    fn process(&mut self, character: &DelayConfig, io: &mut BlockIo<'_>) {
        let (sample_rate, note) = (io.sample_rate(), character.note.seconds(io.transport()));
        let (input, time, feedback) = (io.input(IN), io.input(TIME), io.input(FEEDBACK));
        let (left, right) = (io.input(LEFT), io.input(RIGHT));
        let (damping, mix) = (io.input(DAMPING), io.input(MIX));
        // While both sides are the same, one is computed; the line of the other one is kept up for when it
        // changes.
        let is_mono = stereo_lanes::is_mono(io, LEFT, RIGHT);
        let (out, right_out) = io.output_pair(OUT, RIGHT_OUT);
        for (i, (out, right_out)) in out.iter_mut().zip(right_out).enumerate() {
            let frames = self.time.frames(note, time[i], sample_rate);
            let (feedback, mix) = (feedback[i].clamp(-1.0, 1.0), mix[i].clamp(0.0, 1.0));
            let turn = |side: &mut Echo, sound: f32| {
                let echo = side.read(frames, damping[i], sample_rate);
                side.push(sound + echo * feedback);
                (echo, sound * (1.0 - mix) + echo * mix)
            };
            let [first, second] = &mut self.sides;
            if is_mono {
                let (echo, heard) = turn(first, input[i]);
                second.push(input[i] + echo * feedback);
                (*out, *right_out) = (heard, heard);
            } else {
                *out = turn(first, input[i] + left[i]).1;
                *right_out = turn(second, input[i] + right[i]).1;
            }
        }
        if is_mono {
            let [first, second] = &mut self.sides;
            second.stand_like(first);
        }
    }

    fn reset(&mut self) {
        self.sides.iter_mut().for_each(Echo::reset);
    }
}

#[cfg(test)]
mod tests;
