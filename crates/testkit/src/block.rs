//! Runs one block node outside of an engine, the way the engine would: block by block, with the
//! knobs' values added up, and with allocation counted.

use crate::allocation;
use jackfield_node::dsp::BLOCK;
use jackfield_node::{
    AnyBlock, AnyConfig, AssetSource, BlockIo, BlockTable, ConfigError, DeviceIo, Event, Input, Midi,
    MidiOut, NoAssets, NodeKind, NodeSpec, Output, Outside, Setting, SettingValue, Settings, Setup,
    Transport, TransportChange, VoiceSource,
};
use std::ops::Range;

/// What stands at an input.
#[derive(Clone, Debug)]
enum InputSamples {
    /// One value for ever.
    Held(f32),
    /// Samples, then the last of them for ever.
    Samples(Vec<f32>),
}

/// How a [`BlockHarness`] is made; start with [`BlockHarness::of`].
pub struct BlockHarnessBuilder<'a> {
    spec: &'static NodeSpec,
    settings: Settings,
    sample_rate: f32,
    assets: &'a dyn AssetSource,
    seed: u32,
    voice: usize,
}

impl<'a> BlockHarnessBuilder<'a> {
    /// Another sample rate than 48,000.
    pub fn sample_rate(mut self, sample_rate: f32) -> Self {
        self.sample_rate = sample_rate;
        self
    }

    /// Another value for a setting. Panics when it does not fit.
    pub fn setting(mut self, setting: Setting, value: impl Into<SettingValue>) -> Self {
        self.settings.set(&setting, value.into()).expect("the value fits the setting");
        self
    }

    /// All settings at once, in the spec's order.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Files for the node.
    pub fn assets(mut self, assets: &'a dyn AssetSource) -> Self {
        self.assets = assets;
        self
    }

    /// Another seed than 1.
    pub fn seed(mut self, seed: u32) -> Self {
        self.seed = seed;
        self
    }

    /// Another voice than 0, the first.
    pub fn voice(mut self, voice: usize) -> Self {
        self.voice = voice;
        self
    }

    /// Prepares the config and builds the node.
    pub fn start(self) -> Result<BlockHarness, ConfigError> {
        let NodeKind::Block(table) = self.spec.kind else { panic!("{} is no block node", self.spec.id) };
        let setup = Setup { sample_rate: self.sample_rate, assets: self.assets };
        let config = (table.configure)(&self.settings, &setup)?;
        let block = (table.build)(&*config, &setup, self.seed, self.voice);
        let block = block.expect("the config is this node's own");
        let voices = match self.spec.voices {
            VoiceSource::Follow => 1,
            VoiceSource::Setting(index) => match self.settings.values()[index] {
                SettingValue::Count(count) => count as usize,
                _ => panic!("{} counts its voices", self.spec.id),
            },
        };
        let rest = |input: &Input| input.knob.map_or(0.0, |knob| knob.to_signal(knob.default));
        Ok(BlockHarness {
            spec: self.spec,
            table,
            config,
            block,
            voices,
            sample_rate: self.sample_rate,
            block_size: BLOCK,
            signals: self.spec.inputs.iter().map(|input| InputSamples::Held(rest(input))).collect(),
            side_by_side: Vec::new(),
            events: Vec::new(),
            device_inputs: Vec::new(),
            device_outputs: 2,
            violations: 0,
            transport: Transport::new(self.sample_rate),
            sent: MidiOut::with_room_for(256),
        })
    }
}

/// One instance of a block node and what is plugged into it.
pub struct BlockHarness {
    spec: &'static NodeSpec,
    table: BlockTable,
    config: AnyConfig,
    block: Box<dyn AnyBlock>,
    voices: usize,
    sample_rate: f32,
    block_size: usize,
    /// One per input, then the voices of inputs that take them side by side.
    signals: Vec<InputSamples>,
    /// Where in `signals` the voices of each input stand; empty if none was given voices.
    side_by_side: Vec<Range<usize>>,
    events: Vec<Event>,
    device_inputs: Vec<Vec<f32>>,
    device_outputs: usize,
    violations: u32,
    transport: Transport,
    sent: MidiOut,
}

/// What a run computed.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockRun {
    voices: usize,
    outputs: Vec<Vec<f32>>,
    held: Vec<Vec<bool>>,
    /// What went to each channel of the sound device.
    pub device: Vec<Vec<f32>>,
    /// The MIDI messages that the node sent; frames count from the start of the run.
    pub sent: Vec<Event>,
}

impl BlockRun {
    /// Voice 0 of an output.
    pub fn output(&self, output: Output) -> &[f32] {
        self.voice(output, 0)
    }

    /// One voice of an output.
    pub fn voice(&self, output: Output, voice: usize) -> &[f32] {
        &self.outputs[output.index * self.voices + voice]
    }

    /// Whether the node said in every block that this voice of an output holds still.
    pub fn is_held(&self, output: Output, voice: usize) -> bool {
        self.held[output.index * self.voices + voice].iter().all(|held| *held)
    }

