//! `fundsp` units as block nodes.
//!
//! Say which ports the unit has and how it is built; [`FundspBlock`] does the rest:
//!
//! ```
//! use jackfield_node::adapt::fundsp::fundsp::prelude32::{AudioUnit, dc, lowpass, pass};
//! use jackfield_node::adapt::fundsp::{FundspBlock, FundspNode};
//! use jackfield_node::prelude::*;
//!
//! const IN: Input = Input::audio(0, "in", "Signal to filter.");
//! const CUTOFF: Input = Input::knob(1, "cutoff", Knob::hertz(20.0, 20_000.0, 1000.0), "Corner.");
//! const OUT: Output = Output::audio(0, "out", "Below the corner.");
//!
//! struct Lowpass;
//! impl FundspNode for Lowpass {
//!     type Config = NoConfig;
//!     const INPUTS: &'static [Input] = &[IN, CUTOFF];
//!     const OUTPUTS: &'static [Output] = &[OUT];
//!     fn unit(_: &NoConfig, _: &Setup, _: u32) -> Box<dyn AudioUnit> {
//!         Box::new((pass() | pass() | dc(0.7)) >> lowpass())
//!     }
//! }
//!
//! static SPEC: NodeSpec = NodeSpec::block::<FundspBlock<Lowpass>>("filter.lowpass", "Low-pass",
//! Category::Filter)
//!     .summary("A low-pass out of fundsp.")
//!     .inputs(&[IN, CUTOFF])
//!     .outputs(&[OUT])
//!     .checked();
//! # let _ = &SPEC;
//! ```

use crate::{BlockIo, BlockNode, Configure, Input, Output, Setup, Unit};
use ::fundsp::MAX_BUFFER_SIZE;
use ::fundsp::audiounit::AudioUnit;
use ::fundsp::buffer::BufferVec;
use ::fundsp::math::AttoHash;
use std::marker::PhantomData;

/// The library itself, in the version that this adapter is built with.
pub use ::fundsp;

/// A node whose sound a `fundsp` unit makes.
pub trait FundspNode: Send + 'static {
    /// What settings become; [`NoConfig`](crate::NoConfig) without settings.
    type Config: Configure;

    /// The node's inputs that go into the unit, one for each of its channels, in the unit's order.
    ///
    /// The unit gets the *shown* value of a knob: hertz, not octaves. Channels without an input here
    /// hear silence.
    const INPUTS: &'static [Input];

    /// The node's outputs that come from the unit, in its order. Outputs without a channel are silent.
    const OUTPUTS: &'static [Output];

    /// An input whose sound goes into the unit's first two channels, beside what goes into each alone.
    const BOTH: Option<Input> = None;

    /// A knob from 0 to 1: how much of each output is the unit's, the rest being what went into the channel.
    const MIX: Option<Input> = None;

    /// A gate that resets the unit as it opens, for one that begins with a sound of its own. Until it opens
    /// for the first time, the outputs are silent. Such a unit computes one frame after another.
    const RESTART: Option<Input> = None;

    /// Whether the unit may compute whole blocks, which is faster. Many units do so with other samples
    /// than one by one: a wavetable oscillator, say, chooses its table once a block. Say yes only for
    /// a unit whose samples are the same in blocks of any size.
    const IN_BLOCKS: bool = false;

    /// Builds the unit. It is then told the sample rate and the seed, and to allocate all it needs.
    /// Control thread.
    fn unit(config: &Self::Config, setup: &Setup, seed: u32) -> Box<dyn AudioUnit>;

    /// Frames by which the unit's outputs lag behind; see [`AudioUnit::latency`].
    fn latency(config: &Self::Config) -> usize {
        let _ = config;
        0
    }
}

/// A `fundsp` unit at work. It computes blocks of any size and adds no latency.
pub struct FundspBlock<N> {
    unit: Box<dyn AudioUnit>,
    input: BufferVec,
    output: BufferVec,
    /// One frame of all channels.
    frame_in: Vec<f32>,
    frame_out: Vec<f32>,
    /// Whether the gate that restarts the unit is open, and whether it ever was.
    is_open: bool,
    has_begun: bool,
    node: PhantomData<N>,
}

impl<N: FundspNode> BlockNode for FundspBlock<N> {
    type Config = N::Config;

