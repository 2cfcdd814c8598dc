//! The patches that come with the program.

use jackfield_editor::FactoryPatch;
use jackfield_engine::ScheduledMidi;
use jackfield_node::{Category, Registry};
use jackfield_patch::Patch;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Name of the file and text of each, made from the folder `patches/` by the build script.
static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/factory.rs"));

/// All of them, as the browser shows them.
pub(crate) fn list(registry: &Registry) -> Vec<FactoryPatch> {
    FILES.iter().filter_map(|(name, _)| Some(describe(name, &read(name, registry)?))).collect()
}

/// One of them; nothing if there is none of this name.
pub(crate) fn read(name: &str, registry: &Registry) -> Option<Patch> {
    let (_, text) = FILES.iter().find(|(other, _)| *other == name)?;
    jackfield_patch::read(text, registry).ok().map(|(patch, _)| patch)
}

/// What makes its sound is what one looks for in a patch.
fn describe(name: &str, patch: &Patch) -> FactoryPatch {
    let specs = patch.nodes().filter_map(|(_, node)| node.spec());
    let tells = [Category::Source, Category::Filter, Category::Effect, Category::Time];
    let tags: BTreeSet<Arc<str>> = specs
        .filter(|spec| tells.contains(&spec.category))
        .map(|spec| spec.name.to_lowercase().into())
        .collect();
    FactoryPatch {
        name: name.into(),
        title: patch.meta.title.as_str().into(),
        notes: patch.meta.notes.as_str().into(),
        tags: tags.into_iter().collect(),
    }
}

/// A phrase for patches that wait for keys: four notes one after the other, then all of them together.
pub(crate) fn phrase(sample_rate: u32) -> Vec<ScheduledMidi> {
    const KEYS: [u8; 4] = [48, 60, 63, 67];
    let at = |beats: f64| (beats * f64::from(sample_rate) / 2.0) as u64;
    let note = |beats, midi| ScheduledMidi { frame: at(beats), midi };
    let mut notes = Vec::new();
    for (place, key) in KEYS.into_iter().enumerate() {
        let begin = place as f64;
        notes.push(note(begin, [0x90, key, 96]));
        notes.push(note(begin + 0.9, [0x80, key, 0]));
        notes.push(note(4.0, [0x90, key, 88]));
        notes.push(note(7.5, [0x80, key, 0]));
    }
    notes.sort_by_key(|note| note.frame);
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_factory_patch_can_be_read_and_says_what_it_is() {
        let list = list(&jackfield_nodes::registry());
        assert_eq!(list.len(), FILES.len());
        for patch in &list {
            assert!(
                !patch.title.is_empty() && !patch.notes.is_empty() && !patch.tags.is_empty(),
                "{patch:?}"
            );
        }
    }

    #[test]
    fn the_phrase_lets_go_of_every_key() {
        let notes = phrase(48_000);
        let count = |status| notes.iter().filter(|note| note.midi[0] == status).count();
        assert_eq!(count(0x90), count(0x80));
        assert!(notes.windows(2).all(|pair| pair[0].frame <= pair[1].frame));
    }
}
