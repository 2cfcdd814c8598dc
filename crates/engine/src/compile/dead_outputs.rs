//! Dead outputs: lane kernels compute nothing for an output that no step reads.

use super::draft::{Draft, DraftSlot, Storage};
use crate::index::{IndexVec, SlotIx};
use crate::plan::step::Step;

/// Takes the memory of outputs that no step reads.
pub(super) fn drop_dead_outputs(draft: &mut Draft) {
    let mut is_read: IndexVec<SlotIx, bool> = IndexVec::filled(draft.slots.len(), false);
    for step in &draft.steps {
        step.each_read(&mut |slot| is_read[slot] = true);
    }
    for (slot, is_read) in draft.slots.iter_mut().zip(is_read) {
        slot.is_read = is_read;
    }
    for step in &draft.steps {
        drop_outputs(step, &mut draft.slots);
    }
}

/// Block nodes write to slices, which need memory even if no step reads them.
fn drop_outputs(step: &Step, slots: &mut IndexVec<SlotIx, DraftSlot>) {
    match step {
        Step::Lanes(step) => {
            for &output in &step.details.outputs {
                if !slots[output].is_read {
                    slots[output].storage = Storage::Dead;
                }
            }
        }
        Step::Loop(step) => step.body.iter().for_each(|step| drop_outputs(step, slots)),
        _ => {}
    }
}
