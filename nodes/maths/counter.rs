//! Counter: how many gates have opened.

use jackfield_node::dsp::gate::{Gate, pulse, trigger_frames};
use jackfield_node::prelude::*;

const UP: Input = Input::gate(0, "up", "Counts up by one.");
const DOWN: Input = Input::gate(1, "down", "Counts down by one.");
const RESET: Input = Input::gate(2, "reset", "Back to 0.");
const LENGTH: Input =
    Input::knob(3, "length", Knob::number(1.0, 256.0, 8.0), "How far it counts before it starts again at 0.");

const COUNT: Output = Output::control(0, "count", "The count: 0 to length - 1.").that_jumps();
const PHASE: Output =
    Output::control(1, "phase", "The count divided by the length: 0, and below 1.").that_jumps();
const CARRY: Output =
    Output::gate(2, "carry", "A trigger of 1 ms when it starts again, in either direction.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Counter>("maths.counter", "Counter", Category::Maths)
    .summary("Counts gates up and down, round and round.")
    .help(
        "Each gate at up adds one and each at down takes one away; after length steps it starts again at 0, \
         and carry tells. Count into a quantiser with depth 0.0834, and on into a pitch, climbs semitone by \
         semitone, phase moves a knob in as many stairs as the length has. Carry into another counter makes \
         the next digit: bars after beats. Try: length 5 and a clock at up, phase into the cutoff of a \
         filter with depth 3.",
    )
    .tags(&["count", "steps", "staircase", "sequence", "address", "bars", "modulo"])
    .inputs(&[UP, DOWN, RESET, LENGTH])
    .outputs(&[COUNT, PHASE, CARRY])
    .checked();

lane_state! {
    struct State<V> {
        count: Lanes<V>,
        carry: Lanes<V>,
        up: Lanes<V>,
        down: Lanes<V>,
        reset: Lanes<V>,
    }
}

struct Counter;

impl LaneNode for Counter {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let (up, down, reset) = (io.input(UP), io.input(DOWN), io.input(RESET));
        let mut length = io.derive([LENGTH], |[length]| {
            let length = length.round().clamp(1.0, 65_536.0);
            (length, 1.0 / length)
        });
        let trigger_frames = trigger_frames(io.sample_rate());
        let (mut count, mut phase, mut carry) = (io.output(COUNT), io.output(PHASE), io.output(CARRY));
        for frame in io.frames() {
            let (length, per_length) = length.at(frame);
            let up = Gate::read(&mut state.up, up.at(frame)).opens.to_gate(length);
            let down = Gate::read(&mut state.down, down.at(frame)).opens.to_gate(length);
            let resets = Gate::read(&mut state.reset, reset.at(frame)).opens;
            let counted = state.count + up - down;
            let (over, under) = (counted.ge(length), counted.lt(0.0));
            let wrapped = over.select(length.same(0.0), under.select(length - 1.0, counted));
            state.count = (!resets).keep(wrapped);
            count.set(frame, state.count);
            phase.set(frame, state.count * per_length);
            let carries = (over | under) & !resets;
            carry.set(frame, pulse(&mut state.carry, carries, trigger_frames));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::rises;

    /// `count` gates of two frames up, two frames down, and the last sample of each.
    fn gates(count: usize) -> Vec<f32> {
        [1.0, 1.0, 0.0, 0.0].repeat(count)
    }

    fn at_gates(samples: &[f32]) -> Vec<f32> {
        samples.iter().step_by(4).copied().collect()
    }

    #[test]
    fn counts_up_and_starts_again() {
        let mut harness = LaneHarness::new(&SPEC);
        let run = harness.turn(LENGTH, 3.0).plug(UP, gates(7)).run(28);
        assert_eq!(at_gates(run.output(COUNT)), [1.0, 2.0, 0.0, 1.0, 2.0, 0.0, 1.0]);
        assert_eq!(run.output(PHASE)[4], 2.0 / 3.0);
        assert_eq!(rises(run.output(CARRY)), [8], "at 1 ms the second carry joins the first");
    }

    #[test]
    fn counts_down_into_the_last_one_and_carries_for_a_millisecond() {
        let mut harness = LaneHarness::new(&SPEC);
        let run = harness.turn(LENGTH, 4.0).plug(DOWN, [1.0, 0.0]).run(100);
        assert_eq!(run.output(COUNT)[99], 3.0);
        assert_eq!(run.output(CARRY).iter().sum::<f32>(), 48.0);
    }

    #[test]
    fn resets_and_gives_way_to_a_shorter_length() {
        let mut harness = LaneHarness::new(&SPEC);
        harness.plug(UP, gates(6)).run(24);
        assert_eq!(harness.turn(LENGTH, 4.0).run(1).output(COUNT), [0.0], "6 lies beyond 4");
        harness.plug(UP, gates(2)).run(8);
        assert_eq!(harness.plug(RESET, [1.0]).run(1).output(COUNT), [0.0]);
    }
}
