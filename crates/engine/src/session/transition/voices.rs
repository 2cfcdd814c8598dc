//! Voice transitions: when an edit changes how many voices a node plays, those that come fade in and those
//! that go fade out, as cables do.
//!
//! For the time of the fades a node has the voices of before and of after, and each cable out of it comes in
//! three layers: the voices its reader reads before and after pass untouched, those only read after fade in,
//! and those only read before fade out. A mono signal that becomes polyphonic is thus cross-faded from its
//! one voice to each reader's own.

use super::crossfade::{Crossfade, Serials};
use crate::compile::voices::settled_voices;
use crate::graph::{CablesInto, Graph, VoiceTransition};
use crate::index::{IndexVec, NodeIx};
use crate::plan::Plan;
use crate::session::live::{CablePhase, Live, LiveCable, LiveNode, NodePhase};
use crate::smoothed_param::Smoothing;

/// How many voices a node plays.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::session) enum VoiceCount {
    /// It has not played yet.
    #[default]
    Unknown,
    /// So many.
    Steady(usize),
    /// Fades are under way.
    Changing(VoiceTransition),
}

/// What happens to the voices of a node.
#[derive(Clone, Copy, Debug, PartialEq)]
enum TransitionStep {
    /// Nothing.
    None,
    /// A voice transition begins, or gives way to another.
    Begin,
    /// A voice transition goes on.
    Continue,
    /// A voice transition is reversed before it has ended.
    Reverse,
}

impl Live {
    /// Begins, reverses and ends transitions as the graph needs; the voices of each node once all that leaves
    /// is gone. `plan` is the one published last. Without `fades` everything begins and ends at once.
    pub(super) fn crossfade_voices(
        &mut self,
        graph: &mut Graph,
        into: &CablesInto,
        plan: &Plan,
        fades: bool,
    ) -> IndexVec<NodeIx, usize> {
        let wanted = settled_voices(graph, into);
        let mut is_fading: IndexVec<NodeIx, bool> = IndexVec::filled(self.nodes.len(), false);
        for cable in self.cables.iter().filter(|cable| cable.fades_voices(plan)) {
            is_fading[cable.ends.from.node] = true;
        }
        let nodes = self.nodes.iter_mut().zip(&wanted).zip(is_fading);
        let steps: IndexVec<NodeIx, TransitionStep> =
            nodes.map(|((node, &wanted), is_fading)| node.step_voices(wanted, is_fading, fades)).collect();
        for cable in &mut self.cables {
            cable.step_voices(steps[cable.ends.from.node], &mut self.serials);
        }
        for (node, in_graph) in self.nodes.iter().zip(&mut graph.nodes) {
            in_graph.voice_transition = node.voice_transition();
        }
        wanted
    }
}

impl LiveNode {
    /// Whether fades of voices are under way or have ended unnoticed.
    pub(super) fn is_changing_voices(&self) -> bool {
        !self.is_leaving() && matches!(self.voices, VoiceCount::Changing(_))
    }

    fn step_voices(&mut self, wanted: usize, is_fading: bool, fades: bool) -> TransitionStep {
        use VoiceCount::{Changing, Steady, Unknown};
        let transition = |before| Changing(VoiceTransition { before, after: wanted });
        let (voices, step) = match self.voices {
            // What leaves stays as it is until it is gone.
            Changing(_) if self.is_leaving() => (self.voices, TransitionStep::Continue),
            _ if self.is_leaving() => (self.voices, TransitionStep::None),
            _ if !fades => (Steady(wanted), TransitionStep::None),
            Unknown => (Steady(wanted), TransitionStep::None),
            Steady(count) if count == wanted => (self.voices, TransitionStep::None),
            Steady(count) => (transition(count), TransitionStep::Begin),
            Changing(VoiceTransition { after, .. }) if after == wanted && is_fading => {
                (self.voices, TransitionStep::Continue)
            }
            Changing(VoiceTransition { after, .. }) if after == wanted => {
                (Steady(after), TransitionStep::None)
            }
            Changing(VoiceTransition { before, after }) if before == wanted => {
                (transition(after), TransitionStep::Reverse)
            }
            Changing(VoiceTransition { after, .. }) => (transition(after), TransitionStep::Begin),
        };
        self.voices = voices;
        step
    }

    fn voice_transition(&self) -> Option<VoiceTransition> {
        match (self.voices, self.phase) {
            (VoiceCount::Changing(transition), _) => Some(transition),
            // Keeps as many as it has.
            (VoiceCount::Steady(count), NodePhase::Leaving { .. }) => {
                Some(VoiceTransition { before: count, after: count })
            }
            _ => None,
        }
    }
}

impl LiveCable {
    /// Whether some voices of its source fade in this plan.
    pub(super) fn fades_voices(&self, plan: &Plan) -> bool {
        self.voices.as_ref().is_some_and(|crossfade| crossfade.is_fading(plan))
    }

    /// Begins, reverses or ends the crossfade of its source's voices, and sets what it fades to.
    fn step_voices(&mut self, step: TransitionStep, serials: &mut Serials) {
        let target = self.gain.target();
        let mut begin = |level| {
            let fade_out = serials.param(Smoothing::Gain, level);
            Some(Crossfade::begin(serials, fade_out, target))
        };
        // A cable that has not played has nothing to fade out.
        let level = match self.phase {
            CablePhase::New | CablePhase::Withheld => 0.0,
            CablePhase::Entering | CablePhase::Playing | CablePhase::Leaving => self.depth,
        };
        match (step, &mut self.voices) {
            (TransitionStep::None, voices) => *voices = None,
            (TransitionStep::Begin, voices) => *voices = begin(level),
            (TransitionStep::Continue | TransitionStep::Reverse, voices @ None) => *voices = begin(0.0),
            (TransitionStep::Reverse, Some(crossfade)) => crossfade.reverse(target),
            (TransitionStep::Continue, Some(crossfade)) => crossfade.retarget(target),
        }
    }
}
