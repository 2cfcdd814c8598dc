//! Merge: makes voices out of separate signals.

use jackfield_node::prelude::*;

const MOST: usize = 8;

const IN: [Input; MOST] = [
    Input::audio(0, "in1", "What voice 1 carries.").sum(),
    Input::audio(1, "in2", "What voice 2 carries.").sum(),
    Input::audio(2, "in3", "What voice 3 carries.").sum(),
    Input::audio(3, "in4", "What voice 4 carries.").sum(),
    Input::audio(4, "in5", "What voice 5 carries.").sum(),
    Input::audio(5, "in6", "What voice 6 carries.").sum(),
    Input::audio(6, "in7", "What voice 7 carries.").sum(),
    Input::audio(7, "in8", "What voice 8 carries.").sum(),
];

const VOICES: Setting =
    Setting::count(0, "voices", 1, MOST as u32, 4, "How many voices it makes, from the first inputs.");

const OUT: Output = Output::audio(0, "out", "One voice per input.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Merge>("mixing.merge_voices", "Merge voices", Category::Mixing)
    .summary("Makes voices out of separate signals.")
    .help(
        "Everything behind it exists once per voice, so one filter or one envelope serves several signals, \
         each by itself. It is the opposite of the sum of voices, and carries pitches and gates as well as \
         sound. Try: four clocks of different speeds into the inputs, an envelope and an oscillator behind \
         it: four rhythms from one instrument.",
    )
    .tags(&["polyphony", "poly", "voices", "join", "combine", "bundle"])
    .inputs(&IN)
    .outputs(&[OUT])
    .settings(&[VOICES])
    .makes_voices(VOICES)
    .checked();

struct MergeConfig;

impl Configure for MergeConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.count(VOICES).map(|_| Self)
    }
}

struct Merge;

impl BlockNode for Merge {
    type Config = MergeConfig;

    fn new(_: &MergeConfig, _: &Setup, _: u32) -> Self {
        Self
    }

    fn process(&mut self, _: &MergeConfig, io: &mut BlockIo<'_>) {
        for (voice, input) in IN.into_iter().enumerate().take(io.voices()) {
            let signal = io.input(input);
            if io.is_constant(input) {
                io.hold(OUT, voice, signal[0]);
            } else {
                io.voice(OUT, voice).copy_from_slice(signal);
            }
        }
    }

    fn reset(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::SettingValue;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::signal::noise;

    #[test]
    fn each_input_becomes_a_voice() {
        let bench = BlockHarness::of(&SPEC).setting(VOICES, SettingValue::Count(3));
        let mut merge = bench.start().unwrap();
        let run = merge.plug(IN[0], noise(100, 1)).hold(IN[1], 0.5).plug(IN[2], noise(100, 3)).run(100);
        assert_eq!(run.voice(OUT, 0), noise(100, 1));
        assert!(run.is_held(OUT, 1) && run.voice(OUT, 1)[0] == 0.5);
        assert_eq!(run.voice(OUT, 2), noise(100, 3));
    }
}
