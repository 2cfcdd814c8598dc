//! The graph as the compiler sees it: what plays now, by position, without names to look up.
//!
//! The session makes it from the patch and adds what is still fading out. Nodes come in the order of
//! their ids and cables in the order of their sources, so equal patches give equal graphs.
//!
//! A cable is one thing to the passes that analyse the graph. What fades along it are its *layers*: one at
//! rest, and more while its source changes its voices or while it gets or loses the unit delay of its loop.

use crate::delay_line::DelayTime;
use crate::index::{CableIx, IndexVec, Ix, LayerIx, LiveCableIx, NodeIx};
use crate::smoothed_param::SmoothedParam;
use crate::state::{BlockCell, NodeState};
use jackfield_node::{AnyConfig, Gathering, NodeSpec};
use jackfield_patch::VoiceLimit;
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
    /// What a box around it says of its voices.
    pub(crate) voice_limit: Option<VoiceLimit>,
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

/// An output of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct OutputPort {
    pub(crate) node: NodeIx,
    pub(crate) output: usize,
}

/// An input of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct InputPort {
    pub(crate) node: NodeIx,
    pub(crate) input: usize,
}

/// Where a cable starts and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CableEnds {
    pub(crate) from: OutputPort,
    pub(crate) to: InputPort,
}

/// One node in one voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Instance {
    pub(crate) node: NodeIx,
    pub(crate) voice: usize,
}

/// A cable that plays.
pub(crate) struct GraphCable {
    pub(crate) live: LiveCableIx,
    pub(crate) ends: CableEnds,
    pub(crate) delay: DelayPlacement,
    pub(crate) is_leaving: bool,
    pub(crate) uncompensated: bool,
    /// Has delay lines, even if its delay is zero by now: they fade out first.
    pub(crate) has_lines: bool,
    /// What it consists of; at least one.
    pub(crate) layers: Range<LayerIx>,
}

/// Whether a cable has the unit delay of its loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DelayPlacement {
    /// Of a loop's cables the one with the highest rank gets it.
    Ranked(DelayRank),
    /// It has it, because the delay is about to be moved.
    Delayed,
    /// It is to be without as far as the loop allows, because the delay is being moved; a layer of it may
    /// have it.
    Undelayed,
}

/// Which cable of a loop should have its unit delay: the highest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DelayRank {
    /// One that closes a loop of cables without a better one.
    LastResort,
    /// Drawn while sound played; the latest, by serial, comes first.
    DrawnLive(u32),
    /// It had the delay in the last plan.
    HadDelay,
    /// The patch marks it.
    Marked,
}

/// Which voices of its source a layer carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LayerVoices {
    /// Those its reader reads before and after a voice transition; without one, all.
    Steady,
    /// Those only read after it.
    FadeIn,
    /// Those only read before it.
    FadeOut,
}

/// A crossfade layer of a cable.
pub(crate) struct CableLayer {
    pub(crate) cable: CableIx,
    pub(crate) voices: LayerVoices,
    pub(crate) gain: Arc<SmoothedParam>,
    /// The gain is 1 and at rest: the signal passes untouched.
    pub(crate) is_unity: bool,
    /// Has a unit delay wherever that of its loop is.
    pub(crate) is_delayed: bool,
}

/// What the compiler works on.
#[derive(Default)]
pub(crate) struct Graph {
    pub(crate) nodes: IndexVec<NodeIx, GraphNode>,
    pub(crate) cables: IndexVec<CableIx, GraphCable>,
    pub(crate) layers: IndexVec<LayerIx, CableLayer>,
}

/// For each node the cables that end in it, in order.
pub(crate) type CablesInto = IndexVec<NodeIx, Vec<CableIx>>;

/// Makes or finds a node's state once the compiler knows its voices.
pub(crate) trait StateProvider {
    /// The state of a node with this many voices, and what it takes over if it is new.
    fn state(&mut self, node: NodeIx, voices: usize) -> StateLink;
    /// The delay lines, one behind the other, that delay a voice of a cable of the session by so many frames.
    /// What leaves its source is `late` by so many.
    fn delay_lines(
        &mut self,
        cable: LiveCableIx,
        voice: usize,
        frames: usize,
        late: usize,
    ) -> Vec<TimedDelayLine>;
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
    /// The cables that end in each node.
    pub(crate) fn cables_into(&self) -> CablesInto {
        let mut into = IndexVec::filled(self.nodes.len(), Vec::new());
        for (at, cable) in self.cables.enumerate() {
            into[cable.ends.to.node].push(at);
        }
        into
    }

    /// The layers of a cable, in order.
    pub(crate) fn layers_of(&self, cable: CableIx) -> impl Iterator<Item = LayerIx> + use<> {
        let layers = &self.cables[cable].layers;
        LayerIx::between(layers.start, layers.end)
    }

    /// The voices of a cable's source, which has `count` of them, that one voice of its reader reads
    /// through a layer.
    pub(crate) fn voices_read(&self, layer: &CableLayer, count: usize, voice: usize) -> Range<usize> {
        let CableEnds { from, to } = self.cables[layer.cable].ends;
        let gathering = self.nodes[to.node].spec.inputs[to.input].gathering;
        let read = |count: usize| match gathering {
            Gathering::Sum | Gathering::SideBySide => 0..count,
            Gathering::Each => own_voice(count, voice),
        };
        let source = self.transition_of(from.node, count);
        let (mut before, mut after) = (read(source.before), read(source.after));
        // A voice that begins reads at once what it will read; one that ends stays as it is.
        if let Some(reader) = self.nodes[to.node].voice_transition {
            if voice >= reader.before {
                before = after.clone();
            } else if voice >= reader.after {
                after = before.clone();
            }
        }
        voices_of(layer.voices, before, after)
    }

    /// The voices of a cable's source, which has `count` of them, that one position of an input with
    /// voices side by side reads: one at most.
    pub(crate) fn voices_side_by_side(
        &self,
        layer: &CableLayer,
        count: usize,
        position: usize,
    ) -> Range<usize> {
        let source = self.transition_of(self.cables[layer.cable].ends.from.node, count);
        voices_of(layer.voices, own_voice(source.before, position), own_voice(source.after, position))
    }

    fn transition_of(&self, node: NodeIx, count: usize) -> VoiceTransition {
        let at_rest = VoiceTransition { before: count, after: count };
        self.nodes[node].voice_transition.unwrap_or(at_rest)
    }
}

/// What one voice reads of a source with so many: the one with its number, or the only one.
fn own_voice(count: usize, voice: usize) -> Range<usize> {
    if count == 1 { 0..1 } else { voice.min(count)..(voice + 1).min(count) }
}

/// Of what is read before and after a transition, what a layer carries.
fn voices_of(layer: LayerVoices, before: Range<usize>, after: Range<usize>) -> Range<usize> {
    match layer {
        LayerVoices::Steady => {
            let start = before.start.max(after.start);
            start..before.end.min(after.end).max(start)
        }
        LayerVoices::FadeIn => without(after, &before),
        LayerVoices::FadeOut => without(before, &after),
    }
}

/// What of `range` lies behind `other`; all of it if they begin apart.
fn without(range: Range<usize>, other: &Range<usize>) -> Range<usize> {
    let start = if other.contains(&range.start) { other.end } else { range.start };
    start.min(range.end)..range.end
}
