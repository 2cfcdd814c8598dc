//! Expands voices: a node plays as many copies as the signals at its `Each` inputs have voices.
//!
//! A mono signal serves every voice; of two polyphonic signals the one with more voices decides, and
//! the voices that the other lacks are silent. Counts only grow on the way round a loop, so following
//! changes until nothing changes comes to an end.

use crate::graph::{CablesInto, Graph};
use crate::index::{IndexVec, NodeIx};
use jackfield_node::Gathering;

/// Voices on the outputs of each node once all cables that leave are gone.
pub(crate) fn settled_voices(graph: &Graph, into: &CablesInto) -> IndexVec<NodeIx, usize> {
    let voices = graph.nodes.iter().map(|node| node.makes_voices.unwrap_or(1)).collect();
    raise(graph, into, voices, false)
}

/// Voices on the outputs of each node now; 0 for a node that is not reachable. They are those once all has `settled`,
/// and as many more as transitions and cables that leave need.
pub(super) fn voices(
    graph: &Graph,
    into: &CablesInto,
    settled: &IndexVec<NodeIx, usize>,
    reachable: &IndexVec<NodeIx, bool>,
) -> IndexVec<NodeIx, usize> {
    let mut voices = settled.clone();
    let has_transition = graph.nodes.iter().any(|node| node.voice_transition.is_some());
    if has_transition || graph.cables.iter().any(|cable| cable.is_leaving) {
        for (count, node) in voices.iter_mut().zip(&graph.nodes) {
            // In a transition the voices of before and after play.
            if let (None, Some(transition)) = (node.makes_voices, node.voice_transition) {
                *count = (*count).max(transition.before).max(transition.after);
            }
        }
        voices = raise(graph, into, voices, true);
    }
    for (count, reachable) in voices.iter_mut().zip(reachable) {
        if !reachable {
            *count = 0;
        }
    }
    // A node that makes voices is itself one instance; `Packing` knows.
    voices
}

/// Raises counts until each node has as many voices as its sources.
fn raise(
    graph: &Graph,
    into: &CablesInto,
    mut voices: IndexVec<NodeIx, usize>,
    with_leaving: bool,
) -> IndexVec<NodeIx, usize> {
    let mut readers: IndexVec<NodeIx, Vec<NodeIx>> = IndexVec::filled(graph.nodes.len(), Vec::new());
    for cable in &graph.cables {
        readers[cable.ends.from.node].push(cable.ends.to.node);
    }
    let mut next: Vec<NodeIx> = graph.nodes.indices().rev().collect();
    while let Some(at) = next.pop() {
        let node = &graph.nodes[at];
        if node.makes_voices.is_some() {
            continue;
        }
        let cables = into[at].iter().map(|&cable| &graph.cables[cable]);
        let each = cables.filter(|cable| {
            let gathering = node.spec.inputs[cable.ends.to.input].gathering;
            gathering == Gathering::Each && (with_leaving || !cable.is_leaving)
        });
        let needed = each.map(|cable| voices[cable.ends.from.node]).max().unwrap_or(1);
        if needed > voices[at] {
            voices[at] = needed;
            next.extend(&readers[at]);
        }
    }
    voices
}
