//! State survives: an edit elsewhere changes no bit of a path it does not touch, and what is edited keeps
//! what it remembers.

use crate::support::blocks::{BESIDE, DELAY, SAVER, SINK, VOICES_SPEC};
use crate::support::edits::{Dice, Editing};
use crate::support::nodes::{GAIN_SPEC, MEMORY, NOISE, RAMP, SIGN, SINE, SUM};
use crate::support::play::{RenderConfig, left, render, right};
use crate::support::random::{Palette, recipes};
use crate::support::sketch::{self, Sketch, ends};
use jackfield_engine::{Executor, Session};
use jackfield_node::InstructionSet;
use jackfield_patch::{CableOptions, Edit, Patch};
use jackfield_testkit::measure::first_difference;
use proptest::prelude::*;

static NODES: Palette =
    &[&RAMP, &GAIN_SPEC, &SIGN, &MEMORY, &NOISE, &VOICES_SPEC, &BESIDE, &SUM, &DELAY, &SINE];

/// Names of what no edit touches begin with this.
const WITNESS: &str = "witness";

/// Adds a path to the right channel with everything that remembers: lanes, blocks, voices, a loop and a
/// compensating delay. Its nodes are of the types that the rest of the patch is made of, so they share
/// packs with it.
fn with_witness(patch: Patch) -> Patch {
    let mut sketch = Sketch { patch };
    let cables: Vec<_> = sketch.patch.cables().map(|(index, ..)| index).collect();
    let ends: Vec<_> = cables.into_iter().filter_map(|cable| sketch.patch.ends(cable)).collect();
    for ends in ends.into_iter().filter(|ends| &*ends.input == "right") {
        sketch = sketch.edit(Edit::Disconnect { ends });
    }
    let id = |name: &str| format!("{WITNESS}_{name}");
    let [voices, noise, low, ring, ramp, gain, sum, out] =
        ["voices", "noise", "memory", "ring", "ramp", "gain", "sum", "out"].map(id);
    let port = |node: &str, port: &str| format!("{node}.{port}");
    sketch
        .node(&voices, &VOICES_SPEC)
        .count(&voices, "voices", 5)
        .node(&noise, &NOISE)
        .node(&low, &MEMORY)
        .node(&ring, &DELAY)
        .toggle(&ring, "late", true)
        .node(&ramp, &RAMP)
        .node(&gain, &GAIN_SPEC)
        .node(&sum, &SUM)
        .node(&out, &SINK)
        .depth(&port(&voices, "out"), &port(&noise, "level"), 0.2)
        .cable(&port(&noise, "out"), &port(&low, "in"))
        .depth(&port(&low, "rest"), &port(&low, "in"), 0.4)
        .cable(&port(&low, "low"), &port(&gain, "in"))
        .cable(&port(&ramp, "out"), &port(&gain, "gain"))
        .cable(&port(&gain, "out"), &port(&ring, "in"))
        .cable(&port(&ring, "out"), &port(&sum, "in"))
        .depth(&port(&low, "low"), &port(&sum, "in"), -0.7)
        // Sinks wait for the latest of them, so a late node elsewhere would let this path wait.
        .edit(Edit::Connect {
            ends: sketch::ends(&port(&sum, "out"), &port(&out, "right")),
            options: CableOptions { uncompensated: true, ..Default::default() },
        })
        .patch
}

/// The right channel of a patch that is edited now and then.
fn witness_of(patch: &Patch, config: RenderConfig, edits: &[u64], undo: bool) -> Vec<f32> {
    let mut patch = patch.clone();
    let (mut session, mut executor) = config.play(&patch);
    let mut sound = Vec::new();
    let editing = Editing { palette: NODES, is_protected: &|id| id.starts_with(WITNESS), size: 16 };
    for &seed in edits {
        let mut dice = Dice(seed);
        sound.extend(render(&mut executor, 20 + dice.below(300), config.block));
        let is_elsewhere =
            |edit: &Edit| !matches!(edit, Edit::Connect { ends, .. } if &*ends.input == "right");
        let edit = std::iter::repeat_with(|| editing.edit(&patch, &mut dice)).find(is_elsewhere);
        let inverse = patch.apply(edit.expect("some edit fits")).expect("the edit fits");
        session.update(&patch);
        if dice.below(3) == 0 {
            // Unheard of: the executor skips this plan.
            session.update(&patch);
        }
        if undo && dice.below(3) == 0 {
            sound.extend(render(&mut executor, dice.below(200), config.block));
            patch.apply(inverse).expect("an inverse fits");
            session.update(&patch);
        }
        session.poll();
    }
    sound.extend(render(&mut executor, 700, config.block));
    session.poll();
    sound.extend(render(&mut executor, 300, config.block));
    right(&sound)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_edit_elsewhere_changes_no_bit(
        recipe in recipes(NODES, 10),
        edits in prop::collection::vec(any::<u64>(), 1..12),
        width in prop::sample::select(vec![1, 4, 8, 16]),
        set in prop::sample::select(InstructionSet::available()),
        block in prop::sample::select(vec![1, 7, 64, 480]),
        undo in any::<bool>(),
    ) {
        let config = RenderConfig { width, set, block };
        let patch = with_witness(recipe.patch());
        let edited = witness_of(&patch, config, &edits, undo);
        let (_session, mut executor) = config.play(&patch);
        let expected = right(&render(&mut executor, edited.len(), config.block));
        prop_assert!(expected.iter().any(|sample| *sample != 0.0));
        // Where a number stopped being finite, that is another matter.
        prop_assert_eq!(first_difference(&edited, &expected), None);
    }
}

