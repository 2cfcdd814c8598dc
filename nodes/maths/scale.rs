//! Scale and offset: brings one signal into the range of another.

use jackfield_node::prelude::*;

const IN: Input = Input::control(0, "in", "Signal to scale.");
const SCALE: Input =
    Input::knob(1, "scale", Knob::number(-10.0, 10.0, 1.0), "Factor; below 0 turns it over.");
const OFFSET: Input = Input::knob(2, "offset", Knob::number(-10.0, 10.0, 0.0), "Added after scaling.");
const OUT: Output = Output::control(0, "out", "The input times scale, plus offset.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Scale>("maths.scale", "Scale & offset", Category::Maths)
    .summary("Multiplies a signal and shifts it.")
    .help(
        "The most useful sum in a patch: in times scale, plus offset. It turns an LFO of -1 to 1 into 0 to 1 \
         (scale 0.5, offset 0.5) and an envelope upside down (scale -1, offset 1). Both are knobs that \
         cables can move, so one signal can set how strongly another works. Try: an LFO in, an envelope into \
         scale with the knob at 0: vibrato that only long notes get.",
    )
    .tags(&[
        "multiply",
        "add",
        "gain",
        "shift",
        "invert",
        "attenuverter",
        "attenuator",
        "offset",
        "bipolar",
        "unipolar",
    ])
    .inputs(&[IN, SCALE, OFFSET])
    .outputs(&[OUT])
    .checked();

struct Scale;

impl LaneNode for Scale {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let (input, scale, offset) = (io.input(IN), io.input(SCALE), io.input(OFFSET));
        let mut out = io.output(OUT);
        for frame in io.frames() {
            out.set(frame, input.at(frame) * scale.at(frame) + offset.at(frame));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;

    #[test]
    fn scales_then_shifts() {
        let mut harness = LaneHarness::new(&SPEC);
        harness.plug(IN, [-1.0, 0.0, 0.5]);
        assert_eq!(harness.run(3).output(OUT), [-1.0, 0.0, 0.5], "a new node changes nothing");
        let run = harness.turn(SCALE, -2.0).turn(OFFSET, 1.0).plug(IN, [-1.0, 0.0, 0.5]).run(3);
        assert_eq!(run.output(OUT), [3.0, 1.0, 0.0]);
    }
}
