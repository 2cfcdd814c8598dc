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

use super::Origin;
use super::emit::{Analysis, Emitter, Storage};
use super::pack::{Instance, Pack};
use crate::graph::GraphCable;
use crate::mix::{self, ADDITIVE_IDENTITY, CHUNKS, Mix, MixMany, MixUnity, PARTIAL_SUMS};
use crate::plan::step::{BlockStep, LaneRef, SlotIndex, Step};
use crate::plan::{Control, ControlLane};
use crate::smoothed_param::SmoothedParam;
use jackfield_node::{Gathering, Input, LaneTable};
use std::ops::Range;
use std::sync::Arc;

/// One term of an input's sum: a voice of an output, through a cable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Addend {
    origin: Origin,
    /// None for a probe, which reads an output without a cable.
    cable: Option<usize>,
}

/// Lists of addends.
impl Analysis<'_> {
    /// Every voice of an output.
    pub(super) fn voices_of_output(&self, node: usize, output: usize) -> Vec<Addend> {
        let origins = (0..self.voices[node]).map(|voice| Origin { node, output, voice });
        origins.map(|origin| Addend { origin, cable: None }).collect()
    }

    /// What adds to an input of an instance, in order.
    fn addends(&self, instance: Instance, input: usize) -> Vec<Addend> {
        let read = |cable: &GraphCable, count| self.graph.voices_read(cable, count, instance.voice);
        self.through_cables(instance.node, input, read)
    }

    /// What adds to one position of an input that takes voices side by side, in order.
    fn addends_side_by_side(&self, node: usize, input: usize, position: usize) -> Vec<Addend> {
        let read = |cable: &GraphCable, count| self.graph.voices_side_by_side(cable, count, position);
        self.through_cables(node, input, read)
    }

    /// What `read` takes of each cable into an input, given the voices of the cable's source.
    fn through_cables(
        &self,
        node: usize,
        input: usize,
        read: impl Fn(&GraphCable, usize) -> Range<usize>,
    ) -> Vec<Addend> {
        let mut addends = Vec::new();
        for &position in &self.into[node] {
            let cable = &self.graph.cables[position];
            if cable.input != input {
                continue;
            }
            let voices = read(cable, self.voices[cable.from]);
            addends.extend(voices.map(|voice| Addend {
                origin: Origin { node: cable.from, output: cable.output, voice },
                cable: Some(position),
            }));
        }
        addends
    }
}

