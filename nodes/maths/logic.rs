//! Logic gate: two gates make a third.

use jackfield_node::dsp::gate::Gate;
use jackfield_node::prelude::*;

choices! {
    enum LogicOperation {
        And = "and",
        Or = "or",
        Xor = "xor",
    }
}

const A: Input = Input::gate(0, "a", "The first gate.");
const B: Input = Input::gate(1, "b", "The second gate.");

const OPERATION: Setting = LogicOperation::setting(
    0,
    "operation",
    LogicOperation::And,
    "Open while both are, while any is, or while exactly one is.",
);

const OUT: Output = Output::gate(0, "out", "What the operation makes of the two gates.");
const INVERTED: Output = Output::gate(1, "inverted", "Open while out is closed: nand, nor, xnor.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Logic>("maths.logic", "Logic gate", Category::Maths)
    .summary("And, or, xor of two gates, and their opposites.")
    .help(
        "Combines rhythms: and plays where two of them meet, or plays both, xor plays each where the other \
         one rests. Inverted is the opposite of each: nand, nor and xnor; with nothing in b, or makes it a \
         plain not: it opens when a closes. Try: clocks of 1/8 and of 1/4T into xor, and a drum behind it.",
    )
    .tags(&["and", "or", "xor", "not", "nand", "nor", "xnor", "boolean", "invert", "rhythm"])
    .inputs(&[A, B])
    .outputs(&[OUT, INVERTED])
    .settings(&[OPERATION])
    .checked();

impl Configure for LogicOperation {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(OPERATION)
    }
}

lane_state! { struct State<V> { a: Lanes<V>, b: Lanes<V> } }

struct Logic;

impl LaneNode for Logic {
    type State<V: Vector> = State<V>;
    type Config = LogicOperation;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, operation: &LogicOperation, io: &mut Io<'_, V>) {
        let (a, b) = (io.input(A), io.input(B));
        let (mut out, mut inverted) = (io.output(OUT), io.output(INVERTED));
        for frame in io.frames() {
            let a = Gate::read(&mut state.a, a.at(frame)).open;
            let b = Gate::read(&mut state.b, b.at(frame)).open;
            let result = match operation {
                LogicOperation::And => a & b,
                LogicOperation::Or => a | b,
                LogicOperation::Xor => (a | b) & !(a & b),
            };
            out.set(frame, result.to_gate(state.a));
            inverted.set(frame, (!result).to_gate(state.a));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::Choices;
    use jackfield_node::harness::LaneHarness;

    #[test]
    fn the_truth_tables_hold() {
        let (a, b) = ([0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]);
        let tables = [[0.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 1.0], [0.0, 1.0, 1.0, 0.0]];
        for (&operation, table) in LogicOperation::ALL.iter().zip(tables) {
            let mut harness = LaneHarness::of(&SPEC).setting(OPERATION, operation).start().unwrap();
            let run = harness.plug(A, a).plug(B, b).run(4);
            assert_eq!(run.output(OUT), table);
            assert_eq!(run.output(INVERTED), table.map(|x| 1.0 - x));
        }
    }

    #[test]
    fn gates_have_hysteresis() {
        let mut harness = LaneHarness::of(&SPEC).setting(OPERATION, LogicOperation::Or).start().unwrap();
        let run = harness.plug(A, [0.45, 0.55, 0.45, 0.35, 0.45]).run(5);
        assert_eq!(run.output(OUT), [0.0, 1.0, 1.0, 0.0, 0.0]);
    }
}
