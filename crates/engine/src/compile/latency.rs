//! Compensates latency: where paths of different latency meet, the earlier ones are delayed to line up
//! to the sample.
//!
//! All nodes of a loop are taken as one: what comes in from outside is lined up, cables inside the loop
//! are left alone, since delaying them would change the loop's tuning. Sinks are lined up with each other as
//! well, since their outputs reach the device together.

use super::feedback::Feedback;
use super::order::Order;
use crate::graph::Graph;

/// What of latency the later passes need to know.
pub(super) struct Latency {
    /// Frames to delay each cable by.
    pub(super) delays: Vec<usize>,
    /// Frames by which what leaves each node is late.
    pub(super) departure: Vec<usize>,
}

/// How late everything is, and by how much each cable is delayed so that all is equally late.
pub(super) fn latency(graph: &Graph, into: &[Vec<usize>], feedback: &Feedback, order: &Order) -> Latency {
    let mut delays = vec![0; graph.cables.len()];
    let mut departure = vec![0; graph.nodes.len()];
    if graph.nodes.iter().all(|node| node.latency == 0) {
        return Latency { delays, departure };
    }
    // Latency of what arrives at each component, and of what leaves each node.
    let mut arrival = vec![0; feedback.is_loop.len()];
    let mut nodes = order.sequence.clone();
    nodes.sort_by_key(|&node| feedback.component[node]);
    let outside = |cable: usize| {
        let cable = &graph.cables[cable];
        feedback.component[cable.from] != feedback.component[cable.to]
    };
    for component in nodes.chunk_by(|&a, &b| feedback.component[a] == feedback.component[b]) {
        let own = feedback.component[component[0]];
        for &node in component {
            for &cable in into[node].iter().filter(|&&cable| outside(cable)) {
                if !graph.cables[cable].uncompensated {
                    arrival[own] = arrival[own].max(departure[graph.cables[cable].from]);
                }
            }
        }
        for &node in component {
            departure[node] = arrival[own] + graph.nodes[node].latency;
            for &cable in into[node].iter().filter(|&&cable| outside(cable)) {
                if !graph.cables[cable].uncompensated {
                    delays[cable] = arrival[own] - departure[graph.cables[cable].from];
                }
            }
        }
    }
    line_sinks_up(graph, into, order, &mut delays, &mut departure);
    Latency { delays, departure }
}

/// Lets what goes into early sinks wait for the latest. A sink whose outputs lead on stays as it is: what
/// reads it is lined up already.
fn line_sinks_up(
    graph: &Graph,
    into: &[Vec<usize>],
    order: &Order,
    delays: &mut [usize],
    departure: &mut [usize],
) {
    let is_sink = |node: &usize| graph.nodes[*node].spec.is_sink;
    let latest =
        order.sequence.iter().copied().filter(is_sink).map(|node| departure[node]).max().unwrap_or(0);
    let mut leads_on = vec![false; graph.nodes.len()];
    for &node in &order.sequence {
        into[node].iter().for_each(|&cable| leads_on[graph.cables[cable].from] = true);
    }
    for node in order.sequence.iter().copied().filter(is_sink).filter(|&node| !leads_on[node]) {
        let wait = latest - departure[node];
        departure[node] = latest;
        for &cable in into[node].iter().filter(|&&cable| !graph.cables[cable].uncompensated) {
            delays[cable] += wait;
        }
    }
}
