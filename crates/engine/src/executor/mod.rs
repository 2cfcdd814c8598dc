//! The executor: plays plans. Everything here runs on the audio thread: no allocation, no lock, no free,
//! no I/O, no panic.
//!
//! A callback of any size is cut into blocks of at most 64 frames, which also end where an automation
//! event falls. Cutting changes no bit of the sound.

mod adopt;
mod controls;
mod denormals;
mod faults;
mod gather;
mod monitor_bus;
mod run;
mod sounding_voices;

pub use denormals::flush_denormals;

use crate::clock::Instant;
use crate::event::{Command, ScheduledCommand, ScheduledMidi};
use crate::fault::Fault;
use crate::handover::Shared;
use crate::plan::Plan;
use crate::smoothed_param::SmoothingConstants;
use crate::{BLOCK, MAX_CHANNELS};
use jackfield_node::{Event, MidiOut, TransportChange};
use rtrb::{Consumer, Producer};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Most MIDI messages in one block; further ones wait for the next.
const MAX_EVENTS: usize = 256;

/// Most MIDI messages that nodes send in one block; further ones are dropped.
const MAX_SENT: usize = 256;

/// The executor's ends of what runs between it and the session.
pub(crate) struct Queues {
    pub(crate) events: Consumer<ScheduledCommand>,
    pub(crate) transport: Consumer<TransportChange>,
    pub(crate) faults: Producer<Fault>,
    pub(crate) sent: Producer<ScheduledMidi>,
}

/// Plays the plans of one session. Move it to the audio thread: there it neither allocates nor frees nor
/// locks, from its first call on and on any thread.
///
/// ```
/// use jackfield_engine::{NoAssets, Options, Patch, Session};
///
/// let (mut session, mut executor) = Session::new(Options::default(), Box::new(NoAssets))?;
/// session.update(&Patch::new());
/// let audio = std::thread::spawn(move || {
///     // One input channel, two output channels, interleaved, in callbacks of any size.
///     let mut output = [1.0; 2 * 100];
///     executor.process(&[0.25; 100], 1, &mut output, 2);
///     (executor.clock(), output)
/// });
/// let (clock, output) = audio.join().expect("it does not panic");
/// assert_eq!((clock, output), (100, [0.0; 200]), "an empty patch is silent");
/// # Ok::<(), jackfield_engine::EngineError>(())
/// ```
pub struct Executor {
    shared: Arc<Shared>,
    plan: Arc<Plan>,
    has_started: bool,
    clock: u64,
    /// The count of new targets seen last; none if parameters must be looked at anyway.
    turned: Option<u64>,
    constants: SmoothingConstants,
    queues: Queues,
    /// The next message of the queue, whose time has not come.
    waiting: Option<ScheduledCommand>,
    /// MIDI of the block being computed, then that of the frame behind it.
    events: Vec<Event>,
    /// The block's MIDI once more, all at frame 0: what a frame of a feedback loop reads.
    events_by_frame: Vec<Event>,
    /// MIDI that nodes send in the block being computed.
    sent: MidiOut,
    /// Frames of the block before.
    last_block: usize,
    from_device: Vec<Vec<f32>>,
    to_device: Vec<Vec<f32>>,
    monitor: monitor_bus::MonitorBus,
}

impl Executor {
    /// Control thread.
    pub(crate) fn new(shared: Arc<Shared>, plan: Arc<Plan>, queues: Queues) -> Self {
        let channels = || vec![vec![0.0; BLOCK]; MAX_CHANNELS];
        let sample_rate = plan.sample_rate;
        Self {
            constants: SmoothingConstants::new(plan.sample_rate),
            shared,
            plan,
            has_started: false,
            clock: 0,
            turned: None,
            queues,
            waiting: None,
            events: Vec::with_capacity(MAX_EVENTS),
            events_by_frame: Vec::with_capacity(MAX_EVENTS),
            sent: MidiOut::with_room_for(MAX_SENT),
            last_block: 0,
            from_device: channels(),
            to_device: channels(),
            monitor: monitor_bus::MonitorBus::new(sample_rate),
        }
    }

    /// Computes as many frames as `output` has room for, both sides interleaved. Channels the patch does
    /// not write are silent; channels beyond [`MAX_CHANNELS`] as well. An `input` that is too short
    /// is taken as silence where it ends. Audio thread.
    pub fn process(
        &mut self,
        input: &[f32],
        input_channels: usize,
        output: &mut [f32],
        output_channels: usize,
    ) {
        let begin = Instant::now();
        let frames = output.len().checked_div(output_channels).unwrap_or(0);
        flush_denormals(|| self.all_blocks(input, input_channels, output, output_channels, frames));
        self.shared.load.count(begin.elapsed(), frames, self.plan.sample_rate);
    }

    fn all_blocks(
        &mut self,
        input: &[f32],
        input_channels: usize,
        output: &mut [f32],
        output_channels: usize,
        frames: usize,
    ) {
        self.take_newest_plan();
        while let Ok(change) = self.queues.transport.pop() {
            self.change_transport(change);
        }
        let mut done = 0;
        while done < frames {
            let block = self.next_block(frames - done);
            self.read_device(input, input_channels, done, block);
            self.compute(block, input_channels, output_channels);
            self.write_device(output, output_channels, done, block);
            done += block;
        }
    }

    /// Frames computed so far. Audio thread; elsewhere ask the session.
    pub fn clock(&self) -> u64 {
        self.clock
    }

