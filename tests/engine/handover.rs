//! Handover: any plan may follow any other, plans may be skipped, and a new one plays from the next callback.

use crate::support::blocks::{SINK, VOICES_SPEC};
use crate::support::edits::{Dice, Editing};
use crate::support::nodes::{GAIN_SPEC, MEMORY, NOISE, RAMP, SINE, SUM};
use crate::support::play::{RenderConfig, left, render};
use crate::support::random::Palette;
use crate::support::sketch::Sketch;
use jackfield_patch::{Edit, Patch};

/// Patches that share some nodes and not others.
fn patches() -> Vec<Patch> {
    let base = Sketch::new().node("sine", &SINE).node("out", &SINK).cable("sine.out", "out.left");
    let gain = Sketch::new().node("sine", &SINE).node("gain", &GAIN_SPEC).node("out", &SINK);
    let gain = gain.cable("sine.out", "gain.in").cable("gain.out", "out.left");
    let looped = gain.clone().depth("gain.out", "gain.in", 0.5);
    let crowd = (0..20).fold(looped.clone(), |sketch, i| {
        let id = format!("memory{i}");
        sketch.node(&id, &MEMORY).cable("sine.out", &format!("{id}.in")).depth(
            &format!("{id}.low"),
            "gain.in",
            0.1,
        )
    });
    [Sketch::new(), base.clone(), base.remove("sine"), gain, looped, crowd].map(|sketch| sketch.patch).into()
}

#[test]
fn any_plan_may_follow_any_other() {
    let patches = patches();
    let (mut session, mut executor) = RenderConfig::default().open();
    let mut dice = Dice(3);
    for turn in 0..3_000 {
        session.update(&patches[dice.below(patches.len())]);
        if dice.below(3) == 0 {
            let sound = render(&mut executor, 1 + dice.below(200), 64);
            assert!(sound.iter().flatten().all(|sample| sample.abs() < 10.0), "turn {turn}");
            assert!(!session.is_waiting(), "the newest plan plays");
        }
        if dice.below(4) == 0 {
            session.poll();
        }
    }
}

/// However many plans came and went: once the fades have ended, a patch sounds as it always does.
#[test]
fn the_way_to_a_patch_leaves_no_trace() {
    for (number, patch) in patches().iter().enumerate() {
        let (mut session, mut executor) = RenderConfig::default().open();
        let mut dice = Dice(number as u64);
        render(&mut executor, 10, 10);
        for _ in 0..50 {
            session.update(&patches()[dice.below(6)]);
            render(&mut executor, dice.below(30), 64);
        }
        session.update(patch);
        for _ in 0..20 {
            render(&mut executor, 64, 64);
            session.poll();
        }
        let (settled, _executor) = RenderConfig::default().play(patch);
        assert_eq!(session.plan().to_string(), settled.plan().to_string(), "the same plan as at the start");
    }
}

#[test]
fn an_edit_plays_from_the_next_callback() {
    let sine = Sketch::new().node("sine", &SINE).node("out", &SINK);
    let (mut session, mut executor) = RenderConfig::default().play(&sine.patch);
    assert!(left(&render(&mut executor, 500, 64)).iter().all(|sample| *sample == 0.0));
    session.update(&sine.cable("sine.out", "out.left").patch);
    assert!(session.is_waiting());
    assert!(left(&render(&mut executor, 64, 64)).iter().any(|sample| *sample != 0.0));
    assert!(!session.is_waiting());
}

/// After any edits, heard or not, all fades come to an end, and the plan is the one that the patch always
/// has: nothing is left behind.
#[test]
fn edits_settle() {
    static PALETTE: Palette = &[&SINE, &GAIN_SPEC, &MEMORY, &NOISE, &RAMP, &SUM, &VOICES_SPEC];
    let mut patch = patches().remove(5);
    let (mut session, mut executor) = RenderConfig::default().play(&patch);
    render(&mut executor, 64, 64);
    let editing = Editing { palette: PALETTE, is_protected: &|id| id == "out", size: 30 };
    let mut dice = Dice(5);
    for round in 0..60 {
        for _ in 0..=dice.below(60) {
            let edit: Edit = editing.edit(&patch, &mut dice);
            patch.apply(edit).expect("the edit fits");
            session.update(&patch);
            if round % 3 > 0 {
                render(&mut executor, dice.below(100), 64);
            }
        }
        let most = session.plan().size().nodes;
        assert!(most < 1_000, "{most} nodes");
        for _ in 0..30 {
            render(&mut executor, 128, 64);
            session.poll();
        }
        assert!(!session.poll(), "nothing is left to do");
        let (settled, _executor) = RenderConfig::default().play(&patch);
        assert_eq!(session.plan().to_string(), settled.plan().to_string(), "round {round}");
    }
}
