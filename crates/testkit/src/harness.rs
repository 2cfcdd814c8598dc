//! One node of either kind, with everything a check needs to do to it.

use crate::allocation;
use crate::block::BlockHarness;
use jackfield_node::harness::LaneHarness;
use jackfield_node::{Input, InstructionSet, Midi, NodeKind, NodeSpec, Settings};

/// How a node is built.
#[derive(Clone, Debug)]
pub struct HarnessConfig {
    /// All settings, in the spec's order.
    pub settings: Settings,
    /// In hertz.
    pub sample_rate: f32,
    /// Of the first lane.
    pub seed: u32,
    /// Lanes of a lane node: 1, 4, 8 or 16.
    pub width: usize,
    /// Which instructions a lane node uses.
    pub set: InstructionSet,
}

impl HarnessConfig {
    /// Default settings at 48 kHz, one lane.
    pub fn of(spec: &NodeSpec) -> Self {
        Self {
            settings: Settings::defaults(spec.settings),
            sample_rate: 48_000.0,
            seed: 1,
            width: 1,
            set: InstructionSet::best(),
        }
    }

    /// The node, ready to run.
    ///
    /// # Panics
    ///
    /// When the node can't be prepared, or the machine lacks the instruction set.
    pub fn start(&self, spec: &'static NodeSpec) -> Box<dyn NodeHarness> {
        let settings = self.settings.clone();
        match spec.kind {
            NodeKind::Lanes(_) => {
                let builder = LaneHarness::of(spec).settings(settings).sample_rate(self.sample_rate);
                let builder = builder.seed(self.seed).width(self.width).instruction_set(self.set);
                Box::new(builder.start().expect("valid settings work"))
            }
            NodeKind::Block(_) => {
                let builder = BlockHarness::of(spec).settings(settings).sample_rate(self.sample_rate);
                Box::new(builder.seed(self.seed).start().expect("valid settings work"))
            }
        }
    }
}

/// What [`LaneHarness`] and [`BlockHarness`] have in common. The methods do what those of the same name do
/// there.
pub trait NodeHarness {
    /// Holds an input at a signal value.
    fn hold(&mut self, input: Input, value: f32);
    /// Plugs samples into an input, from the next run's first frame on. The last one stays.
    fn plug(&mut self, input: Input, samples: Vec<f32>);
    /// Sends MIDI and sound of the device in the next run, which lane nodes don't hear.
    fn send(&mut self, midi: &[(usize, Midi)], device: &[Vec<f32>]);
    /// Frames to a block, 1 to 64.
    fn block_size(&mut self, frames: usize);
    /// Forgets the past.
    fn reset(&mut self);
    /// The latency the node reports, in frames.
    fn latency(&self) -> usize;
    /// Allocations and frees within the node: within all runs of a block node, in a few blocks of a lane
    /// node.
    fn violations(&mut self) -> u32;
    /// Computes a block again and again.
    fn repeat_block(&mut self, times: usize);
    /// All outputs with all voices or lanes, which are as many as `lanes` says.
    fn run(&mut self, frames: usize) -> Vec<Vec<f32>>;
    /// Lanes of a lane node, 1 for a block node.
    fn lanes(&self) -> usize;
}

impl dyn NodeHarness {
    /// All outputs of one lane.
    pub fn run_lane(&mut self, frames: usize, lane: usize) -> Vec<Vec<f32>> {
        let lanes = self.lanes();
        self.run(frames).into_iter().skip(lane).step_by(lanes).collect()
    }
}

impl NodeHarness for LaneHarness {
    fn hold(&mut self, input: Input, value: f32) {
        LaneHarness::hold(self, input, value);
    }

    fn plug(&mut self, input: Input, samples: Vec<f32>) {
        LaneHarness::plug(self, input, samples);
    }

    fn send(&mut self, _: &[(usize, Midi)], _: &[Vec<f32>]) {}

    fn block_size(&mut self, frames: usize) {
        LaneHarness::block_size(self, frames);
    }

    fn reset(&mut self) {
        LaneHarness::reset(self);
    }

    fn latency(&self) -> usize {
        LaneHarness::latency(self)
    }

    fn violations(&mut self) -> u32 {
        let mut block = self.prepare_block();
        allocation::count(|| block.repeat(8)).1
    }

    fn repeat_block(&mut self, times: usize) {
        self.prepare_block().repeat(times);
    }

    fn run(&mut self, frames: usize) -> Vec<Vec<f32>> {
        LaneHarness::run(self, frames).all().concat()
    }

    fn lanes(&self) -> usize {
        self.width()
    }
}

impl NodeHarness for BlockHarness {
    fn hold(&mut self, input: Input, value: f32) {
        BlockHarness::hold(self, input, value);
    }

    fn plug(&mut self, input: Input, samples: Vec<f32>) {
        BlockHarness::plug(self, input, samples);
    }

    fn send(&mut self, midi: &[(usize, Midi)], device: &[Vec<f32>]) {
        self.device_inputs(device.to_vec());
        for (frame, message) in midi {
            self.midi(*frame, *message);
        }
    }

    fn block_size(&mut self, frames: usize) {
        BlockHarness::block_size(self, frames);
    }

    fn reset(&mut self) {
        BlockHarness::reset(self);
    }

    fn latency(&self) -> usize {
        BlockHarness::latency(self)
    }

    fn violations(&mut self) -> u32 {
        BlockHarness::violations(self)
    }

    fn repeat_block(&mut self, times: usize) {
        BlockHarness::repeat_block(self, times);
    }

    fn run(&mut self, frames: usize) -> Vec<Vec<f32>> {
        BlockHarness::run(self, frames).all().to_vec()
    }

    fn lanes(&self) -> usize {
        1
    }
}
