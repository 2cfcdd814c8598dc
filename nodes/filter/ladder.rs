//! Ladder filter: 24 dB per octave with saturation, up to a tone of its own.
//!
//! The algorithm and its source are in [`jackfield_node::dsp::ladder`].

use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::ladder::{self, Coefficients};
use jackfield_node::dsp::noise;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal to filter.");
const CUTOFF: Input = Input::knob(
    1,
    "cutoff",
    Knob::hertz(20.0, 20_000.0, 1_000.0),
    "Corner frequency, and pitch of the tone.",
);
const RESONANCE: Input = Input::knob(
    2,
    "resonance",
    Knob::unit(0.3),
    "Height of the peak; from 80 % on the filter sings by itself.",
);
const DRIVE: Input =
    Input::knob(3, "drive", Knob::decibels(-24.0, 36.0, 0.0), "How far the input pushes into saturation.");

const LOW24: Output = Output::audio(0, "out", "After four poles: 24 dB per octave.");
const LOW12: Output = Output::audio(1, "low12", "After two poles: 12 dB per octave, brighter.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Ladder>("filter.ladder", "Ladder filter", Category::Filter)
    .summary("Warm 24 dB/octave low-pass that saturates and sings.")
    .help(
        "Four poles in a row with feedback around them, as in the classic transistor ladder. Turned up, \
         the resonance takes no bass away, and from 80 % on the filter makes a sine of its own at the \
         cutoff, in tune. Drive makes it growl. Try: a saw at low pitch, resonance 70 %, and a short \
         envelope into the cutoff with depth 5 for an acid bass; or no input, resonance 100 % and a pitch \
         into the cutoff to play the filter as an oscillator.",
    )
    .tags(&["lowpass", "moog", "vcf", "24 dB", "acid", "resonant", "analogue", "saturation"])
    .inputs(&[IN, CUTOFF, RESONANCE, DRIVE])
    .outputs(&[LOW24, LOW12])
    .checked();

lane_state! { struct State<V> { poles: [Lanes<V>; 4], spark: Bits<V> } }

struct Ladder;

impl LaneNode for Ladder {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    fn start(seed: u32) -> State<f32> {
        State { poles: [Lanes(0.0); 4], spark: noise::hash(Bits(seed)) }
    }

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let input = io.input(IN);
        let base = C4_HERTZ / io.sample_rate();
        let mut coefficients = io.derive([CUTOFF, RESONANCE], |[octaves, resonance]| {
            Coefficients::new(octaves.exp2() * base, resonance)
        });
        let mut drive = io.input(DRIVE).derive(Lanes::exp2);
        let (mut low24, mut low12) = (io.output(LOW24), io.output(LOW12));
        for frame in io.frames() {
            // A circuit's noise at -120 dB, from which the tone of full resonance grows.
            let spark = noise::white(&mut state.spark) * 1e-6;
            let driven = input.at(frame) * drive.at(frame) + spark;
            let [_, second, _, fourth] = ladder::step(&mut state.poles, driven, &coefficients.at(frame));
            low24.set(frame, fourth);
            low12.set(frame, second);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::signal;

    /// Frequency by the time between the first and the last rise through zero, on straight lines.
    fn frequency(samples: &[f32]) -> f64 {
        let rises: Vec<f64> = (samples.windows(2).enumerate())
            .filter(|(_, pair)| pair[0] < 0.0 && pair[1] >= 0.0)
            .map(|(i, pair)| i as f64 + f64::from(pair[0] / (pair[0] - pair[1])))
            .collect();
        (rises.len() - 1) as f64 / (rises[rises.len() - 1] - rises[0]) * 48_000.0
    }

    #[test]
    fn sings_at_the_cutoff_by_itself() {
        for cutoff in [200.0, 1_000.0, 4_000.0, 12_000.0] {
            let mut harness = LaneHarness::new(&SPEC);
            harness.turn(CUTOFF, cutoff).turn(RESONANCE, 1.0).run(96_000);
            let run = harness.run(48_000);
            let cents = 1200.0 * (frequency(run.output(LOW24)) / f64::from(cutoff)).log2();
            assert!(cents.abs() < 5.0, "{cutoff} Hz: {cents} cents");
            let peak = run.output(LOW24).iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
            assert!((0.1..1.0).contains(&peak), "{cutoff} Hz: {peak}");
        }
    }

    #[test]
    fn falls_silent_below_self_oscillation() {
        let mut harness = LaneHarness::new(&SPEC);
        harness.turn(RESONANCE, 0.75).plug(IN, signal::impulse(2, 0)).run(96_000);
        assert!(harness.run(100).output(LOW24).iter().all(|x| x.abs() < 1e-4));
    }

    #[test]
    fn stays_bounded_under_violent_modulation() {
        let mut harness = LaneHarness::new(&SPEC);
        let octaves: Vec<f32> = signal::noise(96_000, 1).iter().map(|x| x * 5.0 + 1.5).collect();
        let run = (harness.turn(RESONANCE, 1.0).turn(DRIVE, 36.0).plug(CUTOFF, octaves))
            .plug(IN, signal::noise(96_000, 2))
            .run(96_000);
        assert!(run.output(LOW24).iter().all(|x| x.abs() < 6.0));
    }

    #[test]
    fn keeps_the_bass_at_high_resonance() {
        let level = |resonance: f32| {
            let mut harness = LaneHarness::new(&SPEC);
            let quiet: Vec<f32> = signal::sine(48_000, 50.0, 48_000.0).iter().map(|x| x * 0.01).collect();
            let run = harness.turn(CUTOFF, 2_000.0).turn(RESONANCE, resonance).plug(IN, quiet).run(48_000);
            run.output(LOW24)[24_000..].iter().fold(0.0f32, |peak, x| peak.max(x.abs()))
        };
        let ratio = level(0.75) / level(0.0);
        assert!((0.95..1.05).contains(&ratio), "{ratio}");
    }
}
