//! Impulses: regular like a clock, scattered like dust, or anything between.
//!
//! Each impulse stands exactly where it belongs, between two samples if need be, and has no aliases: it is
//! the derivative of a band-limited step (see [`blep`](jackfield_node::dsp::blep)).

use crate::parts::oscillator::blep_tables::BlepTables;
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::blep::{Corner, Pending, Residuals, TAPS};
use jackfield_node::dsp::color::sharpen;
use jackfield_node::dsp::gate::{pulse, trigger_frames};
use jackfield_node::dsp::noise;
use jackfield_node::prelude::*;
use std::f32::consts::LN_2;

const RATE: Input =
    Input::knob(0, "rate", Knob::hertz(0.05, 8_000.0, 12.0), "How many impulses come per second.");
const SCATTER: Input = Input::knob(
    1,
    "scatter",
    Knob::unit(1.0),
    "0: as regular as a clock. 1: at any moment, like drops of rain.",
);
const VARIATION: Input =
    Input::knob(2, "variation", Knob::unit(0.5), "0: all equally loud. 1: anything from silent to full.");

const OUT: Output = Output::audio(0, "out", "Impulses of one sample's length.").that_jumps();
const TRIGGER: Output = Output::gate(1, "trigger", "A trigger of 1 ms with each impulse.");
const VALUE: Output =
    Output::control(2, "value", "How loud the last impulse was, 0 to 1; it stays until the next.")
        .that_jumps();

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Impulses>("source.impulses", "Impulses", Category::Source)
    .summary("Dust: single impulses, regular or at random.")
    .help(
        "The shortest sound there is: a click with all frequencies at once. On its own it crackles like an \
         old record; it wakes whatever rings, so send it into a resonant filter, a string or a modal \
         resonator. The trigger starts envelopes at the same moments, and value gives each its own strength. \
         With scatter at 0 and a high rate it becomes a bright buzzing tone. What goes one way has an \
         offset, which counts once impulses follow each other fast. Try: 3 impulses per second into a \
         reverb, and think of a cave.",
    )
    .tags(&["dust", "crackle", "click", "geiger", "rain", "random", "trigger", "pulse train", "buzz"])
    .inputs(&[RATE, SCATTER, VARIATION])
    .outputs(&[OUT, TRIGGER, VALUE])
    .face(Face::Waveform)
    .random()
    .with_offset("An impulse goes one way, and many of them add up to an offset.")
    .checked();

/// The mean distance of impulses in fixed point; the longest is 16 times as long.
const MEAN: f32 = 268_435_456.0;

/// The most impulses per frame.
const FASTEST: f32 = 0.45;

lane_state! {
    struct State<V> {
        counter: Bits<V>,
        /// How long ago the last impulse was and how long after it the next one comes, in mean distances of
        /// [`MEAN`].
        passed: Bits<V>,
        interval: Bits<V>,
        /// The last correction, which the derivative needs, and what its filter remembers.
        correction: Lanes<V>,
        sharpened: [Lanes<V>; 2],
        /// Frames of the trigger to come.
        trigger: Lanes<V>,
        value: Lanes<V>,
    }
}

struct Impulses;

impl LaneNode for Impulses {
    type State<V: Vector> = State<V>;
    type Config = BlepTables;

    /// Corrections under way.
    const KEPT_WORDS: usize = TAPS;

    fn start(seed: u32) -> State<f32> {
        let none = Lanes(0.0);
        State {
            counter: noise::hash(Bits(seed)),
            passed: Bits(0),
            interval: Bits(0),
            correction: none,
            sharpened: [none; 2],
            trigger: none,
            value: none,
        }
    }

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, tables: &BlepTables, io: &mut Io<'_, V>) {
        let base = C4_HERTZ / io.sample_rate();
        let trigger_frames = trigger_frames(io.sample_rate());
        let mut speed = io.derive([RATE], |[octaves]| (octaves.exp2() * base).min(FASTEST) * MEAN);
        let (scatter, variation) = (io.input(SCATTER), io.input(VARIATION));
        let mut pending = Pending::<V>::load(io.token(), |tap| io.kept(tap));
        let (mut out, mut trigger, mut value) = (io.output(OUT), io.output(TRIGGER), io.output(VALUE));
        for frame in io.frames() {
            let speed = speed.at(frame);
            state.passed = state.passed + speed.to_integer_in_range();
            let fires = !state.passed.lt(state.interval);
            if fires.any() {
                let late = state.passed - state.interval;
                let since = (late.to_signed() / speed).clamp(0.0, 1.0);
                state.passed = fires.select_bits(late, state.passed);
                let scatter = scatter.at(frame).clamp(0.0, 1.0);
                // Each lane's chances are its own: those of a lane that does not fire stay as they are.
                let mut counter = state.counter;
                let next = (interval(&mut counter, scatter) * MEAN).clamp(speed, 15.0 * MEAN);
                state.interval = fires.select_bits(unsigned(next), state.interval);
                let chance = noise::next(&mut counter).to_unit();
                state.counter = fires.select_bits(counter, state.counter);
                let level = 1.0 - chance * variation.at(frame).clamp(0.0, 1.0);
                state.value = fires.select(level, state.value);
                add_steps(&mut pending, tables.0, fires, since, level);
            }
            let correction = pending.advance();
            let step = fires.keep(state.value) + correction - state.correction;
            state.correction = correction;
            out.set(frame, sharpen(&mut state.sharpened, step));
            trigger.set(frame, pulse(&mut state.trigger, fires, trigger_frames));
            value.set(frame, state.value);
        }
        for tap in 0..TAPS {
            io.keep(tap, pending.left(tap));
        }
    }
}

