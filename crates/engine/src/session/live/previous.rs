//! What played before an update, from which the nodes and cables of the new patch take what is still theirs.

use super::{Live, LiveCable, LiveNode, NodePhase};
use crate::graph::CableEnds;
use crate::index::{IndexVec, NodeIx};
use crate::session::configs::PreparedConfig;
use crate::state::NodeState;
use jackfield_node::{NodeKind, NodeSpec, Settings, VoiceSource};
use std::collections::HashMap;
use std::sync::Arc;

/// What played before an update.
pub(super) struct Previous {
    nodes: IndexVec<NodeIx, Option<LiveNode>>,
    cables: Vec<LiveCable>,
    by_id: HashMap<Arc<str>, Vec<NodeIx>>,
    /// Where each node went.
    moved: IndexVec<NodeIx, Option<NodeIx>>,
    states: HashMap<Arc<str>, (&'static str, u32, Arc<NodeState>)>,
}

impl Previous {
    pub(super) fn take(live: &mut Live) -> Self {
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
        Self { nodes, cables, by_id, moved, states }
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
        let places = self.by_id.get(id)?;
        let place = *places.iter().find(|&&place| {
            self.nodes[place].as_ref().is_some_and(|node| {
                node.spec.id == spec.id && node.settings == *settings && node.seed == seed
            })
        })?;
        self.moved[place] = Some(here);
        self.nodes[place].take()
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
                && node.seed == seed
                && makes_as_many(&node.settings)
                && (table.follows)(&*node.prepared.config, &*prepared.config)
        };
        let places = self.by_id.get(id)?;
        let place = *places.iter().find(|&&place| self.nodes[place].as_ref().is_some_and(follows))?;
        self.moved[place] = Some(here);
        self.nodes[place].take()
    }

    /// The state to continue from when a node of this type got other settings. With another seed it begins
    /// anew: what it remembers came from the old one.
    pub(super) fn state_of(&self, id: &Arc<str>, spec: &NodeSpec, seed: u32) -> Option<Arc<NodeState>> {
        let (kind, before, state) = self.states.get(id)?;
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
