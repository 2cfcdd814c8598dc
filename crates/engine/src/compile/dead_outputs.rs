//! Dead outputs: lane kernels compute nothing for an output that no step reads.

use super::emit::{Draft, DraftSlot, Storage};
use crate::plan::step::Step;

/// Takes the memory of outputs that no step reads.
pub(super) fn drop_dead_outputs(draft: &mut Draft) {
    let mut is_read = vec![false; draft.slots.len()];
    for step in &draft.steps {
        step.each_read(&mut |slot| is_read[slot as usize] = true);
    }
    for (slot, is_read) in draft.slots.iter_mut().zip(is_read) {
        slot.is_read = is_read;
    }
    for step in &draft.steps {
        drop_outputs(step, &mut draft.slots);
    }
}

/// Block nodes write to slices, which need memory even if no step reads them.
fn drop_outputs(step: &Step, slots: &mut [DraftSlot]) {
    match step {
        Step::Lanes(step) => {
            for &output in &step.details.outputs {
                let slot = &mut slots[output as usize];
                if !slot.is_read {
                    slot.storage = Storage::Dead;
                }
            }
        }
        Step::Loop(step) => step.body.iter().for_each(|step| drop_outputs(step, slots)),
        _ => {}
    }
}
