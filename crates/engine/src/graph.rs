//! The graph as the compiler sees it: what plays now, by position, without names to look up.
//!
//! The session makes it from the patch and adds what is still fading out. Nodes come in the order of
//! their ids and cables in the order of their sources, so equal patches give equal graphs.

use crate::cell::Cell;
use crate::state::{BlockCell, NodeState};
use jackfield_node::{AnyConfig, NodeSpec};
use std::sync::Arc;

/// A node that plays.
pub(crate) struct GraphNode {
    pub(crate) id: Arc<str>,
    pub(crate) spec: &'static NodeSpec,
    pub(crate) config: AnyConfig,
    /// Equal for nodes of one type with equal settings: they may share a pack.
    pub(crate) config_key: u32,
    /// Voices the node makes, if it makes them.
    pub(crate) makes_voices: Option<usize>,
    pub(crate) latency: usize,
    pub(crate) seed: u32,
    /// The knob of each input that has one.
    pub(crate) cells: Vec<Option<Arc<Cell>>>,
}

/// A cable that plays.
pub(crate) struct GraphCable {
    pub(crate) from: usize,
    pub(crate) output: usize,
    pub(crate) to: usize,
    pub(crate) input: usize,
    pub(crate) gain: Arc<Cell>,
    /// The gain is 1 and at rest: the signal passes untouched.
    pub(crate) is_unity: bool,
    pub(crate) prefers_delay: bool,
    pub(crate) uncompensated: bool,
}

/// What the compiler works on.
#[derive(Default)]
pub(crate) struct Graph {
    pub(crate) nodes: Vec<GraphNode>,
    pub(crate) cables: Vec<GraphCable>,
}

/// Makes or finds a node's state once the compiler knows its voices.
pub(crate) trait States {
    /// The state of node `node` with this many voices, and what it takes over if it is new.
    fn state(&mut self, node: usize, voices: usize) -> StateLink;
    /// The delay line of this many frames that lets a voice of a cable wait.
    fn delay_line(&mut self, cable: usize, voice: usize, frames: usize) -> Arc<BlockCell>;
}

/// A node's state and its history.
#[derive(Clone)]
pub(crate) struct StateLink {
    pub(crate) state: Arc<NodeState>,
    /// The state to continue from, until the executor has done so.
    pub(crate) earlier: Option<Arc<NodeState>>,
}

impl Graph {
    /// Cable positions by the node they end in.
    pub(crate) fn cables_into(&self) -> Vec<Vec<usize>> {
        let mut into = vec![Vec::new(); self.nodes.len()];
        for (position, cable) in self.cables.iter().enumerate() {
            into[cable.to].push(position);
        }
        into
    }
}
