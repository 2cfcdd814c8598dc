//! The patch compiler: from the graph of what plays to a plan, in named passes.
//!
//! ```text
//! reachability -> voices -> feedback -> order -> pack -> schedule -> latency -> emit
//! -> hoist -> dead_outputs -> buffers
//! ```
//!
//! * [`reachability`]: drop nodes from which no path leads to a sink or a probe.
//! * [`voices`]: how many copies of each node play.
//! * [`feedback`]: which nodes lie in a loop, and which cable of each loop is delayed by one sample.
//! * [`order`]: how far from the sources each node lies.
//! * [`pack`]: up to sixteen alike instances side by side in lanes.
//! * [`schedule`]: packs in an order that reads a signal soon after it was written.
//! * [`latency`]: delays that let parallel paths line up to the sample.
//! * [`emit`]: steps and signals.
//! * [`hoist`]: sums and gathers to where their sources are.
//! * [`dead_outputs`]: outputs that no step reads are not computed.
//! * [`buffers`]: memory for the signals, shared by those that never live at once.
//!
//! Before them the session brings the graph up to date; the passes of its `transition` list add what fades.
//! Voices and feedback are computed there, since transitions follow from them, and are carried here as
//! [`CompileInput`].
//!
//! Every pass is a function of the graph alone, so the same patch gives the same plan. All of it runs
//! on the control thread.

mod buffers;
mod dead_outputs;
mod draft;
mod emit;
pub(crate) mod feedback;
mod hoist;
mod inputs;
mod latency;
mod order;
mod pack;
mod reachability;
mod schedule;
pub(crate) mod traversal;
pub(crate) mod voices;

pub(crate) use emit::voice_seed;

use crate::graph::{CableEnds, CablesInto, Graph, GraphNode, OutputPort, StateProvider};
use crate::index::{IndexVec, NodeIx};
use crate::plan::{Plan, PlanName};
use crate::probe::ProbeCell;
use crate::smoothed_param::SmoothedParam;
use crate::transport::TransportCell;
use feedback::Feedback;
use jackfield_node::InstructionSet;
use latency::Latency;
use pack::Packing;
use std::sync::Arc;

/// The source of a delayed or probed signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Origin {
    pub(crate) port: OutputPort,
    pub(crate) voice: usize,
}

/// A probe the plan must serve.
#[derive(Clone)]
pub(crate) struct ProbeRequest {
    pub(crate) port: OutputPort,
    /// Takes in levels and waveform; none while the tap only fades out.
    pub(crate) cell: Option<Arc<ProbeCell>>,
    /// Its gain on the monitor bus.
    pub(crate) gain: Arc<SmoothedParam>,
}

/// How to compile.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) sample_rate: f32,
    /// Most lanes in a pack: 1, 4, 8 or 16.
    pub(crate) width: usize,
    pub(crate) instruction_set: InstructionSet,
    pub(crate) epoch: u64,
    pub(crate) transport: Arc<TransportCell>,
}

/// What of a graph is known before it is compiled.
#[derive(Default)]
pub(crate) struct CompileInput {
    pub(crate) into: CablesInto,
    /// Voices of each node once all that leaves is gone.
    pub(crate) settled_voices: IndexVec<NodeIx, usize>,
    pub(crate) feedback: Feedback,
}

/// The results of the passes before [`emit`].
struct Analysis<'a> {
    graph: &'a Graph,
    into: &'a CablesInto,
    /// Voices on each node's outputs.
    voices: &'a IndexVec<NodeIx, usize>,
    feedback: &'a Feedback,
    packing: &'a Packing,
    latency: &'a Latency,
}

/// Compiles a graph. Control thread.
pub(crate) fn compile(
    graph: &Graph,
    prepared: &CompileInput,
    probes: &[ProbeRequest],
    target: &Target,
    states: &mut dyn StateProvider,
) -> Plan {
    let CompileInput { into, settled_voices, feedback } = prepared;
    let reachable = reachability::reachable(graph, into, probes);
    let voices = voices::voices(graph, into, settled_voices, &reachable);
    let order = order::order(graph, into, &reachable, feedback);
    let packing = pack::pack(graph, into, &voices, feedback, &order, target.width);
    let schedule = schedule::schedule(graph, into, &packing, feedback);
    let latency = latency::latency(graph, into, feedback, &order);
    let analysis = Analysis { graph, into, voices: &voices, feedback, packing: &packing, latency: &latency };
    let links = emit::states(&voices, states);
    let mut draft = emit::emit(&analysis, &schedule, probes, target, &links, states);
    hoist::hoist(&mut draft);
    dead_outputs::drop_dead_outputs(&mut draft);
    let facts = buffers::Facts {
        states: links.into_iter().flatten().collect(),
        names: analysis.names(),
        delayed: analysis.delayed_cables(),
    };
    buffers::assign(draft, facts, target)
}

impl Analysis<'_> {
    fn names(&self) -> IndexVec<NodeIx, PlanName> {
        let name = |(at, node): (NodeIx, &GraphNode)| PlanName {
            id: node.id.clone(),
            kind: node.spec.id,
            voices: self.voices[at],
            latency: self.latency.departure[at],
        };
        self.graph.nodes.enumerate().map(name).collect()
    }

    /// Cables between nodes that play with a unit delay on some layer that does not fade voices.
    fn delayed_cables(&self) -> Vec<CableEnds> {
        let plays = |node: NodeIx| self.voices[node] > 0;
        let is_delayed = |at| {
            let mut layers = self.graph.layers_of(at);
            layers.any(|layer| self.feedback.is_delayed(self.graph, layer))
        };
        let cables = self.graph.cables.enumerate().filter(|&(at, cable)| {
            plays(cable.ends.from.node) && plays(cable.ends.to.node) && is_delayed(at)
        });
        cables.map(|(_, cable)| cable.ends).collect()
    }
}
