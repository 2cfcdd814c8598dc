//! Ring modulator: the product of two sounds.
//!
//! Computed at twice the sample rate ([`oversample`]), where the sums of the
//! frequencies have room.

use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::lfo::advance;
use jackfield_node::dsp::oversample::{self, Chains, INNERS};
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "One sound.");
const CARRIER: Input = Input::audio(1, "carrier", "The other sound, beside the sine inside.");
const FREQUENCY: Input =
    Input::knob(2, "frequency", Knob::hertz(0.1, 8000.0, 220.0), "Frequency of the sine inside.");
const SINE: Input = Input::knob(
    3,
    "sine",
    Knob::unit(1.0),
    "How much of the sine inside there is. 0 when a carrier is plugged in that shall be alone.",
);
const OFFSET: Input = Input::knob(
    4,
    "offset",
    Knob::unit(0.0),
    "How much of the sound itself stays in the product. 0: ring modulation. 100 %: amplitude modulation.",
);
const MIX: Input = Input::knob(5, "mix", Knob::unit(1.0), "0: the sound alone. 100 %: the product alone.");

const OUT: Output = Output::audio(0, "out", "The product.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<RingModulator>("effect.ring_modulator", "Ring modulator", Category::Effect)
        .summary("Multiplies two sounds: bells, robots, radios.")
        .help(
            "Each frequency of one sound meets each of the other, and instead of both you hear their sum and \
             their difference. A voice times a low sine becomes a robot, a chord times a high one a bell. \
             Where the two stand in a simple ratio the result has a pitch; elsewhere it clangs. Try: a \
             melody in, and its own pitch plus 7 semitones into frequency: a new instrument that stays in \
             tune. Then an offset of 100 % at 4 Hz: a tremolo.",
        )
        .tags(&["multiply", "am", "amplitude modulation", "robot", "bell", "metallic", "dalek", "balanced"])
        .inputs(&[IN, CARRIER, FREQUENCY, SINE, OFFSET, MIX])
        .outputs(&[OUT])
        .checked();

lane_state! {
    struct State<V> {
        sound: Chains<V, INNERS>,
        carrier: Chains<V, INNERS>,
        product: Chains<V, INNERS>,
        phase: Bits<V>,
    }
}

struct RingModulator;

impl LaneNode for RingModulator {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let twice_the_rate = io.sample_rate() * 2.0;
        let (input, carrier) = (io.input(IN), io.input(CARRIER));
        let (sine, offset, mix) = (io.input(SINE), io.input(OFFSET), io.input(MIX));
        let mut step = io.derive(
            [FREQUENCY],
            #[inline(always)]
            |[octaves]| advance(octaves, C4_HERTZ, twice_the_rate),
        );
        let mut out = io.output(OUT);
        for frame in io.frames() {
            let (dry, sine, offset) = (input.at(frame), sine.at(frame), offset.at(frame));
            let mut sounds = oversample::up(&mut state.sound, dry);
            let carriers = oversample::up(&mut state.carrier, carrier.at(frame));
            for (sound, carrier) in sounds.iter_mut().zip(carriers) {
                state.phase = state.phase + step.at(frame);
                *sound *= carrier + state.phase.sin_turns() * sine + offset;
            }
            let product = oversample::down(&mut state.product, sounds);
            out.set(frame, dry.mix(product, mix.at(frame).clamp(0.0, 1.0)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::{click_burst_db, decibels};
    use jackfield_testkit::signal::sine;
    use std::f64::consts::TAU;

    const RATE: f32 = 48_000.0;

    /// Level in dB of a frequency.
    fn level(signal: &[f32], hertz: f64) -> f64 {
        let (mut a, mut b) = (0.0, 0.0);
        for (frame, x) in signal.iter().enumerate() {
            let (sin, cos) = (TAU * hertz * frame as f64 / f64::from(RATE)).sin_cos();
            (a, b) = (a + f64::from(*x) * sin, b + f64::from(*x) * cos);
        }
        decibels(a.hypot(b) * 2.0 / signal.len() as f64)
    }

    #[test]
    fn sums_and_differences_are_there_and_nothing_else() {
        let mut harness = LaneHarness::new(&SPEC);
        harness.turn(FREQUENCY, 300.0).plug(IN, sine(96_000, 1000.0, RATE)).run(48_000);
        let run = harness.run(48_000);
        for (hertz, expected) in [(1300.0, -6.02), (700.0, -6.02)] {
            assert!((level(run.output(OUT), hertz) - expected).abs() < 0.01, "{hertz} Hz");
        }
        for hertz in [300.0, 1000.0, 1600.0] {
            assert!(level(run.output(OUT), hertz) < -90.0, "{hertz} Hz is not there");
        }
    }

    #[test]
    fn what_lies_above_hearing_does_not_fold_down() {
        let mut harness = LaneHarness::new(&SPEC);
        harness.turn(SINE, 0.0).plug(IN, sine(96_000, 15_000.0, RATE));
        harness.plug(CARRIER, sine(96_000, 14_000.0, RATE)).run(48_000);
        let folded = level(harness.run(48_000).output(OUT), 19_000.0);
        assert!(folded < -100.0, "{folded} dB");
    }

    #[test]
    fn a_jump_of_the_mix_makes_no_click() {
        // As the executor smooths it.
        let mix = (0..48_000).map(|i| ((i as f32 - 24_000.0) / 480.0).clamp(0.0, 1.0));
        let mix: Vec<f32> = mix.map(|x| x * x * x * (10.0 - x * (15.0 - 6.0 * x))).collect();
        let mut harness = LaneHarness::new(&SPEC);
        let run = harness.plug(IN, sine(48_000, 100.0, RATE)).plug(MIX, mix).run(48_000);
        let click = click_burst_db(&run.output(OUT)[4800..], RATE);
        assert!(click < -80.0, "{click} dB");
    }
}