/// The distance to the next impulse re the mean one: 1 without scatter, exponentially distributed, as that
/// between independent events is, with full scatter.
#[inline(always)]
fn interval<V: Vector>(counter: &mut Bits<V>, scatter: Lanes<V>) -> Lanes<V> {
    // Never the logarithm of 0.
    let chance = noise::next(counter).to_unit() + 1.0 / 33_554_432.0;
    let exponential = chance.log2() * -LN_2;
    1.0 + (exponential - 1.0) * scatter
}

/// A number below 2^32, rounded to a multiple of 2.
#[inline(always)]
fn unsigned<V: Vector>(number: Lanes<V>) -> Bits<V> {
    (number * 0.5).to_integer_in_range() << 1
}

/// Adds what makes a step band-limited, in the lanes that have one.
#[inline(always)]
fn add_steps<V: Vector>(
    pending: &mut Pending<V>,
    residuals: &Residuals,
    lanes: Mask<V>,
    since: Lanes<V>,
    size: Lanes<V>,
) {
    let (mut sinces, mut sizes) = ([0.0; 16], [0.0; 16]);
    since.store(&mut sinces[..V::WIDTH]);
    size.store(&mut sizes[..V::WIDTH]);
    let mut left = lanes.to_bitmask();
    while left != 0 {
        let lane = left.trailing_zeros() as usize;
        left &= left - 1;
        pending.lane(lane).add(residuals, Corner::Step, sinces[lane], sizes[lane]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::{LaneHarness, LaneRun};
    use jackfield_testkit::measure::{cents, frequency, partials};

    const RATE_HERTZ: f32 = 48_000.0;

    /// The frames at which triggers start.
    fn starts(run: &LaneRun) -> Vec<usize> {
        let trigger = run.output(TRIGGER);
        (1..trigger.len()).filter(|i| trigger[*i] > 0.5 && trigger[i - 1] < 0.5).collect()
    }

    #[test]
    fn regular_impulses_are_a_tone_without_aliases() {
        for hertz in [110.0, 997.0, 4_186.0] {
            let mut harness = LaneHarness::new(&SPEC);
            harness.turn(RATE, hertz).turn(SCATTER, 0.0).turn(VARIATION, 0.0).run(4_800);
            let out = harness.run(1 << 17).output(OUT).to_vec();
            let found = frequency(&out, RATE_HERTZ, f64::from(hertz));
            assert!(cents(found, f64::from(hertz)).abs() < 0.01, "{found}");
            let partials = partials(&out, RATE_HERTZ, found);
            assert!(partials.worst_alias_db < -85.0, "{hertz} Hz: {} dB", partials.worst_alias_db);
            let heard = (16_000.0 / hertz) as usize;
            for (k, level) in partials.levels_db[..heard].iter().enumerate() {
                assert!((level - partials.levels_db[0]).abs() < 0.1, "{hertz} Hz, partial {k}: {level} dB");
            }
        }
    }

    #[test]
    fn scattered_impulses_come_independently_of_each_other() {
        let mut harness = LaneHarness::new(&SPEC);
        let starts = starts(&harness.turn(RATE, 40.0).turn(SCATTER, 1.0).run(48_000 * 60));
        let distances: Vec<f64> = starts.windows(2).map(|pair| (pair[1] - pair[0]) as f64).collect();
        let mean = distances.iter().sum::<f64>() / distances.len() as f64;
        // Triggers last 48 frames, so that some of the closest impulses share one.
        assert!((mean / 1_200.0 - 1.04).abs() < 0.06, "{mean}");
        let variance =
            distances.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / distances.len() as f64;
        let spread = variance.sqrt() / mean;
        assert!(
            (0.9..1.05).contains(&spread),
            "an exponential distribution is as wide as its mean: {spread}"
        );
    }

    #[test]
    fn variation_spreads_the_loudness_and_value_tells_it() {
        let mut harness = LaneHarness::new(&SPEC);
        let run = harness.turn(RATE, 100.0).turn(SCATTER, 0.0).turn(VARIATION, 1.0).run(48_000 * 4);
        let values: Vec<f32> = starts(&run).iter().map(|start| run.output(VALUE)[*start]).collect();
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        assert!((mean - 0.5).abs() < 0.05, "{mean}");
        assert!(values.iter().any(|x| *x < 0.1) && values.iter().any(|x| *x > 0.9));
    }
}
