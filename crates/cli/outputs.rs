//! Outputs: looked at before a command begins, so that what it writes takes the place of nothing it reads.

use crate::exit::Failure;
use std::path::{Path, PathBuf};

/// What a command writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutputKind {
    /// A WAV file.
    Sound,
    /// A bundle.
    Bundle,
    /// A patch.
    Patch,
}

/// Endings of files that hold something else than a sound as it is written here.
const NO_SOUND: &[&str] = &[
    "jack", "jackz", "mid", "midi", "smf", "rmi", "kar", "syx", "scl", "kbm", "flac", "mp3", "mp2", "ogg",
    "oga", "opus", "m4a", "m4b", "mp4", "aac", "aif", "aiff", "aifc", "caf", "w64", "wma", "au", "snd",
    "mka", "webm", "zip", "json", "txt", "png", "svg", "rs", "toml", "md", "vcv",
];

/// Whether files with this ending hold something that is known.
fn is_known(ending: &str) -> bool {
    NO_SOUND.contains(&ending) || ["wav", "wave", "bwf", "rf64"].contains(&ending)
}

impl OutputKind {
    /// The ending that files of this kind have.
    fn ending(self) -> &'static str {
        match self {
            Self::Sound => "wav",
            Self::Bundle => "jackz",
            Self::Patch => "jack",
        }
    }

    /// What is written, and as what.
    fn name(self) -> &'static str {
        match self {
            Self::Sound => "sound is written as WAV",
            Self::Bundle => "a bundle is a .jackz file",
            Self::Patch => "a patch is a .jack file",
        }
    }

    /// Whether a file with this ending, in small letters, would hold what its name doesn't say.
    fn contradicts(self, ending: &str) -> bool {
        match self {
            Self::Sound => NO_SOUND.contains(&ending),
            Self::Bundle => is_known(ending) && !["jackz", "zip"].contains(&ending),
            Self::Patch => is_known(ending) && !["jack", "json"].contains(&ending),
        }
    }
}

/// The files of one command.
#[derive(Debug, Default)]
pub(crate) struct Outputs {
    inputs: Vec<(PathBuf, String)>,
    outputs: Vec<PathBuf>,
}

impl Outputs {
    /// The command reads this file; `what` it is ends the sentence "it is ...".
    pub(crate) fn read(&mut self, path: &Path, what: impl Into<String>) {
        self.inputs.push((path.to_owned(), what.into()));
    }

    /// The command will write this file.
    ///
    /// # Errors
    /// It is one that the command reads or writes already, or its name says that it is of another kind.
    pub(crate) fn write(&mut self, path: &Path, kind: OutputKind) -> Result<(), Failure> {
        let fail = |why: &str| Err(Failure::usage(format!("can't write '{}': {why}", path.display())));
        if let Some((_, what)) = self.inputs.iter().find(|(input, _)| is_same(input, path)) {
            return fail(&format!("it is {what}; choose another name"));
        }
        if self.outputs.iter().any(|output| is_same(output, path)) {
            return fail("another output goes there; choose another name");
        }
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        if ending.is_some_and(|ending| kind.contradicts(&ending)) {
            let better = path.with_extension(kind.ending());
            return fail(&format!("{}; call it '{}'", kind.name(), better.display()));
        }
        self.outputs.push(path.to_owned());
        Ok(())
    }
}

/// Whether two paths lead to one file, be it through links, or will as soon as it is there. Names that differ
/// only in capitals count as one: on many disks they are.
fn is_same(a: &Path, b: &Path) -> bool {
    match (identity(a), identity(b)) {
        (Some(a), Some(b)) => a == b,
        // One is there and the other not.
        (Some(_), None) | (None, Some(_)) => false,
        (None, None) => future_name(a) == future_name(b),
    }
}

/// Tells a file from all others.
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    path.metadata().ok().map(|data| (data.dev(), data.ino()))
}

/// Tells a file from all others.
#[cfg(not(unix))]
fn identity(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok()
}

/// Where a file that is not there yet will be: its folder's real place, and its name in small letters.
fn future_name(path: &Path) -> Option<(PathBuf, String)> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    Some((folder.canonicalize().ok()?, path.file_name()?.to_string_lossy().to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use tempfile::TempDir;

    fn folder() -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in ["v.jack", "in.wav", "sub"] {
            let path = folder.path().join(name);
            if name == "sub" { fs::create_dir(path).unwrap() } else { fs::write(path, name).unwrap() }
        }
        folder
    }

    #[test]
    fn an_input_is_known_by_any_name() {
        let folder = folder();
        let at = |name: &str| folder.path().join(name);
        let mut names = vec!["in.wav", "./in.wav", "sub/../in.wav"];
        if cfg!(unix) {
            #[cfg(unix)]
            std::os::unix::fs::symlink(at("in.wav"), at("link.wav")).unwrap();
            fs::hard_link(at("in.wav"), at("hard.wav")).unwrap();
            names.extend(["link.wav", "hard.wav"]);
        }
        for name in names {
            let mut outputs = Outputs::default();
            outputs.read(&at("in.wav"), "the input");
            assert!(outputs.write(&at(name), OutputKind::Sound).is_err(), "{name}");
            assert!(outputs.write(&at("out.wav"), OutputKind::Sound).is_ok());
        }
    }

    #[test]
    fn two_outputs_need_two_names() {
        let folder = folder();
        let at = |name: &str| folder.path().join(name);
        let mut outputs = Outputs::default();
        outputs.write(&at("new.wav"), OutputKind::Sound).unwrap();
        for name in ["new.wav", "./new.wav", "sub/../new.wav", "New.WAV"] {
            assert!(outputs.write(&at(name), OutputKind::Sound).is_err(), "{name}");
        }
        for name in ["newer.wav", "sub/new.wav"] {
            outputs.write(&at(name), OutputKind::Sound).unwrap();
        }
    }

    #[test]
    fn a_name_may_not_promise_another_kind() {
        let mut outputs = Outputs::default();
        for name in ["a.jack", "a.JACK", "a.mid", "a.flac", "a.mp3", "a.jackz"] {
            assert!(outputs.write(Path::new(name), OutputKind::Sound).is_err(), "{name}");
        }
        for name in ["a.wav", "a.WAVE", "b", "take.2", "c.raw"] {
            outputs.write(Path::new(name), OutputKind::Sound).unwrap();
        }
        for name in ["a.jack", "a.wav", "a.mid"] {
            assert!(outputs.write(Path::new(name), OutputKind::Bundle).is_err(), "{name}");
        }
        for name in ["x.jackz", "x.zip", "x"] {
            outputs.write(Path::new(name), OutputKind::Bundle).unwrap();
        }
    }
}
