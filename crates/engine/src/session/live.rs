//! What plays now: the patch's nodes and cables with their parameters and state, and those that were removed
//! and still fade out.

mod previous;

use super::configs::{Configs, Prepared};
use super::delay_crossfade::DelayCrossfade;
use super::delay_lines::CableDelayLines;
use super::voice_transition::{LayerGains, VoiceCount};
use super::{EngineError, Problem};
use crate::delay_line::Beginning;
use crate::graph::{CrossfadeLayer, Graph, GraphCable, GraphNode};
use crate::plan::Plan;
use crate::smoothed_param::{SmoothedParam, Smoothing};
use crate::state::NodeState;
use jackfield_node::{NodeSpec, Setup, VoiceSource};
use jackfield_patch::{Node, NodeBody, NodeIndex, Patch};
use previous::Previous;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Most cables that fade out at once. While no audio runs nothing fades, and the number must not grow.
const MAX_LEAVING: usize = 4096;

/// A node that plays.
pub(super) struct LiveNode {
    /// Identifies the node among those that have its id at different times; never used twice in a session.
    pub(super) serial: u32,
    pub(super) id: Arc<str>,
    pub(super) spec: &'static NodeSpec,
    settings: jackfield_node::Settings,
    /// The knobs as the patch last said; automation may have turned them since.
    knobs: Vec<f32>,
    pub(super) prepared: Prepared,
    pub(super) seed: u32,
    /// The smoothed parameter of each input that has a knob.
    params: Vec<Option<Arc<SmoothedParam>>>,
    pub(super) state: Option<Arc<NodeState>>,
    /// The state to continue from, until a plan with this epoch has begun.
    pub(super) earlier: Option<(Arc<NodeState>, u64)>,
    pub(super) is_leaving: bool,
    /// A sink that leaves: the frame at which the last of what went in has come out.
    pub(super) drained_at: Option<u64>,
    /// Plays on, but its cables carry nothing.
    is_muted: bool,
    /// Has been part of a plan.
    has_played: bool,
    /// The frame at which its output begins, once it has been part of a plan: a node with latency begins with
    /// silence.
    pub(super) speaks_at: Option<u64>,
    pub(super) voices: VoiceCount,
}

/// A cable that plays.
pub(super) struct LiveCable {
    pub(super) from: usize,
    pub(super) output: usize,
    pub(super) to: usize,
    pub(super) input: usize,
    /// As the patch last said.
    pub(super) depth: f32,
    pub(super) gain: Arc<SmoothedParam>,
    /// While the source changes its voices.
    pub(super) layers: Option<LayerGains>,
    prefers_delay: bool,
    /// Carried the delay of a loop in the last plan.
    pub(super) was_delayed: bool,
    /// While it gets or loses that delay.
    pub(super) delay_crossfade: Option<DelayCrossfade>,
    /// Drawn while sound played.
    is_late: bool,
    uncompensated: bool,
    pub(super) is_leaving: bool,
    /// Has been part of a plan.
    pub(super) has_played: bool,
    /// Has been part of no plan before the one being made.
    is_first: bool,
    /// Passed its signal untouched in the last plan.
    pub(super) was_unity: bool,
    /// Not played until a leaving cable is gone, with which it would close a loop.
    pub(super) is_withheld: bool,
    /// Delay it to line up with slower paths.
    pub(super) lines: CableDelayLines,
    /// What a delay line that it gets now gives at first.
    pub(super) beginning: fn(usize) -> Beginning,
}

/// What plays now. Nodes are in the order of their ids, those that leave behind the others; cables in the
/// order of their sources.
#[derive(Default)]
pub(super) struct Live {
    pub(super) nodes: Vec<LiveNode>,
    pub(super) cables: Vec<LiveCable>,
    pub(super) next_serial: u32,
    /// The patch has marked another cable of a loop since the last plan.
    pub(super) is_delay_marked_anew: bool,
}

/// A cable by its ends: from, output, to, input.
type CableKey = (usize, usize, usize, usize);

