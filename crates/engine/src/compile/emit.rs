//! Emits steps: turns packs in their scheduled order into kernels to call, and makes the signals
//! between them (`inputs` has the rules by which signals reach a port).

use super::feedback::Feedback;
use super::inputs::Addend;
use super::latency::Latency;
use super::pack::{Instance, Pack, Packing};
use super::schedule::ScheduleItem;
use super::{Origin, ProbeRequest, Target};
use crate::graph::{CrossfadeLayer, Graph, StateLink, StateProvider, TimedDelayLine};
use crate::plan::step::{
    BlockStep, Extent, GatherStep, LaneDetails, LaneRef, LaneStep, LoopStep, Member, SlotIndex, Step,
    UnitDelay,
};
use crate::plan::{Control, ControlLane, PlanName, StepLabel};
use crate::smoothed_param::SmoothedParam;
use jackfield_node::{AnyConfig, Gathering, LaneTable, NoConfig, NodeKind, NodeSpec};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// The results of the earlier passes.
pub(super) struct Analysis<'a> {
    pub(super) graph: &'a Graph,
    pub(super) into: &'a [Vec<usize>],
    /// Voices on each node's outputs.
    pub(super) voices: &'a [usize],
    pub(super) feedback: &'a Feedback,
    pub(super) packing: &'a Packing,
    pub(super) latency: &'a Latency,
}

/// What kind of memory a slot will have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Storage {
    /// In memory that other slots use at other times.
    Shared,
    /// In memory of its own: one frame that holds still, in all lanes.
    Constant(f32),
    /// In memory of its own: a control, room for a block.
    Control,
    /// None: a dead output.
    Dead,
}

/// A slot before it has memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct DraftSlot {
    pub(super) width: usize,
    pub(super) storage: Storage,
    /// The group of loops that writes it.
    pub(super) written_in: Option<usize>,
    /// Whether it moves in every block; otherwise that shows in each.
    pub(super) always_moves: bool,
    /// Whether any step reads it; known when all are there.
    pub(super) is_read: bool,
}

/// A plan before its slots have memory.
pub(super) struct Draft {
    pub(super) slots: Vec<DraftSlot>,
    pub(super) steps: Vec<Step>,
    pub(super) params: Vec<(Arc<SmoothedParam>, Vec<u32>)>,
    pub(super) controls: Vec<Control>,
    pub(super) states: Vec<StateLink>,
    pub(super) names: Vec<PlanName>,
    pub(super) labels: Vec<StepLabel>,
    pub(super) delayed: Vec<[u32; 4]>,
    pub(super) state_words: usize,
}

/// The state of the emission.
pub(super) struct Emitter<'a> {
    pub(super) analysis: &'a Analysis<'a>,
    target: &'a Target,
    pub(super) draft: Draft,
    /// The steps of the loop being emitted and its group.
    current_loop: Option<(usize, Vec<Step>)>,
    /// Delayed signals that the loop being emitted reads, and the slots to put them in.
    pub(super) unit_delays: Vec<(Vec<Origin>, SlotIndex)>,
    /// The lines of each compensated cable of the session and voice.
    pub(super) delay_lines: HashMap<(usize, usize), Vec<TimedDelayLine>>,
    /// Slot and lane of each instance's outputs; by pack, then output (lane nodes) or output and voice.
    outputs: Vec<Box<[SlotIndex]>>,
    pub(super) node_states: Vec<Option<StateLink>>,
    pub(super) known: Known,
    no_config: AnyConfig,
}

/// What was already made and can be used again.
#[derive(Default)]
pub(super) struct Known {
    pub(super) fixed: HashMap<u32, SlotIndex>,
    pub(super) gathers: HashMap<(usize, Vec<LaneRef>), SlotIndex>,
    pub(super) controls: HashMap<(usize, Vec<ControlLane>), SlotIndex>,
    pub(super) params: HashMap<u32, u32>,
    pub(super) delays: HashMap<(usize, usize), SlotIndex>,
    pub(super) unit_delays: HashMap<(usize, Vec<Origin>), SlotIndex>,
    pub(super) sums: HashMap<Vec<Addend>, SlotIndex>,
}

/// Emits all steps of a plan.
pub(super) fn emit(
    analysis: &Analysis<'_>,
    schedule: &[ScheduleItem],
    probes: &[ProbeRequest],
    target: &Target,
    states: &mut dyn StateProvider,
) -> Draft {
    let mut emitter = Emitter::new(analysis, target, states);
    for turn in schedule {
        match *turn {
            ScheduleItem::Pack(pack) => emitter.pack(pack),
            ScheduleItem::Loop(group) => emitter.feedback_loop(group),
        }
    }
    for probe in probes {
        emitter.probe(probe);
    }
    emitter.draft
}

