//! The oracle: a plain interpreter (`support::reference`) and the engine's plans agree bit for bit on
//! random patches, at every lane width, instruction set and block size.
//!
//! `JACKFIELD_TEST_PROFILE=long` runs many more patches, from a new seed each time.

use crate::support::beat::{BEAT_BLOCK, BEAT_LANES};
use crate::support::blocks::{BESIDE, DELAY, SINK, VOICES_SPEC};
use crate::support::nodes::{GAIN_SPEC, MEMORY, NOISE, RAMP, SIGN, SINE, SUM};
use crate::support::play::{RenderConfig, render};
use crate::support::random::{Palette, Recipe, recipes};
use crate::support::reference::{delayed_in, interpret};
use crate::support::sketch::{Sketch, text};
use jackfield_engine::{Executor, Probe, Session};
use jackfield_node::NodeSpec;
use jackfield_patch::{Edit, Patch};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestCaseResult, TestRunner};
use std::cell::Cell;

/// Long enough for several blocks of any size and a rest.
const FRAMES: usize = 200;

/// Ways tried per random patch; the next patch goes on with the next ones.
const CONFIGS_PER_PATCH: usize = 4;

pub(crate) static TEST_NODES: Palette = &[
    &RAMP,
    &GAIN_SPEC,
    &SIGN,
    &MEMORY,
    &NOISE,
    &VOICES_SPEC,
    &BESIDE,
    &SUM,
    &DELAY,
    &SINE,
    &SINK,
    &BEAT_LANES,
    &BEAT_BLOCK,
];

pub(crate) fn runner(cases: u32) -> TestRunner {
    let is_long = std::env::var("JACKFIELD_TEST_PROFILE").is_ok_and(|profile| profile == "long");
    TestRunner::new(Config {
        cases: if is_long { cases * 20 } else { cases },
        rng_seed: if is_long { RngSeed::Random } else { RngSeed::Fixed(2) },
        failure_persistence: None,
        max_shrink_iters: 4000,
        ..Config::default()
    })
}

/// The library's node types that play without files, of one kind or of both.
fn library(includes: impl Fn(&NodeSpec) -> bool) -> Palette {
    let registry = jackfield_nodes::registry();
    let specs = registry.iter().filter(|spec| includes(spec));
    Vec::leak(specs.chain([&VOICES_SPEC]).collect())
}

/// What a session plays of a patch in one way.
struct Played {
    device: Vec<[f32; 2]>,
    probe: Option<Vec<f32>>,
}

fn play(session: &mut Session, executor: &mut Executor, mut probe: Option<Probe>, block: usize) -> Played {
    let device = render(executor, FRAMES, block);
    let probe = probe.as_mut().map(|probe| {
        let mut samples = Vec::new();
        probe.read_waveform(&mut samples);
        samples
    });
    session.poll();
    Played { device, probe }
}

/// Plays a patch in some ways and compares each with the interpreter.
fn check(patch: &Patch, probe: Option<&(String, usize)>, configs: &[RenderConfig]) -> TestCaseResult {
    let mut patch = patch.clone();
    let mut expected = None;
    for &config in configs {
        let (mut session, mut executor) = config.open();
        for problem in session.update(&patch).problems {
            // A node that can't play is as if muted.
            let edit = Edit::SetMuted { id: problem.node, muted: true };
            patch.apply(edit).map_err(|error| TestCaseError::fail(error.to_string()))?;
        }
        let tap = probe.and_then(|(id, output)| {
            let index = patch.find(id)?;
            let spec = patch.node(index).filter(|node| !node.muted)?.spec()?;
            session.probe(id, spec.outputs[*output].name, FRAMES).ok()
        });
        let probes = if tap.is_some() { probe.map_or(&[][..], std::slice::from_ref) } else { &[] };
        let delayed = delayed_in(session.plan());
        let (expected, expected_delayed) =
            expected.get_or_insert_with(|| (interpret(&patch, &delayed, probes, FRAMES), delayed.clone()));
        prop_assert_eq!(&delayed, expected_delayed, "the same cables are delayed in {:?}", config);
        let played = play(&mut session, &mut executor, tap, config.block);
        // Where a number stops being finite the engine silences the block it is in.
        let sound = expected.finite.saturating_sub(if expected.finite == FRAMES { 0 } else { 64 });
        for frame in 0..sound {
            let (played, expected) = (played.device[frame], expected.device[frame]);
            prop_assert!(
                played.map(f32::to_bits) == expected.map(f32::to_bits),
                "{config:?}, frame {frame}: played {played:?}, should be {expected:?}\n{}",
                session.plan()
            );
        }
        if let (Some(played), Some(expected)) = (played.probe, expected.probes.first()) {
            prop_assert_eq!(played.len(), FRAMES);
            let difference = (0..sound).find(|&i| played[i].to_bits() != expected[i].to_bits());
            prop_assert_eq!(difference, None, "probe {:?} in {:?}\n{}", probe, config, session.plan());
        }
    }
    Ok(())
}

