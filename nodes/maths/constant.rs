//! A constant: one value for any number of inputs.

use jackfield_node::prelude::*;

const VALUE: Input = Input::knob(0, "value", Knob::number(-10.0, 10.0, 0.0), "What comes out.");
const OUT: Output = Output::control(0, "out", "The value, at every moment.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Constant>("maths.constant", "Constant", Category::Maths)
    .summary("One value for any number of inputs.")
    .help(
        "A knob without a job of its own: patch it into several inputs to turn them together, and give \
         each cable its own depth. Try one constant into the cutoff of two filters, with depth 1 and -1: \
         one opens while the other closes.",
    )
    .tags(&["value", "offset", "macro", "knob", "number"])
    .inputs(&[VALUE])
    .outputs(&[OUT])
    .checked();

struct Constant;

impl LaneNode for Constant {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let value = io.input(VALUE);
        let mut out = io.output(OUT);
        for frame in io.frames() {
            out.set(frame, value.at(frame));
        }
    }
}
