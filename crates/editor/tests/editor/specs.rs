//! A few node types to edit with. They make no sound.

use jackfield_node::Registry;
use jackfield_node::prelude::*;
use std::sync::Arc;

struct Mute;

impl BlockNode for Mute {
    type Config = NoConfig;

    fn new(_: &NoConfig, _: &Setup, _: u32) -> Self {
        Self
    }

    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        io.silence();
    }

    fn reset(&mut self) {}
}

static TONE: NodeSpec = NodeSpec::block::<Mute>("source.tone", "Tone", Category::Source)
    .summary("A tone.")
    .tags(&["oscillator"])
    .inputs(&[
        Input::pitch(0, "pitch", "Pitch."),
        Input::knob(1, "frequency", Knob::hertz(20.0, 20_480.0, 640.0), "Frequency."),
        Input::knob(2, "level", Knob::unit(0.5), "Level."),
    ])
    .outputs(&[Output::audio(0, "out", "The tone.")])
    .settings(&[Setting::choice(0, "shape", &["sine", "saw", "square"], 0, "Waveform.")])
    .checked();

static SHAPER: NodeSpec = NodeSpec::block::<Mute>("filter.shaper", "Shaper", Category::Filter)
    .summary("Shapes the spectrum.")
    .inputs(&[
        Input::audio(0, "in", "Sound."),
        Input::knob(1, "cutoff", Knob::hertz(20.0, 20_480.0, 640.0), "Corner."),
    ])
    .outputs(&[Output::audio(0, "low", "Below."), Output::audio(1, "high", "Above.")])
    .checked();

static WAVE: NodeSpec = NodeSpec::block::<Mute>("modulator.wave", "Wave", Category::Modulator)
    .summary("A slow wave.")
    .random()
    .inputs(&[Input::knob(0, "rate", Knob::hertz(0.01, 100.0, 1.0), "Speed.")])
    .outputs(&[Output::control(0, "out", "The wave.")])
    .checked();

static SPEAKER: NodeSpec = NodeSpec::block::<Mute>("device.speaker", "Speaker", Category::Device)
    .summary("What one hears.")
    .inputs(&[Input::audio(0, "left", "Left."), Input::audio(1, "right", "Right.")])
    .plays_on_device()
    .checked();

static ROW: NodeSpec = NodeSpec::block::<Mute>("time.row", "Row", Category::Time)
    .summary("A row of steps.")
    .outputs(&[Output::control(0, "out", "The steps.")])
    .settings(&[
        Setting::steps(0, "row", 0.0, 1.0, &[0.5; 8], "The steps."),
        Setting::text(1, "words", "la la", "What to say."),
    ])
    .face(Face::Steps)
    .checked();

static SHOWN: [Input; 2] = [Input::audio(0, "in", "Signal."), Input::audio(1, "second", "Another.")];

/// A node that shows what arrives at it.
const fn shows(id: &'static str, name: &'static str, face: Face) -> NodeSpec {
    NodeSpec::block::<Mute>(id, name, Category::Analysis)
        .summary("Shows a signal.")
        .inputs(&SHOWN)
        .sink()
        .face(face)
}

static SCOPE: NodeSpec = shows("analysis.scope", "Scope", Face::Scope).checked();
static METER: NodeSpec = shows("analysis.meter", "Meter", Face::Meter).checked();
static SPECTRUM: NodeSpec = shows("analysis.spectrum", "Spectrum", Face::Spectrum).checked();
static SPECTROGRAM: NodeSpec = shows("analysis.spectrogram", "Spectrogram", Face::Spectrogram).checked();
static XY: NodeSpec = shows("analysis.xy", "XY", Face::Xy).checked();
static TUNER: NodeSpec = shows("analysis.tuner", "Tuner", Face::Tuner)
    .outputs(&[Output::pitch(0, "pitch", "Its pitch."), Output::gate(1, "found", "Whether it has one.")])
    .checked();
static LOUDNESS: NodeSpec = shows("analysis.loudness", "Loudness", Face::Loudness).checked();
static VALUE: NodeSpec = shows("analysis.value", "Value", Face::Value).checked();

static MASTER: NodeSpec = NodeSpec::block::<Mute>("device.master", "Master", Category::Device)
    .summary("What leaves.")
    .inputs(&[Input::audio(0, "in", "Sound.")])
    .outputs(&[
        Output::audio(0, "left", "Left."),
        Output::audio(1, "right", "Right."),
        Output::gate(2, "limiting", "Turned down."),
    ])
    .face(Face::Meter)
    .plays_on_device()
    .checked();

static ECHO: NodeSpec = NodeSpec::block::<Mute>("effect.echo", "Echo", Category::Effect)
    .summary("Repeats.")
    .inputs(&[Input::knob(0, "time", Knob::seconds(0.001, 4.0, 0.5), "Distance.")])
    .outputs(&[Output::audio(0, "out", "The echo.")])
    .checked();

static KEYS: NodeSpec = NodeSpec::block::<Mute>("device.keys", "Keys", Category::Device)
    .summary("A keyboard.")
    .outputs(&[Output::pitch(0, "pitch", "Pitch."), Output::gate(1, "gate", "Gate.")])
    .face(Face::Keyboard)
    .checked();

static SAMPLE: NodeSpec = NodeSpec::block::<Mute>("analysis.sample", "Sample", Category::Analysis)
    .summary("Plays a file.")
    .outputs(&[Output::audio(0, "out", "The sound.")])
    .settings(&[Setting::file(0, "file", FileKind::Sound, "What to play.")])
    .face(Face::File)
    .checked();

/// The registry of the tests.
pub(crate) fn registry() -> Arc<Registry> {
    let types = [
        &TONE,
        &SHAPER,
        &WAVE,
        &SPEAKER,
        &ROW,
        &SCOPE,
        &METER,
        &SPECTRUM,
        &SPECTROGRAM,
        &XY,
        &TUNER,
        &LOUDNESS,
        &VALUE,
        &KEYS,
        &SAMPLE,
        &ECHO,
        &MASTER,
    ];
    Arc::new(Registry::new(&types).unwrap())
}