/// Sessions that play the same patch, one of which publishes it anew between callbacks, or listens in.
fn undisturbed(disturb: impl Fn(&mut Session, &Patch, usize)) {
    let patch = with_witness(Sketch::new().node("out", &SINK).patch);
    for config in RenderConfig::all() {
        let (_session, mut executor) = config.play(&patch);
        let expected = render(&mut executor, 2_000, config.block);
        let (mut session, mut executor) = config.play(&patch);
        let mut sound = Vec::new();
        for turn in 0..20 {
            sound.extend(render(&mut executor, 100, config.block));
            disturb(&mut session, &patch, turn);
        }
        assert_eq!(first_difference(&right(&sound), &right(&expected)), None, "{config:?}");
    }
}

#[test]
fn a_plan_published_anew_changes_no_bit() {
    undisturbed(|session, patch, _| {
        session.update(patch);
    });
}

#[test]
fn listening_in_changes_no_bit() {
    undisturbed(|session, _, turn| {
        let nodes = ["witness_noise", "witness_memory", "witness_ring", "witness_sum"];
        let node = nodes[turn % nodes.len()];
        let output = if node == "witness_memory" { "low" } else { "out" };
        drop(session.probe(node, output, 0).expect("there is such an output"));
        session.poll();
    });
}

#[test]
fn other_voices_change_no_bit() {
    // Voices elsewhere come and go, and with them the packs of every type.
    undisturbed(|session, patch, turn| {
        let crowd = (0..turn % 7).fold(Sketch { patch: patch.clone() }, |sketch, i| {
            let id = format!("a{i}");
            let sketch = sketch.node(&id, &MEMORY).node(&format!("b{i}"), &NOISE);
            sketch.cable(&format!("b{i}.out"), &format!("{id}.in")).cable(&format!("{id}.low"), "out.left")
        });
        session.update(&crowd.patch);
        session.poll();
    });
}

fn play(session: &mut Session, executor: &mut Executor, frames: usize) -> Vec<f32> {
    let sound = left(&render(executor, frames, 64));
    session.poll();
    sound
}

/// A filter charged to 1 by a still voice.
fn charged() -> Sketch {
    Sketch::new()
        .node("one", &VOICES_SPEC)
        .count("one", "voices", 1)
        .toggle("one", "still", true)
        .knob("one", "spread", 1.0)
        .node("memory", &MEMORY)
        .node("out", &SINK)
        .cable("one.out", "memory.in")
        .cable("memory.low", "out.left")
}

#[test]
fn a_setting_changed_keeps_the_state() {
    let (mut session, mut executor) = RenderConfig::default().play(&charged().patch);
    play(&mut session, &mut executor, 1_000);
    for sharpness in [1, 8, 2, 5] {
        session.update(&charged().count("memory", "sharpness", sharpness).patch);
        let sound = play(&mut session, &mut executor, 1_000);
        // Had the filter begun anew, it would rise from 0 while it fades in.
        assert!(sound.iter().all(|sample| (sample - 1.0).abs() < 1e-3), "sharpness {sharpness}");
    }
}

#[test]
fn a_removal_undone_at_once_never_happened() {
    let patch = with_witness(charged().patch);
    let (_session, mut executor) = RenderConfig::default().play(&patch);
    let expected = right(&render(&mut executor, 2_000, 64));
    for id in ["witness_noise", "witness_memory", "witness_ring", "witness_sum", "witness_out"] {
        let (mut session, mut executor) = RenderConfig::default().play(&patch);
        let mut sound = right(&render(&mut executor, 1_000, 64));
        let mut edited = patch.clone();
        let undo = edited.apply(Edit::RemoveNode { id: id.into() }).expect("it is there");
        session.update(&edited);
        edited.apply(undo).expect("an inverse fits");
        session.update(&edited);
        sound.extend(right(&render(&mut executor, 1_000, 64)));
        assert_eq!(first_difference(&sound, &expected), None, "{id}");
    }
}

