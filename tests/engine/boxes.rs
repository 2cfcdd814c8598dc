//! Boxes cost nothing and change nothing: a patch with boxes plays as if it were drawn without, in the same
//! steps, and grouping while it sounds is not heard.

use crate::support::blocks::{SINK, VOICES_SPEC};
use crate::support::nodes::{DIVIDE, GAIN_SPEC, MEMORY, NOISE, RAMP, SUM};
use crate::support::play::{RenderConfig, left, render};
use crate::support::random::{Recipe, recipes};
use crate::support::sketch::{Sketch, ends};
use crate::{oracle, scale};
use jackfield_engine::{EngineError, Plan, Session};
use jackfield_patch::{Edit, Grouping, Node, Patch, Promotion, order_key};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use std::sync::Arc;

const FRAMES: usize = 200;

/// How some nodes of a level are put into a box: which, whether inside the last definition, and whether the
/// box gets the knobs that are turned.
type Group = (u32, bool, bool);

/// The patch with boxes around some of its nodes.
fn grouped(patch: &Patch, groups: &[Group]) -> Patch {
    let mut patch = patch.clone();
    for (bits, goes_inside, turned) in groups {
        let last = patch.definitions().last().map(|definition| definition.id().clone());
        let level = last.as_deref().filter(|_| *goes_inside);
        let here = patch.level(level).expect("it is there");
        let ids = here.nodes().map(|(_, node)| node.id.clone()).enumerate();
        let nodes: Vec<Arc<str>> =
            ids.filter(|(place, _)| bits >> (place % 32) & 1 == 1).map(|(_, id)| id).collect();
        let promotion = if *turned { Promotion::Turned } else { Promotion::None };
        let grouping = Grouping { nodes, name: "Part".to_owned(), promotion, ..Grouping::default() };
        // Nothing chosen, or more ports than a node may have.
        if let Ok((_, edit)) = patch.group(level, &grouping) {
            patch.apply(edit).expect("a group is an edit of its patch");
        }
    }
    patch
}

/// What the steps of a plan do and what they compute, without the places of nodes.
fn steps(plan: &Plan) -> Vec<String> {
    let leaf = |id: &str| order_key(id).0.to_owned();
    let step = |step: jackfield_engine::StepInfo| {
        let kind = step.text.split(':').next().unwrap_or_default().to_owned();
        let members: Vec<_> = step.members.iter().map(|(id, voice)| (leaf(id), *voice)).collect();
        format!("{kind} {members:?} {:?} {:?} {}", step.reads, step.writes, step.depth)
    };
    plan.step_infos().into_iter().map(step).collect()
}

fn delayed(plan: &Plan) -> Vec<(String, usize, String, usize)> {
    let leaf = |id: &str| order_key(id).0.to_owned();
    let mut cables: Vec<_> = plan
        .delayed_cables()
        .map(|cable| (leaf(cable.from), cable.output, leaf(cable.to), cable.input))
        .collect();
    cables.sort();
    cables
}

fn check(recipe: &Recipe, groups: &[Group]) -> TestCaseResult {
    let flat = recipe.patch();
    let boxed = grouped(&flat, groups);
    let config = RenderConfig { block: 48, ..RenderConfig::default() };
    let play = |patch: &Patch| {
        let (mut session, executor) = config.open();
        session.update(patch);
        (session, executor)
    };
    let (flat_session, mut flat_executor) = play(&flat);
    let (boxed_session, mut boxed_executor) = play(&boxed);
    prop_assert_eq!(delayed(flat_session.plan()), delayed(boxed_session.plan()));
    prop_assert_eq!(steps(flat_session.plan()), steps(boxed_session.plan()));
    let expected = render(&mut flat_executor, FRAMES, config.block);
    let played = render(&mut boxed_executor, FRAMES, config.block);
    let bits = |frames: &[[f32; 2]]| frames.iter().map(|frame| frame.map(f32::to_bits)).collect::<Vec<_>>();
    prop_assert_eq!(bits(&expected), bits(&played));
    // Grouping and ungrouping while it sounds is not heard either.
    let (mut session, mut executor) = (flat_session, flat_executor);
    let (mut other, mut other_executor) = play(&flat);
    render(&mut other_executor, FRAMES, config.block);
    for patch in [&boxed, &flat, &boxed] {
        session.update(patch);
        other.update(&flat);
        let played = render(&mut executor, FRAMES, config.block);
        let expected = render(&mut other_executor, FRAMES, config.block);
        prop_assert_eq!(bits(&expected), bits(&played));
        session.poll();
        other.poll();
    }
    Ok(())
}

