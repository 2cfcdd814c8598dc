//! The audio thread neither allocates nor frees nor locks, while another thread edits a large patch as fast
//! as it can; and what was retired is freed in the end.
//!
//! That nothing locks can't be measured directly. Two things stand for it: the engine's sources hold no
//! lock, and the executor plays on while the session is stopped in the middle of an update.

use crate::support::blocks::{DELAY, NOTES, SINK, VOICES_SPEC};
use crate::support::edits::{Dice, Editing};
use crate::support::nodes::{GAIN_SPEC, MEMORY, NOISE, RAMP, SIGN, SINE, SUM};
use crate::support::play::RenderConfig;
use crate::support::random::Palette;
use crate::support::sketch::Sketch;
use jackfield_engine::{Executor, Session};
use jackfield_node::prelude::*;
use jackfield_node::{NoAssets, Output};
use jackfield_patch::{Edit, Patch};
use jackfield_testkit::allocation;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const IN: Input = Input::audio(0, "in", "Signal.");
const OUT: Output = Output::audio(0, "out", "Signal.");
const NUMBER: Setting = Setting::count(0, "number", 0, 1000, 0, "Makes another config.");

/// Instances and configs of [`COUNTED`] that are alive: they live as long as the plans that hold them.
static ALIVE: AtomicUsize = AtomicUsize::new(0);

/// Passes its signal and counts itself.
static COUNTED: NodeSpec = NodeSpec::block::<Counted>("effect.counted", "Counted", Category::Effect)
    .summary("Counts itself.")
    .inputs(&[IN])
    .outputs(&[OUT])
    .settings(&[NUMBER])
    .checked();

