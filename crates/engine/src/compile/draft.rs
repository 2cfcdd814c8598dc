//! The draft of a plan: steps and slots before the slots have memory. It knows signals, not nodes: it makes
//! slots, controls, gathers and calls of the engine's own kernels, each only once.

use crate::index::{ControlIx, IndexVec, LabelIx, LoopIx, ParamIx, SlotIx};
use crate::plan::memory::LINE;
use crate::plan::step::{Extent, GatherStep, LaneDetails, LaneRef, LaneStep, Member, Step};
use crate::plan::{Control, ControlLane, StepLabel};
use crate::smoothed_param::SmoothedParam;
use jackfield_node::{AnyConfig, InstructionSet, LaneTable, NoConfig};
use std::collections::HashMap;
use std::sync::Arc;

/// What kind of memory a slot will have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Storage {
    /// In memory that other slots use at other times.
    Shared,
    /// In memory of its own: one frame that holds still, in all lanes.
    Constant(f32),
    /// In memory of its own: a control, room for a block.
    Control,
    /// None: a dead output.
    Dead,
}

/// A slot before it has memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct DraftSlot {
    pub(super) width: usize,
    pub(super) storage: Storage,
    /// The group of loops that writes it.
    written_in: Option<LoopIx>,
    /// Whether it moves in every block; otherwise that shows in each.
    always_moves: bool,
    /// Whether any step reads it; known when all are there.
    pub(super) is_read: bool,
}

/// A plan before its slots have memory.
pub(super) struct Draft {
    pub(super) slots: IndexVec<SlotIx, DraftSlot>,
    pub(super) steps: Vec<Step>,
    pub(super) params: IndexVec<ParamIx, (Arc<SmoothedParam>, Vec<ControlIx>)>,
    pub(super) controls: IndexVec<ControlIx, Control>,
    pub(super) labels: IndexVec<LabelIx, StepLabel>,
    pub(super) state_words: usize,
    instruction_set: InstructionSet,
    /// The loop being emitted and its steps.
    current_loop: Option<(LoopIx, Vec<Step>)>,
    known: KnownSlots,
    no_config: AnyConfig,
}

/// What was already made and can be used again.
#[derive(Default)]
struct KnownSlots {
    constants: HashMap<u32, SlotIx>,
    gathers: HashMap<(usize, Vec<LaneRef>), SlotIx>,
    controls: HashMap<(usize, Vec<ControlLane>), SlotIx>,
    params: HashMap<u32, ParamIx>,
}

/// A kernel to call.
pub(super) struct Kernel {
    pub(super) table: LaneTable,
    pub(super) width: usize,
    /// Computes sixteen floats whatever they belong to: without state, and outside loops.
    pub(super) is_flat: bool,
    pub(super) config: AnyConfig,
    pub(super) members: Box<[Member]>,
    /// None for the engine's own kernels.
    pub(super) label: Option<LabelIx>,
}

impl Draft {
    /// An empty one, for kernels of this instruction set.
    pub(super) fn new(instruction_set: InstructionSet) -> Self {
        Self {
            slots: IndexVec::new(),
            steps: Vec::new(),
            params: IndexVec::new(),
            controls: IndexVec::new(),
            labels: IndexVec::new(),
            state_words: 0,
            instruction_set,
            current_loop: None,
            known: KnownSlots::default(),
            no_config: Arc::new(NoConfig),
        }
    }

    /// Adds a step: to the loop being emitted if it belongs there, else before the loop.
    pub(super) fn push(&mut self, step: Step, belongs_to_loop: bool) {
        match &mut self.current_loop {
            Some((_, body)) if belongs_to_loop => body.push(step),
            _ => self.steps.push(step),
        }
    }

    pub(super) fn begin_loop(&mut self, group: LoopIx) {
        self.current_loop = Some((group, Vec::new()));
    }

    /// The steps of the loop that was begun.
    pub(super) fn end_loop(&mut self) -> Vec<Step> {
        self.current_loop.take().map_or_else(Vec::new, |(_, body)| body)
    }

    /// Whether any of these slots changes frame by frame in the loop being emitted.
    pub(super) fn in_current_loop(&self, slots: impl IntoIterator<Item = SlotIx>) -> bool {
        let Some((group, _)) = self.current_loop else { return false };
        slots.into_iter().any(|slot| self.slots[slot].written_in == Some(group))
    }

    /// A new slot; `in_loop` when the loop being emitted writes it.
    pub(super) fn slot(&mut self, width: usize, storage: Storage, in_loop: bool) -> SlotIx {
        let group = self.current_loop.as_ref().map(|(group, _)| *group);
        let written_in = group.filter(|_| in_loop);
        self.slots.push(DraftSlot { width, storage, written_in, always_moves: false, is_read: true })
    }

    /// Room for words of state; where it starts.
    pub(super) fn state(&mut self, words: usize) -> usize {
        let start = self.state_words;
        self.state_words += words.next_multiple_of(LINE);
        start
    }

