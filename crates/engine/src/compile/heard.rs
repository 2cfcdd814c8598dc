//! Drops what nobody hears: a node plays if a path leads from it to a sink or a probe. So does a muted node, which
//! is to be in the midst of things when it is heard again.

use super::ProbeRequest;
use crate::graph::Graph;

/// Whether each node plays.
pub(super) fn heard(graph: &Graph, into: &[Vec<usize>], probes: &[ProbeRequest]) -> Vec<bool> {
    let mut heard = vec![false; graph.nodes.len()];
    let is_root = |&node: &usize| graph.nodes[node].spec.is_sink || graph.nodes[node].is_muted;
    let roots = (0..graph.nodes.len()).filter(is_root);
    let mut next: Vec<usize> = roots.chain(probes.iter().map(|probe| probe.node)).collect();
    while let Some(node) = next.pop() {
        if std::mem::replace(&mut heard[node], true) {
            continue;
        }
        next.extend(into[node].iter().map(|&cable| graph.cables[cable].from));
    }
    heard
}