    fn new(config: &N::Config, setup: &Setup, seed: u32) -> Self {
        let mut unit = N::unit(config, setup, seed);
        unit.set_sample_rate(f64::from(setup.sample_rate));
        unit.ping(false, AttoHash::new(u64::from(seed)));
        unit.allocate();
        let (input, output) = (BufferVec::new(unit.inputs()), BufferVec::new(unit.outputs()));
        let (frame_in, frame_out) = (vec![0.0; unit.inputs()], vec![0.0; unit.outputs()]);
        let has_begun = N::RESTART.is_none();
        Self { unit, input, output, frame_in, frame_out, is_open: false, has_begun, node: PhantomData }
    }

    fn latency(config: &N::Config) -> usize {
        N::latency(config)
    }

    fn process(&mut self, _: &N::Config, io: &mut BlockIo<'_>) {
        let frames = io.frames().min(MAX_BUFFER_SIZE);
        for (channel, input) in N::INPUTS.iter().enumerate().take(self.input.channels()) {
            let samples = &mut self.input.channel_f32_mut(channel)[..frames];
            take(io, *input, samples);
            if let Some(both) = N::BOTH.filter(|_| channel < 2) {
                samples.iter_mut().zip(io.input(both)).for_each(|(sample, both)| *sample += both);
            }
        }
        if N::IN_BLOCKS && N::RESTART.is_none() {
            self.unit.process(frames, &self.input.buffer_ref(), &mut self.output.buffer_mut());
        } else {
            self.compute_one_by_one(io, frames);
        }
        for (channel, output) in N::OUTPUTS.iter().enumerate() {
            if channel < self.output.channels() {
                let wet = &self.output.channel_f32(channel)[..frames];
                match N::MIX.map(|mix| io.input(mix)) {
                    Some(mix) if channel < self.input.channels() => {
                        let dry = &self.input.channel_f32(channel)[..frames];
                        for (((out, wet), dry), mix) in
                            io.output(*output).iter_mut().zip(wet).zip(dry).zip(mix)
                        {
                            let mix = mix.clamp(0.0, 1.0);
                            *out = dry * (1.0 - mix) + wet * mix;
                        }
                    }
                    _ => io.output(*output).copy_from_slice(wet),
                }
            } else {
                io.hold(*output, 0, 0.0);
            }
        }
    }

    fn reset(&mut self) {
        self.unit.reset();
        (self.is_open, self.has_begun) = (false, N::RESTART.is_none());
    }
}

impl<N: FundspNode> FundspBlock<N> {
    fn compute_one_by_one(&mut self, io: &BlockIo<'_>, frames: usize) {
        let restart = N::RESTART.map(|gate| io.input(gate));
        for frame in 0..frames {
            if let Some(gate) = restart {
                self.follow(gate[frame] > 0.5);
            }
            if !self.has_begun {
                (0..self.output.channels()).for_each(|channel| self.output.set_f32(channel, frame, 0.0));
                continue;
            }
            for (channel, sample) in self.frame_in.iter_mut().enumerate() {
                *sample = self.input.at_f32(channel, frame);
            }
            self.unit.tick(&self.frame_in, &mut self.frame_out);
            for (channel, sample) in self.frame_out.iter().enumerate() {
                self.output.set_f32(channel, frame, *sample);
            }
        }
    }

    /// Begins anew as a gate opens.
    fn follow(&mut self, is_open: bool) {
        if is_open && !self.is_open {
            self.unit.reset();
            self.has_begun = true;
        }
        self.is_open = is_open;
    }
}

/// Of the sample rate, the highest frequency that a knob in hertz says.
const HIGHEST: f32 = 0.45;

/// Writes the shown values of an input. Those of a knob stay within its range, and below half the sample
/// rate: a cable may bring anything, and units trust what they get.
fn take(io: &BlockIo<'_>, input: Input, channel: &mut [f32]) {
    let signal = io.input(input);
    let Some(knob) = input.knob else { return channel.copy_from_slice(signal) };
    let most = if knob.unit == Unit::Hertz { knob.max.min(HIGHEST * io.sample_rate()) } else { knob.max };
    let shown = |signal: f32| knob.to_shown(signal).max(knob.min.min(most)).min(most);
    if io.is_constant(input) {
        channel.fill(shown(signal[0]));
    } else {
        channel.iter_mut().zip(signal).for_each(|(channel, signal)| *channel = shown(*signal));
    }
}
