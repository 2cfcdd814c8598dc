//! What played before an update, from which the nodes and cables of the new patch take what is still theirs.

use super::{Live, LiveCable, LiveNode, NodePhase};
use crate::graph::CableEnds;
use crate::index::{IndexVec, NodeIx};
use crate::session::configs::PreparedConfig;
use crate::state::NodeState;
use jackfield_node::{NodeKind, NodeSpec, Settings, VoiceSource};
use jackfield_patch::{Flat, order_key};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What played before an update.
pub(super) struct Previous {
    nodes: IndexVec<NodeIx, Option<LiveNode>>,
    cables: Vec<LiveCable>,
    by_id: HashMap<Arc<str>, Vec<NodeIx>>,
    /// Where nodes are now that were put into a box or came out of one: their path of before.
    before: HashMap<Arc<str>, Arc<str>>,
    /// Where each node went.
    moved: IndexVec<NodeIx, Option<NodeIx>>,
    states: HashMap<Arc<str>, (&'static str, u32, Arc<NodeState>)>,
}

impl Previous {
    pub(super) fn take(live: &mut Live, flat: &Flat<'_>) -> Self {
        let nodes: IndexVec<NodeIx, _> = std::mem::take(&mut live.nodes).into_iter().map(Some).collect();
        let mut by_id: HashMap<Arc<str>, Vec<NodeIx>> = HashMap::with_capacity(nodes.len());
        let mut states = HashMap::new();
        for (place, node) in nodes.enumerate() {
            let Some(node) = node else { continue };
            by_id.entry(node.id.clone()).or_default().push(place);
            if let (Some(state), false) = (&node.state, node.is_leaving()) {
                states.insert(node.id.clone(), (node.spec.id, node.seed, state.clone()));
            }
        }
        let moved = IndexVec::filled(nodes.len(), None);
        let cables = std::mem::take(&mut live.cables).into_iter().collect();
        let before = moved_between_boxes(&by_id, flat);
        Self { nodes, cables, by_id, before, moved, states }
    }

    /// The path that a node had before it was put into a box or came out of one; else the one it has.
    fn before<'i>(&'i self, id: &'i Arc<str>) -> &'i Arc<str> {
        self.before.get(id).unwrap_or(id)
    }

    /// The node with this id, type, settings and seed, even if it is leaving, which moves to `here`.
    pub(super) fn take_equal(
        &mut self,
        id: &Arc<str>,
        spec: &NodeSpec,
        settings: &Settings,
        seed: u32,
        here: NodeIx,
    ) -> Option<LiveNode> {
        let places = self.by_id.get(self.before(id))?;
        let place = *places.iter().find(|&&place| {
            self.nodes[place].as_ref().is_some_and(|node| {
                let rolls_as_before = node.seed == seed || !spec.is_random;
                node.spec.id == spec.id && node.settings == *settings && rolls_as_before
            })
        })?;
        self.taken(place, id, here)
    }

    /// The node that was there, under its path of now.
    fn taken(&mut self, place: NodeIx, id: &Arc<str>, here: NodeIx) -> Option<LiveNode> {
        self.moved[place] = Some(here);
        let mut node = self.nodes[place].take()?;
        node.id = id.clone();
        Some(node)
    }

    /// The node with this id and type whose instances can go on with these settings, which moves to `here`.
    pub(super) fn take_following(
        &mut self,
        id: &Arc<str>,
        spec: &NodeSpec,
        settings: &Settings,
        seed: u32,
        prepared: &PreparedConfig,
        here: NodeIx,
    ) -> Option<LiveNode> {
        let NodeKind::Block(table) = &spec.kind else { return None };
        let makes_as_many = |before: &Settings| match spec.voices {
            VoiceSource::Follow => true,
            VoiceSource::Setting(index) => before.values().get(index) == settings.values().get(index),
        };
        let follows = |node: &LiveNode| {
            !node.is_leaving()
                && node.spec.id == spec.id
                && (node.seed == seed || !spec.is_random)
                && makes_as_many(&node.settings)
                && (table.follows)(&*node.prepared.config, &*prepared.config)
        };
        let places = self.by_id.get(self.before(id))?;
        let place = *places.iter().find(|&&place| self.nodes[place].as_ref().is_some_and(follows))?;
        self.taken(place, id, here)
    }

    /// The state to continue from when a node of this type got other settings. With another seed it begins
    /// anew: what it remembers came from the old one.
    pub(super) fn state_of(&self, id: &Arc<str>, spec: &NodeSpec, seed: u32) -> Option<Arc<NodeState>> {
        let (kind, before, state) = self.states.get(self.before(id))?;
        (*kind == spec.id && (*before == seed || !spec.is_random)).then(|| state.clone())
    }

    /// Puts the nodes that are left behind the others; where each old node is now.
    pub(super) fn leave(
        &mut self,
        nodes: &mut IndexVec<NodeIx, LiveNode>,
        fades: bool,
    ) -> IndexVec<NodeIx, Option<NodeIx>> {
        if fades {
            for (place, node) in self.nodes.enumerate_mut() {
                if let Some(mut node) = node.take() {
                    if !node.is_leaving() {
                        node.phase = NodePhase::Leaving { drained_at: None };
                    }
                    self.moved[place] = Some(nodes.push(node));
                }
            }
        }
        std::mem::take(&mut self.moved)
    }

    /// The old cables by where their ends are now.
    pub(super) fn cables(self, moved: &IndexVec<NodeIx, Option<NodeIx>>) -> HashMap<CableEnds, LiveCable> {
        let mut cables = HashMap::with_capacity(self.cables.len());
        for mut cable in self.cables {
            let CableEnds { from, to } = &mut cable.ends;
            let (Some(start), Some(end)) = (moved[from.node], moved[to.node]) else { continue };
            (from.node, to.node) = (start, end);
            cables.insert(cable.ends, cable);
        }
        cables
    }
}

/// Nodes that are gone and nodes that are new, of one name but at another place: what was put into a box,
/// came out of one, or lies in one that was renamed, plays on. By their path of now, that of before.
fn moved_between_boxes(
    by_id: &HashMap<Arc<str>, Vec<NodeIx>>,
    flat: &Flat<'_>,
) -> HashMap<Arc<str>, Arc<str>> {
    let mut before = HashMap::new();
    let fresh: Vec<&Arc<str>> =
        flat.nodes.iter().map(|node| &node.path).filter(|path| !by_id.contains_key(*path)).collect();
    if fresh.is_empty() || by_id.is_empty() {
        return before;
    }
    let here: HashSet<&str> = flat.nodes.iter().map(|node| &*node.path).collect();
    let mut gone_by_name: HashMap<&str, Vec<&Arc<str>>> = HashMap::new();
    for id in by_id.keys().filter(|id| !here.contains(&***id)) {
        gone_by_name.entry(order_key(id).0).or_default().push(id);
    }
    for paths in gone_by_name.values_mut() {
        // The last is taken first.
        paths.sort_unstable_by(|one, other| other.cmp(one));
    }
    for path in fresh {
        let (name, place) = order_key(path);
        let Some(paths) = gone_by_name.get_mut(name) else { continue };
        // A new node at the same level is another one.
        let Some(at) = paths.iter().rposition(|path| order_key(path).1 != place) else { continue };
        before.insert(path.clone(), paths.remove(at).clone());
    }
    before
}
