//! Transitions: from what plays to the next graph, in named passes. Nothing may begin or end with a click, so
//! each pass finds what has to fade, and what has ended.
//!
//! ```text
//! drop_silent -> withhold -> graph -> crossfade_delays -> crossfade_voices -> layers
//! -> (compile) -> record -> late_fades
//! ```
//!
//! * [`drop_silent`]: drop what has faded out or reaches no sink any more.
//! * [`withhold`]: hold back new cables that would close a loop together with a leaving one.
//! * [`graph`](Live::graph): the graph of what is left, and the delay lines that cables still need.
//! * [`delays`]: where the patch moves the unit delay of a loop, one cable cross-fades to it, then another
//!   from it.
//! * [`voices`]: where a node changes its number of voices, those that come fade in and those that go fade
//!   out.
//! * [`layers`](Live::add_layers): a cable becomes as many crossfade layers as it has fades under way.
//! * [`record`]: which cables have a unit delay in the compiled plan.
//! * [`late_fades`](Live::delay_late_fades): what comes out of a new node with latency fades in once its
//!   output begins.
//!
//! Voices and feedback of the graph are computed here, once: the compiler goes on from them. Only while a
//! unit delay is being moved is feedback computed again, with the delay where it is in place of where it will
//! be.

mod crossfade;
mod delays;
mod drop_silent;
mod record;
mod settled;
mod voices;
mod withhold;

pub(super) use crossfade::{Crossfade, Serials};
pub(super) use delays::DelayTransition;
pub(super) use voices::VoiceCount;

use super::live::{CablePhase, Live, LiveNode, NodePhase};
use crate::compile::CompileInput;
use crate::compile::feedback::feedback;
use crate::graph::{CableLayer, Graph, LayerVoices};
use crate::index::{IndexVec, Ix, LayerIx};
use crate::plan::Plan;
use crate::smoothed_param::SmoothedParam;
use std::sync::Arc;

impl Live {
    /// The graph to compile at a frame of the executor's clock; before the first one what changes does so at
    /// once. `plan` is the one published last. Nodes that are `held`, by serial, play on although no cable
    /// carries them.
    pub(in crate::session) fn next_graph(
        &mut self,
        plan: &Plan,
        clock: u64,
        held: &[u32],
    ) -> (Graph, CompileInput) {
        let fades = clock > 0;
        self.drop_silent(plan, clock, held);
        self.withhold_loop_cables();
        let mut graph = self.graph(plan);
        let into = graph.cables_into();
        let wanted = feedback(&graph);
        let is_moving = self.crossfade_delays(&mut graph, &wanted, plan, fades);
        let feedback = if is_moving { feedback(&graph) } else { wanted };
        let settled_voices = self.crossfade_voices(&mut graph, &into, plan, fades);
        self.add_layers(&mut graph);
        self.enter_plan();
        (graph, CompileInput { into, settled_voices, feedback })
    }

    /// What plays, without layers and transitions.
    fn graph(&mut self, plan: &Plan) -> Graph {
        for cable in self.cables.iter_mut().filter(|cable| cable.phase != CablePhase::Withheld) {
            cable.in_plan.is_unity = cable.is_unity();
            cable.lines.tidy(plan);
        }
        let playing = self.cables.enumerate().filter(|(_, cable)| cable.phase != CablePhase::Withheld);
        Graph {
            nodes: self.nodes.iter().map(LiveNode::graph_node).collect(),
            cables: playing.map(|(at, cable)| cable.graph_cable(at)).collect(),
            layers: IndexVec::new(),
        }
    }

    /// Makes the layers of each cable: as it is or will be, and while its delay is moved as it was; for both
    /// those that fade voices in and out.
    fn add_layers(&self, graph: &mut Graph) {
        for (at, cable) in graph.cables.enumerate_mut() {
            let live = &self.cables[cable.live];
            let start = LayerIx::new(graph.layers.len());
            let mut layer = |voices, gain: &Arc<SmoothedParam>, is_unity, is_delayed| {
                graph.layers.push(CableLayer { cable: at, voices, gain: gain.clone(), is_unity, is_delayed });
            };
            for side in live.delay_sides() {
                layer(LayerVoices::Steady, side.gain, side.is_unity, side.is_delayed);
                if let Some(voices) = &live.voices {
                    layer(LayerVoices::FadeIn, voices.fade_in(), false, side.is_delayed);
                    layer(LayerVoices::FadeOut, voices.fade_out(), false, side.is_delayed);
                }
            }
            cable.layers = start..LayerIx::new(graph.layers.len());
        }
    }

    /// All that is in the graph has been part of a plan from now on.
    fn enter_plan(&mut self) {
        for node in &mut self.nodes {
            if node.phase == NodePhase::New {
                node.phase = NodePhase::Playing;
            }
        }
        for cable in &mut self.cables {
            cable.phase = match cable.phase {
                CablePhase::New => CablePhase::Entering,
                CablePhase::Entering => CablePhase::Playing,
                other => other,
            };
        }
    }
}
