//! Hands and feet on keyboards.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn key(note: u8) -> MidiKey {
    MidiKey { channel: 0, note }
}

#[test]
fn free_voices_take_turns() {
    let mut allocator = Allocator::new(3);
    let voices = [60, 61, 62, 63].map(|note| {
        let voice = allocator.press(key(note), 100, Steal::Oldest);
        allocator.release(key(note));
        voice
    });
    assert_eq!(voices, [Some(0), Some(1), Some(2), Some(0)]);
}

#[test]
fn each_policy_steals_from_another_voice() {
    let held = |steal| {
        let mut allocator = Allocator::new(4);
        for (note, velocity) in [(64, 90), (50, 80), (70, 10), (60, 70)] {
            allocator.press(key(note), velocity, steal);
        }
        allocator.press(key(65), 100, steal)
    };
    assert_eq!(held(Steal::Oldest), Some(0));
    assert_eq!(held(Steal::Lowest), Some(1));
    assert_eq!(held(Steal::Highest), Some(2));
    assert_eq!(held(Steal::Quietest), Some(2));
    assert_eq!(held(Steal::Nobody), None);
}

#[test]
fn what_only_the_pedal_holds_is_stolen_first() {
    let mut allocator = Allocator::new(3);
    allocator.press(key(60), 100, Steal::Oldest);
    allocator.press(key(61), 100, Steal::Oldest);
    allocator.press(key(62), 100, Steal::Oldest);
    allocator.pedal(0, true);
    allocator.release(key(61));
    assert_eq!(allocator.press(key(63), 100, Steal::Oldest), Some(1));
}

#[test]
fn the_only_voice_returns_to_keys_still_down() {
    let mut allocator = Allocator::new(1);
    for note in [60, 64, 67] {
        assert_eq!(allocator.press(key(note), 100, Steal::Oldest), Some(0));
    }
    allocator.release(key(64));
    allocator.release(key(67));
    assert!(allocator.is_on(0));
    assert_eq!(allocator.key(0).note, 60);
    allocator.release(key(60));
    assert!(!allocator.is_on(0));
}

#[test]
fn a_pedal_holds_its_own_channel_only() {
    let mut allocator = Allocator::new(4);
    let other = MidiKey { channel: 1, note: 60 };
    allocator.pedal(0, true);
    allocator.press(key(60), 100, Steal::Oldest);
    allocator.press(other, 100, Steal::Oldest);
    allocator.release(key(60));
    allocator.release(other);
    assert_eq!((allocator.is_on(0), allocator.is_on(1)), (true, false));
    allocator.silence(0);
    assert!(!allocator.is_on(0));
}

#[test]
fn an_off_belongs_to_a_note_from_before_its_moment() {
    for count in [1, 4] {
        let mut allocator = Allocator::new(count);
        let on = |allocator: &Allocator| (0..count).filter(|&voice| allocator.is_on(voice)).count();
        allocator.press(key(60), 100, Steal::Oldest);
        allocator.pass();
        allocator.press(key(60), 100, Steal::Oldest);
        allocator.release(key(60));
        assert_eq!(on(&allocator), 1, "the old note's off");
        allocator.release(key(60));
        assert_eq!(on(&allocator), 0, "its own, so it had no length");
        allocator.press(key(60), 100, Steal::Oldest);
        allocator.pass();
        allocator.press(key(60), 100, Steal::Oldest);
        allocator.press(key(60), 100, Steal::Oldest);
        allocator.release(key(60));
        allocator.pass();
        allocator.release(key(60));
        assert_eq!(on(&allocator), 0, "later it is the off of all of them");
    }
}

#[test]
fn sostenuto_holds_what_was_on_and_nothing_later() {
    let mut allocator = Allocator::new(4);
    allocator.press(key(60), 100, Steal::Oldest);
    allocator.sostenuto(0, true);
    allocator.press(key(64), 100, Steal::Oldest);
    allocator.sostenuto(0, true);
    allocator.release(key(60));
    allocator.release(key(64));
    assert_eq!((allocator.is_on(0), allocator.is_on(1)), (true, false));
    allocator.pedal(0, true);
    allocator.sostenuto(0, false);
    assert!(allocator.is_on(0), "the other pedal holds it");
    allocator.pedal(0, false);
    assert!(!allocator.is_on(0));
}

