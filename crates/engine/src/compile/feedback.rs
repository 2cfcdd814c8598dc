//! Finds feedback: the strongly connected components of the graph, and in each the cables that are
//! delayed by exactly one sample so that the rest has an order.
//!
//! Cables that the patch marks as delayed come first, as far as they still lie in a loop; then those that
//! carried a delay before, so that an edit elsewhere moves none; then those drawn while sound played, the
//! latest first, since while a cable fades in a delay of it is inaudible. What is left is searched depth
//! first from the first node on, and every cable that leads back onto the path is delayed: the same patch,
//! loaded anew, always gives the same cables.

use crate::graph::{DelayPlacement, DelayRank, Graph};
use crate::index::{CableIx, ComponentIx, IndexVec, Ix, LayerIx, MemberIx, NodeIx};
use jackfield_patch::order_key;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;
use std::cmp::Reverse;

/// Nodes visited at most to honour the marks of one component. Each mark may cost a walk around the loop,
/// so a file of nothing but marks could take hours; those beyond are ignored.
const BUDGET: usize = 5_000_000;

/// Loops and delayed cables of a graph.
#[derive(Default)]
pub(crate) struct Feedback {
    /// The component of each node; components are numbered so that signals flow from lower
    /// to higher numbers.
    pub(crate) component: IndexVec<NodeIx, ComponentIx>,
    /// Whether each component is a loop.
    pub(crate) is_loop: IndexVec<ComponentIx, bool>,
    /// Whether each cable carries the sample before.
    pub(crate) delayed: IndexVec<CableIx, bool>,
}

impl Feedback {
    /// Whether the node runs sample by sample.
    pub(crate) fn in_loop(&self, node: NodeIx) -> bool {
        self.is_loop[self.component[node]]
    }

    /// Whether a cable lies in a loop.
    pub(crate) fn is_inside(&self, graph: &Graph, cable: CableIx) -> bool {
        let ends = graph.cables[cable].ends;
        self.component[ends.from.node] == self.component[ends.to.node]
    }

    /// Whether a layer of a cable carries the sample before.
    pub(crate) fn is_delayed(&self, graph: &Graph, layer: LayerIx) -> bool {
        let layer = &graph.layers[layer];
        self.delayed[layer.cable] || (layer.is_delayed && self.is_inside(graph, layer.cable))
    }
}

/// Finds the loops.
pub(crate) fn feedback(graph: &Graph) -> Feedback {
    let edges = graph.cables.iter().map(|cable| (cable.ends.from.node, cable.ends.to.node));
    let components = components(graph.nodes.len(), edges);
    let mut component = IndexVec::filled(graph.nodes.len(), ComponentIx::new(0));
    let mut member = IndexVec::filled(graph.nodes.len(), MemberIx::new(0));
    for (number, nodes) in components.enumerate() {
        for (place, &node) in nodes.enumerate() {
            component[node] = number;
            member[node] = place;
        }
    }
    let mut is_loop: IndexVec<ComponentIx, bool> = components.iter().map(|nodes| nodes.len() > 1).collect();
    let mut inside: IndexVec<ComponentIx, Vec<CableIx>> = IndexVec::filled(components.len(), Vec::new());
    for (at, cable) in graph.cables.enumerate() {
        let own = component[cable.ends.from.node];
        if own == component[cable.ends.to.node] {
            is_loop[own] = true;
            inside[own].push(at);
        }
    }
    let mut delayed = IndexVec::filled(graph.cables.len(), false);
    for (nodes, cables) in components.iter().zip(&inside) {
        if !cables.is_empty() {
            Component::new(graph, nodes, &member, cables).break_loops(cables, &mut delayed);
        }
    }
    Feedback { component, is_loop, delayed }
}

/// The strongly connected components of so many nodes, sources first.
pub(crate) fn components(
    nodes: usize,
    edges: impl Iterator<Item = (NodeIx, NodeIx)>,
) -> IndexVec<ComponentIx, IndexVec<MemberIx, NodeIx>> {
    let mut shape = DiGraph::<(), ()>::with_capacity(nodes, nodes);
    let places: IndexVec<NodeIx, _> = (0..nodes).map(|_| shape.add_node(())).collect();
    for (from, to) in edges {
        shape.add_edge(places[from], places[to], ());
    }
    let components = kosaraju_scc(&shape).into_iter().rev();
    components
        .map(|nodes| {
            let mut nodes: IndexVec<MemberIx, NodeIx> =
                nodes.into_iter().map(|node| NodeIx::new(node.index())).collect();
            nodes.sort_by_key(|node| *node);
            nodes
        })
        .collect()
}

