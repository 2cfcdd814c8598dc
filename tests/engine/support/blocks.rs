//! Block nodes for tests: voices, delays, notes, and the way out.

use jackfield_node::Output;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal.");
const OUT: Output = Output::audio(0, "out", "Signal.");

const VOICES: Setting = Setting::count(0, "voices", 1, 40, 3, "How many.");
const STILL: Setting = Setting::toggle(1, "still", false, "Whether the voices hold still.");
const SPREAD: Input = Input::knob(0, "spread", Knob::bipolar(0.5), "How unlike the voices are.");

/// Makes voices, each at a level of its own and counting at a pace of its own unless it holds still.
pub static VOICES_SPEC: NodeSpec = NodeSpec::block::<Voices>("source.voices", "Voices", Category::Source)
    .summary("Makes voices.")
    .inputs(&[SPREAD])
    .outputs(&[OUT])
    .settings(&[VOICES, STILL])
    .makes_voices(VOICES)
    .checked();

struct Still(bool);
impl Configure for Still {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok(Self(settings.toggle(STILL)?))
    }
}

struct Voices {
    count: u32,
}
impl BlockNode for Voices {
    type Config = Still;
    fn new(_: &Still, _: &Setup, _: u32) -> Self {
        Self { count: 0 }
    }
    fn process(&mut self, config: &Still, io: &mut BlockIo<'_>) {
        let spread = io.input(SPREAD);
        for voice in 0..io.voices() {
            let level = (voice + 1) as f32;
            if config.0 && io.is_constant(SPREAD) {
                io.hold(OUT, voice, level * spread[0]);
                continue;
            }
            let still = config.0;
            for (frame, out) in io.voice(OUT, voice).iter_mut().enumerate() {
                let count = if still { 0 } else { self.count + frame as u32 };
                let saw = (count * (voice as u32 + 3) % 64) as f32 / 64.0;
                *out = (level + saw) * spread[frame];
            }
        }
        self.count = (self.count + io.frames() as u32) % 64;
    }
    fn reset(&mut self) {
        self.count = 0;
    }
}

const ABREAST: Input = Input::audio(1, "abreast", "Voices to tell apart.").side_by_side();

/// Tells the voices at an input apart: adds each with a weight of its own to what it copies.
pub static BESIDE: NodeSpec = NodeSpec::block::<Beside>("mixing.beside", "Beside", Category::Mixing)
    .summary("Weighs voices.")
    .inputs(&[IN, ABREAST])
    .outputs(&[OUT])
    .checked();

struct Beside;
impl BlockNode for Beside {
    type Config = NoConfig;
    fn new(_: &NoConfig, _: &Setup, _: u32) -> Self {
        Self
    }
    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let (input, voices) = (io.input(IN), io.voices_of(ABREAST));
        for (frame, out) in io.output(OUT).iter_mut().enumerate() {
            let weighted =
                voices.iter().enumerate().map(|(voice, signal)| (voice + 1) as f32 * signal[frame]);
            *out = 0.5 * input[frame] + 0.01 * weighted.sum::<f32>();
        }
    }
    fn reset(&mut self) {}
}

const FRAMES: Setting = Setting::count(0, "frames", 1, 1000, 10, "How long.");
const LATE: Setting = Setting::toggle(1, "late", false, "Whether the delay is reported as latency.");

/// A delay of whole frames, which may count as latency.
pub static DELAY: NodeSpec = NodeSpec::block::<Delay>("effect.ring", "Ring", Category::Effect)
    .summary("Waits.")
    .inputs(&[IN])
    .outputs(&[OUT])
    .settings(&[FRAMES, LATE])
    .checked();

struct Length {
    frames: usize,
    is_latency: bool,
}
impl Configure for Length {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok(Self { frames: settings.count(FRAMES)? as usize, is_latency: settings.toggle(LATE)? })
    }
}

struct Delay {
    ring: Vec<f32>,
    at: usize,
}
impl BlockNode for Delay {
    type Config = Length;
    fn new(_: &Length, _: &Setup, _: u32) -> Self {
        Self { ring: vec![0.0; 1001], at: 0 }
    }
    fn latency(config: &Length) -> usize {
        if config.is_latency { config.frames } else { 0 }
    }
    fn process(&mut self, config: &Length, io: &mut BlockIo<'_>) {
        let input = io.input(IN);
        let length = self.ring.len();
        for (out, &sample) in io.output(OUT).iter_mut().zip(input) {
            self.ring[self.at] = sample;
            *out = self.ring[(self.at + length - config.frames) % length];
            self.at = (self.at + 1) % length;
        }
    }
    fn reset(&mut self) {
        self.ring.fill(0.0);
    }
}

const FACTOR: Setting = Setting::count(0, "factor", 1, 9, 1, "How loud.");
const FREE: Setting = Setting::toggle(1, "free", true, "Whether it follows a change of settings.");

/// Adds up what it hears, and says it so loud. What it remembers survives a change of the factor, if it is
/// free.
pub static SAVER: NodeSpec = NodeSpec::block::<Saver>("effect.saver", "Saver", Category::Effect)
    .summary("Remembers everything.")
    .inputs(&[IN])
    .outputs(&[OUT])
    .settings(&[FACTOR, FREE])
    .checked();

