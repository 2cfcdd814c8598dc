//! Faults: infinite or NaN samples, caught at the outputs of the node that made them.

use std::sync::Arc;

/// A node that made an infinite or NaN sample. The executor has silenced it for that block and let it
/// start anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The node's id.
    pub node: Arc<str>,
    /// The voice it happened in.
    pub voice: usize,
    /// The executor's clock at the start of the block.
    pub frame: u64,
}
