//! The transport: nodes of both kinds, in loops and outside, hear the same beat at any block size, and
//! changes come at their very frame. And MIDI that nodes send.

use crate::support::beat::{ANSWER, BEAT_BLOCK, BEAT_LANES};
use crate::support::blocks::SINK;
use crate::support::play::{RenderConfig, left, render, right};
use crate::support::sketch::Sketch;
use jackfield_engine::{EngineError, ScheduledMidi, Session};
use jackfield_node::TransportChange;
use jackfield_patch::{Edit, Patch};

const FRAMES: usize = 60_000;

/// The beat to the left, the tempo to the right, from a node of this kind, alone or in a loop.
fn patch(spec: &'static jackfield_node::NodeSpec, in_loop: bool) -> Patch {
    let sketch = Sketch::new().node("beat", spec).node("out", &SINK);
    let sketch = sketch.cable("beat.beat", "out.left").cable("beat.tempo", "out.right");
    if in_loop { sketch.depth("beat.beat", "beat.in", 0.0).patch } else { sketch.patch }
}

fn patches() -> Vec<Patch> {
    let kinds = [&BEAT_LANES, &BEAT_BLOCK];
    kinds.iter().flat_map(|spec| [false, true].map(|in_loop| patch(spec, in_loop))).collect()
}

/// What happens in the middle, none of it where a block would end anyway.
const CHANGES: [(u64, TransportChange); 6] = [
    (5_003, TransportChange::Tempo(137.0)),
    (20_011, TransportChange::Stop),
    (20_500, TransportChange::Tempo(61.3)),
    (30_001, TransportChange::Play),
    (40_001, TransportChange::Locate(16.25)),
    (40_001, TransportChange::Tempo(200.0)),
];

fn change(session: &mut Session) {
    for (frame, change) in CHANGES {
        session.schedule_transport(frame, change).unwrap();
    }
}

/// Position and tempo as a person would work them out.
fn expected(frame: u64) -> (f64, f64) {
    let (mut beat, mut tempo, mut plays) = (0.0, 120.0, true);
    let mut since = 0;
    let passed = |frames: u64, tempo: f64, plays: bool| {
        if plays { frames as f64 * tempo / 60.0 / 48_000.0 } else { 0.0 }
    };
    for (at, change) in CHANGES.into_iter().take_while(|(at, _)| *at <= frame) {
        beat += passed(at - since, tempo, plays);
        since = at;
        match change {
            TransportChange::Tempo(new) => tempo = new,
            TransportChange::Play => plays = true,
            TransportChange::Stop => plays = false,
            TransportChange::Locate(new) => beat = new,
        }
    }
    (beat + passed(frame - since, tempo, plays), if plays { tempo } else { 0.0 })
}

#[test]
fn every_node_hears_the_same_beat_at_any_block_size() {
    let mut first = None;
    for patch in patches() {
        for block in [1, 7, 64, 480] {
            let (mut session, mut executor) = RenderConfig::default().play(&patch);
            change(&mut session);
            let sound = render(&mut executor, FRAMES, block);
            assert!(&sound == first.get_or_insert_with(|| sound.clone()), "blocks of {block}");
        }
    }
    let sound = first.unwrap();
    for (frame, [shown, shown_tempo]) in sound.into_iter().enumerate() {
        let (beat, tempo) = expected(frame as u64);
        let error = (f64::from(shown) - beat % 1.0).abs();
        // Just before and behind a whole beat is close as well.
        assert!(error.min(1.0 - error) < 1e-6, "frame {frame}: {shown} for {beat}");
        assert_eq!(shown_tempo, tempo as f32, "frame {frame}");
    }
}

#[test]
fn it_begins_at_the_first_beat_and_tells_where_it_is() {
    let (mut session, mut executor) = RenderConfig::default().play(&patch(&BEAT_LANES, false));
    let place = |session: &Session| {
        let place = session.transport();
        (place.is_playing, place.tempo, place.beat)
    };
    assert_eq!(place(&session), (true, 120.0, 0.0));
    assert_eq!(left(&render(&mut executor, 1, 1)), [0.0]);
    render(&mut executor, 47_999, 480);
    assert_eq!(session.transport().beat, 2.0);
    session.set_tempo(90.0).unwrap();
    session.locate(7.5).unwrap();
    session.stop().unwrap();
    assert_eq!(left(&render(&mut executor, 100, 100)), [0.5; 100]);
    assert_eq!(place(&session), (false, 90.0, 7.5));
    session.play().unwrap();
    assert_eq!(right(&render(&mut executor, 1, 1)), [90.0]);
}

