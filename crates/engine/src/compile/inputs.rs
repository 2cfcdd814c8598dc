//! How signals reach an input: which lanes of which slots add up, in the order that `mix` lays down.
//!
//! ```text
//! one cable, no knob             the producer's own slot, nothing to do
//! lanes in another order         a gather
//! cables and knob                term 0 * gain 0 + term 1 * gain 1 + ... + knob   one mix
//! all voices of many cables      chunks of sixteen lanes, added up, then folded   (`Sum` inputs)
//! a delayed cable                a unit delay: what the source was one frame ago
//! a path that is compensated     delay lines
//! voices side by side            a signal for each
//! ```

use super::draft::{Draft, Storage};
use super::pack::{Pack, PackLane};
use super::{Analysis, Origin};
use crate::graph::{CableLayer, Instance, OutputPort, TimedDelayLine};
use crate::index::{IndexVec, LayerIx, LiveCableIx, NodeIx, PackIx, SlotIx};
use crate::mix::{self, ADDITIVE_IDENTITY, CHUNKS, Mix, MixMany, MixUnity, PARTIAL_SUMS};
use crate::plan::ControlLane;
use crate::plan::step::{BlockStep, LaneRef, Step};
use jackfield_node::{Gathering, Input, LaneTable};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// One term of an input's sum: a voice of an output, through a layer of a cable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Addend {
    origin: Origin,
    /// None for a probe, which reads an output without a cable.
    layer: Option<LayerIx>,
}

/// What some outputs were one frame ago, and the slot to put it in.
pub(super) struct PendingUnitDelay {
    pub(super) origins: Vec<Origin>,
    pub(super) target: SlotIx,
}

/// The signals of a plan: where outputs are, and how inputs read them.
pub(super) struct Signals<'a> {
    pub(super) analysis: &'a Analysis<'a>,
    pub(super) draft: Draft,
    /// The lines of each compensated cable of the session and voice.
    pub(super) delay_lines: HashMap<(LiveCableIx, usize), Vec<TimedDelayLine>>,
    /// By pack: output (lane nodes) or output and voice.
    outputs: IndexVec<PackIx, Box<[SlotIx]>>,
    /// Unit delays that the loop being emitted reads.
    pub(super) unit_delays: Vec<PendingUnitDelay>,
    known: KnownSignals,
}

/// What was already made and can be used again.
#[derive(Default)]
struct KnownSignals {
    late: HashMap<(LiveCableIx, usize), SlotIx>,
    unit_delays: HashMap<(usize, Vec<Origin>), SlotIx>,
    sums: HashMap<Vec<Addend>, SlotIx>,
}

/// Lists of addends.
impl Analysis<'_> {
    /// Every voice of an output.
    fn voices_of_output(&self, port: OutputPort) -> Vec<Addend> {
        let origins = (0..self.voices[port.node]).map(|voice| Origin { port, voice });
        origins.map(|origin| Addend { origin, layer: None }).collect()
    }

    /// What adds to an input of an instance, in order.
    fn addends(&self, instance: Instance, input: usize) -> Vec<Addend> {
        let read = |layer: &CableLayer, count| self.graph.voices_read(layer, count, instance.voice);
        self.through_cables(instance.node, input, read)
    }

    /// What adds to one position of an input that takes voices side by side, in order.
    fn addends_side_by_side(&self, node: NodeIx, input: usize, position: usize) -> Vec<Addend> {
        let read = |layer: &CableLayer, count| self.graph.voices_side_by_side(layer, count, position);
        self.through_cables(node, input, read)
    }

    /// What `read` takes of each layer of the cables into an input, given the voices of the cable's source.
    fn through_cables(
        &self,
        node: NodeIx,
        input: usize,
        read: impl Fn(&CableLayer, usize) -> Range<usize>,
    ) -> Vec<Addend> {
        let mut addends = Vec::new();
        for &at in self.into[node].iter().filter(|&&at| self.graph.cables[at].ends.to.input == input) {
            let port = self.graph.cables[at].ends.from;
            for layer in self.graph.layers_of(at) {
                let voices = read(&self.graph.layers[layer], self.voices[port.node]);
                let origins = voices.map(|voice| Origin { port, voice });
                addends.extend(origins.map(|origin| Addend { origin, layer: Some(layer) }));
            }
        }
        addends
    }
}

impl<'a> Signals<'a> {
    /// No output has a place yet.
    pub(super) fn new(
        analysis: &'a Analysis<'a>,
        draft: Draft,
        delay_lines: HashMap<(LiveCableIx, usize), Vec<TimedDelayLine>>,
    ) -> Self {
        Self {
            analysis,
            draft,
            delay_lines,
            outputs: IndexVec::filled(analysis.packing.packs.len(), Box::default()),
            unit_delays: Vec::new(),
            known: KnownSignals::default(),
        }
    }

