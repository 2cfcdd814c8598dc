//! Runs steps.

use crate::fault::Fault;
use crate::mix::{self, PLACES};
use crate::plan::memory::LINE;
use crate::plan::step::{BlockStep, GatherStep, LaneStep, LoopStep, Recall, Step};
use crate::plan::{Plan, Scratch};
use crate::{BLOCK, MAX_CHANNELS};
use jackfield_node::{BlockIo, DeviceIo, Event, LaneCall, Slot};
use rtrb::Producer;
use std::slice;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// One block, or one frame of it inside a loop.
pub(super) struct Run<'a> {
    pub(super) plan: &'a Plan,
    pub(super) first: usize,
    pub(super) frames: usize,
    pub(super) in_loop: bool,
    pub(super) clock: u64,
    pub(super) measures: bool,
    pub(super) events: &'a [Event],
    pub(super) from_device: &'a [Vec<f32>],
    pub(super) to_device: &'a mut [Vec<f32>],
    pub(super) faults: &'a mut Producer<Fault>,
}

impl Run<'_> {
    /// Runs steps in order.
    ///
    /// # Safety
    /// The steps belong to `plan`, `scratch` is its scratch memory, and this is the executor.
    pub(super) unsafe fn steps(&mut self, scratch: &mut Scratch, steps: &[Step]) {
        for step in steps {
            let begin = self.measures.then(Instant::now);
            // SAFETY: passed on to the caller.
            unsafe {
                match step {
                    Step::Lanes(step) => self.lanes(scratch, step),
                    Step::Block(step) => self.block(scratch, step),
                    Step::Gather(step) => self.gather(scratch, step),
                    Step::Fold { source, target } => self.fold(scratch, *source as usize, *target as usize),
                    Step::Loop(step) => self.frame_by_frame(scratch, step),
                    Step::Probe { source, cell } => {
                        let samples = self.read_mono(scratch, *source);
                        cell.write(samples, self.plan.sample_rate);
                    }
                }
            }
            if let Some(begin) = begin {
                self.note_time(step, begin);
            }
        }
    }

    fn note_time(&self, step: &Step, begin: Instant) {
        let label = match step {
            Step::Lanes(step) => step.label,
            Step::Block(step) => step.label,
            _ => return,
        };
        if let Some(time) = self.plan.times.get(label as usize) {
            let nanoseconds = begin.elapsed().as_nanos();
            time.fetch_add(u64::try_from(nanoseconds).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
    }

    #[inline]
    unsafe fn lanes(&mut self, scratch: &mut Scratch, step: &LaneStep) {
        let (mut first, mut frames) = (self.first, self.frames);
        let slots = scratch.slots.as_mut_ptr();
        if step.is_flat {
            // SAFETY: a step's slots lie in its plan.
            let is_constant =
                step.inputs.iter().all(|&slot| unsafe { &*slots.add(slot as usize) }.is_constant());
            let flag = if is_constant { Slot::CONSTANT } else { Slot::MOVING };
            first = 0;
            frames = if is_constant { 1 } else { (frames * step.width).div_ceil(LINE) };
            for &output in &step.outputs {
                // SAFETY: as above.
                unsafe { (*slots.add(output as usize)).step = flag };
            }
        }
        // SAFETY: the compiler gave the step's slots room for a block of its lanes (and at least a line, which
        // is what a flat kernel computes at a time), apart from each other; `state_start` leaves
        // room for the state; the config is the node type's own; nobody else touches the scratch.
        let faulty = unsafe {
            let state = scratch.state.as_mut_ptr().add(step.state_start);
            let rate = self.plan.sample_rate;
            let call =
                LaneCall::new(slots, &step.inputs, &step.outputs, state, &*step.config, first, frames, rate);
            (step.kernel)(&call)
        };
        if faulty != 0 {
            self.silence_lanes(scratch, step);
        }
    }

    #[inline]
    unsafe fn block(&mut self, scratch: &mut Scratch, step: &BlockStep) {
        // SAFETY: passed on to the caller.
        unsafe {
            match step.outputs.len() {
                0..=4 => self.block_with::<4>(scratch, step),
                5..=64 => self.block_with::<64>(scratch, step),
                65..=256 => self.block_with::<256>(scratch, step),
                _ => self.block_with::<{ crate::plan::step::MAX_BLOCK_OUTPUTS }>(scratch, step),
            }
        }
    }

    /// Runs a block node with at most `OUTPUTS` output slices, which stand on the stack.
    unsafe fn block_with<const OUTPUTS: usize>(&mut self, scratch: &mut Scratch, step: &BlockStep) {
        let mut inputs: [&[f32]; 64] = [&[]; 64];
        let mut still = 0_u64;
        for (position, &input) in step.inputs.iter().enumerate() {
            if scratch.slots[input as usize].is_constant() {
                still |= 1 << position;
            }
            // SAFETY: passed on to the caller. No output's memory overlaps an input's.
            inputs[position] = unsafe { self.read_mono(scratch, input) };
        }
        let mut outputs: [&mut [f32]; OUTPUTS] = std::array::from_fn(|_| &mut [][..]);
        for (place, &output) in outputs.iter_mut().zip(&step.outputs) {
            let data = scratch.slots[output as usize].data;
            // SAFETY: the slot has room for a block, and every output has a slot of its own.
            *place = unsafe { slice::from_raw_parts_mut(data.add(self.first), self.frames) };
        }
        let mut holds = [false; OUTPUTS];
        // SAFETY: this is the executor, and the instance is not being computed elsewhere.
        let instance = unsafe { step.instance.instance() };
        let mut io = BlockIo::new(
            self.frames,
            self.plan.sample_rate,
            &inputs[..step.inputs.len()],
            &mut outputs[..step.outputs.len()],
            step.voices,
            still,
            &mut holds,
            // Nodes with events have no inputs and thus never run frame by frame.
            if self.in_loop { &[] } else { self.events },
            DeviceIo { first: self.first, inputs: self.from_device, outputs: self.to_device },
        );
        instance.process(&*step.config, &mut io);
        // SAFETY: passed on to the caller; the slices above are done with.
        unsafe { self.finish_block(scratch, step, &holds) };
    }

    /// Marks outputs that hold still, and looks for NaN and infinity.
    unsafe fn finish_block(&mut self, scratch: &mut Scratch, step: &BlockStep, holds: &[bool]) {
        let mut is_sound = true;
        for (&output, &holds) in step.outputs.iter().zip(holds) {
            let holds = holds && !self.in_loop;
            let slot = &mut scratch.slots[output as usize];
            slot.step = if holds { Slot::CONSTANT } else { Slot::MOVING };
            // SAFETY: the slot has room for a block, which is more than a line.
            unsafe {
                if holds {
                    slice::from_raw_parts_mut(slot.data, LINE).fill(*slot.data);
                }
                let frames = if holds { 1 } else { self.frames };
                is_sound &= mix::is_finite(slice::from_raw_parts(slot.data.add(self.first), frames));
            }
        }
        if !is_sound {
            self.silence_block(scratch, step);
        }
    }

    /// The block's samples of a slot with one lane; of one that holds still, as many copies.
    ///
    /// # Safety
    /// Nothing writes the slot while the samples are used.
    unsafe fn read_mono<'s>(&self, scratch: &Scratch, slot: u32) -> &'s [f32] {
        let slot = &scratch.slots[slot as usize];
        if slot.is_constant() {
            // SAFETY: every slot has room for a block; behind its one frame there is nothing anyone reads.
            unsafe {
                let samples = slice::from_raw_parts_mut(slot.data, self.frames);
                samples.fill(*slot.data);
                return samples;
            }
        }
        // SAFETY: every slot has room for a block.
        unsafe { slice::from_raw_parts(slot.data.add(self.first), self.frames) }
    }

    unsafe fn gather(&mut self, scratch: &mut Scratch, step: &GatherStep) {
        let width = usize::from(self.plan.slot_widths[step.target as usize]);
        let is_constant =
            !self.in_loop && step.sources.iter().all(|lane| scratch.slots[lane.slot as usize].is_constant());
        let target = scratch.slots[step.target as usize].data;
        scratch.slots[step.target as usize].step = if is_constant { Slot::CONSTANT } else { Slot::MOVING };
        let count = if is_constant { LINE } else { width };
        let (first, end) = if is_constant { (0, 1) } else { (self.first, self.first + self.frames) };
        for place in 0..count {
            let source = step.sources.get(place % width).unwrap_or(&step.sources[0]);
            let slot = &scratch.slots[source.slot as usize];
            let stride = usize::from(self.plan.slot_widths[source.slot as usize]) & slot.step;
            for frame in first..end {
                // SAFETY: both slots have room for the frame's lanes, and are different slots.
                unsafe {
                    let sample = *slot.data.add(frame * stride + source.lane as usize);
                    target.add(frame * width + place).write(sample);
                }
            }
        }
    }

    unsafe fn fold(&mut self, scratch: &mut Scratch, source: usize, target: usize) {
        let is_constant = scratch.slots[source].is_constant() && !self.in_loop;
        let step = scratch.slots[source].step;
        let from: *const [f32; PLACES] = scratch.slots[source].data.cast();
        let to = scratch.slots[target].data;
        scratch.slots[target].step = if is_constant { Slot::CONSTANT } else { Slot::MOVING };
        // SAFETY: the source has sixteen lanes and a frame for each it is asked for, the target has one
        // lane and room for a block, and they are different slots.
        unsafe {
            if is_constant {
                let mut sum = [0.0];
                mix::fold(slice::from_raw_parts(from, 1), &mut sum);
                slice::from_raw_parts_mut(to, LINE).fill(sum[0]);
                return;
            }
            let places = slice::from_raw_parts(from.add(self.first & step), self.frames);
            mix::fold(places, slice::from_raw_parts_mut(to.add(self.first), self.frames));
        }
    }

    /// Runs a group of loops: all its steps for one frame, then for the next.
    unsafe fn frame_by_frame(&mut self, scratch: &mut Scratch, step: &LoopStep) {
        for frame in self.first..self.first + self.frames {
            for recall in &step.recalls {
                // SAFETY: passed on to the caller.
                unsafe { self.recall(scratch, recall, frame) };
            }
            let mut inner = Run {
                plan: self.plan,
                first: frame,
                frames: 1,
                in_loop: true,
                clock: self.clock,
                measures: self.measures,
                events: self.events,
                from_device: self.from_device,
                to_device: self.to_device,
                faults: self.faults,
            };
            // SAFETY: passed on to the caller.
            unsafe { inner.steps(scratch, &step.body) };
            for recall in &step.recalls {
                // SAFETY: passed on to the caller.
                unsafe { self.remember(scratch, recall, frame) };
            }
        }
    }

    #[inline]
    unsafe fn recall(&self, scratch: &mut Scratch, recall: &Recall, frame: usize) {
        let width = usize::from(self.plan.slot_widths[recall.target as usize]);
        let data = scratch.slots[recall.target as usize].data;
        let state = scratch.state.as_mut_ptr();
        for lane in 0..width {
            let from = if lane < recall.sources.len() { lane } else { 0 };
            // SAFETY: the slot has room for a block of its lanes, the state for one word per source.
            unsafe {
                let value = f32::from_bits(*state.add(recall.state_start + from));
                data.add(frame * width + lane).write(value);
            }
        }
    }

    #[inline]
    unsafe fn remember(&self, scratch: &mut Scratch, recall: &Recall, frame: usize) {
        let state = scratch.state.as_mut_ptr();
        for (lane, source) in recall.sources.iter().enumerate() {
            let slot = &scratch.slots[source.slot as usize];
            let stride = usize::from(self.plan.slot_widths[source.slot as usize]) & slot.step;
            // SAFETY: as in `recall`; the source was written for this frame.
            unsafe {
                let value = *slot.data.add(frame * stride + source.lane as usize);
                *state.add(recall.state_start + lane) = value.to_bits();
            }
        }
    }
}

const _: () = assert!(BLOCK >= LINE && MAX_CHANNELS > 0, "a block fills a line");
