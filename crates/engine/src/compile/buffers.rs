//! Assigns buffers: slots that never hold a signal at the same time share memory, the one freed last
//! first, since it is still in the cache.

use super::Target;
use super::draft::{Draft, DraftSlot, Storage};
use crate::BLOCK;
use crate::graph::{CableEnds, StateLink};
use crate::index::{IndexVec, NodeIx, ParamIx, SlotIx};
use crate::plan::memory::{CacheLines, LINE};
use crate::plan::step::{LaneStep, Step};
use crate::plan::{Plan, PlanName, PlanParam, Scratch};
use jackfield_node::{LaneCall, LaneContext, Slot};
use std::cell::UnsafeCell;
use std::collections::HashMap;
use std::ptr;
use std::sync::atomic::AtomicU64;

/// What of a plan is known beside its steps.
pub(super) struct Facts {
    pub(super) states: Vec<StateLink>,
    pub(super) names: IndexVec<NodeIx, PlanName>,
    pub(super) delayed: Vec<CableEnds>,
}

/// Gives every slot its memory and closes the plan.
pub(super) fn assign(mut draft: Draft, facts: Facts, target: &Target) -> Plan {
    let Layout { offsets, floats } = layout(&draft);
    let mut signals = CacheLines::<f32>::zeroed(floats);
    let mut slots = place_slots(&draft, &offsets, &mut signals);
    let params: IndexVec<ParamIx, PlanParam> = draft
        .params
        .into_iter()
        .map(|(param, controls)| PlanParam { param, controls: controls.into() })
        .collect();
    let mut by_serial: Vec<(u32, ParamIx)> =
        params.enumerate().map(|(at, param)| (param.param.serial, at)).collect();
    by_serial.sort_unstable();
    let mut state = CacheLines::zeroed(draft.state_words);
    let mut ports = Vec::new();
    each_lane_step(&mut draft.steps, &mut |step| ports.extend(step.details.ports(step.extent)));
    prepare_calls(&mut draft.steps, &ports, &mut state);
    let context = LaneContext {
        slots: slots.as_mut_ptr(),
        transport: target.transport.as_ptr(),
        sample_rate: target.sample_rate,
    };
    let scratch = Scratch {
        slots,
        context,
        signals,
        state,
        moving: Vec::with_capacity(params.len()),
        is_moving: IndexVec::filled(params.len(), false),
        ramps: IndexVec::filled(params.len(), [0.0; BLOCK]),
        moved_controls: Vec::with_capacity(draft.controls.len()),
    };
    let times = draft.labels.iter().map(|_| AtomicU64::default()).collect();
    Plan {
        epoch: target.epoch,
        sample_rate: target.sample_rate,
        instruction_set: target.instruction_set,
        steps: draft.steps.into(),
        params,
        by_serial: by_serial.into(),
        controls: draft.controls,
        states: facts.states.into(),
        names: facts.names,
        labels: draft.labels,
        delayed: facts.delayed.into(),
        ports,
        slot_widths: draft.slots.iter().map(|slot| if slot.is_read { slot.width as u8 } else { 0 }).collect(),
        times,
        transport: target.transport.clone(),
        scratch: UnsafeCell::new(scratch),
    }
}

/// The slots where they lie, constants written.
fn place_slots(
    draft: &Draft,
    offsets: &IndexVec<SlotIx, usize>,
    signals: &mut CacheLines<f32>,
) -> IndexVec<SlotIx, Slot> {
    let base = signals.as_mut_ptr();
    let mut slots = IndexVec::with_capacity(draft.slots.len());
    for (slot, &offset) in draft.slots.iter().zip(offsets) {
        let step = if slot.storage == Storage::Shared { Slot::MOVING } else { Slot::CONSTANT };
        let data = match slot.storage {
            Storage::Dead => ptr::null_mut(),
            // SAFETY: `layout` keeps every slot inside the `floats` it asked for.
            _ => unsafe { base.add(offset) },
        };
        if let Storage::Constant(value) = slot.storage {
            // SAFETY: a constant slot has room for a block, which is more than a line.
            unsafe { std::slice::from_raw_parts_mut(data, LINE) }.fill(value);
        }
        slots.push(Slot { data, step });
    }
    slots
}

