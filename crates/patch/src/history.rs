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
    ///
    /// # Errors
    ///
    /// Those of [`Patch::apply`]; patch and history are then as they were.
    pub fn apply(&mut self, patch: &mut Patch, edit: Edit) -> Result<(), EditError> {
        self.record(patch, edit, None)
    }

    /// Does an edit as part of a gesture, like one step of turning a knob. Successive edits of one
    /// gesture are undone together. Undo, redo, [`finish_gesture`](Self::finish_gesture) and any other
    /// edit end it.
    ///
    /// # Errors
    ///
    /// Those of [`Patch::apply`]; patch and history are then as they were.
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
    /// # Errors
    ///
    /// When the patch was changed past this history; nothing is undone then.
    pub fn undo(&mut self, patch: &mut Patch) -> Result<Option<&Edit>, EditError> {
        self.open = false;
        step(patch, &mut self.done, &mut self.undone)
    }

    /// Does again what was undone last. Gives the edit that [`undo`](Self::undo) would now do; nothing
    /// when there is nothing to redo.
    ///
    /// # Errors
    ///
    /// When the patch was changed past this history; nothing is redone then.
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
            | (Edit::SetHue { id, .. }, Edit::SetHue { id: other, .. })
            | (Edit::SetMuted { id, .. }, Edit::SetMuted { id: other, .. }) => id == other,
            (Edit::SetKnob { id, input, .. }, Edit::SetKnob { id: other, input: other_input, .. }) => {
                id == other && input == other_input
            }
            (
                Edit::SetSetting { id, setting, .. },
                Edit::SetSetting { id: other, setting: other_setting, .. },
            ) => id == other && setting == other_setting,
            (Edit::SetDepth { ends, .. }, Edit::SetDepth { ends: other, .. })
            | (Edit::SetCableHue { ends, .. }, Edit::SetCableHue { ends: other, .. })
            | (Edit::SetDelayed { ends, .. }, Edit::SetDelayed { ends: other, .. })
            | (Edit::SetUncompensated { ends, .. }, Edit::SetUncompensated { ends: other, .. }) => {
                ends == other
            }
            (
                Edit::SetAnnotation { kind, id, .. },
                Edit::SetAnnotation { kind: other_kind, id: other, .. },
            ) => kind == other_kind && id == other,
            (Edit::SetMeta(_), Edit::SetMeta(_))
            | (Edit::SetSeed(_), Edit::SetSeed(_))
            | (Edit::SetTempo(_), Edit::SetTempo(_))
            | (Edit::SetExtra(_), Edit::SetExtra(_)) => true,
            (
                Edit::Inside { definition, edit },
                Edit::Inside { definition: other_definition, edit: other },
            ) => definition == other_definition && edit.overwrites(other),
            // Dragging a selection is a batch of moves, again and again of the same nodes.
            (Edit::Batch(edits), Edit::Batch(others)) => {
                edits.len() == others.len()
                    && edits.iter().zip(others).all(|(edit, other)| edit.overwrites(other))
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::OSC;
    use crate::testing::random::{edit, patch};
    use crate::{Node, write};
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn knob(id: &str, value: f32) -> Edit {
        Edit::SetKnob { id: id.into(), input: "level".into(), value }
    }

    fn two_oscillators() -> Patch {
        let mut patch = Patch::new();
        for id in ["a", "b"] {
            patch.apply(Edit::AddNode(Box::new(Node::new(id, &OSC)))).unwrap();
        }
        patch
    }

    proptest! {
        #[test]
        fn undo_leads_back_and_redo_forth(
            start in patch(),
            edits in vec((edit(), any::<Option<bool>>()), 0..40),
        ) {
            let mut patch = start.clone();
            let mut history = History::new();
            for (edit, gesture) in edits {
                // Edits that fail are not in the history.
                let _ = match gesture {
                    Some(gesture) => history.apply_in_gesture(&mut patch, edit, gesture.into()),
                    None => history.apply(&mut patch, edit),
                };
            }
            let end = patch.clone();
            while history.undo(&mut patch).unwrap().is_some() {}
            prop_assert_eq!(&patch, &start);
            prop_assert_eq!(write(&patch), write(&start));
            while history.redo(&mut patch).unwrap().is_some() {}
            prop_assert_eq!(&patch, &end);
            prop_assert_eq!(write(&patch), write(&end));
        }

        #[test]
        fn equal_marks_mean_equal_patches(steps in vec((edit(), 0..4_u8), 0..40)) {
            let mut patch = Patch::new();
            let mut history = History::new();
            let mut seen = vec![(history.mark(), patch.clone())];
            for (edit, step) in steps {
                match step {
                    0 => drop(history.undo(&mut patch).unwrap()),
                    1 => drop(history.redo(&mut patch).unwrap()),
                    2 => drop(history.apply(&mut patch, edit)),
                    _ => drop(history.apply_in_gesture(&mut patch, edit, 1)),
                }
                match seen.iter().find(|(mark, _)| *mark == history.mark()) {
                    Some((_, then)) => prop_assert_eq!(&patch, then),
                    None => seen.push((history.mark(), patch.clone())),
                }
            }
        }
    }

    #[test]
    fn a_drag_is_undone_at_once() {
        let start = two_oscillators();
        let mut patch = start.clone();
        let mut history = History::new();
        for step in 0..100_u8 {
            history.apply_in_gesture(&mut patch, knob("a", f32::from(step) / 100.0), 1).unwrap();
        }
        assert_eq!(history.done.len(), 1);
        assert_eq!(history.done.last().unwrap().edit, knob("a", 0.8), "one value, not a hundred");
        history.undo(&mut patch).unwrap();
        assert_eq!(patch, start);
        assert!(!history.can_undo() && history.can_redo());
    }

    #[test]
    fn dragging_a_selection_is_undone_at_once() {
        let mut patch = two_oscillators();
        let start = patch.clone();
        let mut history = History::new();
        for step in 0..10_u8 {
            let moved = |id: &str| Edit::Move { id: id.into(), at: [f32::from(step), 0.0] };
            history.apply_in_gesture(&mut patch, Edit::Batch(vec![moved("a"), moved("b")]), 7).unwrap();
        }
        let Edit::Batch(moves) = &history.done.last().unwrap().edit else { panic!("a batch") };
        assert_eq!(moves.len(), 2, "one move for each node");
        history.undo(&mut patch).unwrap();
        assert_eq!(patch, start);
    }

    #[test]
    fn gestures_end() {
        let mut patch = two_oscillators();
        let mut history = History::new();
        let mut turn = |history: &mut History, gesture| {
            history.apply_in_gesture(&mut patch, knob("a", 0.1), gesture).unwrap();
        };
        turn(&mut history, 1);
        turn(&mut history, 2);
        assert_eq!(history.done.len(), 2, "another gesture");
        history.finish_gesture();
        turn(&mut history, 2);
        assert_eq!(history.done.len(), 3, "finished");
        history.undo(&mut two_oscillators()).unwrap();
        turn(&mut history, 2);
        assert_eq!(history.done.len(), 3, "undo in between");
        assert!(!history.can_redo(), "a new edit leaves nothing to redo");
    }

    #[test]
    fn a_patch_changed_from_outside_is_an_error_and_stays() {
        let mut patch = Patch::new();
        let mut history = History::new();
        history.apply(&mut patch, Edit::AddNode(Box::new(Node::new("a", &OSC)))).unwrap();
        patch.apply(Edit::RemoveNode { id: "a".into() }).unwrap();
        assert!(history.undo(&mut patch).is_err());
        assert!(history.can_undo(), "the entry is still there");
    }
}