    /// All outputs, voice by voice within output by output.
    pub fn all(&self) -> &[Vec<f32>] {
        &self.outputs
    }
}

impl BlockHarness {
    /// A harness for a node type with default settings at 48 kHz.
    pub fn of(spec: &'static NodeSpec) -> BlockHarnessBuilder<'static> {
        BlockHarnessBuilder {
            spec,
            settings: Settings::defaults(spec.settings),
            sample_rate: 48_000.0,
            assets: &NoAssets,
            seed: 1,
            voice: 0,
        }
    }

    /// A harness with everything at its default. Panics when the node can't be prepared so.
    pub fn new(spec: &'static NodeSpec) -> Self {
        Self::of(spec).start().expect("a node works with its default settings")
    }

    /// Turns a knob to a shown value.
    pub fn turn(&mut self, input: Input, shown: f32) -> &mut Self {
        let knob = input.knob.expect("the input has a knob");
        self.signals[input.index] = InputSamples::Held(knob.to_signal(shown));
        self
    }

    /// Holds an input at a signal value.
    pub fn hold(&mut self, input: Input, value: f32) -> &mut Self {
        self.signals[input.index] = InputSamples::Held(value);
        self
    }

    /// Plugs samples into an input, from the next run's first frame on. The last one stays.
    pub fn plug(&mut self, input: Input, samples: Vec<f32>) -> &mut Self {
        self.signals[input.index] = InputSamples::Samples(samples);
        self
    }

    /// Plugs the samples of each voice into an input that takes voices side by side. Once for each input.
    pub fn plug_voices(&mut self, input: Input, voices: Vec<Vec<f32>>) -> &mut Self {
        self.side_by_side.resize(self.spec.inputs.len(), 0..0);
        self.side_by_side[input.index] = self.signals.len()..self.signals.len() + voices.len();
        self.signals.extend(voices.into_iter().map(InputSamples::Samples));
        self
    }

    /// Plugs shown values into a knob, one a frame.
    pub fn sweep(&mut self, input: Input, shown: impl IntoIterator<Item = f32>) -> &mut Self {
        let knob = input.knob.expect("the input has a knob");
        self.plug(input, shown.into_iter().map(|shown| knob.to_signal(shown)).collect())
    }

    /// Adds a MIDI message at a frame of the next run. Those of one frame keep their order.
    pub fn midi(&mut self, frame: usize, midi: Midi) -> &mut Self {
        self.events.push(Event { frame, midi });
        self.events.sort_by_key(|event| event.frame);
        self
    }

    /// What the sound device hears in the next run, channel by channel.
    pub fn device_inputs(&mut self, channels: Vec<Vec<f32>>) -> &mut Self {
        self.device_inputs = channels;
        self
    }

    /// How many output channels the sound device has; 2 unless told.
    pub fn device_outputs(&mut self, channels: usize) -> &mut Self {
        self.device_outputs = channels;
        self
    }

    /// Frames to a block, 1 to 64; 64 unless told.
    pub fn block_size(&mut self, frames: usize) -> &mut Self {
        assert!((1..=BLOCK).contains(&frames), "a block has 1 to 64 frames");
        self.block_size = frames;
        self
    }

    /// Changes the shared beat at the next run's first frame. Without, it plays from 0 at 120 beats per
    /// minute.
    pub fn transport(&mut self, change: TransportChange) -> &mut Self {
        self.transport.change(change, self.sample_rate);
        self
    }

    /// Forgets the past and the messages still to come, and goes back to beat 0.
    pub fn reset(&mut self) -> &mut Self {
        self.events.clear();
        self.transport.change(TransportChange::Locate(0.0), self.sample_rate);
        let block = &mut self.block;
        let violations = allocation::count(|| block.reset()).1;
        self.violations = self.violations.max(violations);
        self
    }

    /// The latency the node reports, in frames.
    pub fn latency(&self) -> usize {
        (self.table.latency)(&*self.config)
    }

    /// Frames per second.
    pub fn sample_rate(&self) -> f32 {
        self.sample_rate
    }

    /// Allocations and frees within the node, in the first block that had any; see [`allocation`].
    pub fn violations(&self) -> u32 {
        self.violations
    }

    /// Computes `frames` frames.
    pub fn run(&mut self, frames: usize) -> BlockRun {
        let ports = self.spec.outputs.len() * self.voices;
        let mut run = BlockRun {
            voices: self.voices,
            outputs: vec![vec![f32::NAN; frames]; ports],
            held: vec![Vec::new(); ports],
            device: vec![Vec::with_capacity(frames); self.device_outputs],
            sent: Vec::new(),
        };
        let mut start = 0;
        while start < frames {
            let size = self.block_size.min(frames - start);
            self.run_block(start, size, &mut run);
            start += size;
        }
        for signal in &mut self.signals {
            if let InputSamples::Samples(samples) = signal {
                samples.drain(..frames.min(samples.len().saturating_sub(1)));
            }
        }
        self.events.retain_mut(|event| {
            let is_later = event.frame >= frames;
            event.frame = event.frame.saturating_sub(frames);
            is_later
        });
        self.device_inputs.iter_mut().for_each(|channel| drop(channel.drain(..frames.min(channel.len()))));
        run
    }

    /// Computes a block of what is plugged in again and again, for those who measure time: next to nothing is
    /// done besides.
    pub fn repeat_block(&mut self, times: usize) {
        let mut block = self.given(0, BLOCK);
        let mut memory = vec![vec![0.0; BLOCK]; self.spec.outputs.len() * self.voices];
        let mut held = vec![false; memory.len()];
        for _ in 0..times {
            let outputs = memory.iter_mut().map(Vec::as_mut_slice).collect();
            self.process(&mut block, outputs, &mut held);
            self.sent.clear();
        }
    }

    /// What is plugged in, for the block of `size` frames from `start`.
    fn given(&self, start: usize, size: usize) -> BlockInputs {
        let in_block = |event: &&Event| (start..start + size).contains(&event.frame);
        BlockInputs {
            frames: size,
            inputs: self.signals.iter().map(|signal| signal.block(start, size)).collect(),
            constant_inputs: self.constant_inputs(),
            events: (self.events.iter().filter(in_block))
                .map(|event| Event { frame: event.frame - start, midi: event.midi })
                .collect(),
            from_device: self.device_block(start, size),
            to_device: vec![vec![0.0; size]; self.device_outputs],
        }
    }

    /// Lets the node compute a block, and the beat go on.
    fn process(&mut self, given: &mut BlockInputs, outputs: Vec<&mut [f32]>, held: &mut [bool]) {
        // Bound anew, it lives no longer than what else the node gets.
        let mut outputs = outputs;
        let inputs: Vec<&[f32]> = given.inputs.iter().map(Vec::as_slice).collect();
        let outside = Outside {
            first: 0,
            events: &given.events,
            sent: &mut self.sent,
            transport: &self.transport,
            device: DeviceIo { inputs: &given.from_device, outputs: &mut given.to_device },
        };
        let mut io = BlockIo::new(
            given.frames,
            self.sample_rate,
            &inputs,
            &mut outputs,
            self.voices,
            given.constant_inputs,
            held,
            outside,
        )
        .with_voices(&self.side_by_side);
        let (block, config) = (&mut self.block, &*self.config);
        // The guard prints a line for each block with a violation. One is enough.
        if self.violations == 0 {
            self.violations = allocation::count(|| block.process(config, &mut io)).1;
        } else {
            block.process(config, &mut io);
        }
        self.transport.advance(given.frames);
    }

    /// What comes from the device in a block; silence behind the end of what was given.
    fn device_block(&self, start: usize, size: usize) -> Vec<Vec<f32>> {
        let block = |channel: &Vec<f32>| {
            (start..start + size).map(|frame| channel.get(frame).copied().unwrap_or(0.0)).collect()
        };
        self.device_inputs.iter().map(block).collect()
    }

    /// A bit for each input that holds still.
    fn constant_inputs(&self) -> u64 {
        let is_held =
            |(i, signal): (usize, &InputSamples)| u64::from(matches!(signal, InputSamples::Held(_))) << i;
        self.signals.iter().enumerate().map(is_held).sum()
    }

    /// Computes the block of `size` frames from `start` into `run`.
    fn run_block(&mut self, start: usize, size: usize, run: &mut BlockRun) {
        let mut given = self.given(start, size);
        let outputs: Vec<&mut [f32]> =
            run.outputs.iter_mut().map(|output| &mut output[start..start + size]).collect();
        let mut held = vec![false; outputs.len()];
        self.process(&mut given, outputs, &mut held);
        run.sent.extend(
            self.sent.events().iter().map(|event| Event { frame: start + event.frame, midi: event.midi }),
        );
        self.sent.clear();
        // Of an output that holds still only the first frame is written.
        for (output, _) in run.outputs.iter_mut().zip(&held).filter(|(_, held)| **held) {
            let value = output[start];
            output[start..start + size].fill(value);
        }
        run.held.iter_mut().zip(held).for_each(|(all, held)| all.push(held));
        run.device.iter_mut().zip(given.to_device).for_each(|(all, block)| all.extend(block));
    }
}

/// What stands at a node's ports during a block, but for its outputs.
struct BlockInputs {
    frames: usize,
    inputs: Vec<Vec<f32>>,
    constant_inputs: u64,
    events: Vec<Event>,
    from_device: Vec<Vec<f32>>,
    to_device: Vec<Vec<f32>>,
}

impl InputSamples {
    fn block(&self, start: usize, size: usize) -> Vec<f32> {
        match self {
            Self::Held(value) => vec![*value; size],
            Self::Samples(samples) => {
                let last = samples.last().copied().unwrap_or(0.0);
                (start..start + size).map(|i| samples.get(i).copied().unwrap_or(last)).collect()
            }
        }
    }
}
