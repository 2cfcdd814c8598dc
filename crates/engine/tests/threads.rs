//! Two threads, as in every program that embeds the engine: one edits, turns knobs, sends notes and reads
//! meters; the other plays. Each does all it may while the other does.
//!
//! That the sound is right is tested elsewhere. This test is small enough to run under Miri, ThreadSanitizer
//! and memcheck, which watch for what no assertion sees: `cargo xtask test --sanitize`.

#![allow(missing_docs, reason = "a test")]

use jackfield_engine::{Executor, Options, ScheduledMidi, Session};
use jackfield_node::prelude::*;
use jackfield_node::{InstructionSet, NoAssets, Output, Registry};
use jackfield_patch::Patch;
use std::thread;

/// How often each thread does what it does. Miri takes a thousand times as long as the machine.
const ROUNDS: usize = if cfg!(miri) { 10 } else { 2_000 };
/// Frames of a callback; the last is longer than a block.
const CALLBACKS: [usize; 3] = [1, 16, 70];

const IN: Input = Input::audio(0, "in", "Signal.");
const GAIN: Input = Input::knob(1, "gain", Knob::number(-2.0, 2.0, 1.0), "Factor.");
const OUT: Output = Output::audio(0, "out", "Signal.");

/// Adds up what comes in, with a factor: state, a knob, lanes.
static SUM: NodeSpec = NodeSpec::lanes::<Sum>("maths.sum", "Sum", Category::Maths)
    .summary("Adds up.")
    .inputs(&[IN, GAIN])
    .outputs(&[OUT])
    .checked();

lane_state! { struct SumState<V> { sum: Lanes<V> } }

struct Sum;
impl LaneNode for Sum {
    type State<V: Vector> = SumState<V>;
    type Config = NoConfig;
    #[inline(always)]
    fn process<V: Vector>(state: &mut SumState<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let (input, gain, mut out) = (io.input(IN), io.input(GAIN), io.output(OUT));
        for frame in io.frames() {
            state.sum = (state.sum + input.at(frame) * gain.at(frame)).clamp(-1.0, 1.0);
            out.set(frame, state.sum);
        }
    }
}

/// Plays the device's input and the velocities that come in as MIDI: memory on the heap.
static KEYS: NodeSpec = NodeSpec::block::<Keys>("device.keys", "Keys", Category::Device)
    .summary("Hears keys.")
    .outputs(&[OUT])
    .checked();

struct Keys(Vec<f32>);
impl BlockNode for Keys {
    type Config = NoConfig;
    fn new(_: &NoConfig, _: &Setup, _: u32) -> Self {
        Self(vec![0.0; 1])
    }
    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        for event in io.events() {
            self.0[0] = f32::from(event.midi[2]) / 127.0;
        }
        let held = self.0[0];
        io.output(OUT).fill(held);
    }
    fn reset(&mut self) {}
}

static SINK: NodeSpec = NodeSpec::block::<Sink>("device.sink", "Sink", Category::Device)
    .summary("Is heard.")
    .inputs(&[IN])
    .sink()
    .checked();

struct Sink;
impl BlockNode for Sink {
    type Config = NoConfig;
    fn new(_: &NoConfig, _: &Setup, _: u32) -> Self {
        Self
    }
    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let samples = io.input(IN);
        if let Some(out) = io.device_output(0) {
            out.copy_from_slice(samples);
        }
    }
    fn reset(&mut self) {}
}

