//! Hoists the engine's own steps (gathers, sums) from where their result is wanted to where their sources
//! are all there: what they read is then still in the nearest cache, and its memory free the sooner.

use super::draft::Draft;
use crate::index::{IndexVec, SlotIx};
use crate::plan::step::Step;

/// Moves gathers and sums up, each behind the last step that writes what it reads.
pub(super) fn hoist(draft: &mut Draft) {
    let mut written_at: IndexVec<SlotIx, usize> = IndexVec::filled(draft.slots.len(), 0);
    let steps = std::mem::take(&mut draft.steps);
    let mut placed: Vec<(usize, Step)> = Vec::with_capacity(steps.len());
    for (position, step) in steps.into_iter().enumerate() {
        let mut place = position;
        if is_own(&step) {
            let mut latest = 0;
            step.each_read(&mut |slot| latest = latest.max(written_at[slot]));
            place = latest;
        }
        step.each_write(&mut |slot| written_at[slot] = place);
        placed.push((place, step));
    }
    // Stable: what is hoisted to one place comes behind the step that was there, in the order it had.
    placed.sort_by_key(|(place, _)| *place);
    draft.steps = placed.into_iter().map(|(_, step)| step).collect();
}

/// Whether the step is the engine's own and leaves no trace but what it writes.
fn is_own(step: &Step) -> bool {
    match step {
        Step::Lanes(step) => step.details.members.is_empty(),
        Step::Gather(_) | Step::Fold { .. } => true,
        Step::Block(_) | Step::Loop(_) | Step::Probe { .. } => false,
    }
}
