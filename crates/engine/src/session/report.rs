//! What the session reports of an update and of the nodes that play.

use jackfield_node::ConfigError;
use std::fmt::{self, Display, Formatter};
use std::sync::Arc;
use std::time::Duration;

/// A node that can't play. The rest of the patch does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The node's id.
    pub node: Arc<str>,
    /// Why.
    pub error: ConfigError,
}

impl Display for Problem {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "node '{}': {}", self.node, self.error)
    }
}

impl std::error::Error for Problem {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// What came of an update.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// Nodes that can't play.
    pub problems: Vec<Problem>,
    /// How long compiling took, from patch to published plan.
    pub took: Duration,
}

/// Time a node takes, from [`Session::node_times`](crate::Session::node_times).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NodeTime {
    /// The node's id.
    pub node: Arc<str>,
    /// Nanoseconds since measuring began; a pack's time is shared out evenly.
    pub nanoseconds: u64,
}