impl Live {
    /// Takes up a patch. Once the executor's clock runs, what changes is faded; before, it begins and ends at
    /// once.
    pub(super) fn follow(
        &mut self,
        patch: &Patch,
        configs: &mut Configs,
        setup: &Setup<'_>,
        clock: u64,
    ) -> Vec<Problem> {
        let fades = clock > 0;
        let mut problems = Vec::new();
        let mut old = Previous::take(self);
        let mut places = HashMap::new();
        for (index, node) in patch.nodes() {
            match self.enter(node, patch.seed, &mut old, configs, setup) {
                Ok(Some(live)) => {
                    places.insert(index, self.nodes.len());
                    self.nodes.push(live);
                }
                Ok(None) => {}
                // A muted node would be silent as well.
                Err(_) if node.muted => {}
                Err(error) => problems.push(Problem { node: node.id.clone(), error }),
            }
        }
        let moved = old.leave(&mut self.nodes, fades);
        let mut old_cables = old.cables(&moved);
        for (_, from, to, cable) in patch.cables() {
            let place = |node: NodeIndex| places.get(&node).copied();
            let (Some(start), Some(end)) = (place(from.node), place(to.node)) else { continue };
            if self.nodes[start].is_muted {
                continue;
            }
            let key = (start, from.port, end, to.port);
            // A new node fades in behind its outputs. Were its inputs to fade as well, it would see a gate
            // open or a level rise that has long been there.
            let fades = fades && (self.nodes[end].has_played || self.nodes[end].spec.is_sink);
            let mut live = old_cables.remove(&key).unwrap_or_else(|| self.new_cable(key, cable.depth, fades));
            live.is_leaving = false;
            live.depth = cable.depth;
            self.is_delay_marked_anew |= live.has_played && live.prefers_delay != cable.delayed;
            live.prefers_delay = cable.delayed;
            live.uncompensated = cable.uncompensated;
            if live.gain.target().to_bits() != cable.depth.to_bits() {
                live.gain.delay_ramp(live.silence_left(&self.nodes, clock));
                live.gain.set_target(cable.depth);
            }
            self.cables.push(live);
        }
        if fades {
            self.keep_leaving(old_cables.into_values());
        }
        self.cables.sort_by_key(|cable| (cable.is_leaving, cable.from, cable.output, cable.to, cable.input));
        problems
    }

    /// The live node for a node of the patch; none if its type is unknown, or if it is a muted sink.
    fn enter(
        &mut self,
        node: &Node,
        patch_seed: u32,
        old: &mut Previous,
        configs: &mut Configs,
        setup: &Setup<'_>,
    ) -> Result<Option<LiveNode>, jackfield_node::ConfigError> {
        let NodeBody::Known { spec, knobs, settings } = &node.body else { return Ok(None) };
        if node.muted && spec.is_sink {
            return Ok(None);
        }
        let seed = node_seed(patch_seed, &node.id);
        if let Some((place, mut live)) = old.take_equal(&node.id, spec, settings, seed) {
            old.moved[place] = Some(self.nodes.len());
            (live.is_leaving, live.drained_at) = (false, None);
            live.is_muted = node.muted;
            live.turn_knobs(knobs);
            return Ok(Some(live));
        }
        let prepared = configs.prepare(spec, settings, setup)?;
        if let Some((place, mut live)) = old.take_following(&node.id, spec, settings, seed, &prepared) {
            old.moved[place] = Some(self.nodes.len());
            live.settings = settings.clone();
            live.prepared = prepared;
            live.is_muted = node.muted;
            live.turn_knobs(knobs);
            return Ok(Some(live));
        }
        self.next_serial += 1;
        let serial = self.next_serial;
        let params = spec.inputs.iter().zip(knobs).map(|(input, &shown)| {
            let knob = input.knob?;
            Some(self.param(Smoothing::Knob, knob.to_signal(knob.clamp(shown))))
        });
        Ok(Some(LiveNode {
            serial,
            id: node.id.clone(),
            spec,
            settings: settings.clone(),
            knobs: knobs.clone(),
            prepared,
            seed,
            params: params.collect(),
            state: None,
            earlier: old.state_of(&node.id, spec).map(|state| (state, u64::MAX)),
            is_leaving: false,
            drained_at: None,
            is_muted: node.muted,
            has_played: false,
            speaks_at: None,
            voices: VoiceCount::default(),
        }))
    }

    fn param(&mut self, smoothing: Smoothing, value: f32) -> Arc<SmoothedParam> {
        self.next_serial += 1;
        Arc::new(SmoothedParam::new(self.next_serial, smoothing, value))
    }

