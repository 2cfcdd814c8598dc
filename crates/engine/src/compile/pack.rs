//! Packs lanes: instances of one node type with the same settings, none feeding another, share a pack of
//! 4, 8 or 16 lanes and run as one step.
//!
//! Members stand in the order of their sources' lanes, so that packs chain without moving a sample. For the
//! same reason a node with four voices or more has packs of its own: shared with another node's voices,
//! they would have to be gathered by everything behind them. A
//! pack that would leave most lanes idle is not worth its gathering: two or three instances without
//! state run alone, since a kernel without state already computes sixteen frames at once.
//!
//! ```text
//! osc 0..63   ->  filter 0..63 ->  amp 0..63        four packs each, lane v = voice v
//! lfo a, lfo b, lfo c                               one pack of four lanes, one idle
//! ```

use super::feedback::Feedback;
use super::order::Order;
use crate::graph::{CablesInto, Graph, GraphNode, Instance};
use crate::index::{IndexVec, InstanceIx, Ix, LayerIx, LoopIx, NodeIx, PackIx};
use jackfield_node::{NodeKind, NodeSpec};
use std::collections::HashMap;

/// Instances that run as one step.
#[derive(Clone, Debug)]
pub(crate) struct Pack {
    /// Lane by lane; at most `width`.
    pub(crate) members: Vec<Instance>,
    /// Lanes: 1, 4, 8 or 16. A block node has 1.
    pub(crate) width: usize,
    /// The group of loops it runs in, sample by sample.
    pub(crate) feedback: Option<LoopIx>,
}

/// Where an instance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PackLane {
    pub(crate) pack: PackIx,
    pub(crate) lane: usize,
}

/// All packs and where every instance is.
pub(crate) struct Packing {
    pub(crate) packs: IndexVec<PackIx, Pack>,
    /// First instance of each node in `places`.
    first: IndexVec<NodeIx, InstanceIx>,
    /// None until the instance is packed.
    places: IndexVec<InstanceIx, Option<PackLane>>,
    /// Packs of each group of loops, in order.
    pub(crate) loops: IndexVec<LoopIx, Vec<PackIx>>,
}

impl Packing {
    /// No instance packed yet.
    fn new(graph: &Graph, voices: &IndexVec<NodeIx, usize>) -> Self {
        let mut first = IndexVec::with_capacity(graph.nodes.len());
        let mut total = 0;
        for node in graph.nodes.indices() {
            first.push(InstanceIx::new(total));
            total += instances(graph, voices, node);
        }
        let places = IndexVec::filled(total, None);
        Self { packs: IndexVec::new(), first, places, loops: IndexVec::new() }
    }

    fn position(&self, instance: Instance) -> InstanceIx {
        InstanceIx::new(self.first[instance.node].number() + instance.voice)
    }

    /// Pack and lane of an instance; none if it does not play.
    pub(crate) fn place(&self, instance: Instance) -> Option<PackLane> {
        self.places[self.position(instance)]
    }

    /// Packs of the instances that one voice of the node at a cable's end reads through a layer.
    pub(crate) fn read_by(
        &self,
        graph: &Graph,
        layer: LayerIx,
        voice: usize,
    ) -> impl Iterator<Item = PackIx> + '_ {
        let layer = &graph.layers[layer];
        let from = graph.cables[layer.cable].ends.from.node;
        let count = self.places_of(from).count();
        // A node that makes voices is one instance.
        let makes_voices = graph.nodes[from].makes_voices.is_some();
        let voices = if makes_voices { 0..count } else { graph.voices_read(layer, count, voice) };
        self.places_of(from).skip(voices.start).take(voices.len()).map(|place| place.pack)
    }

    /// Pack and lane of each instance of a node.
    fn places_of(&self, node: NodeIx) -> impl Iterator<Item = PackLane> + '_ {
        let start = self.first[node].number();
        let next = node.number() + 1;
        let end =
            if next < self.first.len() { self.first[NodeIx::new(next)].number() } else { self.places.len() };
        self.places.as_slice()[start..end].iter().copied().flatten()
    }
}

/// Nodes that may share packs: few voices, same level, place in a loop, type and settings.
#[derive(PartialEq, Eq, Hash)]
struct PackKey {
    /// The node itself, if it has voices enough for packs of its own.
    alone: Option<NodeIx>,
    inner: usize,
    in_loop: bool,
    spec: *const NodeSpec,
    config: u32,
}

/// How many instances of a node run: one if it makes voices itself.
fn instances(graph: &Graph, voices: &IndexVec<NodeIx, usize>, node: NodeIx) -> usize {
    if graph.nodes[node].makes_voices.is_some() { voices[node].min(1) } else { voices[node] }
}

