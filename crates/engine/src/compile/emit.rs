//! Emits steps: turns packs in their scheduled order into kernels to call, with the state of their instances.

use super::draft::{Draft, Kernel};
use super::inputs::{PendingUnitDelay, Signals};
use super::pack::Pack;
use super::schedule::ScheduleItem;
use super::{Analysis, Origin, ProbeRequest, Target};
use crate::graph::{Instance, OutputPort, StateLink, StateProvider, TimedDelayLine};
use crate::index::{IndexVec, LabelIx, LiveCableIx, LoopIx, NodeIx, PackIx, SlotIx};
use crate::plan::StepLabel;
use crate::plan::step::{
    BlockStep, DelayHome, LaneRef, LaneStep, LoopStep, Member, ProbedVoices, Step, UnitDelay,
};
use crate::state::BlockCell;
use jackfield_node::{Gathering, LaneTable, NodeKind, NodeSpec, PortKind};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

/// The state of the emission.
struct Emitter<'a> {
    analysis: &'a Analysis<'a>,
    signals: Signals<'a>,
    /// None for a node that does not play.
    states: &'a IndexVec<NodeIx, Option<StateLink>>,
}

/// Emits all steps of a plan.
pub(super) fn emit(
    analysis: &Analysis<'_>,
    schedule: &[ScheduleItem],
    probes: &[ProbeRequest],
    target: &Target,
    states: &IndexVec<NodeIx, Option<StateLink>>,
    provider: &mut dyn StateProvider,
) -> Draft {
    let draft = Draft::new(target.instruction_set);
    let signals = Signals::new(analysis, draft, delay_lines(analysis, provider));
    let mut emitter = Emitter { analysis, signals, states };
    for item in schedule {
        match *item {
            ScheduleItem::Pack(pack) => emitter.pack(pack),
            ScheduleItem::Loop(group) => emitter.feedback_loop(group),
        }
    }
    for probe in probes {
        emitter.probe(probe);
    }
    emitter.signals.draft
}

/// The state of every node that plays.
pub(super) fn states(
    voices: &IndexVec<NodeIx, usize>,
    provider: &mut dyn StateProvider,
) -> IndexVec<NodeIx, Option<StateLink>> {
    let playing = voices.enumerate();
    playing.map(|(node, &count)| (count > 0).then(|| provider.state(node, count))).collect()
}

/// The delay lines of each cable that is delayed or was until now, for each voice.
fn delay_lines(
    analysis: &Analysis<'_>,
    provider: &mut dyn StateProvider,
) -> HashMap<(LiveCableIx, usize), Vec<TimedDelayLine>> {
    let mut lines = HashMap::new();
    for (cable, &frames) in analysis.graph.cables.iter().zip(&analysis.latency.delays) {
        if frames == 0 && !cable.has_lines {
            continue;
        }
        let from = cable.ends.from.node;
        let late = analysis.latency.departure[from];
        for voice in 0..analysis.voices[from] {
            lines.insert((cable.live, voice), provider.delay_lines(cable.live, voice, frames, late));
        }
    }
    lines
}

