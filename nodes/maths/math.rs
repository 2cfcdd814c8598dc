//! Arithmetic with two signals.

use jackfield_node::prelude::*;

choices! {
    enum MathOperation {
        Add = "add",
        Subtract = "subtract",
        Multiply = "multiply",
        Divide = "divide",
        Minimum = "minimum",
        Maximum = "maximum",
        Average = "average",
        IsGreater = "is_greater",
    }
}

const A: Input = Input::knob(0, "a", Knob::number(-10.0, 10.0, 0.0), "The first number.");
const B: Input = Input::knob(1, "b", Knob::number(-10.0, 10.0, 0.0), "The second number.");
const OPERATION: Setting =
    MathOperation::setting(0, "operation", MathOperation::Add, "What becomes of the two.");
const OUT: Output = Output::control(0, "out", "The result.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Math>("maths.math", "Math", Category::Maths)
    .summary("Adds, multiplies or compares two signals.")
    .help(
        "Computes with signals, sample by sample. Both numbers are knobs, so one cable and one turned knob \
         are enough: multiply by 0.5 to halve, add 1 to shift. Dividing by nearly nothing gives 0, not \
         infinity. is_greater makes a gate: 1 while a is above b; where it stutters, take compare. Try: an \
         LFO in a, is_greater, and turn b: a gate whose length you choose.",
    )
    .tags(&[
        "add",
        "subtract",
        "multiply",
        "divide",
        "minimum",
        "maximum",
        "compare",
        "offset",
        "scale",
        "arithmetic",
    ])
    .inputs(&[A, B])
    .outputs(&[OUT])
    .settings(&[OPERATION])
    .checked();

/// A divisor nearer to zero than this counts as zero.
const LEAST_DIVISOR: f32 = 1e-6;

impl Configure for MathOperation {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(OPERATION)
    }
}

struct Math;

impl LaneNode for Math {
    type State<V: Vector> = NoState;
    type Config = MathOperation;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, operation: &MathOperation, io: &mut Io<'_, V>) {
        match operation {
            MathOperation::Add => run(io, |a, b| a + b),
            MathOperation::Subtract => run(io, |a, b| a - b),
            MathOperation::Multiply => run(io, |a, b| a * b),
            MathOperation::Divide => run(io, |a, b| b.abs().gt(LEAST_DIVISOR).keep(a / b)),
            MathOperation::Minimum => run(io, |a, b| a.min(b)),
            MathOperation::Maximum => run(io, |a, b| a.max(b)),
            MathOperation::Average => run(io, |a, b| (a + b) * 0.5),
            MathOperation::IsGreater => run(io, |a, b| a.gt(b).to_gate(a)),
        }
    }
}

#[inline(always)]
fn run<V: Vector>(io: &mut Io<'_, V>, operation: impl Fn(Lanes<V>, Lanes<V>) -> Lanes<V>) {
    let (a, b) = (io.input(A), io.input(B));
    let mut out = io.output(OUT);
    for frame in io.frames() {
        out.set(frame, operation(a.at(frame), b.at(frame)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::Choices;
    use jackfield_node::harness::LaneHarness;

    #[test]
    fn computes_what_is_chosen() {
        let expected = [5.0, 1.0, 6.0, 1.5, 2.0, 3.0, 2.5, 1.0];
        for (&operation, expected) in MathOperation::ALL.iter().zip(expected) {
            let mut harness = LaneHarness::of(&SPEC).setting(OPERATION, operation).start().unwrap();
            assert_eq!(harness.hold(A, 3.0).hold(B, 2.0).run(1).output(OUT), [expected]);
        }
    }

    #[test]
    fn a_division_by_nothing_is_nothing() {
        let mut harness = LaneHarness::of(&SPEC).setting(OPERATION, MathOperation::Divide).start().unwrap();
        assert_eq!(harness.hold(A, 3.0).plug(B, [0.0, -0.0, 1e-30]).run(3).output(OUT), [0.0, 0.0, 0.0]);
    }
}