impl Emitter<'_> {
    /// The slots of the voices at an input that takes them side by side: at least one.
    pub(super) fn voices_side_by_side(&mut self, pack: &Pack, input: usize) -> Vec<SlotIndex> {
        let (analysis, node) = (self.analysis, pack.members[0].node);
        let cables = analysis.into[node].iter().map(|&position| &analysis.graph.cables[position]);
        let counts = cables.filter(|cable| cable.input == input).map(|cable| analysis.voices[cable.from]);
        let count = counts.max().unwrap_or(1).clamp(1, Input::MOST_VOICES);
        let slot = |position| {
            self.sum_of_lists(pack, input, &[analysis.addends_side_by_side(node, input, position)])
        };
        (0..count).map(slot).collect()
    }

    /// The slot with the signal at an input of a pack.
    pub(super) fn input(&mut self, pack: &Pack, input: usize) -> SlotIndex {
        let lists: Vec<Vec<Addend>> =
            pack.members.iter().map(|&member| self.analysis.addends(member, input)).collect();
        self.sum_of_lists(pack, input, &lists)
    }

    /// The slot in which each lane is the sum of one of the lists, and of the input's knob.
    fn sum_of_lists(&mut self, pack: &Pack, input: usize, lists: &[Vec<Addend>]) -> SlotIndex {
        let base = self.knob(pack, input);
        let terms = lists.iter().map(Vec::len).max().unwrap_or(0);
        if terms == 0 {
            return base.unwrap_or_else(|| self.fixed(0.0));
        }
        // A lane without cables has the value of the knob, or else 0.0, whatever the other lanes have.
        let absent = if base.is_some() { ADDITIVE_IDENTITY } else { 0.0 };
        let gathering = self.analysis.graph.nodes[pack.members[0].node].spec.inputs[input].gathering;
        if gathering == Gathering::Sum && lists.iter().any(|list| list.len() > 1 && self.has_lanes(list)) {
            let lanes = lists.iter().map(|list| self.sum(list, absent)).collect();
            let sum = self.gather(pack.width, lanes);
            return match base {
                None => sum,
                Some(base) => {
                    self.own_kernel(const { LaneTable::of::<MixUnity<1>>() }, pack.width, vec![base, sum])
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
        base: Option<SlotIndex>,
        signals: &[SlotIndex],
        gains: &[Option<SlotIndex>],
    ) -> SlotIndex {
        let is_unity = gains.iter().all(Option::is_none);
        if is_unity && base.is_none() && signals.len() == 1 {
            return signals[0];
        }
        let base = base.unwrap_or_else(|| self.fixed(ADDITIVE_IDENTITY));
        if is_unity && signals.len() <= 3 {
            let table = match signals.len() {
                1 => const { LaneTable::of::<MixUnity<1>>() },
                2 => const { LaneTable::of::<MixUnity<2>>() },
                _ => const { LaneTable::of::<MixUnity<3>>() },
            };
            let inputs = std::iter::once(base).chain(signals.iter().copied()).collect();
            return self.own_kernel(table, width, inputs);
        }
        let one = self.fixed(1.0);
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
        self.own_kernel(table, width, inputs)
    }

    /// One term of a mix: for each lane an addend, or `absent`.
    fn term(&mut self, width: usize, lanes: &[Option<Addend>], absent: f32) -> SlotIndex {
        let delayed = |lane: &Option<Addend>| lane.is_some_and(|addend| self.is_delayed(addend));
        if lanes.iter().all(delayed) {
            let origins = lanes.iter().flatten().map(|addend| addend.origin).collect();
            return self.unit_delay(width, origins);
        }
        let lanes = lanes.iter().map(|lane| match lane {
            Some(addend) => self.lane(*addend),
            None => LaneRef { slot: self.fixed(absent), lane: 0 },
        });
        let lanes = lanes.collect();
        self.gather(width, lanes)
    }

    /// The gains of a term; none when all are 1 and at rest.
    fn gains(&mut self, width: usize, lanes: &[Option<Addend>]) -> Option<SlotIndex> {
        let cables = |lane: &Option<Addend>| lane.and_then(|addend| addend.cable);
        let graph = self.analysis.graph;
        if lanes.iter().filter_map(cables).all(|cable| graph.cables[cable].is_unity) {
            return None;
        }
        let lanes = lanes.iter().map(|lane| match cables(lane) {
            Some(cable) => self.param(&graph.cables[cable].gain),
            None => ControlLane::Constant(1.0_f32.to_bits()),
        });
        let lanes = lanes.collect();
        Some(self.control(width, lanes))
    }

    /// Whether any of these comes out of a pack with several lanes.
    fn has_lanes(&self, list: &[Addend]) -> bool {
        let packing = self.analysis.packing;
        list.iter().any(|addend| {
            let instance = Instance { node: addend.origin.node, voice: 0 };
            packing.packs[packing.place(instance).0].width > 1
        })
    }

    /// All addends in one lane, without a knob; `absent` if there are none.
    fn sum(&mut self, list: &[Addend], absent: f32) -> LaneRef {
        match list {
            [] => LaneRef { slot: self.fixed(absent), lane: 0 },
            [only] if only.cable.is_none_or(|cable| self.analysis.graph.cables[cable].is_unity) => {
                self.lane(*only)
            }
            _ => LaneRef { slot: self.sum_by_chunks(list), lane: 0 },
        }
    }

    fn sum_by_chunks(&mut self, list: &[Addend]) -> SlotIndex {
        if let Some(&slot) = self.known.sums.get(list) {
            return slot;
        }
        let mut signals = Vec::new();
        let mut gains = Vec::new();
        for chunk in list.chunks(PARTIAL_SUMS) {
            let mut lanes: Vec<Option<Addend>> = chunk.iter().copied().map(Some).collect();
            lanes.resize(PARTIAL_SUMS, None);
            signals.push(self.places(&lanes));
            gains.push(self.gains(PARTIAL_SUMS, &lanes));
        }
        let source = self.sum_of_places(&signals, &gains);
        let in_loop = self.in_current_loop([source]);
        let target = self.slot(1, Storage::Shared, in_loop);
        self.draft.slots[target as usize].always_moves = self.draft.slots[source as usize].always_moves;
        self.push(Step::Fold { source, target }, in_loop);
        self.known.sums.insert(list.to_vec(), target);
        target
    }

    /// Adds chunk upon chunk, few at a time: so each can be used as soon as it is there, while it is in
    /// the nearest cache.
    fn sum_of_places(&mut self, signals: &[SlotIndex], gains: &[Option<SlotIndex>]) -> SlotIndex {
        if let ([only], [None]) = (signals, gains) {
            return *only;
        }
        let chunks: Vec<(SlotIndex, Option<SlotIndex>)> =
            signals.iter().copied().zip(gains.iter().copied()).collect();
        let mut sum = None;
        for few in chunks.chunks(CHUNKS) {
            // The sum so far comes first, so that the order stays.
            let few: Vec<_> = sum.map(|sum| (sum, None)).into_iter().chain(few.iter().copied()).collect();
            let is_gained = few.iter().any(|(_, gain)| gain.is_some());
            let mut ports: Vec<SlotIndex> = few.iter().map(|(signal, _)| *signal).collect();
            if is_gained {
                let one = self.fixed(1.0);
                ports.extend(few.iter().map(|(_, gain)| gain.unwrap_or(one)));
            }
            let next = self.own_kernel(mix::chunks(few.len(), is_gained), PARTIAL_SUMS, ports);
            sum = Some(next);
        }
        sum.unwrap_or_else(|| self.fixed(ADDITIVE_IDENTITY))
    }

    /// Sixteen addends in sixteen lanes, without taking the unit delays of a pack as one.
    fn places(&mut self, lanes: &[Option<Addend>]) -> SlotIndex {
        let lanes = lanes.iter().map(|lane| match lane {
            Some(addend) => self.lane(*addend),
            None => LaneRef { slot: self.fixed(ADDITIVE_IDENTITY), lane: 0 },
        });
        let lanes = lanes.collect();
        self.gather(PARTIAL_SUMS, lanes)
    }

    /// The sum of a probed output's voices.
    pub(super) fn sum_of_outputs(&mut self, list: &[Addend]) -> Option<SlotIndex> {
        if list.is_empty() {
            return None;
        }
        let lane = self.sum(list, ADDITIVE_IDENTITY);
        Some(self.gather(1, vec![lane]))
    }

    fn is_delayed(&self, addend: Addend) -> bool {
        addend.cable.is_some_and(|cable| self.analysis.feedback.delayed[cable])
    }

    /// Where an addend can be read.
    fn lane(&mut self, addend: Addend) -> LaneRef {
        let Origin { node, output, voice } = addend.origin;
        if self.is_delayed(addend) {
            return LaneRef { slot: self.unit_delay(1, vec![addend.origin]), lane: 0 };
        }
        match addend.cable {
            Some(cable)
                if self.delay_lines.contains_key(&(self.analysis.graph.cables[cable].live, voice)) =>
            {
                LaneRef { slot: self.late(cable, addend.origin), lane: 0 }
            }
            _ => self.output(node, output, voice),
        }
    }

    /// What some outputs were one frame ago.
    fn unit_delay(&mut self, width: usize, origins: Vec<Origin>) -> SlotIndex {
        let key = (width, origins);
        if let Some(&slot) = self.known.unit_delays.get(&key) {
            return slot;
        }
        let target = self.slot(width, Storage::Shared, true);
        self.unit_delays.push((key.1.clone(), target));
        self.known.unit_delays.insert(key, target);
        target
    }

    /// A cable's signal behind its delay lines.
    fn late(&mut self, cable: usize, origin: Origin) -> SlotIndex {
        // All analysis of a cable share its lines.
        let key = (self.analysis.graph.cables[cable].live, origin.voice);
        if let Some(&slot) = self.known.delays.get(&key) {
            return slot;
        }
        let lane = self.output(origin.node, origin.output, origin.voice);
        let mut signal = self.gather(1, vec![lane]);
        for (instance, wait) in self.delay_lines[&key].clone() {
            let in_loop = self.in_current_loop([signal]);
            let target = self.slot(1, Storage::Shared, in_loop);
            let step = BlockStep {
                instance,
                config: Arc::new(wait),
                inputs: Box::new([signal]),
                side_by_side: Box::default(),
                outputs: Box::new([target]),
                voices: 1,
                node: u32::MAX,
                label: u32::MAX,
            };
            self.push(Step::Block(Box::new(step)), in_loop);
            signal = target;
        }
        self.known.delays.insert(key, signal);
        signal
    }

    /// A number that holds still in all lanes.
    pub(super) fn fixed(&mut self, value: f32) -> SlotIndex {
        if let Some(&slot) = self.known.fixed.get(&value.to_bits()) {
            return slot;
        }
        let slot = self.slot(1, Storage::Constant(value), false);
        self.known.fixed.insert(value.to_bits(), slot);
        slot
    }

    /// The knobs of an input in a pack, if it has any.
    fn knob(&mut self, pack: &Pack, input: usize) -> Option<SlotIndex> {
        let graph = self.analysis.graph;
        graph.nodes[pack.members[0].node].params[input].as_ref()?;
        let params = pack.members.iter().filter_map(|member| graph.nodes[member.node].params[input].as_ref());
        let lanes = params.map(|param| self.param(param)).collect();
        Some(self.control(pack.width, lanes))
    }

    fn param(&mut self, param: &Arc<SmoothedParam>) -> ControlLane {
        let params = &mut self.draft.params;
        let position = *self.known.params.entry(param.serial).or_insert_with(|| {
            params.push((param.clone(), Vec::new()));
            (params.len() - 1) as u32
        });
        ControlLane::Param(position)
    }

    /// A slot that follows params, one per lane.
    fn control(&mut self, width: usize, lanes: Vec<ControlLane>) -> SlotIndex {
        let key = (width, lanes);
        if let Some(&slot) = self.known.controls.get(&key) {
            return slot;
        }
        let slot = self.slot(width, Storage::Control, false);
        let position = self.draft.controls.len() as u32;
        for lane in &key.1 {
            if let ControlLane::Param(param) = lane {
                let controls = &mut self.draft.params[*param as usize].1;
                if controls.last() != Some(&position) {
                    controls.push(position);
                }
            }
        }
        self.draft.controls.push(Control { slot, lanes: key.1.clone().into() });
        self.known.controls.insert(key, slot);
        slot
    }
}