impl<'a> Emitter<'a> {
    fn new(analysis: &'a Analysis<'a>, target: &'a Target, states: &mut dyn StateProvider) -> Self {
        let graph = analysis.graph;
        let mut node_states = Vec::with_capacity(graph.nodes.len());
        let mut names = Vec::with_capacity(graph.nodes.len());
        for (node, contents) in graph.nodes.iter().enumerate() {
            let voices = analysis.voices[node];
            node_states.push((voices > 0).then(|| states.state(node, voices)));
            names.push(PlanName {
                id: contents.id.clone(),
                kind: contents.spec.id,
                voices: voices as u32,
                latency: analysis.latency.departure[node] as u32,
            });
        }
        let delayed = graph
            .cables
            .iter()
            .zip(&analysis.feedback.delayed)
            .filter(|(cable, delayed)| **delayed && cable.layer == CrossfadeLayer::Steady);
        let delayed = delayed
            .map(|(cable, _)| [cable.from as u32, cable.output as u32, cable.to as u32, cable.input as u32])
            .collect();
        let mut delay_lines = HashMap::new();
        for (cable, &frames) in analysis.latency.delays.iter().enumerate() {
            if frames == 0 && !graph.cables[cable].has_lines {
                continue;
            }
            let (live, from) = (graph.cables[cable].live, graph.cables[cable].from);
            let late = analysis.latency.departure[from];
            for voice in 0..analysis.voices[from] {
                delay_lines.insert((live, voice), states.delay_lines(live, voice, frames, late));
            }
        }
        let draft = Draft {
            slots: Vec::new(),
            steps: Vec::new(),
            params: Vec::new(),
            controls: Vec::new(),
            states: node_states.iter().flatten().cloned().collect(),
            names,
            labels: Vec::new(),
            delayed,
            state_words: 0,
        };
        Self {
            analysis,
            target,
            draft,
            current_loop: None,
            unit_delays: Vec::new(),
            delay_lines,
            outputs: vec![Box::default(); analysis.packing.packs.len()],
            node_states,
            known: Known::default(),
            no_config: Arc::new(NoConfig),
        }
    }

    /// Adds a step that reads these slots: to the loop being emitted if it reads anything of it, else
    /// before the loop.
    pub(super) fn push(&mut self, step: Step, belongs_to_loop: bool) {
        match &mut self.current_loop {
            Some((_, body)) if belongs_to_loop => body.push(step),
            _ => self.draft.steps.push(step),
        }
    }

    /// Whether any of these slots changes frame by frame in the loop being emitted.
    pub(super) fn in_current_loop(&self, slots: impl IntoIterator<Item = SlotIndex>) -> bool {
        let Some((group, _)) = self.current_loop else { return false };
        slots.into_iter().any(|slot| self.draft.slots[slot as usize].written_in == Some(group))
    }

    /// Whether any of these slots moves in every block.
    fn always_moves(&self, slots: &[SlotIndex]) -> bool {
        slots.iter().any(|slot| self.draft.slots[*slot as usize].always_moves)
    }

    /// The group of the loop being emitted.
    pub(super) fn loop_group(&self) -> Option<usize> {
        self.current_loop.as_ref().map(|(group, _)| *group)
    }

    /// A new slot; `in_loop` when the loop being emitted writes it.
    pub(super) fn slot(&mut self, width: usize, storage: Storage, in_loop: bool) -> SlotIndex {
        let written_in = self.loop_group().filter(|_| in_loop);
        self.draft.slots.push(DraftSlot { width, storage, written_in, always_moves: false, is_read: true });
        (self.draft.slots.len() - 1) as SlotIndex
    }

    /// Room for words of state; where it starts.
    pub(super) fn state(&mut self, words: usize) -> usize {
        let start = self.draft.state_words;
        self.draft.state_words += words.next_multiple_of(crate::plan::memory::LINE);
        start
    }

    /// Where an instance's output lies; for a node that makes voices, any of its voices.
    pub(super) fn output(&self, node: usize, output: usize, voice: usize) -> LaneRef {
        let makes_voices = self.analysis.graph.nodes[node].makes_voices.is_some();
        let instance = Instance { node, voice: if makes_voices { 0 } else { voice } };
        let (pack, lane) = self.analysis.packing.place(instance);
        let slots = &self.outputs[pack];
        if makes_voices {
            let slot = slots[output * self.analysis.voices[node] + voice];
            return LaneRef { slot, lane: 0 };
        }
        LaneRef { slot: slots[output], lane: lane as u32 }
    }

