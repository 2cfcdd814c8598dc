//! Chorus: each side hears the sound and a copy of it whose delay swings to and fro.
//!
//! The swing is a sine, so the copy's pitch is one too, a quarter of a period apart left and right.

use crate::parts::compute::memo::Memo;
use crate::parts::delay::line::DelayLine;
use crate::parts::delay::read_head::ReadHead;
use crate::parts::mixing::stereo_ports::{IN, LEFT, RIGHT, heard};
use crate::parts::modulation::lfo_phase::LfoPhase;
use jackfield_node::dsp::Lanes;
use jackfield_node::prelude::*;

const RATE: Input =
    Input::knob(3, "rate", Knob::hertz(0.02, 10.0, 0.7), "How often the copy swings to and fro.").sum();
const DEPTH: Input = Input::knob(
    4,
    "depth",
    Knob::unit(0.4),
    "How far it swings. 100 %: 6 ms either way. The faster, the more out of tune.",
)
.sum();
const MIX: Input = Input::knob(
    5,
    "mix",
    Knob::unit(0.5),
    "0: the sound alone. 50 %: chorus. 100 %: vibrato. As loud at any mix.",
)
.sum();

const LEFT_OUT: Output = Output::audio(0, "left", "Sound and copy, left.");
const RIGHT_OUT: Output = Output::audio(1, "right", "Sound and copy, right.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Chorus>("effect.chorus", "Chorus", Category::Effect)
    .summary("Makes one sound seem like several, and wide.")
    .help(
        "Two players are never quite together or quite in tune. A copy with a delay that swings does the \
         same: it drifts above and below the pitch, and beside the sound itself the two beat. Left and \
         right swing at different moments, which makes a mono sound wide. All voices share one chorus. \
         Try: a single saw with a rate of 0.5 Hz and half the depth, then mix at 100 % and a rate of 6 Hz \
         for a vibrato.",
    )
    .tags(&["ensemble", "vibrato", "detune", "wide", "stereo", "modulation", "juno"])
    .inputs(&[IN, LEFT, RIGHT, RATE, DEPTH, MIX])
    .outputs(&[LEFT_OUT, RIGHT_OUT])
    .checked();

/// The copy's delay in the middle of its swing, and how far it swings at full depth, in seconds.
const MIDDLE_SECONDS: f32 = 0.0075;
const SWING_SECONDS: f32 = 0.006;

/// By how much the right side is ahead, in turns.
const AHEAD: f32 = 0.25;

/// The shares of the sound and of its copy. The two are not in step, so they add up in power.
fn shares(mix: f32) -> [f32; 2] {
    let mix = mix.clamp(0.0, 1.0);
    let power = Lanes((1.0 - mix) * (1.0 - mix) + mix * mix).sqrt().0;
    [(1.0 - mix) / power, mix / power]
}

struct Chorus {
    lines: [DelayLine; 2],
    cycle: LfoPhase,
    heads: [ReadHead; 2],
    shares: Memo<[f32; 2]>,
}

impl BlockNode for Chorus {
    type Config = NoConfig;

    fn new(_: &NoConfig, setup: &Setup, _: u32) -> Self {
        let longest = ((MIDDLE_SECONDS + SWING_SECONDS) * setup.sample_rate).ceil() as usize;
        Self {
            lines: [DelayLine::new(longest), DelayLine::new(longest)],
            cycle: LfoPhase::default(),
            heads: [ReadHead::NEW; 2],
            shares: Memo::default(),
        }
    }

    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let sample_rate = io.sample_rate();
        let (both, left, right) = (io.input(IN), io.input(LEFT), io.input(RIGHT));
        let (rate, depth, mix) = (io.input(RATE), io.input(DEPTH), io.input(MIX));
        let (left_out, right_out) = io.output_pair(LEFT_OUT, RIGHT_OUT);
        for (i, (left_out, right_out)) in left_out.iter_mut().zip(right_out).enumerate() {
            let phase = self.cycle.next(rate[i], sample_rate);
            let swing = SWING_SECONDS * sample_rate * depth[i].clamp(0.0, 1.0);
            let [dry, wet] = self.shares.of(mix[i], shares);
            let [left, right] = heard(both, left, right, i);
            let sides = [(left, 0.0, left_out), (right, AHEAD, right_out)];
            for ((line, head), (sound, ahead, out)) in self.lines.iter_mut().zip(&mut self.heads).zip(sides) {
                let swung = Lanes(phase + ahead).sin_turns().0 * swing;
                let copy = head.read(line, f64::from(MIDDLE_SECONDS * sample_rate + swung));
                line.push(sound);
                *out = sound * dry + copy * wet;
            }
        }
    }

    fn reset(&mut self) {
        self.lines.iter_mut().for_each(DelayLine::clear);
        self.heads = [ReadHead::NEW; 2];
        self.cycle.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::{correlation, frequency};
    use jackfield_testkit::signal::{noise, sine};

    const RATE_HERTZ: f32 = 48_000.0;

    /// The pitch of a 1 kHz sine in pieces of 10 ms, left and right.
    fn pitches(chorus: &mut BlockHarness) -> [Vec<f64>; 2] {
        let run = chorus.turn(MIX, 1.0).plug(IN, sine(96_000, 1000.0, RATE_HERTZ)).run(96_000);
        [LEFT_OUT, RIGHT_OUT].map(|output| {
            let pieces = run.output(output)[4800..].chunks_exact(480);
            pieces.map(|piece| frequency(piece, RATE_HERTZ, 1000.0)).collect()
        })
    }

    #[test]
    fn the_copy_swings_as_far_and_as_often_as_asked() {
        let mut chorus = BlockHarness::new(&SPEC);
        let [left, right] = pitches(chorus.turn(RATE, 2.0).turn(DEPTH, 0.5));
        let highest = left.iter().fold(0.0, |a: f64, b| a.max(*b));
        let lowest = left.iter().fold(f64::MAX, |a: f64, b| a.min(*b));
        // The delay moves by 3 ms times 2 pi times 2 Hz: 37.7 ms a second.
        assert!((highest - 1037.7).abs() < 1.5 && (lowest - 962.3).abs() < 1.5, "{lowest} to {highest}");
        let crossings = left.windows(2).filter(|pair| pair[0] < 1000.0 && pair[1] >= 1000.0).count();
        assert!((3..=4).contains(&crossings), "2 Hz for 1.9 s: {crossings}");
        // Half a second to a period: a quarter of it is 12.5 pieces.
        let shifted = left[12..].iter().zip(&right).filter(|(l, r)| (**l - **r).abs() < 10.0).count();
        assert!(shifted > right.len() * 8 / 10, "right is a quarter ahead: {shifted} of {}", right.len());
    }

    #[test]
    fn it_makes_a_mono_sound_wide() {
        let run = BlockHarness::new(&SPEC).turn(MIX, 1.0).plug(IN, noise(48_000, 1)).run(48_000);
        let likeness = correlation(&run.output(LEFT_OUT)[1000..], &run.output(RIGHT_OUT)[1000..]);
        assert!(likeness.abs() < 0.5, "{likeness}");
    }

    #[test]
    fn mix_0_is_the_sound_itself() {
        let (left, right) = (noise(500, 1), noise(500, 2));
        let mut chorus = BlockHarness::new(&SPEC);
        let run = chorus.turn(MIX, 0.0).plug(LEFT, left.clone()).plug(RIGHT, right.clone()).run(500);
        assert!(run.output(LEFT_OUT) == left && run.output(RIGHT_OUT) == right);
    }

    #[test]
    fn an_unmoved_copy_is_a_delay() {
        let sound = noise(1000, 1);
        let run = BlockHarness::new(&SPEC).turn(MIX, 1.0).turn(DEPTH, 0.0).plug(IN, sound.clone()).run(1000);
        assert!(run.output(LEFT_OUT)[360..] == sound[..640]);
    }
}
