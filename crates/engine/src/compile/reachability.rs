//! Reachability: a node plays if a path leads from it to a sink or a probe. A muted node plays as well, so
//! that its state has followed its inputs when it is unmuted.

use super::ProbeRequest;
use crate::graph::Graph;

/// Whether each node plays.
pub(super) fn reachable(graph: &Graph, into: &[Vec<usize>], probes: &[ProbeRequest]) -> Vec<bool> {
    let mut reachable = vec![false; graph.nodes.len()];
    let is_root = |&node: &usize| graph.nodes[node].spec.is_sink || graph.nodes[node].is_muted;
    let roots = (0..graph.nodes.len()).filter(is_root);
    let mut next: Vec<usize> = roots.chain(probes.iter().map(|probe| probe.node)).collect();
    while let Some(node) = next.pop() {
        if std::mem::replace(&mut reachable[node], true) {
            continue;
        }
        next.extend(into[node].iter().map(|&cable| graph.cables[cable].from));
    }
    reachable
}
