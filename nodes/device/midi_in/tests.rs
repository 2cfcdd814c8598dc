use super::*;
use crate::parts::tuning::tuning_files::tests::{FIVE, TextFiles, WHITE_KEYS};
use jackfield_node::{Choices, Midi, SettingValue};
use jackfield_testkit::block::{BlockHarness, BlockRun};
use jackfield_testkit::measure::{click_burst_db, rises};
use proptest::prelude::*;
use std::sync::Arc;

fn keyboard(voices: u32) -> BlockHarness {
    BlockHarness::of(&SPEC).setting(VOICES, SettingValue::Count(voices)).start().unwrap()
}

fn on(note: u8) -> Midi {
    [0x90, note, 127]
}

fn off(note: u8) -> Midi {
    [0x80, note, 0]
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
    let run = keyboard(1).midi(10, on(60)).midi(100, on(64)).run(400);
    assert_eq!(rises(run.output(GATE)), [10, 101], "the gate falls for one frame");
    assert_eq!(rises(run.output(TRIGGER)), [10, 101]);
    let pitch = run.output(PITCH);
    assert_eq!(pitch[99], 0.0);
    assert!(pitch[100..].is_sorted() && pitch[101] < 0.01, "it glides to the new pitch");
    assert!((pitch[340] - 4.0 / 12.0).abs() < 1e-3, "within 5 ms: {}", pitch[340]);
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
    let run = keyboard.midi(0, on(60)).midi(100, [0xe0, 0x7f, 0x7f]).run(700);
    let pitch = run.output(PITCH);
    assert_eq!((pitch[99], pitch[699]), (0.0, 1.0));
    let steepest = pitch.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f32::max);
    // Three poles are steepest at 3.04 times the mean slope.
    assert!(steepest < 3.1 / 240.0, "5 ms from C4 to C5, not {steepest} octaves a frame");
    let run = keyboard.midi(0, [0xe0, 0, 0]).midi(500, [0xe0, 0, 0x40]).run(1000);
    assert_eq!((run.output(PITCH)[499], run.output(PITCH)[999]), (-1.0, 0.0));
}

#[test]
fn pressure_is_that_of_the_key_or_its_channel() {
    let mut keyboard = keyboard(2);
    keyboard.midi(0, on(60)).midi(0, on(64)).midi(1, [0xd0, 32, 0]).midi(1, [0xa0, 64, 127]);
    let run = keyboard.run(500);
    assert_eq!(run.voice(PRESSURE, 0)[499], 32.0 / 127.0);
    assert_eq!(run.voice(PRESSURE, 1)[499], 1.0);
    assert_eq!(keyboard.midi(0, [0xb0, 1, 127]).run(500).voice(WHEEL, 1)[499], 1.0);
}

#[test]
fn other_channels_are_not_heard() {
    let mut second = BlockHarness::of(&SPEC).setting(CHANNEL, SettingValue::Count(2)).start().unwrap();
    assert!(rises(second.midi(4, on(60)).run(64).output(GATE)).is_empty());
    assert_eq!(rises(second.midi(4, [0x91, 60, 1]).run(64).output(GATE)), [4]);
}

#[test]
fn a_unison_plays_one_key_with_several_voices() {
    let bench = BlockHarness::of(&SPEC).setting(VOICES, SettingValue::Count(6));
    let mut keyboard = bench.setting(UNISON, SettingValue::Count(3)).start().unwrap();
    let run = keyboard.turn(DETUNE, 24.0).midi(3, on(60)).midi(5, on(72)).midi(9, off(60)).run(20);
    for (voice, (pitch, spread)) in
        [(-0.02, -1.0), (0.0, 0.0), (0.02, 1.0), (0.98, -1.0), (1.0, 0.0), (1.02, 1.0)]
            .into_iter()
            .enumerate()
    {
        assert!((run.voice(PITCH, voice)[19] - pitch).abs() < 1e-6, "voice {voice}");
        assert_eq!(run.voice(SPREAD, voice)[19], spread);
        assert_eq!(rises(run.voice(GATE, voice)), [if voice < 3 { 3 } else { 5 }]);
        assert_eq!(run.voice(GATE, voice)[19], if voice < 3 { 0.0 } else { 1.0 });
    }
}

