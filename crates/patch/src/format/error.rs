//! What can be wrong with a file, and where.

use crate::hint::excerpt;
use crate::{EditError, Hint, IdProblem, limits};
use std::fmt;
use thiserror::Error;

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Counts from 1.
    pub line: u32,
    /// In characters, counts from 1.
    pub column: u32,
}

impl Position {
    /// The first character.
    pub(super) const START: Self = Self { line: 1, column: 1 };

    /// The position behind some more bytes of text.
    pub(super) fn after(self, passed: &[u8]) -> Self {
        passed.iter().fold(self, |position, &byte| match byte {
            b'\n' => Self { line: position.line + 1, column: 1 },
            // The further bytes of a character in UTF-8.
            0x80..=0xbf => position,
            _ => Self { column: position.column + 1, ..position },
        })
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why a file is not a patch: what, where, and what to try.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadError {
    /// Where it shows.
    pub position: Position,
    /// Id of the node it is about, shortened.
    pub node: Option<String>,
    /// What is wrong.
    pub problem: Box<Problem>,
}

impl ReadError {
    pub(super) fn new(position: Position, problem: Problem) -> Self {
        Self { position, node: None, problem: Box::new(problem) }
    }

    /// The same error about a node.
    pub(super) fn in_node(mut self, id: &str) -> Self {
        self.node.get_or_insert_with(|| excerpt(id));
        self
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.position)?;
        if let Some(node) = &self.node {
            write!(f, "node '{node}': ")?;
        }
        write!(f, "{}", self.problem)
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.problem.source()
    }
}

/// What is wrong with a file. Texts from the file are shortened.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum Problem {
    /// The file is too large to be a patch.
    #[error("the file has {bytes} bytes; a patch has at most {}", limits::FILE_BYTES)]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// The bytes here are not UTF-8.
    #[error("this is not UTF-8 text; save the file as UTF-8, or is it another kind of file?")]
    Encoding,
    /// There is nothing in the file.
    #[error("the file is empty; the smallest patch is {{\"jackfield\": 1}}")]
    Empty,
    /// The file ends in the middle.
    #[error("the file ends where {expected} should follow; it may have been cut off")]
    Cut {
        /// What should follow.
        expected: &'static str,
    },
    /// This is no JSON.
    #[error("expected {expected}, found '{found}'")]
    Syntax {
        /// What may stand here.
        expected: &'static str,
        /// What does.
        found: String,
    },
    /// A text has no end on its line.
    #[error("the text that begins here has no closing quote on its line; write a line break as \\n")]
    OpenText,
    /// A text contains a control character.
    #[error("a control character in a text; write it as \\u and four digits")]
    ControlCharacter,
    /// A text contains an escape that means nothing.
    #[error(
        "this escape means nothing; there are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four digits"
    )]
    BadEscape,
    /// Arrays and objects nest too deep.
    #[error("arrays and objects nest deeper than {} levels", limits::NESTING)]
    TooDeep,
    /// There is too much of something.
    #[error("a patch has at most {most} {what}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        most: usize,
    },
    /// A text or number is too long.
    #[error("{what} has {bytes} bytes; at most {most} are allowed")]
    TooLong {
        /// What is too long.
        what: &'static str,
        /// Its length.
        bytes: usize,
        /// The limit.
        most: usize,
    },
    /// A key stands twice in one object.
    #[error("'{key}' stands here a second time (first: {first}); rename or remove one")]
    DuplicateKey {
        /// The key.
        key: String,
        /// Where it stood before.
        first: Position,
    },
    /// A number that is not finite.
    #[error("{written} is not a number that a patch can hold; write a finite one")]
    NotFinite {
        /// As written.
        written: String,
    },
    /// A number too large for a 32-bit float.
    #[error("{written} is larger than any number that a patch can hold")]
    Huge {
        /// As written.
        written: String,
    },
    /// The file is JSON, but no patch.
    #[error("this is not a Jackfield patch: it has no \"jackfield\" key with the version of the format")]
    NotAPatch,
    /// The file is of a newer format.
    #[error("the file has format {version}, this program reads up to {}; update the program", super::FORMAT)]
    Newer {
        /// The file's format.
        version: u64,
    },
    /// A value of the wrong type.
    #[error("{what} is {expected}, not {found}")]
    WrongType {
        /// What the value is for.
        what: String,
        /// What it should be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// A key is missing.
    #[error("{what} has no \"{key}\"; add it")]
    Missing {
        /// What lacks it.
        what: &'static str,
        /// The key.
        key: &'static str,
    },
    /// A node's id breaks the rule for ids.
    #[error("'{id}' can't be an id: {problem}")]
    BadId {
        /// The id.
        id: String,
        /// What is wrong.
        problem: IdProblem,
    },
    /// The name of a type or port can't be one.
    #[error("'{name}' can't be the name of {what}; names have letters, digits, '_' and '-'")]
    BadName {
        /// What it should name.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// The node's type has no such input, output, knob or setting.
    #[error("{type_id} has no {what} '{name}'{hint}")]
    NoSuchPart {
        /// The type.
        type_id: String,
        /// `input`, `output`, `knob` or `setting`.
        what: &'static str,
        /// The name.
        name: String,
        /// A likely name.
        hint: Hint,
    },
    /// A setting can't have this value.
    #[error("setting '{setting}' is {expected}, not {found}{hint}")]
    BadSetting {
        /// The setting.
        setting: &'static str,
        /// What it can be.
        expected: String,
        /// What it is.
        found: String,
        /// A likely value.
        hint: Hint,
    },
    /// A cable's end is not `node.port`.
    #[error("'{text}' is not the end of a cable; write node.port, like {example}")]
    BadEnd {
        /// What is written.
        text: String,
        /// A port that the patch has, if it has any.
        example: String,
    },
    /// A cable goes to a node that isn't there.
    #[error("the cable goes to a node '{id}' that is not in the patch{hint}")]
    NoSuchNode {
        /// The node's id.
        id: String,
        /// A likely id.
        hint: Hint,
    },
    /// A definition can't be one: its ports, its number of them.
    #[error("definition '{id}': {error}")]
    BadDefinition {
        /// Its id.
        id: String,
        /// Why.
        error: Box<EditError>,
    },
    /// Definitions hold one another in a ring.
    #[error("definition '{id}' holds a box of itself, directly or by way of others; remove that box")]
    Nested {
        /// One of them.
        id: String,
    },
    /// The boxes of the patch hold more than a patch may have.
    #[error("with all that its boxes hold this is no patch that can be played: {error}")]
    Unfolds {
        /// What there is too much of.
        error: Box<EditError>,
    },
    /// Two cables join the same ends.
    #[error("there is a cable {ends} already; keep one and set its \"depth\"")]
    DuplicateCable {
        /// What both join.
        ends: String,
    },
}