    /// Emits the steps of a pack.
    fn pack(&mut self, number: usize) {
        let analysis = self.analysis;
        let pack = &analysis.packing.packs[number];
        let first = pack.members[0].node;
        let spec = analysis.graph.nodes[first].spec;
        let (inputs, side_by_side) = self.inputs(pack, spec);
        let label = self.draft.labels.len() as u32;
        let members = pack.members.iter().map(|member| (member.node as u32, member.voice as u32));
        self.draft.labels.push(StepLabel { members: members.collect() });
        let in_loop = pack.feedback.is_some();
        let voices =
            if analysis.graph.nodes[first].makes_voices.is_some() { analysis.voices[first] } else { 1 };
        let outputs: Box<[SlotIndex]> = (0..spec.outputs.len() * voices)
            .map(|_| self.slot(pack.width, Storage::Shared, in_loop))
            .collect();
        self.outputs[number].clone_from(&outputs);
        let step = match spec.kind {
            NodeKind::Lanes(table) => Step::Lanes(self.lane_step(pack, table, inputs, outputs, label)),
            NodeKind::Block(_) => match self.block_step(pack, voices, inputs, outputs, label) {
                Some(step) => Step::Block(Box::new(BlockStep { side_by_side, ..step })),
                None => return,
            },
        };
        self.push(step, in_loop);
    }

