//! Small nodes for the engine's tests, and patches made of them.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test uses its own part")]

use jackfield_node::prelude::*;
use jackfield_node::{NoAssets, Registry};
use jackfield_patch::Patch;

const IN: Input = Input::audio(0, "in", "Signal.");
const GAIN: Input = Input::knob(1, "gain", Knob::number(-10.0, 10.0, 1.0), "Factor.");
const OUT: Output = Output::audio(0, "out", "Signal.");

/// `in * gain`.
pub static GAIN_SPEC: NodeSpec = NodeSpec::lanes::<Gain>("maths.gain", "Gain", Category::Maths)
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

const STEP: Input = Input::knob(0, "step", Knob::number(-1.0, 1.0, 0.01), "Added each frame.");

/// Counts up by `step` each frame, from its seed, and wraps at +-1.
pub static RAMP_SPEC: NodeSpec = NodeSpec::lanes::<Ramp>("source.ramp", "Ramp", Category::Source)
    .summary("Counts.")
    .inputs(&[STEP])
    .outputs(&[OUT])
    .checked();

lane_state! { struct RampState<V> { value: Lanes<V> } }

struct Ramp;
impl LaneNode for Ramp {
    type State<V: Vector> = RampState<V>;
    type Config = NoConfig;
    #[inline(always)]
    fn process<V: Vector>(state: &mut RampState<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let step = io.input(STEP);
        let mut out = io.output(OUT);
        for frame in io.frames() {
            out.set(frame, state.value);
            let next = state.value + step.at(frame);
            state.value = next.gt(1.0).select(next - 2.0, next);
        }
    }
}

const VOICES: Setting = Setting::count(0, "voices", 1, 64, 8, "How many.");

/// Voice `v` holds `v + 1`.
pub static VOICES_SPEC: NodeSpec = NodeSpec::block::<Voices>("source.voices", "Voices", Category::Source)
    .summary("Makes voices.")
    .outputs(&[OUT])
    .settings(&[VOICES])
    .makes_voices(VOICES)
    .checked();

struct Voices;
impl BlockNode for Voices {
    type Config = NoConfig;
    fn new(_: &NoConfig, _: &Setup, _: u32) -> Self {
        Self
    }
    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        for voice in 0..io.voices() {
            io.hold(OUT, voice, (voice + 1) as f32);
        }
    }
    fn reset(&mut self) {}
}

const LEFT: Input = Input::audio(0, "left", "Left.").sum();
const RIGHT: Input = Input::audio(1, "right", "Right.").sum();

/// Channels 0 and 1 of the device.
pub static SINK_SPEC: NodeSpec = NodeSpec::block::<Sink>("device.sink", "Sink", Category::Device)
    .summary("Is heard.")
    .inputs(&[LEFT, RIGHT])
    .sink()
    .checked();

struct Sink;
impl BlockNode for Sink {
    type Config = NoConfig;
    fn new(_: &NoConfig, _: &Setup, _: u32) -> Self {
        Self
    }
    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        for (channel, input) in [LEFT, RIGHT].into_iter().enumerate() {
            let samples = io.input(input);
            if let Some(out) = io.device_output(channel) {
                for (out, sample) in out.iter_mut().zip(samples) {
                    *out += sample;
                }
            }
        }
    }
    fn reset(&mut self) {}
}

/// A session and its executor.
pub fn session(width: usize) -> (jackfield_engine::Session, jackfield_engine::Executor) {
    let options = jackfield_engine::Options { width, ..Default::default() };
    jackfield_engine::Session::new(options, Box::new(NoAssets)).expect("the options are good")
}

/// A patch of these nodes and cables, in the words of the file format.
pub fn patch(nodes: &str, cables: &str) -> Patch {
    let registry = Registry::new(&[&GAIN_SPEC, &RAMP_SPEC, &VOICES_SPEC, &SINK_SPEC]).expect("different ids");
    let text = format!(r#"{{"jackfield": 1, "nodes": {{{nodes}}}, "cables": [{cables}]}}"#);
    jackfield_patch::read(text.as_bytes(), &registry).unwrap_or_else(|error| panic!("{error}\n{text}")).0
}

/// Frames of channel 0.
pub fn render(executor: &mut jackfield_engine::Executor, frames: usize, block: usize) -> Vec<f32> {
    let mut output = vec![0.0; frames];
    for chunk in output.chunks_mut(block) {
        executor.process(&[], 0, chunk, 1);
    }
    output
}
