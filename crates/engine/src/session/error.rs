//! Why the engine refuses.

use jackfield_node::InstructionSet;
use thiserror::Error;

/// Why the engine refuses.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum EngineError {
    /// The sample rate is out of range.
    #[error("a sample rate of {0} Hz is out of range; choose one from 8,000 to 384,000")]
    SampleRate(u32),
    /// The lane width is not one that exists.
    #[error("there are no packs of {0} lanes; choose 1, 4, 8 or 16")]
    Width(usize),
    /// The machine lacks the instruction set.
    #[error("this machine has no {0}")]
    InstructionSet(InstructionSet),
    /// No such node plays.
    #[error("no node '{node}' plays in this patch")]
    Node {
        /// The id asked for.
        node: String,
    },
    /// The node has no such port.
    #[error("node '{node}' has no {what} '{port}'")]
    Port {
        /// The node's id.
        node: String,
        /// "knob" or "output".
        what: &'static str,
        /// The name asked for.
        port: String,
    },
    /// The tempo is out of range.
    #[error("a tempo is 1 to 1,000 beats per minute")]
    Tempo,
    /// The beat is out of range.
    #[error("a beat to go to is 0 to 1,000,000,000")]
    Beat,
    /// The executor has not kept up with the messages.
    #[error("too many events wait to be played; send them later")]
    QueueFull,
}