    fn new_cable(&mut self, key: CableKey, depth: f32, fades: bool) -> LiveCable {
        let (from, output, to, input) = key;
        LiveCable {
            from,
            output,
            to,
            input,
            depth,
            layers: None,
            gain: self.param(Smoothing::Gain, if fades { 0.0 } else { depth }),
            prefers_delay: false,
            was_delayed: false,
            delay_crossfade: None,
            is_late: fades,
            uncompensated: false,
            is_leaving: false,
            has_played: false,
            is_first: true,
            was_unity: false,
            is_withheld: false,
            lines: CableDelayLines::default(),
            beginning: Beginning::Settled,
        }
    }

    /// Lets cables fade out that the patch no longer has.
    fn keep_leaving(&mut self, cables: impl Iterator<Item = LiveCable>) {
        for mut cable in cables.filter(|cable| cable.has_played).take(MAX_LEAVING) {
            cable.is_leaving = true;
            let end = &self.nodes[cable.to];
            // What feeds a node that is fading out itself stays as it is until the node is gone.
            let fades_with_its_end = end.is_leaving && !end.spec.is_sink;
            if !fades_with_its_end && cable.gain.target() != 0.0 {
                cable.gain.delay_ramp(0);
                cable.gain.set_target(0.0);
            }
            self.cables.push(cable);
        }
    }

    /// The graph to compile at a frame of the executor's clock; before the first one what changes does so at
    /// once. `plan` is the one published last. Nodes that are `held`, by serial, play on although no cable
    /// carries them.
    pub(super) fn graph(&mut self, plan: &Plan, clock: u64, held: &[u32]) -> Graph {
        let fades = clock > 0;
        self.drop_silent(plan, clock, held);
        self.withhold_loop_cables();
        for cable in self.cables.iter_mut().filter(|cable| !cable.is_withheld) {
            cable.was_unity = cable.is_unity();
            cable.lines.tidy(plan);
            cable.beginning = match (fades, cable.has_played) {
                (false, _) => Beginning::Settled,
                (true, true) => |_| Beginning::Direct,
                (true, false) => |_| Beginning::Silent,
            };
        }
        let playing = self.cables.iter().enumerate().filter(|(_, cable)| !cable.is_withheld);
        let mut graph = Graph {
            nodes: self.nodes.iter().map(LiveNode::graph_node).collect(),
            cables: playing.map(|(live, cable)| cable.graph_cable(live)).collect(),
        };
        self.transition_delays(&mut graph, plan, fades);
        self.transition_voices(&mut graph, plan, fades);
        for node in &mut self.nodes {
            node.has_played = true;
        }
        for cable in self.cables.iter_mut().filter(|cable| !cable.is_withheld) {
            cable.is_first = !std::mem::replace(&mut cable.has_played, true);
        }
        graph
    }

    /// Delays the fades of cables out of new nodes with latency, whose output begins with silence: faded in
    /// by then, its onset would click. For a plan just compiled, before it is handed over.
    pub(super) fn delay_late_fades(&mut self, plan: &Plan, clock: u64) {
        for (node, name) in self.nodes.iter_mut().zip(&plan.names) {
            node.speaks_at.get_or_insert(if clock > 0 { clock + u64::from(name.latency) } else { 0 });
        }
        let fades_in = |cable: &&LiveCable| cable.is_first && cable.gain.is_moving();
        for cable in self.cables.iter().filter(fades_in) {
            cable.gain.delay_ramp(cable.silence_left(&self.nodes, clock));
        }
    }

    /// Records which cables have a unit delay in a plan just compiled.
    pub(super) fn record_delayed_cables(&mut self, plan: &Plan) {
        let delayed: HashSet<[u32; 4]> = plan.delayed.iter().copied().collect();
        for cable in &mut self.cables {
            let ends = [cable.from, cable.output, cable.to, cable.input].map(|position| position as u32);
            cable.was_delayed = delayed.contains(&ends);
        }
    }

    /// The parameter of a knob and the signal it shall have.
    pub(super) fn knob(
        &self,
        node: &str,
        input: &str,
        shown: f32,
    ) -> Result<(Arc<SmoothedParam>, f32), EngineError> {
        let live = &self.nodes[self.find(node)?];
        let missing = || EngineError::Port { node: node.to_owned(), what: "knob", port: input.to_owned() };
        let input = live.spec.input(input).ok_or_else(missing)?;
        let knob = input.knob.ok_or_else(missing)?;
        let param = live.params[input.index].clone().ok_or_else(missing)?;
        Ok((param, knob.to_signal(knob.clamp(shown))))
    }

