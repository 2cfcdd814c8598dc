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
//! Every pass is a function of the graph alone, so the same patch gives the same plan. All of it runs
//! on the control thread.

mod buffers;
mod dead_outputs;
mod emit;
pub(crate) mod feedback;
mod hoist;
mod inputs;
mod latency;
mod order;
mod pack;
mod reachability;
mod schedule;
mod voices;

pub(crate) use emit::voice_seed;
pub(crate) use voices::voices;

use crate::graph::{Graph, StateProvider};
use crate::plan::Plan;
use crate::probe::ProbeCell;
use crate::smoothed_param::SmoothedParam;
use crate::transport::TransportCell;
use jackfield_node::InstructionSet;
use std::sync::Arc;

/// The source of a delayed or probed signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Origin {
    pub(crate) node: usize,
    pub(crate) output: usize,
    pub(crate) voice: usize,
}

/// A probe the plan must serve.
#[derive(Clone)]
pub(crate) struct ProbeRequest {
    pub(crate) node: usize,
    pub(crate) output: usize,
    /// Takes in levels and waveform; none while the tap only fades out.
    pub(crate) cell: Option<Arc<ProbeCell>>,
    /// How much of what the device plays is this signal.
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

/// Compiles a graph. Control thread.
pub(crate) fn compile(
    graph: &Graph,
    probes: &[ProbeRequest],
    target: &Target,
    states: &mut dyn StateProvider,
) -> Plan {
    let into = graph.cables_into();
    let reachable = reachability::reachable(graph, &into, probes);
    let voices = voices(graph, &into, &reachable);
    let feedback = feedback::feedback(graph, &reachable);
    let order = order::order(graph, &into, &reachable, &feedback);
    let packing = pack::pack(graph, &into, &voices, &feedback, &order, target.width);
    let schedule = schedule::schedule(graph, &into, &packing, &feedback);
    let latency = latency::latency(graph, &into, &feedback, &order);
    let analysis = emit::Analysis {
        graph,
        into: &into,
        voices: &voices,
        feedback: &feedback,
        packing: &packing,
        latency: &latency,
    };
    let mut draft = emit::emit(&analysis, &schedule, probes, target, states);
    hoist::hoist(&mut draft);
    dead_outputs::drop_dead_outputs(&mut draft);
    buffers::assign(draft, target)
}