/// The beat belongs to the session, not to a plan.
#[test]
fn it_goes_on_through_edits() {
    let (mut session, mut executor) = RenderConfig::default().play(&patch(&BEAT_LANES, false));
    let before = render(&mut executor, 1_000, 100);
    session.update(&patch(&BEAT_BLOCK, true));
    render(&mut executor, 1_000, 100);
    session.update(&patch(&BEAT_LANES, false));
    render(&mut executor, 1_000, 100);
    assert_eq!(session.transport().beat, 3_000.0 / 24_000.0);
    assert_eq!(before[999][0], 999.0 / 24_000.0);
}

/// A patch brings its tempo along, and an edit of anything else leaves alone what was set live.
#[test]
fn it_takes_up_the_tempo_of_a_patch() {
    let sketch = Sketch { patch: patch(&BEAT_LANES, false) }.edit(Edit::SetTempo(90.0));
    let (mut session, mut executor) = RenderConfig::default().play(&sketch.patch);
    let heard = |executor: &mut jackfield_engine::Executor| render(executor, 1, 1)[0][1];
    assert_eq!(heard(&mut executor), 90.0);
    session.set_tempo(77.0).unwrap();
    session.update(&sketch.clone().node("more", &BEAT_LANES).patch);
    assert_eq!(heard(&mut executor), 77.0);
    session.update(&sketch.edit(Edit::SetTempo(130.0)).patch);
    assert_eq!(heard(&mut executor), 130.0);
}

#[test]
fn what_is_no_tempo_and_no_beat_is_refused() {
    let (mut session, _executor) = RenderConfig::default().play(&Patch::new());
    for tempo in [0.0, -1.0, 1_001.0, f64::NAN, f64::INFINITY] {
        assert_eq!(session.set_tempo(tempo), Err(EngineError::Tempo));
    }
    for beat in [-1.0, 1e10, f64::NAN, f64::NEG_INFINITY] {
        assert_eq!(session.locate(beat), Err(EngineError::Beat));
    }
    let refused = (0..1_000).filter(|_| session.play() == Err(EngineError::QueueFull)).count();
    assert!(refused > 0, "what nobody takes piles up to a bound");
}

fn notes(session: &mut Session, frames: impl Iterator<Item = u64>) -> Vec<ScheduledMidi> {
    frames
        .map(|frame| {
            let message = |key| ScheduledMidi { frame, midi: [0x90, key, 100] };
            session.schedule_midi(message((frame % 100) as u8)).unwrap();
            message((frame % 100 + 1) as u8)
        })
        .collect()
}

/// Nodes hear and send MIDI at its very frame, in a feedback loop as well.
#[test]
fn nodes_send_midi_at_any_block_size() {
    for in_loop in [false, true] {
        let sketch =
            Sketch::new().node("answer", &ANSWER).node("out", &SINK).cable("answer.heard", "out.left");
        let sketch = if in_loop { sketch.cable("answer.heard", "answer.in") } else { sketch };
        for block in [1, 7, 64, 480] {
            let (mut session, mut executor) = RenderConfig::default().play(&sketch.patch);
            let due = notes(&mut session, (0..100).map(|i| i * 23));
            let sound = left(&render(&mut executor, 3_000, block));
            assert_eq!(session.sent_midi(), due, "blocks of {block}");
            assert!((0..2_300).all(|frame| sound[frame] == (frame / 23 * 23 % 100) as f32));
            assert_eq!((session.sent_midi(), session.dropped_midi()), (vec![], 0));
        }
    }
}

#[test]
fn midi_that_nobody_takes_is_dropped_and_counted() {
    let sketch = Sketch::new().node("answer", &ANSWER).node("out", &SINK).cable("answer.heard", "out.left");
    let (mut session, mut executor) = RenderConfig::default().play(&sketch.patch);
    notes(&mut session, (0..10_000).map(|i| i / 2));
    render(&mut executor, 6_000, 64);
    let taken = session.sent_midi().len() as u64;
    assert!(taken > 1_000 && taken < 10_000, "{taken}");
    assert_eq!(taken + session.dropped_midi(), 10_000);
}
