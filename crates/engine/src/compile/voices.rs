//! Expands voices: a node plays as many copies as the signals at its `Each` inputs have voices.
//!
//! A mono signal serves every voice; of two polyphonic signals the one with more voices decides, and
//! the voices that the other lacks are silent. A box around a node may say how many there are. Counts only
//! grow on the way round a loop, so following changes until nothing changes comes to an end.

use crate::graph::{CablesInto, Graph, GraphNode};
use crate::index::{IndexVec, NodeIx};
use jackfield_node::Gathering;

/// Voices on the outputs of each node once all cables that leave are gone.
pub(crate) fn settled_voices(graph: &Graph, into: &CablesInto) -> IndexVec<NodeIx, usize> {
    let least =
        |node: &GraphNode| node.makes_voices.unwrap_or(node.voice_limit.map_or(1, |limit| limit.least));
    let voices = graph.nodes.iter().map(least).collect();
    raise(graph, into, voices, graph.nodes.indices().rev().collect(), false)
}

/// Voices on the outputs of each node now; 0 for a node that is not reachable. They are those once all has
/// `settled`, and as many more as transitions and cables that leave need.
pub(super) fn voices(
    graph: &Graph,
    into: &CablesInto,
    settled: &IndexVec<NodeIx, usize>,
    reachable: &IndexVec<NodeIx, bool>,
) -> IndexVec<NodeIx, usize> {
    let mut voices = settled.clone();
    let mut is_raised: IndexVec<NodeIx, bool> = IndexVec::filled(voices.len(), false);
    for (at, node) in graph.nodes.enumerate() {
        // In a transition the voices of before and after play.
        if let (None, Some(transition)) = (node.makes_voices, node.voice_transition) {
            let count = voices[at].max(transition.before).max(transition.after);
            is_raised[at] = std::mem::replace(&mut voices[at], count) < count;
        }
    }
    let changes = graph.cables.iter().filter(|cable| cable.is_leaving || is_raised[cable.ends.from.node]);
    let readers: Vec<NodeIx> = changes.map(|cable| cable.ends.to.node).collect();
    if !readers.is_empty() {
        voices = raise(graph, into, voices, readers, true);
    }
    for (count, reachable) in voices.iter_mut().zip(reachable) {
        if !reachable {
            *count = 0;
        }
    }
    // A node that makes voices is itself one instance; `Packing` knows.
    voices
}

/// Raises the counts of the nodes `next`, and of those behind them, until each has as many voices as its
/// sources.
fn raise(
    graph: &Graph,
    into: &CablesInto,
    mut voices: IndexVec<NodeIx, usize>,
    mut next: Vec<NodeIx>,
    with_leaving: bool,
) -> IndexVec<NodeIx, usize> {
    let mut readers: IndexVec<NodeIx, Vec<NodeIx>> = IndexVec::filled(graph.nodes.len(), Vec::new());
    for cable in &graph.cables {
        readers[cable.ends.from.node].push(cable.ends.to.node);
    }
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
        let needed = node.voice_limit.map_or(needed, |limit| needed.min(limit.most));
        if needed > voices[at] {
            voices[at] = needed;
            next.extend(&readers[at]);
        }
    }
    voices
}