/// Keys through a loop of two sums; the second way has another one between.
fn patches() -> [Patch; 2] {
    let registry = Registry::new(&[&SUM, &KEYS, &SINK]).expect("three ids");
    let nodes = r#""keys": {"type": "device.keys"}, "a": {"type": "maths.sum", "knobs": {"gain": 0.01}},
        "out": {"type": "device.sink"}"#;
    let back = r#"{"from": "a.out", "to": "a.in", "depth": -0.5}"#;
    let short = format!(
        r#"{{"jackfield": 1, "nodes": {{{nodes}}}, "cables": [{{"from": "keys.out", "to": "a.in"}}, {back},
            {{"from": "a.out", "to": "out.in"}}]}}"#
    );
    let long = format!(
        r#"{{"jackfield": 1, "nodes": {{{nodes}, "b": {{"type": "maths.sum"}}}}, "cables": [
            {{"from": "keys.out", "to": "b.in"}}, {{"from": "b.out", "to": "a.in"}}, {back},
            {{"from": "a.out", "to": "out.in"}}]}}"#
    );
    [short, long].map(|text| jackfield_patch::read(&text, &registry).expect("a good patch").0)
}

/// What the audio thread does: the frames it has played, and the loudest of them.
fn play(mut executor: Executor) -> (Executor, u64, f32) {
    let (mut frames, mut peak) = (0, 0.0_f32);
    for round in 0..ROUNDS {
        let mut output = [0.0; CALLBACKS[2]];
        let output = &mut output[..CALLBACKS[round % CALLBACKS.len()]];
        executor.process(&[], 0, output, 1);
        frames += output.len() as u64;
        peak = output.iter().fold(peak, |peak, sample| peak.max(sample.abs()));
        thread::yield_now();
    }
    (executor, frames, peak)
}

/// What the control thread does.
fn edit(session: &mut Session, patches: &[Patch; 2]) {
    let mut probe = None;
    let mut waveform = Vec::new();
    for round in 0..ROUNDS {
        match round % 8 {
            0 => drop(session.update(&patches[round / 8 % 2])),
            1 => session.set_knob("a", "gain", round as f32 % 3.0 * 0.01).expect("there is such a knob"),
            // A queue that is full is an answer too.
            2 => drop(session.schedule_midi(ScheduledMidi { frame: session.clock(), midi: [0x90, 60, 100] })),
            3 => probe = session.probe("a", "out", 64).ok(),
            4 => drop(session.play().and_then(|()| session.set_tempo(90.0 + round as f64 % 60.0))),
            5 => session.measure_nodes(round % 16 == 5),
            6 => {
                if let Some(probe) = &mut probe {
                    probe.listen(round % 16 == 6);
                    assert!(probe.levels().peak <= 1.0);
                    probe.read_waveform(&mut waveform);
                }
            }
            _ => drop(session.node_times()),
        }
        session.poll();
        assert!(session.transport().beat >= 0.0 && session.load().read().callbacks <= ROUNDS as u64);
        thread::yield_now();
    }
    assert!(waveform.iter().all(|sample| sample.abs() <= 1.0));
}

#[test]
fn one_edits_while_the_other_plays() {
    let patches = patches();
    // The sets of wide machines are more than Miri knows.
    let (width, instruction_set) =
        if cfg!(miri) { (1, InstructionSet::Baseline) } else { (16, InstructionSet::best()) };
    let options = Options::default().with_width(width).with_instruction_set(instruction_set);
    let (mut session, executor) = Session::new(options, Box::new(NoAssets)).expect("good options");
    assert_eq!(session.update(&patches[0]).problems, []);
    let (mut executor, frames, peak) = thread::scope(|scope| {
        let audio = scope.spawn(|| play(executor));
        edit(&mut session, &patches);
        audio.join().expect("the audio thread does not panic")
    });
    assert_eq!(session.clock(), frames);
    assert!((0.0..=1.0).contains(&peak), "{peak}");
    assert_eq!(session.faults(), []);

    // What it plays in the end is what was asked for last, with all that faded gone.
    session.schedule_midi(ScheduledMidi { frame: 0, midi: [0x90, 60, 127] }).expect("there is room");
    session.update(&patches[0]);
    let mut output = [0.0; 480];
    for _ in 0..4 {
        executor.process(&[], 0, &mut output, 1);
        session.poll();
    }
    assert!(output[479] > 0.0, "the key is heard");
    assert!(!session.is_waiting(), "the last plan was taken up");
}
