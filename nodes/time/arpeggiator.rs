//! Arpeggiator: the keys that are down, one after the other.
//!
//! It listens to MIDI itself, like MIDI in: a cable carries voices to copies of a node, and an arpeggio
//! needs one that knows all the keys.

mod fingers;

use crate::parts::channel;
use crate::parts::gate::Gate;
use crate::parts::trigger::Trigger;
use fingers::{Fingers, Order};
use jackfield_node::dsp::noise;
use jackfield_node::prelude::*;
use jackfield_node::{Event, Midi};

const CLOCK: Input = Input::gate(0, "clock", "Goes on to the next note.");
const RESET: Input = Input::gate(1, "reset", "The next clock plays the first note.");

const MODE: Setting = Setting::choice(
    0,
    "mode",
    &["up", "down", "up_down", "down_up", "played", "random"],
    0,
    "The order of the notes; 'played' is the order in which the keys went down.",
);
const OCTAVES: Setting = Setting::count(1, "octaves", 1, 4, 1, "Over how many octaves the notes go.");
const HOLD: Setting =
    Setting::toggle(2, "hold", false, "Goes on after the keys are up, until others go down.");
const CHANNEL: Setting = channel::setting(3, channel::HEARD);

const PITCH: Output = Output::pitch(0, "pitch", "The note.");
const GATE: Output = Output::gate(1, "gate", "Open as long as the clock's gate, while there are notes.");
const TRIGGER: Output = Output::gate(2, "trigger", "A trigger of 1 ms at each note.");
const VELOCITY: Output = Output::control(3, "velocity", "How hard the key of this note was struck, 0 to 1.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Arpeggiator>("time.arpeggiator", "Arpeggiator", Category::Time)
    .summary("Plays the keys that are down one after the other.")
    .help(
        "Hold a chord on the keyboard, and each clock plays the next of its notes. It hears MIDI itself; \
         nothing but a clock needs to be plugged in. Octaves repeats the notes higher up. Hold keeps them when \
         you let go, and so does the sustain pedal. Try: a 1/16 clock, up_down over 2 octaves, pitch and gate \
         into a plucked voice, and a clock multiplier at 3 in 4 in between.",
    )
    .tags(&["arp", "chord", "keyboard", "midi", "latch", "up", "down", "broken chord"])
    .inputs(&[CLOCK, RESET])
    .outputs(&[PITCH, GATE, TRIGGER, VELOCITY])
    .settings(&[MODE, OCTAVES, HOLD, CHANNEL])
    .face(Face::Keyboard)
    .checked();

struct Manner {
    order: Order,
    octaves: usize,
    holds: bool,
    /// 0 to 15; none hears all.
    channel: Option<u8>,
}

impl Configure for Manner {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        let orders = [Order::Up, Order::Down, Order::UpDown, Order::DownUp, Order::Played, Order::Random];
        Ok(Self {
            order: orders[settings.choice(MODE)?],
            octaves: settings.count(OCTAVES)? as usize,
            holds: settings.toggle(HOLD)?,
            channel: channel::chosen(settings, CHANNEL)?,
        })
    }
}

struct Arpeggiator {
    seed: u32,
    /// Of the random numbers.
    counter: Bits<f32>,
    clock: Gate,
    reset: Gate,
    trigger: Trigger,
    fingers: Fingers,
    /// Notes played since the first.
    played: usize,
    pitch: f32,
    velocity: f32,
    /// The last clock met a note.
    sounds: bool,
}

impl BlockNode for Arpeggiator {
    type Config = Manner;

    fn new(_: &Manner, setup: &Setup, seed: u32) -> Self {
        Self::at_rest(seed, Trigger::new(setup.sample_rate))
    }

    fn process(&mut self, manner: &Manner, io: &mut BlockIo<'_>) {
        let (clock, reset) = (io.input(CLOCK), io.input(RESET));
        let mut events = io.events().iter().peekable();
        self.fingers.let_go(manner.holds);
        for frame in 0..io.frames() {
            while let Some(Event { midi, .. }) = events.next_if(|event| event.frame <= frame) {
                self.receive(*midi, manner);
            }
            if self.reset.rises(reset[frame]) {
                self.played = 0;
            }
            if self.clock.rises(clock[frame]) {
                self.play(manner);
            }
            self.sounds &= !self.fingers.are_up();
            io.output(PITCH)[frame] = self.pitch;
            io.output(GATE)[frame] = f32::from(self.sounds && self.clock.is_open());
            io.output(TRIGGER)[frame] = self.trigger.next();
            io.output(VELOCITY)[frame] = self.velocity;
        }
    }

    fn reset(&mut self) {
        *self = Self::at_rest(self.seed, self.trigger.at_rest());
    }
}

impl Arpeggiator {
    fn at_rest(seed: u32, trigger: Trigger) -> Self {
        Self {
            seed,
            counter: noise::hash(Bits(seed)),
            clock: Gate::default(),
            reset: Gate::default(),
            trigger,
            fingers: Fingers::default(),
            played: 0,
            pitch: 0.0,
            velocity: 0.0,
            sounds: false,
        }
    }

