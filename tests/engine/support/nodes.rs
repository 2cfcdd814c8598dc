//! Lane nodes for tests, each as small as its purpose allows.

use jackfield_node::dsp::noise;
use jackfield_node::prelude::*;
use jackfield_node::{C4_HERTZ, Output};

const IN: Input = Input::audio(0, "in", "Signal.");
const OUT: Output = Output::audio(0, "out", "Signal.");

const FREQUENCY: Input = Input::knob(0, "frequency", Knob::hertz(1.0, 10_000.0, 100.0), "Pitch.");

/// A sine that starts at phase 0.
pub static SINE: NodeSpec = NodeSpec::lanes::<Sine>("source.sine", "Sine", Category::Source)
    .summary("Sings.")
    .inputs(&[FREQUENCY])
    .outputs(&[OUT])
    .checked();

lane_state! { struct SineState<V> { phase: Bits<V> } }

struct Sine;
impl LaneNode for Sine {
    type State<V: Vector> = SineState<V>;
    type Config = NoConfig;
    #[inline(always)]
    fn process<V: Vector>(state: &mut SineState<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let turns = C4_HERTZ / io.sample_rate();
        let mut step = io.input(FREQUENCY).derive(|octaves| octaves.exp2() * turns);
        let mut out = io.output(OUT);
        for frame in io.frames() {
            out.set(frame, state.phase.sin_turns());
            state.phase = state.phase + step.at(frame).to_phase();
        }
    }
}

const STEP: Input = Input::knob(0, "step", Knob::number(-1.0, 1.0, 0.01), "Added each frame.");

/// Counts up by `step` each frame and wraps at +-1.
pub static RAMP: NodeSpec = NodeSpec::lanes::<Ramp>("source.ramp", "Ramp", Category::Source)
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
            let next = (state.value + step.at(frame)).clamp(-4.0, 4.0);
            let next = next.gt(1.0).select(next - 2.0, next);
            state.value = next.lt(-1.0).select(next + 2.0, next);
        }
    }
}

const LEVEL: Input = Input::knob(0, "level", Knob::unit(0.5), "Loudness.");

/// White noise that starts from its seed.
pub static NOISE: NodeSpec = NodeSpec::lanes::<Noise>("source.noise", "Noise", Category::Source)
    .summary("Hisses.")
    .inputs(&[LEVEL])
    .outputs(&[OUT])
    .checked();

lane_state! { struct NoiseState<V> { counter: Bits<V> } }

struct Noise;
impl LaneNode for Noise {
    type State<V: Vector> = NoiseState<V>;
    type Config = NoConfig;
    fn start(seed: u32) -> NoiseState<f32> {
        NoiseState { counter: Bits::splat((), seed) }
    }
    #[inline(always)]
    fn process<V: Vector>(state: &mut NoiseState<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let level = io.input(LEVEL);
        let mut out = io.output(OUT);
        for frame in io.frames() {
            out.set(frame, noise::white(&mut state.counter) * level.at(frame));
        }
    }
}

const GAIN: Input = Input::knob(1, "gain", Knob::number(-4.0, 4.0, 1.0), "Factor.");

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

/// 1 with the sign of `in`, which tells -0.0 from 0.0.
pub static SIGN: NodeSpec = NodeSpec::lanes::<Sign>("maths.sign", "Sign", Category::Maths)
    .summary("Tells signs.")
    .inputs(&[IN])
    .outputs(&[OUT])
    .checked();

struct Sign;
impl LaneNode for Sign {
    type State<V: Vector> = NoState;
    type Config = NoConfig;
    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let input = io.input(IN);
        let mut out = io.output(OUT);
        for frame in io.frames() {
            out.set(frame, input.at(frame).copy_sign_to(io.splat(1.0)));
        }
    }
}

const VOICES_IN: Input = Input::audio(0, "in", "Voices to add.").sum();

/// Adds up all voices.
pub static SUM: NodeSpec = NodeSpec::lanes::<Sum>("mixing.sum", "Sum", Category::Mixing)
    .summary("Makes one voice of many.")
    .inputs(&[VOICES_IN, GAIN])
    .outputs(&[OUT])
    .checked();

struct Sum;
impl LaneNode for Sum {
    type State<V: Vector> = NoState;
    type Config = NoConfig;
    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let (input, gain) = (io.input(VOICES_IN), io.input(GAIN));
        let mut out = io.output(OUT);
        for frame in io.frames() {
            out.set(frame, input.at(frame) * gain.at(frame));
        }
    }
}

const SHARPNESS: Setting = Setting::count(0, "sharpness", 1, 8, 4, "How fast it follows.");
const LOW: Output = Output::audio(0, "low", "What it remembers.");
const REST: Output = Output::audio(1, "rest", "What it does not.");

/// A filter of one pole, with a setting.
pub static MEMORY: NodeSpec = NodeSpec::lanes::<Memory>("filter.memory", "Memory", Category::Filter)
    .summary("Follows slowly.")
    .inputs(&[IN])
    .outputs(&[LOW, REST])
    .settings(&[SHARPNESS])
    .checked();

lane_state! { struct MemoryState<V> { low: Lanes<V> } }

struct Sharpness(f32);
impl Configure for Sharpness {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok(Self(settings.count(SHARPNESS)? as f32 / 16.0))
    }
}

struct Memory;
impl LaneNode for Memory {
    type State<V: Vector> = MemoryState<V>;
    type Config = Sharpness;
    #[inline(always)]
    fn process<V: Vector>(state: &mut MemoryState<V>, config: &Sharpness, io: &mut Io<'_, V>) {
        let input = io.input(IN);
        let (mut low, mut rest) = (io.output(LOW), io.output(REST));
        for frame in io.frames() {
            let difference = input.at(frame) - state.low;
            state.low += difference * config.0;
            low.set(frame, state.low);
            rest.set(frame, difference);
        }
    }
}

const DIVISOR: Input = Input::knob(1, "divisor", Knob::number(-10.0, 10.0, 1.0), "What to divide by.");

/// Divides the sum of all it has heard, which its state keeps; by zero if it is told to.
pub static DIVIDE: NodeSpec = NodeSpec::lanes::<Divide>("maths.divide", "Divide", Category::Maths)
    .summary("Fails on purpose.")
    .inputs(&[IN, DIVISOR])
    .outputs(&[OUT])
    .checked();

lane_state! { struct DivideState<V> { total: Lanes<V> } }

struct Divide;
impl LaneNode for Divide {
    type State<V: Vector> = DivideState<V>;
    type Config = NoConfig;
    #[inline(always)]
    fn process<V: Vector>(state: &mut DivideState<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let (input, divisor) = (io.input(IN), io.input(DIVISOR));
        let mut out = io.output(OUT);
        for frame in io.frames() {
            // The state goes bad as well: only an instance that starts anew recovers.
            state.total = (state.total + input.at(frame)) / divisor.at(frame);
            out.set(frame, state.total);
        }
    }
}
