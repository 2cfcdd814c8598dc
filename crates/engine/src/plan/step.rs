//! Steps: what a plan does, one after the other. They name signals by slot; where a slot's samples lie
//! is the plan's business.

use crate::probe::ProbeCell;
use crate::state::{BlockCell, NodeState};
use jackfield_node::{AnyConfig, LaneCall, LaneKernel};
use std::cell::UnsafeCell;
use std::sync::Arc;

/// Position of a slot in the plan.
pub(crate) type SlotIndex = u32;

/// One lane of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct LaneRef {
    pub(crate) slot: SlotIndex,
    pub(crate) lane: u32,
}

/// What the executor does next.
pub(crate) enum Step {
    /// Runs a pack of a lane node.
    Lanes(LaneStep),
    /// Runs a block node.
    Block(BlockStep),
    /// Copies lanes from here and there into one slot.
    Gather(GatherStep),
    /// Adds sixteen places into one.
    Fold { source: SlotIndex, target: SlotIndex },
    /// Runs its steps once per frame.
    Loop(LoopStep),
    /// Taps a signal.
    Probe { source: SlotIndex, cell: Arc<ProbeCell> },
}

/// A pack of a lane node, or one of the engine's own kernels.
pub(crate) struct LaneStep {
    pub(crate) kernel: LaneKernel,
    pub(crate) width: usize,
    pub(crate) extent: Extent,
    /// Made with the plan's memory; none in a draft. Touched by the executor only.
    pub(crate) call: UnsafeCell<Option<LaneCall>>,
    pub(crate) inputs: Box<[SlotIndex]>,
    pub(crate) outputs: Box<[SlotIndex]>,
    /// Words of state per lane, and where the pack's words start in the plan's state.
    pub(crate) state_words: usize,
    pub(crate) state_start: usize,
    pub(crate) config: AnyConfig,
    /// Writes the state of a new instance.
    pub(crate) start: fn(u32, &mut [u32]),
    /// Lane by lane; shorter than `width` where lanes are idle.
    pub(crate) members: Box<[Member]>,
    pub(crate) label: u32,
}

/// What a lane kernel computes at a time.
pub(crate) enum Extent {
    /// Its lanes, frame by frame.
    Frames,
    /// Sixteen floats, whatever they belong to, since the node has no state; and only once while all
    /// inputs hold still. Not inside loops.
    Flat,
    /// The same with these inputs, padded with any of them: most nodes have few, and without a loop the
    /// look at them is quick.
    FlatFew([SlotIndex; FEW]),
}

/// How many inputs are few.
pub(crate) const FEW: usize = 4;

impl Extent {
    /// That of a node without state.
    pub(crate) fn flat(inputs: &[SlotIndex]) -> Self {
        let Some(&first) = inputs.first() else { return Self::Flat };
        let mut few = [first; FEW];
        if inputs.len() > FEW {
            return Self::Flat;
        }
        few[..inputs.len()].copy_from_slice(inputs);
        Self::FlatFew(few)
    }
}

/// The instance in a lane.
#[derive(Clone)]
pub(crate) struct Member {
    /// Position in the plan's names.
    pub(crate) node: u32,
    pub(crate) voice: u32,
    pub(crate) seed: u32,
    /// Where its state is at home; none for the engine's own kernels.
    pub(crate) home: Option<Arc<NodeState>>,
}

/// A block node instance.
pub(crate) struct BlockStep {
    pub(crate) instance: Arc<BlockCell>,
    pub(crate) config: AnyConfig,
    pub(crate) inputs: Box<[SlotIndex]>,
    /// `voices` slots per output, output by output.
    pub(crate) outputs: Box<[SlotIndex]>,
    pub(crate) voices: usize,
    pub(crate) node: u32,
    pub(crate) label: u32,
}

/// Lanes copied into one slot. Lanes of `target` beyond `sources` repeat the first.
pub(crate) struct GatherStep {
    pub(crate) sources: Box<[LaneRef]>,
    pub(crate) target: SlotIndex,
}

/// A group of loops.
pub(crate) struct LoopStep {
    pub(crate) body: Box<[Step]>,
    /// Values carried from each frame to the next.
    pub(crate) recalls: Box<[Recall]>,
}

/// A delayed cable's signal: what `sources` were one frame ago.
pub(crate) struct Recall {
    pub(crate) target: SlotIndex,
    pub(crate) sources: Box<[LaneRef]>,
    /// The sources are the lanes of one slot as wide as the target, in order.
    pub(crate) is_whole: bool,
    /// Where each lane's value is at home: state, output, voice.
    pub(crate) homes: Box<[(Arc<NodeState>, u32, u32)]>,
    /// Start of the values in the plan's state, as many as the target has lanes.
    pub(crate) state_start: usize,
}

/// Most outputs times voices of a block node.
pub(crate) const MAX_BLOCK_OUTPUTS: usize = 1024;
