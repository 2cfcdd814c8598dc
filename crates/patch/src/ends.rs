//! Ends: a cable named by what it joins, which outlives graph indices.

use std::fmt;
use std::sync::Arc;

/// The two ends of a cable: `from.output -> to.input`. A patch has at most one cable between two ends,
/// so they name it, also after it was removed and came back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CableEnds {
    /// Id of the node it starts from.
    pub from: Arc<str>,
    /// Name of that node's output.
    pub output: Arc<str>,
    /// Id of the node it ends in.
    pub to: Arc<str>,
    /// Name of that node's input.
    pub input: Arc<str>,
}

impl CableEnds {
    /// The ends `from.output -> to.input`.
    pub fn new(
        from: impl Into<Arc<str>>,
        output: impl Into<Arc<str>>,
        to: impl Into<Arc<str>>,
        input: impl Into<Arc<str>>,
    ) -> Self {
        Self { from: from.into(), output: output.into(), to: to.into(), input: input.into() }
    }
}

impl fmt::Display for CableEnds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} -> {}.{}", self.from, self.output, self.to, self.input)
    }
}
