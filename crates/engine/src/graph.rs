//! The graph as the compiler sees it: what plays now, by position, without names to look up.
//!
//! The session makes it from the patch and adds what is still fading out. Nodes come in the order of
//! their ids and cables in the order of their sources, so equal patches give equal graphs.

use crate::delay_line::DelayTime;
use crate::smoothed_param::SmoothedParam;
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
    pub(crate) voice_transition: Option<VoiceTransition>,
    /// Plays although it is not connected to a sink.
    pub(crate) is_muted: bool,
    /// The smoothed parameter of each input that has a knob.
    pub(crate) params: Vec<Option<Arc<SmoothedParam>>>,
}

/// A change of voices under way: both those of before and those of after play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VoiceTransition {
    pub(crate) before: usize,
    pub(crate) after: usize,
}

/// Which voices of its source a cable carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CrossfadeLayer {
    /// Those its reader reads before and after a voice transition; without one, all.
    Steady,
    /// Those only read after it.
    FadeIn,
    /// Those only read before it.
    FadeOut,
}

/// A cable that plays.
#[derive(Clone)]
pub(crate) struct GraphCable {
    /// Position in the session's list of cables.
    pub(crate) live: usize,
    pub(crate) layer: CrossfadeLayer,
    pub(crate) from: usize,
    pub(crate) output: usize,
    pub(crate) to: usize,
    pub(crate) input: usize,
    pub(crate) gain: Arc<SmoothedParam>,
    /// The gain is 1 and at rest: the signal passes untouched.
    pub(crate) is_unity: bool,
    /// Of a loop's cables the one with the highest rank gets the unit delay; 0: only if no other can.
    pub(crate) delay_rank: u32,
    /// It has a unit delay whatever its rank, because the delay is being moved.
    pub(crate) has_delay: bool,
    pub(crate) uncompensated: bool,
    /// Has delay lines, even if its delay is zero by now: they fade out first.
    pub(crate) has_lines: bool,
}

/// What the compiler works on.
#[derive(Default)]
pub(crate) struct Graph {
    pub(crate) nodes: Vec<GraphNode>,
    pub(crate) cables: Vec<GraphCable>,
}

/// Makes or finds a node's state once the compiler knows its voices.
pub(crate) trait StateProvider {
    /// The state of node `node` with this many voices, and what it takes over if it is new.
    fn state(&mut self, node: usize, voices: usize) -> StateLink;
    /// The delay lines, one behind the other, that delay a voice of a cable of the session by so many frames.
    /// What leaves its source is `late` by so many.
    fn delay_lines(&mut self, cable: usize, voice: usize, frames: usize, late: usize) -> Vec<TimedDelayLine>;
}

/// A delay line and its delay in a plan.
pub(crate) type TimedDelayLine = (Arc<BlockCell>, DelayTime);

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

    /// The voices of a cable's source, which has `count` of them, that one voice of its reader reads
    /// through it.
    pub(crate) fn voices_read(&self, cable: &GraphCable, count: usize, voice: usize) -> Range<usize> {
        let gathering = self.nodes[cable.to].spec.inputs[cable.input].gathering;
        let read = |count: usize| match gathering {
            Gathering::Sum | Gathering::SideBySide => 0..count,
            Gathering::Each => own_voice(count, voice),
        };
        let source = self.nodes[cable.from]
            .voice_transition
            .unwrap_or(VoiceTransition { before: count, after: count });
        let (mut before, mut after) = (read(source.before), read(source.after));
        // A voice that begins reads at once what it will read; one that ends stays as it is.
        if let Some(reader) = self.nodes[cable.to].voice_transition {
            if voice >= reader.before {
                before = after.clone();
            } else if voice >= reader.after {
                after = before.clone();
            }
        }
        layer_of(cable.layer, before, after)
    }

    /// The voices of a cable's source, which has `count` of them, that one position of an input with
    /// voices side by side reads: one at most.
    pub(crate) fn voices_side_by_side(
        &self,
        cable: &GraphCable,
        count: usize,
        position: usize,
    ) -> Range<usize> {
        let source = self.nodes[cable.from]
            .voice_transition
            .unwrap_or(VoiceTransition { before: count, after: count });
        layer_of(cable.layer, own_voice(source.before, position), own_voice(source.after, position))
    }
}

/// What one voice reads of a source with so many: the one with its number, or the only one.
fn own_voice(count: usize, voice: usize) -> Range<usize> {
    if count == 1 { 0..1 } else { voice.min(count)..(voice + 1).min(count) }
}

/// Of what is read before and after a transition, what this layer of the cable carries.
fn layer_of(layer: CrossfadeLayer, before: Range<usize>, after: Range<usize>) -> Range<usize> {
    match layer {
        CrossfadeLayer::Steady => {
            let start = before.start.max(after.start);
            start..before.end.min(after.end).max(start)
        }
        CrossfadeLayer::FadeIn => without(after, &before),
        CrossfadeLayer::FadeOut => without(before, &after),
    }
}

/// What of `range` lies behind `other`; all of it if they begin apart.
fn without(range: Range<usize>, other: &Range<usize>) -> Range<usize> {
    let start = if other.contains(&range.start) { other.end } else { range.start };
    start.min(range.end)..range.end
}
