//! The session: the control side of the engine. Compiles patches, hands plans over, turns knobs, sends
//! events, reads probes, and frees what the executor is done with. Control thread only.

mod configs;
mod delay_lines;
mod error;
mod live;
mod report;
mod states;
mod taps;
mod transition;
mod transport;

use crate::clock::Instant;
use crate::compile::{self, CompileInput, ProbeRequest, Target};
use crate::event::{Command, ScheduledCommand, ScheduledMidi};
use crate::executor::{Executor, Queues};
use crate::fault::Fault;
use crate::graph::Graph;
use crate::handover::Shared;
use crate::load::LoadMeter;
use crate::plan::Plan;
use crate::transport::TransportCell;
use configs::Configs;
pub use error::EngineError;
use jackfield_node::{
    Asset, AssetError, AssetSource, ChannelChoice, ConfigError, FileTrouble, InstructionSet, Setup,
    TransportChange,
};
use jackfield_patch::{EditError, Node, Patch};
use live::Live;
pub use report::{NodeTime, Problem, Report};
use rtrb::{Consumer, Producer, RingBuffer};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use taps::ProbeBinding;

/// Messages under way to the executor.
const QUEUE: usize = 16_384;
/// Changes of the transport under way to it.
const TRANSPORT_CHANGES: usize = 64;
/// Faults under way from it.
const FAULTS: usize = 256;
/// MIDI messages under way from it.
const SENT: usize = 4096;

/// How a session plays. More choices may come, so it is made of its default:
/// `Options::at(96_000.0).with_width(4)`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Frames per second, 8,000 to 384,000.
    pub sample_rate: f32,
    /// Most lanes in a pack: 1 (no packing), 4, 8 or 16; no more are taken than the instruction set
    /// [has](InstructionSet::lanes). Changes speed, never sound.
    pub width: usize,
    /// The instruction set kernels run under. Changes speed, never sound.
    pub instruction_set: InstructionSet,
}

impl Default for Options {
    fn default() -> Self {
        Self { sample_rate: 48_000.0, width: 16, instruction_set: InstructionSet::best() }
    }
}

impl Options {
    /// So many frames per second, as fast as this machine can.
    pub fn at(sample_rate: f32) -> Self {
        Self { sample_rate, ..Self::default() }
    }

    /// With so many lanes in a pack at most.
    #[must_use]
    pub fn with_width(self, width: usize) -> Self {
        Self { width, ..self }
    }

    /// With kernels of this instruction set.
    #[must_use]
    pub fn with_instruction_set(self, instruction_set: InstructionSet) -> Self {
        Self { instruction_set, ..self }
    }
}

/// The control side of the engine. It may move between threads, but all its functions belong to one at a
/// time, and never to the audio thread: they allocate and compile.
///
/// ```
/// use jackfield_engine::{EngineError, NoAssets, Options, Patch, Session};
///
/// let (mut session, mut executor) = Session::new(Options::default(), Box::new(NoAssets))?;
/// let report = session.update(&Patch::new());
/// assert!(report.problems.is_empty(), "every node plays");
///
/// // The audio thread calls this; here it fills 10 ms of two channels.
/// executor.process(&[], 0, &mut [0.0; 2 * 480], 2);
/// assert_eq!(session.clock(), 480);
///
/// // Now and then the session frees what the executor is done with.
/// session.poll();
/// let missing = session.set_knob("filter", "cutoff", 800.0);
/// assert_eq!(missing, Err(EngineError::Node { node: "filter".into() }));
/// # Ok::<(), EngineError>(())
/// ```
pub struct Session {
    options: Options,
    assets: Box<dyn AssetSource + Send>,
    shared: Arc<Shared>,
    plan: Arc<Plan>,
    /// Plans the executor may still hold.
    retired: VecDeque<Arc<Plan>>,
    epoch: u64,
    live: Live,
    configs: Configs,
    tapped: Vec<ProbeBinding>,
    transport: Arc<TransportCell>,
    /// As the patch last said.
    tempo: f32,
    queue: Producer<ScheduledCommand>,
    transport_changes: Producer<TransportChange>,
    faults: Consumer<Fault>,
    sent: Consumer<ScheduledMidi>,
}

