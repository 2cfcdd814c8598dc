//! Crossover: splits a sound into three bands that add up to it.
//!
//! Linkwitz-Riley filters of the fourth order: two Butterworth filters in a row, 24 dB per octave, both
//! sides 6 dB down and in phase at the split (S. H. Linkwitz, "Active Crossover Networks for Noncoincident
//! Drivers", JAES 24, 1976). The low band runs through the all-pass that the other two make at the upper
//! split, so that all three stay in phase and their sum has the level of the input at every frequency.

use crate::parts::mixing::stereo_lanes::{self, StereoOutput, StereoSignal};
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::section::Section;
use jackfield_node::prelude::*;
use std::f32::consts::FRAC_1_SQRT_2;

const IN: Input = Input::audio(0, "in", "Sound to split.");
const LEFT: Input = stereo_lanes::left(1);
const RIGHT: Input = stereo_lanes::right(2);
const LOWER: Input =
    Input::knob(3, "lower", Knob::hertz(20.0, 20_000.0, 200.0), "Split between the low and the middle band.");
const UPPER: Input = Input::knob(
    4,
    "upper",
    Knob::hertz(20.0, 20_000.0, 2_500.0),
    "Split between the middle and the high band.",
);

const LOW: Output = Output::audio(0, "low", "What lies below the lower split.");
const MIDDLE: Output = Output::audio(1, "middle", "What lies between the splits.");
const HIGH: Output = Output::audio(2, "high", "What lies above the upper split.");
const LOW_RIGHT: Output = stereo_lanes::right_of(3, "low_right");
const MIDDLE_RIGHT: Output = stereo_lanes::right_of(4, "middle_right");
const HIGH_RIGHT: Output = stereo_lanes::right_of(5, "high_right");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Crossover>("filter.crossover", "Crossover", Category::Filter)
    .summary("Splits a sound into low, middle and high; together they are flat.")
    .help(
        "Lets you treat bass, middle and treble differently and put them together again as if nothing had \
         been cut: the slopes are steep (24 dB per octave) and the bands stay in phase. For two bands, add \
         middle and high in a mixer. Try: distort only the middle of a drum loop; or a compressor on each \
         band and a mixer behind them, which is a multiband compressor; or the low band straight to the \
         output and the rest through a chorus.",
    )
    .tags(&["linkwitz-riley", "split", "band", "multiband", "24 dB"])
    .inputs(&[IN, LEFT, RIGHT, LOWER, UPPER])
    .outputs(&[LOW, MIDDLE, HIGH, LOW_RIGHT, MIDDLE_RIGHT, HIGH_RIGHT])
    .that_changes_loudness("It takes away what lies above its split at its first output.")
    .checked();

lane_state! {
    struct State<V> {
        low: [[Lanes<V>; 2]; 3],
        rest: [[Lanes<V>; 2]; 2],
        middle: [[Lanes<V>; 2]; 2],
        high: [[Lanes<V>; 2]; 2],
    }
}

struct Crossover;

impl LaneNode for Crossover {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    const KEPT_WORDS: usize = stereo_lanes::kept_words::<State<f32>>();

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let base = C4_HERTZ / io.sample_rate();
        let input = StereoSignal::new(io, IN, LEFT, RIGHT);
        let mut lower = io.derive([LOWER], |[octaves]| {
            let (fraction, q) = (octaves.exp2() * base, octaves.same(FRAC_1_SQRT_2));
            (Section::low_pass(fraction, q), Section::high_pass(fraction, q))
        });
        let mut upper = io.derive([UPPER], |[octaves]| {
            let (fraction, q) = (octaves.exp2() * base, octaves.same(FRAC_1_SQRT_2));
            let all = Section::all_pass(fraction, q);
            (Section::low_pass(fraction, q), Section::high_pass(fraction, q), all)
        });
        let mut low_out = StereoOutput::new(io, &input, LOW, LOW_RIGHT);
        let mut middle_out = StereoOutput::new(io, &input, MIDDLE, MIDDLE_RIGHT);
        let mut high_out = StereoOutput::new(io, &input, HIGH, HIGH_RIGHT);
        for side in input.channels() {
            let mut channel = StereoSignal::state(io, side, state);
            for frame in io.frames() {
                let input = input.side(side, frame);
                let (lower_low, lower_high) = lower.at(frame);
                let (upper_low, upper_high, upper_all) = upper.at(frame);
                let low = twice(&mut channel.low, input, &lower_low);
                let rest = twice(&mut channel.rest, input, &lower_high);
                low_out.side(side).set(frame, upper_all.step(&mut channel.low[2], low));
                middle_out.side(side).set(frame, twice(&mut channel.middle, rest, &upper_low));
                high_out.side(side).set(frame, twice(&mut channel.high, rest, &upper_high));
            }
            input.keep(io, side, state, channel);
        }
        for output in [low_out, middle_out, high_out] {
            output.finish(io);
        }
    }
}

/// A section twice in a row.
#[inline(always)]
fn twice<V: Vector>(states: &mut [[Lanes<V>; 2]], input: Lanes<V>, section: &Section<V>) -> Lanes<V> {
    let once = section.step(&mut states[0], input);
    section.step(&mut states[1], once)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::filter::checks::gain_db_at;
    use jackfield_node::harness::{LaneHarness, LaneRun};
    use jackfield_testkit::signal::impulse;

    fn split(lower: f32, upper: f32) -> LaneRun {
        let mut harness = LaneHarness::new(&SPEC);
        harness.turn(LOWER, lower).turn(UPPER, upper).plug(IN, impulse(48_000, 0)).run(48_000)
    }

    #[test]
    fn the_bands_add_up_flat() {
        for (lower, upper) in [(200.0, 2_500.0), (80.0, 12_000.0), (1_000.0, 1_000.0), (5_000.0, 300.0)] {
            let run = split(lower, upper);
            let bands = [LOW, MIDDLE, HIGH].map(|band| run.output(band));
            let sum: Vec<f32> = (0..48_000).map(|i| bands[0][i] + bands[1][i] + bands[2][i]).collect();
            for hertz in [25.0, 80.0, 200.0, 700.0, 2_500.0, 5_000.0, 12_000.0, 20_000.0] {
                let gain = gain_db_at(&sum, hertz);
                assert!(gain.abs() < 0.01, "split at {lower} and {upper} Hz: {gain} dB at {hertz} Hz");
            }
        }
    }

    #[test]
    fn bands_meet_six_decibels_down_and_fall_steeply() {
        let run = split(200.0, 2_500.0);
        let gain = |band, hertz| gain_db_at(run.output(band), hertz);
        for (band, hertz) in [(LOW, 200.0), (MIDDLE, 200.0), (MIDDLE, 2_500.0), (HIGH, 2_500.0)] {
            assert!((gain(band, hertz) + 6.02).abs() < 0.05, "{}: {}", band.name, gain(band, hertz));
        }
        assert!((gain(LOW, 1_600.0) - gain(LOW, 800.0) + 24.0).abs() < 0.6);
        assert!((gain(HIGH, 1_200.0) - gain(HIGH, 600.0) - 24.0).abs() < 0.6);
    }
}
