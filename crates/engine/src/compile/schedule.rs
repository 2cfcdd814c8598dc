//! Schedules packs: depth first from the sinks, so that a signal is read soon after it was written
//! and is still in the nearest cache.

use super::feedback::Feedback;
use super::pack::Packing;
use super::traversal::post_order;
use crate::graph::{CablesInto, Graph};
use crate::index::{IndexVec, Ix, LoopIx, PackIx, UnitIx};
use std::collections::HashSet;

/// What runs next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScheduleItem {
    /// A pack.
    Pack(PackIx),
    /// A group of loops, sample by sample.
    Loop(LoopIx),
}

/// All packs and groups of loops, each behind everything it reads.
pub(super) fn schedule(
    graph: &Graph,
    into: &CablesInto,
    packing: &Packing,
    feedback: &Feedback,
) -> Vec<ScheduleItem> {
    let sources = sources(graph, into, packing, feedback);
    // Sinks first and in order, since they add up on the device. Packs stand level by level, so no sink
    // gets ahead of its turn as the source of another, however the nodes between them are packed.
    let is_sink = |pack: &PackIx| graph.nodes[packing.packs[*pack].members[0].node].spec.is_sink;
    let sinks = packing.packs.indices().filter(is_sink).map(|pack| unit(packing, pack));
    // Then late packs: what they read comes before them, and nothing reads them but what is done.
    let roots = sinks.chain(sources.indices().rev());
    let order = post_order(sources.len(), roots, |unit| sources[unit].iter().copied());
    order.into_iter().filter_map(|unit| item(packing, unit)).collect()
}

/// Units are numbered so: a pack by its number, then a group of loops behind all packs. That of a pack in a
/// loop is its loop's.
fn unit(packing: &Packing, pack: PackIx) -> UnitIx {
    match packing.packs[pack].feedback {
        Some(group) => UnitIx::new(packing.packs.len() + group.number()),
        None => UnitIx::new(pack.number()),
    }
}

/// What a unit runs; none for the number of a pack that runs in a loop.
fn item(packing: &Packing, unit: UnitIx) -> Option<ScheduleItem> {
    if let Some(group) = unit.number().checked_sub(packing.packs.len()) {
        return Some(ScheduleItem::Loop(LoopIx::new(group)));
    }
    let pack = PackIx::new(unit.number());
    packing.packs[pack].feedback.is_none().then_some(ScheduleItem::Pack(pack))
}

/// What each unit reads.
fn sources(
    graph: &Graph,
    into: &CablesInto,
    packing: &Packing,
    feedback: &Feedback,
) -> IndexVec<UnitIx, Vec<UnitIx>> {
    let mut sources: IndexVec<UnitIx, Vec<UnitIx>> =
        IndexVec::filled(packing.packs.len() + packing.loops.len(), Vec::new());
    for (pack, contents) in packing.packs.enumerate() {
        let own = unit(packing, pack);
        for member in &contents.members {
            let layers = into[member.node].iter().flat_map(|&cable| graph.layers_of(cable));
            for layer in layers.filter(|&layer| !feedback.is_delayed(graph, layer)) {
                for source in packing.read_by(graph, layer, member.voice) {
                    let source = unit(packing, source);
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