impl Session {
    /// A silent session and the executor that plays it. Files come from `assets`. Control thread.
    ///
    /// # Errors
    /// [`EngineError::SampleRate`], [`EngineError::Width`] or [`EngineError::InstructionSet`] when an option
    /// is out of range or the machine lacks it.
    pub fn new(
        options: Options,
        assets: Box<dyn AssetSource + Send>,
    ) -> Result<(Self, Executor), EngineError> {
        if !(8_000.0..=384_000.0).contains(&options.sample_rate) {
            return Err(EngineError::SampleRate(options.sample_rate as u32));
        }
        if ![1, 4, 8, 16].contains(&options.width) {
            return Err(EngineError::Width(options.width));
        }
        if options.instruction_set > InstructionSet::best() {
            return Err(EngineError::InstructionSet(options.instruction_set));
        }
        let mut live = Live::default();
        let transport = Arc::new(TransportCell::new(options.sample_rate));
        let target = target(&options, 0, &transport);
        let plan = Arc::new(compile::compile(
            &Graph::default(),
            &CompileInput::default(),
            &[],
            &target,
            &mut live.states(&options, &*assets, 0, 0),
        ));
        let shared = Arc::new(Shared::new(&plan));
        let (queue, for_executor) = RingBuffer::new(QUEUE);
        let (transport_changes, changes_for_executor) = RingBuffer::new(TRANSPORT_CHANGES);
        let (from_executor, faults) = RingBuffer::new(FAULTS);
        let (sent_by_executor, sent) = RingBuffer::new(SENT);
        let executor = Executor::new(
            shared.clone(),
            plan.clone(),
            Queues {
                events: for_executor,
                transport: changes_for_executor,
                faults: from_executor,
                sent: sent_by_executor,
            },
        );
        let session = Self {
            options,
            assets,
            shared,
            plan,
            retired: VecDeque::new(),
            epoch: 0,
            live,
            configs: Configs::default(),
            tapped: Vec::new(),
            transport,
            tempo: Patch::default().tempo,
            queue,
            transport_changes,
            faults,
            sent,
        };
        Ok((session, executor))
    }

    /// Plays this patch from now on. What is equal to before plays on untouched; what is new fades in,
    /// what is gone fades out. The first patch begins at once. A node that can't play is silent, and named in
    /// the report. Boxes play as if what they hold stood in their place: nodes in them go by their path, like
    /// `voice/filter`, here and in all that the session tells. Control thread.
    pub fn update(&mut self, patch: &Patch) -> Report {
        let begin = Instant::now();
        let flat = match patch.flatten() {
            Ok(flat) => flat,
            Err(error) => return Self::refused(patch, &error, begin),
        };
        let setup = Setup { sample_rate: self.options.sample_rate, assets: &*self.assets };
        let clock = self.clock();
        let problems = self.live.follow(&flat, &mut self.configs, &setup, clock);
        self.follow_tempo(patch.tempo);
        self.shared.turned.fetch_add(1, Ordering::Release);
        self.publish();
        Report { problems, took: begin.elapsed() }
    }

    /// What plays goes on; the boxes of the patch are told to be too much.
    fn refused(patch: &Patch, error: &EditError, begin: Instant) -> Report {
        let boxes = patch.nodes().filter(|(_, node)| patch.definition_of(node).is_some());
        let problem = |node: &Node| Problem {
            node: node.id.clone(),
            error: ConfigError::Box { problem: error.to_string() },
        };
        let problems = boxes.map(|(_, node)| problem(node)).take(1).collect();
        Report { problems, took: begin.elapsed() }
    }

    /// Turns a knob; it moves smoothly within about 10 ms. `shown` is in the unit that people see (800 for
    /// 800 Hz) and limited to the knob's range. Nothing is compiled. Control thread.
    ///
    /// # Errors
    /// [`EngineError::Node`] or [`EngineError::Port`] when no such node plays or it has no such knob.
    pub fn set_knob(&mut self, node: &str, input: &str, shown: f32) -> Result<(), EngineError> {
        for (param, value) in self.live.knobs(node, input, shown)? {
            param.set_target(value);
        }
        self.shared.turned.fetch_add(1, Ordering::Release);
        Ok(())
    }

    /// Lets a knob turn at a frame of the executor's clock. Sent in the order of frames, with MIDI messages
    /// and changes of the transport. Control thread.
    ///
    /// # Errors
    /// As for [`set_knob`](Self::set_knob), and [`EngineError::QueueFull`] when too many messages are under
    /// way.
    pub fn schedule_knob(
        &mut self,
        frame: u64,
        node: &str,
        input: &str,
        shown: f32,
    ) -> Result<(), EngineError> {
        let knobs = self.live.knobs(node, input, shown)?;
        if self.queue.slots() < knobs.len() {
            return Err(EngineError::QueueFull);
        }
        for (param, value) in knobs {
            let command = Command::Param { serial: param.serial, value };
            self.schedule(ScheduledCommand { frame, command })?;
        }
        Ok(())
    }

    /// Sends a MIDI message. Messages must be sent in the order of their frames. Control thread.
    ///
    /// # Errors
    /// [`EngineError::QueueFull`] when too many messages are under way.
    pub fn schedule_midi(&mut self, message: ScheduledMidi) -> Result<(), EngineError> {
        self.schedule(ScheduledCommand { frame: message.frame, command: Command::Midi(message.midi) })
    }

