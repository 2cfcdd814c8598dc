//! Files: patches and what belongs to them, on the disk and in the program.

pub(crate) mod factory;
pub(crate) mod journal;
pub(crate) mod samples;

use std::path::Path;

/// What a file is good for, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A patch.
    Patch,
    /// Recorded sound.
    Sound,
    /// Notes.
    Midi,
}

impl Kind {
    /// Endings of the names, in small letters.
    pub(crate) fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Patch => &["jack"],
            Self::Sound => &["wav", "flac", "aiff", "aif", "mp3", "ogg", "oga", "m4a", "aac", "caf"],
            Self::Midi => &["mid", "midi"],
        }
    }

    /// What people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Patch => "Patches",
            Self::Sound => "Sound files",
            Self::Midi => "MIDI files",
        }
    }

    /// The kind of a file.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_lowercase();
        let kinds = [Self::Patch, Self::Sound, Self::Midi];
        kinds.into_iter().find(|kind| kind.endings().contains(&ending.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_the_name() {
        assert_eq!(Kind::of(Path::new("a/b.JACK")), Some(Kind::Patch));
        assert_eq!(Kind::of(Path::new("kick.Wav")), Some(Kind::Sound));
        assert_eq!(Kind::of(Path::new("song.mid")), Some(Kind::Midi));
        assert_eq!(Kind::of(Path::new("wav")), None);
    }
}
