//! The plan: a compiled patch. Its routing never changes; its scratch memory is touched only by the
//! executor that runs it.

pub(crate) mod memory;
mod print;
pub use print::{DelayedCable, StepInfo};
pub(crate) mod step;

use crate::graph::{CableEnds, Instance, StateLink};
use crate::index::{ControlIx, IndexVec, LabelIx, NodeIx, ParamIx, SlotIx};
use crate::smoothed_param::SmoothedParam;
use crate::transport::TransportCell;
use jackfield_node::{InstructionSet, LaneContext, Slot};
use memory::CacheLines;
use std::cell::UnsafeCell;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use step::Step;

/// A compiled patch.
pub struct Plan {
    pub(crate) epoch: u64,
    pub(crate) sample_rate: f32,
    pub(crate) instruction_set: InstructionSet,
    pub(crate) steps: Box<[Step]>,
    /// Parameters and the controls that follow each.
    pub(crate) params: IndexVec<ParamIx, PlanParam>,
    /// Serial and position of each param, ordered.
    pub(crate) by_serial: Box<[(u32, ParamIx)]>,
    pub(crate) controls: IndexVec<ControlIx, Control>,
    /// State of every node, with what it takes over.
    pub(crate) states: Box<[StateLink]>,
    pub(crate) names: IndexVec<NodeIx, PlanName>,
    pub(crate) labels: IndexVec<LabelIx, StepLabel>,
    /// Cables that carry the sample before.
    pub(crate) delayed: Box<[CableEnds]>,
    /// The ports of all lane steps, which their calls point to: no box, since moving one with the plan
    /// invalidates pointers into it.
    pub(crate) ports: Vec<SlotIx>,
    /// How many lanes each slot has; 0 for dead outputs.
    pub(crate) slot_widths: IndexVec<SlotIx, u8>,
    /// Nanoseconds spent per label, while measuring.
    pub(crate) times: IndexVec<LabelIx, AtomicU64>,
    /// The beat, which the session's plans share.
    pub(crate) transport: Arc<TransportCell>,
    pub(crate) scratch: UnsafeCell<Scratch>,
}

// SAFETY: everything but `scratch` and the calls of steps is immutable or atomic; those are reached by the
// one executor at a time that runs the plan.
unsafe impl Sync for Plan {}
// SAFETY: the raw pointers in `scratch` and in calls point into memory that the plan itself owns.
unsafe impl Send for Plan {}

/// A parameter and the controls that follow it.
pub(crate) struct PlanParam {
    pub(crate) param: Arc<SmoothedParam>,
    pub(crate) controls: Box<[ControlIx]>,
}

/// A slot made of parameters and constants, one per lane.
pub(crate) struct Control {
    pub(crate) slot: SlotIx,
    pub(crate) lanes: Box<[ControlLane]>,
}

/// What a lane of a control follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ControlLane {
    /// A parameter, by position in the plan.
    Param(ParamIx),
    /// A constant, by its bits.
    Constant(u32),
}

/// A node's name and type, for display.
pub(crate) struct PlanName {
    pub(crate) id: Arc<str>,
    pub(crate) kind: &'static str,
    pub(crate) voices: usize,
    /// Frames by which what leaves it is late.
    pub(crate) latency: usize,
}

/// Which instances a step computes, for display and measurements.
pub(crate) struct StepLabel {
    pub(crate) members: Box<[Instance]>,
}

/// Memory of a running plan.
pub(crate) struct Scratch {
    pub(crate) slots: IndexVec<SlotIx, Slot>,
    /// What the calls of lane steps share; points to the slots.
    pub(crate) context: LaneContext,
    /// The samples slots point to.
    pub(crate) signals: CacheLines<f32>,
    /// State of packs and unit_delays.
    pub(crate) state: CacheLines<u32>,
    /// Positions of the parameters that move.
    pub(crate) moving: Vec<ParamIx>,
    /// Whether each parameter moves.
    pub(crate) is_moving: IndexVec<ParamIx, bool>,
    /// The values of each moving parameter in this block.
    pub(crate) ramps: IndexVec<ParamIx, [f32; crate::BLOCK]>,
    /// Controls that moved in the block before.
    pub(crate) moved_controls: Vec<ControlIx>,
}

impl Plan {
    /// The plan's memory.
    ///
    /// # Safety
    /// Executor only, one at a time.
    #[expect(clippy::mut_from_ref, reason = "the executor is the only one to ask")]
    pub(crate) unsafe fn scratch(&self) -> &mut Scratch {
        // SAFETY: passed on to the caller.
        unsafe { &mut *self.scratch.get() }
    }

    /// Whether the plan follows the parameter with this serial.
    pub(crate) fn contains_param(&self, serial: u32) -> bool {
        self.by_serial.binary_search_by_key(&serial, |(serial, _)| *serial).is_ok()
    }

    /// Numbers about the plan. Any thread.
    pub fn size(&self) -> PlanSize {
        // SAFETY: the lengths never change after the plan was made.
        let scratch = unsafe { &*self.scratch.get() };
        let floats = scratch.signals.len() + scratch.state.len() + scratch.ramps.len() * crate::BLOCK;
        PlanSize {
            nodes: self.names.len(),
            steps: self.steps.iter().map(count).sum(),
            slots: scratch.slots.len(),
            bytes: floats * 4 + size_of_val(scratch.slots.as_slice()) + size_of_val(self.ports.as_slice()),
        }
    }
}

fn count(step: &Step) -> usize {
    match step {
        Step::Loop(inner) => 1 + inner.body.iter().map(count).sum::<usize>(),
        _ => 1,
    }
}

/// How large a plan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlanSize {
    /// Nodes that play.
    pub nodes: usize,
    /// Steps per block.
    pub steps: usize,
    /// Signals.
    pub slots: usize,
    /// Memory of signals and state, in bytes.
    pub bytes: usize,
}
