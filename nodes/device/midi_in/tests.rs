use super::*;
use jackfield_node::SettingValue;
use jackfield_testkit::block::{BlockHarness, Run};
use proptest::prelude::*;

fn keyboard(voices: u32) -> BlockHarness {
    BlockHarness::of(&SPEC).setting(VOICES, SettingValue::Count(voices)).start().unwrap()
}

fn on(note: u8) -> Midi {
    [0x90, note, 127]
}

fn off(note: u8) -> Midi {
    [0x80, note, 0]
}

/// The frames at which a gate rises.
fn rises(gate: &[f32]) -> Vec<usize> {
    (0..gate.len()).filter(|&i| gate[i] > 0.5 && (i == 0 || gate[i - 1] <= 0.5)).collect()
}

#[test]
fn notes_begin_and_end_on_their_frame() {
    let run = keyboard(2).midi(37, on(72)).midi(301, off(72)).run(400);
    let gate = run.voice(GATE, 0);
    assert_eq!(rises(gate), [37]);
    assert_eq!(gate.iter().filter(|gate| **gate == 1.0).count(), 301 - 37);
    assert_eq!(run.voice(PITCH, 0)[37], 1.0, "C5 is an octave above C4");
    assert_eq!(run.voice(PITCH, 0)[399], 1.0, "the pitch stays for the release");
    assert_eq!(run.voice(VELOCITY, 0)[37], 1.0);
    assert_eq!(rises(run.voice(TRIGGER, 0)), [37]);
    assert_eq!(run.voice(TRIGGER, 0).iter().sum::<f32>(), 48.0, "a trigger lasts a millisecond");
    assert_eq!(run.voice(GATE, 1), [0.0; 400]);
}

#[test]
fn a_stolen_voice_starts_anew() {
    let run = keyboard(1).midi(10, on(60)).midi(100, on(64)).run(200);
    assert_eq!(rises(run.output(GATE)), [10, 101], "the gate falls for one frame");
    assert_eq!(rises(run.output(TRIGGER)), [10, 101]);
    assert_eq!(run.output(PITCH)[99..102], [0.0, 4.0 / 12.0, 4.0 / 12.0]);
}

#[test]
fn a_note_without_length_is_heard() {
    let run = keyboard(1).midi(5, on(60)).midi(5, off(60)).midi(70, on(60)).midi(70, off(60)).run(128);
    assert_eq!(rises(run.output(GATE)), [5, 70]);
    assert_eq!(run.output(GATE)[127], 0.0);
}

#[test]
fn many_messages_share_a_frame() {
    let mut keyboard = keyboard(8);
    for note in 60..68 {
        keyboard.midi(3, on(note));
    }
    let run = keyboard.midi(90, [0xb0, 123, 0]).run(128);
    for voice in 0..8 {
        assert_eq!(rises(run.voice(GATE, voice)), [3]);
        assert_eq!(run.voice(PITCH, voice)[3], voice as f32 / 12.0);
        assert_eq!(run.voice(GATE, voice)[90], 0.0);
    }
}

#[test]
fn the_pedal_holds_notes_until_it_comes_up_or_all_sound_ends() {
    let end = |message: Midi| {
        let mut keyboard = keyboard(2);
        keyboard.midi(0, [0xb0, 64, 127]).midi(10, on(60)).midi(20, off(60)).midi(100, message);
        let run = keyboard.run(128);
        assert_eq!(run.output(GATE)[99], 1.0);
        run.output(GATE)[100]
    };
    assert_eq!(end([0xb0, 64, 0]), 0.0);
    assert_eq!(end([0xb0, 120, 0]), 0.0);
    assert_eq!(end([0xb0, 121, 0]), 0.0);
    assert_eq!(end([0xb0, 123, 0]), 1.0, "all notes off leaves what the pedal holds");
}

#[test]
fn the_wheel_bends_by_its_range_and_without_a_step() {
    let mut keyboard = BlockHarness::of(&SPEC).setting(BEND, SettingValue::Count(12)).start().unwrap();
    let run = keyboard.midi(0, on(60)).midi(100, [0xe0, 0x7f, 0x7f]).run(600);
    let pitch = run.output(PITCH);
    assert_eq!((pitch[99], pitch[599]), (0.0, 1.0));
    let steepest = pitch.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f32::max);
    assert!(steepest < 1.01 / 240.0, "5 ms from C4 to C5, not {steepest} octaves a frame");
    let run = keyboard.midi(0, [0xe0, 0, 0]).midi(300, [0xe0, 0, 0x40]).run(600);
    assert_eq!((run.output(PITCH)[299], run.output(PITCH)[599]), (-1.0, 0.0));
}

#[test]
fn pressure_is_that_of_the_key_or_its_channel() {
    let mut keyboard = keyboard(2);
    keyboard.midi(0, on(60)).midi(0, on(64)).midi(1, [0xd0, 32, 0]).midi(1, [0xa0, 64, 127]);
    let run = keyboard.run(400);
    assert_eq!(run.voice(PRESSURE, 0)[399], 32.0 / 127.0);
    assert_eq!(run.voice(PRESSURE, 1)[399], 1.0);
    assert_eq!(keyboard.midi(0, [0xb0, 1, 127]).run(400).voice(WHEEL, 1)[399], 1.0);
}

#[test]
fn other_channels_are_not_heard() {
    let mut second = BlockHarness::of(&SPEC).setting(CHANNEL, SettingValue::Count(2)).start().unwrap();
    assert_eq!(rises(second.midi(4, on(60)).run(64).output(GATE)), []);
    assert_eq!(rises(second.midi(4, [0x91, 60, 1]).run(64).output(GATE)), [4]);
}

#[test]
fn steady_voices_say_so() {
    let mut keyboard = keyboard(1);
    assert!(!keyboard.midi(0, on(60)).run(640).is_held(GATE, 0));
    let run = keyboard.run(640);
    assert!(SPEC.outputs.iter().all(|output| run.is_held(*output, 0)));
}

fn messages() -> impl Strategy<Value = Vec<(usize, Midi)>> {
    let message = prop_oneof![
        4 => (0x90..0x92_u8, 60..66_u8, 0..=127_u8).prop_map(|(status, note, velocity)| [status, note, velocity]),
        1 => (any::<u8>(), any::<u8>(), any::<u8>()).prop_map(|(status, a, b)| [status, a, b]),
    ];
    proptest::collection::vec((0..600_usize, message), 0..60)
}

proptest! {
    /// The same bits at any block size, and silence once everything is let go.
    #[test]
    fn blocks_do_not_matter_and_everything_can_be_let_go(messages in messages(), voices in 1..=8_u32) {
        let play = |block_size: usize| -> Run {
            let mut keyboard = keyboard(voices);
            keyboard.block_size(block_size);
            for (frame, midi) in &messages {
                keyboard.midi(*frame, *midi);
            }
            for channel in 0..16 {
                keyboard.midi(650, [0xb0 | channel, 120, 0]);
            }
            keyboard.run(700)
        };
        let run = play(64);
        for block_size in [1, 17] {
            let other = play(block_size);
            prop_assert_eq!(run.all(), other.all());
        }
        for voice in 0..voices as usize {
            prop_assert_eq!(run.voice(GATE, voice)[699], 0.0, "voice {} is stuck", voice);
        }
    }
}
