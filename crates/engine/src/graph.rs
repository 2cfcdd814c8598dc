//! The graph as the compiler sees it: what plays now, by position, without names to look up.
//!
//! The session makes it from the patch and adds what is still fading out. Nodes come in the order of
//! their ids and cables in the order of their sources, so equal patches give equal graphs.

use crate::cell::Cell;
use crate::delay_line::Wait;
use crate::state::{BlockCell, NodeState};
use jackfield_node::{AnyConfig, Gathering, NodeSpec};
use std::ops::Range;
use std::sync::Arc;

/// A node that plays.
pub(crate) struct GraphNode {
    pub(crate) id: Arc<str>,
    pub(crate) spec: &'static NodeSpec,
    pub(crate) config: AnyConfig,
    /// Equal for nodes of one type with equal settings: they may share a pack.
    pub(crate) config_key: u32,
    /// Voices the node makes, if it makes them.
    pub(crate) makes_voices: Option<usize>,
    pub(crate) latency: usize,
    pub(crate) seed: u32,
    /// While the node changes how many voices it plays.
    pub(crate) turnover: Option<Turnover>,
    /// Plays although nobody hears it.
    pub(crate) is_muted: bool,
    /// The knob of each input that has one.
    pub(crate) cells: Vec<Option<Arc<Cell>>>,
}

/// A change of voices under way: both those of before and those of after play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turnover {
    pub(crate) before: usize,
    pub(crate) after: usize,
}

/// Which voices of its source a cable carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Those its reader hears before and after a turnover; without one, all.
    Stay,
    /// Those only heard after it.
    Rise,
    /// Those only heard before it.
    Fall,
}

/// A cable that plays.
#[derive(Clone)]
pub(crate) struct GraphCable {
    /// Position in the session's list of cables.
    pub(crate) live: usize,
    pub(crate) part: Part,
    pub(crate) from: usize,
    pub(crate) output: usize,
    pub(crate) to: usize,
    pub(crate) input: usize,
    pub(crate) gain: Arc<Cell>,
    /// The gain is 1 and at rest: the signal passes untouched.
    pub(crate) is_unity: bool,
    /// How much it is this cable that should carry the delay of its loop; 0: not at all.
    pub(crate) delay_rank: u32,
    /// It carries a delay of its loop whatever its rank, because the delay is being moved.
    pub(crate) has_delay: bool,
    pub(crate) uncompensated: bool,
    /// Has delay lines, even if it need not wait any more: they fade out first.
    pub(crate) has_lines: bool,
}

/// What the compiler works on.
#[derive(Default)]
pub(crate) struct Graph {
    pub(crate) nodes: Vec<GraphNode>,
    pub(crate) cables: Vec<GraphCable>,
}

/// Makes or finds a node's state once the compiler knows its voices.
pub(crate) trait States {
    /// The state of node `node` with this many voices, and what it takes over if it is new.
    fn state(&mut self, node: usize, voices: usize) -> StateLink;
    /// The delay lines, one behind the other, that let a voice of a cable of the session wait so many frames. What
    /// comes out of its source is `late` by so many.
    fn delay_lines(&mut self, cable: usize, voice: usize, frames: usize, late: usize) -> Vec<Waiting>;
}

/// A delay line and how long it waits in a plan.
pub(crate) type Waiting = (Arc<BlockCell>, Wait);

/// A node's state and its history.
#[derive(Clone)]
pub(crate) struct StateLink {
    pub(crate) state: Arc<NodeState>,
    /// The state to continue from, until the executor has done so.
    pub(crate) earlier: Option<Arc<NodeState>>,
}

impl Graph {
    /// Cable positions by the node they end in.
    pub(crate) fn cables_into(&self) -> Vec<Vec<usize>> {
        let mut into = vec![Vec::new(); self.nodes.len()];
        for (position, cable) in self.cables.iter().enumerate() {
            into[cable.to].push(position);
        }
        into
    }

    /// The voices of a cable's source, which has `count` of them, that one voice of its reader hears
    /// through it.
    pub(crate) fn voices_read(&self, cable: &GraphCable, count: usize, voice: usize) -> Range<usize> {
        let gathering = self.nodes[cable.to].spec.inputs[cable.input].gathering;
        let read = |count: usize| match gathering {
            Gathering::Sum | Gathering::SideBySide => 0..count,
            Gathering::Each => its_own(count, voice),
        };
        let source = self.nodes[cable.from].turnover.unwrap_or(Turnover { before: count, after: count });
        let (mut before, mut after) = (read(source.before), read(source.after));
        // A voice that begins hears at once what it will hear; one that ends stays as it is.
        if let Some(reader) = self.nodes[cable.to].turnover {
            if voice >= reader.before {
                before = after.clone();
            } else if voice >= reader.after {
                after = before.clone();
            }
        }
        part_of(cable.part, before, after)
    }

    /// The voices of a cable's source, which has `count` of them, that stand at one place of an input that takes
    /// voices side by side: one at most.
    pub(crate) fn voices_beside(&self, cable: &GraphCable, count: usize, place: usize) -> Range<usize> {
        let source = self.nodes[cable.from].turnover.unwrap_or(Turnover { before: count, after: count });
        part_of(cable.part, its_own(source.before, place), its_own(source.after, place))
    }
}

/// What one voice hears of a source with so many: the one with its number, or the only one.
fn its_own(count: usize, voice: usize) -> Range<usize> {
    if count == 1 { 0..1 } else { voice.min(count)..(voice + 1).min(count) }
}

/// Of what is heard before and after a change, what this part of the cable carries.
fn part_of(part: Part, before: Range<usize>, after: Range<usize>) -> Range<usize> {
    match part {
        Part::Stay => {
            let start = before.start.max(after.start);
            start..before.end.min(after.end).max(start)
        }
        Part::Rise => without(after, &before),
        Part::Fall => without(before, &after),
    }
}

/// What of `range` lies behind `other`; all of it if they begin apart.
fn without(range: Range<usize>, other: &Range<usize>) -> Range<usize> {
    let start = if other.contains(&range.start) { other.end } else { range.start };
    start.min(range.end)..range.end
}
