//! Sum of voices: where a polyphonic patch becomes one signal.

use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "A signal of any number of voices.").sum();
const OUT: Output = Output::audio(0, "out", "All voices added: one signal.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<SumVoices>("mixing.sum_voices", "Sum voices", Category::Mixing)
    .summary("Adds all voices into one signal.")
    .help(
        "Behind a polyphonic source every node exists once per voice. This node adds the voices up, so that \
         what follows exists once and hears all of them: a delay, a compressor, a reverb. The output does \
         the same by itself. Try it before a waveshaper: a chord into one distortion growls, a distortion \
         per voice stays clear.",
    )
    .tags(&["polyphony", "mono", "merge", "voices", "mix", "add"])
    .inputs(&[IN])
    .outputs(&[OUT])
    .checked();

struct SumVoices;

impl LaneNode for SumVoices {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let input = io.input(IN);
        let mut out = io.output(OUT);
        for frame in io.frames() {
            out.set(frame, input.at(frame));
        }
    }
}
