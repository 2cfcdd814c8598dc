//! Steps: what a plan does, one after the other. They name signals by slot; where a slot's samples lie
//! is the plan's business.

use crate::graph::Instance;
use crate::index::{LabelIx, NodeIx, SlotIx};
use crate::probe::ProbeCell;
use crate::smoothed_param::SmoothedParam;
use crate::state::{BlockCell, NodeState};
use jackfield_node::{AnyConfig, LaneCall, LaneKernel};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

/// One lane of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct LaneRef {
    pub(crate) slot: SlotIx,
    pub(crate) lane: u32,
}

/// What the executor does next. A plan with many small packs spends its time on fetching its steps, so a step
/// is a cache line at most.
pub(crate) enum Step {
    /// Runs a pack of a lane node.
    Lanes(LaneStep),
    /// Runs a block node.
    Block(Box<BlockStep>),
    /// Copies lanes from here and there into one slot.
    Gather(GatherStep),
    /// Adds sixteen places into one.
    Fold { source: SlotIx, target: SlotIx },
    /// Runs its steps once per frame.
    Loop(LoopStep),
    /// Taps a signal: for its probe, and for the monitor bus by this gain.
    Probe {
        source: SlotIx,
        cell: Option<Arc<ProbeCell>>,
        gain: Arc<SmoothedParam>,
        /// For a signal of several voices that somebody plays: what tells which of them sound.
        voices: Option<Box<ProbedVoices>>,
    },
}

/// The voices of a probed signal, each with the gate that says whether it sounds.
pub(crate) struct ProbedVoices {
    pub(crate) signals: Box<[LaneRef]>,
    pub(crate) gates: Box<[LaneRef]>,
    /// How much of each is heard, as the bits of an `f32`; below 0 before it was ever listened to.
    /// Executor only.
    pub(crate) weights: Box<[AtomicU32]>,
}

/// A pack of a lane node, or one of the engine's own kernels: what the executor needs for it in every
/// block, within one cache line.
pub(crate) struct LaneStep {
    pub(crate) kernel: LaneKernel,
    /// Made with the plan's memory; none in a draft.
    pub(crate) call: Option<LaneCall>,
    pub(crate) extent: Extent,
    /// The logarithm of its lanes.
    pub(crate) width_shift: u8,
    pub(crate) details: Box<LaneDetails>,
}

impl LaneStep {
    /// Lanes: 1, 4, 8 or 16.
    pub(crate) fn width(&self) -> usize {
        1 << self.width_shift
    }
}

/// The rest of a [`LaneStep`].
pub(crate) struct LaneDetails {
    pub(crate) inputs: Box<[SlotIx]>,
    pub(crate) outputs: Box<[SlotIx]>,
    /// Words of state per lane, and where the pack's words start in the plan's state.
    pub(crate) state_words: usize,
    pub(crate) state_start: usize,
    pub(crate) config: AnyConfig,
    /// Writes the state of a new instance.
    pub(crate) start: fn(u32, &mut [u32]),
    /// Lane by lane; shorter than the step is wide where lanes are idle.
    pub(crate) members: Box<[Member]>,
    /// None for the engine's own kernels.
    pub(crate) label: Option<LabelIx>,
}

impl LaneDetails {
    /// The step's ports as its call has them: outputs, inputs, and for [`Extent::FlatFew`] the first
    /// input again, until there are [`FEW`].
    pub(crate) fn ports(&self, extent: Extent) -> impl Iterator<Item = SlotIx> {
        let more = if extent == Extent::FlatFew { FEW - self.inputs.len() } else { 0 };
        let padding = self.inputs.first().into_iter().cycle().take(more);
        self.outputs.iter().chain(&self.inputs).chain(padding).copied()
    }
}

/// What a lane kernel computes at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Its lanes, frame by frame.
    Frames,
    /// Sixteen floats, whatever they belong to, since the node has no state; and only once while all
    /// inputs hold still. Not inside loops.
    Flat,
    /// The same for at most [`FEW`] inputs: most nodes have few, and without a loop the look at them is
    /// quick.
    FlatFew,
    /// The same where an input is known to move in every block, so that there is nothing to look at.
    FlatMoving,
}

/// How many inputs are few.
pub(crate) const FEW: usize = 4;

