//! Faults: a node that makes NaN or infinity is silenced and reported, whatever it shares a pack with goes
//! on bit for bit, and it recovers once its inputs do.

use crate::support::blocks::{DELAY, FAULTY, SINK};
use crate::support::nodes::{DIVIDE, GAIN_SPEC, MEMORY, NOISE};
use crate::support::play::{RenderConfig, left, render, right};
use crate::support::sketch::Sketch;
use jackfield_engine::{Executor, Session};
use jackfield_testkit::measure::first_difference;

/// Eight dividers of noise that share packs, one of which is heard on the left, the others on the right.
fn dividers() -> Sketch {
    let mut sketch = Sketch::new().node("out", &SINK);
    for i in 0..8 {
        let (noise, divide, memory) = (format!("noise{i}"), format!("divide{i}"), format!("memory{i}"));
        sketch = sketch
            .node(&noise, &NOISE)
            .node(&divide, &DIVIDE)
            .knob(&divide, "divisor", 1.5)
            .node(&memory, &MEMORY)
            .cable(&format!("{noise}.out"), &format!("{divide}.in"))
            .cable(&format!("{divide}.out"), &format!("{memory}.in"))
            .cable(&format!("{memory}.low"), if i == 3 { "out.left" } else { "out.right" });
    }
    sketch
}

/// Lets the divisor of node 3 come to rest at zero.
fn divide_by_zero(session: &mut Session, executor: &mut Executor, block: usize) -> Vec<[f32; 2]> {
    session.set_knob("divide3", "divisor", 0.0).expect("there is such a knob");
    render(executor, 2_000, block)
}

#[test]
fn a_fault_stays_in_its_lane_and_is_reported() {
    for config in RenderConfig::all() {
        let (_sane, mut executor) = config.play(&dividers().patch);
        let expected = right(&render(&mut executor, 5_000, config.block));

        let (mut session, mut executor) = config.play(&dividers().patch);
        let mut sound = render(&mut executor, 1_000, config.block);
        assert_eq!(session.faults(), []);
        sound.extend(divide_by_zero(&mut session, &mut executor, config.block));
        let faults = session.faults();
        assert!(!faults.is_empty(), "{config:?}");
        assert!(faults.iter().all(|fault| &*fault.node == "divide3" && fault.frame >= 1_000), "{faults:?}");
        assert!(sound.iter().flatten().all(|sample| sample.is_finite()));
        // The node is silent; what follows it may ring out.
        assert!(left(&sound[2_900..]).iter().all(|sample| sample.abs() < 1e-3), "{config:?}");

        session.set_knob("divide3", "divisor", 1.5).expect("there is such a knob");
        sound.extend(render(&mut executor, 2_000, config.block));
        assert_eq!(first_difference(&right(&sound), &expected), None, "the others in {config:?}");
        assert!(left(&sound[4_000..]).iter().any(|sample| sample.abs() > 0.1), "it recovers in {config:?}");
        session.faults();
        render(&mut executor, 1_000, config.block);
        assert_eq!(session.faults(), [], "and stays well");
    }
}

#[test]
fn a_fault_in_a_loop_does_not_stay_there() {
    let sketch = dividers()
        .node("back", &GAIN_SPEC)
        .knob("back", "gain", 0.3)
        .cable("divide3.out", "back.in")
        .cable("back.out", "divide3.in");
    for config in RenderConfig::all() {
        let (_sane, mut executor) = config.play(&sketch.patch);
        let expected = right(&render(&mut executor, 5_000, config.block));
        let (mut session, mut executor) = config.play(&sketch.patch);
        let mut sound = render(&mut executor, 1_000, config.block);
        sound.extend(divide_by_zero(&mut session, &mut executor, config.block));
        assert!(session.faults().iter().any(|fault| &*fault.node == "divide3"));
        session.set_knob("divide3", "divisor", 1.5).expect("there is such a knob");
        sound.extend(render(&mut executor, 2_000, config.block));
        assert!(sound.iter().flatten().all(|sample| sample.is_finite()));
        assert!(left(&sound[4_000..]).iter().any(|sample| sample.abs() > 0.1), "it recovers in {config:?}");
        assert_eq!(first_difference(&right(&sound), &expected), None, "the others in {config:?}");
    }
}

#[test]
fn a_block_nodes_fault_is_contained() {
    let sketch = Sketch::new()
        .node("noise", &NOISE)
        .node("faulty", &FAULTY)
        .node("ring", &DELAY)
        .node("out", &SINK)
        .cable("noise.out", "faulty.in")
        .cable("faulty.out", "out.left")
        .cable("noise.out", "ring.in")
        .cable("ring.out", "out.right");
    for config in RenderConfig::all() {
        let (_sane, mut executor) = config.play(&sketch.patch);
        let expected = render(&mut executor, 3_000, config.block);
        assert!(left(&expected).iter().any(|sample| *sample != 0.0));
        let (mut session, mut executor) = config.play(&sketch.patch);
        session.set_knob("faulty", "fail", 1.0).expect("there is such a knob");
        let mut sound = render(&mut executor, 1_500, config.block);
        assert!(left(&sound[1_000..]).iter().all(|sample| *sample == 0.0));
        let faults = session.faults();
        assert!(!faults.is_empty() && faults.iter().all(|fault| &*fault.node == "faulty"), "{faults:?}");
        session.set_knob("faulty", "fail", 0.0).expect("there is such a knob");
        sound.extend(render(&mut executor, 1_500, config.block));
        assert_eq!(left(&sound)[2_500..], left(&expected)[2_500..], "it recovers in {config:?}");
        assert_eq!(first_difference(&right(&sound), &right(&expected)), None);
    }
}
