//! Slew limiter: a signal that rises and falls no faster than told.

use jackfield_node::dsp::smooth::approach_in;
use jackfield_node::prelude::*;
use std::f32::consts::LN_2;

choices! {
    enum SlewShape {
        Linear = "linear",
        Exponential = "exponential",
    }
}

const IN: Input = Input::control(0, "in", "Signal to slow down.");
const RISE: Input =
    Input::knob(1, "rise", Knob::seconds(0.000_02, 20.0, 0.1), "Time that a rise of 1 takes.");
const FALL: Input =
    Input::knob(2, "fall", Knob::seconds(0.000_02, 20.0, 0.1), "Time that a fall of 1 takes.");

const SHAPE: Setting = SlewShape::setting(
    0,
    "shape",
    SlewShape::Linear,
    "At a steady speed, or half of what is left in each tenth of the time.",
);

const OUT: Output = Output::control(0, "out", "The slowed signal.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Slew>("modulator.slew", "Slew", Category::Modulator)
    .summary("Limits how fast a signal rises and falls.")
    .help(
        "Follows its input, but not faster than the knobs allow, on the way up and on the way down apart. A \
         gate through it is an envelope, steps through it are slopes, a square LFO becomes a trapezoid. \
         Linear moves at a steady speed; exponential starts fast and arrives gently, half of the way in each \
         tenth of the time. Try: a sample & hold through rise 10 ms and fall 500 ms, into a cutoff: it jumps \
         up and sinks back.",
    )
    .tags(&["lag", "portamento", "smooth", "slope", "limiter", "glide", "inertia", "integrator"])
    .inputs(&[IN, RISE, FALL])
    .outputs(&[OUT])
    .settings(&[SHAPE])
    .checked();

/// An exponential way is halved in a tenth of its time, so that 0.1 % is left at the end.
const HALVINGS: f32 = 10.0;

impl Configure for SlewShape {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(SHAPE)
    }
}

lane_state! {
    struct State<V> {
        level: Lanes<V>,
        /// What rounding has left over: a slow way's steps are smaller than what f32 resolves.
        rest: Lanes<V>,
    }
}

struct Slew;

impl LaneNode for Slew {
    type State<V: Vector> = State<V>;
    type Config = SlewShape;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, shape: &SlewShape, io: &mut Io<'_, V>) {
        let rate = io.sample_rate();
        match shape {
            SlewShape::Linear => run(
                state,
                io,
                #[inline(always)]
                |octaves| (-octaves).exp2() * (1.0 / rate),
                #[inline(always)]
                |distance, rise, fall| distance.max(-fall).min(rise),
            ),
            SlewShape::Exponential => run(
                state,
                io,
                #[inline(always)]
                |octaves| approach_in(octaves, HALVINGS * LN_2, rate),
                #[inline(always)]
                |distance, rise, fall| distance * distance.gt(0.0).select(rise, fall),
            ),
        }
    }
}

/// `speed` turns a time knob's signal into what `step` takes of the distance that is left.
#[inline(always)]
fn run<V: Vector>(
    state: &mut State<V>,
    io: &mut Io<'_, V>,
    speed: impl Fn(Lanes<V>) -> Lanes<V>,
    step: impl Fn(Lanes<V>, Lanes<V>, Lanes<V>) -> Lanes<V>,
) {
    let mut speeds = io.derive(
        [RISE, FALL],
        #[inline(always)]
        |[rise, fall]| {
            let mut speeds = [rise, fall];
            for time in &mut speeds {
                *time = speed(*time);
            }
            speeds
        },
    );
    let input = io.input(IN);
    let mut out = io.output(OUT);
    for frame in io.frames() {
        let [rise, fall] = speeds.at(frame);
        let (input, before) = (input.at(frame), state.level);
        let distance = input - before;
        let step = step(distance, rise, fall);
        let whole = step + state.rest;
        let next = before + whole;
        let arrives = step.equal(distance);
        state.level = arrives.select(input, next);
        state.rest = (!arrives).keep(whole - (next - before));
        out.set(frame, state.level);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::Choices;
    use jackfield_node::harness::LaneHarness;

    fn harness(shape: SlewShape) -> LaneHarness {
        LaneHarness::of(&SPEC).setting(SHAPE, shape).start().unwrap()
    }

    #[test]
    fn a_change_of_one_takes_the_time() {
        for (rise, fall) in [(0.01, 0.1), (0.5, 0.02)] {
            let mut harness = harness(SlewShape::Linear);
            let up = harness.turn(RISE, rise).turn(FALL, fall).hold(IN, 1.0).run(48_000);
            let found = up.output(OUT).iter().position(|x| *x >= 0.999_99).unwrap() as f32;
            assert!((found / (rise * 48_000.0) - 1.0).abs() < 0.005, "{found}");
            let down = harness.hold(IN, 0.0).run(48_000);
            let found = down.output(OUT).iter().position(|x| *x <= 0.000_01).unwrap() as f32;
            assert!((found / (fall * 48_000.0) - 1.0).abs() < 0.005, "{found}");
            assert_eq!(down.output(OUT)[47_999], 0.0, "it arrives");
        }
    }

    /// The steps are far smaller than the numbers next to 4 that f32 has.
    #[test]
    fn slow_is_exact_at_any_sample_rate_and_level() {
        for &shape in SlewShape::ALL {
            let bench = LaneHarness::of(&SPEC).setting(SHAPE, shape);
            let mut harness = bench.sample_rate(384_000.0).start().unwrap();
            harness.turn(RISE, 0.000_02).hold(IN, 4.0).run(2_000);
            let run = harness.turn(RISE, 20.0).hold(IN, 5.0).run(384_000);
            let expected = match shape {
                SlewShape::Linear => 4.05,
                SlewShape::Exponential => 5.0 - 0.5_f32.sqrt(),
            };
            let found = run.output(OUT)[383_999];
            assert!((found - expected).abs() < 1e-4, "{shape}: {found}");
        }
    }

    #[test]
    fn exponential_halves_in_each_tenth_of_the_time() {
        let mut harness = harness(SlewShape::Exponential);
        let run = harness.turn(RISE, 0.1).hold(IN, 1.0).run(4_800);
        for tenth in 1..10 {
            let left = 1.0 - run.output(OUT)[tenth * 480 - 1];
            assert!((left * (1 << tenth) as f32 - 1.0).abs() < 0.01, "{tenth}: {left}");
        }
    }

    #[test]
    fn slow_signals_pass() {
        let slow: Vec<f32> = (0..4_800).map(|i| (i as f32 / 4_800.0 - 0.5).abs()).collect();
        let run =
            harness(SlewShape::Linear).turn(RISE, 0.05).turn(FALL, 0.05).plug(IN, slow.clone()).run(4_800);
        assert!(run.output(OUT)[2_500..] == slow[2_500..]);
    }
}
