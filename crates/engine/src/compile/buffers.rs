//! Assigns buffers: slots that never hold a signal at the same time share memory, the one freed last
//! first, since it is still in the cache.

use super::Target;
use super::emit::{Draft, DraftSlot, Storage};
use crate::BLOCK;
use crate::plan::memory::{CacheLines, LINE};
use crate::plan::step::{LaneStep, SlotIndex, Step};
use crate::plan::{Plan, PlanParam, Scratch};
use jackfield_node::{LaneCall, LaneContext, Slot};
use std::cell::UnsafeCell;
use std::collections::HashMap;
use std::ptr;
use std::sync::atomic::AtomicU64;

/// Gives every slot its memory and closes the plan.
pub(super) fn assign(mut draft: Draft, target: &Target) -> Plan {
    let (offsets, floats) = layout(&draft);
    let mut signals = CacheLines::<f32>::zeroed(floats);
    let base = signals.as_mut_ptr();
    let mut slots = Vec::with_capacity(draft.slots.len());
    for (slot, &offset) in draft.slots.iter().zip(&offsets) {
        let step = if slot.storage == Storage::Shared { Slot::MOVING } else { Slot::CONSTANT };
        let data = match slot.storage {
            Storage::Dead => ptr::null_mut(),
            // SAFETY: `layout` keeps every slot inside the `floats` it asked for.
            _ => unsafe { base.add(offset) },
        };
        slots.push(Slot { data, step });
        if let Storage::Constant(value) = slot.storage {
            signals.as_mut_slice()[offset..offset + LINE].fill(value);
        }
    }
    let params: Box<[PlanParam]> = draft
        .params
        .into_iter()
        .map(|(param, controls)| PlanParam { param, controls: controls.into() })
        .collect();
    let mut by_serial: Vec<(u32, u32)> =
        (0..).zip(&params).map(|(at, param)| (param.param.serial, at)).collect();
    by_serial.sort_unstable();
    let mut slots: Box<[Slot]> = slots.into();
    let mut state = CacheLines::zeroed(draft.state_words);
    let mut ports = Vec::new();
    each_lane_step(&mut draft.steps, &mut |step| ports.extend(step.details.ports(step.extent)));
    let ports: Box<[SlotIndex]> = ports.into();
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
        is_moving: vec![false; params.len()].into(),
        ramps: vec![[0.0; BLOCK]; params.len()].into(),
        restless: Vec::with_capacity(draft.controls.len()),
    };
    let times = draft.labels.iter().map(|_| AtomicU64::default()).collect();
    Plan {
        epoch: target.epoch,
        sample_rate: target.sample_rate,
        instruction_set: target.instruction_set,
        steps: draft.steps.into(),
        params,
        by_serial: by_serial.into(),
        controls: draft.controls.into(),
        states: draft.states.into(),
        names: draft.names.into(),
        labels: draft.labels.into(),
        delayed: draft.delayed.into(),
        ports,
        slot_widths: draft.slots.iter().map(|slot| if slot.is_read { slot.width as u8 } else { 0 }).collect(),
        times,
        transport: target.transport.clone(),
        scratch: UnsafeCell::new(scratch),
    }
}

/// Makes the calls of all lane steps, now that it is known where everything lies. `ports` has those of
/// every lane step, one after the other.
fn prepare_calls(steps: &mut [Step], ports: &[SlotIndex], state: &mut CacheLines<u32>) {
    let mut next = 0;
    let state = state.as_mut_ptr();
    each_lane_step(steps, &mut |step| {
        let details = &step.details;
        let (inputs, outputs) = (details.inputs.len(), details.outputs.len());
        // SAFETY: the compiler gave the step's slots room for a block of its lanes (and at least a line,
        // which is what a flat kernel computes at a time), apart from each other; `state_start` leaves
        // room for the state; the config is the node type's own. Ports, config and transport lie where
        // they are for as long as the plan lives.
        let call = unsafe {
            let state = state.add(details.state_start);
            LaneCall::new(ports[next..].as_ptr(), outputs, inputs, state, &*details.config)
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
fn layout(draft: &Draft) -> (Vec<usize>, usize) {
    let mut offsets = vec![usize::MAX; draft.slots.len()];
    let mut floats = 0;
    let mut take = |size: usize| {
        floats += size;
        floats - size
    };
    for (slot, offset) in draft.slots.iter().zip(&mut offsets) {
        match slot.storage {
            Storage::Constant(_) => *offset = take(BLOCK),
            Storage::Control => *offset = take(size(slot)),
            Storage::Shared | Storage::Dead => {}
        }
    }
    let uses = uses(draft);
    let mut last_use = vec![0; draft.slots.len()];
    for (turn, slots) in uses.iter().enumerate() {
        for &slot in slots {
            last_use[slot as usize] = turn;
        }
    }
    let mut free: HashMap<usize, Vec<usize>> = HashMap::new();
    for (turn, slots) in uses.iter().enumerate() {
        for &slot in slots {
            let contents = &draft.slots[slot as usize];
            if offsets[slot as usize] == usize::MAX && contents.storage == Storage::Shared {
                let size = size(contents);
                offsets[slot as usize] = free.get_mut(&size).and_then(Vec::pop).unwrap_or_else(|| take(size));
            }
        }
        for &slot in slots {
            let contents = &draft.slots[slot as usize];
            if contents.storage == Storage::Shared && last_use[slot as usize] == turn {
                // A slot named twice in one turn must be freed once.
                last_use[slot as usize] = usize::MAX;
                free.entry(size(contents)).or_default().push(offsets[slot as usize]);
            }
        }
    }
    for offset in &mut offsets {
        if *offset == usize::MAX {
            *offset = take(BLOCK * LINE);
        }
    }
    (offsets, floats)
}

/// Floats of a slot: a block of its lanes, and never less than a line.
fn size(slot: &DraftSlot) -> usize {
    BLOCK * slot.width
}

/// The slots each step of the plan touches; a loop with all its steps is one turn.
fn uses(draft: &Draft) -> Vec<Vec<SlotIndex>> {
    draft
        .steps
        .iter()
        .map(|step| {
            let mut slots = Vec::new();
            step.each_read(&mut |slot| slots.push(slot));
            step.each_write(&mut |slot| slots.push(slot));
            slots
        })
        .collect()
}