#[derive(Clone, Debug)]
enum Act {
    Pass,
    Press(MidiKey),
    Release(MidiKey),
    Pedal(u8, bool),
    Sostenuto(u8, bool),
    ReleaseAll(u8),
    Silence(u8),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let key = (0..2_u8, 60..72_u8).prop_map(|(channel, note)| MidiKey { channel, note });
    let act = prop_oneof![
        8 => key.clone().prop_map(Act::Press),
        8 => key.prop_map(Act::Release),
        8 => Just(Act::Pass),
        2 => (0..2_u8, any::<bool>()).prop_map(|(channel, down)| Act::Pedal(channel, down)),
        2 => (0..2_u8, any::<bool>()).prop_map(|(channel, down)| Act::Sostenuto(channel, down)),
        1 => (0..2_u8).prop_map(Act::ReleaseAll),
        1 => (0..2_u8).prop_map(Act::Silence),
    ];
    proptest::collection::vec(act, 0..200)
}

fn policy() -> impl Strategy<Value = Steal> {
    prop_oneof![
        Just(Steal::Oldest),
        Just(Steal::Quietest),
        Just(Steal::Lowest),
        Just(Steal::Highest),
        Just(Steal::Nobody)
    ]
}

proptest! {
    /// Whatever was played, a later off of the key is enough to end its note, and a voice is on only
    /// while a key or a pedal holds it.
    #[test]
    fn no_note_is_stuck(acts in acts(), count in 1..=MOST_VOICES, steal in policy()) {
        let mut allocator = Allocator::new(count);
        let mut down = BTreeSet::new();
        let (mut pedals, mut sostenutos) = ([false; 2], [false; 2]);
        for act in acts {
            match act {
                Act::Pass => allocator.pass(),
                Act::Press(key) => {
                    allocator.press(key, 100, steal);
                    down.insert((key.channel, key.note));
                }
                Act::Release(key) => {
                    allocator.pass();
                    allocator.release(key);
                    down.remove(&(key.channel, key.note));
                }
                Act::Pedal(channel, is_down) => {
                    allocator.pedal(channel, is_down);
                    pedals[usize::from(channel)] = is_down;
                }
                Act::Sostenuto(channel, is_down) => {
                    allocator.sostenuto(channel, is_down);
                    sostenutos[usize::from(channel)] = is_down;
                }
                Act::ReleaseAll(channel) => {
                    allocator.release_all(channel);
                    down.retain(|key| key.0 != channel);
                }
                Act::Silence(channel) => {
                    allocator.silence(channel);
                    down.retain(|key| key.0 != channel);
                    pedals[usize::from(channel)] = false;
                    sostenutos[usize::from(channel)] = false;
                }
            }
            for voice in (0..count).filter(|&voice| allocator.is_on(voice)) {
                let key = allocator.key(voice);
                let channel = usize::from(key.channel);
                let held = down.contains(&(key.channel, key.note)) || pedals[channel] || sostenutos[channel];
                prop_assert!(held, "voice {voice} is on by itself");
            }
        }
    }

    /// As long as a voice is off, a key gets one of its own and leaves the others alone.
    #[test]
    fn a_key_gets_a_voice_of_its_own(acts in acts(), count in 1..=MOST_VOICES, steal in policy()) {
        let mut allocator = Allocator::new(count);
        for act in acts {
            let before = allocator.clone();
            match act {
                Act::Press(key) => {
                    let voice = allocator.press(key, 100, steal);
                    if (0..count).any(|voice| !before.is_on(voice)) {
                        let voice = voice.expect("a voice was off");
                        prop_assert!(!before.is_on(voice) && allocator.is_on(voice));
                        prop_assert_eq!(allocator.key(voice), key);
                    }
                    for other in (0..count).filter(|other| Some(*other) != voice) {
                        prop_assert_eq!(before.key(other), allocator.key(other));
                        prop_assert_eq!(before.is_on(other), allocator.is_on(other));
                    }
                }
                Act::Pass => allocator.pass(),
                Act::Release(key) => allocator.release(key),
                Act::Pedal(channel, is_down) => allocator.pedal(channel, is_down),
                Act::Sostenuto(channel, is_down) => allocator.sostenuto(channel, is_down),
                Act::ReleaseAll(channel) => allocator.release_all(channel),
                Act::Silence(channel) => allocator.silence(channel),
            }
        }
    }
}