/// Checks random patches; every way gets its turn.
fn check_random(palette: Palette, nodes: usize, cases: u32) {
    let configs = RenderConfig::all();
    let turn = Cell::new(0);
    let strategy = (recipes(palette, nodes), prop::option::weighted(0.3, any::<u16>()));
    let result = runner(cases).run(&strategy, |(recipe, probe): (Recipe, Option<u16>)| {
        let patch = recipe.patch();
        let configs: Vec<RenderConfig> =
            (0..CONFIGS_PER_PATCH).map(|i| configs[(turn.get() + i * 13) % configs.len()]).collect();
        turn.set(turn.get() + CONFIGS_PER_PATCH * 13);
        check(&patch, probe.and_then(|choice| Recipe::probe(&patch, choice)).as_ref(), &configs)
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[test]
fn random_patches_sound_as_interpreted() {
    check_random(TEST_NODES, 14, 4000);
}

#[test]
fn random_patches_of_the_librarys_lane_nodes_sound_as_interpreted() {
    check_random(library(|spec| matches!(spec.kind, jackfield_node::NodeKind::Lanes(_))), 10, 2000);
}

#[test]
fn random_patches_of_all_the_librarys_nodes_sound_as_interpreted() {
    check_random(library(|_| true), 8, 500);
}

/// Patches that have much in them, in every way there is.
#[test]
fn every_way_agrees_on_chosen_patches() {
    for sketch in [polyphonic(20), polyphonic(3), crowded(), looped(), uneven(), abreast()] {
        if let Err(error) = check(&sketch.patch, None, &RenderConfig::all()) {
            panic!("{error}\n{}", sketch.text());
        }
    }
}

/// Many ways out add up in one order, however the nodes before them are packed.
#[test]
fn every_way_agrees_on_the_order_of_sinks() {
    let mut sketch = Sketch::new();
    for i in 0..9 {
        let [noise, first, gain, second] = ["n", "s", "g", "t"].map(|letter| format!("{letter}{i}"));
        sketch = sketch.node(&noise, &NOISE).node(&first, &SINK).node(&gain, &GAIN_SPEC).node(&second, &SINK);
        sketch = sketch.cable(&format!("{noise}.out"), &format!("{first}.left"));
        sketch = sketch.cable(&format!("{first}.through"), &format!("{gain}.in"));
        sketch = sketch.cable(&format!("{gain}.out"), &format!("{second}.left"));
    }
    let mut first = None;
    for config in RenderConfig::all() {
        let (_session, mut executor) = config.play(&sketch.patch);
        let played = render(&mut executor, FRAMES, config.block);
        assert_eq!(&played, first.get_or_insert_with(|| played.clone()), "{config:?}");
    }
}

/// Voices through nodes with and without state, added up at the end.
fn polyphonic(voices: u32) -> Sketch {
    Sketch::new()
        .node("voices", &VOICES_SPEC)
        .count("voices", "voices", voices)
        .node("noise", &NOISE)
        .node("gain", &GAIN_SPEC)
        .node("memory", &MEMORY)
        .node("ring", &DELAY)
        .node("out", &SINK)
        .depth("voices.out", "noise.level", 0.01)
        .cable("noise.out", "gain.in")
        .depth("voices.out", "gain.gain", -0.1)
        .cable("gain.out", "memory.in")
        .cable("memory.rest", "ring.in")
        .cable("memory.low", "out.left")
        .depth("ring.out", "out.left", 0.3)
        .cable("ring.out", "out.right")
}

/// Voices side by side: from several sources of unlike counts, through a delay, more than are taken, and
/// round a loop.
fn abreast() -> Sketch {
    Sketch::new()
        .node("few", &VOICES_SPEC)
        .node("many", &VOICES_SPEC)
        .count("many", "voices", 20)
        .node("one", &RAMP)
        .node("ring", &DELAY)
        .node("gain", &GAIN_SPEC)
        .node("beside", &BESIDE)
        .node("copied", &BESIDE)
        .node("out", &SINK)
        .cable("many.out", "ring.in")
        .cable("ring.out", "beside.abreast")
        .depth("few.out", "beside.abreast", 0.3)
        .cable("one.out", "beside.abreast")
        .cable("beside.out", "gain.in")
        .depth("gain.out", "beside.abreast", -0.1)
        .cable("few.out", "copied.in")
        .cable("few.out", "copied.abreast")
        .cable("beside.out", "out.left")
        .cable("copied.out", "out.right")
}

/// Lanes of one pack that nothing reaches while something reaches others. The sign of zero tells.
fn uneven() -> Sketch {
    let mut sketch = Sketch::new()
        .node("few", &VOICES_SPEC)
        .node("many", &VOICES_SPEC)
        .count("many", "voices", 7)
        .node("poly", &GAIN_SPEC)
        .cable("few.out", "poly.in")
        .cable("many.out", "poly.gain")
        .node("sum", &SUM)
        .node("ramp", &RAMP)
        .knob("ramp", "step", -0.3)
        .node("out", &SINK);
    for (i, after) in ["poly.out", "g1.out", "g2.out", "g3.out", "g4.out", "g5.out"].into_iter().enumerate() {
        let (gain, sign) = (format!("g{i}"), format!("s{i}"));
        if i > 0 {
            sketch = sketch.node(&gain, &GAIN_SPEC).cable("ramp.out", &format!("{gain}.gain"));
        }
        sketch = sketch.node(&sign, &SIGN).cable(after, &format!("{sign}.in"));
        sketch = sketch.depth(&format!("{sign}.out"), "sum.in", 1.0 + i as f32 * 0.37);
    }
    sketch.cable("ramp.out", "g3.in").cable("ramp.out", "g1.in").cable("sum.out", "out.left")
}

/// Far more than sixteen cables into one input, of voices and of single nodes.
fn crowded() -> Sketch {
    let mut sketch = polyphonic(5).node("sum", &SUM).cable("sum.out", "out.left");
    for i in 0..37 {
        let id = format!("ramp{i}");
        let step = i as f32 / 100.0;
        sketch = sketch.node(&id, &RAMP).knob(&id, "step", step);
        let depth = if i % 3 == 0 { 1.0 } else { step };
        sketch = sketch.depth(&format!("{id}.out"), "sum.in", depth).cable(&format!("{id}.out"), "gain.gain");
    }
    sketch.cable("memory.rest", "sum.in")
}

/// Loops within loops, of several voices, beside one that stands alone.
fn looped() -> Sketch {
    polyphonic(6)
        .depth("memory.low", "noise.level", 0.1)
        .depth("ring.out", "gain.in", -0.4)
        .node("own", &MEMORY)
        .depth("own.low", "own.in", 0.9)
        .depth("own.rest", "own.in", -0.3)
        .cable("noise.out", "own.in")
        .node("sum", &SUM)
        .cable("own.low", "sum.in")
        .depth("sum.out", "sum.gain", 0.01)
        .cable("sum.out", "out.right")
}

/// The delayed cables break every loop, and each lies in one: alone put back, it closes one again.
#[test]
fn delayed_cables_are_needed() {
    let strategy = recipes(TEST_NODES, 14);
    let result = runner(300).run(&strategy, |recipe| {
        let patch = recipe.patch();
        let (session, _) = RenderConfig::default().play(&patch);
        let delayed = delayed_in(session.plan());
        let id = |index| patch.node(index).expect("a cable joins nodes").id.to_string();
        let mut cables = Vec::new();
        for (_, from, to, cable) in patch.cables() {
            let ends = (id(from.node), from.port, id(to.node), to.port);
            cables.push((ends.0.clone(), ends.2.clone(), delayed.contains(&ends), cable.delayed));
        }
        let leads = |start: &str, goal: &str, may_use: &dyn Fn(bool) -> bool| {
            let mut seen = vec![start.to_owned()];
            let mut next = 0;
            while next < seen.len() {
                for (from, to, is_delayed, _) in &cables {
                    if *from == seen[next] && may_use(*is_delayed) && !seen.contains(to) {
                        seen.push(to.clone());
                    }
                }
                next += 1;
            }
            seen.iter().any(|node| node == goal)
        };
        let is_free = cables.iter().all(|(.., prefers_delay)| !prefers_delay);
        for (from, to, is_delayed, _) in &cables {
            if *is_delayed {
                prop_assert!(leads(to, from, &|_| true), "{from} -> {to} lies in no loop");
                let closes = leads(to, from, &|is_delayed| !is_delayed);
                prop_assert!(closes || !is_free, "{from} -> {to} need not be delayed");
            }
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// A cable that is marked carries the delay if it lies in a loop at all.
#[test]
fn the_marked_cable_is_delayed() {
    let sketch = |marked: usize| {
        let sketch = looped();
        let cables: Vec<_> = sketch.patch.cables().map(|(index, ..)| index).collect();
        let ends = sketch.patch.ends(cables[marked]).expect("a cable has ends");
        (sketch.edit(Edit::SetDelayed { ends: ends.clone(), delayed: true }), ends)
    };
    let mut marked_and_delayed = 0;
    for marked in 0..looped().patch.cable_count() {
        let (sketch, ends) = sketch(marked);
        let (session, _) = RenderConfig::default().play(&sketch.patch);
        let is_delayed =
            session.plan().delayed_cables().any(|cable| *cable.from == *ends.from && *cable.to == *ends.to);
        marked_and_delayed += usize::from(is_delayed);
    }
    assert_eq!(marked_and_delayed, 8, "cables in loops: {}", text(&looped().patch));
}
