//! Which voice plays which key.
//!
//! A voice is *on* from its key's press to its release, or to that of the sustain pedal if it is
//! down by then. A new key gets a voice that is off, in turn, so that releases ring out as long as
//! possible. When all are on, the policy picks one to steal.

use jackfield_node::choices;

/// Most voices there can be.
pub(crate) const MOST_VOICES: usize = 32;

/// Keys that can wait for a single voice to come back to them.
const MOST_WAITING: usize = 16;

choices! {
    /// Whom a new key takes its voice from when all are on. A voice that only the pedal keeps on goes
    /// before one whose key is down.
    pub(crate) enum Steal {
        Oldest = "oldest",
        Quietest = "quietest",
        Lowest = "lowest",
        Highest = "highest",
        /// From nobody: the new key stays silent.
        Nobody = "none",
    }
}

/// A key of a keyboard that plays on a MIDI channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct MidiKey {
    /// 0 to 15.
    pub(super) channel: u8,
    /// 0 to 127, 60 is C4.
    pub(super) note: u8,
}

/// Why a voice is on, or that it is off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum KeyState {
    #[default]
    Off,
    KeyDown,
    Sustained,
}

/// A voice and the last key it played.
#[derive(Clone, Copy, Debug, Default)]
struct VoiceSlot {
    state: KeyState,
    key: MidiKey,
    velocity: u8,
    started: u64,
}

/// All voices of a node, and what the hands and feet on the keyboards hold.
#[derive(Clone, Debug)]
pub(super) struct Allocator {
    voices: [VoiceSlot; MOST_VOICES],
    count: usize,
    /// Where the search for a voice that is off begins.
    turn: usize,
    /// Counts key presses.
    clock: u64,
    /// Bit `c`: the sustain pedal of channel `c` is down.
    pedals: u16,
    /// Keys that are down but lost the only voice there is, latest last.
    waiting: [(MidiKey, u8); MOST_WAITING],
    waiting_count: usize,
}

impl Allocator {
    /// `count` voices, all off. More than [`MOST_VOICES`] are as many.
    pub(super) fn new(count: usize) -> Self {
        Self {
            voices: [VoiceSlot::default(); MOST_VOICES],
            count: count.clamp(1, MOST_VOICES),
            turn: 0,
            clock: 0,
            pedals: 0,
            waiting: [(MidiKey::default(), 0); MOST_WAITING],
            waiting_count: 0,
        }
    }

    /// Changes how many voices there are. Those that go fall silent.
    pub(super) fn set_count(&mut self, count: usize) {
        if count != self.count {
            self.count = count.clamp(1, MOST_VOICES);
            self.voices[self.count..].fill(VoiceSlot::default());
            self.turn = 0;
        }
    }

    /// How many voices there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Whether a voice is on.
    pub(super) fn is_on(&self, voice: usize) -> bool {
        self.voices[voice].state != KeyState::Off
    }

    /// The key a voice plays, or played last.
    pub(super) fn key(&self, voice: usize) -> MidiKey {
        self.voices[voice].key
    }

    /// A key goes down. Answers with the voice that starts to play it, if any does.
    pub(super) fn press(&mut self, key: MidiKey, velocity: u8, steal: Steal) -> Option<usize> {
        let voice = self.next_off().or_else(|| self.victim(steal))?;
        let victim = self.voices[voice];
        if self.count == 1 && victim.state == KeyState::KeyDown && victim.key != key {
            self.wait(victim.key, victim.velocity);
        }
        self.forget_where(|other| other == key);
        self.clock += 1;
        self.turn = (voice + 1) % self.count;
        self.voices[voice] = VoiceSlot { state: KeyState::KeyDown, key, velocity, started: self.clock };
        Some(voice)
    }

    /// A key comes up. Every voice that plays it goes off, or on by the pedal.
    pub(super) fn release(&mut self, key: MidiKey) {
        self.release_where(|other| other == key);
    }

    /// A sustain pedal goes down or comes up.
    pub(super) fn pedal(&mut self, channel: u8, is_down: bool) {
        let bit = 1 << channel;
        if is_down {
            self.pedals |= bit;
            return;
        }
        self.pedals &= !bit;
        for voice in &mut self.voices {
            if voice.state == KeyState::Sustained && voice.key.channel == channel {
                voice.state = KeyState::Off;
            }
        }
        self.return_to_waiting();
    }

    /// All keys of a channel come up; what the pedal holds goes on.
    pub(super) fn release_all(&mut self, channel: u8) {
        self.release_where(|key| key.channel == channel);
    }

    /// All voices of a channel go off, whatever holds them.
    pub(super) fn silence(&mut self, channel: u8) {
        self.pedal(channel, false);
        self.release_all(channel);
    }