/// Counts up while it exists.
struct Alive;
impl Alive {
    fn new() -> Self {
        ALIVE.fetch_add(1, Ordering::Relaxed);
        Self
    }
}
impl Drop for Alive {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Counted {
    _alive: Alive,
}
struct CountedConfig {
    _alive: Alive,
}
impl Configure for CountedConfig {
    fn configure(_: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok(Self { _alive: Alive::new() })
    }
}
impl BlockNode for Counted {
    type Config = CountedConfig;
    fn new(_: &CountedConfig, _: &Setup, _: u32) -> Self {
        Self { _alive: Alive::new() }
    }
    fn process(&mut self, _: &CountedConfig, io: &mut BlockIo<'_>) {
        let input = io.input(IN);
        io.output(OUT).copy_from_slice(input);
    }
    fn reset(&mut self) {}
}

static NODES: Palette =
    &[&RAMP, &GAIN_SPEC, &SIGN, &MEMORY, &NOISE, &SUM, &DELAY, &SINE, &NOTES, &COUNTED, &VOICES_SPEC];

/// Edits made while the executor runs.
const EDITS: usize = 10_000;

/// A random patch of this many nodes.
fn large_patch(nodes: usize, dice: &mut Dice) -> Patch {
    let mut patch = Sketch::new().node("out", &SINK).patch;
    let editing = Editing { palette: NODES, is_protected: &|_| false, size: nodes };
    while patch.node_count() < nodes || patch.cable_count() < nodes * 3 / 2 {
        let edit = editing.edit(&patch, dice);
        let is_wanted = match &edit {
            Edit::Connect { .. } | Edit::SetKnob { .. } => true,
            // Few voices, so that the test is about edits.
            Edit::AddNode(node) => node.type_id() != VOICES_SPEC.id || dice.below(20) == 0,
            _ => false,
        };
        if is_wanted {
            patch.apply(edit).expect("the edit fits");
        }
    }
    patch
}

/// Plays like a device in a hurry until told to stop. Violations, and callbacks made.
fn play(executor: &mut Executor, stop: &AtomicBool) -> (u32, usize) {
    let mut output = vec![0.0; 480 * 2];
    let input = vec![0.25; 480];
    let (mut violations, mut callbacks) = (0, 0);
    while !stop.load(Ordering::Relaxed) {
        let frames = [64, 1, 480, 7, 128][callbacks % 5];
        let heard = &mut output[..frames * 2];
        let ((), found) = allocation::count(|| executor.process(&input[..frames], 1, heard, 2));
        violations += found;
        callbacks += 1;
        thread::yield_now();
    }
    (violations, callbacks)
}

/// Random edits, each heard at once; what else a program does in between.
fn edit(session: &mut Session, patch: &mut Patch, dice: &mut Dice) {
    let other = Arc::new(patch.clone());
    let editing = Editing { palette: NODES, is_protected: &|id| id == "out", size: 500 };
    let mut probe = None;
    for turn in 0..EDITS {
        let edit = match turn % 500 {
            250 => Edit::Replace(Box::new((*other).clone())),
            _ => editing.edit(patch, dice),
        };
        if let Edit::SetKnob { id, input, value } = &edit {
            // Most knobs are turned without a compilation.
            let _ = session.set_knob(id, input, *value);
        }
        patch.apply(edit).expect("the edit fits");
        session.update(patch);
        match turn % 16 {
            3 => {
                probe = patch.nodes().nth(dice.below(400)).and_then(|(_, node)| {
                    session.probe(&node.id, node.spec()?.outputs.first()?.name, 64).ok()
                });
            }
            5 => drop(probe.take()),
            9 => session.measure_nodes(turn % 32 == 9),
            _ => {}
        }
        session.poll();
        session.faults();
    }
}

#[test]
fn ten_thousand_edits_of_a_large_patch() {
    assert!(allocation::is_installed());
    let mut dice = Dice(1);
    let mut patch = large_patch(500, &mut dice);
    let (mut session, mut executor) = RenderConfig::default().play(&patch);
    let stop = AtomicBool::new(false);
    let begin = Instant::now();
    let (mut executor, (violations, callbacks)) = thread::scope(|scope| {
        let audio = scope.spawn(|| {
            let result = play(&mut executor, &stop);
            (executor, result)
        });
        edit(&mut session, &mut patch, &mut dice);
        let alive = ALIVE.load(Ordering::Relaxed);
        // Instances, configs, and those of what still fades or waits to be freed.
        assert!(alive < 5_000, "{alive} are alive after {EDITS} edits");
        stop.store(true, Ordering::Relaxed);
        audio.join().expect("the audio thread does not panic")
    });
    println!("{EDITS} edits, {callbacks} callbacks in {:?}", begin.elapsed());
    assert!(callbacks > EDITS / 10, "both ran at once: {callbacks} callbacks");
    assert_eq!(violations, 0, "allocations and frees on the audio thread");

    session.update(&Patch::new());
    for _ in 0..20 {
        executor.process(&[], 0, &mut [0.0; 960], 2);
        session.poll();
    }
    session.update(&Patch::new());
    executor.process(&[], 0, &mut [0.0; 960], 2);
    session.poll();
    assert_eq!(ALIVE.load(Ordering::Relaxed), 0, "plans that retired are freed with all they held");
}

/// A device that is opened anew calls back on another thread; there the first callback is like any other.
#[test]
fn the_first_callback_of_every_thread_counts() {
    assert!(allocation::is_installed());
    let sine = Sketch::new().node("sine", &SINE).node("out", &SINK).cable("sine.out", "out.left");
    let (mut session, mut executor) = RenderConfig::default().play(&sine.patch);
    for round in 0..4 {
        session.update(&sine.clone().knob("sine", "frequency", 100.0 + round as f32).patch);
        let violations = thread::scope(|scope| {
            let audio = scope.spawn(|| {
                let mut output = [0.0; 960];
                let ((), first) = allocation::count(|| executor.process(&[], 0, &mut output, 2));
                let ((), second) = allocation::count(|| executor.process(&[], 0, &mut output, 2));
                (first, second)
            });
            audio.join().expect("the audio thread does not panic")
        });
        assert!(!session.is_waiting(), "the plan was taken up");
        assert_eq!(violations, (0, 0), "allocations and frees on thread {round}");
    }
}

/// Stops whoever prepares it until the test goes on.
static SLOW: NodeSpec = NodeSpec::block::<Slow>("effect.slow", "Slow", Category::Effect)
    .summary("Takes its time to prepare.")
    .inputs(&[IN])
    .outputs(&[OUT])
    .checked();

static IS_PREPARING: AtomicBool = AtomicBool::new(false);
static MAY_GO_ON: AtomicBool = AtomicBool::new(false);

fn wait_for(flag: &AtomicBool) {
    let begin = Instant::now();
    while !flag.load(Ordering::Acquire) {
        assert!(begin.elapsed() < Duration::from_secs(20), "the other thread does not go on");
        thread::yield_now();
    }
}

struct Slow;
impl BlockNode for Slow {
    type Config = NoConfig;
    fn new(_: &NoConfig, _: &Setup, _: u32) -> Self {
        IS_PREPARING.store(true, Ordering::Release);
        wait_for(&MAY_GO_ON);
        Self
    }
    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        io.silence();
    }
    fn reset(&mut self) {}
}

#[test]
fn the_executor_plays_on_while_the_session_is_stopped() {
    let sine = Sketch::new().node("sine", &SINE).node("out", &SINK).cable("sine.out", "out.left");
    let slow = sine.clone().node("slow", &SLOW).cable("sine.out", "slow.in").cable("slow.out", "out.left");
    let options = jackfield_engine::Options::default();
    let (mut session, mut executor) =
        Session::new(options, Box::new(NoAssets)).expect("the options are good");
    session.update(&sine.patch);
    thread::scope(|scope| {
        let audio = scope.spawn(|| {
            wait_for(&IS_PREPARING);
            let mut output = [0.0; 4_800];
            executor.process(&[], 0, &mut output, 1);
            MAY_GO_ON.store(true, Ordering::Release);
            output.iter().any(|sample| sample.abs() > 0.9)
        });
        // Stops in the middle of compiling, with the new instance half made.
        session.update(&slow.patch);
        assert!(audio.join().expect("the audio thread does not panic"), "the old plan plays");
    });
}

#[test]
fn the_engine_has_no_locks() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/engine/src")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let text = std::fs::read_to_string(&path).expect("the file can be read");
            for word in ["Mutex", "RwLock", "Condvar", "OnceLock", "LazyLock", "mpsc", "park(", "sleep("] {
                assert!(!text.contains(word), "{} uses {word}", path.display());
            }
        }
    }
    assert!(files > 20, "the sources were found");
}
