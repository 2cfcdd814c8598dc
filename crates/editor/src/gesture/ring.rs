//! Ring: drag the ring around a dial to set the depth of the cable that ends in its knob.

use super::Stage;
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
    pub(crate) fn begin(stage: &mut Stage<'_>, at: PortRef) -> Option<Self> {
        let cable = cable_of_knob(stage.document, &stage.view.selection, at)?;
        let patch = stage.document.patch();
        let (knob, _) = knob_value(patch, at)?;
        let range = knob.to_signal(knob.max) - knob.to_signal(knob.min);
        let (ends, depth) = (patch.ends(cable)?, patch.cable(cable)?.2.depth);
        let gesture = stage.document.begin_gesture();
        Some(Self { ends, depth, range, gesture, moved: false })
    }

    pub(crate) fn update(&mut self, stage: &mut Stage<'_>) {
        let by = turned_by(stage);
        if by == 0.0 {
            return;
        }
        self.depth = (self.depth + by * self.range).clamp(-self.range, self.range);
        // Thousandths are finer than can be heard, and look better in the file.
        let depth = (self.depth * 1000.0).round() / 1000.0;
        let edit = Edit::SetDepth { ends: self.ends.clone(), depth };
        self.moved |= stage.edit_in_gesture(edit, self.gesture);
    }

    pub(crate) fn cancel(self, stage: &mut Stage<'_>) {
        if self.moved {
            stage.document.undo();
        }
    }
}
