//! Bit crusher: fewer bits and fewer samples, on purpose.
//!
//! The sample rate moves smoothly: a step between two frames is spread over both by its place between
//! them, so that the rate needs no relation to the real one and sweeps without whistling along. What
//! folds over at the low rate stays, for that is the sound.

use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::noise;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal to crush.");
const BITS: Input = Input::knob(
    1,
    "bits",
    Knob::number(1.0, 16.0, 8.0),
    "Resolution; between whole numbers in between. 16 is that of a CD, 4 is rough.",
);
const RATE: Input = Input::knob(
    2,
    "rate",
    Knob::hertz(100.0, 48_000.0, 12_000.0),
    "How often a new sample is taken. From the real sample rate on, always.",
);
const JITTER: Input = Input::knob(
    3,
    "jitter",
    Knob::unit(0.0),
    "How unevenly samples are taken: adds hiss that follows the sound.",
);
const MIX: Input =
    Input::knob(4, "mix", Knob::unit(1.0), "0: the input alone. 100 %: the crushed sound alone.");

const OUT: Output = Output::audio(0, "out", "The crushed signal.").that_jumps();

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<BitCrusher>("effect.bit_crusher", "Bit crusher", Category::Effect)
        .summary("Old samplers and game consoles: few bits, few samples.")
        .help(
            "Early digital machines rounded each sample to 8 or 12 bits and took only some ten thousand a \
         second. Few bits add a grain that grows as the sound fades; a low rate folds the treble over into \
         false, bell-like tones that run against the pitch. Try: a drum loop at 12 bits and 26 kHz, for a \
         classic sampler; 4 bits and 8 kHz, for a console; then an LFO into rate with depth 2 on a held \
         chord. A little jitter takes the whistle out of the folded tones.",
        )
        .tags(&["lo-fi", "decimator", "downsample", "quantise", "8 bit", "aliasing", "sample rate", "retro"])
        .inputs(&[IN, BITS, RATE, JITTER, MIX])
        .outputs(&[OUT])
        .random()
        .checked();

/// From this share of the sample rate on every sample is taken.
const DIRECT: f32 = 0.999;

lane_state! {
    struct State<V> {
        /// Frames of the low rate since the last sample was taken.
        phase: Lanes<V>,
        /// How long that sample is held beyond one, by jitter.
        late: Lanes<V>,
        held: Lanes<V>,
        before: Lanes<V>,
        random: Bits<V>,
    }
}

struct BitCrusher;

impl LaneNode for BitCrusher {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    fn start(seed: u32) -> State<f32> {
        let zero = Lanes(0.0);
        State { phase: zero, late: zero, held: zero, before: zero, random: noise::hash(Bits(seed)) }
    }

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let (input, jitter, mix) = (io.input(IN), io.input(JITTER), io.input(MIX));
        let base = C4_HERTZ / io.sample_rate();
        let mut step = io.input(RATE).derive(|octaves| (octaves.exp2() * base).clamp(1e-6, 1.0));
        // Steps from -1 to 1, of which half are positive.
        let mut levels = io.input(BITS).derive(|bits| (bits.clamp(1.0, 24.0) - 1.0).exp2());
        let mut out = io.output(OUT);
        for frame in io.frames() {
            let (input, step, levels) = (input.at(frame), step.at(frame), levels.at(frame));
            let phase = state.phase + step;
            let over = phase - 1.0 - state.late;
            let takes = over.ge(0.0);
            // How long ago, in frames, the moment of taking was; the input then lies on a straight line.
            let ago = (over / step).clamp(0.0, 1.0);
            let taken = input.mix(state.before, ago);
            let crushed = (taken * levels).round() / levels;
            let before = state.held;
            state.held = takes.select(crushed, before);
            let random = noise::white(&mut state.random) * jitter.at(frame).clamp(0.0, 1.0) * 0.9;
            state.late = takes.select(random, state.late);
            state.phase = takes.select(over.min(1.0), phase);
            state.before = input;
            // The mean of the held signal over the frame.
            let sound = takes.select(before.mix(crushed, ago), before);
            let direct = step.ge(DIRECT);
            let sound = direct.select((input * levels).round() / levels, sound);
            out.set(frame, input.mix(sound, mix.at(frame).clamp(0.0, 1.0)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::{decibels, rms_db};
    use jackfield_testkit::signal::sine;
    use std::collections::BTreeSet;

    #[test]
    fn bits_are_levels() {
        for bits in [1.0f32, 3.0, 8.0] {
            let mut harness = LaneHarness::new(&SPEC);
            harness.turn(BITS, bits).turn(RATE, 48_000.0).plug(IN, sine(48_000, 100.3, 48_000.0));
            let run = harness.run(48_000);
            let levels: BTreeSet<i32> = run.output(OUT).iter().map(|x| (x * 65_536.0) as i32).collect();
            assert_eq!(levels.len(), (1 << bits as u32) + 1, "with {bits} bits");
        }
    }

    /// A rounded full-scale sine has a signal-to-noise ratio of 6.02 dB per bit and 1.76.
    #[test]
    fn the_grain_is_as_loud_as_in_the_books() {
        let tone = sine(96_000, 997.0, 48_000.0);
        for bits in [6.0f32, 10.0] {
            let mut harness = LaneHarness::new(&SPEC);
            let run = harness.turn(BITS, bits).turn(RATE, 48_000.0).plug(IN, tone.clone()).run(96_000);
            let grain: Vec<f32> = run.output(OUT).iter().zip(&tone).map(|(a, b)| a - b).collect();
            let ratio = rms_db(&tone) - rms_db(&grain);
            assert!((ratio - 6.02 * f64::from(bits) - 1.76).abs() < 0.5, "{bits} bits: {ratio} dB");
        }
    }

    /// At a rate between whole fractions a slow ramp is held in steps of the right length on average.
    #[test]
    fn samples_are_taken_as_often_as_told() {
        for (rate, jitter) in [(7_777.0f32, 0.0), (1_000.0, 0.0), (5_000.0, 1.0)] {
            let ramp: Vec<f32> = (0..96_000).map(|i| i as f32 / 96_000.0).collect();
            let mut harness = LaneHarness::new(&SPEC);
            harness.turn(BITS, 16.0).turn(RATE, rate).turn(JITTER, jitter).plug(IN, ramp);
            let run = harness.run(96_000);
            let held = run.output(OUT).windows(2).filter(|pair| pair[0] == pair[1]).count();
            // Each step touches two frames, so all but two pairs of each step's are held.
            let steps = (96_000 - held) as f32 / 2.0;
            assert!((steps / (2.0 * rate) - 1.0).abs() < 0.06, "{rate} Hz, jitter {jitter}: {steps}");
        }
    }

    #[test]
    fn a_tone_folds_over_at_the_low_rate() {
        let mut harness = LaneHarness::new(&SPEC);
        harness.turn(BITS, 16.0).turn(RATE, 8_000.0).plug(IN, sine(48_000, 7_000.0, 48_000.0));
        let run = harness.run(48_000);
        let step = std::f64::consts::TAU * 1_000.0 / 48_000.0;
        let folded = |i: usize, x: &f32| f64::from(*x) * (step * i as f64).sin();
        let sum: f64 = run.output(OUT).iter().enumerate().map(|(i, x)| folded(i, x)).sum();
        assert!(decibels(sum / 24_000.0) > -6.0, "8 kHz less 7 kHz: {}", decibels(sum / 24_000.0));
    }
}