    /// New slots for the outputs of a pack.
    pub(super) fn make_outputs(&mut self, number: PackIx, count: usize) -> Box<[SlotIx]> {
        let pack = &self.analysis.packing.packs[number];
        let slot = |_| self.draft.slot(pack.width, Storage::Shared, pack.feedback.is_some());
        let outputs: Box<[SlotIx]> = (0..count).map(slot).collect();
        self.outputs[number].clone_from(&outputs);
        outputs
    }

    /// Where an output lies; for a node that makes voices, any of its voices.
    pub(super) fn output(&mut self, origin: Origin) -> LaneRef {
        let OutputPort { node, output } = origin.port;
        let makes_voices = self.analysis.graph.nodes[node].makes_voices.is_some();
        let voice = if makes_voices { 0 } else { origin.voice };
        let Some(PackLane { pack, lane }) = self.analysis.packing.place(Instance { node, voice }) else {
            // A source of something that plays always plays.
            return LaneRef { slot: self.draft.constant(0.0), lane: 0 };
        };
        let slots = &self.outputs[pack];
        if makes_voices {
            let slot = slots[output * self.analysis.voices[node] + origin.voice];
            return LaneRef { slot, lane: 0 };
        }
        LaneRef { slot: slots[output], lane: lane as u32 }
    }

    /// The slots of the voices at an input that takes them side by side: at least one.
    pub(super) fn voices_side_by_side(&mut self, pack: &Pack, input: usize) -> Vec<SlotIx> {
        let (analysis, node) = (self.analysis, pack.members[0].node);
        let ends = analysis.into[node].iter().map(|&cable| analysis.graph.cables[cable].ends);
        let counts = ends.filter(|ends| ends.to.input == input).map(|ends| analysis.voices[ends.from.node]);
        let count = counts.max().unwrap_or(1).clamp(1, Input::MOST_VOICES);
        let slot = |position| {
            self.sum_of_lists(pack, input, &[analysis.addends_side_by_side(node, input, position)])
        };
        (0..count).map(slot).collect()
    }

    /// The slot with the signal at an input of a pack.
    pub(super) fn input(&mut self, pack: &Pack, input: usize) -> SlotIx {
        let lists: Vec<Vec<Addend>> =
            pack.members.iter().map(|&member| self.analysis.addends(member, input)).collect();
        self.sum_of_lists(pack, input, &lists)
    }

    /// The sum of a probed output's voices; none if it does not play.
    pub(super) fn sum_of_voices(&mut self, port: OutputPort) -> Option<SlotIx> {
        let list = self.analysis.voices_of_output(port);
        if list.is_empty() {
            return None;
        }
        let lane = self.sum(&list, ADDITIVE_IDENTITY);
        Some(self.draft.gather(1, vec![lane]))
    }

    /// The slot in which each lane is the sum of one of the lists, and of the input's knob.
    fn sum_of_lists(&mut self, pack: &Pack, input: usize, lists: &[Vec<Addend>]) -> SlotIx {
        let base = self.knob(pack, input);
        let terms = lists.iter().map(Vec::len).max().unwrap_or(0);
        if terms == 0 {
            return base.unwrap_or_else(|| self.draft.constant(0.0));
        }
        // A lane without cables has the value of the knob, or else 0.0, whatever the other lanes have.
        let absent = if base.is_some() { ADDITIVE_IDENTITY } else { 0.0 };
        let gathering = self.analysis.graph.nodes[pack.members[0].node].spec.inputs[input].gathering;
        if gathering == Gathering::Sum && lists.iter().any(|list| list.len() > 1 && self.has_lanes(list)) {
            let lanes = lists.iter().map(|list| self.sum(list, absent)).collect();
            let sum = self.draft.gather(pack.width, lanes);
            return match base {
                None => sum,
                Some(base) => {
                    let table = const { LaneTable::of::<MixUnity<1>>() };
                    self.draft.own_kernel(table, pack.width, vec![base, sum])
                }
            };
        }
        let mut signals = Vec::with_capacity(terms);
        let mut gains = Vec::with_capacity(terms);
        for term in 0..terms {
            let lanes: Vec<Option<Addend>> = lists.iter().map(|list| list.get(term).copied()).collect();
            signals.push(self.term(pack.width, &lanes, if term == 0 { absent } else { ADDITIVE_IDENTITY }));
            gains.push(self.gains(pack.width, &lanes));
        }
        self.mix(pack.width, base, &signals, &gains)
    }

