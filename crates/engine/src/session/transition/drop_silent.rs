//! Drops what has faded out: leaving nodes and cables from which no sound reaches a sink.

use crate::compile::traversal::reachable;
use crate::index::{IndexVec, Ix, NodeIx};
use crate::plan::Plan;
use crate::session::live::{CablePhase, Live, LiveCable, LiveNode, NodePhase};

impl Live {
    /// Drops leaving nodes and cables from which no sound reaches a sink or a node that is `held`, by serial.
    pub(super) fn drop_silent(&mut self, plan: &Plan, clock: u64, held: &[u32]) {
        self.cables.retain(|_, cable| !cable.has_left() || cable.fades_voices(plan));
        self.drain_sinks(clock);
        let has_leaving_cables = self.cables.iter().any(LiveCable::is_leaving);
        if !has_leaving_cables && !self.nodes.iter().any(|node| node.is_leaving()) {
            return;
        }
        let reaches_sink = self.reaching_sink(clock, held);
        self.cables.retain(|_, cable| reaches_sink[cable.ends.to.node] || !cable.is_leaving());
        let mut staying = 0;
        let new_place = |(at, node): (NodeIx, &LiveNode)| {
            let stays = reaches_sink[at] || !node.is_leaving();
            staying += usize::from(stays);
            stays.then(|| NodeIx::new(staying - 1))
        };
        let places: IndexVec<NodeIx, Option<NodeIx>> = self.nodes.enumerate().map(new_place).collect();
        self.nodes.retain(|at, _| places[at].is_some());
        self.cables.retain(|_, cable| {
            places[cable.ends.from.node].is_some() && places[cable.ends.to.node].is_some()
        });
        for cable in &mut self.cables {
            for node in [&mut cable.ends.from.node, &mut cable.ends.to.node] {
                *node = places[*node].unwrap_or(*node);
            }
        }
    }

    /// Notes when leaving sinks that nothing goes into any more have played the last of what they hold back.
    fn drain_sinks(&mut self, clock: u64) {
        let mut is_fed: IndexVec<NodeIx, bool> = IndexVec::filled(self.nodes.len(), false);
        self.cables.iter().for_each(|cable| is_fed[cable.ends.to.node] = true);
        for (node, is_fed) in self.nodes.iter_mut().zip(is_fed) {
            if let NodePhase::Leaving { drained_at } = &mut node.phase
                && node.spec.is_sink
                && !is_fed
            {
                drained_at.get_or_insert(clock + node.prepared.latency as u64);
            }
        }
    }

    /// Whether each node reaches a sink. A leaving sink counts while a cable into it fades, and until it is
    /// drained.
    fn reaching_sink(&self, clock: u64, held: &[u32]) -> IndexVec<NodeIx, bool> {
        let mut into: IndexVec<NodeIx, Vec<NodeIx>> = IndexVec::filled(self.nodes.len(), Vec::new());
        for cable in &self.cables {
            into[cable.ends.to.node].push(cable.ends.from.node);
        }
        let is_root = |at: &NodeIx| {
            let node = &self.nodes[*at];
            let plays = match node.phase {
                NodePhase::Leaving { drained_at } => {
                    !into[*at].is_empty() || drained_at.is_some_and(|end| clock < end)
                }
                NodePhase::New | NodePhase::Playing => true,
            };
            (node.spec.is_sink && plays) || held.contains(&node.serial)
        };
        let roots = self.nodes.indices().filter(is_root);
        reachable(self.nodes.len(), roots, |node| into[node].iter().copied())
    }
}

impl LiveCable {
    /// Whether it leaves and is silent.
    pub(super) fn has_left(&self) -> bool {
        self.phase == CablePhase::Leaving && self.gain.target() == 0.0 && self.gain.rest() == Some(0.0)
    }
}