    /// The next voice in turn that is off.
    fn next_off(&self) -> Option<usize> {
        (0..self.count).map(|step| (self.turn + step) % self.count).find(|&voice| !self.is_on(voice))
    }

    /// The voice to steal when all are on.
    fn victim(&self, steal: Steal) -> Option<usize> {
        let rank = |voice: &VoiceSlot| match steal {
            Steal::Oldest | Steal::Nobody => 0,
            Steal::Quietest => i32::from(voice.velocity),
            Steal::Lowest => i32::from(voice.key.note),
            Steal::Highest => -i32::from(voice.key.note),
        };
        let order = |&voice: &usize| {
            let voice = &self.voices[voice];
            (voice.state == KeyState::KeyDown, rank(voice), voice.started)
        };
        (0..self.count).min_by_key(order).filter(|_| steal != Steal::Nobody)
    }

    fn wait(&mut self, key: MidiKey, velocity: u8) {
        if self.waiting_count == MOST_WAITING {
            self.waiting.rotate_left(1);
            self.waiting_count -= 1;
        }
        self.waiting[self.waiting_count] = (key, velocity);
        self.waiting_count += 1;
    }

    /// Takes keys off the waiting list.
    fn forget_where(&mut self, is_meant: impl Fn(MidiKey) -> bool) {
        let mut kept = 0;
        for i in 0..self.waiting_count {
            if !is_meant(self.waiting[i].0) {
                self.waiting[kept] = self.waiting[i];
                kept += 1;
            }
        }
        self.waiting_count = kept;
    }

    fn release_where(&mut self, is_meant: impl Fn(MidiKey) -> bool) {
        self.forget_where(&is_meant);
        for voice in &mut self.voices {
            if voice.state == KeyState::KeyDown && is_meant(voice.key) {
                let is_sustained = self.pedals >> voice.key.channel & 1 != 0;
                voice.state = if is_sustained { KeyState::Sustained } else { KeyState::Off };
            }
        }
        self.return_to_waiting();
    }

    /// The only voice, once off, goes on with the latest key that waits for it.
    fn return_to_waiting(&mut self) {
        if self.count == 1 && !self.is_on(0) && self.waiting_count > 0 {
            self.waiting_count -= 1;
            let (key, velocity) = self.waiting[self.waiting_count];
            self.voices[0] = VoiceSlot { state: KeyState::KeyDown, key, velocity, started: self.clock };
        }
    }
}

#[cfg(test)]
mod tests {
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

    #[derive(Clone, Debug)]
    enum Act {
        Press(MidiKey),
        Release(MidiKey),
        Pedal(u8, bool),
        ReleaseAll(u8),
        Silence(u8),
    }

    fn acts() -> impl Strategy<Value = Vec<Act>> {
        let key = (0..2_u8, 60..72_u8).prop_map(|(channel, note)| MidiKey { channel, note });
        let act = prop_oneof![
            8 => key.clone().prop_map(Act::Press),
            8 => key.prop_map(Act::Release),
            2 => (0..2_u8, any::<bool>()).prop_map(|(channel, down)| Act::Pedal(channel, down)),
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
        /// Whatever was played, a key alone is enough to end its note, and a voice is on only
        /// while a key or a pedal holds it.
        #[test]
        fn no_note_is_stuck(acts in acts(), count in 1..=MOST_VOICES, steal in policy()) {
            let mut allocator = Allocator::new(count);
            let mut down = BTreeSet::new();
            let mut pedals = [false; 2];
            for act in acts {
                match act {
                    Act::Press(key) => {
                        allocator.press(key, 100, steal);
                        down.insert((key.channel, key.note));
                    }
                    Act::Release(key) => {
                        allocator.release(key);
                        down.remove(&(key.channel, key.note));
                    }
                    Act::Pedal(channel, is_down) => {
                        allocator.pedal(channel, is_down);
                        pedals[usize::from(channel)] = is_down;
                    }
                    Act::ReleaseAll(channel) => {
                        allocator.release_all(channel);
                        down.retain(|key| key.0 != channel);
                    }
                    Act::Silence(channel) => {
                        allocator.silence(channel);
                        down.retain(|key| key.0 != channel);
                        pedals[usize::from(channel)] = false;
                    }
                }
                for voice in (0..count).filter(|&voice| allocator.is_on(voice)) {
                    let key = allocator.key(voice);
                    let held = down.contains(&(key.channel, key.note)) || pedals[usize::from(key.channel)];
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
                    Act::Release(key) => allocator.release(key),
                    Act::Pedal(channel, is_down) => allocator.pedal(channel, is_down),
                    Act::ReleaseAll(channel) => allocator.release_all(channel),
                    Act::Silence(channel) => allocator.silence(channel),
                }
            }
        }
    }
}
