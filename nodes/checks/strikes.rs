//! What is struck again while it sounds ends without a click.
//!
//! A strike is a transient, so its own treble is no fault. What must not click is the sound that was: the
//! node is struck at two moments, and only at the second, and the difference of both is the first sound
//! alone, with its end or its going on. It may have no burst of treble that it did not have shortly before.

use jackfield_node::harness::LaneHarness;
use jackfield_node::{Input, NodeKind, NodeSpec, PortKind};
use jackfield_testkit::block::BlockHarness;
use jackfield_testkit::measure::{decibels, treble};
use jackfield_testkit::signal::gate;

const RATE: f32 = 48_000.0;
const FRAMES: usize = 16_000;
const FIRST: usize = 2_000;

/// Struck at these frames, with these knobs turned.
fn struck(spec: &'static NodeSpec, trigger: Input, knobs: &[(&str, f32)], strikes: &[usize]) -> Vec<f32> {
    let open: Vec<(usize, usize)> = strikes.iter().map(|strike| (*strike, strike + 48)).collect();
    let input =
        |name: &str| spec.inputs.iter().copied().find(|input| input.name == name).expect("such a knob");
    let gate = gate(FRAMES, &open);
    match spec.kind {
        NodeKind::Lanes(_) => {
            let mut harness = LaneHarness::new(spec);
            for (name, value) in knobs {
                harness.turn(input(name), *value);
            }
            harness.plug(trigger, gate).run(FRAMES).output(spec.outputs[0]).to_vec()
        }
        NodeKind::Block(_) => {
            let mut harness = BlockHarness::of(spec).start().expect("the defaults are valid");
            for (name, value) in knobs {
                harness.turn(input(name), *value);
            }
            harness.plug(trigger, gate).run(FRAMES).output(spec.outputs[0]).to_vec()
        }
    }
}

/// The burst of the first sound's end in dB re the peak, where it is more than the sound had.
fn burst_db(id: &str, trigger: &str, knobs: &[(&str, f32)], second: usize) -> f64 {
    let registry = crate::registry();
    let spec = registry.get(id).expect("a node of the library");
    let trigger = spec.inputs.iter().copied().find(|input| input.name == trigger).expect("such an input");
    assert_eq!(trigger.kind, PortKind::Gate);
    let both = struck(spec, trigger, knobs, &[FIRST, second]);
    let fresh = struck(spec, trigger, knobs, &[second]);
    let peak = both.iter().fold(0.0, |peak: f64, x| peak.max(f64::from(x.abs())));
    let old: Vec<f32> = both.iter().zip(&fresh).map(|(both, fresh)| both - fresh).collect();
    let levels = treble(&old, RATE);
    let loudest = |start: usize, end: usize| levels[start..end].iter().copied().fold(0.0, f64::max);
    let (before, after) = (loudest(second - 600, second - 40), loudest(second - 40, second + 2_000));
    if decibels(after / before) > 3.0 { decibels(after / peak) } else { decibels(0.0) }
}

#[test]
fn the_old_sound_ends_without_a_click() {
    let mut misses = Vec::new();
    for (id, trigger, knobs) in [
        ("source.kick", "trigger", &[][..]),
        ("source.kick", "trigger", &[("drive", 0.0), ("decay", 8.0), ("frequency", 120.0)]),
        ("source.kick", "trigger", &[("drive", 36.0), ("decay", 2.0)]),
        ("source.snare", "trigger", &[]),
        // So soft that the skin's own saturation, through which the new strike's corner goes, is next to
        // nothing.
        ("source.snare", "trigger", &[("wires", 0.0), ("decay", 2.0), ("velocity", 0.1)]),
        ("source.clap", "trigger", &[]),
        ("source.hat", "closed", &[]),
        ("source.hat", "open", &[]),
        ("source.string", "pluck", &[("noise", 0.0)]),
        ("source.modal", "strike", &[]),
        ("source.fm_operator", "reset", &[]),
        ("source.fm_operator", "reset", &[("frequency", 60.0)]),
    ] {
        for second in [3_011, 4_357, 6_151, 9_973] {
            let burst = burst_db(id, trigger, knobs, second);
            println!("{burst:7.1} dB {id} {knobs:?}, struck again after {} frames", second - FIRST);
            if burst > -80.0 {
                misses.push(format!("{burst:.1} dB: {id} {knobs:?} after {} frames", second - FIRST));
            }
        }
    }
    assert!(misses.is_empty(), "bursts:\n{}", misses.join("\n"));
}
