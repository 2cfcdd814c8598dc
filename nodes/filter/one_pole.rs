//! One-pole filter: 6 dB per octave, low- and high-pass at once, no resonance.
//!
//! The algorithm and its source are in [`jackfield_node::dsp::one_pole`].

use crate::parts::mixing::stereo_lanes::{self, StereoOutput, StereoSignal};
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::one_pole;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal to filter: a sound, or a control to smooth.");
const LEFT: Input = stereo_lanes::left(1);
const RIGHT: Input = stereo_lanes::right(2);
const CUTOFF: Input = Input::knob(3, "cutoff", Knob::hertz(0.1, 20_000.0, 1_000.0), "Corner frequency.");

const LOW: Output = Output::audio(0, "low", "What lies below the corner.");
const HIGH: Output = Output::audio(1, "high", "What lies above the corner: the input less 'low'.");
const LOW_RIGHT: Output = stereo_lanes::right_of(2, "low_right");
const HIGH_RIGHT: Output = stereo_lanes::right_of(3, "high_right");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<OnePole>("filter.one_pole", "One-pole filter", Category::Filter)
        .summary("Gentle 6 dB/octave low- and high-pass.")
        .help(
            "The plainest filter there is, a resistor and a capacitor: it dulls or thins a sound without a \
         colour of its own. Low and high add up to the input. A corner of a few hertz turns it into a \
         smoother for controls. Try: a stepped random signal through a corner of 2 Hz into the cutoff of \
         another filter; or high at 300 Hz on everything but the bass, to tidy a mix.",
        )
        .tags(&["lowpass", "highpass", "6 dB", "rc", "tone", "smooth", "lag", "slew"])
        .inputs(&[IN, LEFT, RIGHT, CUTOFF])
        .outputs(&[LOW, HIGH, LOW_RIGHT, HIGH_RIGHT])
        .that_changes_loudness("It takes away what lies above its corner.")
        .checked();

lane_state! { struct State<V> { held: Lanes<V> } }

struct OnePole;

impl LaneNode for OnePole {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    const KEPT_WORDS: usize = stereo_lanes::kept_words::<State<f32>>();

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let base = C4_HERTZ / io.sample_rate();
        let input = StereoSignal::new(io, IN, LEFT, RIGHT);
        let mut gain = io.input(CUTOFF).derive(|octaves| one_pole::gain(octaves.exp2() * base));
        let mut low_out = StereoOutput::new(io, &input, LOW, LOW_RIGHT);
        let mut high_out = StereoOutput::new(io, &input, HIGH, HIGH_RIGHT);
        for side in input.channels() {
            let mut channel = StereoSignal::state(io, side, state);
            for frame in io.frames() {
                let input = input.side(side, frame);
                let low = one_pole::low(&mut channel.held, input, gain.at(frame));
                low_out.side(side).set(frame, low);
                high_out.side(side).set(frame, input - low);
            }
            input.keep(io, side, state, channel);
        }
        low_out.finish(io);
        high_out.finish(io);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::filter::checks::gain_db_at;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::signal::impulse;

    #[test]
    fn six_decibels_an_octave_to_either_side() {
        let mut harness = LaneHarness::new(&SPEC);
        let run = harness.turn(CUTOFF, 500.0).plug(IN, impulse(48_000, 0)).run(48_000);
        let low = |hertz| gain_db_at(run.output(LOW), hertz);
        let high = |hertz| gain_db_at(run.output(HIGH), hertz);
        assert!((low(500.0) + 3.01).abs() < 0.02 && (high(500.0) + 3.01).abs() < 0.02);
        assert!((low(4_000.0) - low(2_000.0) + 6.0).abs() < 0.4 && low(20.0).abs() < 0.02);
        assert!((high(60.0) - high(30.0) - 6.0).abs() < 0.1 && high(20_000.0).abs() < 0.02);
    }
}