#[test]
fn a_removal_undone_while_it_fades_keeps_the_state() {
    let sine = Sketch::new().node("sine", &SINE).node("out", &SINK).cable("sine.out", "out.left");
    let (_session, mut executor) = RenderConfig::default().play(&sine.patch);
    let expected = left(&render(&mut executor, 3_000, 64));
    let pulled = sine.clone().edit(Edit::Disconnect { ends: ends("sine.out", "out.left") });
    for other in [sine.clone().remove("sine"), sine.clone().remove("out"), pulled, Sketch::new()] {
        let (mut session, mut executor) = RenderConfig::default().play(&sine.patch);
        let mut sound = play(&mut session, &mut executor, 1_000);
        session.update(&other.patch);
        sound.extend(play(&mut session, &mut executor, 100));
        session.update(&sine.patch);
        sound.extend(play(&mut session, &mut executor, 900));
        sound.extend(play(&mut session, &mut executor, 1_000));
        assert_eq!(sound[1_500..], expected[1_500..], "in phase and at full level again");
    }
}

/// Automation moved a knob; an edit elsewhere leaves it there.
#[test]
fn an_edit_elsewhere_leaves_an_automated_knob() {
    let patch = charged().node("gain", &GAIN_SPEC).without("memory.low", "out.left");
    let patch = patch.cable("memory.low", "gain.in").cable("gain.out", "out.left");
    let (mut session, mut executor) = RenderConfig::default().play(&patch.patch);
    session.schedule_knob(10, "gain", "gain", 0.25).expect("there is such a knob");
    play(&mut session, &mut executor, 2_000);
    session.update(&patch.node("other", &NOISE).patch);
    let sound = play(&mut session, &mut executor, 1_000);
    assert!(sound.iter().all(|sample| (sample - 0.25).abs() < 1e-6), "{:?}", sound.last());
}

/// A block node that follows its settings keeps what it remembers when one changes; another begins anew.
#[test]
fn a_block_node_that_can_follows_a_setting() {
    for free in [true, false] {
        let sketch = Sketch::new().node("ramp", &RAMP).node("saver", &SAVER).toggle("saver", "free", free);
        let sketch = sketch.node("out", &SINK).cable("ramp.out", "saver.in").cable("saver.out", "out.left");
        let sketch = sketch.cable("ramp.out", "out.right");
        let (mut session, mut executor) = RenderConfig::default().play(&sketch.patch);
        let sound = render(&mut executor, 700, 64);
        let sum: f32 = right(&sound).iter().sum();
        assert!((left(&sound)[699] - sum).abs() < 1e-3);
        session.update(&sketch.count("saver", "factor", 3).patch);
        let sound = render(&mut executor, 700, 64);
        let kept = sum + right(&sound).iter().sum::<f32>();
        let reached = left(&sound)[699] / 3.0;
        assert_eq!((reached - kept).abs() < 1e-2, free, "{reached}, {kept}");
    }
}

/// A muted node plays on: heard again, it is where it would be had it never been muted.
#[test]
fn a_muted_node_keeps_its_state_and_its_time() {
    let sketch = Sketch::new().node("ramp", &RAMP).node("memory", &MEMORY).node("out", &SINK);
    let sketch = sketch.cable("ramp.out", "memory.in").cable("memory.low", "out.left");
    let sketch = sketch.cable("ramp.out", "out.right");
    let mute = |muted| Edit::SetMuted { id: "memory".into(), muted };
    let (mut session, mut executor) = RenderConfig::default().play(&sketch.patch);
    let (_other, mut undisturbed) = RenderConfig::default().play(&sketch.patch);
    let mut play = |session: &mut Session, frames: usize| {
        let sound = render(&mut executor, frames, 64);
        session.poll();
        (sound, render(&mut undisturbed, frames, 64))
    };
    play(&mut session, 1_000);
    session.update(&sketch.clone().edit(mute(true)).patch);
    for _ in 0..20 {
        play(&mut session, 64);
    }
    let (sound, expected) = play(&mut session, 1_000);
    assert!(sound.iter().all(|frame| frame[0] == 0.0), "it is silent");
    assert_eq!(right(&sound), right(&expected));
    session.update(&sketch.patch);
    for _ in 0..20 {
        play(&mut session, 64);
    }
    let (sound, expected) = play(&mut session, 1_000);
    assert_eq!(sound, expected);
}
