//! Scale: large patches compile, play, and cost time and memory in proportion to their size.
//!
//! The figures are printed (`cargo test --test engine scale -- --nocapture`). The bounds here are loose,
//! since tests run unoptimised on any machine; the benchmarks have the strict ones.

use crate::support::blocks::{SINK, VOICES_SPEC};
use crate::support::nodes::{GAIN_SPEC, MEMORY, NOISE, SUM};
use crate::support::play::{RenderConfig, left, render};
use crate::support::sketch::Sketch;
use cpu_time::ThreadTime;
use jackfield_engine::Session;
use jackfield_patch::{Edit, Patch};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Chains of four nodes, each ten of them added up: everything a patch has, many times.
fn patch(nodes: usize) -> Patch {
    let mut sketch = Sketch::new().node("out", &SINK);
    for i in 0..nodes / 4 {
        let (group, is_first) = (format!("sum{}", i / 10), i % 10 == 0);
        if is_first {
            sketch = sketch.node(&group, &SUM).depth(&format!("{group}.out"), "out.left", 0.01);
        }
        let [noise, gain, memory] = ["noise", "gain", "memory"].map(|name| format!("{name}{i}"));
        sketch = sketch
            .node(&noise, &NOISE)
            .node(&gain, &GAIN_SPEC)
            .node(&memory, &MEMORY)
            .count(&memory, "sharpness", 1 + i as u32 % 8)
            .cable(&format!("{noise}.out"), &format!("{gain}.in"))
            .cable(&format!("{gain}.out"), &format!("{memory}.in"))
            .depth(&format!("{memory}.low"), &format!("{group}.in"), 0.5);
        if i % 7 == 0 {
            sketch = sketch.depth(&format!("{memory}.rest"), &format!("{gain}.in"), 0.1);
        }
    }
    while sketch.patch.node_count() < nodes {
        let id = format!("more{}", sketch.patch.node_count());
        sketch = sketch.node(&id, &NOISE);
    }
    sketch.patch
}

/// Tests that measure time take turns, so that none measures another.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The processor's time for the shortest of some compilations: what else the machine does then counts little.
fn compile_time(patch: &Patch) -> (Duration, Session) {
    let (mut session, _executor) = RenderConfig::default().open();
    let mut update = || {
        let begin = ThreadTime::now();
        session.update(patch);
        begin.elapsed()
    };
    let took = (0..15).map(|_| update()).min().expect("it was compiled");
    (took, session)
}

#[test]
fn ten_thousand_nodes_compile_and_play() {
    let _turn = alone();
    let patch = patch(10_000);
    assert_eq!(patch.node_count(), 10_000);
    let (mut session, mut executor) = RenderConfig::default().open();
    let report = session.update(&patch);
    assert_eq!(report.problems, []);
    let begin = Instant::now();
    let sound = left(&render(&mut executor, 4_800, 480));
    let (size, rendered) = (session.plan().size(), begin.elapsed());
    println!(
        "10,000 nodes: compiled in {:?}, {} steps, {} signals, {} KiB; 0.1 s of sound in {rendered:?}",
        report.took,
        size.steps,
        size.slots,
        size.bytes / 1024
    );
    assert!(sound.iter().any(|sample| *sample != 0.0));
    assert!(sound.iter().all(|sample| sample.is_finite()));
    assert!(size.bytes < 64 << 20, "{} bytes", size.bytes);
}

#[test]
fn compile_time_grows_with_the_patch() {
    let _turn = alone();
    let times = [100, 1_000, 10_000].map(|nodes| {
        let (took, session) = compile_time(&patch(nodes));
        println!("{nodes} nodes: {took:?}, {} KiB", session.plan().size().bytes / 1024);
        took
    });
    assert!(times[1] < Duration::from_millis(500), "1,000 nodes took {:?}", times[1]);
    let growth = times[2].as_secs_f64() / times[1].as_secs_f64();
    assert!(growth < 40.0, "ten times the nodes took {growth:.1} times as long");
}

#[test]
fn shapes_that_tempt_an_algorithm_compile_quickly() {
    let _turn = alone();
    let chain = (0..3_000).fold(Sketch::new().node("g0", &NOISE).node("out", &SINK), |sketch, i| {
        let (from, to) = (format!("g{i}"), format!("g{}", i + 1));
        sketch.node(&to, &GAIN_SPEC).cable(&format!("{from}.out"), &format!("{to}.in"))
    });
    let chain = chain.cable("g3000.out", "out.left");
    let ring = chain.clone().depth("g3000.out", "g1.in", 0.5);
    // Every cable of a ring asks for the delay.
    let cables: Vec<_> = ring.patch.cables().map(|(index, ..)| index).collect();
    let marked = cables.into_iter().fold(ring.clone(), |sketch, cable| {
        let ends = sketch.patch.ends(cable).expect("a cable has ends");
        sketch.edit(Edit::SetDelayed { ends, delayed: true })
    });
    let crowd = (0..3_000).fold(Sketch::new().node("out", &SINK), |sketch, i| {
        let id = format!("n{i}");
        sketch.node(&id, &NOISE).depth(&format!("{id}.out"), "out.left", 0.001)
    });
    let ladder = (0..1_000).fold(Sketch::new().node("g0", &NOISE).node("out", &SINK), |sketch, i| {
        let (from, to) = (format!("g{i}.out"), format!("g{}", i + 1));
        let sketch = sketch.node(&to, &GAIN_SPEC).depth(&from, &format!("{to}.in"), 0.5);
        sketch.depth(&from, &format!("{to}.gain"), 0.1)
    });
    let ladder = ladder.cable("g1000.out", "out.left");
    let voices = (0..200).fold(
        Sketch::new().node("g0", &VOICES_SPEC).count("g0", "voices", 40).node("out", &SINK),
        |sketch, i| {
            let (from, to) = (format!("g{i}.out"), format!("g{}", i + 1));
            sketch.node(&to, &GAIN_SPEC).depth(&from, &format!("{to}.in"), 0.9)
        },
    );
    let voices = voices.cable("g200.out", "out.left");
    let names = ["chain", "ring", "marked", "crowd", "ladder", "voices"];
    for (name, sketch) in names.into_iter().zip([chain, ring, marked, crowd, ladder, voices]) {
        let (mut session, mut executor) = RenderConfig::default().open();
        let took = session.update(&sketch.patch).took;
        println!("{name}: {took:?}");
        assert!(took < Duration::from_secs(2), "{name} took {took:?}");
        render(&mut executor, 100, 100);
    }
}
