//! A name is only a name: whatever the nodes are called, a patch sounds the same.

use crate::support::patch_files::{PatchFile, patches};
use jackfield_engine::SoundHash;
use jackfield_patch::{Edit, read, write};
use jackfield_testkit::performance::Means;
use std::sync::Arc;

fn hash(file: &PatchFile) -> String {
    let mut hash = SoundHash::new();
    hash.add(&file.sound(Means::best())[..48_000]);
    hash.hex()
}

/// The patch with other names, which keep the order of the nodes.
fn renamed(file: &PatchFile) -> PatchFile {
    let mut patch = file.patch.clone();
    let ids: Vec<Arc<str>> = patch.nodes().map(|(_, node)| node.id.clone()).collect();
    for (number, id) in ids.into_iter().enumerate() {
        let to = format!("n {number:03}");
        patch.apply(Edit::Rename { id, to: to.into() }).expect("a free name");
    }
    // As the file has it.
    let (patch, _) = read(write(&patch), &jackfield_nodes::registry()).expect("it was just written");
    file.with(patch)
}

#[test]
fn renaming_every_node_changes_no_bit() {
    let mut changed = Vec::new();
    let is_random =
        |file: &PatchFile| file.patch.nodes().any(|(_, node)| node.spec().is_some_and(|spec| spec.is_random));
    for file in patches("patches").into_iter().chain(patches("patches/help")).filter(is_random) {
        if hash(&renamed(&file)) != hash(&file) {
            changed.push(file.name);
        }
    }
    assert!(changed.is_empty(), "{changed:?}");
}
