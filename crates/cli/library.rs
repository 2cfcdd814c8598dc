//! The library: a folder of definitions. Each file is a patch of one box with all that it needs, so that it
//! opens, plays and compares like any other. A patch never depends on it: using a definition copies it.

use crate::patch_file;
use jackfield_node::Registry;
use jackfield_patch::{Patch, definition_id};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A definition in the library.
pub(crate) struct LibraryEntry {
    pub(crate) path: PathBuf,
    /// The definition's id.
    pub(crate) id: &'static str,
    /// The patch that holds it.
    pub(crate) patch: Patch,
}

/// How a definition of a patch stands to the one of the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LibraryState {
    /// The library has none of this id.
    NotThere,
    /// Both are equal.
    Same,
    /// The one of the library is newer; this one is as it was taken.
    Update,
    /// This one was changed since it was taken.
    ChangedHere,
    /// Both were changed, or they never were one.
    Different,
}

impl LibraryState {
    /// In a few words.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NotThere => "not in the library",
            Self::Same => "as in the library",
            Self::Update => "an update is available",
            Self::ChangedHere => "changed here",
            Self::Different => "another than in the library",
        }
    }

    /// How a definition of a patch stands to this entry of its id.
    pub(crate) fn of(patch: &Patch, id: &str, entry: Option<&LibraryEntry>) -> Self {
        let Some(entry) = entry else { return Self::NotThere };
        let (here, there) = (patch.content_hash(id), entry.patch.content_hash(entry.id));
        let origin = patch.definition(id).and_then(|definition| definition.origin);
        match origin {
            _ if here == there => Self::Same,
            Some(_) if origin == there => Self::ChangedHere,
            Some(_) if origin == here => Self::Update,
            _ => Self::Different,
        }
    }
}

/// The definitions in a folder, ordered by file name, and what is wrong with files that hold none.
///
/// # Errors
/// The folder can't be read. One that is not there holds nothing.
pub(crate) fn read(folder: &Path, registry: &Registry) -> io::Result<(Vec<LibraryEntry>, Vec<String>)> {
    let mut paths = Vec::new();
    match fs::read_dir(folder) {
        Ok(files) => {
            for file in files {
                paths.push(file?.path());
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "jack"));
    paths.sort();
    let (mut entries, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        match patch_file::read(&path, registry) {
            Err(error) => problems.push(error.describe(&path)),
            Ok(file) => match held(&file.patch) {
                Some(id) => entries.push(LibraryEntry { path, id, patch: file.patch }),
                None => problems.push(format!("{} holds no box", path.display())),
            },
        }
    }
    Ok((entries, problems))
}

/// The definition of the first box of a patch.
fn held(patch: &Patch) -> Option<&'static str> {
    let mut boxes = patch.nodes().filter_map(|(_, node)| definition_id(node.spec()?));
    boxes.next()
}

/// The file of a definition in a library.
pub(crate) fn file(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.jack"))
}
