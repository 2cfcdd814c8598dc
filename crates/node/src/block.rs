//! Block nodes: own heap state (delay lines, reverbs, files, MIDI), built on the control thread,
//! computed once per instance on plain slices.

use crate::{
    AnyConfig, ConfigError, Configure, Event, Input, Midi, Output, Outside, Settings, Setup, Transport,
};
use std::any::Any;
use std::ops::Range;
use std::sync::Arc;

/// A node computed on slices.
///
/// ```
/// use jackfield_node::prelude::*;
///
/// const IN: Input = Input::audio(0, "in", "Sound.");
/// const OUT: Output = Output::audio(0, "out", "The same, a hundred frames later.");
/// static SPEC: NodeSpec = NodeSpec::block::<Late>("effect.late", "Late", Category::Effect)
///     .summary("Delays by a hundred frames.")
///     .inputs(&[IN])
///     .outputs(&[OUT])
///     .checked();
///
/// struct Late {
///     line: Vec<f32>,
///     next: usize,
/// }
///
/// impl BlockNode for Late {
///     type Config = NoConfig;
///
///     fn new(_: &NoConfig, _: &Setup, _: u32) -> Self {
///         Self { line: vec![0.0; 100], next: 0 }
///     }
///
///     fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
///         let input = io.input(IN);
///         for (out, sample) in io.output(OUT).iter_mut().zip(input) {
///             *out = std::mem::replace(&mut self.line[self.next], *sample);
///             self.next = (self.next + 1) % self.line.len();
///         }
///     }
///
///     fn reset(&mut self) {
///         self.line.fill(0.0);
///     }
/// }
/// # let _ = &SPEC;
/// ```
pub trait BlockNode: Send + 'static {
    /// What settings become; [`NoConfig`](crate::NoConfig) without settings.
    type Config: Configure;

    /// Builds an instance, with all the memory it will ever use. `seed` differs between patches,
    /// nodes and voices. Control thread.
    fn new(config: &Self::Config, setup: &Setup, seed: u32) -> Self;

    /// [`new`](Self::new) for a node that treats its voices differently: `voice` counts them from 0. Control
    /// thread.
    fn new_voice(config: &Self::Config, setup: &Setup, seed: u32, voice: usize) -> Self
    where
        Self: Sized,
    {
        let _ = voice;
        Self::new(config, setup, seed)
    }

    /// Frames by which the outputs lag behind the inputs. Control thread.
    fn latency(config: &Self::Config) -> usize {
        let _ = config;
        0
    }

    /// Whether an instance that was computed with one config may go on with another: it keeps what it
    /// remembers, and makes the change itself, without a click, when `process` brings the new config.
    /// Otherwise a change of settings builds another instance, and fades from the old to the new. Control
    /// thread.
    fn follows(before: &Self::Config, after: &Self::Config) -> bool {
        let _ = (before, after);
        false
    }

    /// Computes one block of up to 64 frames. Every output must be written. Audio thread: no
    /// allocation, no lock, no panic.
    fn process(&mut self, config: &Self::Config, io: &mut BlockIo<'_>);

    /// Forgets the past, as if just built. Audio thread: no allocation, no free.
    fn reset(&mut self);
}

/// A block node instance of any type.
pub trait AnyBlock: Send {
    /// Computes one block; `config` must be the node type's own. Audio thread.
    fn process(&mut self, config: &(dyn Any + Send + Sync), io: &mut BlockIo<'_>);
    /// Forgets the past. Audio thread.
    fn reset(&mut self);
}

impl<N: BlockNode> AnyBlock for N {
    fn process(&mut self, config: &(dyn Any + Send + Sync), io: &mut BlockIo<'_>) {
        match config.downcast_ref() {
            Some(config) => BlockNode::process(self, config, io),
            None => io.silence(),
        }
    }
    fn reset(&mut self) {
        BlockNode::reset(self);
    }
}

/// What the engine knows of a block node type.
#[derive(Clone, Copy)]
pub struct BlockTable {
    /// Prepares a config. Control thread.
    pub configure: fn(&Settings, &Setup) -> Result<AnyConfig, ConfigError>,
    /// Builds an instance; `None` for another node type's config. Control thread.
    pub build: fn(&(dyn Any + Send + Sync), &Setup, seed: u32, voice: usize) -> Option<Box<dyn AnyBlock>>,
    /// Latency in frames; 0 for another node type's config.
    pub latency: fn(&(dyn Any + Send + Sync)) -> usize,
    /// Whether an instance computed with the first config may go on with the second; see
    /// [`BlockNode::follows`].
    pub follows: fn(&(dyn Any + Send + Sync), &(dyn Any + Send + Sync)) -> bool,
}

impl BlockTable {
    /// The table of a node type.
    pub const fn of<N: BlockNode>() -> Self {
        Self {
            configure: |settings, setup| Ok(Arc::new(N::Config::configure(settings, setup)?)),
            build: |config, setup, seed, voice| {
                let config = config.downcast_ref()?;
                Some(Box::new(N::new_voice(config, setup, seed, voice)))
            },
            latency: |config| config.downcast_ref().map_or(0, N::latency),
            follows: |before, after| match (before.downcast_ref(), after.downcast_ref()) {
                (Some(before), Some(after)) => N::follows(before, after),
                _ => false,
            },
        }
    }
}

/// The ports of a block node for one block. Audio thread.
///
/// Audio thread. The engine keeps the memory of one of these between blocks, so filling it allocates nothing.
pub struct BlockIo<'a> {
    frames: usize,
    sample_rate: f32,
    inputs: &'a [&'a [f32]],
    /// Where in `inputs` the voices of each input stand that takes them side by side. Empty: no input does.
    side_by_side: &'a [Range<usize>],
    outputs: &'a mut [&'a mut [f32]],
    voices: usize,
    constant_inputs: u64,
    constant_outputs: &'a mut [bool],
    outside: Outside<'a>,
}

