//! The document: nodes, cables and notes. Pure data; it makes no sound and reads no files.
//!
//! * [`Patch`] is the document, [`Edit`] every change to it, [`History`] undo and redo.
//! * [`Definition`]s are what boxes hold; [`Patch::group`] makes one, [`Patch::flatten`] does without.
//! * [`read`] and [`write()`] are the `.jack` format: text in, text out.
//! * [`compare`] tells in words what differs between two patches, [`merge`] joins what two people made of
//!   one.
//! * [`limits`] bounds everything.
//!
//! Everything here may be called from any thread but the audio thread: it allocates.

#![forbid(unsafe_code)]
#![warn(clippy::missing_errors_doc, clippy::missing_panics_doc)]

pub(crate) use document::EndNames;

mod annotation;
mod apply;
mod boxes;
mod check;
mod compare;
mod document;
mod edit;
mod ends;
mod extra;
mod format;
mod hint;
mod history;
mod id;
pub mod limits;
mod merge;
mod node;
mod part_hint;
mod seed;
mod setting_text;
mod silence;
#[cfg(test)]
mod testing;

pub use annotation::{Annotation, AnnotationKind, Hue};
pub use boxes::{
    Definition, Flat, FlatCable, FlatNode, FlatPort, Grouping, Port, PortRole, PromotedKnob, Promotion,
    VoiceLimit, definition_id, order_key,
};
pub use compare::{Difference, DifferenceKind, compare};
pub use document::{Cable, CableIndex, Meta, NodeIndex, Patch, PortRef};
pub use edit::{CableOptions, Edit, EditError};
pub use ends::CableEnds;
pub use extra::Extra;
pub use format::{FORMAT, Notice, Position, Problem, ReadError, Warning, read, write};
pub use hint::Hint;
pub use history::{History, Mark};
pub use id::{IdProblem, check_id};
pub use merge::{Conflict, Merged, merge};
pub use node::{Node, NodeBody, UnknownNode};
pub use silence::{Drone, Given, Silence, Waiting};
