//! Faults: infinite or NaN samples, caught at the outputs of the node that made them.

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

/// A node that made an infinite or NaN sample. The executor has silenced it for that block and let it
/// start anew.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// The node's id.
    pub node: Arc<str>,
    /// The voice it happened in, from 0.
    pub voice: usize,
    /// The executor's clock at the start of the block.
    pub frame: u64,
}

impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { node, voice, frame } = self;
        write!(
            f,
            "node '{node}' made an infinite or undefined sample in voice {} at frame {frame}",
            voice + 1
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_and_where() {
        let fault = Fault { node: "filter".into(), voice: 2, frame: 4800 };
        let text = "node 'filter' made an infinite or undefined sample in voice 3 at frame 4800";
        assert_eq!(fault.to_string(), text);
    }
}
