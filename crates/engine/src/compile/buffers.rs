//! Assigns buffers: slots that never hold a signal at the same time share memory, the one freed last
//! first, since it is still in the cache.

use super::Target;
use super::emit::{Draft, DraftSlot, Place};
use crate::BLOCK;
use crate::plan::memory::{LINE, Lines};
use crate::plan::step::{SlotIndex, Step};
use crate::plan::{Plan, PlanCell, Scratch};
use jackfield_node::{LaneCall, Slot};
use std::cell::UnsafeCell;
use std::collections::HashMap;
use std::sync::atomic::AtomicU64;

/// Gives every slot its memory and closes the plan.
pub(super) fn assign(mut draft: Draft, target: &Target) -> Plan {
    let (offsets, floats) = layout(&draft);
    let mut signals = Lines::<f32>::zeroed(floats);
    let base = signals.as_mut_ptr();
    let mut slots = Vec::with_capacity(draft.slots.len());
    for (slot, &offset) in draft.slots.iter().zip(&offsets) {
        let step = if slot.place == Place::Shared { Slot::MOVING } else { Slot::CONSTANT };
        // SAFETY: `layout` keeps every slot inside the `floats` it asked for.
        slots.push(Slot { data: unsafe { base.add(offset) }, step });
        if let Place::Fixed(value) = slot.place {
            signals.as_mut_slice()[offset..offset + LINE].fill(value);
        }
    }
    let cells: Box<[PlanCell]> = draft
        .cells
        .into_iter()
        .map(|(cell, listeners)| PlanCell { cell, listeners: listeners.into() })
        .collect();
    let mut by_serial: Vec<(u32, u32)> = (0..).zip(&cells).map(|(at, cell)| (cell.cell.serial, at)).collect();
    by_serial.sort_unstable();
    let mut slots: Box<[Slot]> = slots.into();
    let mut state = Lines::zeroed(draft.state_words);
    prepare_calls(&mut draft.steps, slots.as_mut_ptr(), state.as_mut_ptr(), target);
    let scratch = Scratch {
        slots,
        signals,
        state,
        moving: Vec::with_capacity(cells.len()),
        is_moving: vec![false; cells.len()].into(),
        ramps: vec![[0.0; BLOCK]; cells.len()].into(),
        restless: Vec::with_capacity(draft.controls.len()),
    };
    let times = draft.labels.iter().map(|_| AtomicU64::default()).collect();
    Plan {
        epoch: target.epoch,
        sample_rate: target.sample_rate,
        instruction_set: target.instruction_set,
        steps: draft.steps.into(),
        cells,
        by_serial: by_serial.into(),
        controls: draft.controls.into(),
        states: draft.states.into(),
        names: draft.names.into(),
        labels: draft.labels.into(),
        delayed: draft.delayed.into(),
        slot_widths: draft.slots.iter().map(|slot| slot.width as u8).collect(),
        times,
        transport: target.transport.clone(),
        scratch: UnsafeCell::new(scratch),
    }
}

/// Makes the calls of all lane steps, now that it is known where everything lies.
fn prepare_calls(steps: &mut [Step], slots: *mut Slot, state: *mut u32, target: &Target) {
    for step in steps {
        match step {
            Step::Lanes(step) => {
                // SAFETY: the compiler gave the step's slots room for a block of its lanes (and at least
                // a line, which is what a flat kernel computes at a time), apart from each other;
                // `state_start` leaves room for the state; the config is the node type's own. The
                // boxes, the config and the transport lie where they are for as long as the plan lives.
                let call = unsafe {
                    let state = state.add(step.state_start);
                    let (rate, transport) = (target.sample_rate, target.transport.as_ptr());
                    LaneCall::new(slots, &step.inputs, &step.outputs, state, &*step.config, rate, transport)
                };
                *step.call.get_mut() = Some(call);
            }
            Step::Loop(inner) => prepare_calls(&mut inner.body, slots, state, target),
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
        match slot.place {
            Place::Fixed(_) => *offset = take(BLOCK),
            Place::Control => *offset = take(size(slot)),
            Place::Shared => {}
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
            if offsets[slot as usize] == usize::MAX {
                let size = size(&draft.slots[slot as usize]);
                offsets[slot as usize] = free.get_mut(&size).and_then(Vec::pop).unwrap_or_else(|| take(size));
            }
        }
        for &slot in slots {
            let contents = &draft.slots[slot as usize];
            if contents.place == Place::Shared && last_use[slot as usize] == turn {
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
            touched(step, &mut slots);
            slots
        })
        .collect()
}

fn touched(step: &Step, slots: &mut Vec<SlotIndex>) {
    match step {
        Step::Lanes(lanes) => slots.extend(lanes.inputs.iter().chain(&lanes.outputs)),
        Step::Block(block) => slots.extend(block.inputs.iter().chain(&block.outputs)),
        Step::Gather(gather) => {
            slots.extend(gather.sources.iter().map(|lane| lane.slot));
            slots.push(gather.target);
        }
        Step::Fold { source, target } => slots.extend([*source, *target]),
        Step::Probe { source, .. } => slots.push(*source),
        Step::Loop(inner) => {
            for recall in &inner.recalls {
                slots.push(recall.target);
                slots.extend(recall.sources.iter().map(|lane| lane.slot));
            }
            for step in &inner.body {
                touched(step, slots);
            }
        }
    }
}
