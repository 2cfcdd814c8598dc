//! Reachability: a node plays if a path leads from it to a sink or a probe. A muted node plays as well, so
//! that its state has followed its inputs when it is unmuted.

use super::ProbeRequest;
use super::traversal;
use crate::graph::{CablesInto, Graph};
use crate::index::{IndexVec, NodeIx};

/// Whether each node plays.
pub(super) fn reachable(graph: &Graph, into: &CablesInto, probes: &[ProbeRequest]) -> IndexVec<NodeIx, bool> {
    let is_root = |&node: &NodeIx| graph.nodes[node].spec.is_sink || graph.nodes[node].is_muted;
    let roots = graph.nodes.indices().filter(is_root).chain(probes.iter().map(|probe| probe.port.node));
    traversal::reachable(graph.nodes.len(), roots, |node| {
        into[node].iter().map(|&cable| graph.cables[cable].ends.from.node)
    })
}
