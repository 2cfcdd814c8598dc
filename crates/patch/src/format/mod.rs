//! The `.jack` format: a patch as readable text.
//!
//! ```json
//! {
//!   "jackfield": 1,
//!   "title": "Acid bass",
//!   "nodes": {
//!     "filter": {"type": "filter.svf", "version": 1, "at": [300, 80], "knobs": {"cutoff": 800}},
//!     "lfo": {"type": "modulator.lfo", "version": 1, "settings": {"shape": "sine"}}
//!   },
//!   "cables": [
//!     {"from": "lfo.out", "to": "filter.cutoff", "depth": 2}
//!   ]
//! }
//! ```
//!
//! * Only `jackfield`, the version of the format, has to be there. The header may hold `title`, `author`,
//!   `license`, `notes`, `seed` and `tempo`; a node `type`, `version`, `at`, `muted`, `hue`, `seed`, `knobs`
//!   and `settings`; a cable `from`, `to`, `depth`, `delayed`, `uncompensated` and `hue`. What is not written
//!   has its default; a node without a `version` has version 1 of its type.
//! * **The seed of a node** is what its random choices start from: its noise, its dice, its tune. It is a
//!   whole number below 2^32 that stays with the node when that gets another name or goes into another patch.
//!   The `seed` of the header is mixed into all of them, so another one there rolls the whole patch. A node
//!   without a `seed` takes it from its name, as all did in the first files: give it one before you rename it
//!   by hand.
//! * Knobs hold the value as shown; one outside its range is moved into it, with a warning.
//! * **A node of an unknown type**, or of a newer version of a known type, is kept with its cables and
//!   written back, with a warning. So is **a key that this program does not know**: a newer program may add
//!   keys without a new format, as long as an older one may ignore them. A change that it may not ignore
//!   makes a new format, and a file of a newer format is refused.
//! * **Definitions** stand under the key `definitions`: each holds nodes, cables, comments and frames like a
//!   patch. Boxes are nodes of type `box.` and its id. A program without boxes sees nodes of an unknown type.
//! * Names inside a known node must be right: an unknown knob, setting, port or choice is an error,
//!   because it would change the sound silently.

mod convert;
mod error;
mod json;
mod migrate;
mod number;
mod read;
mod read_annotation;
mod read_cable;
mod read_definition;
mod read_node;
mod warning;
mod write;

pub use error::{Position, Problem, ReadError};
pub use read::read;
pub use warning::{Notice, Warning};
pub use write::write;
pub(crate) use write::write_inside;

/// The version of the format that is written, and the newest that is read.
pub const FORMAT: u64 = 1 + migrate::FILE.len() as u64;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
