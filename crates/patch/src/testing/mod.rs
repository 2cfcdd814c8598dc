//! Node types for tests: every kind of setting, and knobs of several units. None makes a sound.

pub(crate) mod random;

use jackfield_node::prelude::*;
use jackfield_node::{Change, Migration, Output, Registry};

/// Computes nothing.
struct Silent;

impl LaneNode for Silent {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, _: &mut Io<'_, V>) {}
}

pub(crate) static OSC: NodeSpec = NodeSpec::lanes::<Silent>("source.osc", "Oscillator", Category::Source)
    .summary("A node with settings of every kind.")
    .inputs(&[
        Input::pitch(0, "pitch", "Note."),
        Input::knob(1, "tune", Knob::octaves(-4.0, 4.0, 0.0), "Offset."),
        Input::knob(2, "level", Knob::unit(0.8), "Loudness."),
    ])
    .outputs(&[Output::audio(0, "out", "Sound."), Output::control(1, "phase", "Ramp.")])
    .settings(&[
        Setting::choice(0, "waveform", &["sine", "saw", "square"], 0, "Shape."),
        Setting::count(1, "voices", 1, 32, 1, "How many."),
        Setting::toggle(2, "sync", false, "Restart."),
        Setting::file(3, "file", FileKind::Sound, "Sample."),
        Setting::text(4, "label", "osc", "Words."),
        Setting::steps(5, "pattern", -12.0, 12.0, &[0.0, 7.0], "Row."),
    ])
    .checked();

/// The third version; see its migrations for the others.
pub(crate) static FILTER: NodeSpec = NodeSpec::lanes::<Silent>("filter.svf", "Filter", Category::Filter)
    .summary("A node that has changed twice.")
    .version(3)
    .migrations(&[
        Migration {
            from: 1,
            changes: &[
                Change::Input { was: "freq", is: "cutoff" },
                Change::Output { was: "out", is: "low" },
                Change::Setting { was: "kind", is: "slope" },
                Change::Choice { setting: "slope", was: "soft", is: "12" },
            ],
        },
        Migration {
            from: 2,
            changes: &[
                Change::KnobDefault { knob: "resonance", was: 0.5 },
                Change::KnobScale { knob: "cutoff", factor: 1000.0 },
            ],
        },
    ])
    .inputs(&[
        Input::audio(0, "in", "Sound."),
        Input::knob(1, "cutoff", Knob::hertz(20.0, 20_000.0, 1_000.0), "Corner."),
        Input::knob(2, "resonance", Knob::unit(0.2), "Peak."),
    ])
    .outputs(&[Output::audio(0, "low", "Below."), Output::audio(1, "high", "Above.")])
    .settings(&[Setting::choice(0, "slope", &["12", "24"], 0, "Steepness.")])
    .checked();

pub(crate) static OUT: NodeSpec = NodeSpec::lanes::<Silent>("device.output", "Output", Category::Device)
    .summary("A node without outputs.")
    .inputs(&[Input::audio(0, "left", "Sound.").sum(), Input::audio(1, "right", "Sound.").sum()])
    .sink()
    .checked();

pub(crate) static DICE: NodeSpec = NodeSpec::lanes::<Silent>("modulator.dice", "Dice", Category::Modulator)
    .summary("A node with random choices.")
    .outputs(&[Output::control(0, "out", "A number.")])
    .random()
    .checked();

/// Computes nothing, with memory of its own.
struct Idle;

impl BlockNode for Idle {
    type Config = NoConfig;

    fn new(_: &NoConfig, _: &Setup, _: u32) -> Self {
        Self
    }

    fn process(&mut self, _: &NoConfig, _: &mut BlockIo<'_>) {}

    fn reset(&mut self) {}
}

const VOICES: Setting = Setting::count(0, "voices", 1, 16, 8, "How many.");

pub(crate) static KEYS: NodeSpec = NodeSpec::block::<Idle>("device.keys", "Keys", Category::Device)
    .summary("A node that plays from MIDI.")
    .outputs(&[Output::pitch(0, "pitch", "Note."), Output::gate(1, "gate", "Key.")])
    .settings(&[VOICES])
    .makes_voices(VOICES)
    .hears_midi()
    .checked();

pub(crate) static LINE_IN: NodeSpec = NodeSpec::block::<Idle>("device.line_in", "Line in", Category::Device)
    .summary("A node that hears the sound device.")
    .inputs(&[Input::knob(0, "gain", Knob::unit(1.0), "Loudness.")])
    .outputs(&[Output::audio(0, "out", "Sound.")])
    .hears_device()
    .checked();

pub(crate) static SPEAKER: NodeSpec = NodeSpec::block::<Idle>("device.speaker", "Speaker", Category::Device)
    .summary("A node that is heard.")
    .inputs(&[Input::audio(0, "in", "Sound.").sum()])
    .plays_on_device()
    .checked();

/// Those that random edits use.
pub(crate) fn registry() -> Registry {
    Registry::new(&[&OSC, &FILTER, &OUT, &DICE]).unwrap()
}
