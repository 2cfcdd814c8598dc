//! Ladder filter: 24 dB per octave with saturation, up to a tone of its own.
//!
//! The algorithm and its source are in [`jackfield_node::dsp::ladder`]. It runs at twice the sample rate,
//! where what the saturation adds has room and the loop is solved exactly enough to stay in tune.

use crate::parts::filter::oversampler_2x::Oversampler2x;
use crate::parts::mixing::stereo_lanes::{self, StereoOutput, StereoSignal};
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::ladder::{self, LadderCoefficients};
use jackfield_node::dsp::oversample::{Chains, INNERS, down};
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal to filter.");
const LEFT: Input = stereo_lanes::left(1);
const RIGHT: Input = stereo_lanes::right(2);
const CUTOFF: Input = Input::knob(
    3,
    "cutoff",
    Knob::hertz(20.0, 20_000.0, 1_000.0),
    "Corner frequency, and pitch of the tone.",
);
const RESONANCE: Input = Input::knob(
    4,
    "resonance",
    Knob::unit(0.3),
    "Height of the peak; from 80 % on the filter sings by itself.",
);
const DRIVE: Input =
    Input::knob(5, "drive", Knob::decibels(-24.0, 36.0, 0.0), "How far the input pushes into saturation.");

const LOW24: Output = Output::audio(0, "out", "After four poles: 24 dB per octave.");
const LOW12: Output = Output::audio(1, "low12", "After two poles: 12 dB per octave, brighter.");
const LOW24_RIGHT: Output = stereo_lanes::right_out(2);
const LOW12_RIGHT: Output = stereo_lanes::right_of(3, "low12_right");

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
    .inputs(&[IN, LEFT, RIGHT, CUTOFF, RESONANCE, DRIVE])
    .outputs(&[LOW24, LOW12, LOW24_RIGHT, LOW12_RIGHT])
    .random()
    .that_changes_loudness("It takes away what lies above its corner.")
    .checked();

lane_state! {
    struct State<V> {
        poles: [Lanes<V>; 4],
        oversampler: Oversampler2x<V>,
        down12: Chains<V, INNERS>,
    }
}

struct Ladder;

impl LaneNode for Ladder {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    const KEPT_WORDS: usize = stereo_lanes::kept_words::<State<f32>>();

    fn start(seed: u32) -> State<f32> {
        let down12 = [[Lanes(0.0); 2]; INNERS];
        State { poles: [Lanes(0.0); 4], oversampler: Oversampler2x::start(seed), down12 }
    }

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let input = StereoSignal::new(io, IN, LEFT, RIGHT);
        let base = C4_HERTZ / (2.0 * io.sample_rate());
        let mut coefficients = io.derive([CUTOFF, RESONANCE], |[octaves, resonance]| {
            LadderCoefficients::new(octaves.exp2() * base, resonance)
        });
        let mut levels = io.derive([RESONANCE, DRIVE], |[resonance, drive]| {
            let drive = drive.exp2();
            (drive, ladder::make_up(resonance, drive))
        });
        let mut low24 = StereoOutput::new(io, &input, LOW24, LOW24_RIGHT);
        let mut low12 = StereoOutput::new(io, &input, LOW12, LOW12_RIGHT);
        for side in input.channels() {
            let mut channel = StereoSignal::state(io, side, state);
            for frame in io.frames() {
                let (drive, make_up) = levels.at(frame);
                let mut halves12 = channel.oversampler.up(input.side(side, frame) * drive);
                let mut halves24 = halves12;
                let coefficients = coefficients.at(frame);
                for (half12, half24) in halves12.iter_mut().zip(&mut halves24) {
                    [_, *half12, _, *half24] = ladder::step(&mut channel.poles, *half12, &coefficients);
                }
                low24.side(side).set(frame, channel.oversampler.down(halves24) * make_up);
                low12.side(side).set(frame, down(&mut channel.down12, halves12) * make_up);
            }
            input.keep(io, side, state, channel);
        }
        low24.finish(io);
        low12.finish(io);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::filter::checks::{bounded_under_modulation, peak, resonance_stands_at, sings_at};
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::{Spectrum, worst_alias_db};
    use jackfield_testkit::signal;

