//! Pulse divider: lets every nth gate through.

use jackfield_node::dsp::gate::Gate;
use jackfield_node::prelude::*;

const IN: Input = Input::gate(0, "in", "Gates to choose from.");
const RESET: Input = Input::gate(1, "reset", "The next gate is the first.");
const DIVIDE: Input =
    Input::knob(2, "divide", Knob::number(1.0, 64.0, 2.0), "One gate out of this many passes.");
const SHIFT: Input = Input::knob(
    3,
    "shift",
    Knob::number(0.0, 63.0, 0.0),
    "Which of them: 0 is the first one after the reset, 1 the second.",
);

const OUT: Output = Output::gate(0, "out", "The gates that pass, as long as they are.");
const REST: Output = Output::gate(1, "rest", "The gates that don't.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<PulseDivider>("maths.pulse_divider", "Pulse divider", Category::Maths)
        .summary("Lets every second, third, nth gate through.")
        .help(
            "Counts gates and lets one out of so many pass, unchanged in length: a clock of sixteenths \
             divided by 4 beats quarters. Shift says which one of the group. The others come out at rest, so \
             one clock drives two sounds that never meet. Dividers of 3 and 4 behind one clock make a \
             pattern of 12. Try: divide 4 and shift 2 for the snare, and a slow LFO into divide.",
        )
        .tags(&["clock divider", "divide", "every nth", "rhythm", "polyrhythm", "skip", "frequency divider"])
        .inputs(&[IN, RESET, DIVIDE, SHIFT])
        .outputs(&[OUT, REST])
        .checked();

lane_state! {
    struct State<V> {
        /// The place in its group of the next gate.
        place: Lanes<V>,
        /// 1 while the gate that is open passes.
        passes: Lanes<V>,
        gate: Lanes<V>,
        reset: Lanes<V>,
    }
}

struct PulseDivider;

impl LaneNode for PulseDivider {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let (input, reset) = (io.input(IN), io.input(RESET));
        let mut group = io.derive([DIVIDE, SHIFT], |[divide, shift]| {
            let size = divide.round().clamp(1.0, 65_536.0);
            let shift = shift.round().max(0.0);
            (size, shift - (shift / size).floor() * size)
        });
        let (mut out, mut rest) = (io.output(OUT), io.output(REST));
        for frame in io.frames() {
            let (size, chosen) = group.at(frame);
            let resets = Gate::read(&mut state.reset, reset.at(frame)).opens;
            let gate = Gate::read(&mut state.gate, input.at(frame));
            let place = (!resets).keep(state.place);
            // A group that has become smaller may have ended already.
            let place = place.lt(size).keep(place);
            state.passes = gate.opens.select(place.equal(chosen).to_gate(place), state.passes);
            state.place = gate.opens.select(place + 1.0, place);
            out.set(frame, gate.open.keep(state.passes));
            rest.set(frame, gate.open.keep(1.0 - state.passes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::rises;

    fn gates(count: usize) -> Vec<f32> {
        [1.0, 1.0, 0.0, 0.0].repeat(count)
    }

    fn passing(divide: f32, shift: f32) -> Vec<usize> {
        let mut harness = LaneHarness::new(&SPEC);
        let run = harness.turn(DIVIDE, divide).turn(SHIFT, shift).plug(IN, gates(9)).run(36);
        let together: Vec<f32> = run.output(OUT).iter().zip(run.output(REST)).map(|(a, b)| a + b).collect();
        assert_eq!(together, gates(9), "every gate goes to one of the two");
        rises(run.output(OUT)).into_iter().map(|frame| frame / 4).collect()
    }

    #[test]
    fn one_of_each_group_passes() {
        assert_eq!(passing(1.0, 0.0), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(passing(3.0, 0.0), [0, 3, 6]);
        assert_eq!(passing(4.0, 2.0), [2, 6]);
        assert_eq!(passing(4.0, 5.0), [1, 5], "a shift beyond the group starts over");
    }

    #[test]
    fn reset_begins_a_group() {
        let mut harness = LaneHarness::new(&SPEC);
        let reset = [vec![0.0; 10], vec![1.0; 2], vec![0.0; 24]].concat();
        let run = harness.turn(DIVIDE, 4.0).plug(IN, gates(9)).plug(RESET, reset).run(36);
        assert_eq!(rises(run.output(OUT)), [0, 12, 28]);
    }
}
