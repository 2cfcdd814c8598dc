//! Events: notes and automation happen at their very frame, whatever the size of the callbacks, and the
//! bits of the sound don't depend on that size.

use crate::support::blocks::{NOTES, SINK};
use crate::support::edits::Dice;
use crate::support::nodes::{GAIN_SPEC, MEMORY, NOISE};
use crate::support::play::{RenderConfig, left, render, right};
use crate::support::sketch::Sketch;
use jackfield_engine::{ScheduledMidi, Session, offline};
use jackfield_patch::Patch;
use proptest::prelude::*;

const FRAMES: usize = 3_000;

/// Velocities to the left, ticks through an automated gain to the right.
fn patch() -> Patch {
    let sketch = Sketch::new()
        .node("notes", &NOTES)
        .node("gain", &GAIN_SPEC)
        .node("out", &SINK)
        .cable("notes.velocity", "out.left")
        .cable("notes.tick", "out.right");
    // Automation of something else must not disturb the notes, but it cuts the blocks.
    sketch.node("noise", &NOISE).cable("noise.out", "gain.in").depth("gain.out", "out.right", 0.0).patch
}

/// Something to happen at a frame.
#[derive(Clone, Copy, Debug)]
enum Happening {
    Note(u8),
    Turn(f32),
}

fn schedule(session: &mut Session, frame: u64, what: Happening) {
    let sent = match what {
        Happening::Note(velocity) => {
            session.schedule_midi(ScheduledMidi { frame, midi: [0x90, 60, velocity] })
        }
        Happening::Turn(gain) => session.schedule_knob(frame, "gain", "gain", gain),
    };
    sent.expect("there is room for it");
}

fn happenings() -> impl Strategy<Value = Vec<(u64, Happening)>> {
    let what = prop_oneof![(1..128_u8).prop_map(Happening::Note), (-1.0..1.0_f32).prop_map(Happening::Turn),];
    // Steps of 0 put several into one frame.
    let step = prop_oneof![2 => Just(0_u64), 3 => 0..70_u64, 1 => Just(64_u64), 1 => 0..300_u64];
    prop::collection::vec((step, what), 0..40).prop_map(|steps| {
        let mut frame = 0;
        let mut add = |(step, what)| {
            frame += step;
            (frame, what)
        };
        steps.into_iter().map(&mut add).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn notes_come_at_their_frame(
        happenings in happenings(),
        block in prop_oneof![Just(1_usize), Just(7), Just(64), Just(480), 1..700_usize],
    ) {
        let (mut session, mut executor) = RenderConfig::default().play(&patch());
        for &(frame, what) in &happenings {
            schedule(&mut session, frame, what);
        }
        let sound = render(&mut executor, FRAMES, block);
        let (mut velocity, mut next) = (0.0, happenings.iter().peekable());
        for (frame, played) in sound.iter().enumerate() {
            let mut ticks = 0.0;
            while let Some(&(_, what)) = next.next_if(|happening| happening.0 == frame as u64) {
                if let Happening::Note(new) = what {
                    velocity = f32::from(new);
                    ticks += 1.0;
                }
            }
            prop_assert_eq!(*played, [velocity, ticks], "frame {}", frame);
        }
    }
}

/// A patch whose sound depends on when a knob begins to turn.
fn automated() -> Patch {
    let sketch = Sketch::new().node("noise", &NOISE).node("gain", &GAIN_SPEC).node("memory", &MEMORY);
    let sketch = sketch.node("out", &SINK).cable("noise.out", "gain.in").cable("gain.out", "memory.in");
    sketch.cable("memory.low", "out.left").cable("gain.out", "out.right").patch
}

#[test]
fn automation_gives_the_same_bits_at_every_block_size() {
    let mut first = None;
    for block in [1, 7, 64, 100, 480, 3_000] {
        let (mut session, mut executor) = RenderConfig::default().play(&automated());
        let mut dice = Dice(7);
        let mut frame = 0;
        while frame < FRAMES as u64 {
            schedule(&mut session, frame, Happening::Turn(dice.unit()));
            frame += dice.below(200) as u64;
        }
        let sound = render(&mut executor, FRAMES, block);
        assert_eq!(&sound, first.get_or_insert_with(|| sound.clone()), "blocks of {block}");
    }
}

#[test]
fn a_knob_begins_to_turn_at_its_frame() {
    for at in [1, 63, 64, 65, 1_000] {
        let (_still, mut executor) = RenderConfig::default().play(&automated());
        let still = right(&render(&mut executor, FRAMES, 480));
        let (mut session, mut executor) = RenderConfig::default().play(&automated());
        schedule(&mut session, at, Happening::Turn(0.0));
        let turned = right(&render(&mut executor, FRAMES, 480));
        assert_eq!(turned.iter().zip(&still).position(|(a, b)| a != b), Some(at as usize));
        assert!(turned[at as usize + 1_200..].iter().all(|sample| *sample == 0.0), "it arrives");
    }
}

#[test]
fn late_events_happen_at_once_and_in_order() {
    let (mut session, mut executor) = RenderConfig::default().play(&patch());
    render(&mut executor, 1_000, 100);
    for (frame, velocity) in [(3, 10), (500, 20), (999, 30)] {
        schedule(&mut session, frame, Happening::Note(velocity));
    }
    schedule(&mut session, 1_002, Happening::Note(40));
    let sound = render(&mut executor, 4, 4);
    assert_eq!(left(&sound), [30.0, 30.0, 40.0, 40.0]);
    assert_eq!(right(&sound), [3.0, 0.0, 1.0, 0.0]);
}

/// More notes in one frame than fit into a block are late but not lost.
#[test]
fn a_flood_of_notes_loses_none() {
    let (mut session, mut executor) = RenderConfig::default().play(&patch());
    for _ in 0..1_000 {
        schedule(&mut session, 10, Happening::Note(1));
    }
    let ticks: f32 = right(&render(&mut executor, FRAMES, 480)).iter().sum();
    assert_eq!(ticks, 1_000.0);
}

#[test]
fn offline_rendering_plays_notes_at_their_frame() {
    let midi: Vec<ScheduledMidi> =
        (1..100).map(|i| ScheduledMidi { frame: i * 29, midi: [0x90, 60, i as u8] }).collect();
    for block in [1, 64, 333, 4_096] {
        let (mut session, mut executor) = RenderConfig::default().play(&patch());
        let job = offline::Job::of(FRAMES).in_blocks_of(block).with_midi(&midi);
        let sound = offline::render_to_vec(&mut session, &mut executor, &job);
        for (frame, played) in sound.chunks_exact(2).enumerate() {
            let due = (frame / 29).min(99);
            assert_eq!(played[0], due as f32, "frame {frame} in blocks of {block}");
        }
    }
}
