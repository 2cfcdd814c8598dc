//! Listening to a cable or port: as loud as the patch's output and as safe, and of a polyphonic signal only
//! the voices that somebody plays.

use jackfield_engine::{Executor, Options, Probe, ScheduledMidi, Session};
use jackfield_node::NoAssets;

/// Eight voices of an oscillator at full level, each silent behind its amplifier until a key is down.
const CHOIR: &str = r#"{"jackfield": 1, "nodes": {
    "keys": {"type": "device.midi_in", "settings": {"voices": 8}},
    "tone": {"type": "source.oscillator", "settings": {"waveform": "sine"}},
    "shape": {"type": "modulator.adsr"},
    "amp": {"type": "dynamics.vca"},
    "out": {"type": "device.output"}},
    "cables": [
        {"from": "keys.pitch", "to": "tone.pitch"}, {"from": "keys.gate", "to": "shape.gate"},
        {"from": "tone.out", "to": "amp.in"}, {"from": "shape.out", "to": "amp.gain"},
        {"from": "amp.out", "to": "out.in"}]}"#;

struct Room {
    session: Session,
    executor: Executor,
    tone: Probe,
}

impl Room {
    fn new() -> Self {
        let (patch, _) = jackfield_patch::read(CHOIR, &jackfield_nodes::registry()).expect("a patch");
        let (mut session, executor) =
            Session::new(Options::default(), Box::new(NoAssets)).expect("good options");
        assert_eq!(session.update(&patch).problems, []);
        let tone = session.probe("tone", "out", 0).expect("the tone");
        let mut room = Self { session, executor, tone };
        room.hear(9_600);
        room
    }

    fn press(&mut self, note: u8) {
        let midi = [0x90, note, 127];
        self.session.schedule_midi(ScheduledMidi { frame: 0, midi }).expect("room for a note");
    }

    /// The left channel of so many frames.
    fn hear(&mut self, frames: usize) -> Vec<f32> {
        let mut heard = Vec::new();
        while heard.len() < frames {
            let mut block = [0.0; 2 * 240];
            self.executor.process(&[], 0, &mut block, 2);
            self.session.poll();
            heard.extend(block.chunks_exact(2).map(|frame| frame[0]));
        }
        heard
    }
}

fn peak(heard: &[f32]) -> f32 {
    heard.iter().fold(0.0, |peak, sample| peak.max(sample.abs()))
}

#[test]
fn idle_voices_are_not_heard_and_those_that_sound_are() {
    let mut room = Room::new();
    room.tone.listen(true);
    let idle = peak(&room.hear(24_000));
    assert!(idle < 1e-3, "eight idle voices: {idle}");
    room.press(69);
    let one = room.hear(24_000);
    assert!((0.1..0.97).contains(&peak(&one)), "one voice: {}", peak(&one));
    let crossings = one[4_800..].windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
    assert!((crossings as f32 / 0.4 - 440.0).abs() < 6.0, "the note that is played: {crossings}");
}

#[test]
fn however_many_sound_the_ceiling_holds_and_the_level_counts() {
    let mut room = Room::new();
    room.tone.listen(true);
    (0..8).for_each(|voice| room.press(60 + voice));
    let loud = room.hear(24_000);
    assert!(peak(&loud) > 0.8 && peak(&loud) <= 0.9661, "{}", peak(&loud));
    let clipped = loud.iter().filter(|sample| sample.abs() > 0.96).count();
    assert!(clipped < loud.len() / 20, "limited rather than cut off: {clipped} frames at the ceiling");
    room.tone.set_listening_level(0.01);
    room.hear(12_000);
    let soft = peak(&room.hear(12_000));
    assert!(soft < 0.09, "as loud as the output is set to: {soft}");
    room.tone.listen(false);
    room.hear(4_800);
    assert!(peak(&room.hear(4_800)) > 0.1, "the patch again");
}