impl Emitter<'_> {
    /// Emits the steps of a pack.
    fn pack(&mut self, number: PackIx) {
        let analysis = self.analysis;
        let pack = &analysis.packing.packs[number];
        let first = pack.members[0].node;
        let node = &analysis.graph.nodes[first];
        let (inputs, side_by_side) = self.inputs(pack, node.spec);
        let label = self.signals.draft.labels.push(StepLabel { members: pack.members.clone().into() });
        let voices = if node.makes_voices.is_some() { analysis.voices[first] } else { 1 };
        let outputs = self.signals.make_outputs(number, node.spec.outputs.len() * voices);
        let step = match node.spec.kind {
            NodeKind::Lanes(table) => Step::Lanes(self.lane_step(pack, table, inputs, outputs, label)),
            NodeKind::Block(_) => {
                let Some(instance) = self.block_instance(pack.members[0]) else { return };
                Step::Block(Box::new(BlockStep {
                    instance,
                    config: node.config.clone(),
                    inputs,
                    side_by_side,
                    outputs,
                    voices,
                    node: Some(first),
                    label: Some(label),
                }))
            }
        };
        self.signals.draft.push(step, pack.feedback.is_some());
    }

    /// The slots that a pack reads: one per input, then the voices of inputs that take them side by side; and
    /// where those of each input stand, if there are such inputs.
    fn inputs(&mut self, pack: &Pack, spec: &NodeSpec) -> (Box<[SlotIx]>, Box<[Range<usize>]>) {
        let (mut slots, mut side_by_side) = (Vec::with_capacity(spec.inputs.len()), Vec::new());
        for (position, input) in spec.inputs.iter().enumerate() {
            if input.gathering == Gathering::SideBySide {
                let voices = self.signals.voices_side_by_side(pack, position);
                slots.push(voices[0]);
                side_by_side.push((position, voices));
            } else {
                slots.push(self.signals.input(pack, position));
            }
        }
        let mut ranges = vec![0..0; if side_by_side.is_empty() { 0 } else { spec.inputs.len() }];
        for (position, voices) in side_by_side {
            ranges[position] = slots.len()..slots.len() + voices.len();
            slots.extend(voices);
        }
        (slots.into(), ranges.into())
    }

    fn lane_step(
        &mut self,
        pack: &Pack,
        table: LaneTable,
        inputs: Box<[SlotIx]>,
        outputs: Box<[SlotIx]>,
        label: LabelIx,
    ) -> LaneStep {
        let nodes = &self.analysis.graph.nodes;
        let members = pack.members.iter().map(|&instance| Member {
            instance,
            seed: voice_seed(nodes[instance.node].seed, instance.voice),
            home: self.states[instance.node].as_ref().map(|link| link.state.clone()),
        });
        let kernel = Kernel {
            table,
            width: pack.width,
            is_flat: table.state_words == 0 && pack.feedback.is_none(),
            config: nodes[pack.members[0].node].config.clone(),
            members: members.collect(),
            label: Some(label),
        };
        self.signals.draft.kernel_step(kernel, inputs, outputs)
    }

    /// The block node of an instance; none if it could not be built.
    fn block_instance(&self, instance: Instance) -> Option<Arc<BlockCell>> {
        self.states[instance.node].as_ref()?.state.instances().get(instance.voice).cloned()
    }

    /// Emits a group of loops: what they read from outside first, then the frame-by-frame body.
    fn feedback_loop(&mut self, group: LoopIx) {
        self.signals.draft.begin_loop(group);
        for &pack in &self.analysis.packing.loops[group] {
            self.pack(pack);
        }
        let body = self.signals.draft.end_loop();
        // Only now have all sources slots of their own.
        let pending = std::mem::take(&mut self.signals.unit_delays);
        let unit_delays = pending.iter().map(|delay| self.unit_delay(delay)).collect();
        let step = Step::Loop(LoopStep { body: body.into(), unit_delays });
        self.signals.draft.push(step, false);
    }

    fn unit_delay(&mut self, pending: &PendingUnitDelay) -> UnitDelay {
        let PendingUnitDelay { origins, target } = pending;
        let sources: Box<[LaneRef]> = origins.iter().map(|&origin| self.signals.output(origin)).collect();
        let width = self.signals.draft.slots[*target].width;
        let is_whole = self.signals.draft.are_in_place(&sources, width);
        let homes = origins.iter().filter_map(|origin| {
            let state = self.states[origin.port.node].as_ref()?.state.clone();
            Some(DelayHome { state, output: origin.port.output, voice: origin.voice })
        });
        let homes = homes.collect();
        let state_start = self.signals.draft.state(width);
        UnitDelay { target: *target, sources, is_whole, homes, state_start }
    }

    fn probe(&mut self, probe: &ProbeRequest) {
        if let Some(source) = self.signals.sum_of_voices(probe.port) {
            let (cell, gain) = (probe.cell.clone(), probe.gain.clone());
            let voices = self.probed_voices(probe.port).map(Box::new);
            self.signals.draft.push(Step::Probe { source, cell, gain, voices }, false);
        }
    }
}

impl Emitter<'_> {
    /// The voices of an output, and the gates of the node that made them; nothing for a signal of one voice,
    /// or of voices that nobody plays.
    fn probed_voices(&mut self, port: OutputPort) -> Option<ProbedVoices> {
        let count = self.analysis.voices[port.node];
        if count < 2 {
            return None;
        }
        let maker = self.analysis.voice_maker(port.node)?;
        let outputs = self.analysis.graph.nodes[maker].spec.outputs;
        let gate = outputs.iter().find(|output| output.kind == PortKind::Gate)?.index;
        if maker == port.node && gate == port.output {
            return None;
        }
        let gates = self.analysis.voices[maker];
        let mut lane =
            |node, output, voice| self.signals.output(Origin { port: OutputPort { node, output }, voice });
        let signals = (0..count).map(|voice| lane(port.node, port.output, voice)).collect();
        let gates = (0..count).map(|voice| lane(maker, gate, voice.min(gates.saturating_sub(1)))).collect();
        let weights = (0..count).map(|_| AtomicU32::new((-1.0_f32).to_bits())).collect();
        Some(ProbedVoices { signals, gates, weights })
    }
}

impl Analysis<'_> {
    /// The node that made the voices of a node: itself, or the nearest one before it that did.
    fn voice_maker(&self, node: NodeIx) -> Option<NodeIx> {
        let mut seen = vec![node];
        let mut next = 0;
        while let Some(&at) = seen.get(next) {
            next += 1;
            if self.graph.nodes[at].makes_voices.is_some() {
                return Some(at);
            }
            for &cable in &self.into[at] {
                let ends = self.graph.cables[cable].ends;
                let is_each = self.graph.nodes[at].spec.inputs[ends.to.input].gathering == Gathering::Each;
                if is_each && self.voices[ends.from.node] > 1 && !seen.contains(&ends.from.node) {
                    seen.push(ends.from.node);
                }
            }
        }
        None
    }
}

/// The seed of one voice of a node.
pub(crate) fn voice_seed(seed: u32, voice: usize) -> u32 {
    let mut mixed = seed ^ (voice as u32).wrapping_mul(0x9e37_79b9);
    mixed = (mixed ^ (mixed >> 16)).wrapping_mul(0x7feb_352d);
    mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x846c_a68b);
    mixed ^ (mixed >> 16)
}
