//! What a person should know of a file that could be had all the same.

use thiserror::Error;

/// What went wrong with a file while it was read or played.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileTrouble {
    /// The disk did not keep up, and the file paused until it did.
    #[error(
        "'{path}' plays with gaps ({gaps}): the disk is too slow; close other programs or move the file to a \
         faster disk"
    )]
    Gaps {
        /// As written in the patch.
        path: String,
        /// Gaps since this was last told.
        gaps: u64,
    },
    /// The file can't be read on.
    #[error("'{path}' breaks off: {reason}; check the disk, or export the file again")]
    BrokenOff {
        /// As written in the patch.
        path: String,
        /// From the system or the decoder.
        reason: String,
    },
    /// The file is not as it should be, or not all of it is heard.
    #[error("'{path}': {oddity}")]
    Odd {
        /// As written in the patch.
        path: String,
        /// What is odd, and what was made of it.
        oddity: String,
    },
}

impl FileTrouble {
    /// The file, as written in the patch.
    pub fn path(&self) -> &str {
        match self {
            Self::Gaps { path, .. } | Self::BrokenOff { path, .. } | Self::Odd { path, .. } => path,
        }
    }
}