#[test]
fn keys_of_an_mpe_keyboard_bend_by_themselves_and_with_the_master() {
    let bench = BlockHarness::of(&SPEC).setting(MPE, SettingValue::Toggle(true));
    let mut keyboard = bench.start().unwrap();
    // Two keys on channels 2 and 3; the first bends up by half of 48 semitones, the master by one.
    keyboard.midi(0, [0x91, 60, 127]).midi(0, [0x92, 60, 127]);
    keyboard
        .midi(1, [0xe1, 0, 0x60])
        .midi(1, [0xe0, 0, 0x60])
        .midi(1, [0xb2, 74, 127])
        .midi(1, [0xd1, 64, 0]);
    let run = keyboard.run(600);
    let [first, second] = [0, 1].map(|voice| run.voice(PITCH, voice)[599] * 12.0);
    assert!((first - 25.0).abs() < 0.01 && (second - 1.0).abs() < 0.01, "{first} {second}");
    assert_eq!((run.voice(SLIDE, 0)[599], run.voice(SLIDE, 1)[599]), (0.0, 1.0));
    assert_eq!((run.voice(PRESSURE, 0)[599], run.voice(PRESSURE, 1)[599]), (64.0 / 127.0, 0.0));
    // A key that is up keeps its bend when its channel gets another key; the master's pedal holds all.
    let run = keyboard.midi(0, [0x81, 60, 0]).midi(1, [0xe1, 0, 0x40]).midi(2, [0xb0, 64, 127]).run(600);
    assert!((run.voice(PITCH, 0)[599] * 12.0 - 25.0).abs() < 0.01);
    let run = keyboard.midi(0, [0x82, 60, 0]).run(64);
    assert_eq!(run.voice(GATE, 1)[63], 1.0);
}

#[test]
fn a_key_struck_anew_outlives_the_off_of_its_old_note() {
    for voices in [1, 8] {
        let mut keyboard = keyboard(voices);
        keyboard.midi(0, on(60)).midi(100, on(60)).midi(100, off(60)).midi(200, off(60));
        let run = keyboard.run(300);
        let open = |frame: usize| (0..voices as usize).any(|voice| run.voice(GATE, voice)[frame] == 1.0);
        assert!(open(99) && open(102) && open(199) && !open(200), "{voices} voices");
    }
}

#[test]
fn the_sostenuto_pedal_holds_what_was_down() {
    let mut keyboard = keyboard(2);
    keyboard.midi(0, on(60)).midi(5, [0xb0, 66, 127]).midi(10, on(64)).midi(20, off(60)).midi(20, off(64));
    let run = keyboard.midi(100, [0xb0, 66, 0]).run(128);
    assert_eq!([0, 1].map(|voice| run.voice(GATE, voice)[99]), [1.0, 0.0]);
    assert_eq!([0, 1].map(|voice| run.voice(GATE, voice)[100]), [0.0, 0.0]);
}

/// Sends a registered parameter and the high byte of its value.
fn registered(keyboard: &mut BlockHarness, frame: usize, channel: u8, parameter: u8, value: u8) {
    for (controller, value) in [(101, 0), (100, parameter), (6, value)] {
        keyboard.midi(frame, [0xb0 | channel, controller, value]);
    }
}

#[test]
fn the_keyboard_says_how_far_its_wheel_reaches() {
    let mut keyboard = keyboard(1);
    registered(&mut keyboard, 0, 0, 0, 12);
    let run = keyboard.midi(0, on(60)).midi(10, [0xe0, 0x7f, 0x7f]).run(700);
    assert_eq!(run.output(PITCH)[699], 1.0);
}

#[test]
fn a_keyboard_that_sends_its_zones_is_understood() {
    let mut keyboard = keyboard(3);
    registered(&mut keyboard, 0, 0, 6, 5);
    registered(&mut keyboard, 0, 15, 6, 5);
    // A key of the lower zone, one of the upper, and one of neither; the masters bend by 2 semitones.
    keyboard.midi(1, [0x91, 60, 100]).midi(1, [0x9e, 60, 100]).midi(1, [0x97, 60, 100]);
    keyboard.midi(2, [0xe0, 0x7f, 0x7f]).midi(2, [0xee, 0, 0x60]);
    let run = keyboard.run(700);
    let bends = [0, 1, 2].map(|voice| (run.voice(PITCH, voice)[699] * 12.0).round());
    assert_eq!(bends, [2.0, 24.0, 0.0]);
    let run = keyboard.midi(0, [0xef, 0x7f, 0x7f]).midi(0, [0xbf, 64, 127]).midi(1, [0x8e, 60, 0]).run(700);
    assert_eq!((run.voice(PITCH, 1)[699] * 12.0).round(), 26.0);
    assert_eq!(run.voice(GATE, 1)[699], 1.0, "the upper master's pedal");
}

