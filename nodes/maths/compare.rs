//! Comparator: gates from the order of two signals.

use jackfield_node::prelude::*;

const A: Input = Input::knob(0, "a", Knob::number(-10.0, 10.0, 0.0), "The signal to look at.");
const B: Input = Input::knob(1, "b", Knob::number(-10.0, 10.0, 0.0), "What it is compared with.");
const WIDTH: Input = Input::knob(
    2,
    "width",
    Knob::number(0.0, 2.0, 0.0),
    "How much counts as equal: the gates change half of it above and below b.",
);

const ABOVE: Output = Output::gate(0, "above", "Open from when a rises above b until it falls below.");
const BELOW: Output = Output::gate(1, "below", "Open while above is closed.");
const NEAR: Output = Output::gate(2, "near", "Open while a is within the width around b.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Compare>("maths.compare", "Compare", Category::Maths)
    .summary("Gates that tell which of two signals is higher.")
    .help(
        "Turns any movement into a gate: above is open while a is higher than b. A signal that trembles \
         around b would make the gate stutter; give it some width and above waits until a is clearly over b \
         before it opens, and clearly under before it closes (a Schmitt trigger). Near opens as a passes b. \
         Try: an LFO in a and a slower one in b: a rhythm that shifts all the time.",
    )
    .tags(&["comparator", "greater", "less", "equal", "threshold", "schmitt", "hysteresis", "window"])
    .inputs(&[A, B, WIDTH])
    .outputs(&[ABOVE, BELOW, NEAR])
    .checked();

lane_state! { struct State<V> { above: Lanes<V> } }

struct Compare;

impl LaneNode for Compare {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let (a, b, width) = (io.input(A), io.input(B), io.input(WIDTH));
        let (mut above, mut below, mut near) = (io.output(ABOVE), io.output(BELOW), io.output(NEAR));
        let mut is_above = state.above.gt(0.5);
        for frame in io.frames() {
            let difference = a.at(frame) - b.at(frame);
            let half = (width.at(frame) * 0.5).max(0.0);
            is_above = difference.gt(half) | (is_above & difference.ge(-half));
            above.set(frame, is_above.to_gate(half));
            below.set(frame, (!is_above).to_gate(half));
            near.set(frame, difference.abs().le(half).to_gate(half));
        }
        state.above = is_above.to_gate(state.above);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;

    #[test]
    fn tells_which_is_higher() {
        let run = LaneHarness::new(&SPEC).hold(B, 0.5).plug(A, [0.0, 0.5, 0.6, 0.4]).run(4);
        assert_eq!(run.output(ABOVE), [0.0, 0.0, 1.0, 0.0]);
        assert_eq!(run.output(BELOW), [1.0, 1.0, 0.0, 1.0]);
        assert_eq!(run.output(NEAR), [0.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn width_keeps_a_trembling_signal_from_stuttering() {
        let signal = [0.0, 0.1, -0.1, 0.3, 0.1, -0.2, 0.2, -0.3, 0.2];
        let run = LaneHarness::new(&SPEC).turn(WIDTH, 0.5).plug(A, signal).run(9);
        assert_eq!(run.output(ABOVE), [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]);
        assert_eq!(run.output(NEAR), [1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0]);
    }
}
