//! Split: takes voices apart, so that each can go its own way.

use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "A signal of several voices.");

const OUT: [Output; 8] = [
    Output::audio(0, "out1", "Voice 1; also 9, 17 and so on."),
    Output::audio(1, "out2", "Voice 2; also 10, 18 and so on."),
    Output::audio(2, "out3", "Voice 3; also 11, 19 and so on."),
    Output::audio(3, "out4", "Voice 4; also 12, 20 and so on."),
    Output::audio(4, "out5", "Voice 5; also 13, 21 and so on."),
    Output::audio(5, "out6", "Voice 6; also 14, 22 and so on."),
    Output::audio(6, "out7", "Voice 7; also 15, 23 and so on."),
    Output::audio(7, "out8", "Voice 8; also 16, 24 and so on."),
];

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Split>("mixing.split_voices", "Split voices", Category::Mixing)
    .summary("Takes voices apart.")
    .help(
        "Everything behind a polyphonic source exists once per voice and does the same. Split gives each \
         voice an output of its own, on which the others are silent, so the bass of a chord can go to one \
         effect and its top to another. An effect for all voices, or a sum of voices, makes a single signal \
         of it. Try: two voices with a delay behind out 1 and a reverb behind out 2.",
    )
    .tags(&["polyphony", "poly", "voices", "separate", "divide", "mono"])
    .inputs(&[IN])
    .outputs(&OUT)
    .checked();

/// The output that carries this voice.
struct Split(usize);

impl BlockNode for Split {
    type Config = NoConfig;

    fn new(_: &NoConfig, _: &Setup, _: u32) -> Self {
        Self(0)
    }

    fn new_voice(_: &NoConfig, _: &Setup, _: u32, voice: usize) -> Self {
        Self(voice % OUT.len())
    }

    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let input = io.input(IN);
        for (number, output) in OUT.into_iter().enumerate() {
            if number == self.0 {
                io.output(output).copy_from_slice(input);
            } else {
                io.hold(output, 0, 0.0);
            }
        }
    }

    fn reset(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::signal::noise;

    #[test]
    fn each_voice_has_its_own_output() {
        for voice in 0..10 {
            let mut split = BlockHarness::of(&SPEC).voice(voice).start().unwrap();
            let run = split.plug(IN, noise(100, 1)).run(100);
            for (number, output) in OUT.into_iter().enumerate() {
                let expected = if number == voice % 8 { noise(100, 1) } else { vec![0.0; 100] };
                assert_eq!(run.output(output), expected);
            }
        }
    }
}
