//! Runs steps.

use super::monitor_bus::MonitorBus;
use crate::clock::Instant;
use crate::fault::Fault;
use crate::index::SlotIx;
use crate::mix;
use crate::plan::memory::LINE;
use crate::plan::step::{BlockStep, Extent, FEW, LaneStep, LoopStep, Step};
use crate::plan::{Plan, Scratch};
use crate::smoothed_param::SmoothingConstants;
use crate::{BLOCK, MAX_CHANNELS};
use jackfield_node::{BlockIo, DeviceIo, Event, FrameRange, LaneCall, MidiOut, Outside, Slot, Transport};
use rtrb::Producer;
use std::ops::Range;
use std::slice;
use std::sync::atomic::Ordering;

/// One block, or one frame of it inside a loop.
pub(super) struct Run<'a> {
    pub(super) plan: &'a Plan,
    pub(super) first: usize,
    pub(super) frames: usize,
    pub(super) in_loop: bool,
    pub(super) clock: u64,
    pub(super) measures: bool,
    pub(super) events: &'a [Event],
    /// The same messages, each with frame 0.
    pub(super) events_by_frame: &'a [Event],
    pub(super) sent: &'a mut MidiOut,
    pub(super) transport: &'a Transport,
    pub(super) from_device: &'a [Vec<f32>],
    pub(super) to_device: &'a mut [Vec<f32>],
    pub(super) faults: &'a mut Producer<Fault>,
    pub(super) constants: SmoothingConstants,
    pub(super) monitor: &'a mut MonitorBus,
}

impl<'a> Run<'a> {
    /// Runs steps in order.
    ///
    /// # Safety
    /// The steps belong to `plan`, `scratch` is its scratch memory, and this is the executor.
    pub(super) unsafe fn steps(&mut self, scratch: &mut Scratch, steps: &[Step]) {
        if self.measures {
            for step in steps {
                let begin = Instant::now();
                // SAFETY: passed on to the caller.
                unsafe { self.step(scratch, step) };
                self.note_time(step, begin);
            }
            return;
        }
        for step in steps {
            // SAFETY: passed on to the caller.
            unsafe { self.step(scratch, step) };
        }
    }

    #[inline(always)]
    unsafe fn step(&mut self, scratch: &mut Scratch, step: &Step) {
        // SAFETY: passed on to the caller.
        unsafe {
            match step {
                Step::Lanes(step) => self.lanes(scratch, step),
                Step::Block(step) => self.block(scratch, step),
                Step::Gather(step) => self.gather(scratch, step),
                Step::Fold { source, target } => self.fold(scratch, *source, *target),
                Step::Loop(step) => self.frame_by_frame(scratch, step),
                Step::Probe { source, cell, gain, voices } => {
                    let samples = self.read_mono(scratch, *source);
                    if let Some(cell) = cell {
                        cell.write(samples, self.plan.sample_rate);
                    }
                    gain.retarget(f32::from(cell.as_ref().is_some_and(|cell| cell.is_monitored())));
                    // Nearly always nothing is monitored.
                    if gain.wake(self.constants) || gain.motion().value != 0.0 {
                        let level = cell.as_ref().map_or(1.0, |cell| cell.monitor_level());
                        match voices {
                            None => self.monitor.add(gain, self.constants, samples, level),
                            Some(voices) => {
                                let sum = self.sounding_voices(scratch, voices);
                                self.monitor.add(gain, self.constants, &sum[..self.frames], level);
                            }
                        }
                    }
                }
            }
        }
    }