    /// Positions of a node and one of its outputs.
    pub(super) fn output(&self, node: &str, output: &str) -> Result<(usize, usize), EngineError> {
        let position = self.find(node)?;
        let missing = || EngineError::Port { node: node.to_owned(), what: "output", port: output.to_owned() };
        let output = self.nodes[position].spec.output(output).ok_or_else(missing)?;
        Ok((position, output.index))
    }

    fn find(&self, node: &str) -> Result<usize, EngineError> {
        let staying = self.nodes.partition_point(|live| !live.is_leaving);
        let found = self.nodes[..staying].binary_search_by(|live| (*live.id).cmp(node));
        found.map_err(|_| EngineError::Node { node: node.to_owned() })
    }

    /// Drops links to earlier states that a plan up to `adopted` has taken over.
    pub(super) fn forget_history(&mut self, adopted: u64) {
        for node in &mut self.nodes {
            if node.earlier.as_ref().is_some_and(|(_, epoch)| *epoch <= adopted) {
                node.earlier = None;
            }
        }
    }
}

impl LiveNode {
    /// Turns the knobs that the patch has turned since the last update.
    fn turn_knobs(&mut self, knobs: &[f32]) {
        for (i, (before, &shown)) in self.knobs.iter_mut().zip(knobs).enumerate() {
            if std::mem::replace(before, shown).to_bits() == shown.to_bits() {
                continue;
            }
            if let (Some(param), Some(knob)) = (&self.params[i], self.spec.inputs[i].knob) {
                param.set_target(knob.to_signal(knob.clamp(shown)));
            }
        }
    }

    fn graph_node(&self) -> GraphNode {
        let makes_voices = match self.spec.voices {
            VoiceSource::Follow => None,
            VoiceSource::Setting(index) => match self.settings.values().get(index) {
                Some(jackfield_node::SettingValue::Count(count)) => Some(*count as usize),
                _ => Some(1),
            },
        };
        GraphNode {
            id: self.id.clone(),
            spec: self.spec,
            config: self.prepared.config.clone(),
            config_key: self.prepared.key,
            makes_voices,
            latency: self.prepared.latency,
            seed: self.seed,
            voice_transition: None,
            is_muted: self.is_muted && !self.is_leaving,
            params: self.params.clone(),
        }
    }
}

impl LiveCable {
    /// Frames until it carries its source's output, after the silence of its latency.
    fn silence_left(&self, nodes: &[LiveNode], clock: u64) -> u32 {
        let source = nodes[self.from].speaks_at.map_or(0, |at| at.saturating_sub(clock));
        let left = if source > 0 || self.is_first { source + self.lines.wait() as u64 } else { 0 };
        u32::try_from(left).unwrap_or(u32::MAX)
    }

    /// See [`GraphCable::delay_rank`].
    fn delay_rank(&self) -> u32 {
        match (self.prefers_delay, self.was_delayed, self.is_late) {
            (true, ..) => u32::MAX,
            (_, true, _) => u32::MAX - 1,
            // Serials count up, so the latest has the highest.
            (.., true) => self.gain.serial,
            _ => 0,
        }
    }

    /// Its gain is 1 and at rest.
    pub(super) fn is_unity(&self) -> bool {
        self.gain.target() == 1.0 && self.gain.rest() == Some(1.0)
    }

    fn graph_cable(&self, live: usize) -> GraphCable {
        GraphCable {
            live,
            layer: CrossfadeLayer::Steady,
            from: self.from,
            output: self.output,
            to: self.to,
            input: self.input,
            gain: self.gain.clone(),
            is_unity: self.was_unity,
            delay_rank: self.delay_rank(),
            has_delay: false,
            uncompensated: self.uncompensated,
            has_lines: !self.lines.are_none(),
        }
    }
}

/// The seed of a node: from the patch's and its id (FNV-1a).
fn node_seed(patch_seed: u32, id: &str) -> u32 {
    let start = 0x811c_9dc5 ^ patch_seed;
    id.bytes().fold(start, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
