//! Why a file could not be imported.

use crate::limits;
use jackfield_patch::EditError;
use thiserror::Error;

/// Why a file could not be imported: one line that says what is wrong and what to try.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ImportError {
    /// There is nothing in it.
    #[error("the file is empty; save the patch again in Rack")]
    Empty,
    /// It, or what it unpacks to, is too large.
    #[error("{what} is larger than {most} MiB, so it is not opened; remove recordings from the patch")]
    TooLarge {
        /// What is.
        what: &'static str,
        /// The limit, in MiB.
        most: u64,
    },
    /// The compression is damaged.
    #[error("the archive can't be decompressed ({problem}); it may be cut off: copy or download it again")]
    Compression {
        /// What the decoder says.
        problem: String,
    },
    /// The archive holds no patch.
    #[error("the archive holds no patch.json; save it again in Rack as a patch")]
    NoPatch,
    /// The JSON is damaged or is none.
    #[error("this is no Rack patch: {problem}; give a .vcv file")]
    Json {
        /// What the reader says.
        problem: String,
    },
    /// The JSON is nested too deeply.
    #[error("the JSON is nested more than {} levels deep, which no Rack patch is", limits::NESTING)]
    TooDeep,
    /// There is too much of something.
    #[error("the file has more than {most} {what}, so it is not opened")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        most: usize,
    },
    /// The JSON is something else.
    #[error("this is JSON, but no Rack patch: it has no list of modules; give a .vcv file")]
    NoModules,
    /// What was imported is no valid patch.
    #[error("the import can't be made into a patch: {0}; simplify it in Rack and save it again")]
    Patch(#[from] EditError),
}
