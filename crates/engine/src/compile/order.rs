//! Orders nodes: a sequence in which every node comes behind its sources, and how many steps lie
//! between it and them. Nodes at one level never feed each other, so they may share a pack.

use super::feedback::Feedback;
use super::traversal::post_order;
use crate::graph::{CablesInto, Graph};
use crate::index::{ComponentIx, IndexVec, NodeIx};

/// Order of the reachable nodes.
pub(super) struct Order {
    /// All reachable nodes, sources first, delayed cables left out of account.
    pub(super) sequence: Vec<NodeIx>,
    /// Steps from the sources; a whole loop counts as one.
    pub(super) level: IndexVec<NodeIx, usize>,
    /// Steps from the loop's first nodes, within a loop.
    pub(super) inner: IndexVec<NodeIx, usize>,
}

/// Orders the reachable nodes.
pub(super) fn order(
    graph: &Graph,
    into: &CablesInto,
    reachable: &IndexVec<NodeIx, bool>,
    feedback: &Feedback,
) -> Order {
    let source = |cable| graph.cables[cable].ends.from.node;
    let roots = graph.nodes.indices().filter(|&node| reachable[node]);
    let sequence = post_order(graph.nodes.len(), roots, |node| {
        into[node].iter().filter(|&&cable| !feedback.delayed[cable]).map(move |&cable| source(cable))
    });
    let mut component_level: IndexVec<ComponentIx, usize> = IndexVec::filled(feedback.is_loop.len(), 0);
    let mut by_component = sequence.clone();
    by_component.sort_by_key(|&node| feedback.component[node]);
    for &node in &by_component {
        let own = feedback.component[node];
        for &cable in &into[node] {
            let from = feedback.component[source(cable)];
            if from != own {
                component_level[own] = component_level[own].max(component_level[from] + 1);
            }
        }
    }
    let mut inner = IndexVec::filled(graph.nodes.len(), 0);
    for &node in &sequence {
        for &cable in into[node].iter().filter(|&&cable| !feedback.delayed[cable]) {
            if feedback.is_inside(graph, cable) {
                inner[node] = inner[node].max(inner[source(cable)] + 1);
            }
        }
    }
    let level = graph.nodes.indices();
    let level = level.map(|node| if reachable[node] { component_level[feedback.component[node]] } else { 0 });
    Order { sequence, level: level.collect(), inner }
}
