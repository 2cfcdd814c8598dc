//! Compensates latency: where paths of different latency meet, the earlier ones are delayed to line up
//! to the sample.
//!
//! All nodes of a loop are taken as one: what comes in from outside is lined up, cables inside the loop
//! are left alone, since delaying them would change the loop's tuning. Sinks are lined up with each other as
//! well, since their outputs reach the device together.

use super::feedback::Feedback;
use super::order::Order;
use crate::graph::{CablesInto, Graph};
use crate::index::{CableIx, ComponentIx, IndexVec, NodeIx};

/// What of latency the later passes need to know.
pub(super) struct Latency {
    /// Frames to delay each cable by.
    pub(super) delays: IndexVec<CableIx, usize>,
    /// Frames by which what leaves each node is late.
    pub(super) departure: IndexVec<NodeIx, usize>,
}

/// How late everything is, and by how much each cable is delayed so that all is equally late.
pub(super) fn latency(graph: &Graph, into: &CablesInto, feedback: &Feedback, order: &Order) -> Latency {
    let delays = IndexVec::filled(graph.cables.len(), 0);
    let departure = IndexVec::filled(graph.nodes.len(), 0);
    let mut latency = Latency { delays, departure };
    if graph.nodes.iter().any(|node| node.latency > 0) {
        latency.line_paths_up(graph, into, feedback, order);
        latency.line_sinks_up(graph, into, order);
    }
    latency
}

impl Latency {
    fn line_paths_up(&mut self, graph: &Graph, into: &CablesInto, feedback: &Feedback, order: &Order) {
        let Self { delays, departure } = self;
        let mut nodes = order.sequence.clone();
        nodes.sort_by_key(|&node| feedback.component[node]);
        let is_lined_up =
            |cable: CableIx| !feedback.is_inside(graph, cable) && !graph.cables[cable].uncompensated;
        // Latency of what arrives at each component.
        let mut arrival: IndexVec<ComponentIx, usize> = IndexVec::filled(feedback.is_loop.len(), 0);
        for component in nodes.chunk_by(|&a, &b| feedback.component[a] == feedback.component[b]) {
            let own = feedback.component[component[0]];
            for &node in component {
                for &cable in into[node].iter().filter(|&&cable| is_lined_up(cable)) {
                    arrival[own] = arrival[own].max(departure[graph.cables[cable].ends.from.node]);
                }
            }
            for &node in component {
                departure[node] = arrival[own] + graph.nodes[node].latency;
                for &cable in into[node].iter().filter(|&&cable| is_lined_up(cable)) {
                    delays[cable] = arrival[own] - departure[graph.cables[cable].ends.from.node];
                }
            }
        }
    }

    /// Delays what goes into early sinks to line up with the latest. A sink whose outputs lead on stays as it
    /// is: what reads it is lined up already.
    fn line_sinks_up(&mut self, graph: &Graph, into: &CablesInto, order: &Order) {
        let sinks = || order.sequence.iter().copied().filter(|&node| graph.nodes[node].spec.is_sink);
        let latest = sinks().map(|node| self.departure[node]).max().unwrap_or(0);
        let mut leads_on: IndexVec<NodeIx, bool> = IndexVec::filled(graph.nodes.len(), false);
        for &node in &order.sequence {
            into[node].iter().for_each(|&cable| leads_on[graph.cables[cable].ends.from.node] = true);
        }
        for node in sinks().filter(|&node| !leads_on[node]) {
            let early_by = latest - self.departure[node];
            self.departure[node] = latest;
            for &cable in into[node].iter().filter(|&&cable| !graph.cables[cable].uncompensated) {
                self.delays[cable] += early_by;
            }
        }
    }
}
