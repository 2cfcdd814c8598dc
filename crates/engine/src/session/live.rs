//! What plays now: the patch's nodes and cables with their parameters and state, and those that were removed
//! and still fade out.

mod cable;
mod node;
mod previous;

pub(super) use cable::{CablePhase, LiveCable};
pub(super) use node::{EarlierState, LiveNode, NodePhase};

use super::configs::Configs;
use super::transition::{Serials, VoiceCount};
use super::{EngineError, Problem};
use crate::graph::{CableEnds, InputPort, OutputPort};
use crate::index::{IndexVec, Ix, LiveCableIx, NodeIx};
use crate::smoothed_param::{SmoothedParam, Smoothing};
use jackfield_node::{ConfigError, Setup};
use jackfield_patch::{Flat, FlatCable, FlatNode, PromotedKnob, order_key};
use previous::Previous;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Most cables that fade out at once. While no audio runs nothing fades, and the number must not grow.
const MAX_LEAVING: usize = 4096;

/// What plays now. Nodes are in the [order](order_key) of their paths, those that leave behind the others;
/// cables in the order of their sources.
#[derive(Default)]
pub(super) struct Live {
    pub(super) nodes: IndexVec<NodeIx, LiveNode>,
    pub(super) cables: IndexVec<LiveCableIx, LiveCable>,
    pub(super) serials: Serials,
    /// The patch has marked another cable of a loop since the last plan.
    pub(super) has_new_mark: bool,
    /// The knobs that each knob of a box turns, by the box's path.
    promoted: HashMap<Arc<str>, Vec<PromotedKnob>>,
}

impl Live {
    /// Takes up a patch. Once the executor's clock runs, what changes is faded; before, it begins and ends at
    /// once.
    pub(super) fn follow(
        &mut self,
        flat: &Flat<'_>,
        configs: &mut Configs,
        setup: &Setup<'_>,
        clock: u64,
    ) -> Vec<Problem> {
        let fades = clock > 0;
        let mut problems = Vec::new();
        let mut old = Previous::take(self, flat);
        let mut places = Vec::with_capacity(flat.nodes.len());
        for node in &flat.nodes {
            let mut place = None;
            match self.enter(node, &mut old, configs, setup) {
                Ok(Some(mut live)) => {
                    live.voice_limit = node.voices;
                    place = Some(self.nodes.push(live));
                }
                Ok(None) => {}
                // A muted node would be silent as well.
                Err(_) if node.muted => {}
                Err(error) => problems.push(Problem { node: node.path.clone(), error }),
            }
            places.push(place);
        }
        let moved = old.leave(&mut self.nodes, fades);
        let mut old_cables = old.cables(&moved);
        self.follow_cables(&flat.cables, &places, &mut old_cables, clock);
        if fades {
            self.keep_leaving(old_cables.into_values());
        }
        self.cables.sort_by_key(|cable| (cable.is_leaving(), cable.ends));
        self.promoted.clear();
        for promoted in &flat.promoted {
            self.promoted.entry(promoted.path.clone()).or_default().push(promoted.clone());
        }
        problems
    }

    /// Takes up the patch's cables between nodes that play.
    fn follow_cables(
        &mut self,
        cables: &[FlatCable],
        places: &[Option<NodeIx>],
        old: &mut HashMap<CableEnds, LiveCable>,
        clock: u64,
    ) {
        let mut playing = HashSet::new();
        for &cable in cables {
            let FlatCable { from, to, .. } = cable;
            let (Some(start), Some(end)) = (places[from.node], places[to.node]) else { continue };
            if self.nodes[start].is_muted {
                continue;
            }
            let output =
                self.nodes[start].spec.carried_output(from.port, &self.nodes[end].spec.inputs[to.port]);
            let ends = CableEnds {
                from: OutputPort { node: start, output },
                to: InputPort { node: end, input: to.port },
            };
            // A sync input may have been patched to a tone as well as to its sync output, which are one.
            if !playing.insert(ends) {
                continue;
            }
            // A new node fades in behind its outputs. Were its inputs to fade as well, it would see a gate
            // open or a level rise that has long been there.
            let reader = &self.nodes[end];
            let fades = clock > 0 && (reader.phase != NodePhase::New || reader.spec.is_sink);
            let known = old.remove(&ends);
            let mut live =
                known.unwrap_or_else(|| LiveCable::new(ends, cable.depth, fades, &mut self.serials));
            if live.phase == CablePhase::Leaving {
                live.phase = CablePhase::Playing;
            }
            live.depth = cable.depth;
            self.has_new_mark |= live.has_played() && live.is_marked != cable.delayed;
            live.is_marked = cable.delayed;
            live.uncompensated = cable.uncompensated;
            if live.gain.target().to_bits() != cable.depth.to_bits() {
                live.gain.delay_ramp(live.silence_left(&self.nodes, clock));
                live.gain.set_target(cable.depth);
            }
            self.cables.push(live);
        }
    }

