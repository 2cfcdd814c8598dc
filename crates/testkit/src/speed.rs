//! What every node costs, measured from its spec alone: default settings, sixteen lanes where it has lanes.

use crate::conformance::stimulus::Stimulus;
use crate::harness::{HarnessConfig, NodeHarness};
use jackfield_node::dsp::BLOCK;
use jackfield_node::{NodeKind, NodeSpec};

/// Lanes of a full pack.
const LANES: usize = 16;

/// What happens at a node's inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// Everything moves at every frame, knobs as well.
    All,
    /// Sound moves, knobs rest.
    Sound,
    /// Everything stands still.
    None,
}

/// A node to measure: a full pack, or one instance of a block node.
pub struct Subject {
    node: Box<dyn NodeHarness>,
    voices: usize,
}

impl Subject {
    /// Builds a node and plugs everything in.
    pub fn new(spec: &'static NodeSpec, motion: Motion) -> Self {
        let voices = match spec.kind {
            NodeKind::Lanes(_) => LANES,
            NodeKind::Block(_) => 1,
        };
        let mut node = HarnessConfig { width: voices, ..HarnessConfig::of(spec) }.start(spec);
        let stimulus = match motion {
            Motion::All => Stimulus::busy(spec, BLOCK),
            Motion::Sound => Stimulus::calm(spec, BLOCK),
            Motion::None => Stimulus::still(spec),
        };
        stimulus.plug_into(&mut *node);
        Self { node, voices }
    }

    /// How many voices a block computes. A node that makes voices counts as one, whatever it makes.
    pub fn voices(&self) -> usize {
        self.voices
    }

    /// Computes so many blocks of 64 frames, and next to nothing besides.
    pub fn compute(&mut self, blocks: usize) {
        self.node.repeat_block(blocks);
    }
}
