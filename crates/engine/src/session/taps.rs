//! Taps: which node's output each probe reads, and the crossfade when that changes while it is monitored.
//!
//! A probe goes by names, a tap is bound to the node that has them now. When that node is removed or replaced
//! while the probe is monitored, it plays on until its tap has faded out, as it would for a cable; the tap of
//! the node that comes in its place fades in.

use super::live::Live;
use super::{EngineError, Session};
use crate::compile::ProbeRequest;
use crate::graph::OutputPort;
use crate::probe::{Probe, ProbeCell};
use crate::smoothed_param::{SmoothedParam, Smoothing};
use std::sync::{Arc, Weak};

/// Most taps of one probe that fade out at once. While no audio runs nothing fades, and the number must not
/// grow.
const MAX_LEAVING: usize = 8;

/// A probe and its taps.
pub(super) struct ProbeBinding {
    node: String,
    output: String,
    cell: Weak<ProbeCell>,
    bound: Option<Tap>,
    leaving: Vec<Tap>,
}

/// A node's output and its gain on the monitor bus.
struct Tap {
    /// The [serial](super::live::LiveNode::serial) of the node.
    node: u32,
    output: usize,
    /// The executor sets its target to 1 while the probe is monitored and the tap is bound, else to 0.
    gain: Arc<SmoothedParam>,
}

impl Session {
    /// Taps an output: levels, and up to `capacity` samples of waveform between two readings. A node that is
    /// not connected to a sink plays while it is tapped. Dropping the probe ends it. Compiles a plan. Control
    /// thread.
    ///
    /// # Errors
    /// [`EngineError::Node`] or [`EngineError::Port`] when no such node plays or it has no such output.
    pub fn probe(&mut self, node: &str, output: &str, capacity: usize) -> Result<Probe, EngineError> {
        let probe = self.tap(node, output, capacity)?;
        self.publish();
        Ok(probe)
    }

    /// Taps many outputs, each a node, an output and a capacity as for [`probe`](Self::probe), with one new
    /// plan for all of them; a result for each, in order. Control thread.
    pub fn probe_all<'n>(
        &mut self,
        outputs: impl IntoIterator<Item = (&'n str, &'n str, usize)>,
    ) -> Vec<Result<Probe, EngineError>> {
        let outputs = outputs.into_iter();
        let probes: Vec<_> =
            outputs.map(|(node, output, capacity)| self.tap(node, output, capacity)).collect();
        if probes.iter().any(Result::is_ok) {
            self.publish();
        }
        probes
    }

    /// The level (RMS) of every probe that has not been dropped, without disturbing its readings. Control
    /// thread.
    pub fn probe_levels(&self) -> impl Iterator<Item = f32> {
        self.tapped.iter().filter_map(|tapped| tapped.cell.upgrade()).map(|cell| cell.rms())
    }

    /// A probe that the next plan serves.
    fn tap(&mut self, node: &str, output: &str, capacity: usize) -> Result<Probe, EngineError> {
        self.live.output(node, output)?;
        let probe = Probe::new(capacity);
        self.tapped.push(ProbeBinding {
            node: node.to_owned(),
            output: output.to_owned(),
            cell: Arc::downgrade(&probe.cell),
            bound: None,
            leaving: Vec::new(),
        });
        Ok(probe)
    }
}

impl ProbeBinding {
    /// Binds the probe to the node that has its name now. With `fades`, the one it was bound to before fades
    /// out.
    pub(super) fn follow(&mut self, live: &Live, fades: bool) {
        self.leaving.retain(|tap| fades && !tap.is_silent());
        let found = live.output(&self.node, &self.output).ok();
        let found = found.map(|port| (live.nodes[port.node].serial, port.output));
        if self.bound.as_ref().map(Tap::place) == found {
            return;
        }
        if let Some(before) = self.bound.take().filter(|tap| fades && !tap.is_silent()) {
            self.leaving.truncate(MAX_LEAVING - 1);
            self.leaving.insert(0, before);
        }
        let Some((node, output)) = found else { return };
        let left = self.leaving.iter().position(|tap| tap.place() == (node, output));
        let fresh = || Tap { node, output, gain: Arc::new(SmoothedParam::new(0, Smoothing::Gain, 0.0)) };
        self.bound = Some(left.map_or_else(fresh, |place| self.leaving.remove(place)));
    }

    /// What the next plan has to serve.
    pub(super) fn requests(&self, live: &Live) -> impl Iterator<Item = ProbeRequest> {
        let request = |port, tap: &Tap, cell| ProbeRequest { port, cell, gain: tap.gain.clone() };
        let bound = self.bound.iter().filter_map(move |tap| {
            let port = live.output(&self.node, &self.output).ok()?;
            Some(request(port, tap, self.cell.upgrade()))
        });
        let leaving = self.leaving.iter().filter_map(move |tap| {
            let (node, _) = live.nodes.enumerate().find(|(_, node)| node.serial == tap.node)?;
            Some(request(OutputPort { node, output: tap.output }, tap, None))
        });
        bound.chain(leaving)
    }

    /// Nodes that have to play on until their taps have faded out, by serial.
    pub(super) fn held_nodes(&self) -> impl Iterator<Item = u32> {
        self.leaving.iter().map(|tap| tap.node)
    }

    /// Whether a tap has faded out and can go.
    pub(super) fn has_settled(&self) -> bool {
        self.leaving.iter().any(Tap::is_silent)
    }

    /// Whether its probe was dropped and all its taps are silent. A probe's cell is also held by
    /// plans, whose last one is the current.
    pub(super) fn is_lost(&self) -> bool {
        self.cell.strong_count() <= 1 && self.bound.iter().chain(&self.leaving).all(Tap::is_silent)
    }
}

impl Tap {
    fn place(&self) -> (u32, usize) {
        (self.node, self.output)
    }

    fn is_silent(&self) -> bool {
        self.gain.rest() == Some(0.0)
    }
}