impl<'a> BlockIo<'a> {
    /// Describes a block. `inputs` has one slice per input; `outputs` and `constant_outputs` have
    /// `voices` entries per output, output by output; bit `i` of `constant_inputs` tells that input
    /// `i` holds still; every slice is `frames` long.
    #[expect(clippy::too_many_arguments, reason = "the parts live in different places of a plan")]
    pub fn new(
        frames: usize,
        sample_rate: f32,
        inputs: &'a [&'a [f32]],
        outputs: &'a mut [&'a mut [f32]],
        voices: usize,
        constant_inputs: u64,
        constant_outputs: &'a mut [bool],
        outside: Outside<'a>,
    ) -> Self {
        let side_by_side = &[];
        Self {
            frames,
            sample_rate,
            inputs,
            side_by_side,
            outputs,
            voices,
            constant_inputs,
            constant_outputs,
            outside,
        }
    }

    /// With voices side by side: for each input the range of the slices that are its voices, not empty where
    /// it takes them so.
    pub fn with_voices(self, side_by_side: &'a [Range<usize>]) -> Self {
        Self { side_by_side, ..self }
    }

    /// Frames to compute, 1 to 64.
    #[inline]
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Frames per second.
    pub fn sample_rate(&self) -> f32 {
        self.sample_rate
    }

    /// The signal at an input: cables and knob added up.
    ///
    /// # Panics
    ///
    /// For an input of another spec.
    #[inline]
    pub fn input(&self, input: Input) -> &'a [f32] {
        self.inputs[input.index]
    }

    /// The voices at an input that takes them [side by side](crate::Gathering::SideBySide): at least one.
    ///
    /// # Panics
    ///
    /// For an input of another spec.
    pub fn voices_of(&self, input: Input) -> &'a [&'a [f32]] {
        match self.side_by_side.get(input.index) {
            Some(voices) if !voices.is_empty() => &self.inputs[voices.clone()],
            _ => &self.inputs[input.index..=input.index],
        }
    }

    /// Whether all frames of this input are equal in this block.
    #[inline]
    pub fn is_constant(&self, input: Input) -> bool {
        self.constant_inputs >> input.index & 1 != 0
    }

    /// How many voices each output has.
    #[inline]
    pub fn voices(&self) -> usize {
        self.voices
    }

    /// Where an output's samples go: voice 0, the only one unless the node makes voices.
    ///
    /// # Panics
    ///
    /// For an output of another spec.
    #[inline]
    pub fn output(&mut self, output: Output) -> &mut [f32] {
        self.voice(output, 0)
    }

    /// Where one voice of an output goes.
    ///
    /// # Panics
    ///
    /// For a voice the node does not have, or an output of another spec.
    #[inline]
    pub fn voice(&mut self, output: Output, voice: usize) -> &mut [f32] {
        assert!(voice < self.voices, "the voice belongs to this node");
        self.outputs[output.index * self.voices + voice]
    }

    /// Voice 0 of two different outputs at once.
    ///
    /// # Panics
    ///
    /// For one output twice, or an output of another spec.
    pub fn output_pair(&mut self, first: Output, second: Output) -> (&mut [f32], &mut [f32]) {
        let positions = [first.index * self.voices, second.index * self.voices];
        let [first, second] =
            self.outputs.get_disjoint_mut(positions).expect("two different outputs of this node");
        (first, second)
    }

    /// Writes one value to all frames of a voice and tells the nodes behind that it holds still,
    /// which saves them work.
    ///
    /// # Panics
    ///
    /// As [`voice`](Self::voice).
    #[inline]
    pub fn hold(&mut self, output: Output, voice: usize, value: f32) {
        // What holds still is read from its first frame.
        self.voice(output, voice)[0] = value;
        self.constant_outputs[output.index * self.voices + voice] = true;
    }

    /// Writes silence to every output.
    pub fn silence(&mut self) {
        for output in self.outputs.iter_mut() {
            output.fill(0.0);
        }
    }

    /// MIDI messages in this block, in order of time.
    pub fn events(&self) -> &'a [Event] {
        self.outside.events
    }

    /// Sends a MIDI message to the outside at a frame of this block. When very many are sent at once, some
    /// are dropped.
    pub fn send(&mut self, frame: usize, midi: Midi) {
        let frame = self.outside.first + frame.min(self.frames - 1);
        self.outside.sent.send(Event { frame, midi });
    }

    /// The beat that the patch shares. For the beat at a frame of this block see [`beat`](Self::beat).
    pub fn transport(&self) -> &'a Transport {
        self.outside.transport
    }

    /// The beat at a frame of this block, in quarter notes. The same bits at any block size.
    pub fn beat(&self, frame: usize) -> f64 {
        self.outside.transport.beat(self.outside.first + frame)
    }

    /// A channel of the sound device's input, if it has that many.
    pub fn device_input(&self, channel: usize) -> Option<&[f32]> {
        let first = self.outside.first;
        self.outside.device.inputs.get(channel).map(|samples| &samples[first..first + self.frames])
    }

    /// A channel of the sound device's output, if it has that many. Add to it.
    pub fn device_output(&mut self, channel: usize) -> Option<&mut [f32]> {
        let (first, end) = (self.outside.first, self.outside.first + self.frames);
        self.outside.device.outputs.get_mut(channel).map(|samples| &mut samples[first..end])
    }

    /// Output channels of the sound device.
    pub fn device_output_channels(&self) -> usize {
        self.outside.device.outputs.len()
    }
}
