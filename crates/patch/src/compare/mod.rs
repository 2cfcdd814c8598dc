//! What differs between two patches, in words and as edits.
//!
//! [`compare`] lists differences so that their edits, applied one after the other, make the second patch of
//! the first. Each can also be taken over by itself. A node that has another id and is otherwise much the
//! same counts as renamed, and a cable that was moved from one port to another as rewired.

mod definitions;
mod rename;
mod step;
mod words;

pub(crate) use rename::find_renames;
pub(crate) use step::{Action, Place, Step, steps};

use crate::{Edit, EditError, Patch};
use definitions::DefinitionDifferences;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What kind of thing differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DifferenceKind {
    /// A node has another id.
    Renamed,
    /// Title, author, licence, notes, tempo, seed or keys this program does not know.
    Described,
    /// A node, cable, comment or frame is gone.
    Removed,
    /// A node, cable, comment or frame is new.
    Added,
    /// A cable goes from or to another port.
    Rewired,
    /// A knob or the depth of a cable has another value.
    Turned,
    /// A setting, switch, colour or text has another value.
    Changed,
    /// A node, comment or frame stands elsewhere, which nobody hears.
    Moved,
}

impl DifferenceKind {
    /// One lower-case word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Renamed => "renamed",
            Self::Described => "described",
            Self::Removed => "removed",
            Self::Added => "added",
            Self::Rewired => "rewired",
            Self::Turned => "turned",
            Self::Changed => "changed",
            Self::Moved => "moved",
        }
    }
}

/// One thing in which two patches differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    kind: DifferenceKind,
    node: Option<Arc<str>>,
    text: String,
    actions: Vec<Action>,
}

impl Difference {
    fn new(step: Step) -> Self {
        let Step { kind, node, text, action, .. } = step;
        Self { kind, node, text, actions: vec![action] }
    }

    /// What kind of thing differs.
    pub fn kind(&self) -> DifferenceKind {
        self.kind
    }

    /// The node that differs, or that a differing cable ends in; nothing for what belongs to the whole
    /// patch. Once all nodes that were renamed have their new ids, that is an id of the first patch or of
    /// the second.
    pub fn node(&self) -> Option<&str> {
        self.node.as_deref()
    }

    /// What differs, in one line, like `turned 'cutoff' of 'filter' from 800 Hz to 1200 Hz`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Takes the difference over into a patch, which may be another than the two that were compared.
    ///
    /// Gives back the edit that undoes it.
    ///
    /// # Errors
    ///
    /// When the patch lacks what it is about, or has it already. The patch is then as it was.
    pub fn take_over(&self, patch: &mut Patch) -> Result<Edit, EditError> {
        let edits = self.actions.iter().map(|action| action.edit(patch)).collect();
        patch.apply(Edit::Batch(edits))
    }
}

/// Lists what makes `to` of `from`: renamed nodes first, then what was removed, added, connected and turned.
///
/// Takes time in proportion to the size of both patches; to find renamed nodes, in proportion to the
/// product of the nodes of one type that either patch alone has, up to a limit beyond which none counts as
/// renamed. Any thread but the audio thread.
///
/// ```
/// use jackfield_patch::{Edit, Patch, compare};
///
/// let before = Patch::new();
/// let mut after = before.clone();
/// after.apply(Edit::SetTempo(90.0))?;
/// let differences = compare(&before, &after);
/// assert_eq!(differences[0].text(), "tempo from 120 to 90 bpm");
///
/// let mut made = before;
/// differences[0].take_over(&mut made)?;
/// assert_eq!(made, after);
/// # Ok::<(), jackfield_patch::EditError>(())
/// ```
pub fn compare(from: &Patch, to: &Patch) -> Vec<Difference> {
    let differences = level_differences(from, to);
    if from.definitions == to.definitions {
        return differences;
    }
    // Changes that only fit together, like two definitions that swap places, are told as one.
    let mut made = from.clone();
    let fits = differences.iter().all(|difference| difference.take_over(&mut made).is_ok());
    if fits && made == *to {
        return differences;
    }
    vec![Difference {
        kind: DifferenceKind::Changed,
        node: None,
        text: "changed what boxes hold, and which hold which".to_owned(),
        actions: vec![Action::Edit(Edit::Replace(Box::new(to.clone())))],
    }]
}

/// What differs between two patches, or between what two definitions hold.
fn level_differences(from: &Patch, to: &Patch) -> Vec<Difference> {
    let renames = find_renames(from, to);
    let mut differences = Vec::new();
    let mut renamed = from.clone();
    for (id, now) in renames {
        let step = Step::rename(&id, &now);
        // The new id is one that the first patch lacks.
        if renamed.apply(step.action.edit(&renamed)).is_ok() {
            differences.push(Difference::new(step));
        }
    }
    let rest = join_rewired(steps(&renamed, to));
    if from.definitions == to.definitions {
        differences.extend(rest);
        return differences;
    }
    let DefinitionDifferences { first, last } = DefinitionDifferences::between(&renamed, to);
    let (gone, rest): (Vec<_>, Vec<_>) =
        rest.into_iter().partition(|difference| difference.kind == DifferenceKind::Removed);
    differences.extend(gone.into_iter().chain(first).chain(rest).chain(last));
    differences
}

/// Makes one difference of a cable that is gone and one that is new where both share an end.
fn join_rewired(steps: Vec<Step>) -> Vec<Difference> {
    let mut differences: Vec<Option<Difference>> = Vec::with_capacity(steps.len());
    let mut removed: BTreeMap<(bool, Arc<str>, Arc<str>), usize> = BTreeMap::new();
    for step in steps {
        let Place::Cable(ends) = &step.place else {
            differences.push(Some(Difference::new(step)));
            continue;
        };
        let input = (true, ends.to.clone(), ends.input.clone());
        let output = (false, ends.from.clone(), ends.output.clone());
        if step.kind == DifferenceKind::Removed {
            removed.insert(input, differences.len());
            removed.insert(output, differences.len());
            differences.push(Some(Difference::new(step)));
            continue;
        }
        let partner = [input, output]
            .iter()
            .filter_map(|end| removed.remove(end))
            .find_map(|index| differences[index].take());
        differences.push(Some(match partner {
            Some(gone) => rewired(gone, step),
            None => Difference::new(step),
        }));
    }
    differences.into_iter().flatten().collect()
}

fn rewired(gone: Difference, new: Step) -> Difference {
    let (was, is) = (gone.text.trim_start_matches("removed "), new.text.trim_start_matches("added "));
    let text = format!("rewired {was} to {}", is.trim_start_matches("cable "));
    // The cable may have gone already, with the port of a box.
    let mut actions: Vec<Action> = gone.actions.into_iter().map(Action::if_it_fits).collect();
    actions.push(new.action);
    Difference { kind: DifferenceKind::Rewired, node: new.node, text, actions }
}

#[cfg(test)]
mod tests;
