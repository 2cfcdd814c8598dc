//! Settling: which fades have ended, what is not connected to a sink any more, and which new cables are
//! withheld.

use super::live::{Live, LiveCable, LiveNode};
use crate::compile::feedback::components;
use crate::plan::Plan;

impl Live {
    /// Whether some fade has ended since the last plan, and none is under way.
    pub(super) fn has_settled(&self, plan: &Plan, clock: u64) -> bool {
        let is_transient = |cable: &LiveCable| {
            let is_moving = cable.is_withheld || cable.delay_crossfade.is_some();
            cable.has_left() || is_moving || cable.can_be_simplified() || cable.lines.are_idle(plan)
        };
        // The gain of a cable that is not part of the plan stands still.
        let gain_fades = |cable: &LiveCable| cable.gain.is_moving() && plan.contains_param(cable.gain.serial);
        let is_fading = |cable: &LiveCable| {
            gain_fades(cable) || cable.layers_fade(plan) || cable.lines.fade(plan) || cable.delay_fades(plan)
        };
        let is_over =
            |node: &LiveNode| node.is_in_voice_transition() || node.drained_at.is_some_and(|at| at <= clock);
        let has_transient = self.cables.iter().any(is_transient) || self.nodes.iter().any(is_over);
        has_transient && !self.cables.iter().any(is_fading)
    }

    /// Drops leaving nodes and cables from which no sound reaches a sink or a node that is `held`, by serial.
    pub(super) fn drop_silent(&mut self, plan: &Plan, clock: u64, held: &[u32]) {
        self.cables.retain(|cable| !cable.has_left() || cable.layers_fade(plan));
        self.drain_sinks(clock);
        if !self.nodes.iter().any(|node| node.is_leaving) && !self.cables.iter().any(|cable| cable.is_leaving)
        {
            return;
        }
        let reachable = self.reachable(clock, held);
        self.cables.retain(|cable| reachable[cable.to] || !cable.is_leaving);
        let mut places = vec![usize::MAX; self.nodes.len()];
        let mut next = 0;
        for (node, place) in places.iter_mut().enumerate() {
            if reachable[node] || !self.nodes[node].is_leaving {
                *place = next;
                next += 1;
            }
        }
        let mut position = 0;
        self.nodes.retain(|_| {
            position += 1;
            places[position - 1] != usize::MAX
        });
        self.cables.retain(|cable| places[cable.from] != usize::MAX && places[cable.to] != usize::MAX);
        for cable in &mut self.cables {
            cable.from = places[cable.from];
            cable.to = places[cable.to];
        }
    }

    /// Notes when leaving sinks that nothing goes into any more have played the last of what they hold back.
    fn drain_sinks(&mut self, clock: u64) {
        let mut is_fed = vec![false; self.nodes.len()];
        self.cables.iter().for_each(|cable| is_fed[cable.to] = true);
        for (node, is_fed) in self.nodes.iter_mut().zip(is_fed) {
            if node.is_leaving && node.spec.is_sink && !is_fed {
                node.drained_at.get_or_insert(clock + node.prepared.latency as u64);
            }
        }
    }

    /// Whether each node reaches a sink. A leaving sink counts while a cable into it fades, and until it is
    /// drained.
    fn reachable(&self, clock: u64, held: &[u32]) -> Vec<bool> {
        let mut into = vec![Vec::new(); self.nodes.len()];
        for cable in &self.cables {
            into[cable.to].push(cable.from);
        }
        let is_root = |node: &usize| {
            let live = &self.nodes[*node];
            let is_draining = !into[*node].is_empty() || live.drained_at.is_some_and(|at| clock < at);
            let is_sink = live.spec.is_sink && (!live.is_leaving || is_draining);
            is_sink || held.contains(&live.serial)
        };
        let mut reachable = vec![false; self.nodes.len()];
        let mut next: Vec<usize> = (0..self.nodes.len()).filter(is_root).collect();
        while let Some(node) = next.pop() {
            if !std::mem::replace(&mut reachable[node], true) {
                next.extend(&into[node]);
            }
        }
        reachable
    }

    /// Withholds new cables that would close a loop together with a leaving one: such a loop would delay
    /// some cable by a sample for the few milliseconds of the fade, which is audible.
    pub(super) fn withhold_loop_cables(&mut self) {
        for cable in &mut self.cables {
            cable.is_withheld = false;
        }
        if !self.cables.iter().any(|cable| cable.is_leaving) || !self.cables.iter().any(LiveCable::is_new) {
            return;
        }
        let with = self.component_of_each(|_| true);
        let without = self.component_of_each(|cable| !cable.is_leaving);
        let waiting: Vec<bool> = self
            .cables
            .iter()
            .map(|cable| {
                cable.is_new()
                    && with[cable.from] == with[cable.to]
                    && without[cable.from] != without[cable.to]
            })
            .collect();
        for (cable, is_withheld) in self.cables.iter_mut().zip(waiting) {
            cable.is_withheld = is_withheld;
        }
    }

    fn component_of_each(&self, keep: impl Fn(&LiveCable) -> bool) -> Vec<usize> {
        let edges = self.cables.iter().filter(|cable| keep(cable)).map(|cable| (cable.from, cable.to));
        let mut component = vec![usize::MAX; self.nodes.len()];
        for (number, nodes) in components(self.nodes.len(), |_| true, edges).iter().enumerate() {
            for &node in nodes {
                component[node] = number;
            }
        }
        component
    }
}

impl LiveCable {
    fn has_left(&self) -> bool {
        self.is_leaving && self.gain.target() == 0.0 && self.gain.rest() == Some(0.0)
    }

    fn is_new(&self) -> bool {
        !self.is_leaving && !self.has_played
    }

    /// Rests at full gain but still passes through a mix in the current plan.
    fn can_be_simplified(&self) -> bool {
        self.is_unity() && !self.was_unity
    }
}
