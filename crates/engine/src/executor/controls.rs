//! Controls: brings the plan's parameters up to date and writes the slots that follow them. A knob that rests
//! costs nothing; one that moves costs its own ramp.

use crate::index::ControlIx;
use crate::plan::memory::LINE;
use crate::plan::{Control, ControlLane, Plan, Scratch};
use crate::smoothed_param::SmoothingConstants;
use jackfield_node::Slot;

/// Prepares all controls for a block. `turned`: some parameter may have a new target.
pub(super) fn update(
    plan: &Plan,
    scratch: &mut Scratch,
    constants: SmoothingConstants,
    frames: usize,
    turned: bool,
) {
    if turned {
        wake(plan, scratch, constants);
    }
    if scratch.moving.is_empty() && scratch.moved_controls.is_empty() {
        return;
    }
    for position in 0..scratch.moved_controls.len() {
        rest(plan, scratch, scratch.moved_controls[position]);
    }
    scratch.moved_controls.clear();
    for position in 0..scratch.moving.len() {
        let at = scratch.moving[position];
        // SAFETY: this is the executor.
        unsafe { plan.params[at].param.advance(constants, &mut scratch.ramps[at][..frames]) };
        for &control in &plan.params[at].controls {
            let slot = &mut scratch.slots[plan.controls[control].slot];
            if slot.is_constant() {
                slot.step = Slot::MOVING;
                scratch.moved_controls.push(control);
            }
        }
    }
    for position in 0..scratch.moved_controls.len() {
        write(plan, scratch, scratch.moved_controls[position], frames);
    }
    // A parameter that has arrived in this block is still read from its ramp above; now it rests.
    let Scratch { moving, is_moving, .. } = scratch;
    moving.retain(|&at| {
        // SAFETY: this is the executor.
        let moves_on = unsafe { plan.params[at].param.motion() }.is_moving();
        is_moving[at] = moves_on;
        moves_on
    });
}

/// Writes every control as it stands, for a plan that begins.
pub(super) fn begin(plan: &Plan, scratch: &mut Scratch) {
    scratch.moving.clear();
    scratch.is_moving.fill(false);
    scratch.moved_controls.clear();
    for control in plan.controls.indices() {
        rest(plan, scratch, control);
    }
}

/// Finds the parameters that have a new target.
fn wake(plan: &Plan, scratch: &mut Scratch, constants: SmoothingConstants) {
    for (at, param) in plan.params.enumerate() {
        // SAFETY: this is the executor.
        if unsafe { param.param.wake(constants) } && !std::mem::replace(&mut scratch.is_moving[at], true) {
            scratch.moving.push(at);
        }
    }
}

/// The value of a control's lane while its parameter rests.
fn value(plan: &Plan, lane: ControlLane) -> f32 {
    match lane {
        // SAFETY: this is the executor.
        ControlLane::Param(param) => unsafe { plan.params[param].param.motion().value },
        ControlLane::Constant(bits) => f32::from_bits(bits),
    }
}

/// What lane `lane` of a slot follows; idle lanes do as the first.
fn lane(control: &Control, lane: usize) -> ControlLane {
    *control.lanes.get(lane).unwrap_or(&control.lanes[0])
}

/// Writes one frame that holds still.
fn rest(plan: &Plan, scratch: &mut Scratch, control: ControlIx) {
    let control = &plan.controls[control];
    let width = usize::from(plan.slot_widths[control.slot]);
    let slot = &mut scratch.slots[control.slot];
    slot.step = Slot::CONSTANT;
    for place in 0..LINE {
        // SAFETY: a control's slot has room for a block, which is more than a line.
        unsafe { slot.data.add(place).write(value(plan, lane(control, place % width))) };
    }
}

/// Writes a block of a control that moves.
fn write(plan: &Plan, scratch: &mut Scratch, control: ControlIx, frames: usize) {
    let control = &plan.controls[control];
    let width = usize::from(plan.slot_widths[control.slot]);
    let data = scratch.slots[control.slot].data;
    for place in 0..width {
        let source = lane(control, place);
        let ramp = match source {
            ControlLane::Param(param) if scratch.is_moving[param] => Some(&scratch.ramps[param]),
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