    /// A number that holds still in all lanes.
    pub(super) fn constant(&mut self, value: f32) -> SlotIx {
        if let Some(&slot) = self.known.constants.get(&value.to_bits()) {
            return slot;
        }
        let slot = self.slot(1, Storage::Constant(value), false);
        self.known.constants.insert(value.to_bits(), slot);
        slot
    }

    /// A control's lane that follows a parameter.
    pub(super) fn param_lane(&mut self, param: &Arc<SmoothedParam>) -> ControlLane {
        let params = &mut self.params;
        let known = self.known.params.entry(param.serial);
        ControlLane::Param(*known.or_insert_with(|| params.push((param.clone(), Vec::new()))))
    }

    /// A slot that follows parameters, one per lane.
    pub(super) fn control(&mut self, width: usize, lanes: Vec<ControlLane>) -> SlotIx {
        let key = (width, lanes);
        if let Some(&slot) = self.known.controls.get(&key) {
            return slot;
        }
        let slot = self.slot(width, Storage::Control, false);
        let control = self.controls.push(Control { slot, lanes: key.1.clone().into() });
        for lane in &key.1 {
            if let ControlLane::Param(param) = lane {
                let controls = &mut self.params[*param].1;
                if controls.last() != Some(&control) {
                    controls.push(control);
                }
            }
        }
        self.known.controls.insert(key, slot);
        slot
    }

    /// Whether these are the lanes of a slot of this width, in order.
    pub(super) fn are_in_place(&self, lanes: &[LaneRef], width: usize) -> bool {
        let slot = lanes[0].slot;
        let in_place = |(i, lane): (usize, &LaneRef)| lane.slot == slot && lane.lane as usize == i;
        self.slots[slot].width == width && lanes.iter().enumerate().all(in_place)
    }

    /// Copies lanes into a slot, unless one slot has them already in place.
    pub(super) fn gather(&mut self, width: usize, lanes: Vec<LaneRef>) -> SlotIx {
        let first = lanes[0];
        if self.are_in_place(&lanes, width) {
            return first.slot;
        }
        // A constant slot has its number in all lanes.
        let is_constant = matches!(self.slots[first.slot].storage, Storage::Constant(_));
        if is_constant && lanes.iter().all(|lane| lane.slot == first.slot) {
            return first.slot;
        }
        let key = (width, lanes);
        if let Some(&slot) = self.known.gathers.get(&key) {
            return slot;
        }
        let in_loop = self.in_current_loop(key.1.iter().map(|lane| lane.slot));
        let target = self.slot(width, Storage::Shared, in_loop);
        self.slots[target].always_moves = key.1.iter().any(|lane| self.slots[lane.slot].always_moves);
        let is_one = key.1.iter().all(|lane| *lane == first);
        let sources: Box<[LaneRef]> = if is_one { Box::new([first]) } else { key.1.clone().into() };
        self.push(Step::Gather(GatherStep { sources, target }), in_loop);
        self.known.gathers.insert(key, target);
        target
    }

    /// Adds the sixteen lanes of a slot up.
    pub(super) fn fold(&mut self, source: SlotIx) -> SlotIx {
        let in_loop = self.in_current_loop([source]);
        let target = self.slot(1, Storage::Shared, in_loop);
        self.slots[target].always_moves = self.slots[source].always_moves;
        self.push(Step::Fold { source, target }, in_loop);
        target
    }

    /// Runs one of the engine's own kernels, which have one output and no state.
    pub(super) fn own_kernel(&mut self, table: LaneTable, width: usize, inputs: Vec<SlotIx>) -> SlotIx {
        let in_loop = self.in_current_loop(inputs.iter().copied());
        let target = self.slot(width, Storage::Shared, in_loop);
        let config = self.no_config.clone();
        let kernel = Kernel { table, width, is_flat: !in_loop, config, members: Box::default(), label: None };
        let step = self.kernel_step(kernel, inputs.into(), Box::new([target]));
        self.push(Step::Lanes(step), in_loop);
        target
    }

    /// The step that calls a kernel.
    pub(super) fn kernel_step(
        &mut self,
        kernel: Kernel,
        inputs: Box<[SlotIx]>,
        outputs: Box<[SlotIx]>,
    ) -> LaneStep {
        let Kernel { table, width, is_flat, config, members, label } = kernel;
        let kernel_width = if is_flat { LINE } else { width };
        let always_moves = !is_flat || inputs.iter().any(|&slot| self.slots[slot].always_moves);
        let extent = match (is_flat, always_moves) {
            (false, _) => Extent::Frames,
            (true, true) => Extent::FlatMoving,
            (true, false) => Extent::flat(inputs.len()),
        };
        for &output in &outputs {
            self.slots[output].always_moves = always_moves;
        }
        let details = LaneDetails {
            inputs,
            outputs,
            state_words: table.state_words,
            state_start: self.state(table.state_words * width),
            config,
            start: table.start,
            members,
            label,
        };
        LaneStep {
            kernel: (table.kernel)(kernel_width, self.instruction_set),
            call: None,
            extent,
            width_shift: width.trailing_zeros() as u8,
            details: Box::new(details),
        }
    }
}