    fn resonant(resonance: f32) -> LaneHarness {
        let mut harness = LaneHarness::new(&SPEC);
        harness.turn(RESONANCE, resonance);
        harness
    }

    #[test]
    fn the_resonance_stands_at_the_cutoff() {
        for (resonance, most, height) in [(0.79, 5.0, 30.0), (0.7, 7.0, 18.0), (0.6, 10.0, 12.0)] {
            resonance_stands_at(IN, CUTOFF, LOW24, most, height, || resonant(resonance));
        }
    }

    /// The levels in dB of partials 1 and 16 to 24 of a full-scale saw at 55.3 Hz, the cutoff being at
    /// partial 20.
    fn saw_levels(resonance: f32, drive: f32) -> [f64; 2] {
        let hertz = 55.3;
        let mut harness = resonant(resonance);
        harness.turn(CUTOFF, 20.0 * hertz as f32).turn(DRIVE, drive);
        harness.plug(IN, signal::saw(120_000, hertz, 48_000.0)).run(24_000);
        let spectrum = Spectrum::of(harness.run(96_000).output(LOW24), 48_000.0);
        let level = |partial: i32| 10.0 * spectrum.component(f64::from(partial) * hertz).log10();
        [level(1), (16..=24).map(level).fold(f64::NEG_INFINITY, f64::max)]
    }

    /// At full scale the saturation must leave room for the resonance, and the bass must stay.
    #[test]
    fn resonance_is_heard_in_a_loud_sound() {
        for (drive, lift) in [(-12.0, 30.0), (0.0, 25.0), (12.0, 8.0)] {
            let (flat, peaked) = (saw_levels(0.0, drive), saw_levels(0.79, drive));
            let lifted = peaked[1] - flat[1];
            assert!(lifted > lift, "drive {drive}: {lifted} dB at the cutoff");
            let bass = peaked[0] - flat[0];
            assert!(bass.abs() < 2.0, "drive {drive}: {bass} dB in the bass");
        }
    }

    #[test]
    fn a_driven_resonance_has_no_audible_aliases() {
        for resonance in [0.0, 0.5, 0.79] {
            for drive in [0.0, 12.0, 24.0, 36.0] {
                let mut harness = resonant(resonance);
                harness.turn(CUTOFF, 1_000.0).turn(DRIVE, drive);
                harness.plug(IN, signal::sine((1 << 16) + 9_600, 2_500.0, 48_000.0)).run(9_600);
                let worst = worst_alias_db(harness.run(1 << 16).output(LOW24), 48_000.0, 2_500.0);
                assert!(worst < -95.0, "resonance {resonance}, drive {drive}: {worst} dB");
            }
        }
    }

    #[test]
    fn sings_at_the_cutoff_by_itself() {
        sings_at(CUTOFF, LOW24, 5.0, || resonant(1.0));
    }

    #[test]
    fn falls_silent_below_self_oscillation() {
        let mut harness = resonant(0.75);
        harness.plug(IN, signal::impulse(2, 0)).run(96_000);
        assert!(harness.run(100).output(LOW24).iter().all(|x| x.abs() < 1e-4));
    }

    #[test]
    fn stays_bounded_under_violent_modulation() {
        for drive in [0.0, 36.0] {
            for output in [LOW24, LOW12] {
                let mut harness = resonant(1.0);
                // Each pole stays within -1..1, and the make-up is 5.
                bounded_under_modulation(IN, CUTOFF, output, 8.0, harness.turn(DRIVE, drive));
            }
        }
    }

    #[test]
    fn keeps_the_bass_at_high_resonance() {
        let level = |resonance: f32| {
            let quiet: Vec<f32> = signal::sine(48_000, 50.0, 48_000.0).iter().map(|x| x * 0.01).collect();
            let run = resonant(resonance).turn(CUTOFF, 2_000.0).plug(IN, quiet).run(48_000);
            peak(&run.output(LOW24)[24_000..])
        };
        let ratio = level(0.75) / level(0.0);
        assert!((0.95..1.05).contains(&ratio), "{ratio}");
    }
}