struct Factor {
    factor: f32,
    is_free: bool,
}
impl Configure for Factor {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok(Self { factor: settings.count(FACTOR)? as f32, is_free: settings.toggle(FREE)? })
    }
}

struct Saver {
    sum: f32,
}
impl BlockNode for Saver {
    type Config = Factor;
    fn new(_: &Factor, _: &Setup, _: u32) -> Self {
        Self { sum: 0.0 }
    }
    fn follows(before: &Factor, after: &Factor) -> bool {
        before.is_free && after.is_free
    }
    fn process(&mut self, config: &Factor, io: &mut BlockIo<'_>) {
        let input = io.input(IN);
        for (out, sample) in io.output(OUT).iter_mut().zip(input) {
            self.sum += sample;
            *out = self.sum * config.factor;
        }
    }
    fn reset(&mut self) {
        self.sum = 0.0;
    }
}

const FAIL: Input = Input::knob(1, "fail", Knob::unit(0.0), "Fails above a half.");

/// Passes its signal, until told to fail; then it is infinite for good, unless it starts anew.
pub static FAULTY: NodeSpec = NodeSpec::block::<Faulty>("effect.faulty", "Faulty", Category::Effect)
    .summary("Fails on purpose.")
    .inputs(&[IN, FAIL])
    .outputs(&[OUT])
    .checked();

struct Faulty {
    factor: f32,
}
impl BlockNode for Faulty {
    type Config = NoConfig;
    fn new(_: &NoConfig, _: &Setup, _: u32) -> Self {
        Self { factor: 1.0 }
    }
    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let (input, fail) = (io.input(IN), io.input(FAIL));
        for ((out, sample), fail) in io.output(OUT).iter_mut().zip(input).zip(fail) {
            if *fail > 0.5 {
                self.factor = f32::INFINITY;
            }
            *out = sample * self.factor;
        }
    }
    fn reset(&mut self) {
        self.factor = 1.0;
    }
}

const VELOCITY: Output = Output::control(0, "velocity", "Of the last note.");
const TICK: Output = Output::gate(1, "tick", "1 in the frame of a note.");

/// Tells at which frames notes come in.
pub static NOTES: NodeSpec = NodeSpec::block::<Notes>("time.notes", "Notes", Category::Time)
    .summary("Hears MIDI.")
    .outputs(&[VELOCITY, TICK])
    .checked();

struct Notes {
    velocity: f32,
}
impl BlockNode for Notes {
    type Config = NoConfig;
    fn new(_: &NoConfig, _: &Setup, _: u32) -> Self {
        Self { velocity: 0.0 }
    }
    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let events = io.events();
        let (velocity, tick) = io.output_pair(VELOCITY, TICK);
        tick.fill(0.0);
        let mut next = events.iter().peekable();
        for (frame, out) in velocity.iter_mut().enumerate() {
            while let Some(event) = next.next_if(|event| event.frame <= frame) {
                self.velocity = f32::from(event.midi[2]);
                tick[frame] += 1.0;
            }
            *out = self.velocity;
        }
    }
    fn reset(&mut self) {
        self.velocity = 0.0;
    }
}

const LEFT: Input = Input::audio(0, "left", "Channel 0.").sum();
const RIGHT: Input = Input::audio(1, "right", "Channel 1.").sum();

const THROUGH: Output = Output::audio(0, "through", "The left signal.");

/// Channels 0 and 1 of the device.
pub static SINK: NodeSpec = NodeSpec::block::<Sink>("device.sink", "Sink", Category::Device)
    .summary("Is heard.")
    .inputs(&[LEFT, RIGHT])
    .outputs(&[THROUGH])
    .sink()
    .checked();

struct Sink;
impl BlockNode for Sink {
    type Config = NoConfig;
    fn new(_: &NoConfig, _: &Setup, _: u32) -> Self {
        Self
    }
    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let left = io.input(LEFT);
        io.output(THROUGH).copy_from_slice(left);
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

/// Frames by which what goes into a [`LATE_SINK`] is late.
const LATENESS: usize = 95;

/// Channel 0 of the device, as late as a limiter is that looks ahead.
pub static LATE_SINK: NodeSpec =
    NodeSpec::block::<LateSink>("device.late_sink", "Late sink", Category::Device)
        .summary("Is heard late.")
        .inputs(&[LEFT])
        .outputs(&[THROUGH])
        .sink()
        .checked();

struct LateSink {
    held_back: [f32; LATENESS],
    at: usize,
}
impl BlockNode for LateSink {
    type Config = NoConfig;
    fn new(_: &NoConfig, _: &Setup, _: u32) -> Self {
        Self { held_back: [0.0; LATENESS], at: 0 }
    }
    fn latency(_: &NoConfig) -> usize {
        LATENESS
    }
    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let input = io.input(LEFT);
        for (frame, &sample) in input.iter().enumerate() {
            let late = std::mem::replace(&mut self.held_back[self.at], sample);
            self.at = (self.at + 1) % LATENESS;
            io.output(THROUGH)[frame] = late;
            if let Some(out) = io.device_output(0) {
                out[frame] += late;
            }
        }
    }
    fn reset(&mut self) {
        self.held_back.fill(0.0);
    }
}
