//! The patch in memory: a petgraph of nodes and cables.
//!
//! It is only read here; edits change it.

use crate::boxes::Definitions;
use crate::node::Side;
use crate::{Annotation, AnnotationKind, CableEnds, CableOptions, Extra, Hue, Node};
use petgraph::Direction;
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
    /// Its colour; that of its signal without one.
    pub hue: Option<Hue>,
    /// Keys of its entry in the file that this program does not know.
    pub extra: Extra,
}

impl Cable {
    /// A plain cable.
    pub fn new(output: usize, input: usize) -> Self {
        Self {
            output,
            input,
            depth: 1.0,
            delayed: false,
            uncompensated: false,
            hue: None,
            extra: Extra::default(),
        }
    }
}

/// A patch. Change it through [`Edit`](crate::Edit)s.
///
/// Two patches are equal when a person can't tell them apart: same words, annotations and definitions, same
/// nodes by id, same cables by their ends. Graph indices don't count.
#[derive(Clone, Debug)]
pub struct Patch {
    /// What a person says about it.
    pub meta: Meta,
    /// The random choices of all nodes start from this and their own seeds.
    pub seed: u32,
    /// Beats per minute at which the transport begins.
    pub tempo: f32,
    /// Keys of the file that this program does not know.
    pub extra: Extra,
    pub(crate) graph: StableDiGraph<Node, Cable>,
    pub(crate) ids: BTreeMap<Arc<str>, NodeIndex>,
    pub(crate) annotations: BTreeMap<(AnnotationKind, Arc<str>), Annotation>,
    /// What boxes hold. Those in a definition have theirs here too, in the patch that holds all.
    pub(crate) definitions: Definitions,
    /// It is what a definition holds, and so can't tell whether its boxes have a definition.
    pub(crate) is_inside: bool,
}

/// The tempo of a patch that says nothing of it.
pub(crate) const DEFAULT_TEMPO: f32 = 120.0;

impl Default for Patch {
    fn default() -> Self {
        Self {
            meta: Meta::default(),
            seed: 0,
            tempo: DEFAULT_TEMPO,
            extra: Extra::default(),
            graph: StableDiGraph::default(),
            ids: BTreeMap::new(),
            annotations: BTreeMap::new(),
            definitions: Definitions::new(),
            is_inside: false,
        }
    }
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

    /// The node with this id, if there is one.
    pub(crate) fn named(&self, id: &str) -> Option<&Node> {
        self.node(self.find(id)?)
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

    /// The cables that end in a node, in no particular order.
    pub fn cables_into(
        &self,
        node: NodeIndex,
    ) -> impl Iterator<Item = (CableIndex, PortRef, PortRef, &Cable)> {
        self.cables_at(node, Direction::Incoming)
    }

    /// The cables that start from a node, in no particular order.
    pub fn cables_out_of(
        &self,
        node: NodeIndex,
    ) -> impl Iterator<Item = (CableIndex, PortRef, PortRef, &Cable)> {
        self.cables_at(node, Direction::Outgoing)
    }

    fn cables_at(
        &self,
        node: NodeIndex,
        direction: Direction,
    ) -> impl Iterator<Item = (CableIndex, PortRef, PortRef, &Cable)> {
        self.graph.edges_directed(node, direction).map(|edge| {
            let cable = edge.weight();
            let from = PortRef { node: edge.source(), port: cable.output };
            let to = PortRef { node: edge.target(), port: cable.input };
            (edge.id(), from, to, cable)
        })
    }

    /// The place of the output a cable starts from.
    pub fn find_output(&self, node: &str, output: &str) -> Option<PortRef> {
        let node = self.find(node)?;
        let port = self.graph[node].find_port(Side::Output, output)?;
        Some(PortRef { node, port })
    }

    /// The place of the input a cable ends in.
    pub fn find_input(&self, node: &str, input: &str) -> Option<PortRef> {
        let node = self.find(node)?;
        let port = self.graph[node].find_port(Side::Input, input)?;
        Some(PortRef { node, port })
    }

    /// The cable between two ends. Takes time in proportion to the cables of the node that has fewer.
    pub fn find_cable(&self, ends: &CableEnds) -> Option<CableIndex> {
        let from = self.find_output(&ends.from, &ends.output)?;
        let to = self.find_input(&ends.to, &ends.input)?;
        self.cable_between(from, to)
    }

    /// Goes through both nodes' cables side by side, so that a hub with very many costs no more than
    /// what is connected to it.
    pub(crate) fn cable_between(&self, from: PortRef, to: PortRef) -> Option<CableIndex> {
        self.cables_out_of(from.node)
            .zip(self.cables_into(to.node))
            .flat_map(|(out, into)| [out, into])
            .find(|cable| cable.1 == from && cable.2 == to)
            .map(|cable| cable.0)
    }

    /// The names of what a cable joins.
    pub fn ends(&self, cable: CableIndex) -> Option<CableEnds> {
        let (from, to, _) = self.cable(cable)?;
        let (source, target) = (self.node(from.node)?, self.node(to.node)?);
        let [_, output, _, input] = self.end_names(from, to);
        Some(CableEnds::new(source.id.clone(), output, target.id.clone(), input))
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

impl PartialEq for Patch {
    fn eq(&self, other: &Self) -> bool {
        self.meta == other.meta
            && self.seed == other.seed
            && self.tempo == other.tempo
            && self.extra == other.extra
            && self.annotations == other.annotations
            && self.definitions == other.definitions
            && self.nodes().map(|(_, node)| node).eq(other.nodes().map(|(_, node)| node))
            && self.cable_contents() == other.cable_contents()
    }
}

/// The names of what a cable joins, in the order they sort by: from, output, to, input.
pub(crate) type EndNames<'p> = [&'p str; 4];

impl Patch {
    /// All cables, ordered by the names of what they join: the same for equal patches.
    pub(crate) fn cables_by_name(&self) -> Vec<(EndNames<'_>, &Cable)> {
        let mut cables: Vec<_> =
            self.cables().map(|(_, from, to, cable)| (self.end_names(from, to), cable)).collect();
        cables.sort_unstable_by_key(|cable| cable.0);
        cables
    }

    /// Not the whole cables: the positions in them depend on the order an unknown node's ports came in.
    fn cable_contents(&self) -> Vec<(EndNames<'_>, CableOptions)> {
        self.cables_by_name().into_iter().map(|(names, cable)| (names, CableOptions::of(cable))).collect()
    }

    fn end_names(&self, from: PortRef, to: PortRef) -> EndNames<'_> {
        let (source, target) = (&self.graph[from.node], &self.graph[to.node]);
        // A cable's positions lie in its nodes' lists: every way to make one checks them.
        let output = source.port_name(Side::Output, from.port).unwrap_or_default();
        let input = target.port_name(Side::Input, to.port).unwrap_or_default();
        [&source.id, output, &target.id, input]
    }
}
