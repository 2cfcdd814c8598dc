//! What played before an update, from which the nodes and cables of the new patch take what is still theirs.

use super::{CableKey, Live, LiveCable, LiveNode};
use crate::session::configs::Prepared;
use crate::state::NodeState;
use jackfield_node::{NodeKind, NodeSpec, Settings, VoiceSource};
use std::collections::HashMap;
use std::sync::Arc;

/// What played before an update.
pub(super) struct Previous {
    nodes: Vec<Option<LiveNode>>,
    cables: Vec<LiveCable>,
    by_id: HashMap<Arc<str>, Vec<usize>>,
    /// Where each node went.
    pub(super) moved: Vec<Option<usize>>,
    states: HashMap<Arc<str>, (&'static str, Arc<NodeState>)>,
}

impl Previous {
    pub(super) fn take(live: &mut Live) -> Self {
        let nodes: Vec<_> = std::mem::take(&mut live.nodes).into_iter().map(Some).collect();
        let mut by_id: HashMap<Arc<str>, Vec<usize>> = HashMap::with_capacity(nodes.len());
        let mut states = HashMap::new();
        for (place, node) in nodes.iter().enumerate() {
            let Some(node) = node else { continue };
            by_id.entry(node.id.clone()).or_default().push(place);
            if let (Some(state), false) = (&node.state, node.is_leaving) {
                states.insert(node.id.clone(), (node.spec.id, state.clone()));
            }
        }
        let moved = vec![None; nodes.len()];
        Self { nodes, cables: std::mem::take(&mut live.cables), by_id, moved, states }
    }

    /// The node with this id, type, settings and seed, even if it is leaving.
    pub(super) fn take_equal(
        &mut self,
        id: &Arc<str>,
        spec: &NodeSpec,
        settings: &Settings,
        seed: u32,
    ) -> Option<(usize, LiveNode)> {
        let places = self.by_id.get(id)?;
        let place = *places.iter().find(|&&place| {
            self.nodes[place].as_ref().is_some_and(|node| {
                node.spec.id == spec.id && node.settings == *settings && node.seed == seed
            })
        })?;
        Some((place, self.nodes[place].take()?))
    }

    /// The node with this id and type whose instances can go on with these settings.
    pub(super) fn take_following(
        &mut self,
        id: &Arc<str>,
        spec: &NodeSpec,
        settings: &Settings,
        seed: u32,
        prepared: &Prepared,
    ) -> Option<(usize, LiveNode)> {
        let NodeKind::Block(table) = &spec.kind else { return None };
        let makes_as_many = |before: &Settings| match spec.voices {
            VoiceSource::Follow => true,
            VoiceSource::Setting(index) => before.values().get(index) == settings.values().get(index),
        };
        let follows = |node: &LiveNode| {
            !node.is_leaving
                && node.spec.id == spec.id
                && node.seed == seed
                && makes_as_many(&node.settings)
                && (table.follows)(&*node.prepared.config, &*prepared.config)
        };
        let places = self.by_id.get(id)?;
        let place = *places.iter().find(|&&place| self.nodes[place].as_ref().is_some_and(follows))?;
        Some((place, self.nodes[place].take()?))
    }

    /// The state to continue from when a node of this type got other settings.
    pub(super) fn state_of(&self, id: &Arc<str>, spec: &NodeSpec) -> Option<Arc<NodeState>> {
        let (kind, state) = self.states.get(id)?;
        (*kind == spec.id).then(|| state.clone())
    }

    /// Puts the nodes that are left behind the others; where each old node is now.
    pub(super) fn leave(&mut self, nodes: &mut Vec<LiveNode>, fades: bool) -> Vec<Option<usize>> {
        if fades {
            for (place, node) in self.nodes.iter_mut().enumerate() {
                if let Some(mut node) = node.take() {
                    node.is_leaving = true;
                    self.moved[place] = Some(nodes.len());
                    nodes.push(node);
                }
            }
        }
        std::mem::take(&mut self.moved)
    }

    /// The old cables by where their ends are now.
    pub(super) fn cables(self, moved: &[Option<usize>]) -> HashMap<CableKey, LiveCable> {
        let mut cables = HashMap::with_capacity(self.cables.len());
        for mut cable in self.cables {
            let (Some(from), Some(to)) = (moved[cable.from], moved[cable.to]) else { continue };
            cable.from = from;
            cable.to = to;
            cables.insert((from, cable.output, to, cable.input), cable);
        }
        cables
    }
}