/// Every loop keeps its delayed cable too: nodes stand in the order of their own names, wherever they lie.
#[test]
fn random_patches_sound_the_same_in_boxes() {
    let groups = vec((any::<u32>(), any::<bool>(), any::<bool>()), 1..5);
    let result = oracle::runner(600)
        .run(&(recipes(oracle::TEST_NODES, 14), groups), |(recipe, groups)| check(&recipe, &groups));
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// A patch of 1,000 nodes, and the same in boxes of ten.
fn thousand() -> (Patch, Patch) {
    let flat = scale::patch(1_000);
    let mut boxed = flat.clone();
    let mut ids: Vec<Arc<str>> =
        flat.nodes().map(|(_, node)| node.id.clone()).filter(|id| &**id != "out").collect();
    // What belongs together goes into one box, as people would have it.
    let number = |id: &str| id.trim_start_matches(char::is_alphabetic).parse::<u32>().unwrap_or(0);
    ids.sort_by_key(|id| (id.starts_with("sum"), number(id)));
    for nodes in ids.chunks(10).take(100) {
        let grouping = Grouping { nodes: nodes.to_vec(), name: "Part".to_owned(), ..Grouping::default() };
        let (_, edit) = boxed.group(None, &grouping).expect("the nodes are there");
        boxed.apply(edit).expect("a group is an edit of its patch");
    }
    (flat, boxed)
}

#[test]
fn a_thousand_nodes_in_a_hundred_boxes_take_the_same_steps() {
    let _alone = scale::alone();
    let (flat, boxed) = thousand();
    assert_eq!(boxed.definitions().count(), 100);
    let plans = [&flat, &boxed].map(|patch| steps(RenderConfig::default().play(patch).0.plan()));
    assert_eq!(plans[0], plans[1]);
    let best = [&flat, &boxed].map(scale::compile_time);
    let ratio = best[1].as_secs_f64() / best[0].as_secs_f64();
    println!("{best:?}, ratio {ratio:.3}, {} steps", plans[0].len());
    // Loose, since tests run unoptimised on any machine.
    assert!(ratio <= 1.6, "{ratio}");
}

/// A gain in a box in a box.
fn nested() -> Patch {
    let sketch = Sketch::new()
        .node("noise", &NOISE)
        .node("gain", &GAIN_SPEC)
        .knob("gain", "gain", 0.5)
        .node("out", &SINK)
        .cable("noise.out", "gain.in")
        .cable("gain.out", "out.left");
    let mut patch = sketch.patch;
    for ids in [["gain"], ["Part"]] {
        let nodes = ids.map(Arc::from).to_vec();
        let promotion = Promotion::Turned;
        let grouping = Grouping { nodes, name: "Part".to_owned(), promotion, ..Grouping::default() };
        let (_, edit) = patch.group(None, &grouping).expect("the node is there");
        patch.apply(edit).expect("a group is an edit of its patch");
    }
    patch
}

#[test]
fn what_the_session_tells_names_the_path() {
    let patch = nested();
    let top = patch.nodes().find(|(_, node)| node.id.starts_with("Part")).expect("the box").1.id.clone();
    let (mut session, mut executor) = RenderConfig::default().play(&patch);
    let path = format!("{top}/Part/gain");
    assert!(session.plan().order().contains(&&*path), "{:?}", session.plan().order());
    let mut probe = session.probe(&path, "out", 64).expect("it plays");
    session.measure_nodes(true);
    render(&mut executor, 64, 64);
    let mut samples = Vec::new();
    probe.read_waveform(&mut samples);
    assert!(samples.iter().any(|sample| *sample != 0.0));
    assert!(session.node_times().iter().any(|time| *time.node == *path));
    // The outermost knob turns the innermost, also at a frame.
    let spec = patch.node(patch.find(&top).expect("the box")).and_then(Node::spec).expect("a known type");
    let knob = spec.inputs.iter().find(|input| input.knob.is_some()).expect("a promoted knob").name;
    session.set_knob(&top, knob, 0.0).expect("the box has this knob");
    render(&mut executor, 48_000, 64);
    assert!(left(&render(&mut executor, 64, 64)).iter().all(|sample| sample.abs() < 1e-4));
    session.schedule_knob(session.clock(), &top, knob, 0.5).expect("the box has this knob");
    render(&mut executor, 48_000, 64);
    assert!(left(&render(&mut executor, 64, 64)).iter().any(|sample| sample.abs() > 1e-3));
    let missing = session.set_knob(&top, "nothing", 0.0);
    assert!(matches!(missing, Err(EngineError::Port { .. })), "{missing:?}");
}

#[test]
fn a_fault_inside_names_the_path() {
    let sketch = Sketch::new()
        .node("divide", &DIVIDE)
        .knob("divide", "divisor", 0.0)
        .node("noise", &NOISE)
        .node("out", &SINK)
        .cable("noise.out", "divide.in")
        .cable("divide.out", "out.left");
    let patch = grouped(&sketch.patch, &[(1, false, false)]);
    let (mut session, mut executor) = RenderConfig::default().play(&patch);
    render(&mut executor, 256, 64);
    let faults = session.faults();
    assert!(faults.iter().any(|fault| &*fault.node == "Part/divide"), "{faults:?}");
}

/// Copies of what is inside, as many as the box says.
#[test]
fn a_box_says_how_many_voices_play_inside() {
    let sketch = Sketch::new()
        .node("keys", &VOICES_SPEC)
        .node("noise", &NOISE)
        .node("gain", &GAIN_SPEC)
        .node("memory", &MEMORY)
        .node("out", &SINK)
        .cable("keys.out", "gain.gain")
        .cable("noise.out", "gain.in")
        .cable("gain.out", "memory.in")
        .cable("memory.low", "out.left");
    // gain, memory, noise: the keys stay outside.
    let grouping = Grouping {
        nodes: ["noise", "gain", "memory"].map(Arc::from).to_vec(),
        name: "Part".to_owned(),
        ..Grouping::default()
    };
    let mut patch = sketch.patch;
    let (_, edit) = patch.group(None, &grouping).expect("the nodes are there");
    patch.apply(edit).expect("a group is an edit of its patch");
    let voices = |session: &Session, id: &str| {
        session.plan().voices().find(|(node, _)| *node == id).map(|(_, voices)| voices)
    };
    let (mut session, mut executor) = RenderConfig::default().play(&patch);
    assert_eq!([voices(&session, "Part/noise"), voices(&session, "Part/memory")], [Some(1), Some(3)]);
    let set = |count| Edit::SetSetting {
        id: "Part".into(),
        setting: "voices".into(),
        value: jackfield_node::SettingValue::Count(count),
    };
    for count in [2, 7] {
        patch.apply(set(count)).expect("a count of voices");
        session.update(&patch);
        // Those that come fade in and those that go fade out.
        for _ in 0..20 {
            render(&mut executor, 64, 64);
            session.poll();
        }
        for id in ["Part/noise", "Part/gain", "Part/memory"] {
            assert_eq!(voices(&session, id), Some(count), "{id}");
        }
        assert_eq!(voices(&session, "keys"), Some(3));
    }
}

/// Two boxes of one definition play by themselves, and an edit inside is heard in both.
#[test]
fn one_definition_plays_in_many_boxes() {
    let sketch = Sketch::new().node("ramp", &RAMP).node("sum", &SUM).node("out", &SINK);
    let sketch = sketch.cable("ramp.out", "sum.in").cable("sum.out", "out.left");
    let mut patch = grouped(&sketch.patch, &[(0b10, false, true)]);
    let definition = patch.definitions().next().expect("one").clone();
    let copy = Edit::AddNode(Box::new(Node::new("Second", definition.spec())));
    patch.apply(copy).expect("a free id");
    let port = definition.spec().outputs[0].name;
    patch.apply(Edit::connect(ends(&format!("Second.{port}"), "sum.in"))).expect("both are there");
    let (session, _) = RenderConfig::default().play(&patch);
    let order = session.plan().order();
    assert!(order.contains(&"Part/ramp") && order.contains(&"Second/ramp"), "{order:?}");
}
