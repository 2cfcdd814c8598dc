//! Voice transitions: when an edit changes how many voices a node plays, those that come fade in and those
//! that go fade out, as cables do.
//!
//! For the time of the fades a node has the voices of before and of after, and each cable out of it comes in
//! three layers: the voices its reader reads before and after pass untouched, those only read after fade in,
//! and those only read before fade out. A mono signal that becomes polyphonic is thus cross-faded from its
//! one voice to each reader's own.

use super::live::{Live, LiveCable, LiveNode};
use crate::compile::voices;
use crate::graph::{CrossfadeLayer, Graph, GraphCable, VoiceTransition};
use crate::plan::Plan;
use crate::smoothed_param::{SmoothedParam, Smoothing};
use std::sync::Arc;

/// How many voices a node plays.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct VoiceCount {
    /// Voices at rest; 0 before the node has played.
    settled: usize,
    /// The number that fades are under way to.
    next: Option<usize>,
}

/// Gains of the layers of a cable whose source changes its voices.
#[derive(Clone, Debug)]
pub(super) struct LayerGains {
    fade_in: Arc<SmoothedParam>,
    fade_out: Arc<SmoothedParam>,
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
    /// Begins, reverses and ends transitions as the graph needs, and adds the layers of cables to it.
    /// `plan` is the one published last. Without `fades` everything begins and ends at once.
    pub(super) fn transition_voices(&mut self, graph: &mut Graph, plan: &Plan, fades: bool) {
        let wanted = self.wanted_voices(graph);
        let mut is_fading = vec![false; self.nodes.len()];
        for cable in self.cables.iter().filter(|cable| cable.layers_fade(plan)) {
            is_fading[cable.from] = true;
        }
        let nodes = self.nodes.iter_mut().zip(wanted).zip(is_fading);
        let steps: Vec<TransitionStep> =
            nodes.map(|((node, wanted), is_fading)| node.step_voices(wanted, is_fading, fades)).collect();
        for cable in &mut self.cables {
            cable.update_layers(steps[cable.from], &mut self.next_serial);
        }
        for (node, in_graph) in self.nodes.iter().zip(&mut graph.nodes) {
            in_graph.voice_transition = node.voice_transition();
        }
        if steps.iter().any(|step| *step != TransitionStep::None) {
            self.split_cables(graph);
        }
    }

    /// The voices each node has once all that leaves is gone.
    fn wanted_voices(&self, graph: &Graph) -> Vec<usize> {
        let mut into = graph.cables_into();
        for cables in &mut into {
            cables.retain(|&cable| !self.cables[graph.cables[cable].live].is_leaving);
        }
        voices(graph, &into, &vec![true; graph.nodes.len()])
    }

    /// Adds the layers that fade in and out behind each cable out of a node in a voice transition.
    fn split_cables(&self, graph: &mut Graph) {
        let mut cables = Vec::with_capacity(graph.cables.len());
        for cable in graph.cables.drain(..) {
            let with_gain = |(layer, gain): (CrossfadeLayer, &Arc<SmoothedParam>)| GraphCable {
                layer,
                gain: gain.clone(),
                is_unity: false,
                ..cable
            };
            let layers = self.cables[cable.live].layers.iter();
            let split = layers.flat_map(|gains| {
                [(CrossfadeLayer::FadeIn, &gains.fade_in), (CrossfadeLayer::FadeOut, &gains.fade_out)]
            });
            let split: Vec<GraphCable> = split.map(with_gain).collect();
            cables.push(cable);
            cables.extend(split);
        }
        graph.cables = cables;
    }
}

impl LiveNode {
    /// Whether fades of voices are under way or have ended unnoticed.
    pub(super) fn is_in_voice_transition(&self) -> bool {
        !self.is_leaving && self.voices.next.is_some()
    }

    fn step_voices(&mut self, wanted: usize, is_fading: bool, fades: bool) -> TransitionStep {
        let VoiceCount { settled, next } = self.voices;
        let (settled, next, step) = match next {
            // What leaves stays as it is until it is gone.
            Some(_) if self.is_leaving => (settled, next, TransitionStep::Continue),
            None if self.is_leaving => (settled, None, TransitionStep::None),
            _ if !fades || settled == 0 => (wanted, None, TransitionStep::None),
            None if wanted == settled => (settled, None, TransitionStep::None),
            None => (settled, Some(wanted), TransitionStep::Begin),
            Some(next) if next == wanted && is_fading => (settled, Some(next), TransitionStep::Continue),
            Some(next) if next == wanted => (next, None, TransitionStep::None),
            Some(next) if settled == wanted => (next, Some(wanted), TransitionStep::Reverse),
            Some(next) => (next, Some(wanted), TransitionStep::Begin),
        };
        self.voices = VoiceCount { settled, next };
        step
    }

    fn voice_transition(&self) -> Option<VoiceTransition> {
        let VoiceCount { settled: before, next } = self.voices;
        let is_bound = next.is_some() || (self.is_leaving && before > 0);
        is_bound.then(|| VoiceTransition { before, after: next.unwrap_or(before) })
    }
}

impl LiveCable {
    /// Whether some layer is fading in this plan.
    pub(super) fn layers_fade(&self, plan: &Plan) -> bool {
        let is_fading = |param: &Arc<SmoothedParam>| param.is_moving() && plan.contains_param(param.serial);
        self.layers.as_ref().is_some_and(|layers| is_fading(&layers.fade_in) || is_fading(&layers.fade_out))
    }

    /// Makes the gains of the layers and sets their targets.
    fn update_layers(&mut self, step: TransitionStep, serial: &mut u32) {
        let mut param = |value| {
            *serial += 1;
            Arc::new(SmoothedParam::new(*serial, Smoothing::Gain, value))
        };
        let carried = if self.has_played { self.depth } else { 0.0 };
        match (step, &mut self.layers) {
            (TransitionStep::None, layers) => *layers = None,
            (TransitionStep::Begin, layers) => {
                *layers = Some(LayerGains { fade_in: param(0.0), fade_out: param(carried) })
            }
            (TransitionStep::Continue | TransitionStep::Reverse, layers @ None) => {
                *layers = Some(LayerGains { fade_in: param(0.0), fade_out: param(0.0) });
            }
            (TransitionStep::Reverse, Some(layers)) => {
                std::mem::swap(&mut layers.fade_in, &mut layers.fade_out)
            }
            (TransitionStep::Continue, Some(_)) => {}
        }
        let Some(layers) = &self.layers else { return };
        for (param, target) in [(&layers.fade_in, self.gain.target()), (&layers.fade_out, 0.0)] {
            param.retarget(target);
        }
    }
}