/// Makes the calls of all lane steps, now that it is known where everything lies. `ports` has those of
/// every lane step, one after the other.
fn prepare_calls(steps: &mut [Step], ports: &[SlotIx], state: &mut CacheLines<u32>) {
    let mut next = 0;
    let state = state.as_mut_ptr();
    each_lane_step(steps, &mut |step| {
        let details = &step.details;
        let (inputs, outputs) = (details.inputs.len(), details.outputs.len());
        // A slot's position is a bare number to kernels.
        let ports_of_step = ports[next..].as_ptr().cast::<u32>();
        // SAFETY: the compiler gave the step's slots room for a block of its lanes (and at least a line,
        // which is what a flat kernel computes at a time), apart from each other; `state_start` leaves
        // room for the state; the config is the node type's own. Ports, config and transport lie where
        // they are for as long as the plan lives.
        let call = unsafe {
            let state = state.add(details.state_start);
            LaneCall::new(ports_of_step, outputs, inputs, state, &*details.config)
        };
        next += details.ports(step.extent).count();
        step.call = Some(call);
    });
}

fn each_lane_step(steps: &mut [Step], action: &mut impl FnMut(&mut LaneStep)) {
    for step in steps {
        match step {
            Step::Lanes(step) => action(step),
            Step::Loop(inner) => each_lane_step(&mut inner.body, action),
            _ => {}
        }
    }
}

/// Where each slot starts, and how many floats there are.
struct Layout {
    offsets: IndexVec<SlotIx, usize>,
    floats: usize,
}

/// Memory being given out.
#[derive(Default)]
struct Allocator {
    floats: usize,
    /// Offsets of what is free, by size.
    free: HashMap<usize, Vec<usize>>,
}

impl Allocator {
    /// Memory of its own.
    fn take_new(&mut self, size: usize) -> usize {
        self.floats += size;
        self.floats - size
    }

    /// Memory that was given back last, or else new.
    fn take(&mut self, size: usize) -> usize {
        let free = self.free.get_mut(&size).and_then(Vec::pop);
        free.unwrap_or_else(|| self.take_new(size))
    }

    fn give_back(&mut self, size: usize, offset: usize) {
        self.free.entry(size).or_default().push(offset);
    }
}

fn layout(draft: &Draft) -> Layout {
    let mut allocator = Allocator::default();
    let own = draft.slots.iter().map(|slot| match slot.storage {
        Storage::Constant(_) => Some(allocator.take_new(BLOCK)),
        Storage::Control => Some(allocator.take_new(size(slot))),
        Storage::Shared | Storage::Dead => None,
    });
    let mut offsets: IndexVec<SlotIx, Option<usize>> = own.collect();
    let uses = uses(draft);
    let mut last_use: IndexVec<SlotIx, Option<usize>> = IndexVec::filled(draft.slots.len(), None);
    for (turn, slots) in uses.iter().enumerate() {
        for &slot in slots {
            last_use[slot] = Some(turn);
        }
    }
    for (turn, slots) in uses.iter().enumerate() {
        let shared = || slots.iter().filter(|&&slot| draft.slots[slot].storage == Storage::Shared);
        for &slot in shared() {
            let size = size(&draft.slots[slot]);
            offsets[slot].get_or_insert_with(|| allocator.take(size));
        }
        for &slot in shared().filter(|&&slot| last_use[slot] == Some(turn)).collect::<Vec<_>>() {
            // A slot named twice in one turn must be freed once.
            if last_use[slot].take().is_some()
                && let Some(offset) = offsets[slot]
            {
                allocator.give_back(size(&draft.slots[slot]), offset);
            }
        }
    }
    // What no step uses: dead outputs.
    let rest = offsets.into_iter().map(|offset| offset.unwrap_or_else(|| allocator.take_new(BLOCK * LINE)));
    Layout { offsets: rest.collect(), floats: allocator.floats }
}

/// Floats of a slot: a block of its lanes, and never less than a line.
fn size(slot: &DraftSlot) -> usize {
    BLOCK * slot.width
}

/// The slots each step of the plan touches; a loop with all its steps is one turn.
fn uses(draft: &Draft) -> Vec<Vec<SlotIx>> {
    let slots_of = |step: &Step| {
        let mut slots = Vec::new();
        step.each_read(&mut |slot| slots.push(slot));
        step.each_write(&mut |slot| slots.push(slot));
        slots
    };
    draft.steps.iter().map(slots_of).collect()
}
