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
use crate::graph::{Graph, GraphNode};
use jackfield_node::{NodeKind, NodeSpec};
use std::collections::HashMap;

/// One node in one voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Instance {
    pub(crate) node: usize,
    pub(crate) voice: usize,
}

/// Instances that run as one step.
#[derive(Clone, Debug)]
pub(crate) struct Pack {
    /// Lane by lane; at most `width`.
    pub(crate) members: Vec<Instance>,
    /// Lanes: 1, 4, 8 or 16. A block node has 1.
    pub(crate) width: usize,
    /// The group of loops it runs in, sample by sample.
    pub(crate) feedback: Option<usize>,
}

/// All packs and where every instance is.
pub(crate) struct Packing {
    pub(crate) packs: Vec<Pack>,
    /// First instance of each node in `place`.
    first: Vec<usize>,
    place: Vec<(u32, u32)>,
    /// Packs of each group of loops, in order.
    pub(crate) loops: Vec<Vec<usize>>,
}

impl Packing {
    /// Pack and lane of an instance.
    pub(crate) fn place(&self, instance: Instance) -> (usize, usize) {
        let (pack, lane) = self.place[self.first[instance.node] + instance.voice];
        (pack as usize, lane as usize)
    }

    /// Places of the instances that one voice of the node at a cable's end reads through it.
    pub(crate) fn read_by(
        &self,
        graph: &Graph,
        cable: usize,
        voice: usize,
    ) -> impl Iterator<Item = (usize, usize)> + '_ {
        let cable = &graph.cables[cable];
        let count = self.places(cable.from).count();
        // A node that makes voices is one instance.
        let makes_voices = graph.nodes[cable.from].makes_voices.is_some();
        let voices = if makes_voices { 0..count } else { graph.voices_read(cable, count, voice) };
        self.places(cable.from).skip(voices.start).take(voices.len())
    }

    /// Pack and lane of each instance of a node.
    pub(crate) fn places(&self, node: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let end = self.first.get(node + 1).copied().unwrap_or(self.place.len());
        self.place[self.first[node]..end].iter().map(|&(pack, lane)| (pack as usize, lane as usize))
    }
}

/// Nodes that may share packs: few voices, same level, place in a loop, type and settings.
#[derive(PartialEq, Eq, Hash)]
struct PackKey {
    /// The node itself, if it has voices enough for packs of its own.
    alone: Option<usize>,
    inner: usize,
    in_loop: bool,
    spec: *const NodeSpec,
    config: u32,
}

/// How many instances of a node run: one if it makes voices itself.
fn instances(graph: &Graph, voices: &[usize], node: usize) -> usize {
    if graph.nodes[node].makes_voices.is_some() { voices[node].min(1) } else { voices[node] }
}

/// Packs all instances, at most `width` lanes to a pack.
pub(super) fn pack(
    graph: &Graph,
    into: &[Vec<usize>],
    voices: &[usize],
    feedback: &Feedback,
    order: &Order,
    width: usize,
) -> Packing {
    let mut first = Vec::with_capacity(graph.nodes.len());
    let mut total = 0;
    for node in 0..graph.nodes.len() {
        first.push(total);
        total += instances(graph, voices, node);
    }
    let mut packing =
        Packing { packs: Vec::new(), first, place: vec![(u32::MAX, 0); total], loops: Vec::new() };
    for level in by_level(order) {
        let mut group = None;
        for nodes in kinds(graph, voices, feedback, order, level) {
            let in_loop = feedback.in_loop(nodes[0]);
            if in_loop && group.is_none() {
                group = Some(packing.loops.len());
                packing.loops.push(Vec::new());
            }
            let members = sorted_members(graph, into, voices, feedback, &packing, &nodes);
            packing.add(graph, &members, width, group.filter(|_| in_loop));
        }
    }
    packing
}

/// Reachable nodes level by level, each level in the order of the graph.
fn by_level(order: &Order) -> Vec<Vec<usize>> {
    let mut levels: Vec<Vec<usize>> = Vec::new();
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

/// The nodes of a level by kind; kinds of loops come in the order they run.
fn kinds(
    graph: &Graph,
    voices: &[usize],
    feedback: &Feedback,
    order: &Order,
    level: Vec<usize>,
) -> Vec<Vec<usize>> {
    let mut kinds: Vec<(usize, Vec<usize>)> = Vec::new();
    let mut known = HashMap::new();
    for node in level {
        let in_loop = feedback.in_loop(node);
        let inner = if in_loop { order.inner[node] } else { 0 };
        let GraphNode { spec, config_key, .. } = graph.nodes[node];
        let alone = (instances(graph, voices, node) >= 4).then_some(node);
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
fn sorted_members(
    graph: &Graph,
    into: &[Vec<usize>],
    voices: &[usize],
    feedback: &Feedback,
    packing: &Packing,
    nodes: &[usize],
) -> Vec<Instance> {
    let mut members = Vec::new();
    for &node in nodes {
        for voice in 0..instances(graph, voices, node) {
            let instance = Instance { node, voice };
            members.push((source_place(graph, into, voices, feedback, packing, instance), instance));
        }
    }
    members.sort_by_key(|(place, _)| *place);
    members.into_iter().map(|(_, instance)| instance).collect()
}

/// Where the first source of an instance stands that has lanes of its own.
fn source_place(
    graph: &Graph,
    into: &[Vec<usize>],
    voices: &[usize],
    feedback: &Feedback,
    packing: &Packing,
    instance: Instance,
) -> (u32, u32) {
    let several = instances(graph, voices, instance.node) > 1;
    let cables = into[instance.node].iter().filter(|&&cable| !feedback.delayed[cable]);
    for &cable in cables {
        let from = graph.cables[cable].from;
        let count = instances(graph, voices, from);
        if (several && count == 1) || instance.voice >= count {
            continue;
        }
        let (pack, lane) = packing.place[packing.first[from] + instance.voice];
        if pack != u32::MAX {
            return (pack, lane);
        }
    }
    (u32::MAX, 0)
}

impl Packing {
    fn add(&mut self, graph: &Graph, members: &[Instance], width: usize, group: Option<usize>) {
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

    fn add_pack(&mut self, members: Vec<Instance>, width: usize, feedback: Option<usize>) {
        let pack = self.packs.len();
        for (lane, instance) in members.iter().enumerate() {
            self.place[self.first[instance.node] + instance.voice] = (pack as u32, lane as u32);
        }
        if let Some(group) = feedback {
            self.loops[group].push(pack);
        }
        self.packs.push(Pack { members, width, feedback });
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