    fn take_newest_plan(&mut self) {
        if !self.has_started {
            self.has_started = true;
            let plan = self.plan.clone();
            adopt::load(&plan);
            self.turned = None;
        }
        if let Some(next) = self.shared.take_newest() {
            adopt::store(&self.plan);
            adopt::load(&next);
            let epoch = next.epoch;
            // The session still holds the old plan, so this frees nothing.
            self.plan = next;
            self.turned = None;
            self.shared.adopt(epoch);
        }
    }

    /// Takes due messages from the queue; how many frames until the next thing that ends a block.
    fn next_block(&mut self, rest: usize) -> usize {
        let mut block = rest.min(BLOCK);
        // An automation event may have ended the block before at a frame whose MIDI was taken already.
        let last = self.last_block;
        self.events.retain_mut(|event| {
            let is_due = event.frame >= last;
            event.frame = event.frame.saturating_sub(last);
            is_due
        });
        while let Some(scheduled) = self.waiting.take().or_else(|| self.queues.events.pop().ok()) {
            let ahead = scheduled.frame.saturating_sub(self.clock);
            let ahead = usize::try_from(ahead).unwrap_or(usize::MAX);
            if ahead >= block || self.events.len() == MAX_EVENTS {
                self.waiting = Some(scheduled);
                break;
            }
            match scheduled.command {
                Command::Midi(midi) => self.events.push(Event { frame: ahead, midi }),
                Command::Param { serial, value } if ahead == 0 => self.set_param(serial, value),
                Command::Transport(change) if ahead == 0 => self.change_transport(change),
                Command::Param { .. } | Command::Transport(_) => {
                    self.waiting = Some(scheduled);
                    block = ahead;
                    break;
                }
            }
        }
        self.last_block = block;
        block
    }

    fn change_transport(&mut self, change: TransportChange) {
        // SAFETY: this is the executor, and no kernel runs.
        unsafe { self.plan.transport.get() }.change(change, self.plan.sample_rate);
    }

    /// An automation event: sets the target of a parameter of this plan.
    fn set_param(&mut self, serial: u32, value: f32) {
        let found = self.plan.by_serial.binary_search_by_key(&serial, |(serial, _)| *serial);
        if let Ok(position) = found {
            let (_, param) = self.plan.by_serial[position];
            self.plan.params[param].param.set_target(value);
            self.turned = None;
        }
    }

    fn read_device(&mut self, input: &[f32], channels: usize, first: usize, frames: usize) {
        for (channel, samples) in self.from_device.iter_mut().take(channels).enumerate() {
            for (frame, sample) in samples[..frames].iter_mut().enumerate() {
                *sample = input.get((first + frame) * channels + channel).copied().unwrap_or(0.0);
            }
        }
    }

    fn write_device(&self, output: &mut [f32], channels: usize, first: usize, frames: usize) {
        let end = first + frames;
        for (frame, samples) in
            output[first * channels..end * channels].chunks_exact_mut(channels).enumerate()
        {
            for (channel, sample) in samples.iter_mut().enumerate() {
                *sample = self.to_device.get(channel).map_or(0.0, |samples| samples[frame]);
            }
        }
    }

    /// Computes one block into `to_device`.
    fn compute(&mut self, frames: usize, input_channels: usize, output_channels: usize) {
        let inputs = input_channels.min(MAX_CHANNELS);
        let outputs = output_channels.min(MAX_CHANNELS);
        for samples in &mut self.to_device[..outputs] {
            samples[..frames].fill(0.0);
        }
        let turned = self.shared.turned.load(Ordering::Acquire);
        // SAFETY: this executor is the one that runs the plan, and this is its only reference to the
        // plan's scratch memory.
        let scratch = unsafe { self.plan.scratch() };
        controls::update(&self.plan, scratch, self.constants, frames, self.turned != Some(turned));
        self.turned = Some(turned);
        let due = self.events.partition_point(|event| event.frame < frames);
        self.monitor.clear();
        self.events_by_frame.clear();
        self.events_by_frame.extend(self.events[..due].iter().map(|event| Event { frame: 0, ..*event }));
        // SAFETY: this is the executor; kernels only read it while `run` lives.
        let transport = unsafe { &*self.plan.transport.as_ptr() };
        let mut run = run::Run {
            plan: &self.plan,
            first: 0,
            frames,
            in_loop: false,
            clock: self.clock,
            measures: self.shared.measures_steps.load(Ordering::Relaxed),
            events: &self.events[..due],
            events_by_frame: &self.events_by_frame,
            sent: &mut self.sent,
            transport,
            from_device: &self.from_device[..inputs],
            to_device: &mut self.to_device[..outputs],
            faults: &mut self.queues.faults,
            constants: self.constants,
            monitor: &mut self.monitor,
        };
        // SAFETY: the plan's steps only name slots and state of its own scratch.
        unsafe { run.steps(scratch, &self.plan.steps) };
        self.monitor.mix_into(&mut self.to_device[..outputs], frames);
        self.send_midi();
        // SAFETY: this is the executor, and no kernel runs.
        let transport = unsafe { self.plan.transport.get() };
        transport.advance(frames);
        self.shared.transport.store(transport);
        self.clock += frames as u64;
        self.shared.clock.store(self.clock, Ordering::Release);
    }

    /// Hands on what nodes have sent in the block just computed.
    fn send_midi(&mut self) {
        let mut dropped = 0;
        for event in self.sent.events() {
            let message = ScheduledMidi { frame: self.clock + event.frame as u64, midi: event.midi };
            dropped += u64::from(self.queues.sent.push(message).is_err());
        }
        dropped += self.sent.clear();
        if dropped > 0 {
            self.shared.dropped_midi.fetch_add(dropped, Ordering::Relaxed);
        }
    }
}
