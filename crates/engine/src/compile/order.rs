//! Orders nodes: a sequence in which every node comes behind its sources, and how many steps lie
//! between it and them. Nodes at one level never feed each other, so they may share a pack.

use super::feedback::Feedback;
use crate::graph::Graph;

/// Order of the reachable nodes.
pub(super) struct Order {
    /// All reachable nodes, sources first, delayed cables left out of account.
    pub(super) sequence: Vec<usize>,
    /// Steps from the sources; a whole loop counts as one.
    pub(super) level: Vec<usize>,
    /// Steps from the loop's first nodes, within a loop.
    pub(super) inner: Vec<usize>,
}

/// Orders the reachable nodes.
pub(super) fn order(graph: &Graph, into: &[Vec<usize>], reachable: &[bool], feedback: &Feedback) -> Order {
    let sequence = sequence(graph, into, reachable, feedback);
    let mut component_level = vec![0; feedback.is_loop.len()];
    let mut inner = vec![0; graph.nodes.len()];
    let mut by_component: Vec<usize> = sequence.clone();
    by_component.sort_by_key(|&node| feedback.component[node]);
    for &node in &by_component {
        let own = feedback.component[node];
        for &cable in &into[node] {
            let from = feedback.component[graph.cables[cable].from];
            if from != own {
                component_level[own] = component_level[own].max(component_level[from] + 1);
            }
        }
    }
    for &node in &sequence {
        for &cable in into[node].iter().filter(|&&cable| !feedback.delayed[cable]) {
            let from = graph.cables[cable].from;
            if feedback.component[from] == feedback.component[node] {
                inner[node] = inner[node].max(inner[from] + 1);
            }
        }
    }
    let level = (0..graph.nodes.len())
        .map(|node| if reachable[node] { component_level[feedback.component[node]] } else { 0 })
        .collect();
    Order { sequence, level, inner }
}

/// Depth-first post-order over the sources of each node, in the order of the graph.
fn sequence(graph: &Graph, into: &[Vec<usize>], reachable: &[bool], feedback: &Feedback) -> Vec<usize> {
    let mut sequence = Vec::with_capacity(graph.nodes.len());
    let mut seen = vec![false; graph.nodes.len()];
    for root in (0..graph.nodes.len()).filter(|&node| reachable[node]) {
        if std::mem::replace(&mut seen[root], true) {
            continue;
        }
        let mut path = vec![(root, 0)];
        while let Some((node, position)) = path.last_mut() {
            let Some(&cable) = into[*node].get(*position) else {
                sequence.push(*node);
                path.pop();
                continue;
            };
            *position += 1;
            let from = graph.cables[cable].from;
            if !feedback.delayed[cable] && !std::mem::replace(&mut seen[from], true) {
                path.push((from, 0));
            }
        }
    }
    sequence
}
