//! What lies in a folder, as a file dialog shows it.

use crate::edit::files::Kind;
use std::path::Path;

/// Most entries that are shown; a folder may hold millions.
const MOST: usize = 2_000;

/// A folder or a file in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) is_folder: bool,
}

/// The folders in a folder, then its files of this kind, each in order. Nothing hidden.
pub(super) fn entries(folder: &Path, kind: Kind) -> std::io::Result<Vec<Entry>> {
    let mut entries: Vec<Entry> = folder
        .read_dir()?
        .flatten()
        .take(MOST)
        .filter_map(|entry| {
            let path = entry.path();
            let name = entry.file_name().to_str()?.to_owned();
            let is_folder = path.is_dir();
            let is_wanted = is_folder || Kind::of(&path) == Some(kind);
            (is_wanted && !name.starts_with('.')).then_some(Entry { name, is_folder })
        })
        .collect();
    entries.sort_by_key(|entry| (!entry.is_folder, entry.name.to_lowercase()));
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn folders_come_first_and_only_wanted_files_after_them() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("zoo")).expect("a folder");
        for name in ["b.jack", "A.jack", "c.wav", ".hidden.jack"] {
            fs::write(folder.path().join(name), "").expect("written");
        }
        let found = entries(folder.path(), Kind::Patch).expect("the folder can be read");
        let names: Vec<&str> = found.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["zoo", "A.jack", "b.jack"]);
        assert!(entries(Path::new("/nonexistent"), Kind::Patch).is_err());
    }
}
