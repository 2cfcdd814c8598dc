//! History: undo and redo without limit.

use crate::{Edit, EditError, Patch};

/// Everything that was done to one patch, and everything that was undone.
///
/// It holds inverses only. As every edit of the patch goes through it, they always apply.
#[derive(Clone, Debug, Default)]
pub struct History {
    done: Vec<Entry>,
    undone: Vec<Entry>,
    /// The next edit of a gesture may join the last entry.
    open: bool,
    /// Number of the latest entry there has been.
    latest: u64,
}

#[derive(Clone, Debug)]
struct Entry {
    /// In `done` the edit that undoes it, in `undone` the one that redoes it.
    edit: Edit,
    gesture: Option<u64>,
    /// Tells this entry from every other there has been.
    number: u64,
}

/// A moment in a [`History`]. Equal marks mean equal patches: take one when saving, and compare to see
/// whether something is unsaved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark(u64);

impl History {
    /// Nothing done yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Does an edit. What was undone before can't be redone any more.
    pub fn apply(&mut self, patch: &mut Patch, edit: Edit) -> Result<(), EditError> {
        self.record(patch, edit, None)
    }

    /// Does an edit as part of a gesture, like one step of turning a knob. Successive edits of one
    /// gesture are undone together. Undo, redo, [`finish_gesture`](Self::finish_gesture) and any other
    /// edit end it.
    pub fn apply_in_gesture(&mut self, patch: &mut Patch, edit: Edit, gesture: u64) -> Result<(), EditError> {
        self.record(patch, edit, Some(gesture))
    }

    /// Ends the gesture: a later one with the same number is undone by itself.
    pub fn finish_gesture(&mut self) {
        self.open = false;
    }

    fn record(&mut self, patch: &mut Patch, edit: Edit, gesture: Option<u64>) -> Result<(), EditError> {
        let inverse = patch.apply(edit)?;
        self.undone.clear();
        self.latest += 1;
        let number = self.latest;
        match self.done.last_mut() {
            Some(last) if self.open && gesture.is_some() && last.gesture == gesture => {
                let earlier = std::mem::replace(&mut last.edit, Edit::Batch(Vec::new()));
                last.edit = inverse.then(earlier);
                last.number = number;
            }
            _ => self.done.push(Entry { edit: inverse, gesture, number }),
        }
        self.open = gesture.is_some();
        Ok(())
    }

    /// Takes back the last edit or gesture. Gives the edit that [`redo`](Self::redo) would now do, which
    /// names what has changed; nothing when there is nothing to undo.
    ///
    /// Fails, and changes nothing, if the patch was changed past this history.
    pub fn undo(&mut self, patch: &mut Patch) -> Result<Option<&Edit>, EditError> {
        self.open = false;
        step(patch, &mut self.done, &mut self.undone)
    }

    /// Does again what was undone last. Gives the edit that [`undo`](Self::undo) would now do; nothing
    /// when there is nothing to redo.
    ///
    /// Fails, and changes nothing, if the patch was changed past this history.
    pub fn redo(&mut self, patch: &mut Patch) -> Result<Option<&Edit>, EditError> {
        self.open = false;
        step(patch, &mut self.undone, &mut self.done)
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    /// Whether there is something to redo.
    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// Where in its history the patch is.
    pub fn mark(&self) -> Mark {
        Mark(self.done.last().map_or(0, |entry| entry.number))
    }
}

/// Applies the last entry of `from` and puts its inverse on `onto`.
fn step<'h>(
    patch: &mut Patch,
    from: &mut Vec<Entry>,
    onto: &'h mut Vec<Entry>,
) -> Result<Option<&'h Edit>, EditError> {
    let Some(entry) = from.last() else {
        return Ok(None);
    };
    let Entry { gesture, number, .. } = *entry;
    let edit = patch.apply(entry.edit.clone())?;
    from.pop();
    onto.push(Entry { edit, gesture, number });
    Ok(onto.last().map(|entry| &entry.edit))
}

impl Edit {
    /// One edit that does this and then `next`.
    fn then(self, next: Edit) -> Edit {
        if next.overwrites(&self) {
            return next;
        }
        let mut edits = match self {
            Edit::Batch(edits) => edits,
            edit => vec![edit],
        };
        match next {
            Edit::Batch(more) => edits.extend(more),
            edit => edits.push(edit),
        }
        Edit::Batch(edits)
    }

    /// Whether nothing is left of `earlier` once this is done after it: both put a value in the same
    /// place.
    fn overwrites(&self, earlier: &Edit) -> bool {
        match (self, earlier) {
            (Edit::Move { id, .. }, Edit::Move { id: other, .. })
            | (Edit::SetMuted { id, .. }, Edit::SetMuted { id: other, .. }) => id == other,
            (Edit::SetKnob { id, input, .. }, Edit::SetKnob { id: other, input: other_input, .. }) => {
                id == other && input == other_input
            }
            (
                Edit::SetSetting { id, setting, .. },
                Edit::SetSetting { id: other, setting: other_setting, .. },
            ) => id == other && setting == other_setting,
            (Edit::SetDepth { ends, .. }, Edit::SetDepth { ends: other, .. })
            | (Edit::SetDelayed { ends, .. }, Edit::SetDelayed { ends: other, .. })
            | (Edit::SetUncompensated { ends, .. }, Edit::SetUncompensated { ends: other, .. }) => {
                ends == other
            }
            (Edit::SetMeta(_), Edit::SetMeta(_)) | (Edit::SetSeed(_), Edit::SetSeed(_)) => true,
            // Dragging a selection is a batch of moves, again and again of the same nodes.
            (Edit::Batch(edits), Edit::Batch(others)) => {
                edits.len() == others.len()
                    && edits.iter().zip(others).all(|(edit, other)| edit.overwrites(other))
            }
            _ => false,
        }
    }
}