    fn note_time(&self, step: &Step, begin: Instant) {
        let label = match step {
            Step::Lanes(step) => step.details.label,
            Step::Block(step) => step.label,
            _ => return,
        };
        if let Some(label) = label {
            let nanoseconds = begin.elapsed().as_nanos();
            let time = &self.plan.times[label];
            time.fetch_add(u64::try_from(nanoseconds).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
    }

    #[inline(always)]
    unsafe fn lanes(&mut self, scratch: &mut Scratch, step: &LaneStep) {
        let Some(call) = &step.call else { return };
        let slots = scratch.context.slots;
        let range = match step.extent {
            Extent::Frames => FrameRange { first: self.first, count: self.frames },
            Extent::FlatMoving => self.flat(step, true),
            Extent::Flat => {
                let outputs = call.output_count();
                let inputs = outputs..outputs + call.input_count();
                // SAFETY: a step's slots lie in its plan.
                self.flat(step, unsafe { settle(slots, call, inputs) })
            }
            Extent::FlatFew => {
                let outputs = call.output_count();
                // SAFETY: as above; so many ports follow the outputs.
                self.flat(step, unsafe { settle(slots, call, outputs..outputs + FEW) })
            }
        };
        // SAFETY: this is the executor, the only one to touch scratch memory; the call was made for this
        // kernel and this plan's memory.
        let faulty = unsafe { (step.kernel)(call, &scratch.context, range) };
        if faulty != 0 {
            self.silence_lanes(scratch, step);
        }
    }

    // Not inlined, like all but `lanes`: its many slices would give `steps` a huge frame.
    #[inline(never)]
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
            if scratch.slots[input].is_constant() {
                still |= 1 << position;
            }
            // SAFETY: passed on to the caller. No output's memory overlaps an input's.
            inputs[position] = unsafe { self.read_mono(scratch, input) };
        }
        let mut outputs: [&mut [f32]; OUTPUTS] = std::array::from_fn(|_| &mut [][..]);
        for (place, &output) in outputs.iter_mut().zip(&step.outputs) {
            let data = scratch.slots[output].data;
            // SAFETY: the slot has room for a block, and every output has a slot of its own.
            *place = unsafe { slice::from_raw_parts_mut(data.add(self.first), self.frames) };
        }
        let mut holds = [false; OUTPUTS];
        let outside = Outside {
            first: self.first,
            events: self.due(),
            sent: self.sent,
            transport: self.transport,
            device: DeviceIo { inputs: self.from_device, outputs: self.to_device },
        };
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
            outside,
        )
        .with_voices(&step.side_by_side);
        instance.process(&*step.config, &mut io);
        // SAFETY: passed on to the caller; the slices above are done with.
        unsafe { self.finish_block(scratch, step, &holds) };
    }

    /// The MIDI messages of this block, or of this frame of a loop.
    fn due(&self) -> &'a [Event] {
        if !self.in_loop {
            return self.events;
        }
        let start = self.events.partition_point(|event| event.frame < self.first);
        let end = self.events.partition_point(|event| event.frame <= self.first);
        &self.events_by_frame[start..end]
    }

    /// Marks outputs that are constant, and looks for NaN and infinity in those that are read.
    unsafe fn finish_block(&mut self, scratch: &mut Scratch, step: &BlockStep, holds: &[bool]) {
        let mut is_sound = true;
        for (&output, &holds) in step.outputs.iter().zip(holds) {
            if self.plan.slot_widths[output] == 0 {
                continue;
            }
            let holds = holds && !self.in_loop;
            let slot = &mut scratch.slots[output];
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
    unsafe fn read_mono<'s>(&self, scratch: &Scratch, slot: SlotIx) -> &'s [f32] {
        let slot = &scratch.slots[slot];
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

    /// Runs a group of loops: all its steps for one frame, then for the next.
    #[inline(never)]
    unsafe fn frame_by_frame(&mut self, scratch: &mut Scratch, step: &LoopStep) {
        let block = self.first..self.first + self.frames;
        let mut frame = Run {
            plan: self.plan,
            first: 0,
            frames: 1,
            in_loop: true,
            clock: self.clock,
            measures: self.measures,
            events: self.events,
            events_by_frame: self.events_by_frame,
            sent: self.sent,
            transport: self.transport,
            from_device: self.from_device,
            to_device: self.to_device,
            faults: self.faults,
            constants: self.constants,
            monitor: &mut *self.monitor,
        };
        for first in block {
            frame.first = first;
            // SAFETY: passed on to the caller.
            unsafe {
                step.unit_delays.iter().for_each(|delay| frame.read_unit_delay(scratch, delay));
                frame.steps(scratch, &step.body);
                step.unit_delays.iter().for_each(|delay| frame.write_unit_delay(scratch, delay));
            }
        }
    }

    /// The lines of sixteen floats that a flat step computes.
    #[inline(always)]
    fn flat(&self, step: &LaneStep, moves: bool) -> FrameRange {
        let count = if moves { (self.frames << step.width_shift).div_ceil(LINE) } else { 1 };
        FrameRange { first: 0, count }
    }
}

/// Whether any of these ports, the inputs, moves; if so, the outputs will.
///
/// # Safety
/// The call's ports are among `slots`, and `inputs` among its ports.
#[inline(always)]
unsafe fn settle(slots: *mut Slot, call: &LaneCall, inputs: Range<usize>) -> bool {
    let ports = call.ports();
    let mut motion = Slot::CONSTANT;
    for input in inputs {
        // SAFETY: passed on to the caller.
        motion |= unsafe { (*slots.add(*ports.add(input) as usize)).step };
    }
    for output in 0..call.output_count() {
        // SAFETY: passed on to the caller.
        unsafe { (*slots.add(*ports.add(output) as usize)).step = motion };
    }
    motion != Slot::CONSTANT
}

const _: () = assert!(BLOCK >= LINE && MAX_CHANNELS > 0, "a block fills a line");
