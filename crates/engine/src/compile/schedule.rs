//! Schedules packs: depth first from the sinks, so that a signal is read soon after it was written
//! and is still in the nearest cache.

use super::feedback::Feedback;
use super::pack::Packing;
use crate::graph::Graph;
use std::collections::HashSet;

/// What runs next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScheduleItem {
    /// A pack.
    Pack(usize),
    /// A group of loops, sample by sample.
    Loop(usize),
}

/// All packs and groups of loops, each behind everything it reads.
pub(super) fn schedule(
    graph: &Graph,
    into: &[Vec<usize>],
    packing: &Packing,
    feedback: &Feedback,
) -> Vec<ScheduleItem> {
    let packs = packing.packs.len();
    let vertex = |pack: usize| packing.packs[pack].feedback.map_or(pack, |group| packs + group);
    let sources = sources(graph, into, packing, feedback, &vertex);
    let mut turns = Vec::with_capacity(packs);
    let mut seen = vec![false; sources.len()];
    // Sinks first and in order, since they add up on the device. Packs stand level by level, so no sink
    // gets ahead of its turn as the source of another, however the nodes between them are packed.
    let is_sink = |pack: &usize| graph.nodes[packing.packs[*pack].members[0].node].spec.is_sink;
    let sinks = (0..packs).filter(is_sink).map(vertex);
    // Then late packs: what they read comes before them, and nothing reads them but what is done.
    for root in sinks.chain((0..sources.len()).rev()) {
        if std::mem::replace(&mut seen[root], true) {
            continue;
        }
        let mut path = vec![(root, 0)];
        while let Some((at, position)) = path.last_mut() {
            if let Some(&source) = sources[*at].get(*position) {
                *position += 1;
                if !std::mem::replace(&mut seen[source], true) {
                    path.push((source, 0));
                }
                continue;
            }
            if *at >= packs {
                turns.push(ScheduleItem::Loop(*at - packs));
            } else if packing.packs[*at].feedback.is_none() {
                turns.push(ScheduleItem::Pack(*at));
            }
            path.pop();
        }
    }
    turns
}

/// For each pack, then each group of loops: what it reads.
fn sources(
    graph: &Graph,
    into: &[Vec<usize>],
    packing: &Packing,
    feedback: &Feedback,
    vertex: &impl Fn(usize) -> usize,
) -> Vec<Vec<usize>> {
    let mut sources = vec![Vec::new(); packing.packs.len() + packing.loops.len()];
    for (pack, contents) in packing.packs.iter().enumerate() {
        let own = vertex(pack);
        for member in &contents.members {
            for &cable in into[member.node].iter().filter(|&&cable| !feedback.delayed[cable]) {
                for (source, _) in packing.read_by(graph, cable, member.voice) {
                    let source = vertex(source);
                    if source != own && sources[own].last() != Some(&source) {
                        sources[own].push(source);
                    }
                }
            }
        }
    }
    for list in &mut sources {
        let mut seen = HashSet::new();
        list.retain(|source| seen.insert(*source));
    }
    sources
}