    /// The live node for a node of the patch; none if its type is unknown, or if it is a muted sink.
    fn enter(
        &mut self,
        node: &FlatNode<'_>,
        old: &mut Previous,
        configs: &mut Configs,
        setup: &Setup<'_>,
    ) -> Result<Option<LiveNode>, ConfigError> {
        let FlatNode { path, seed, knobs, .. } = node;
        let (Some(spec), Some(settings), seed) = (node.node.spec(), node.settings.as_deref(), *seed) else {
            return Ok(None);
        };
        if node.muted && spec.is_sink {
            return Ok(None);
        }
        let here = NodeIx::new(self.nodes.len());
        if let Some(mut live) = old.take_equal(path, spec, settings, seed, here) {
            if live.is_leaving() {
                live.phase = NodePhase::Playing;
            }
            live.is_muted = node.muted;
            live.turn_knobs(knobs);
            return Ok(Some(live));
        }
        let prepared = configs.prepare(spec, settings, setup)?;
        if let Some(mut live) = old.take_following(path, spec, settings, seed, &prepared, here) {
            live.settings = settings.clone();
            live.prepared = prepared;
            live.is_muted = node.muted;
            live.turn_knobs(knobs);
            return Ok(Some(live));
        }
        let serial = self.serials.next();
        let params = spec.inputs.iter().zip(knobs.iter()).map(|(input, &shown)| {
            let knob = input.knob?;
            Some(self.serials.param(Smoothing::Knob, knob.to_signal(knob.clamp(shown))))
        });
        Ok(Some(LiveNode {
            serial,
            id: path.clone(),
            spec,
            settings: settings.clone(),
            knobs: knobs.to_vec(),
            prepared,
            seed,
            params: params.collect(),
            state: None,
            earlier: old.state_of(path, spec, seed).map(|state| EarlierState { state, since: None }),
            phase: NodePhase::New,
            is_muted: node.muted,
            begins_at: None,
            voices: VoiceCount::default(),
            voice_limit: None,
        }))
    }

    /// Lets cables fade out that the patch no longer has.
    fn keep_leaving(&mut self, cables: impl Iterator<Item = LiveCable>) {
        for mut cable in cables.filter(LiveCable::has_played).take(MAX_LEAVING) {
            cable.phase = CablePhase::Leaving;
            let end = &self.nodes[cable.ends.to.node];
            // What feeds a node that is fading out itself stays as it is until the node is gone.
            let fades_with_its_end = end.is_leaving() && !end.spec.is_sink;
            if !fades_with_its_end && cable.gain.target() != 0.0 {
                cable.gain.delay_ramp(0);
                cable.gain.set_target(0.0);
            }
            self.cables.push(cable);
        }
    }

    /// The parameter of each knob that a knob of a node or box turns, and the signal it shall have.
    pub(super) fn knobs(
        &self,
        node: &str,
        input: &str,
        shown: f32,
    ) -> Result<Vec<(Arc<SmoothedParam>, f32)>, EngineError> {
        let Some(promoted) = self.promoted.get(node) else {
            return Ok(vec![self.knob(node, input, shown)?]);
        };
        let turned: Vec<&PromotedKnob> = promoted.iter().filter(|promoted| promoted.knob == input).collect();
        if turned.is_empty() {
            return Err(EngineError::Port { node: node.to_owned(), what: "knob", port: input.to_owned() });
        }
        // A node inside that can't play has no knob to turn.
        let knobs = turned.iter().filter_map(|knob| self.knob(&knob.node, knob.input, shown).ok());
        Ok(knobs.collect())
    }

    /// The parameter of a knob and the signal it shall have.
    fn knob(&self, node: &str, input: &str, shown: f32) -> Result<(Arc<SmoothedParam>, f32), EngineError> {
        let live = &self.nodes[self.find(node)?];
        let missing = || EngineError::Port { node: node.to_owned(), what: "knob", port: input.to_owned() };
        let input = live.spec.input(input).ok_or_else(missing)?;
        let knob = input.knob.ok_or_else(missing)?;
        let param = live.params[input.index].clone().ok_or_else(missing)?;
        Ok((param, knob.to_signal(knob.clamp(shown))))
    }

    /// One of a node's outputs.
    pub(super) fn output(&self, node: &str, output: &str) -> Result<OutputPort, EngineError> {
        let position = self.find(node)?;
        let missing = || EngineError::Port { node: node.to_owned(), what: "output", port: output.to_owned() };
        let output = self.nodes[position].spec.output(output).ok_or_else(missing)?;
        Ok(OutputPort { node: position, output: output.index })
    }

    fn find(&self, node: &str) -> Result<NodeIx, EngineError> {
        let nodes = self.nodes.as_slice();
        let staying = nodes.partition_point(|live| !live.is_leaving());
        let key = order_key(node);
        let found = nodes[..staying].binary_search_by(|live| order_key(&live.id).cmp(&key));
        found.map(NodeIx::new).map_err(|_| EngineError::Node { node: node.to_owned() })
    }

    /// Drops links to earlier states that a plan up to `adopted` has taken over.
    pub(super) fn forget_history(&mut self, adopted: u64) {
        for node in &mut self.nodes {
            let since = node.earlier.as_ref().and_then(|earlier| earlier.since);
            if since.is_some_and(|epoch| epoch <= adopted) {
                node.earlier = None;
            }
        }
    }
}