/// The component of each node, with only some of the edges.
pub(crate) fn component_of_each(
    nodes: usize,
    edges: impl Iterator<Item = (NodeIx, NodeIx)>,
) -> IndexVec<NodeIx, ComponentIx> {
    let mut component = IndexVec::filled(nodes, ComponentIx::new(0));
    for (number, nodes) in components(nodes, edges).enumerate() {
        for &node in nodes {
            component[node] = number;
        }
    }
    component
}

/// A component with loops.
struct Component<'a> {
    graph: &'a Graph,
    nodes: &'a IndexVec<MemberIx, NodeIx>,
    member: &'a IndexVec<NodeIx, MemberIx>,
    out_of: IndexVec<MemberIx, Vec<CableIx>>,
}

impl<'a> Component<'a> {
    fn new(
        graph: &'a Graph,
        nodes: &'a IndexVec<MemberIx, NodeIx>,
        member: &'a IndexVec<NodeIx, MemberIx>,
        cables: &[CableIx],
    ) -> Self {
        let mut out_of = IndexVec::filled(nodes.len(), Vec::new());
        for &cable in cables {
            out_of[member[graph.cables[cable].ends.from.node]].push(cable);
        }
        let mut component = Self { graph, nodes, member, out_of: IndexVec::new() };
        for list in &mut out_of {
            list.sort_by_key(|&cable| {
                let ends = component.graph.cables[cable].ends;
                (ends.from.output, component.name(ends.to.node), ends.to.input)
            });
        }
        component.out_of = out_of;
        component
    }

    /// What leaves the patch stands where it stood before, so that its leaving moves no delay.
    fn name(&self, node: NodeIx) -> ((&'a str, &'a str), NodeIx) {
        (order_key(&self.graph.nodes[node].id), node)
    }

    fn target(&self, cable: CableIx) -> MemberIx {
        self.member[self.graph.cables[cable].ends.to.node]
    }

    /// Delays cables until no loop is left.
    fn break_loops(&self, cables: &[CableIx], delayed: &mut IndexVec<CableIx, bool>) {
        let mut ranked = Vec::new();
        for &cable in cables {
            match self.graph.cables[cable].delay {
                DelayPlacement::Delayed => delayed[cable] = true,
                DelayPlacement::Ranked(rank) if rank > DelayRank::LastResort => ranked.push((rank, cable)),
                DelayPlacement::Ranked(_) | DelayPlacement::Undelayed => {}
            }
        }
        ranked.sort_by_key(|&(rank, _)| Reverse(rank));
        let mut budget = BUDGET;
        for (_, cable) in ranked {
            let from = self.member[self.graph.cables[cable].ends.from.node];
            if self.leads_to(delayed, self.target(cable), from, &mut budget) {
                delayed[cable] = true;
            }
        }
        self.delay_backward(delayed);
    }

    /// Whether a path of undelayed cables leads from `start` to `goal`. False once the `budget` of nodes to
    /// visit is used up.
    fn leads_to(
        &self,
        delayed: &IndexVec<CableIx, bool>,
        start: MemberIx,
        goal: MemberIx,
        budget: &mut usize,
    ) -> bool {
        let mut seen = IndexVec::filled(self.nodes.len(), false);
        let mut next = vec![start];
        while let Some(node) = next.pop() {
            if node == goal {
                return true;
            }
            let Some(rest) = budget.checked_sub(1) else { return false };
            *budget = rest;
            if !std::mem::replace(&mut seen[node], true) {
                let undelayed = self.out_of[node].iter().filter(|&&cable| !delayed[cable]);
                next.extend(undelayed.map(|&cable| self.target(cable)));
            }
        }
        false
    }

    /// Depth-first search that delays every cable onto the path being searched.
    fn delay_backward(&self, delayed: &mut IndexVec<CableIx, bool>) {
        #[derive(Clone, Copy, PartialEq)]
        enum Visit {
            New,
            OnPath,
            Done,
        }
        let mut roots: Vec<MemberIx> = self.nodes.indices().collect();
        roots.sort_by_key(|&root| self.name(self.nodes[root]));
        let mut visits = IndexVec::filled(self.nodes.len(), Visit::New);
        for root in roots {
            if visits[root] != Visit::New {
                continue;
            }
            visits[root] = Visit::OnPath;
            let mut path = vec![(root, self.out_of[root].iter())];
            while let Some((node, rest)) = path.last_mut() {
                let Some(&cable) = rest.next() else {
                    visits[*node] = Visit::Done;
                    path.pop();
                    continue;
                };
                let to = self.target(cable);
                if delayed[cable] {
                    continue;
                }
                match visits[to] {
                    Visit::New => {
                        visits[to] = Visit::OnPath;
                        path.push((to, self.out_of[to].iter()));
                    }
                    Visit::OnPath => delayed[cable] = true,
                    Visit::Done => {}
                }
            }
        }
    }
}
