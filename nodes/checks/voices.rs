//! No click from a whole voice: notes that steal voices, strike again and end early, through an oscillator, a
//! filter, an envelope and an amplifier. No burst above 6 kHz exceeds -80 dB of the sound's peak.

use crate::parts::oscillator::waveform::Waveform;
use jackfield_engine::{Options, ScheduledMidi, Session};
use jackfield_node::{NoAssets, SettingValue};
use jackfield_patch::{CableEnds, Edit, Node, Patch};
use jackfield_testkit::measure::click_burst_db;

/// What nobody hears.
const MOST_DB: f64 = -80.0;

const SAMPLE_RATE: f32 = 48_000.0;

/// Frames from a note to the next.
const BETWEEN: u64 = 4_867;

const NOTES: [u8; 12] = [45, 40, 48, 41, 52, 38, 47, 43, 50, 40, 45, 45];

/// How a voice sounds, and how its notes are played.
#[derive(Clone, Copy, Debug)]
struct Playing {
    voices: u32,
    envelope: &'static str,
    /// A saw is dark: hardly anything above 6 kHz is left.
    waveform: Waveform,
    attack: f32,
    release: f32,
    /// Frames that each key stays down.
    held: u64,
}

impl Playing {
    fn patch(self) -> Patch {
        let registry = crate::registry();
        let mut patch = Patch::default();
        let mut edit = |edit: Edit| patch.apply(edit).map(drop).expect("the edit is valid");
        for (id, node) in [
            ("keys", "device.midi_in"),
            ("tone", "source.oscillator"),
            ("first", "filter.svf"),
            ("second", "filter.svf"),
            ("shape", self.envelope),
            ("voice", "dynamics.vca"),
            ("out", "device.output"),
        ] {
            edit(Edit::AddNode(Box::new(Node::new(id, registry.get(node).expect("a node of the library")))));
        }
        let cutoff = if self.waveform == Waveform::Sine { 2_000.0 } else { 100.0 };
        for (id, input, value) in [
            ("first", "cutoff", cutoff),
            ("second", "cutoff", cutoff),
            ("shape", "attack", self.attack),
            ("shape", "release", self.release),
            ("out", "level", -12.0),
        ] {
            edit(Edit::SetKnob { id: id.into(), input: input.into(), value });
        }
        for (id, setting, value) in
            [("keys", "voices", SettingValue::Count(self.voices)), ("tone", "waveform", self.waveform.into())]
        {
            edit(Edit::SetSetting { id: id.into(), setting: setting.into(), value });
        }
        for [from, output, to, input] in [
            ["keys", "pitch", "tone", "pitch"],
            ["tone", "out", "first", "in"],
            ["first", "low", "second", "in"],
            ["second", "low", "voice", "in"],
            ["keys", "gate", "shape", "gate"],
            ["shape", "out", "voice", "gain"],
            ["voice", "out", "out", "in"],
        ] {
            edit(Edit::connect(CableEnds::new(from, output, to, input)));
        }
        patch
    }

    fn burst_db(self) -> f64 {
        let options = Options::at(SAMPLE_RATE).with_width(4);
        let (mut session, mut executor) =
            Session::new(options, Box::new(NoAssets)).expect("the options are good");
        session.update(&self.patch());
        let mut messages = Vec::new();
        for (turn, note) in (1_u64..).zip(NOTES) {
            let start = turn * BETWEEN;
            // The first note is a whole one, so that bursts are measured by how loud the voice is.
            let held = if turn == 1 { self.held.max(BETWEEN - 1) } else { self.held };
            messages.push(ScheduledMidi { frame: start, midi: [0x90, note, 100] });
            messages.push(ScheduledMidi { frame: start + held, midi: [0x80, note, 0] });
        }
        messages.sort_by_key(|message| message.frame);
        for message in messages {
            session.schedule_midi(message).expect("there is room for it");
        }
        let mut sound = vec![0.0; (NOTES.len() + 3) * BETWEEN as usize];
        sound.chunks_mut(96).for_each(|block| executor.process(&[], 0, block, 1));
        assert!(sound.iter().any(|x| x.abs() > 0.02), "there is sound to hear clicks in");
        click_burst_db(&sound, SAMPLE_RATE)
    }
}

/// Every note takes a voice that sounds, of keys down, let go, or let go during the attack.
#[test]
fn voices_stolen_and_struck_again() {
    let mut misses = Vec::new();
    for envelope in ["modulator.adsr", "modulator.ahdsr"] {
        for waveform in [Waveform::Sine, Waveform::Saw] {
            for (voices, held) in [(1, 30_000), (3, 30_000), (1, 2_000), (3, 40), (1, 130)] {
                for (attack, release) in [(0.001, 0.3), (0.002, 0.3), (0.005, 0.002), (0.05, 0.002)] {
                    let playing = Playing { voices, envelope, waveform, attack, release, held };
                    let burst = playing.burst_db();
                    println!("{burst:6.1} dB {playing:?}");
                    if burst > MOST_DB {
                        misses.push(format!("{burst:.1} dB: {playing:?}"));
                    }
                }
            }
        }
    }
    assert!(misses.is_empty(), "bursts:\n{}", misses.join("\n"));
}