    fn schedule(&mut self, message: ScheduledCommand) -> Result<(), EngineError> {
        self.queue.push(message).map_err(|_| EngineError::QueueFull)
    }

    /// How many more messages can be sent before the executor takes some. Control thread.
    pub fn free_events(&self) -> usize {
        self.queue.slots()
    }

    /// Frees what the executor is done with and, once fades have ended, publishes a plan without
    /// them. Call it now and then, 10 to 100 times a second; true when a plan was published. Control thread.
    pub fn poll(&mut self) -> bool {
        self.free();
        let tap_is_done = self.tapped.iter().any(|tapped| tapped.is_lost() || tapped.has_settled());
        if !tap_is_done && !self.live.has_settled(&self.plan, self.clock()) {
            return false;
        }
        self.tapped.retain(|tapped| !tapped.is_lost());
        self.shared.turned.fetch_add(1, Ordering::Release);
        self.publish();
        true
    }

    /// Compiles what is live and hands the plan over.
    fn publish(&mut self) {
        self.free();
        self.epoch += 1;
        let clock = self.clock();
        let fades = clock > 0;
        for tapped in &mut self.tapped {
            tapped.follow(&self.live, fades);
        }
        let held: Vec<u32> = self.tapped.iter().flat_map(ProbeBinding::held_nodes).collect();
        let (graph, prepared) = self.live.next_graph(&self.plan, clock, &held);
        let probes: Vec<ProbeRequest> =
            self.tapped.iter().flat_map(|tapped| tapped.requests(&self.live)).collect();
        let adopted = self.shared.adopted();
        self.live.forget_history(adopted);
        let mut states = self.live.states(&self.options, &*self.assets, self.epoch, clock);
        let target = target(&self.options, self.epoch, &self.transport);
        let plan = Arc::new(compile::compile(&graph, &prepared, &probes, &target, &mut states));
        self.live.record_delays(&plan);
        self.live.delay_late_fades(&plan, clock);
        self.shared.publish(plan.clone());
        self.retired.push_back(std::mem::replace(&mut self.plan, plan));
    }

    fn free(&mut self) {
        let adopted = self.shared.adopted();
        while self.retired.front().is_some_and(|plan| plan.epoch < adopted) {
            self.retired.pop_front();
        }
        self.configs.forget_unused();
    }

    /// The file at a path as patches write it, in one or two channels, at the session's sample rate, from
    /// where nodes get theirs. Control thread; reads the disk.
    ///
    /// # Errors
    /// What the source of files has against it: missing, unreadable, too large.
    pub fn asset(&self, path: &str) -> Result<Arc<Asset>, AssetError> {
        self.assets.load_stereo(path, self.options.sample_rate, ChannelChoice::All)
    }

    /// What went wrong with files, or is odd about them, since this was last asked. Control thread.
    pub fn file_troubles(&self) -> Vec<FileTrouble> {
        self.assets.file_troubles()
    }

    /// Lets nodes wait for the disk, or not.
    pub(crate) fn wait_for_disk(&self, waits: bool) {
        self.assets.wait_for_disk(waits);
    }

    /// The plan published last. Control thread.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Frames the executor has computed. Control thread.
    pub fn clock(&self) -> u64 {
        self.shared.clock.load(Ordering::Acquire)
    }

    /// Frames per second. Control thread.
    pub fn sample_rate(&self) -> f32 {
        self.options.sample_rate
    }

    /// Whether a plan waits to be taken up by the executor. Control thread.
    pub fn is_waiting(&self) -> bool {
        self.shared.adopted() != self.epoch
    }

    /// The executor's load. Control thread; the meter itself may be read on any.
    pub fn load(&self) -> &LoadMeter {
        &self.shared.load
    }

    /// Nodes that made infinite or NaN samples since the last call. Control thread.
    pub fn faults(&mut self) -> Vec<Fault> {
        std::iter::from_fn(|| self.faults.pop().ok()).collect()
    }

    /// Begins or ends measuring the time of every node, which itself takes time. Control thread.
    pub fn measure_nodes(&mut self, on: bool) {
        self.shared.measures_steps.store(on, Ordering::Relaxed);
    }

    /// Time every node of the current plan has taken while it was measured. Control thread.
    pub fn node_times(&self) -> Vec<NodeTime> {
        self.plan.node_times()
    }
}

fn target(options: &Options, epoch: u64, transport: &Arc<TransportCell>) -> Target {
    let widest = options.instruction_set.lanes().last().copied().unwrap_or(1);
    Target {
        sample_rate: options.sample_rate,
        width: options.width.min(widest),
        instruction_set: options.instruction_set,
        epoch,
        transport: transport.clone(),
    }
}
