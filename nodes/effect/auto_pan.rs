//! Auto-pan: a sound that wanders between left and right.

use crate::parts::modulation::lfo_shape::{LfoShape, SHAPE};
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::lfo::advance;
use jackfield_node::dsp::pan::equal_power;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Sound to move.");
const RATE: Input = Input::knob(1, "rate", Knob::hertz(0.02, 40.0, 0.5), "How often it goes there and back.");
const WIDTH: Input =
    Input::knob(2, "width", Knob::unit(0.8), "How far from the middle it goes. 100 %: all the way.");
const PHASE: Input =
    Input::knob(3, "phase", Knob::unit(0.0), "Where on its way it stands, ahead of its clock.");

const LEFT: Output = Output::audio(0, "left", "The sound's left part.");
const RIGHT: Output = Output::audio(1, "right", "The sound's right part.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<AutoPan>("effect.auto_pan", "Auto-pan", Category::Effect)
    .summary("Moves a sound from side to side.")
    .help(
        "A pan knob that turns by itself. The loudness stays, only the place moves. Slow and wide it lets a \
         pad drift, fast it makes a shimmer that no longer seems to move. Each voice can start elsewhere on \
         the way: give phase a signal that differs from voice to voice. Try: 0.5 Hz on a single sound, then \
         the random output of a voices node into phase, so that a chord fills the room.",
    )
    .tags(&["panorama", "stereo", "movement", "rotate", "modulation", "wide"])
    .inputs(&[IN, RATE, WIDTH, PHASE])
    .outputs(&[LEFT, RIGHT])
    .settings(&[SHAPE])
    .checked();

lane_state! { struct State<V> { phase: Bits<V> } }

struct AutoPan;

impl LaneNode for AutoPan {
    type State<V: Vector> = State<V>;
    type Config = LfoShape;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, shape: &LfoShape, io: &mut Io<'_, V>) {
        let sample_rate = io.sample_rate();
        let (input, width) = (io.input(IN), io.input(WIDTH));
        let mut step = io.derive(
            [RATE],
            #[inline(always)]
            |[rate]| advance(rate, C4_HERTZ, sample_rate),
        );
        let mut ahead = io.derive(
            [PHASE],
            #[inline(always)]
            |[phase]| phase.to_phase(),
        );
        let (mut left_out, mut right_out) = (io.output(LEFT), io.output(RIGHT));
        for frame in io.frames() {
            state.phase = state.phase + step.at(frame);
            let phase = state.phase + ahead.at(frame);
            let wave = shape.at(phase);
            let [left, right] = equal_power(wave * width.at(frame).clamp(0.0, 1.0) * 0.5 + 0.5);
            let input = input.at(frame);
            left_out.set(frame, input * left);
            right_out.set(frame, input * right);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::Choices;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::click_burst_db;
    use jackfield_testkit::signal::sine;

    #[test]
    fn the_place_moves_and_the_power_stays() {
        for &shape in LfoShape::ALL {
            let bench = LaneHarness::of(&SPEC).setting(SHAPE, shape);
            let mut harness = bench.start().unwrap();
            let run = harness.hold(IN, 1.0).turn(RATE, 2.0).turn(WIDTH, 1.0).run(24_000);
            let (left, right) = (run.output(LEFT), run.output(RIGHT));
            assert!(left.iter().zip(right).all(|(l, r)| (l * l + r * r - 1.0).abs() < 1e-5));
            // A quarter of the half second is at the far right, three quarters at the far left.
            assert!(right[6000] > 0.999 && left[18_000] > 0.999, "{shape}");
            assert!((left[0] - 0.5_f32.sqrt()).abs() < 1e-3, "it begins in the middle");
        }
    }

    #[test]
    fn hopping_does_not_click() {
        let mut harness = LaneHarness::of(&SPEC).setting(SHAPE, LfoShape::Square).start().unwrap();
        let run =
            harness.turn(WIDTH, 1.0).turn(RATE, 4.0).plug(IN, sine(48_000, 100.0, 48_000.0)).run(48_000);
        let click = click_burst_db(run.output(LEFT), 48_000.0);
        assert!(click < -80.0, "{click} dB");
    }
}