    fn receive(&mut self, [status, note, value]: Midi, manner: &Manner) {
        if manner.channel.is_some_and(|only| only != status & 0x0f) {
            return;
        }
        let (note, value) = (note & 0x7f, value & 0x7f);
        match (status & 0xf0, note) {
            (0x90, _) if value > 0 => self.fingers.press(note, value),
            (0x80 | 0x90, _) => self.fingers.release(note, manner.holds),
            (0xb0, 64) => self.fingers.pedal(value >= 64, manner.holds),
            (0xb0, 120 | 123..=127) => self.fingers = Fingers::default(),
            _ => {}
        }
    }

    /// Plays the next note, if there is any.
    fn play(&mut self, manner: &Manner) {
        let random = noise::next(&mut self.counter).0;
        let Some(note) = self.fingers.note(manner.order, manner.octaves, self.played, random) else {
            self.played = 0;
            self.sounds = false;
            return;
        };
        self.played += 1;
        self.pitch = note.pitch;
        self.velocity = note.velocity;
        self.sounds = true;
        self.trigger.fire();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::SettingValue;
    use jackfield_testkit::block::{Bench, BlockHarness};

    fn bench(mode: usize, octaves: u32) -> Bench<'static> {
        let bench = BlockHarness::of(&SPEC).setting(MODE, SettingValue::Choice(mode));
        bench.setting(OCTAVES, SettingValue::Count(octaves))
    }

    /// The notes of eight clocks, ten frames each, after G, C and E were pressed.
    fn notes(mode: usize, octaves: u32) -> Vec<i32> {
        let mut harness = bench(mode, octaves).start().unwrap();
        harness.plug(CLOCK, [vec![0.0; 5], vec![1.0; 5]].concat().repeat(8));
        for note in [67, 60, 64] {
            harness.midi(2, [0x90, note, 100]);
        }
        let run = harness.run(80);
        assert_eq!(harness.violations(), 0);
        run.output(PITCH).iter().skip(5).step_by(10).map(|pitch| (pitch * 12.0).round() as i32).collect()
    }

    #[test]
    fn modes_order_the_notes() {
        assert_eq!(notes(0, 1), [0, 4, 7, 0, 4, 7, 0, 4]);
        assert_eq!(notes(1, 1), [7, 4, 0, 7, 4, 0, 7, 4]);
        assert_eq!(notes(2, 1), [0, 4, 7, 4, 0, 4, 7, 4]);
        assert_eq!(notes(3, 1), [7, 4, 0, 4, 7, 4, 0, 4]);
        assert_eq!(notes(4, 1), [7, 0, 4, 7, 0, 4, 7, 0]);
        assert_eq!(notes(0, 2), [0, 4, 7, 12, 16, 19, 0, 4]);
        assert!(notes(5, 2).iter().all(|note| [0, 4, 7, 12, 16, 19].contains(note)));
    }

    #[test]
    fn gates_follow_the_clock_and_end_with_the_keys() {
        let mut harness = bench(0, 1).start().unwrap();
        harness.plug(CLOCK, [vec![1.0; 10], vec![0.0; 10]].concat().repeat(4));
        let run = harness.midi(5, [0x90, 60, 127]).midi(45, [0x80, 60, 0]).run(80);
        let open: Vec<usize> = (0..80).filter(|frame| run.output(GATE)[*frame] == 1.0).collect();
        assert_eq!(open, [(20..30).collect::<Vec<_>>(), (40..45).collect()].concat());
        assert_eq!(run.output(VELOCITY)[79], 1.0);
    }

    #[test]
    fn hold_keeps_the_notes_until_others_come() {
        let mut harness = bench(0, 1).setting(HOLD, SettingValue::Toggle(true)).start().unwrap();
        harness.plug(CLOCK, [vec![1.0; 5], vec![0.0; 5]].concat().repeat(6));
        harness
            .midi(0, [0x90, 60, 100])
            .midi(1, [0x90, 64, 100])
            .midi(2, [0x80, 60, 0])
            .midi(3, [0x80, 64, 0]);
        let run = harness.midi(38, [0x90, 72, 100]).run(60);
        let pitches: Vec<f32> = run.output(PITCH).iter().skip(1).step_by(10).copied().collect();
        assert_eq!(pitches, [0.0, 4.0 / 12.0, 0.0, 4.0 / 12.0, 1.0, 1.0]);
    }

    #[test]
    fn blocks_do_not_matter() {
        let play = |block: usize| {
            let mut harness = bench(5, 3).start().unwrap();
            harness.block_size(block).plug(CLOCK, [vec![1.0; 7], vec![0.0; 6]].concat().repeat(70));
            for i in 0..40_u8 {
                let status = if i % 3 == 2 { 0x80 } else { 0x90 };
                harness.midi(usize::from(i) * 23, [status, 50 + i % 7, 90]);
            }
            harness.run(910)
        };
        assert!(play(64).all() == play(1).all() && play(64).all() == play(17).all());
    }
}
