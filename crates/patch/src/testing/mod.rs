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

/// All of them.
pub(crate) fn registry() -> Registry {
    Registry::new(&[&OSC, &FILTER, &OUT]).unwrap()
}
