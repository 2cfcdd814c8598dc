//! Latency: where paths meet, the early one waits for the late one, to the sample.

use crate::support::blocks::{DELAY, SINK, VOICES_SPEC};
use crate::support::nodes::{GAIN_SPEC, MEMORY, NOISE, SUM};
use crate::support::play::{RenderConfig, left, render};
use crate::support::sketch::{Sketch, ends};
use jackfield_patch::Edit;

const FRAMES: usize = 1_000;

/// A late node: a delay that says so.
fn late(sketch: Sketch, id: &str, frames: u32) -> Sketch {
    sketch.node(id, &DELAY).count(id, "frames", frames).toggle(id, "late", true)
}

/// A source and a way out, where what comes in twice with opposite signs cancels.
fn source() -> Sketch {
    Sketch::new().node("noise", &NOISE).node("out", &SINK)
}

fn is_silent(sketch: &Sketch, config: RenderConfig) -> bool {
    let (_session, mut executor) = config.play(&sketch.patch);
    left(&render(&mut executor, FRAMES, config.block)).iter().all(|sample| *sample == 0.0)
}

#[track_caller]
fn assert_lines_up(sketch: &Sketch) {
    for config in RenderConfig::all() {
        assert!(is_silent(sketch, config), "{config:?}\n{}", sketch.text());
    }
    // The same without one of its cables is not: the sketch can fail.
    let open = sketch.clone().edit(Edit::Disconnect { ends: ends("noise.out", "out.left") });
    assert!(!is_silent(&open, RenderConfig::default()));
}

#[test]
fn a_direct_path_waits_for_a_late_one() {
    for frames in [1, 10, 63, 64, 65, 480] {
        let sketch =
            late(source(), "late", frames).cable("noise.out", "late.in").cable("late.out", "out.left");
        assert_lines_up(&sketch.depth("noise.out", "out.left", -1.0));
    }
}

/// What two sinks say meets in the air.
#[test]
fn sinks_wait_for_each_other() {
    for frames in [1, 64, 480] {
        let sketch = late(source(), "late", frames).node("direct", &SINK).node("gain", &GAIN_SPEC);
        let sketch = sketch.cable("noise.out", "late.in").cable("late.out", "out.left");
        let sketch = sketch.cable("noise.out", "gain.in").knob("gain", "gain", -1.0);
        let both = sketch.clone().cable("gain.out", "direct.left");
        for config in RenderConfig::all() {
            assert!(is_silent(&both, config), "{config:?}");
            assert!(!is_silent(&sketch, config));
        }
    }
}

#[test]
fn a_cable_may_opt_out() {
    let sketch = late(source(), "late", 10).cable("noise.out", "late.in").cable("late.out", "out.left");
    let sketch = sketch.depth("noise.out", "out.left", -1.0);
    let exempt = Edit::SetUncompensated { ends: ends("noise.out", "out.left"), uncompensated: true };
    let sketch = sketch.edit(exempt);
    let (_session, mut executor) = RenderConfig::default().play(&sketch.patch);
    let both = left(&render(&mut executor, FRAMES, 64));
    let (_session, mut executor) =
        RenderConfig::default().play(&source().cable("noise.out", "out.left").patch);
    let dry = left(&render(&mut executor, FRAMES, 64));
    for frame in 10..FRAMES {
        assert_eq!(both[frame], dry[frame - 10] - dry[frame], "frame {frame}");
    }
}

#[test]
fn paths_of_several_late_nodes_line_up() {
    let sketch = late(late(late(source(), "a", 10), "b", 25), "c", 300)
        .node("gain", &GAIN_SPEC)
        .cable("noise.out", "a.in")
        .cable("a.out", "b.in")
        .cable("noise.out", "c.in")
        // Four paths of 35, 300, 10 and 0 frames; in pairs they cancel.
        .cable("b.out", "out.left")
        .depth("c.out", "out.left", -1.0)
        .cable("a.out", "gain.in")
        .cable("gain.out", "out.left")
        .depth("noise.out", "out.left", -1.0);
    assert_lines_up(&sketch);
}

#[test]
fn meetings_upstream_line_up_as_well() {
    let sketch = late(late(source(), "a", 70), "b", 7)
        .node("sum", &SUM)
        .node("twice", &GAIN_SPEC)
        .knob("twice", "gain", 2.0)
        .cable("noise.out", "a.in")
        .cable("a.out", "sum.in")
        .cable("noise.out", "sum.in")
        .cable("sum.out", "b.in")
        .cable("b.out", "out.left")
        .cable("noise.out", "twice.in")
        .depth("twice.out", "out.left", -0.5)
        .depth("noise.out", "out.left", -1.0);
    assert_lines_up(&sketch);
}

#[test]
fn every_voice_lines_up() {
    for voices in [3, 16, 21] {
        let sketch = late(source(), "late", 33)
            .node("voices", &VOICES_SPEC)
            .count("voices", "voices", voices)
            .cable("voices.out", "late.in")
            .cable("late.out", "out.left")
            .depth("voices.out", "out.left", -1.0);
        for config in RenderConfig::all() {
            // Voices of one output add up before those of the other, so rounding leaves a little.
            let (_session, mut executor) = config.play(&sketch.patch);
            let rest = left(&render(&mut executor, FRAMES, config.block));
            assert!(rest.iter().all(|sample| sample.abs() < 1e-3), "{voices} voices, {config:?}");
        }
    }
}

/// A loop's own cables are left alone, or its pitch would change; what comes in from outside lines up.
#[test]
fn a_loop_keeps_its_length() {
    let looped = |late_frames: u32| {
        late(source(), "late", late_frames)
            .node("memory", &MEMORY)
            .cable("noise.out", "memory.in")
            .cable("memory.low", "late.in")
            .depth("late.out", "memory.in", -0.5)
            .cable("memory.low", "out.right")
    };
    let plain = looped(20).toggle("late", "late", false);
    for config in [RenderConfig::default(), RenderConfig { width: 1, block: 7, ..RenderConfig::default() }] {
        let (_session, mut executor) = config.play(&looped(20).patch);
        let reported = render(&mut executor, FRAMES, config.block);
        let (_session, mut executor) = config.play(&plain.patch);
        assert_eq!(reported, render(&mut executor, FRAMES, config.block), "{config:?}");
    }
}
