//! Bundles (`.jackz`): a patch and the files it uses in one zip archive, to pass around.
//!
//! The patch lies in it as [`PATCH`], the files under the paths by which the patch calls them. A bundle comes
//! from a stranger, so it is unpacked with care: into an empty folder, nothing outside of it, no links, no
//! two entries of one name, and never more than the limits below, whatever the archive says of itself.

mod contents;
mod name;
mod pack;
mod unpack;

pub use pack::{PackError, pack};
pub use unpack::{is_bundle, unpack};

use std::io;
use thiserror::Error;

/// The patch in a bundle.
pub const PATCH: &str = "patch.jack";
/// Most files besides the patch.
pub const MOST_FILES: usize = 1_000;
/// Most bytes of all files, unpacked.
pub const MOST_BYTES: u64 = 1 << 30;
/// Most bytes of the archive.
pub const MOST_ARCHIVE_BYTES: u64 = 1 << 30;

/// Why a bundle can't be written or opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BundleError {
    /// The archive is not one, or is broken.
    #[error("the bundle is damaged: {reason}; get another copy of it")]
    Damaged {
        /// What is wrong.
        reason: String,
    },
    /// There is no patch in it.
    #[error("there is no '{PATCH}' in it, so it is no bundle; pack one with 'jackfield bundle'")]
    NoPatch,
    /// It holds too many files.
    #[error("a bundle holds at most {MOST_FILES} files; this one has more")]
    TooMany,
    /// It holds too much.
    #[error("a bundle holds at most 1 GiB; this one holds more")]
    TooLarge,
    /// An entry would not lie plainly in the folder.
    #[error("the bundle names a file '{name}', which is no plain path inside it; do not trust it")]
    Outside {
        /// The entry's name.
        name: String,
    },
    /// Two entries have one name, or names that differ in capitals only.
    #[error("the bundle holds '{name}' twice; get another copy of it")]
    Twice {
        /// The entry's name.
        name: String,
    },
    /// Two files of a patch would be one on some systems.
    #[error(
        "'{first}' and '{second}' are one name where capitals don't count, so no such bundle could be opened \
         there; rename one of them and choose it again"
    )]
    Alike {
        /// A file's name.
        first: String,
        /// The other's.
        second: String,
    },
    /// A folder, a device or a pipe.
    #[error("'{name}' is no ordinary file; choose another for the node that plays it")]
    NoFile {
        /// Its name.
        name: String,
    },
    /// A file that no node could play, and that may be private.
    #[error(
        "'{name}' is no sound, MIDI file, scale or keyboard map, so it is not packed; choose another for the \
         node that names it"
    )]
    NotPlayable {
        /// Its name.
        name: String,
    },
    /// A file can't be read or written.
    #[error("{what}: {source}; check the disk and the rights")]
    Io {
        /// What was being done.
        what: String,
        /// From the operating system.
        source: io::Error,
    },
}

impl BundleError {
    fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        |source| Self::Io { what, source }
    }
}

#[cfg(test)]
mod tests;