    /// The slots that a pack reads: one per input, then the voices of inputs that take them side by side; and
    /// where those of each input stand, if there are such inputs.
    fn inputs(&mut self, pack: &Pack, spec: &NodeSpec) -> (Box<[SlotIndex]>, Box<[Range<usize>]>) {
        let (mut slots, mut side_by_side) = (Vec::with_capacity(spec.inputs.len()), Vec::new());
        for (position, input) in spec.inputs.iter().enumerate() {
            if input.gathering == Gathering::SideBySide {
                let voices = self.voices_side_by_side(pack, position);
                slots.push(voices[0]);
                side_by_side.push((position, voices));
            } else {
                slots.push(self.input(pack, position));
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
        inputs: Box<[SlotIndex]>,
        outputs: Box<[SlotIndex]>,
        label: u32,
    ) -> LaneStep {
        let members = pack.members.iter().map(|member| Member {
            node: member.node as u32,
            voice: member.voice as u32,
            seed: voice_seed(self.analysis.graph.nodes[member.node].seed, member.voice),
            home: self.node_states[member.node].as_ref().map(|link| link.state.clone()),
        });
        let members = members.collect();
        let config = self.analysis.graph.nodes[pack.members[0].node].config.clone();
        let is_flat = table.state_words == 0 && pack.feedback.is_none();
        self.kernel_step(table, pack.width, is_flat, config, inputs, outputs, members, label)
    }

    #[expect(clippy::too_many_arguments, reason = "all of a step's analysis meet here")]
    fn kernel_step(
        &mut self,
        table: LaneTable,
        width: usize,
        is_flat: bool,
        config: AnyConfig,
        inputs: Box<[SlotIndex]>,
        outputs: Box<[SlotIndex]>,
        members: Box<[Member]>,
        label: u32,
    ) -> LaneStep {
        let kernel_width = if is_flat { crate::plan::memory::LINE } else { width };
        let always_moves = !is_flat || self.always_moves(&inputs);
        let extent = match (is_flat, always_moves) {
            (false, _) => Extent::Frames,
            (true, true) => Extent::FlatMoving,
            (true, false) => Extent::flat(inputs.len()),
        };
        for &output in &outputs {
            self.draft.slots[output as usize].always_moves = always_moves;
        }
        let details = LaneDetails {
            inputs,
            outputs,
            state_words: table.state_words,
            state_start: self.state(table.state_words * width),
            config,
            start: table.start,
            members,
            label,
        };
        LaneStep {
            kernel: (table.kernel)(kernel_width, self.target.instruction_set),
            call: None,
            extent,
            width_shift: width.trailing_zeros() as u8,
            details: Box::new(details),
        }
    }

    /// Runs one of the engine's own kernels, which have one output and no state.
    pub(super) fn own_kernel(&mut self, table: LaneTable, width: usize, inputs: Vec<SlotIndex>) -> SlotIndex {
        let in_loop = self.in_current_loop(inputs.iter().copied());
        let target = self.slot(width, Storage::Shared, in_loop);
        let config = self.no_config.clone();
        let step = self.kernel_step(
            table,
            width,
            !in_loop,
            config,
            inputs.into(),
            Box::new([target]),
            Box::default(),
            u32::MAX,
        );
        self.push(Step::Lanes(step), in_loop);
        target
    }

    fn block_step(
        &mut self,
        pack: &Pack,
        voices: usize,
        inputs: Box<[SlotIndex]>,
        outputs: Box<[SlotIndex]>,
        label: u32,
    ) -> Option<BlockStep> {
        let member = pack.members[0];
        let state = &self.node_states[member.node].as_ref()?.state;
        let instance = state.instances().get(member.voice)?.clone();
        let config = self.analysis.graph.nodes[member.node].config.clone();
        let side_by_side = Box::default();
        Some(BlockStep {
            instance,
            config,
            inputs,
            side_by_side,
            outputs,
            voices,
            node: member.node as u32,
            label,
        })
    }

    /// Emits a group of loops: what they read from outside first, then the frame-by-frame body.
    fn feedback_loop(&mut self, group: usize) {
        let analysis = self.analysis;
        self.current_loop = Some((group, Vec::new()));
        for &pack in &analysis.packing.loops[group] {
            self.pack(pack);
        }
        let Some((_, body)) = self.current_loop.take() else { return };
        // Only now have all sources slots of their own.
        let unit_delays = std::mem::take(&mut self.unit_delays);
        let unit_delays: Vec<UnitDelay> =
            unit_delays.into_iter().map(|(origins, target)| self.unit_delay_step(&origins, target)).collect();
        self.draft.steps.push(Step::Loop(LoopStep { body: body.into(), unit_delays: unit_delays.into() }));
    }

    fn unit_delay_step(&mut self, origins: &[Origin], target: SlotIndex) -> UnitDelay {
        let sources: Box<[LaneRef]> =
            origins.iter().map(|origin| self.output(origin.node, origin.output, origin.voice)).collect();
        let width = self.draft.slots[target as usize].width;
        let is_whole = self.are_in_place(&sources, width);
        let homes = origins.iter().filter_map(|origin| {
            let state = self.node_states[origin.node].as_ref()?.state.clone();
            Some((state, origin.output as u32, origin.voice as u32))
        });
        let homes = homes.collect();
        UnitDelay { target, sources, is_whole, homes, state_start: self.state(width) }
    }

    fn probe(&mut self, probe: &ProbeRequest) {
        let sources = self.analysis.voices_of_output(probe.node, probe.output);
        if let Some(source) = self.sum_of_outputs(&sources) {
            let (cell, gain) = (probe.cell.clone(), probe.gain.clone());
            self.push(Step::Probe { source, cell, gain }, false);
        }
    }

    /// Whether these are the lanes of a slot of this width, in order.
    fn are_in_place(&self, lanes: &[LaneRef], width: usize) -> bool {
        let slot = lanes[0].slot;
        let in_place = |(i, lane): (usize, &LaneRef)| lane.slot == slot && lane.lane as usize == i;
        self.draft.slots[slot as usize].width == width && lanes.iter().enumerate().all(in_place)
    }

    /// Copies lanes into a slot, unless one slot has them already in place.
    pub(super) fn gather(&mut self, width: usize, lanes: Vec<LaneRef>) -> SlotIndex {
        let first = lanes[0];
        if self.are_in_place(&lanes, width) {
            return first.slot;
        }
        // A fixed slot has its number in all lanes.
        let fixed = matches!(self.draft.slots[first.slot as usize].storage, Storage::Constant(_));
        if fixed && lanes.iter().all(|lane| lane.slot == first.slot) {
            return first.slot;
        }
        let key = (width, lanes);
        if let Some(&slot) = self.known.gathers.get(&key) {
            return slot;
        }
        let in_loop = self.in_current_loop(key.1.iter().map(|lane| lane.slot));
        let target = self.slot(width, Storage::Shared, in_loop);
        self.draft.slots[target as usize].always_moves =
            key.1.iter().any(|lane| self.draft.slots[lane.slot as usize].always_moves);
        let is_one = key.1.iter().all(|lane| *lane == first);
        let sources: Box<[LaneRef]> = if is_one { Box::new([first]) } else { key.1.clone().into() };
        self.push(Step::Gather(GatherStep { sources, target }), in_loop);
        self.known.gathers.insert(key, target);
        target
    }
}

/// The seed of one voice of a node.
pub(crate) fn voice_seed(seed: u32, voice: usize) -> u32 {
    let mut mixed = seed ^ (voice as u32).wrapping_mul(0x9e37_79b9);
    mixed = (mixed ^ (mixed >> 16)).wrapping_mul(0x7feb_352d);
    mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x846c_a68b);
    mixed ^ (mixed >> 16)
}
