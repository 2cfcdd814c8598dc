//! The patch in memory: a petgraph of nodes and cables.

use jackfield_node::{NodeSpec, Settings};
use petgraph::stable_graph::StableDiGraph;
use petgraph::visit::{EdgeRef, IntoEdgeReferences};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A node's place in the graph. Stays the same while the node exists.
pub type NodeIndex = petgraph::stable_graph::NodeIndex<u32>;
/// A cable's place in the graph. Stays the same while the cable exists.
pub type CableIndex = petgraph::stable_graph::EdgeIndex<u32>;

/// What a person says about a patch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meta {
    /// Title.
    pub title: String,
    /// Author.
    pub author: String,
    /// Licence, an SPDX expression.
    pub license: String,
    /// Free text.
    pub notes: String,
}

/// A port of a node by position in its spec (or, for an unknown node, in its own lists).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortRef {
    /// The node.
    pub node: NodeIndex,
    /// The input's or output's position.
    pub port: usize,
}

/// A node of the patch.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The name a person gave it; unique in the patch.
    pub id: Arc<str>,
    /// Where it stands on the canvas.
    pub at: [f32; 2],
    /// A muted node is silent and costs nothing.
    pub muted: bool,
    /// What it is.
    pub body: NodeBody,
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum NodeBody {
    /// A node whose type this program knows.
    Known {
        /// The type.
        spec: &'static NodeSpec,
        /// Shown value of each input's knob, in the spec's order; 0 for inputs without one.
        knobs: Vec<f32>,
        /// One value for each of the type's settings.
        settings: Settings,
    },
    /// A node whose type this program lacks: silent, and kept as it came.
    Unknown(UnknownNode),
}

impl PartialEq for NodeBody {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Known { spec: a, knobs, settings }, Self::Known { spec: b, knobs: k, settings: s }) => {
                a.id == b.id && knobs == k && settings == s
            }
            (Self::Unknown(a), Self::Unknown(b)) => a == b,
            _ => false,
        }
    }
}

/// A node of an unknown type.
#[derive(Clone, Debug, PartialEq)]
pub struct UnknownNode {
    /// The whole entry as it stood in the file.
    pub entry: serde_json::Value,
    /// Names of the inputs that cables end in.
    pub inputs: Vec<String>,
    /// Names of the outputs that cables start from.
    pub outputs: Vec<String>,
}

/// A cable, from an output to an input.
#[derive(Clone, Debug, PartialEq)]
pub struct Cable {
    /// Position of the output it starts from.
    pub output: usize,
    /// Position of the input it ends in.
    pub input: usize,
    /// Scales the signal. 1 passes it unchanged.
    pub depth: f32,
    /// The person wants the one-sample delay of the feedback loop it lies in on this cable.
    pub delayed: bool,
    /// Exempt from latency compensation.
    pub uncompensated: bool,
}

impl Cable {
    /// A plain cable.
    pub fn new(output: usize, input: usize) -> Self {
        Self { output, input, depth: 1.0, delayed: false, uncompensated: false }
    }
}

impl Node {
    /// A new node of a known type with its default values.
    pub fn new(id: impl Into<Arc<str>>, spec: &'static NodeSpec) -> Self {
        let knobs = spec.inputs.iter().map(|input| input.knob.map_or(0.0, |knob| knob.default)).collect();
        let settings = Settings::defaults(spec.settings);
        Self { id: id.into(), at: [0.0; 2], muted: false, body: NodeBody::Known { spec, knobs, settings } }
    }

    /// The node's type, if this program knows it.
    pub fn spec(&self) -> Option<&'static NodeSpec> {
        match self.body {
            NodeBody::Known { spec, .. } => Some(spec),
            NodeBody::Unknown(_) => None,
        }
    }
}

/// A patch. Change it through [`Edit`](crate::Edit)s.
#[derive(Clone, Debug, Default)]
pub struct Patch {
    /// What a person says about it.
    pub meta: Meta,
    /// Random sources start from this, their node's id and their voice.
    pub seed: u32,
    pub(crate) graph: StableDiGraph<Node, Cable>,
    pub(crate) ids: BTreeMap<Arc<str>, NodeIndex>,
}

impl Patch {
    /// An empty patch.
    pub fn new() -> Self {
        Self::default()
    }

    /// The node with this id.
    pub fn find(&self, id: &str) -> Option<NodeIndex> {
        self.ids.get(id).copied()
    }

    /// A node by place.
    pub fn node(&self, index: NodeIndex) -> Option<&Node> {
        self.graph.node_weight(index)
    }

    /// A cable by place: where it starts, where it ends, and itself.
    pub fn cable(&self, index: CableIndex) -> Option<(PortRef, PortRef, &Cable)> {
        let (from, to) = self.graph.edge_endpoints(index)?;
        let cable = self.graph.edge_weight(index)?;
        Some((PortRef { node: from, port: cable.output }, PortRef { node: to, port: cable.input }, cable))
    }

    /// All nodes, ordered by id.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeIndex, &Node)> {
        self.ids.values().map(|&index| (index, &self.graph[index]))
    }

    /// All cables, in no particular order.
    pub fn cables(&self) -> impl Iterator<Item = (CableIndex, PortRef, PortRef, &Cable)> {
        self.graph.edge_references().map(|edge| {
            let cable = edge.weight();
            let from = PortRef { node: edge.source(), port: cable.output };
            let to = PortRef { node: edge.target(), port: cable.input };
            (edge.id(), from, to, cable)
        })
    }

    /// How many nodes there are.
    pub fn node_count(&self) -> usize {
        self.graph.node_count()
    }

    /// How many cables there are.
    pub fn cable_count(&self) -> usize {
        self.graph.edge_count()
    }

    /// The graph itself, for algorithms.
    pub fn graph(&self) -> &StableDiGraph<Node, Cable> {
        &self.graph
    }
}
