//! Ring: drag the ring around a dial to set the depth of the cable that ends in its knob.

use super::GestureContext;
use super::depth::cable_of_knob;
use super::knob_turn::{knob_value, turned_by};
use jackfield_patch::{CableEnds, Edit, PortRef};

/// The depth of a cable being set.
#[derive(Debug)]
pub(crate) struct RingDrag {
    ends: CableEnds,
    depth: f32,
    /// The depth that moves the knob through its whole range.
    range: f32,
    gesture: u64,
    moved: bool,
}

impl RingDrag {
    pub(crate) fn begin(context: &mut GestureContext<'_>, at: PortRef) -> Option<Self> {
        let cable = cable_of_knob(context.document, &context.view.selection, at)?;
        let patch = context.document.patch();
        let (knob, _) = knob_value(patch, at)?;
        let range = knob.to_signal(knob.max) - knob.to_signal(knob.min);
        let (ends, depth) = (patch.ends(cable)?, patch.cable(cable)?.2.depth);
        let gesture = context.document.begin_gesture();
        Some(Self { ends, depth, range, gesture, moved: false })
    }

    pub(crate) fn update(&mut self, context: &mut GestureContext<'_>) {
        let by = turned_by(context);
        if by == 0.0 {
            return;
        }
        self.depth = (self.depth + by * self.range).clamp(-self.range, self.range);
        // Thousandths are finer than can be heard, and look better in the file.
        let depth = (self.depth * 1000.0).round() / 1000.0;
        let edit = Edit::SetDepth { ends: self.ends.clone(), depth };
        self.moved |= context.edit_in_gesture(edit, self.gesture);
    }

    pub(crate) fn cancel(self, context: &mut GestureContext<'_>) {
        if self.moved {
            context.document.undo();
        }
    }
}
