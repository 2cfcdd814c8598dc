//! The document: a patch with its history, its file and what has to be told to the host.
//!
//! Every change goes through [`Document::edit`], so undo, the unsaved mark and the journal see all of them.

use jackfield_node::Registry;
use jackfield_patch::{CableIndex, Edit, EditError, History, Mark, NodeBody, Patch, PortRef};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A patch with its history.
#[derive(Debug)]
pub struct Document {
    registry: Arc<Registry>,
    patch: Patch,
    history: History,
    saved: Mark,
    path: Option<PathBuf>,
    revision: u64,
    gestures: u64,
    pending: PendingChanges,
}

/// What the host has not been told yet.
#[derive(Debug, Default)]
struct PendingChanges {
    structure: bool,
    knobs: Vec<(Arc<str>, Arc<str>)>,
}

/// What has to be told to the host.
#[derive(Debug, Default, PartialEq)]
pub(crate) enum Changes {
    /// Nothing that can be heard has changed.
    #[default]
    Nothing,
    /// These knobs have turned: node, input, shown value.
    Knobs(Vec<(Arc<str>, Arc<str>, f32)>),
    /// More than knobs.
    Patch,
}

impl Document {
    /// A document of this patch, saved or not yet: `path` tells where.
    pub fn new(registry: Arc<Registry>, patch: Patch, path: Option<PathBuf>) -> Self {
        let pending = PendingChanges { structure: true, knobs: Vec::new() };
        Self {
            registry,
            patch,
            history: History::new(),
            saved: Mark::default(),
            path,
            revision: 0,
            gestures: 0,
            pending,
        }
    }

    /// The patch.
    pub fn patch(&self) -> &Patch {
        &self.patch
    }

    /// The node types there are.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// Counts up with every change of the patch.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Where it is saved, if it was.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// What to call it on screen: its title, else its file's name, else "Untitled".
    pub fn title(&self) -> String {
        let title = self.patch.meta.title.trim();
        if !title.is_empty() {
            return title.to_owned();
        }
        let stem = self.path.as_deref().and_then(Path::file_stem);
        stem.map_or_else(|| "Untitled".to_owned(), |stem| stem.to_string_lossy().into_owned())
    }

    /// Whether it differs from what is saved.
    pub fn is_dirty(&self) -> bool {
        self.history.mark() != self.saved
    }

    /// Notes that the patch as it is now was saved there.
    pub fn mark_saved(&mut self, path: PathBuf) {
        self.path = Some(path);
        self.saved = self.history.mark();
    }

    /// Notes that the patch as it is now is saved nowhere, like one restored after a crash.
    pub fn mark_unsaved(&mut self) {
        self.saved = Mark::default();
        if self.history.mark() == self.saved {
            // A step that changes nothing makes the mark differ.
            let seed = Edit::SetSeed(self.patch.seed);
            let done = self.edit(seed);
            debug_assert!(done.is_ok(), "a seed can always be set");
        }
    }

    /// Does an edit.
    ///
    /// # Errors
    ///
    /// Those of [`Patch::apply`]; nothing is changed then.
    pub fn edit(&mut self, edit: Edit) -> Result<(), EditError> {
        let changes = PendingChanges::of(&edit);
        self.record(edit, None)?;
        self.pending.add(changes);
        Ok(())
    }

    /// A number for a new gesture, to be passed to [`edit_in_gesture`](Self::edit_in_gesture).
    pub fn begin_gesture(&mut self) -> u64 {
        self.gestures += 1;
        self.gestures
    }

    /// Does an edit as part of a gesture; successive ones are undone together.
    ///
    /// # Errors
    ///
    /// Those of [`Patch::apply`]; nothing is changed then.
    pub fn edit_in_gesture(&mut self, edit: Edit, gesture: u64) -> Result<(), EditError> {
        let changes = PendingChanges::of(&edit);
        self.record(edit, Some(gesture))?;
        self.pending.add(changes);
        Ok(())
    }

    /// Follows an edit that the host has carried out by itself, like a knob that a controller has turned. The
    /// host is not told of it again.
    ///
    /// # Errors
    ///
    /// Those of [`Patch::apply`]; nothing is changed then.
    pub fn follow_in_gesture(&mut self, edit: Edit, gesture: u64) -> Result<(), EditError> {
        self.record(edit, Some(gesture))
    }

    /// Ends the gesture in progress.
    pub fn finish_gesture(&mut self) {
        self.history.finish_gesture();
    }

    fn record(&mut self, edit: Edit, gesture: Option<u64>) -> Result<(), EditError> {
        match gesture {
            Some(gesture) => self.history.apply_in_gesture(&mut self.patch, edit, gesture)?,
            None => self.history.apply(&mut self.patch, edit)?,
        }
        self.revision += 1;
        Ok(())
    }

    /// Takes back the last edit or gesture. False when there is nothing to undo.
    pub fn undo(&mut self) -> bool {
        let Ok(Some(edit)) = self.history.undo(&mut self.patch) else { return false };
        self.pending.note(edit);
        self.revision += 1;
        true
    }

    /// Does again what was undone last. False when there is nothing to redo.
    pub fn redo(&mut self) -> bool {
        let Ok(Some(edit)) = self.history.redo(&mut self.patch) else { return false };
        self.pending.note(edit);
        self.revision += 1;
        true
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        self.history.can_undo()
    }

    /// Whether there is something to redo.
    pub fn can_redo(&self) -> bool {
        self.history.can_redo()
    }

    /// What the host has to hear of since the last call.
    pub(crate) fn take_changes(&mut self) -> Changes {
        let pending = std::mem::take(&mut self.pending);
        if pending.structure {
            return Changes::Patch;
        }
        let knobs: Vec<_> = pending
            .knobs
            .into_iter()
            .filter_map(|(node, input)| {
                let value = self.knob(&node, &input)?;
                Some((node, input, value))
            })
            .collect();
        if knobs.is_empty() { Changes::Nothing } else { Changes::Knobs(knobs) }
    }

    /// The shown value of a knob.
    fn knob(&self, node: &str, input: &str) -> Option<f32> {
        let node = self.patch.node(self.patch.find(node)?)?;
        let NodeBody::Known { spec, knobs, .. } = &node.body else { return None };
        knobs.get(spec.input(input)?.index).copied()
    }

    /// The cables that end in an input, oldest first.
    pub(crate) fn cables_at_input(&self, input: PortRef) -> Vec<CableIndex> {
        let into = self.patch.cables_into(input.node);
        let mut cables: Vec<_> = into.filter(|cable| cable.2 == input).map(|cable| cable.0).collect();
        cables.sort_unstable();
        cables
    }
}

impl PendingChanges {
    fn of(edit: &Edit) -> Self {
        let mut changes = Self::default();
        changes.note(edit);
        changes
    }

    fn add(&mut self, other: Self) {
        self.structure |= other.structure;
        for knob in other.knobs {
            if !self.knobs.contains(&knob) {
                self.knobs.push(knob);
            }
        }
    }

    fn note(&mut self, edit: &Edit) {
        match edit {
            Edit::Move { .. }
            | Edit::SetHue { .. }
            | Edit::SetCableHue { .. }
            | Edit::SetAnnotation { .. }
            | Edit::SetMeta(_) => {}
            Edit::SetKnob { id, input, .. } => {
                let knob = (id.clone(), input.clone());
                if !self.knobs.contains(&knob) {
                    self.knobs.push(knob);
                }
            }
            Edit::Batch(edits) => edits.iter().for_each(|edit| self.note(edit)),
            _ => self.structure = true,
        }
    }
}