    /// `base + signals * gains`.
    fn mix(
        &mut self,
        width: usize,
        base: Option<SlotIx>,
        signals: &[SlotIx],
        gains: &[Option<SlotIx>],
    ) -> SlotIx {
        let is_unity = gains.iter().all(Option::is_none);
        if is_unity && base.is_none() && signals.len() == 1 {
            return signals[0];
        }
        let base = base.unwrap_or_else(|| self.draft.constant(ADDITIVE_IDENTITY));
        if is_unity && signals.len() <= 3 {
            let table = match signals.len() {
                1 => const { LaneTable::of::<MixUnity<1>>() },
                2 => const { LaneTable::of::<MixUnity<2>>() },
                _ => const { LaneTable::of::<MixUnity<3>>() },
            };
            let inputs = std::iter::once(base).chain(signals.iter().copied()).collect();
            return self.draft.own_kernel(table, width, inputs);
        }
        let one = self.draft.constant(1.0);
        let gains = gains.iter().map(|gain| gain.unwrap_or(one));
        let first = std::iter::once(base);
        let signals_in_order = signals.iter().copied();
        let (table, inputs) = match signals.len() {
            1 => (const { LaneTable::of::<Mix<1>>() }, first.chain(signals_in_order).chain(gains).collect()),
            2 => (const { LaneTable::of::<Mix<2>>() }, first.chain(signals_in_order).chain(gains).collect()),
            3 => (const { LaneTable::of::<Mix<3>>() }, first.chain(signals_in_order).chain(gains).collect()),
            _ => {
                let pairs = signals_in_order.zip(gains).flat_map(|(signal, gain)| [signal, gain]);
                (const { LaneTable::of::<MixMany>() }, first.chain(pairs).collect())
            }
        };
        self.draft.own_kernel(table, width, inputs)
    }

    /// One term of a mix: for each lane an addend, or `absent`.
    fn term(&mut self, width: usize, lanes: &[Option<Addend>], absent: f32) -> SlotIx {
        let delayed = |lane: &Option<Addend>| lane.is_some_and(|addend| self.is_delayed(addend));
        if lanes.iter().all(delayed) {
            let origins = lanes.iter().flatten().map(|addend| addend.origin).collect();
            return self.unit_delay(width, origins);
        }
        let lanes = self.lanes(lanes, absent);
        self.draft.gather(width, lanes)
    }

    /// Where each of these addends can be read; `absent` where there is none.
    fn lanes(&mut self, lanes: &[Option<Addend>], absent: f32) -> Vec<LaneRef> {
        let lane = |lane: &Option<Addend>| match lane {
            Some(addend) => self.lane(*addend),
            None => LaneRef { slot: self.draft.constant(absent), lane: 0 },
        };
        lanes.iter().map(lane).collect()
    }

    /// The gains of a term; none when all are 1 and at rest.
    fn gains(&mut self, width: usize, lanes: &[Option<Addend>]) -> Option<SlotIx> {
        let layers = &self.analysis.graph.layers;
        let layer = |lane: &Option<Addend>| lane.and_then(|addend| addend.layer);
        if lanes.iter().filter_map(layer).all(|layer| layers[layer].is_unity) {
            return None;
        }
        let lanes = lanes.iter().map(|lane| match layer(lane) {
            Some(layer) => self.draft.param_lane(&layers[layer].gain),
            None => ControlLane::Constant(1.0_f32.to_bits()),
        });
        let lanes = lanes.collect();
        Some(self.draft.control(width, lanes))
    }

    /// Whether any of these comes out of a pack with several lanes.
    fn has_lanes(&self, list: &[Addend]) -> bool {
        let packing = self.analysis.packing;
        list.iter().any(|addend| {
            let place = packing.place(Instance { node: addend.origin.port.node, voice: 0 });
            place.is_some_and(|place| packing.packs[place.pack].width > 1)
        })
    }

    /// All addends in one lane, without a knob; `absent` if there are none.
    fn sum(&mut self, list: &[Addend], absent: f32) -> LaneRef {
        match list {
            [] => LaneRef { slot: self.draft.constant(absent), lane: 0 },
            [only] if only.layer.is_none_or(|layer| self.analysis.graph.layers[layer].is_unity) => {
                self.lane(*only)
            }
            _ => LaneRef { slot: self.sum_by_chunks(list), lane: 0 },
        }
    }

