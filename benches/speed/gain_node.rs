//! A node that does next to nothing, made as anyone would make one: `in * gain`. The library has none so
//! plain; its amplifier also has a level in decibels.

use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal.");
const GAIN: Input = Input::knob(1, "gain", Knob::number(-10.0, 10.0, 1.0), "Factor.");
const OUT: Output = Output::audio(0, "out", "The product.");

/// The spec of this node type.
pub(crate) static SPEC: NodeSpec = NodeSpec::lanes::<Gain>("maths.gain", "Gain", Category::Maths)
    .summary("Multiplies.")
    .inputs(&[IN, GAIN])
    .outputs(&[OUT])
    .checked();

struct Gain;

impl LaneNode for Gain {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let (input, gain) = (io.input(IN), io.input(GAIN));
        let mut out = io.output(OUT);
        for frame in io.frames() {
            out.set(frame, input.at(frame) * gain.at(frame));
        }
    }
}
