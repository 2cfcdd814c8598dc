//! Ping-pong delay: echoes that jump from side to side.
//!
//! Two lines feed each other; the sound enters the left one. Each echo has lost treble once more than the
//! one before, wherever it is heard.

use crate::parts::delay::echo::{Echo, EchoTime, LONGEST_SECONDS};
use crate::parts::delay::moving_tap::DelayChange;
use crate::parts::mixing::stereo_ports::{IN, LEFT, RIGHT, heard};
use crate::parts::timing::note_length::{self, NoteLength};
use jackfield_node::prelude::*;
use jackfield_node::{Change, Migration};

const TIME: Input = Input::knob(
    3,
    "time",
    Knob::seconds(0.001, LONGEST_SECONDS, 0.25),
    "From one echo to the next, on the other side.",
)
.sum();
const FEEDBACK: Input =
    Input::knob(4, "feedback", Knob::unit(0.55), "How loud each echo is, re the one before.").sum();
const DAMPING: Input =
    Input::knob(5, "damping", Knob::unit(0.15), "How much treble each echo loses. 0: none.").sum();
const WIDTH: Input = Input::knob(
    6,
    "width",
    Knob::unit(1.0),
    "How far the echoes jump. 0: all in the middle. 100 %: all the way.",
)
.sum();
const MIX: Input =
    Input::knob(7, "mix", Knob::unit(0.28), "0: the sound alone. 100 %: its echoes alone.").sum();

const LEFT_OUT: Output = Output::audio(0, "left", "Sound and echoes, left.");
const RIGHT_OUT: Output = Output::audio(1, "right", "Sound and echoes, right.");

const SYNC: Setting = note_length::setting(0);

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<PingPong>(
    "effect.ping_pong",
    "Ping-pong delay",
    Category::Effect,
)
.summary("Echoes that jump from left to right and back.")
.help(
    "The first echo comes from the left, the second from the right, and so on, each softer than the one \
         before. Because they are apart in space they leave the sound itself clear in the middle. All voices \
         share one. Try: a dry pluck, sync at 1/8., and the feedback at 70 %; then a width of 50 % and more \
         damping for something that stays behind the mix.",
)
.tags(&["echo", "stereo", "bounce", "delay", "repeat", "dub", "tempo"])
.inputs(&[IN, LEFT, RIGHT, TIME, FEEDBACK, DAMPING, WIDTH, MIX])
.outputs(&[LEFT_OUT, RIGHT_OUT])
.settings(&[SYNC])
.version(2)
.migrations(&[Migration { from: 1, changes: &[Change::KnobDefault { knob: "mix", was: 0.35 }] }])
.checked();

struct PingPongConfig(NoteLength);

impl Configure for PingPongConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(SYNC).map(Self)
    }
}

struct PingPong {
    sides: [Echo; 2],
    time: EchoTime,
}

impl BlockNode for PingPong {
    type Config = PingPongConfig;

    fn new(PingPongConfig(note): &PingPongConfig, setup: &Setup, _: u32) -> Self {
        let side = || Echo::new(setup.sample_rate, DelayChange::Fade, *note);
        Self { sides: [side(), side()], time: EchoTime::default() }
    }

    fn process(&mut self, PingPongConfig(note): &PingPongConfig, io: &mut BlockIo<'_>) {
        let (sample_rate, note) = (io.sample_rate(), note.seconds(io.transport()));
        let (both, left, right) = (io.input(IN), io.input(LEFT), io.input(RIGHT));
        let (time, feedback, damping) = (io.input(TIME), io.input(FEEDBACK), io.input(DAMPING));
        let (width, mix) = (io.input(WIDTH), io.input(MIX));
        let (left_out, right_out) = io.output_pair(LEFT_OUT, RIGHT_OUT);
        for (i, (left_out, right_out)) in left_out.iter_mut().zip(right_out).enumerate() {
            let [left, right] = heard(both, left, right, i);
            let frames = self.time.frames(note, time[i], sample_rate);
            let [ping, pong] = self.sides.each_mut().map(|side| side.read(frames, damping[i], sample_rate));
            let feedback = feedback[i].clamp(0.0, 1.0);
            self.sides[0].push((left + right) * 0.5 + pong * feedback);
            self.sides[1].push(ping * feedback);
            let (mix, width) = (mix[i].clamp(0.0, 1.0), width[i].clamp(0.0, 1.0));
            let (middle, side) = ((ping + pong) * 0.5, (ping - pong) * 0.5 * width);
            *left_out = left * (1.0 - mix) + (middle + side) * mix;
            *right_out = right * (1.0 - mix) + (middle - side) * mix;
        }
    }

    fn reset(&mut self) {
        self.sides.iter_mut().for_each(Echo::reset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::TransportChange;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::signal::impulse;

    fn echoes(delay: &mut BlockHarness, period: usize) -> Vec<[f32; 2]> {
        let run = delay.plug(IN, impulse(10, 0)).run(4 * period + 1);
        (1..=4).map(|n| [LEFT_OUT, RIGHT_OUT].map(|output| run.output(output)[n * period])).collect()
    }

    fn clean() -> BlockHarness {
        let mut delay = BlockHarness::new(&SPEC);
        delay.turn(TIME, 0.01).turn(FEEDBACK, 0.5).turn(DAMPING, 0.0).turn(MIX, 1.0);
        delay
    }

    #[test]
    fn echoes_take_turns_and_fade() {
        let expected = [[1.0, 0.0], [0.0, 0.5], [0.25, 0.0], [0.0, 0.125]];
        for (found, expected) in echoes(&mut clean(), 480).into_iter().zip(expected) {
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-4), "{found:?}");
        }
    }

    #[test]
    fn without_width_they_stay_in_the_middle() {
        for [left, right] in echoes(clean().turn(WIDTH, 0.0), 480) {
            assert!((left - right).abs() < 1e-6 && left > 0.0);
        }
    }

    #[test]
    fn a_note_length_follows_the_tempo() {
        let mut delay = BlockHarness::of(&SPEC).setting(SYNC, NoteLength::Sixteenth).start().unwrap();
        delay.turn(DAMPING, 0.0).turn(MIX, 1.0).transport(TransportChange::Tempo(150.0));
        // A sixteenth at 150 beats per minute is 100 ms.
        let run = delay.plug(IN, impulse(10, 0)).run(5000);
        assert!((run.output(LEFT_OUT)[4800] - 1.0).abs() < 1e-4);
    }
}
