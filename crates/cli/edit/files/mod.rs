//! Files: patches and what belongs to them, on the disk and in the program.

pub(crate) mod asset_folder;
pub(crate) mod factory;
pub(crate) mod journal;

use jackfield_node::FileKind;
use std::path::Path;

/// What a file is good for, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A patch.
    Patch,
    /// Something that a setting of a node can name.
    Asset(FileKind),
}

impl Kind {
    /// Endings of the names, in small letters.
    pub(crate) fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Patch => &["jack", "vcv"],
            Self::Asset(kind) => kind.endings(),
        }
    }

    /// What people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Asset(kind) => kind.name(),
        }
    }

    /// The kind of a file.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_lowercase();
        let assets = FileKind::ALL.into_iter().map(Self::Asset);
        std::iter::once(Self::Patch).chain(assets).find(|kind| kind.endings().contains(&ending.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_the_name() {
        assert_eq!(Kind::of(Path::new("a/b.JACK")), Some(Kind::Patch));
        assert_eq!(Kind::of(Path::new("rack.vcv")), Some(Kind::Patch));
        assert_eq!(Kind::of(Path::new("kick.Wav")), Some(Kind::Asset(FileKind::Sound)));
        assert_eq!(Kind::of(Path::new("song.mid")), Some(Kind::Asset(FileKind::Midi)));
        assert_eq!(Kind::of(Path::new("just.scl")), Some(Kind::Asset(FileKind::Scale)));
        assert_eq!(Kind::of(Path::new("wav")), None);
    }
}
