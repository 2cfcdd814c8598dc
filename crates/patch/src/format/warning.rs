//! What a reader had to decide by itself, for a person to know.

use super::error::Position;
use crate::Hint;
use crate::limits;
use std::fmt;
use thiserror::Error;

/// Something in a file that was read differently than it is written, or kept without being understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning {
    /// Where it shows.
    pub position: Position,
    /// Id of the node it is about.
    pub node: Option<String>,
    /// What it is.
    pub notice: Notice,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.position)?;
        if let Some(node) = &self.node {
            write!(f, "node '{node}': ")?;
        }
        write!(f, "{}", self.notice)
    }
}

/// What a [`Warning`] says.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum Notice {
    /// No node type has this name.
    #[error("this program has no node type '{type_id}'; the node is kept, but silent{hint}")]
    UnknownType {
        /// The type.
        type_id: String,
        /// A likely type.
        hint: Hint,
    },
    /// The node was written by a program that has a newer version of its type.
    #[error(
        "{type_id} has version {version} here, but {known} in this program; the node is kept, but silent"
    )]
    NewerType {
        /// The type.
        type_id: &'static str,
        /// The version in the file.
        version: u32,
        /// The version this program has.
        known: u32,
    },
    /// A number beyond its range was moved into it.
    #[error("{what} goes from {min} to {max}; {written} became {value}")]
    Clamped {
        /// What the number is for.
        what: String,
        /// As written.
        written: String,
        /// What it became.
        value: f32,
        /// Smallest allowed.
        min: f32,
        /// Largest allowed.
        max: f32,
    },
    /// A key means nothing to this program.
    #[error("\"{key}\" means nothing to this program; it is kept in the file{hint}")]
    UnknownKey {
        /// The key.
        key: String,
        /// A likely key.
        hint: Hint,
    },
    /// There were too many warnings to keep.
    #[error("and {count} more warnings like these")]
    More {
        /// How many.
        count: usize,
    },
}

/// The warnings of one file, up to [`limits::WARNINGS`].
#[derive(Default)]
pub(super) struct Warnings {
    kept: Vec<Warning>,
    dropped: usize,
    last: Option<Position>,
}

impl Warnings {
    /// Adds a warning. `notice` is made only if it is kept, because looking for hints takes time.
    pub(super) fn add(&mut self, position: Position, node: Option<&str>, notice: impl FnOnce() -> Notice) {
        if self.kept.len() < limits::WARNINGS {
            self.kept.push(Warning { position, node: node.map(str::to_owned), notice: notice() });
        } else {
            self.dropped += 1;
            self.last = Some(position);
        }
    }

    /// All of them in the order of the file, and how many were not kept.
    pub(super) fn finish(mut self) -> Vec<Warning> {
        self.kept.sort_by_key(|warning| warning.position);
        if let Some(position) = self.last {
            self.kept.push(Warning { position, node: None, notice: Notice::More { count: self.dropped } });
        }
        self.kept
    }
}
