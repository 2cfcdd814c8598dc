//! Frequency shifter: moves every frequency by the same number of hertz.
//!
//! A Hilbert pair ([`hilbert`](jackfield_node::dsp::hilbert)) turned by an oscillator; the other sideband is
//! 74 dB down from 20 Hz to 20 kHz.

use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::hilbert::HilbertPair;
use jackfield_node::dsp::lfo::advance;
use jackfield_node::dsp::smooth::approach;
use jackfield_node::prelude::*;
use std::f32::consts::TAU;

const IN: Input = Input::audio(0, "in", "Sound to shift.");
const SHIFT: Input =
    Input::knob(1, "shift", Knob::hertz(0.02, 8000.0, 60.0), "By how much every frequency moves.");
const FEEDBACK: Input = Input::knob(
    2,
    "feedback",
    Knob::bipolar(0.0),
    "How much of what was shifted up is shifted again, and again: spirals without end.",
);
const MIX: Input =
    Input::knob(3, "mix", Knob::unit(1.0), "0: the sound alone. 100 %: what was shifted alone.");

const UP: Output = Output::audio(0, "up", "The sound shifted up.");
const DOWN: Output = Output::audio(1, "down", "The sound shifted down.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<FrequencyShifter>("effect.frequency_shifter", "Frequency shifter", Category::Effect)
        .summary("Moves all frequencies by the same number of hertz.")
        .help(
            "A pitch shifter multiplies frequencies; this one adds. 100, 200 and 300 Hz shifted by 60 become \
             160, 260 and 360 Hz: no longer a harmonic sound but a bell or a robot. Below 5 Hz it does \
             something else: beside the sound itself it is a phaser that rises or falls for ever. Take up on \
             one side and down on the other for width. Try: drums at 120 Hz, then a pad with a shift of 0.3 \
             Hz, mix 50 % and feedback 60 %.",
        )
        .tags(&["bode", "single sideband", "barber pole", "inharmonic", "detune", "metallic", "phaser"])
        .inputs(&[IN, SHIFT, FEEDBACK, MIX])
        .outputs(&[UP, DOWN])
        .checked();

/// Most feedback: the pair's gain is 1, so this loop fades.
const MOST_FEEDBACK: f32 = 0.95;

/// Below this, in hertz, the pair's gain is more than 1, and what goes round loses its bass.
const LOWEST: f32 = 40.0;

/// The share of the frame before in what goes round. It takes treble away, which would gather at half the
/// sample rate: what is shifted beyond comes back from there.
const SMOOTHING: f32 = 0.2;

lane_state! {
    struct State<V> {
        pair: HilbertPair<V>,
        phase: Bits<V>,
        /// The last two frames of what was shifted up.
        shifted: [Lanes<V>; 2],
        /// The bass of what goes round.
        bass: Lanes<V>,
    }
}

struct FrequencyShifter;

impl LaneNode for FrequencyShifter {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let sample_rate = io.sample_rate();
        let bass_share = approach(Lanes(TAU * LOWEST / sample_rate)).0;
        let (input, feedback, mix) = (io.input(IN), io.input(FEEDBACK), io.input(MIX));
        let mut step = io.derive(
            [SHIFT],
            #[inline(always)]
            |[octaves]| advance(octaves, C4_HERTZ, sample_rate),
        );
        let (mut up_out, mut down_out) = (io.output(UP), io.output(DOWN));
        for frame in io.frames() {
            let dry = input.at(frame);
            let again = feedback.at(frame).clamp(-1.0, 1.0) * MOST_FEEDBACK;
            let [last, before] = state.shifted;
            let round = last * (1.0 - SMOOTHING) + before * SMOOTHING;
            state.bass += (round - state.bass) * bass_share;
            let [real, imaginary] = state.pair.next(dry + (round - state.bass) * again);
            state.phase = state.phase + step.at(frame);
            let (cosine, sine) = ((state.phase + 0x4000_0000).sin_turns(), state.phase.sin_turns());
            let (turned, across) = (real * cosine, imaginary * sine);
            let up = turned - across;
            state.shifted = [up, last];
            let mix = mix.at(frame).clamp(0.0, 1.0);
            up_out.set(frame, dry.mix(up, mix));
            down_out.set(frame, dry.mix(turned + across, mix));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::{Spectrum, frequency, rms_db};
    use jackfield_testkit::signal::{noise, sine};

    const RATE: f32 = 48_000.0;

    fn shifted(hertz: f64, shift: f32) -> [Vec<f32>; 2] {
        let mut harness = LaneHarness::new(&SPEC);
        harness.turn(SHIFT, shift).plug(IN, sine(144_000, hertz, RATE)).run(48_000);
        let run = harness.run(65_536);
        [UP, DOWN].map(|output| run.output(output).to_vec())
    }

    #[test]
    fn frequencies_move_by_the_shift() {
        let [up, down] = shifted(1000.0, 60.0);
        assert!((frequency(&up, RATE, 1060.0) - 1060.0).abs() < 1e-3);
        assert!((frequency(&down, RATE, 940.0) - 940.0).abs() < 1e-3);
    }

    /// Everything besides the wanted sideband: the other one, the sound itself, noise.
    #[test]
    fn the_other_sideband_is_at_least_70_decibels_down() {
        for (hertz, shift) in
            [(50.0, 20.0), (440.0, 100.0), (1000.0, 60.0), (6000.0, 1000.0), (15_000.0, 30.0)]
        {
            let [up, down] = shifted(hertz, shift);
            for (side, expected) in [(up, hertz + f64::from(shift)), (down, hertz - f64::from(shift))] {
                let Spectrum { power, bin } = Spectrum::of(&side, RATE);
                let is_near = |i: usize| (i as f64 * bin - expected).abs() < 8.0;
                let (near, far): (Vec<_>, Vec<_>) = (1..power.len()).partition(|i| is_near(*i));
                let sum = |bins: Vec<usize>| bins.into_iter().map(|i| power[i]).sum::<f64>();
                let rejection = 10.0 * (sum(near) / sum(far)).log10();
                assert!(rejection > 70.0, "{rejection} dB at {hertz} Hz by {shift} Hz");
            }
        }
    }

    #[test]
    fn the_loudness_stays() {
        let mut harness = LaneHarness::new(&SPEC);
        let run = harness.turn(SHIFT, 5.0).plug(IN, noise(96_000, 1)).run(96_000);
        let change = rms_db(&run.output(UP)[9600..]) - rms_db(&noise(96_000, 1));
        assert!(change.abs() < 0.1, "{change} dB");
    }

    #[test]
    fn full_feedback_fades() {
        for (shift, feedback) in [(60.0, 1.0), (0.02, 1.0), (0.02, -1.0), (5000.0, 1.0), (5000.0, -1.0)] {
            let mut harness = LaneHarness::new(&SPEC);
            harness
                .turn(FEEDBACK, feedback)
                .turn(SHIFT, shift)
                .plug(IN, [noise(4800, 1), vec![0.0]].concat());
            harness.run(9600);
            let (early, late) = (rms_db(harness.run(4800).output(UP)), rms_db(harness.run(4800).output(UP)));
            assert!(late < early && early < 20.0, "{early} dB, then {late} dB at {shift} Hz");
        }
    }
}
