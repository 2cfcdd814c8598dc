//! Copies samples to where a step reads them: gathers lanes, folds them, and carries them from one frame of a
//! loop to the next (unit delays).

use super::run::Run;
use crate::index::SlotIx;
use crate::mix::{self, PARTIAL_SUMS};
use crate::plan::Scratch;
use crate::plan::memory::LINE;
use crate::plan::step::{GatherStep, LaneRef, UnitDelay};
use jackfield_node::Slot;
use std::slice;

impl Run<'_> {
    /// Where a lane's first sample lies, and how far it is from there to the next: not at all while the
    /// signal holds still.
    #[inline(always)]
    pub(super) fn lane(&self, scratch: &Scratch, source: LaneRef) -> (*const f32, usize) {
        let slot = &scratch.slots[source.slot];
        let stride = usize::from(self.plan.slot_widths[source.slot]) & slot.step;
        // A slot has room for its lanes; reading is up to the caller.
        (slot.data.wrapping_add(source.lane as usize), stride)
    }

    #[inline(never)]
    pub(super) unsafe fn gather(&mut self, scratch: &mut Scratch, step: &GatherStep) {
        let width = usize::from(self.plan.slot_widths[step.target]);
        let is_constant =
            !self.in_loop && step.sources.iter().all(|lane| scratch.slots[lane.slot].is_constant());
        let target = scratch.slots[step.target].data;
        scratch.slots[step.target].step = if is_constant { Slot::CONSTANT } else { Slot::MOVING };
        let count = if is_constant { LINE } else { width };
        let (first, end) = if is_constant { (0, 1) } else { (self.first, self.first + self.frames) };
        if let [source] = *step.sources {
            let (samples, stride) = self.lane(scratch, source);
            for frame in first..end {
                // SAFETY: both slots have room for the frame's lanes, and are different slots.
                unsafe {
                    let sample = *samples.add(frame * stride);
                    slice::from_raw_parts_mut(target.add(frame * width), count).fill(sample);
                }
            }
            return;
        }
        for place in 0..count {
            let source = step.sources.get(place % width).unwrap_or(&step.sources[0]);
            let (samples, stride) = self.lane(scratch, *source);
            for frame in first..end {
                // SAFETY: both slots have room for the frame's lanes, and are different slots.
                unsafe {
                    let sample = *samples.add(frame * stride);
                    target.add(frame * width + place).write(sample);
                }
            }
        }
    }

    #[inline(never)]
    pub(super) unsafe fn fold(&mut self, scratch: &mut Scratch, source: SlotIx, target: SlotIx) {
        let is_constant = scratch.slots[source].is_constant() && !self.in_loop;
        let step = scratch.slots[source].step;
        let from: *const [f32; PARTIAL_SUMS] = scratch.slots[source].data.cast();
        let to = scratch.slots[target].data;
        scratch.slots[target].step = if is_constant { Slot::CONSTANT } else { Slot::MOVING };
        // SAFETY: the source has sixteen lanes and a frame for each it is asked for, the target has one
        // lane and room for a block, and they are different slots.
        unsafe {
            if is_constant {
                let mut sum = [0.0];
                mix::fold(slice::from_raw_parts(from, 1), &mut sum);
                slice::from_raw_parts_mut(to, LINE).fill(sum[0]);
                return;
            }
            let places = slice::from_raw_parts(from.add(self.first & step), self.frames);
            mix::fold(places, slice::from_raw_parts_mut(to.add(self.first), self.frames));
        }
    }

    /// Writes what the sources of a delayed cable were one frame ago.
    #[inline(always)]
    pub(super) unsafe fn read_unit_delay(&self, scratch: &mut Scratch, delay: &UnitDelay) {
        let width = usize::from(self.plan.slot_widths[delay.target]);
        let data = scratch.slots[delay.target].data.cast::<u32>();
        // SAFETY: the slot has room for a block of its lanes, the state for as many words as lanes.
        unsafe {
            let state = scratch.state.as_mut_ptr().add(delay.state_start);
            copy_lanes(state, data.add(self.first * width), width);
        }
    }

    /// Stores what the sources of a delayed cable are in this frame.
    #[inline(always)]
    pub(super) unsafe fn write_unit_delay(&self, scratch: &mut Scratch, delay: &UnitDelay) {
        let width = usize::from(self.plan.slot_widths[delay.target]);
        // SAFETY: as in `read_unit_delay`.
        let state = unsafe { scratch.state.as_mut_ptr().add(delay.state_start) };
        if delay.is_whole {
            let slot = &scratch.slots[delay.sources[0].slot];
            let stride = width & slot.step;
            // SAFETY: the source has the target's width and was written for this frame.
            unsafe { copy_lanes(slot.data.cast::<u32>().add(self.first * stride), state, width) };
            return;
        }
        for lane in 0..width {
            let source = delay.sources.get(lane).unwrap_or(&delay.sources[0]);
            let (samples, stride) = self.lane(scratch, *source);
            // SAFETY: as above.
            unsafe {
                let value = *samples.add(self.first * stride);
                *state.add(lane) = value.to_bits();
            }
        }
    }
}

/// Copies as many words as a pack has lanes.
///
/// # Safety
/// There are so many at both places, which do not overlap.
#[inline(always)]
unsafe fn copy_lanes(from: *const u32, to: *mut u32, width: usize) {
    // SAFETY: passed on to the caller. A known count becomes one or two moves instead of a call.
    unsafe {
        match width {
            16 => to.copy_from_nonoverlapping(from, 16),
            8 => to.copy_from_nonoverlapping(from, 8),
            4 => to.copy_from_nonoverlapping(from, 4),
            _ => *to = *from,
        }
    }
}
