//! Pluck by fundsp: the string of Karplus and Strong in its first form. A unit of `fundsp`.

use crate::parts::fundsp::declare;
use fundsp::prelude32 as fd;
use jackfield_node::C4_HERTZ;
use jackfield_node::prelude::*;

const PLUCK: Input = Input::gate(0, "pluck", "Plucks the string.");
const IN: Input = Input::audio(1, "in", "Sound that makes the string ring along, once it was plucked.");
const OUT: Output = Output::audio(0, "out", "The string.").that_jumps();

const NOTE: Setting = Setting::count(0, "note", 21, 108, 60, "The MIDI key that it is tuned to. 60 is C4.");
const SUSTAIN: Setting =
    Setting::count(1, "sustain", 1, 100, 60, "What is left of the string after a second, in percent.");
const DAMPING: Setting = Setting::count(2, "damping", 0, 100, 30, "How soon the overtones die, in percent.");

/// The spec of this node type.
pub static SPEC: NodeSpec = declare::spec::<Pluck>("fundsp.pluck", "Pluck by fundsp")
    .summary("The string of Karplus and Strong in its first form.")
    .help(
        "A loop full of noise that an average smooths with each round (K. Karplus and A. Strong, 1983): \
         bright and a little wild at first, then a sine. It has one pitch, as the string of a harp; the \
         string of the sources plays tunes. Several of them side by side, tuned to a chord, ring along with \
         whatever comes in. Settings make another string, so changing one restarts it. Try: three of them \
         at 48, 55 and 64, plucked once, and a drum loop into all of them.",
    )
    .tags(&["string", "karplus-strong", "harp", "sympathetic", "resonator"])
    .inputs(&[PLUCK, IN])
    .outputs(&[OUT])
    .settings(&[NOTE, SUSTAIN, DAMPING])
    .random()
    .that_changes_loudness("It rings at one pitch, and is silent until it is plucked.")
    .checked();

/// What the settings say.
struct PluckConfig {
    hertz: f32,
    gain_per_second: f32,
    damping: f32,
}

impl Configure for PluckConfig {
    fn configure(settings: &Settings, setup: &Setup) -> Result<Self, ConfigError> {
        let octaves = (settings.count(NOTE)? as f32 - 60.0) / 12.0;
        let hertz = C4_HERTZ * Lanes(octaves).exp2().0;
        Ok(Self {
            // A string of a few samples is the shortest there is.
            hertz: hertz.min(setup.sample_rate / 6.0),
            gain_per_second: settings.count(SUSTAIN)? as f32 / 100.0,
            damping: settings.count(DAMPING)? as f32 / 100.0,
        })
    }
}

declare::unit!(
    Pluck: PluckConfig,
    &[IN],
    &[OUT],
    |string| fd::pluck(string.hertz, string.gain_per_second, string.damping),
    {
        const RESTART: Option<Input> = Some(PLUCK);
    }
);

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::SettingValue;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::{cents, frequency, rms_db};
    use jackfield_testkit::signal::gate;

    #[test]
    fn it_has_the_pitch_of_its_key_and_is_silent_before() {
        for (key, hertz) in [(45_u32, 110.0), (69, 440.0)] {
            let bench = BlockHarness::of(&SPEC).setting(NOTE, SettingValue::Count(key));
            let run = bench.start().unwrap().plug(PLUCK, gate(96_000, &[(4_800, 4_900)])).run(96_000);
            assert!(run.output(OUT)[..4_800].iter().all(|x| *x == 0.0));
            let found = frequency(&run.output(OUT)[24_000..], 48_000.0, hertz);
            assert!(cents(found, hertz).abs() < 5.0, "key {key}: {found} Hz");
        }
    }

    #[test]
    fn each_pluck_is_a_new_one_and_sustain_says_what_is_left_after_a_second() {
        let bench = BlockHarness::of(&SPEC).setting(DAMPING, SettingValue::Count(0));
        let mut string = bench.setting(SUSTAIN, SettingValue::Count(10)).start().unwrap();
        let run = string.plug(PLUCK, gate(144_000, &[(0, 100), (96_000, 96_100)])).run(144_000);
        let level = |at: usize| rms_db(&run.output(OUT)[at..at + 4_800]);
        let lost = level(1_000) - level(49_000);
        assert!((lost - 20.0).abs() < 3.0, "{lost} dB in a second");
        assert!((level(97_000) - level(1_000)).abs() < 0.1, "plucked anew");
    }
}