/// Packs all instances, at most `width` lanes to a pack.
pub(super) fn pack(
    graph: &Graph,
    into: &CablesInto,
    voices: &IndexVec<NodeIx, usize>,
    feedback: &Feedback,
    order: &Order,
    width: usize,
) -> Packing {
    let mut packer = Packer { graph, into, voices, feedback, packing: Packing::new(graph, voices) };
    for level in by_level(order) {
        let mut group = None;
        for nodes in packer.kinds(order, level) {
            let in_loop = feedback.in_loop(nodes[0]);
            if in_loop && group.is_none() {
                group = Some(packer.packing.loops.push(Vec::new()));
            }
            let members = packer.sorted_members(&nodes);
            packer.packing.add(graph, &members, width, group.filter(|_| in_loop));
        }
    }
    packer.packing
}

/// Reachable nodes level by level, each level in the order of the graph.
fn by_level(order: &Order) -> Vec<Vec<NodeIx>> {
    let mut levels: Vec<Vec<NodeIx>> = Vec::new();
    let mut nodes = order.sequence.clone();
    nodes.sort_unstable();
    for node in nodes {
        let level = order.level[node];
        if levels.len() <= level {
            levels.resize(level + 1, Vec::new());
        }
        levels[level].push(node);
    }
    levels
}

/// The packing as it grows, and what it follows from.
struct Packer<'a> {
    graph: &'a Graph,
    into: &'a CablesInto,
    voices: &'a IndexVec<NodeIx, usize>,
    feedback: &'a Feedback,
    packing: Packing,
}

impl Packer<'_> {
    /// The nodes of a level by kind; kinds of loops come in the order they run.
    fn kinds(&self, order: &Order, level: Vec<NodeIx>) -> Vec<Vec<NodeIx>> {
        let mut kinds: Vec<(usize, Vec<NodeIx>)> = Vec::new();
        let mut known = HashMap::new();
        for node in level {
            let in_loop = self.feedback.in_loop(node);
            let inner = if in_loop { order.inner[node] } else { 0 };
            let GraphNode { spec, config_key, .. } = self.graph.nodes[node];
            let alone = (instances(self.graph, self.voices, node) >= 4).then_some(node);
            let key = PackKey { alone, inner, in_loop, spec: std::ptr::from_ref(spec), config: config_key };
            let position = *known.entry(key).or_insert_with(|| {
                kinds.push((inner, Vec::new()));
                kinds.len() - 1
            });
            kinds[position].1.push(node);
        }
        kinds.sort_by_key(|(inner, _)| *inner);
        kinds.into_iter().map(|(_, nodes)| nodes).collect()
    }

    /// The instances of these nodes in the order of their sources' lanes.
    fn sorted_members(&self, nodes: &[NodeIx]) -> Vec<Instance> {
        let mut members = Vec::new();
        for &node in nodes {
            for voice in 0..instances(self.graph, self.voices, node) {
                let instance = Instance { node, voice };
                let place = self.source_place(instance);
                // Those without come last.
                members.push(((place.is_none(), place), instance));
            }
        }
        members.sort_by_key(|(place, _)| *place);
        members.into_iter().map(|(_, instance)| instance).collect()
    }

    /// Where the first source of an instance stands that has lanes of its own.
    fn source_place(&self, instance: Instance) -> Option<PackLane> {
        let several = instances(self.graph, self.voices, instance.node) > 1;
        let undelayed = self.into[instance.node].iter().filter(|&&cable| !self.feedback.delayed[cable]);
        undelayed.copied().find_map(|cable| {
            let node = self.graph.cables[cable].ends.from.node;
            let count = instances(self.graph, self.voices, node);
            let is_shared = (several && count == 1) || instance.voice >= count;
            if is_shared { None } else { self.packing.place(Instance { node, voice: instance.voice }) }
        })
    }
}

impl Packing {
    fn add(&mut self, graph: &Graph, members: &[Instance], width: usize, group: Option<LoopIx>) {
        let Some(first) = members.first() else { return };
        let (packable, has_state) = match graph.nodes[first.node].spec.kind {
            NodeKind::Lanes(table) => (true, table.state_words > 0),
            NodeKind::Block(_) => (false, true),
        };
        let worth = if has_state || group.is_some() { 2 } else { 4 };
        let mut rest = members;
        while !rest.is_empty() {
            let count = rest.len().min(width);
            let lanes = if packable && count >= worth { fitting_width(count, width) } else { 1 };
            let (now, later) = rest.split_at(count.min(lanes));
            self.add_pack(now.to_vec(), lanes, group);
            rest = later;
        }
    }

    fn add_pack(&mut self, members: Vec<Instance>, width: usize, feedback: Option<LoopIx>) {
        let positions: Vec<InstanceIx> = members.iter().map(|&instance| self.position(instance)).collect();
        let pack = self.packs.push(Pack { members, width, feedback });
        for (lane, at) in positions.into_iter().enumerate() {
            self.places[at] = Some(PackLane { pack, lane });
        }
        if let Some(group) = feedback {
            self.loops[group].push(pack);
        }
    }
}

/// The narrowest vector with this many lanes, no wider than `widest`. Four lanes take eight where there are
/// such: both fill one register then, and the instructions for eight are the better ones.
fn fitting_width(count: usize, widest: usize) -> usize {
    match count {
        0 | 1 => 1,
        2..=8 if widest >= 8 => 8,
        2..=4 => 4,
        _ => 16,
    }
}