/// Voices stolen from keys that are down, by each policy, heard through a sine as loud as the velocity. An
/// envelope would add the click of its own attack.
#[test]
fn a_stolen_voice_makes_no_click() {
    const FRAMES: usize = 60_000;
    for &policy in &Steal::ALL[..4] {
        let bench = BlockHarness::of(&SPEC).setting(VOICES, SettingValue::Count(2));
        let mut keyboard = bench.setting(STEAL, policy).start().unwrap();
        for (turn, note) in [45, 40, 48, 41, 52, 38, 47, 43, 50, 40].into_iter().enumerate() {
            let velocity = if turn / 2 % 2 == 0 { 127 } else { 30 };
            keyboard.midi(5_003 * turn, [0x90, note, velocity]);
        }
        let run = keyboard.run(FRAMES);
        let mut sum = vec![0.0; FRAMES];
        for voice in 0..2 {
            let mut turns = 0.0_f64;
            for (frame, sum) in sum.iter_mut().enumerate() {
                turns += 261.625_58 * f64::from(run.voice(PITCH, voice)[frame]).exp2() / 48_000.0;
                *sum += (std::f64::consts::TAU * turns).sin() as f32 * run.voice(VELOCITY, voice)[frame];
            }
        }
        // From when both voices sound.
        let burst = click_burst_db(&sum[7_000..], 48_000.0);
        assert!(burst <= -80.0, "{policy:?}: {burst} dB");
    }
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
        4 => (0x90..0x92_u8, 60..66_u8, 0..=127_u8).prop_map(<[u8; 3]>::from),
        1 => (any::<u8>(), any::<u8>(), any::<u8>()).prop_map(|(status, a, b)| [status, a, b]),
    ];
    proptest::collection::vec((0..600_usize, message), 0..60)
}

proptest! {
    /// The same bits at any block size, and silence once everything is let go.
    #[test]
    fn blocks_do_not_matter_and_everything_can_be_let_go(messages in messages(), voices in 1..=8_u32) {
        let play = |block_size: usize| -> BlockRun {
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

/// A keyboard with one voice, tuned by files.
fn tuned_keyboard() -> BlockHarness {
    let assets = TextFiles { texts: FIVE, tune: Arc::default() };
    let file = |name: &str| SettingValue::File(name.to_owned());
    let bench = BlockHarness::of(&SPEC).assets(&assets).setting(VOICES, SettingValue::Count(1));
    bench.setting(SCALE, file("five.scl")).setting(MAP, file("white.kbm")).start().unwrap()
}

#[test]
fn keys_sound_as_the_scale_and_the_map_say_and_others_are_silent() {
    for (key, pitch) in WHITE_KEYS {
        let run = tuned_keyboard().midi(10, on(key)).run(100);
        assert_eq!(rises(run.output(GATE)), if pitch.is_some() { vec![10] } else { vec![] }, "key {key}");
        let wrong = pitch.map_or(0.0, |pitch| run.output(PITCH)[90] - pitch);
        assert!(wrong.abs() < 1e-6, "key {key}: {}", run.output(PITCH)[90]);
    }
}

#[test]
fn a_silent_key_takes_no_voice_and_a_key_that_waits_comes_back_in_tune() {
    let mut keyboard = tuned_keyboard();
    let run = keyboard.midi(10, on(62)).midi(20, on(61)).midi(30, off(61)).run(100);
    assert_eq!((rises(run.output(GATE)), run.output(GATE)[99]), (vec![10], 1.0));
    let run = keyboard.midi(10, on(69)).midi(500, off(69)).run(1_500);
    assert!((run.output(PITCH)[490] - 1.0).abs() < 1e-3 && (run.output(PITCH)[1_499] - 0.2).abs() < 1e-6);
}