    fn sum_by_chunks(&mut self, list: &[Addend]) -> SlotIx {
        if let Some(&slot) = self.known.sums.get(list) {
            return slot;
        }
        let mut signals = Vec::new();
        let mut gains = Vec::new();
        for chunk in list.chunks(PARTIAL_SUMS) {
            let mut lanes: Vec<Option<Addend>> = chunk.iter().copied().map(Some).collect();
            lanes.resize(PARTIAL_SUMS, None);
            // Not as a term: the unit delays of a pack are taken lane by lane.
            let refs = self.lanes(&lanes, ADDITIVE_IDENTITY);
            signals.push(self.draft.gather(PARTIAL_SUMS, refs));
            gains.push(self.gains(PARTIAL_SUMS, &lanes));
        }
        let source = self.sum_of_chunks(&signals, &gains);
        let target = self.draft.fold(source);
        self.known.sums.insert(list.to_vec(), target);
        target
    }

    /// Adds chunk upon chunk, few at a time: so each can be used as soon as it is there, while it is in
    /// the nearest cache.
    fn sum_of_chunks(&mut self, signals: &[SlotIx], gains: &[Option<SlotIx>]) -> SlotIx {
        if let ([only], [None]) = (signals, gains) {
            return *only;
        }
        let chunks: Vec<(SlotIx, Option<SlotIx>)> =
            signals.iter().copied().zip(gains.iter().copied()).collect();
        let mut sum = None;
        for few in chunks.chunks(CHUNKS) {
            // The sum so far comes first, so that the order stays.
            let few: Vec<_> = sum.map(|sum| (sum, None)).into_iter().chain(few.iter().copied()).collect();
            let is_gained = few.iter().any(|(_, gain)| gain.is_some());
            let mut ports: Vec<SlotIx> = few.iter().map(|(signal, _)| *signal).collect();
            if is_gained {
                let one = self.draft.constant(1.0);
                ports.extend(few.iter().map(|(_, gain)| gain.unwrap_or(one)));
            }
            let next = self.draft.own_kernel(mix::chunks(few.len(), is_gained), PARTIAL_SUMS, ports);
            sum = Some(next);
        }
        sum.unwrap_or_else(|| self.draft.constant(ADDITIVE_IDENTITY))
    }

    fn is_delayed(&self, addend: Addend) -> bool {
        let Analysis { graph, feedback, .. } = self.analysis;
        addend.layer.is_some_and(|layer| feedback.is_delayed(graph, layer))
    }

    /// Where an addend can be read.
    fn lane(&mut self, addend: Addend) -> LaneRef {
        let Addend { origin, layer } = addend;
        if self.is_delayed(addend) {
            return LaneRef { slot: self.unit_delay(1, vec![origin]), lane: 0 };
        }
        let graph = self.analysis.graph;
        let live = layer.map(|layer| graph.cables[graph.layers[layer].cable].live);
        match live {
            Some(live) if self.delay_lines.contains_key(&(live, origin.voice)) => {
                LaneRef { slot: self.late(live, origin), lane: 0 }
            }
            _ => self.output(origin),
        }
    }

    /// What some outputs were one frame ago.
    fn unit_delay(&mut self, width: usize, origins: Vec<Origin>) -> SlotIx {
        let key = (width, origins);
        if let Some(&slot) = self.known.unit_delays.get(&key) {
            return slot;
        }
        let target = self.draft.slot(width, Storage::Shared, true);
        self.unit_delays.push(PendingUnitDelay { origins: key.1.clone(), target });
        self.known.unit_delays.insert(key, target);
        target
    }

    /// A cable's signal behind its delay lines, which all its layers share.
    fn late(&mut self, cable: LiveCableIx, origin: Origin) -> SlotIx {
        let key = (cable, origin.voice);
        if let Some(&slot) = self.known.late.get(&key) {
            return slot;
        }
        let lane = self.output(origin);
        let mut signal = self.draft.gather(1, vec![lane]);
        for (instance, time) in self.delay_lines[&key].clone() {
            let in_loop = self.draft.in_current_loop([signal]);
            let target = self.draft.slot(1, Storage::Shared, in_loop);
            let step = BlockStep {
                instance,
                config: Arc::new(time),
                inputs: Box::new([signal]),
                side_by_side: Box::default(),
                outputs: Box::new([target]),
                voices: 1,
                node: None,
                label: None,
            };
            self.draft.push(Step::Block(Box::new(step)), in_loop);
            signal = target;
        }
        self.known.late.insert(key, signal);
        signal
    }

    /// The knobs of an input in a pack, if it has any.
    fn knob(&mut self, pack: &Pack, input: usize) -> Option<SlotIx> {
        let nodes = &self.analysis.graph.nodes;
        nodes[pack.members[0].node].params[input].as_ref()?;
        let params = pack.members.iter().filter_map(|member| nodes[member.node].params[input].as_ref());
        let lanes = params.map(|param| self.draft.param_lane(param)).collect();
        Some(self.draft.control(pack.width, lanes))
    }
}
