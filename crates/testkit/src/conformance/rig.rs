//! One node of either kind, with everything a check needs to do to it.

use crate::block::BlockHarness;
use jackfield_node::harness::LaneHarness;
use jackfield_node::{Input, InstructionSet, Midi, NodeKind, NodeSpec, Settings};

/// How a node is built.
#[derive(Clone, Debug)]
pub(super) struct Build {
    pub(super) settings: Settings,
    pub(super) sample_rate: f32,
    pub(super) seed: u32,
    pub(super) width: usize,
    pub(super) set: InstructionSet,
}

impl Build {
    /// The plain way.
    pub(super) fn of(spec: &NodeSpec) -> Self {
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
pub(super) enum Rig {
    Lanes(LaneHarness, usize),
    Block(BlockHarness),
}

impl Rig {
    /// Panics when the node can't be prepared: all settings tried are valid ones.
    pub(super) fn new(spec: &'static NodeSpec, build: &Build) -> Self {
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

    pub(super) fn hold(&mut self, input: Input, value: f32) {
        match self {
            Self::Lanes(harness, _) => drop(harness.hold(input, value)),
            Self::Block(harness) => drop(harness.hold(input, value)),
        }
    }

    pub(super) fn plug(&mut self, input: Input, samples: Vec<f32>) {
        match self {
            Self::Lanes(harness, _) => drop(harness.plug(input, samples)),
            Self::Block(harness) => drop(harness.plug(input, samples)),
        }
    }

    /// Sends MIDI, which lane nodes don't hear, and sound from outside.
    pub(super) fn surround(&mut self, midi: &[(usize, Midi)], device: &[Vec<f32>]) {
        if let Self::Block(harness) = self {
            harness.device_inputs(device.to_vec());
            for (frame, message) in midi {
                harness.midi(*frame, *message);
            }
        }
    }

    pub(super) fn block_size(&mut self, frames: usize) {
        match self {
            Self::Lanes(harness, _) => drop(harness.block_size(frames)),
            Self::Block(harness) => drop(harness.block_size(frames)),
        }
    }

    pub(super) fn reset(&mut self) {
        match self {
            Self::Lanes(harness, _) => drop(harness.reset()),
            Self::Block(harness) => drop(harness.reset()),
        }
    }

    pub(super) fn latency(&self) -> usize {
        match self {
            Self::Lanes(harness, _) => harness.latency(),
            Self::Block(harness) => harness.latency(),
        }
    }

    /// Allocations and frees within a block node. A lane node has nothing it could allocate with.
    pub(super) fn violations(&self) -> u32 {
        match self {
            Self::Lanes(..) => 0,
            Self::Block(harness) => harness.violations(),
        }
    }

    /// All outputs with all voices or lanes.
    pub(super) fn run(&mut self, frames: usize) -> Vec<Vec<f32>> {
        match self {
            Self::Lanes(harness, _) => harness.run(frames).all().concat(),
            Self::Block(harness) => harness.run(frames).all().to_vec(),
        }
    }

    /// All outputs of one lane.
    pub(super) fn run_lane(&mut self, frames: usize, lane: usize) -> Vec<Vec<f32>> {
        let all = self.run(frames);
        match self {
            Self::Lanes(_, width) => all.into_iter().skip(lane).step_by(*width).collect(),
            Self::Block(_) => all,
        }
    }
}
