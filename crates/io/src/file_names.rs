//! Names of files as patches from other systems write them.
//!
//! Windows puts `\` between folders, Windows and macOS take `Kick.wav` and `kick.wav` for one name, and macOS
//! and others write an accent as a letter of its own or not. A name that is not there as written is looked
//! for without regard to these, and found if there is just one such file.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use unicode_normalization::UnicodeNormalization;

/// A name without what systems disagree about: two names that are equal then may be one file.
pub(crate) fn folded(name: &str) -> String {
    name.nfc().collect::<String>().to_lowercase().nfc().collect()
}

/// A path as it is written on this system and most others, relative and without steps up; nothing if it is
/// none.
pub(crate) fn plain(path: &str) -> Option<PathBuf> {
    let relative = Path::new(path);
    let is_inside =
        |path: &Path| path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    // A drive's letter makes a path absolute, also where there are no drives.
    let is_drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic();
    (is_inside(relative) && !is_drive && !path.starts_with('\\')).then(|| relative.to_owned())
}

/// The path with `/` for each `\`, if there are any and it stays inside.
pub(crate) fn with_slashes(path: &str) -> Option<PathBuf> {
    path.contains('\\').then(|| path.replace('\\', "/")).and_then(|path| plain(&path))
}

/// The one path in a folder that is equal to another but for what systems disagree about.
pub(crate) fn alike(folder: &Path, path: &Path) -> Option<PathBuf> {
    let mut found = PathBuf::new();
    for part in path.components() {
        let Component::Normal(part) = part else { continue };
        if folder.join(&found).join(part).exists() {
            found.push(part);
            continue;
        }
        let wanted = folded(part.to_str()?);
        let names = folder
            .join(&found)
            .read_dir()
            .ok()?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let alike: BTreeSet<String> = names.filter(|name| folded(name) == wanted).collect();
        // Among several none is the right one.
        let [name] = &alike.into_iter().collect::<Vec<_>>()[..] else { return None };
        found.push(name);
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_equal_but_for_capitals_and_the_way_accents_are_written() {
        assert_eq!(folded("Caf\u{e9}.WAV"), folded("cafe\u{301}.wav"));
        assert_eq!(folded("\u{130}x"), folded("\u{130}x"));
        assert_ne!(folded("kick.wav"), folded("kick2.wav"));
    }

    #[test]
    fn paths_that_lead_out_are_none() {
        for path in ["../a", "/a", "C:\\a.wav", "c:a.wav", "\\\\server\\a.wav", "\\a.wav"] {
            assert!(
                plain(path).is_none() || with_slashes(path).is_some_and(|path| path.is_relative()),
                "{path}"
            );
        }
        assert_eq!(plain("C:/a.wav"), None);
        assert_eq!(with_slashes("..\\a.wav"), None);
        assert_eq!(with_slashes("a\\b\\c.wav"), Some(PathBuf::from("a/b/c.wav")));
        assert_eq!(with_slashes("a/b.wav"), None);
    }

    #[test]
    fn one_file_that_is_alike_is_found_and_of_two_none() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("Drums")).unwrap();
        for name in ["Drums/Kick.wav", "Drums/cafe\u{301}.wav"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let find = |path: &str| alike(folder.path(), Path::new(path));
        assert_eq!(find("drums/KICK.wav"), Some(PathBuf::from("Drums/Kick.wav")));
        assert_eq!(find("Drums/caf\u{e9}.wav"), Some(PathBuf::from("Drums/cafe\u{301}.wav")));
        assert_eq!(find("Drums/snare.wav"), None);
        assert_eq!(find("Drums/Kick.wav/x"), None);
        std::fs::write(folder.path().join("Drums/KICK.WAV"), "").unwrap();
        let names = folder.path().join("Drums").read_dir().unwrap().count();
        // Where capitals don't count there is still one file, and it is found.
        assert_eq!(find("drums/kick.wav").is_some(), names == 2);
    }
}
