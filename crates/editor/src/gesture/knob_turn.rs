//! Turn: drag a dial up or down (Shift: ten times finer), or scroll over it; double-click resets it.

use super::GestureContext;
use jackfield_node::Knob;
use jackfield_patch::{Edit, NodeBody, Patch, PortRef};
use std::sync::Arc;

/// How far to drag from one end of the range to the other, on the screen.
pub(crate) const TRAVEL: f32 = 200.0;
/// How much finer it goes with Shift.
pub(crate) const FINE: f32 = 0.1;

/// A knob being turned.
#[derive(Debug)]
pub(crate) struct KnobTurn {
    node: Arc<str>,
    input: Arc<str>,
    knob: Knob,
    /// Where the hand is in the knob's range, 0 to 1.
    part: f32,
    gesture: u64,
    moved: bool,
}

/// A knob and its shown value.
pub(crate) fn knob_value(patch: &Patch, at: PortRef) -> Option<(Knob, f32)> {
    let NodeBody::Known { spec, knobs, .. } = &patch.node(at.node)?.body else { return None };
    Some((spec.inputs.get(at.port)?.knob?, *knobs.get(at.port)?))
}

/// Where a shown value lies in the knob's range, 0 to 1; an exponential knob turns in octaves.
pub fn part_of_range(knob: &Knob, shown: f32) -> f32 {
    let (low, high) = (knob.to_signal(knob.min), knob.to_signal(knob.max));
    ((knob.to_signal(shown) - low) / (high - low)).clamp(0.0, 1.0)
}

/// The shown value at a part of the knob's range.
pub fn value_at_part(knob: &Knob, part: f32) -> f32 {
    let (low, high) = (knob.to_signal(knob.min), knob.to_signal(knob.max));
    match part {
        ..=0.0 => knob.min,
        1.0.. => knob.max,
        _ => knob.clamp(knob.to_shown(low + (high - low) * part)),
    }
}

impl KnobTurn {
    pub(crate) fn begin(context: &mut GestureContext<'_>, at: PortRef) -> Option<Self> {
        let (knob, value) = knob_value(context.document.patch(), at)?;
        let (node, input) = context.knob_names(at)?;
        let gesture = context.document.begin_gesture();
        Some(Self { node, input, knob, part: part_of_range(&knob, value), gesture, moved: false })
    }

    pub(crate) fn update(&mut self, context: &mut GestureContext<'_>) {
        let by = turned_by(context);
        if by == 0.0 {
            return;
        }
        self.part = (self.part + by).clamp(0.0, 1.0);
        let value = value_at_part(&self.knob, self.part);
        let edit = Edit::SetKnob { id: self.node.clone(), input: self.input.clone(), value };
        self.moved |= context.edit_in_gesture(edit, self.gesture);
    }

    pub(crate) fn cancel(self, context: &mut GestureContext<'_>) {
        if self.moved {
            context.document.undo();
        }
    }
}

/// By which part of its range the hand turned a knob since the last frame.
pub(crate) fn turned_by(context: &GestureContext<'_>) -> f32 {
    let delta = context.pointer.delta;
    (delta.x - delta.y) / TRAVEL * if context.pointer.modifiers.shift { FINE } else { 1.0 }
}

/// Turns the knob under the cursor by the wheel. Successive steps on one knob are undone together.
pub(crate) fn scroll(context: &mut GestureContext<'_>, at: PortRef, notches: f32) {
    let Some((knob, value)) = knob_value(context.document.patch(), at) else { return };
    let fine = if context.pointer.modifiers.shift { FINE } else { 1.0 };
    let part = (part_of_range(&knob, value) + notches * 0.02 * fine).clamp(0.0, 1.0);
    let gesture = match context.view.scrolling {
        Some((knob, gesture)) if knob == at => gesture,
        _ => context.document.begin_gesture(),
    };
    context.view.scrolling = Some((at, gesture));
    let Some((id, input)) = context.knob_names(at) else { return };
    context.edit_in_gesture(Edit::SetKnob { id, input, value: value_at_part(&knob, part) }, gesture);
}

/// Puts a knob back to its default.
pub(crate) fn reset(context: &mut GestureContext<'_>, at: PortRef) {
    let Some((knob, _)) = knob_value(context.document.patch(), at) else { return };
    let Some((id, input)) = context.knob_names(at) else { return };
    context.edit(Edit::SetKnob { id, input, value: knob.default });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_values_there_and_back() {
        for knob in [Knob::hertz(20.0, 20_000.0, 440.0), Knob::decibels(-60.0, 6.0, 0.0), Knob::bipolar(0.0)]
        {
            for step in 0..=50_u8 {
                let part = f32::from(step) / 50.0;
                assert!((part_of_range(&knob, value_at_part(&knob, part)) - part).abs() < 1e-4);
            }
            assert_eq!((value_at_part(&knob, 0.0), value_at_part(&knob, 1.0)), (knob.min, knob.max));
        }
    }

    #[test]
    fn a_frequency_turns_in_octaves() {
        let knob = Knob::hertz(100.0, 1600.0, 400.0);
        assert!((value_at_part(&knob, 0.25) - 200.0).abs() < 0.1);
        assert!((part_of_range(&knob, 400.0) - 0.5).abs() < 1e-5);
    }
}
