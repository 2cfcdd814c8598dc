//! One-pole filter: 6 dB per octave, low- and high-pass at once, no resonance.
//!
//! The algorithm and its source are in [`jackfield_node::dsp::one_pole`].

use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::one_pole;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal to filter: a sound, or a control to smooth.");
const CUTOFF: Input = Input::knob(1, "cutoff", Knob::hertz(0.1, 20_000.0, 1_000.0), "Corner frequency.");

const LOW: Output = Output::audio(0, "low", "What lies below the corner.");
const HIGH: Output = Output::audio(1, "high", "What lies above the corner: the input less 'low'.");

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
        .inputs(&[IN, CUTOFF])
        .outputs(&[LOW, HIGH])
        .that_changes_loudness("It takes away what lies above its corner.")
        .checked();

lane_state! { struct State<V> { held: Lanes<V> } }

struct OnePole;

impl LaneNode for OnePole {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let base = C4_HERTZ / io.sample_rate();
        let input = io.input(IN);
        let mut gain = io.input(CUTOFF).derive(|octaves| one_pole::gain(octaves.exp2() * base));
        let (mut low_out, mut high_out) = (io.output(LOW), io.output(HIGH));
        for frame in io.frames() {
            let input = input.at(frame);
            let low = one_pole::low(&mut state.held, input, gain.at(frame));
            low_out.set(frame, low);
            high_out.set(frame, input - low);
        }
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
