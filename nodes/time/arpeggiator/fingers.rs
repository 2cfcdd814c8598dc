//! The keys that an arpeggio is made of: of a keyboard, or voices with an open gate.

use jackfield_node::choices;
/// Most keys that count.
const MOST_KEYS: usize = 32;

choices! {
    /// In which order the notes come.
    pub(super) enum Order {
        Up = "up",
        Down = "down",
        UpDown = "up_down",
        DownUp = "down_up",
        Played = "played",
        Random = "random",
    }
}

/// A note to play, or one that a key plays.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ArpNote {
    /// In octaves re C4.
    pub(super) pitch: f32,
    /// 0 to 1.
    pub(super) velocity: f32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Key {
    /// Tells it from the others.
    number: u8,
    note: ArpNote,
    is_down: bool,
    /// The moment of the press.
    moment: u64,
    /// It was down already as it was pressed: an off at that moment is that of the press before.
    is_repeated: bool,
}

/// The keys that are down or held, in the order in which they were pressed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fingers {
    keys: [Key; MOST_KEYS],
    count: usize,
    pedal: bool,
    /// Counts moments.
    moment: u64,
}

impl Fingers {
    /// Whether there is nothing to play.
    pub(super) fn are_up(&self) -> bool {
        self.count == 0
    }

    /// Time passes.
    pub(super) fn pass(&mut self) {
        self.moment += 1;
    }

    /// A key goes down. What was only held makes way for it, and then it is the first of a new chord: true.
    /// More keys than there is room for are ignored.
    pub(super) fn press(&mut self, number: u8, note: ArpNote) -> bool {
        let is_first = !self.keys().iter().any(|key| key.is_down);
        if is_first {
            self.count = 0;
        }
        let moment = self.moment;
        let is_repeated = self.down(number).any(|key| key.moment < moment || key.is_repeated);
        self.keep(|key| key.number != number);
        if self.count < MOST_KEYS {
            self.keys[self.count] = Key { number, note, is_down: true, moment, is_repeated };
            self.count += 1;
        }
        is_first
    }

    /// A key comes up. If it has just been pressed again, that was the off of the press before.
    pub(super) fn release(&mut self, number: u8, holds: bool) {
        let moment = self.moment;
        for key in self.down(number) {
            if key.moment == moment && key.is_repeated {
                key.is_repeated = false;
            } else {
                key.is_down = false;
            }
        }
        self.let_go(holds);
    }

    /// A key that is down goes to another pitch.
    pub(super) fn bend(&mut self, number: u8, pitch: f32) {
        self.down(number).for_each(|key| key.note.pitch = pitch);
    }

    fn down(&mut self, number: u8) -> impl Iterator<Item = &mut Key> {
        self.keys[..self.count].iter_mut().filter(move |key| key.number == number && key.is_down)
    }

    /// The sustain pedal goes down or comes up.
    pub(super) fn pedal(&mut self, is_down: bool, holds: bool) {
        self.pedal = is_down;
        self.let_go(holds);
    }

    /// Forgets keys that are up, unless something holds them.
    pub(super) fn let_go(&mut self, holds: bool) {
        if !holds && !self.pedal {
            self.keep(|key| key.is_down);
        }
    }

    /// The `number`th note of the arpeggio, if there are any keys.
    pub(super) fn note(&self, order: Order, octaves: usize, number: usize, random: u32) -> Option<ArpNote> {
        if self.count == 0 {
            return None;
        }
        let total = self.count * octaves;
        let there_and_back = number % (2 * (total - 1)).max(1);
        let pendulum = there_and_back.min(2 * (total - 1) - there_and_back);
        let place = match order {
            Order::Up | Order::Played => number % total,
            Order::Down => total - 1 - number % total,
            Order::UpDown => pendulum,
            Order::DownUp => total - 1 - pendulum,
            Order::Random => random as usize % total,
        };
        let mut keys = self.keys;
        let keys = &mut keys[..self.count];
        if !matches!(order, Order::Played) {
            keys.sort_unstable_by(|a, b| a.note.pitch.total_cmp(&b.note.pitch).then(a.number.cmp(&b.number)));
        }
        let ArpNote { pitch, velocity } = keys[place % self.count].note;
        Some(ArpNote { pitch: pitch + (place / self.count) as f32, velocity })
    }

    fn keys(&self) -> &[Key] {
        &self.keys[..self.count]
    }

    fn keep(&mut self, is_kept: impl Fn(&Key) -> bool) {
        let mut kept = 0;
        for i in 0..self.count {
            if is_kept(&self.keys[i]) {
                self.keys[kept] = self.keys[i];
                kept += 1;
            }
        }
        self.count = kept;
    }
}
