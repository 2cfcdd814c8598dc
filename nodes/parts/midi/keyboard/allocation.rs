//! Which voice plays which key.
//!
//! A voice is *on* from its key's press to its release, or to that of the sustain pedal if it is
//! down by then, or of the sostenuto pedal if that went down while the voice was on. A new key gets a voice
//! that is off, in turn, so that releases ring out as long as possible. When all are on, the policy picks one
//! to steal.
//!
//! A note off ends notes that sounded before its moment. Where a key goes down anew and its old note's off
//! comes behind, at the same moment, the new note goes on.

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
    /// The moment of the press.
    moment: u64,
    /// An older note of the key was on at that moment, whose off may still come.
    is_repeated: bool,
    /// The sostenuto pedal holds it.
    is_caught: bool,
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
    /// Counts moments.
    moment: u64,
    /// Bit `c`: the sustain pedal of channel `c` is down.
    pedals: u16,
    /// The same for the sostenuto pedals.
    sostenutos: u16,
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
            moment: 0,
            pedals: 0,
            sostenutos: 0,
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

    /// Time passes: what comes now comes later than what came before.
    pub(super) fn pass(&mut self) {
        self.moment += 1;
    }

    /// A key goes down. Answers with the voice that starts to play it, if any does.
    pub(super) fn press(&mut self, key: MidiKey, velocity: u8, steal: Steal) -> Option<usize> {
        let voice = self.next_off().or_else(|| self.victim(steal))?;
        let victim = self.voices[voice];
        if self.count == 1 && victim.state == KeyState::KeyDown && victim.key != key {
            self.wait(victim.key, victim.velocity);
        }
        let is_older = |voice: &VoiceSlot| {
            voice.state == KeyState::KeyDown
                && voice.key == key
                && (voice.moment < self.moment || voice.is_repeated)
        };
        let is_repeated = self.voices.iter().any(is_older) || self.is_waiting(key);
        self.forget_where(|other| other == key);
        self.clock += 1;
        self.turn = (voice + 1) % self.count;
        let (started, moment) = (self.clock, self.moment);
        let state = KeyState::KeyDown;
        self.voices[voice] =
            VoiceSlot { state, key, velocity, started, moment, is_repeated, is_caught: false };
        Some(voice)
    }

    /// A key comes up. Every voice that plays it goes off, or on by the pedal; but one that has just begun
    /// to, while an older note of the key was on, only lets that one go.
    pub(super) fn release(&mut self, key: MidiKey) {
        let now = self.moment;
        let is_new = |voice: &VoiceSlot| {
            voice.state == KeyState::KeyDown && voice.key == key && voice.moment == now && voice.is_repeated
        };
        if self.voices.iter().any(is_new) {
            self.release_voices(|voice| voice.key == key && voice.moment < now);
            self.voices.iter_mut().filter(|voice| is_new(voice)).for_each(|voice| voice.is_repeated = false);
        } else {
            self.release_where(|other| other == key);
        }
    }

    /// A sustain pedal goes down or comes up.
    pub(super) fn pedal(&mut self, channel: u8, is_down: bool) {
        let bit = 1 << channel;
        if is_down {
            self.pedals |= bit;
            return;
        }
        self.pedals &= !bit;
        self.end_sustained(channel);
    }

    /// A sostenuto pedal goes down, and holds what is on; or it comes up.
    pub(super) fn sostenuto(&mut self, channel: u8, is_down: bool) {
        let bit = 1 << channel;
        if is_down && self.sostenutos & bit != 0 {
            return;
        }
        self.sostenutos = if is_down { self.sostenutos | bit } else { self.sostenutos & !bit };
        for voice in self.voices.iter_mut().filter(|voice| voice.key.channel == channel) {
            voice.is_caught = is_down && voice.state != KeyState::Off;
        }
        self.end_sustained(channel);
    }

    /// What no pedal holds any longer goes off.
    fn end_sustained(&mut self, channel: u8) {
        let is_held = self.pedals >> channel & 1 != 0;
        for voice in &mut self.voices {
            let is_up = voice.state == KeyState::Sustained && voice.key.channel == channel;
            if is_up && !is_held && !voice.is_caught {
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
        self.sostenuto(channel, false);
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

    fn is_waiting(&self, key: MidiKey) -> bool {
        self.waiting[..self.waiting_count].iter().any(|(waiting, _)| *waiting == key)
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
        self.release_voices(|voice| is_meant(voice.key));
    }

    fn release_voices(&mut self, is_meant: impl Fn(&VoiceSlot) -> bool) {
        for voice in &mut self.voices {
            if voice.state == KeyState::KeyDown && is_meant(voice) {
                let is_sustained = voice.is_caught || self.pedals >> voice.key.channel & 1 != 0;
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
            let (started, moment) = (self.clock, self.moment);
            self.voices[0] = VoiceSlot {
                state: KeyState::KeyDown,
                key,
                velocity,
                started,
                moment,
                ..VoiceSlot::default()
            };
        }
    }
}

#[cfg(test)]
mod tests;
