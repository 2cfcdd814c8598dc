//! The help patches, `patches/help/<category>.<node>.jack`: a small patch for every node type that lets a
//! person hear what it does. Each is written canonically, contains its node, says what to listen for, sounds,
//! stays healthy, and sounds as recorded.
//!
//! The recorded hashes stand in `tests/help_patches.txt`. For a new help patch, or when a change of sound is
//! meant: `cargo xtask record`.

use crate::support::patch_files::{PatchFile, check_sounds, patches};
use std::collections::BTreeSet;

const FOLDER: &str = "patches/help";
/// More would hide what the patch is about.
const MOST_NODES: usize = 12;
/// Shorter notes can hardly say what to do and what to listen for.
const SHORTEST_NOTES: usize = 80;

/// Node types without a help patch yet. Take a type out once it has one; the list shall stay empty.
const MISSING: &[&str] = &[];

#[test]
fn every_node_type_has_one() {
    let patches: BTreeSet<String> = patches(FOLDER).into_iter().map(|file| file.name).collect();
    let types: BTreeSet<String> = jackfield_nodes::SPECS.iter().map(|spec| spec.id.to_owned()).collect();
    let missing: BTreeSet<&str> = types.difference(&patches).map(String::as_str).collect();
    assert_eq!(
        missing,
        MISSING.iter().copied().collect(),
        "left: without a help patch, right: listed as such"
    );
    let strangers: Vec<&String> = patches.difference(&types).collect();
    assert!(strangers.is_empty(), "no node types: {strangers:?}");
}

#[test]
fn they_are_small_and_teach() {
    for file in patches(FOLDER) {
        file.check_text();
        let PatchFile { name, patch, .. } = &file;
        assert!(patch.nodes().any(|(_, node)| node.type_id() == name), "{name}: does not show its node");
        let count = patch.nodes().count();
        assert!(count <= MOST_NODES, "{name}: {count} nodes, {MOST_NODES} are enough");
        let notes = &patch.meta.notes;
        let teaches = notes.len() >= SHORTEST_NOTES && notes.ends_with('.');
        assert!(teaches, "{name}: say in sentences what to do and what to listen for: '{notes}'");
    }
}

#[test]
fn they_sound_as_recorded_whatever_computes_them() {
    check_sounds(FOLDER, "tests/help_patches");
}
