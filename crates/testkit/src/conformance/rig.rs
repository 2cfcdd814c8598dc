//! One node of either kind, with everything a check needs to do to it.

use crate::allocation;
use crate::block::BlockHarness;
use jackfield_node::harness::LaneHarness;
use jackfield_node::{Input, InstructionSet, Midi, NodeKind, NodeSpec, Settings};

/// How a node is built.
#[derive(Clone, Debug)]
pub(crate) struct Build {
    pub(crate) settings: Settings,
    pub(crate) sample_rate: f32,
    pub(crate) seed: u32,
    pub(crate) width: usize,
    pub(crate) set: InstructionSet,
}

impl Build {
    /// The plain way.
    pub(crate) fn of(spec: &NodeSpec) -> Self {
        Self {
            settings: Settings::defaults(spec.settings),
            sample_rate: 48_000.0,
            seed: 1,
            width: 1,
            set: InstructionSet::best(),
        }
    }
}

/// See the module's documentation.
pub(crate) enum Rig {
    Lanes(LaneHarness, usize),
    Block(BlockHarness),
}

impl Rig {
    /// Panics when the node can't be prepared: all settings tried are valid ones.
    pub(crate) fn new(spec: &'static NodeSpec, build: &Build) -> Self {
        let settings = build.settings.clone();
        match spec.kind {
            NodeKind::Lanes(_) => {
                let bench = LaneHarness::of(spec).settings(settings).sample_rate(build.sample_rate);
                let bench = bench.seed(build.seed).width(build.width).instruction_set(build.set);
                Self::Lanes(bench.start().expect("valid settings work"), build.width)
            }
            NodeKind::Block(_) => {
                let bench = BlockHarness::of(spec).settings(settings).sample_rate(build.sample_rate);
                Self::Block(bench.seed(build.seed).start().expect("valid settings work"))
            }
        }
    }

    pub(crate) fn hold(&mut self, input: Input, value: f32) {
        match self {
            Self::Lanes(harness, _) => drop(harness.hold(input, value)),
            Self::Block(harness) => drop(harness.hold(input, value)),
        }
    }

    pub(crate) fn plug(&mut self, input: Input, samples: Vec<f32>) {
        match self {
            Self::Lanes(harness, _) => drop(harness.plug(input, samples)),
            Self::Block(harness) => drop(harness.plug(input, samples)),
        }
    }

    /// Sends MIDI, which lane nodes don't hear, and sound from outside.
    pub(crate) fn surround(&mut self, midi: &[(usize, Midi)], device: &[Vec<f32>]) {
        if let Self::Block(harness) = self {
            harness.device_inputs(device.to_vec());
            for (frame, message) in midi {
                harness.midi(*frame, *message);
            }
        }
    }

    pub(crate) fn block_size(&mut self, frames: usize) {
        match self {
            Self::Lanes(harness, _) => drop(harness.block_size(frames)),
            Self::Block(harness) => drop(harness.block_size(frames)),
        }
    }

    pub(crate) fn reset(&mut self) {
        match self {
            Self::Lanes(harness, _) => drop(harness.reset()),
            Self::Block(harness) => drop(harness.reset()),
        }
    }

    pub(crate) fn latency(&self) -> usize {
        match self {
            Self::Lanes(harness, _) => harness.latency(),
            Self::Block(harness) => harness.latency(),
        }
    }

    /// Allocations and frees within the node: within all runs of a block node, in a few blocks of a lane node.
    pub(crate) fn violations(&mut self) -> u32 {
        match self {
            Self::Lanes(harness, _) => {
                // The harness itself allocates as often for one block as for nine.
                let mut count = |blocks| allocation::count(|| harness.repeat_block(blocks)).1;
                count(9) - count(1)
            }
            Self::Block(harness) => harness.violations(),
        }
    }

    /// Computes a block again and again.
    pub(crate) fn repeat_block(&mut self, times: usize) {
        match self {
            Self::Lanes(harness, _) => harness.repeat_block(times),
            Self::Block(harness) => harness.repeat_block(times),
        }
    }

    /// All outputs with all voices or lanes.
    pub(crate) fn run(&mut self, frames: usize) -> Vec<Vec<f32>> {
        match self {
            Self::Lanes(harness, _) => harness.run(frames).all().concat(),
            Self::Block(harness) => harness.run(frames).all().to_vec(),
        }
    }

    /// All outputs of one lane.
    pub(crate) fn run_lane(&mut self, frames: usize, lane: usize) -> Vec<Vec<f32>> {
        let all = self.run(frames);
        match self {
            Self::Lanes(_, width) => all.into_iter().skip(lane).step_by(*width).collect(),
            Self::Block(_) => all,
        }
    }
}
