//! Finds feedback: the strongly connected components of the graph, and in each the cables that are
//! delayed by exactly one sample so that the rest has an order.
//!
//! Cables that the patch marks as delayed come first, as far as they still lie in a loop; then those that
//! carried a delay before, so that an edit elsewhere moves none; then those drawn while sound played, the
//! latest first, since while a cable fades in a delay of it is inaudible. What is left is searched depth
//! first from the first node on, and every cable that leads back onto the path is delayed: the same patch,
//! loaded anew, always gives the same cables.

use crate::graph::Graph;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

/// Nodes visited at most to honour the marks of one component. Each mark may cost a walk around the loop,
/// so a file of nothing but marks could take hours; those beyond are ignored.
const BUDGET: usize = 5_000_000;

/// Loops and delayed cables of a graph.
pub(crate) struct Feedback {
    /// The component of each reachable node; components are numbered so that signals flow from lower
    /// to higher numbers. `usize::MAX` for others.
    pub(crate) component: Vec<usize>,
    /// Whether each component is a loop.
    pub(crate) is_loop: Vec<bool>,
    /// Whether each cable carries the sample before.
    pub(crate) delayed: Vec<bool>,
}

impl Feedback {
    /// Whether the node runs sample by sample.
    pub(crate) fn in_loop(&self, node: usize) -> bool {
        self.is_loop[self.component[node]]
    }
}

/// Finds the loops among the reachable nodes.
pub(crate) fn feedback(graph: &Graph, reachable: &[bool]) -> Feedback {
    let edges = graph.cables.iter().map(|cable| (cable.from, cable.to));
    let components = components(graph.nodes.len(), |node| reachable[node], edges);
    let mut component = vec![usize::MAX; graph.nodes.len()];
    for (number, nodes) in components.iter().enumerate() {
        for &node in nodes {
            component[node] = number;
        }
    }
    let mut is_loop: Vec<bool> = components.iter().map(|nodes| nodes.len() > 1).collect();
    let mut inside = vec![Vec::new(); components.len()];
    for (position, cable) in graph.cables.iter().enumerate() {
        if reachable[cable.from] && reachable[cable.to] && component[cable.from] == component[cable.to] {
            is_loop[component[cable.from]] = true;
            inside[component[cable.from]].push(position);
        }
    }
    let mut delayed = vec![false; graph.cables.len()];
    for (nodes, cables) in components.iter().zip(&inside) {
        if !cables.is_empty() {
            break_loop(graph, nodes, cables, &mut delayed);
        }
    }
    Feedback { component, is_loop, delayed }
}

/// The strongly connected components of the nodes that are `included`, sources first.
pub(crate) fn components(
    nodes: usize,
    included: impl Fn(usize) -> bool,
    edges: impl Iterator<Item = (usize, usize)>,
) -> Vec<Vec<usize>> {
    let mut shape = DiGraph::<usize, ()>::with_capacity(nodes, nodes);
    let mut place = vec![NodeIndex::end(); nodes];
    for node in (0..nodes).filter(|&node| included(node)) {
        place[node] = shape.add_node(node);
    }
    for (from, to) in edges.filter(|&(from, to)| included(from) && included(to)) {
        shape.add_edge(place[from], place[to], ());
    }
    let mut components: Vec<Vec<usize>> = kosaraju_scc(&shape)
        .into_iter()
        .map(|nodes| nodes.into_iter().map(|node| shape[node]).collect())
        .collect();
    components.reverse();
    for nodes in &mut components {
        nodes.sort_unstable();
    }
    components
}

/// Delays cables of one component until no loop is left. What leaves the patch stands where it stood before,
/// so that its leaving moves no delay.
fn break_loop(graph: &Graph, nodes: &[usize], cables: &[usize], delayed: &mut [bool]) {
    let local = |node: usize| nodes.binary_search(&node).unwrap_or(usize::MAX);
    let mut out_of = vec![Vec::new(); nodes.len()];
    for &cable in cables {
        out_of[local(graph.cables[cable].from)].push(cable);
    }
    let name = |node: usize| (&graph.nodes[node].id, node);
    for list in &mut out_of {
        list.sort_by_key(|&cable| {
            let cable = &graph.cables[cable];
            (cable.output, name(cable.to), cable.input)
        });
    }
    let target = |cable: usize| local(graph.cables[cable].to);
    for &cable in cables {
        delayed[cable] = graph.cables[cable].has_delay;
    }
    let mut budget = BUDGET;
    let rank = |cable: usize| graph.cables[cable].delay_rank;
    let mut ranked: Vec<usize> = cables.iter().copied().filter(|&cable| rank(cable) > 0).collect();
    ranked.sort_by_key(|&cable| std::cmp::Reverse(rank(cable)));
    for cable in ranked {
        let from = local(graph.cables[cable].from);
        if leads_to(&out_of, delayed, target, target(cable), from, &mut budget) {
            delayed[cable] = true;
        }
    }
    let mut roots: Vec<usize> = (0..nodes.len()).collect();
    roots.sort_by_key(|&root| name(nodes[root]));
    delay_backward(&out_of, delayed, &roots, target);
}

/// Whether a path of undelayed cables leads from `start` to `goal`. False once the `budget` of nodes to
/// visit is used up.
fn leads_to(
    out_of: &[Vec<usize>],
    delayed: &[bool],
    target: impl Fn(usize) -> usize,
    start: usize,
    goal: usize,
    budget: &mut usize,
) -> bool {
    let mut seen = vec![false; out_of.len()];
    let mut next = vec![start];
    while let Some(node) = next.pop() {
        if node == goal {
            return true;
        }
        let Some(rest) = budget.checked_sub(1) else { return false };
        *budget = rest;
        if !std::mem::replace(&mut seen[node], true) {
            next.extend(out_of[node].iter().filter(|&&cable| !delayed[cable]).map(|&cable| target(cable)));
        }
    }
    false
}

/// Depth-first search that delays every cable onto the path being searched.
fn delay_backward(
    out_of: &[Vec<usize>],
    delayed: &mut [bool],
    roots: &[usize],
    target: impl Fn(usize) -> usize,
) {
    #[derive(Clone, Copy, PartialEq)]
    enum Visit {
        New,
        OnPath,
        Done,
    }
    let mut marks = vec![Visit::New; out_of.len()];
    for &root in roots {
        if marks[root] != Visit::New {
            continue;
        }
        marks[root] = Visit::OnPath;
        let mut path = vec![(root, 0)];
        while let Some((node, position)) = path.last_mut() {
            let Some(&cable) = out_of[*node].get(*position) else {
                marks[*node] = Visit::Done;
                path.pop();
                continue;
            };
            *position += 1;
            let to = target(cable);
            if delayed[cable] {
                continue;
            }
            match marks[to] {
                Visit::New => {
                    marks[to] = Visit::OnPath;
                    path.push((to, 0));
                }
                Visit::OnPath => delayed[cable] = true,
                Visit::Done => {}
            }
        }
    }
}