impl Extent {
    /// That of a node without state.
    pub(crate) fn flat(inputs: usize) -> Self {
        if (1..=FEW).contains(&inputs) { Self::FlatFew } else { Self::Flat }
    }
}

const _: () = assert!(size_of::<Step>() <= 64, "a step is a cache line at most");

/// The instance in a lane.
#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) instance: Instance,
    pub(crate) seed: u32,
    /// Its state between plans; none for the engine's own kernels.
    pub(crate) home: Option<Arc<NodeState>>,
}

/// A block node instance.
pub(crate) struct BlockStep {
    pub(crate) instance: Arc<BlockCell>,
    pub(crate) config: AnyConfig,
    /// A slot per input, then one per voice of those that take them side by side.
    pub(crate) inputs: Box<[SlotIx]>,
    /// Where in `inputs` the voices of each input stand; empty if none takes them side by side.
    pub(crate) side_by_side: Box<[Range<usize>]>,
    /// `voices` slots per output, output by output.
    pub(crate) outputs: Box<[SlotIx]>,
    pub(crate) voices: usize,
    /// None for a delay line of the engine's own.
    pub(crate) node: Option<NodeIx>,
    pub(crate) label: Option<LabelIx>,
}

/// Lanes copied into one slot. Lanes of `target` beyond `sources` repeat the first.
pub(crate) struct GatherStep {
    pub(crate) sources: Box<[LaneRef]>,
    pub(crate) target: SlotIx,
}

/// A group of loops.
pub(crate) struct LoopStep {
    pub(crate) body: Box<[Step]>,
    /// Values carried from each frame to the next.
    pub(crate) unit_delays: Box<[UnitDelay]>,
}

/// A delayed cable's signal: what `sources` were one frame ago.
pub(crate) struct UnitDelay {
    pub(crate) target: SlotIx,
    pub(crate) sources: Box<[LaneRef]>,
    /// The sources are the lanes of one slot as wide as the target, in order.
    pub(crate) is_whole: bool,
    /// Where each lane's value is kept between plans.
    pub(crate) homes: Box<[DelayHome]>,
    /// Start of the values in the plan's state, as many as the target has lanes.
    pub(crate) state_start: usize,
}

/// The last frame of a node's output in one voice.
pub(crate) struct DelayHome {
    pub(crate) state: Arc<NodeState>,
    pub(crate) output: usize,
    pub(crate) voice: usize,
}

impl Step {
    /// Calls `action` with the slots that are read, those of a loop's body too.
    pub(crate) fn each_read(&self, action: &mut impl FnMut(SlotIx)) {
        let lanes = |lanes: &[LaneRef], action: &mut dyn FnMut(SlotIx)| {
            for lane in lanes {
                action(lane.slot);
            }
        };
        match self {
            Self::Lanes(step) => step.details.inputs.iter().for_each(|&slot| action(slot)),
            Self::Block(step) => step.inputs.iter().for_each(|&slot| action(slot)),
            Self::Gather(step) => lanes(&step.sources, action),
            Self::Fold { source, .. } => action(*source),
            Self::Probe { source, voices, .. } => {
                action(*source);
                if let Some(voices) = voices {
                    lanes(&voices.signals, action);
                    lanes(&voices.gates, action);
                }
            }
            Self::Loop(step) => {
                step.unit_delays.iter().for_each(|delay| lanes(&delay.sources, action));
                step.body.iter().for_each(|step| step.each_read(action));
            }
        }
    }

    /// Calls `action` with the slots that are written, those of a loop's body too.
    pub(crate) fn each_write(&self, action: &mut impl FnMut(SlotIx)) {
        match self {
            Self::Lanes(step) => step.details.outputs.iter().for_each(|&slot| action(slot)),
            Self::Block(step) => step.outputs.iter().for_each(|&slot| action(slot)),
            Self::Gather(step) => action(step.target),
            Self::Fold { target, .. } => action(*target),
            Self::Probe { .. } => {}
            Self::Loop(step) => {
                step.unit_delays.iter().for_each(|delay| action(delay.target));
                step.body.iter().for_each(|step| step.each_write(action));
            }
        }
    }
}

/// Most outputs times voices of a block node.
pub(crate) const MAX_BLOCK_OUTPUTS: usize = 1024;
