//! What the session has to know of a plan just compiled, before it is handed over.

use crate::graph::CableEnds;
use crate::plan::Plan;
use crate::session::live::{Live, LiveCable};
use std::collections::HashSet;

impl Live {
    /// Records which cables have a unit delay in the plan.
    pub(in crate::session) fn record_delays(&mut self, plan: &Plan) {
        let delayed: HashSet<CableEnds> = plan.delayed.iter().copied().collect();
        for cable in &mut self.cables {
            cable.in_plan.has_delay = delayed.contains(&cable.ends);
        }
    }

    /// Delays the fades of cables out of new nodes with latency, whose output begins with silence: faded in
    /// by then, its onset would click.
    pub(in crate::session) fn delay_late_fades(&mut self, plan: &Plan, clock: u64) {
        for (node, name) in self.nodes.iter_mut().zip(&plan.names) {
            let begins_at = if clock > 0 { clock + name.latency as u64 } else { 0 };
            node.begins_at.get_or_insert(begins_at);
        }
        let fades_in = |cable: &&LiveCable| cable.is_in_first_plan() && cable.gain.is_moving();
        for cable in self.cables.iter().filter(fades_in) {
            cable.gain.delay_ramp(cable.silence_left(&self.nodes, clock));
        }
    }
}
