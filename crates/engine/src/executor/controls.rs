//! Controls: brings the plan's cells up to date and writes the slots that follow them. A knob that rests
//! costs nothing; one that moves costs its own ramp.

use crate::cell::Pace;
use crate::plan::memory::LINE;
use crate::plan::{Control, ControlLane, Plan, Scratch};
use jackfield_node::Slot;

/// Prepares all controls for a block. `turned`: some cell may have a new target.
pub(super) fn update(plan: &Plan, scratch: &mut Scratch, pace: Pace, frames: usize, turned: bool) {
    if turned {
        wake(plan, scratch, pace);
    }
    if scratch.moving.is_empty() && scratch.restless.is_empty() {
        return;
    }
    for position in 0..scratch.restless.len() {
        rest(plan, scratch, scratch.restless[position]);
    }
    scratch.restless.clear();
    for position in 0..scratch.moving.len() {
        let at = scratch.moving[position] as usize;
        // SAFETY: this is the executor.
        unsafe { plan.cells[at].cell.advance(pace, &mut scratch.ramps[at][..frames]) };
        for &listener in &plan.cells[at].listeners {
            let slot = &mut scratch.slots[plan.controls[listener as usize].slot as usize];
            if slot.is_constant() {
                slot.step = Slot::MOVING;
                scratch.restless.push(listener);
            }
        }
    }
    for position in 0..scratch.restless.len() {
        write(plan, scratch, scratch.restless[position], frames);
    }
    // A cell that has arrived in this block is still read from its ramp above; now it rests.
    let Scratch { moving, is_moving, .. } = scratch;
    moving.retain(|&at| {
        // SAFETY: this is the executor.
        let moves_on = unsafe { plan.cells[at as usize].cell.motion() }.is_moving();
        is_moving[at as usize] = moves_on;
        moves_on
    });
}

/// Writes every control as it stands, for a plan that begins.
pub(super) fn begin(plan: &Plan, scratch: &mut Scratch) {
    scratch.moving.clear();
    scratch.is_moving.fill(false);
    scratch.restless.clear();
    for control in 0..plan.controls.len() {
        rest(plan, scratch, control as u32);
    }
}

/// Finds the cells that have somewhere to go.
fn wake(plan: &Plan, scratch: &mut Scratch, pace: Pace) {
    for (at, cell) in plan.cells.iter().enumerate() {
        // SAFETY: this is the executor.
        if unsafe { cell.cell.wake(pace) } && !std::mem::replace(&mut scratch.is_moving[at], true) {
            scratch.moving.push(at as u32);
        }
    }
}

/// The value of a control's lane while its cell rests.
fn value(plan: &Plan, lane: ControlLane) -> f32 {
    match lane {
        // SAFETY: this is the executor.
        ControlLane::Cell(cell) => unsafe { plan.cells[cell as usize].cell.motion().value },
        ControlLane::Fixed(bits) => f32::from_bits(bits),
    }
}

/// What lane `lane` of a slot listens to; idle lanes do as the first.
fn lane(control: &Control, lane: usize) -> ControlLane {
    *control.lanes.get(lane).unwrap_or(&control.lanes[0])
}

/// Writes one frame that holds still.
fn rest(plan: &Plan, scratch: &mut Scratch, position: u32) {
    let control = &plan.controls[position as usize];
    let width = usize::from(plan.slot_widths[control.slot as usize]);
    let slot = &mut scratch.slots[control.slot as usize];
    slot.step = Slot::CONSTANT;
    for place in 0..LINE {
        // SAFETY: a control's slot has room for a block, which is more than a line.
        unsafe { slot.data.add(place).write(value(plan, lane(control, place % width))) };
    }
}

/// Writes a block of a control that moves.
fn write(plan: &Plan, scratch: &mut Scratch, position: u32, frames: usize) {
    let control = &plan.controls[position as usize];
    let width = usize::from(plan.slot_widths[control.slot as usize]);
    let data = scratch.slots[control.slot as usize].data;
    for place in 0..width {
        let source = lane(control, place);
        let ramp = match source {
            ControlLane::Cell(cell) if scratch.is_moving[cell as usize] => {
                Some(&scratch.ramps[cell as usize])
            }
            _ => None,
        };
        let still = value(plan, source);
        for frame in 0..frames {
            let sample = ramp.map_or(still, |ramp| ramp[frame]);
            // SAFETY: a control's slot has room for a block of its width.
            unsafe { data.add(frame * width + place).write(sample) };
        }
    }
}
