//! Expands voices: a node plays as many copies as the signals at its `Each` inputs have voices.
//!
//! A mono signal serves every voice; of two polyphonic signals the one with more voices decides, and
//! the voices that the other lacks are silent. Counts only grow on the way round a loop, so following
//! changes until nothing changes comes to an end.

use crate::graph::{Graph, GraphNode};
use jackfield_node::Gathering;

/// Voices on the outputs of each node; 0 for a node that is not reachable.
pub(crate) fn voices(graph: &Graph, into: &[Vec<usize>], reachable: &[bool]) -> Vec<usize> {
    // In a voice_transition the voices of before and after play.
    let least = |node: &GraphNode| {
        node.voice_transition
            .map_or(1, |voice_transition| voice_transition.before.max(voice_transition.after))
    };
    let mut voices: Vec<usize> =
        graph.nodes.iter().map(|node| node.makes_voices.unwrap_or_else(|| least(node))).collect();
    let mut out_of = vec![Vec::new(); graph.nodes.len()];
    for cable in &graph.cables {
        out_of[cable.from].push(cable.to);
    }
    let mut next: Vec<usize> = (0..graph.nodes.len()).rev().collect();
    while let Some(node) = next.pop() {
        if graph.nodes[node].makes_voices.is_some() {
            continue;
        }
        let each = into[node].iter().map(|&cable| &graph.cables[cable]);
        let each =
            each.filter(|cable| graph.nodes[node].spec.inputs[cable.input].gathering == Gathering::Each);
        let needed = each.map(|cable| voices[cable.from]).max().unwrap_or(1);
        if needed > voices[node] {
            voices[node] = needed;
            next.extend(&out_of[node]);
        }
    }
    for (count, reachable) in voices.iter_mut().zip(reachable) {
        if !reachable {
            *count = 0;
        }
    }
    // A node that makes voices is itself one instance; `Packing` knows.
    voices
}
