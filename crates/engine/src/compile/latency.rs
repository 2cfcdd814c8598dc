//! Compensates latency: where paths of different latency meet, the earlier ones are delayed to line up
//! to the sample.
//!
//! All nodes of a loop are taken as one: what comes in from outside is lined up, cables inside the loop
//! are left alone, since delaying them would change the loop's tuning.

use super::feedback::Feedback;
use super::order::Order;
use crate::graph::Graph;

/// Frames to delay each cable by.
pub(super) fn latency(graph: &Graph, into: &[Vec<usize>], feedback: &Feedback, order: &Order) -> Vec<usize> {
    let mut delays = vec![0; graph.cables.len()];
    if graph.nodes.iter().all(|node| node.latency == 0) {
        return delays;
    }
    // Latency of what arrives at each component, and of what leaves each node.
    let mut arrival = vec![0; feedback.is_loop.len()];
    let mut departure = vec![0; graph.nodes.len()];
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
    delays
}
