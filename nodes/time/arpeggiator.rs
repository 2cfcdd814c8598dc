//! Arpeggiator: the keys that are down, one after the other.
//!
//! It listens to MIDI itself, like MIDI in, or to voices that come by cable side by side: each is a key,
//! which is down while the voice's gate is open.

mod fingers;

use crate::parts::midi::channel;
use crate::parts::timing::gate::{Edge, Gate};
use crate::parts::timing::trigger::Trigger;
use fingers::{ArpNote, Fingers, Order};
use jackfield_node::dsp::noise;
use jackfield_node::prelude::*;
use jackfield_node::{Event, Midi};

choices! {
    /// Whose keys play.
    enum KeySource {
        Midi = "midi",
        Voices = "voices",
    }
}

const CLOCK: Input = Input::gate(0, "clock", "Goes on to the next note.");
const RESET: Input = Input::gate(1, "reset", "The next clock plays the first note.");

const PITCHES: Input = Input::pitch(2, "pitch", "The pitches of a chord's voices.").side_by_side();
const GATES: Input =
    Input::gate(3, "gate", "A voice takes part while its gate is open; one gate serves all.").side_by_side();
const VELOCITIES: Input =
    Input::control(4, "velocity", "How strong each voice is as its gate opens; 0 counts as 1.")
        .side_by_side();

const MODE: Setting = Order::setting(
    0,
    "mode",
    Order::Up,
    "The order of the notes; 'played' is the order in which the keys went down.",
);
const OCTAVES: Setting = Setting::count(1, "octaves", 1, 4, 1, "Over how many octaves the notes go.");
const HOLD: Setting =
    Setting::toggle(2, "hold", false, "Goes on after the keys are up, until others go down.");
const CHANNEL: Setting = channel::setting(3, channel::HEARD);
const SOURCE: Setting = KeySource::setting(
    4,
    "source",
    KeySource::Midi,
    "Whether the keys are those of a MIDI keyboard or the voices plugged into pitch and gate.",
);

const PITCH: Output = Output::pitch(0, "pitch", "The note.");
const GATE: Output = Output::gate(1, "gate", "Open as long as the clock's gate, while there are notes.");
const TRIGGER: Output = Output::gate(2, "trigger", "A trigger of 1 ms at each note.");
const VELOCITY: Output =
    Output::control(3, "velocity", "How hard the key of this note was struck, 0 to 1.").that_jumps();

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Arpeggiator>("time.arpeggiator", "Arpeggiator", Category::Time)
    .summary("Plays the keys that are down one after the other.")
    .help(
        "Hold a chord on the keyboard, and each clock plays the next of its notes. It hears MIDI itself; \
         nothing but a clock needs to be plugged in. With voices as its source it plays those of a chord, \
         of a MIDI \
         file or of your own merged signals instead. A new chord \
         begins with its first note. Octaves repeats the notes higher up. Hold keeps them when \
         you let go, and so does the sustain pedal. Try: a 1/16 clock, up_down over 2 octaves, pitch and \
         gate \
         into a plucked voice, and a clock multiplier at 3 in 4 in between.",
    )
    .tags(&["arp", "chord", "keyboard", "midi", "latch", "up", "down", "broken chord"])
    .inputs(&[CLOCK, RESET, PITCHES, GATES, VELOCITIES])
    .outputs(&[PITCH, GATE, TRIGGER, VELOCITY])
    .settings(&[MODE, OCTAVES, HOLD, CHANNEL, SOURCE])
    .face(Face::Keyboard)
    .random()
    .checked();

struct ArpConfig {
    order: Order,
    octaves: usize,
    holds: bool,
    /// 0 to 15; none hears all.
    channel: Option<u8>,
    hears_voices: bool,
}

impl Configure for ArpConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok(Self {
            order: settings.chosen(MODE)?,
            octaves: settings.count(OCTAVES)? as usize,
            holds: settings.toggle(HOLD)?,
            channel: channel::chosen(settings, CHANNEL)?,
            hears_voices: settings.chosen::<KeySource>(SOURCE)? == KeySource::Voices,
        })
    }
}

struct Arpeggiator {
    seed: u32,
    /// Of the random numbers.
    counter: Bits<f32>,
    clock: Gate,
    reset: Gate,
    /// Of the voices.
    gates: [Gate; Input::MOST_VOICES],
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
    type Config = ArpConfig;

    fn new(_: &ArpConfig, setup: &Setup, seed: u32) -> Self {
        Self::at_rest(seed, Trigger::new(setup.sample_rate))
    }

    fn process(&mut self, config: &ArpConfig, io: &mut BlockIo<'_>) {
        let (clock, reset) = (io.input(CLOCK), io.input(RESET));
        let mut events = io.events().iter().peekable();
        self.fingers.let_go(config.holds);
        let voices = VoiceInputs::at(io);
        for frame in 0..io.frames() {
            self.fingers.pass();
            if config.hears_voices {
                self.hear(&voices, frame, config);
            }
            while let Some(Event { midi, .. }) = events.next_if(|event| event.frame <= frame) {
                self.receive(*midi, config);
            }
            if self.reset.rises(reset[frame]) {
                self.played = 0;
            }
            if self.clock.rises(clock[frame]) {
                if config.hears_voices {
                    voices
                        .all()
                        .for_each(|voice| self.fingers.bend(voice as u8, voices.note(voice, frame).pitch));
                }
                self.play(config);
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
            gates: Default::default(),
            trigger,
            fingers: Fingers::default(),
            played: 0,
            pitch: 0.0,
            velocity: 0.0,
            sounds: false,
        }
    }

    /// Hears the gates of the voices. Those that there are no longer are closed.
    fn hear(&mut self, voices: &VoiceInputs<'_>, frame: usize, config: &ArpConfig) {
        for voice in 0..self.gates.len() {
            match self.gates[voice].next(voices.gate(voice, frame)) {
                Some(Edge::Rise) => self.press(voice as u8, voices.note(voice, frame)),
                Some(Edge::Fall) => self.fingers.release(voice as u8, config.holds),
                None => {}
            }
        }
    }

    fn receive(&mut self, [status, note, value]: Midi, config: &ArpConfig) {
        if config.hears_voices || config.channel.is_some_and(|only| only != status & 0x0f) {
            return;
        }
        let (note, value) = (note & 0x7f, value & 0x7f);
        match (status & 0xf0, note) {
            (0x90, _) if value > 0 => self.press(note, of_midi(note, value)),
            (0x80 | 0x90, _) => self.fingers.release(note, config.holds),
            (0xb0, 64) => self.fingers.pedal(value >= 64, config.holds),
            (0xb0, 121) => self.fingers.pedal(false, config.holds),
            (0xb0, 120 | 123..=127) => self.fingers = Fingers::default(),
            _ => {}
        }
    }

    /// A key goes down. The first of a new chord begins the arpeggio anew.
    fn press(&mut self, number: u8, note: ArpNote) {
        if self.fingers.press(number, note) {
            self.played = 0;
        }
    }

    /// Plays the next note, if there is any.
    fn play(&mut self, config: &ArpConfig) {
        let random = noise::next(&mut self.counter).0;
        let Some(note) = self.fingers.note(config.order, config.octaves, self.played, random) else {
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

/// MIDI note of C4, pitch 0.
const C4: f32 = 60.0;

/// The note of a key and its velocity, each 0 to 127.
fn of_midi(note: u8, velocity: u8) -> ArpNote {
    ArpNote { pitch: (f32::from(note) - C4) / 12.0, velocity: f32::from(velocity) / 127.0 }
}

/// The voices at the inputs.
struct VoiceInputs<'a> {
    pitches: &'a [&'a [f32]],
    gates: &'a [&'a [f32]],
    velocities: &'a [&'a [f32]],
}

impl<'a> VoiceInputs<'a> {
    fn at(io: &BlockIo<'a>) -> Self {
        let [pitches, gates, velocities] = [PITCHES, GATES, VELOCITIES].map(|input| io.voices_of(input));
        Self { pitches, gates, velocities }
    }

    /// Which there are. One gate opens for all pitches.
    fn all(&self) -> std::ops::Range<usize> {
        0..self.gates.len().max(self.pitches.len())
    }

    fn gate(&self, voice: usize, frame: usize) -> f32 {
        if self.all().contains(&voice) { of(self.gates, voice, frame) } else { 0.0 }
    }

    fn note(&self, voice: usize, frame: usize) -> ArpNote {
        let velocity = of(self.velocities, voice, frame).clamp(0.0, 1.0);
        ArpNote {
            pitch: of(self.pitches, voice, frame),
            velocity: if velocity > 0.0 { velocity } else { 1.0 },
        }
    }
}

/// What a voice has of some signals. One signal serves all voices.
fn of(signals: &[&[f32]], voice: usize, frame: usize) -> f32 {
    match signals {
        [only] => only[frame],
        several => several.get(voice).map_or(0.0, |signal| signal[frame]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::SettingValue;
    use jackfield_testkit::block::{BlockHarness, BlockHarnessBuilder};

    fn bench(mode: Order, octaves: u32) -> BlockHarnessBuilder<'static> {
        let bench = BlockHarness::of(&SPEC).setting(MODE, mode);
        bench.setting(OCTAVES, SettingValue::Count(octaves))
    }

    /// The notes of eight clocks, ten frames each, after G, C and E were pressed.
    fn notes(mode: Order, octaves: u32) -> Vec<i32> {
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
        assert_eq!(notes(Order::Up, 1), [0, 4, 7, 0, 4, 7, 0, 4]);
        assert_eq!(notes(Order::Down, 1), [7, 4, 0, 7, 4, 0, 7, 4]);
        assert_eq!(notes(Order::UpDown, 1), [0, 4, 7, 4, 0, 4, 7, 4]);
        assert_eq!(notes(Order::DownUp, 1), [7, 4, 0, 4, 7, 4, 0, 4]);
        assert_eq!(notes(Order::Played, 1), [7, 0, 4, 7, 0, 4, 7, 0]);
        assert_eq!(notes(Order::Up, 2), [0, 4, 7, 12, 16, 19, 0, 4]);
        assert!(notes(Order::Random, 2).iter().all(|note| [0, 4, 7, 12, 16, 19].contains(note)));
    }

    #[test]
    fn gates_follow_the_clock_and_end_with_the_keys() {
        let mut harness = bench(Order::Up, 1).start().unwrap();
        harness.plug(CLOCK, [vec![1.0; 10], vec![0.0; 10]].concat().repeat(4));
        let run = harness.midi(5, [0x90, 60, 127]).midi(45, [0x80, 60, 0]).run(80);
        let open: Vec<usize> = (0..80).filter(|frame| run.output(GATE)[*frame] == 1.0).collect();
        assert_eq!(open, [(20..30).collect::<Vec<_>>(), (40..45).collect()].concat());
        assert_eq!(run.output(VELOCITY)[79], 1.0);
    }

    #[test]
    fn hold_keeps_the_notes_until_others_come() {
        let mut harness = bench(Order::Up, 1).setting(HOLD, SettingValue::Toggle(true)).start().unwrap();
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
            let mut harness = bench(Order::Random, 3).start().unwrap();
            harness.block_size(block).plug(CLOCK, [vec![1.0; 7], vec![0.0; 6]].concat().repeat(70));
            for i in 0..40_u8 {
                let status = if i % 3 == 2 { 0x80 } else { 0x90 };
                harness.midi(usize::from(i) * 23, [status, 50 + i % 7, 90]);
            }
            harness.run(910)
        };
        assert!(play(64).all() == play(1).all() && play(64).all() == play(17).all());
    }
    #[test]
    fn voices_are_keys() {
        for block in [1, 17, 64] {
            let mut harness = bench(Order::Up, 1).setting(SOURCE, KeySource::Voices).start().unwrap();
            harness.block_size(block).plug(CLOCK, [vec![0.0; 5], vec![1.0; 5]].concat().repeat(8));
            let open = |from: usize, to: usize| [vec![0.0; from], vec![1.0; to - from], vec![0.0]].concat();
            harness.plug_voices(PITCHES, vec![vec![1.0], vec![0.25; 42], vec![0.5]]);
            harness.plug_voices(GATES, vec![open(0, 42), open(2, 60), open(2, 32)]);
            harness.plug_voices(VELOCITIES, vec![vec![0.5], vec![0.0], vec![0.75]]);
            // A keyboard is not heard.
            let run = harness.midi(0, [0x90, 24, 100]).run(80);
            let at_clocks =
                |output| -> Vec<f32> { run.output(output).iter().skip(5).step_by(10).copied().collect() };
            assert_eq!(at_clocks(PITCH), [0.25, 0.5, 1.0, 1.0, 0.25, 0.25, 0.25, 0.25]);
            assert_eq!(at_clocks(VELOCITY)[..3], [1.0, 0.75, 0.5]);
            assert_eq!(at_clocks(GATE), [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]);
            assert_eq!(harness.violations(), 0);
        }
    }

    #[test]
    fn a_voice_that_is_gone_is_a_key_that_is_up() {
        let mut harness = bench(Order::Up, 1).setting(SOURCE, KeySource::Voices).start().unwrap();
        harness.plug(CLOCK, vec![0.0, 1.0]).plug_voices(GATES, vec![vec![0.0], vec![1.0]]);
        assert_eq!(harness.run(64).output(GATE)[63], 1.0);
        harness.plug_voices(GATES, vec![vec![0.0]]);
        assert_eq!(harness.run(64).output(GATE)[63], 0.0);
    }
    #[test]
    fn one_gate_serves_a_chord() {
        let mut harness = bench(Order::Down, 1).setting(SOURCE, KeySource::Voices).start().unwrap();
        harness.plug(CLOCK, [vec![0.0; 5], vec![1.0; 5]].concat().repeat(3));
        harness.plug_voices(PITCHES, vec![vec![0.0], vec![0.25], vec![0.5]]).plug(GATES, vec![1.0]);
        let run = harness.run(30);
        let pitches: Vec<f32> = run.output(PITCH).iter().skip(5).step_by(10).copied().collect();
        assert_eq!(pitches, [0.5, 0.25, 0.0]);
    }

    fn pitches(harness: &mut BlockHarness, frames: usize) -> Vec<i32> {
        harness.plug(CLOCK, [vec![0.0; 5], vec![1.0; 5]].concat().repeat(frames / 10));
        let run = harness.run(frames);
        run.output(PITCH).iter().skip(5).step_by(10).map(|pitch| (pitch * 12.0).round() as i32).collect()
    }

    #[test]
    fn a_new_chord_between_two_clocks_begins_with_its_first_note() {
        for holds in [false, true] {
            let mut harness = bench(Order::Up, 1).setting(HOLD, SettingValue::Toggle(holds)).start().unwrap();
            for note in [60, 64, 67] {
                harness.midi(0, [0x90, note, 100]).midi(16, [0x80, note, 0]);
            }
            for note in [62, 65, 69] {
                harness.midi(17, [0x90, note, 100]);
            }
            assert_eq!(pitches(&mut harness, 60), [0, 4, 2, 5, 9, 2], "hold: {holds}");
        }
    }

    #[test]
    fn a_key_that_joins_a_chord_does_not_begin_it_anew() {
        let mut harness = bench(Order::Up, 1).start().unwrap();
        harness.midi(0, [0x90, 60, 100]).midi(0, [0x90, 67, 100]).midi(12, [0x90, 64, 100]);
        assert_eq!(pitches(&mut harness, 40), [0, 4, 7, 0]);
    }

    #[test]
    fn reset_all_controllers_lifts_the_pedal() {
        let mut harness = bench(Order::Up, 1).start().unwrap();
        harness.midi(0, [0xb0, 64, 127]).midi(0, [0x90, 60, 100]).midi(2, [0x80, 60, 0]);
        let run = harness.midi(30, [0xb0, 121, 0]).plug(CLOCK, vec![0.0, 1.0]).run(60);
        assert_eq!((run.output(GATE)[29], run.output(GATE)[30]), (1.0, 0.0));
    }

    #[test]
    fn an_off_belongs_to_a_press_from_before_its_frame() {
        let mut harness = bench(Order::Up, 1).start().unwrap();
        harness.midi(0, [0x90, 60, 100]).midi(20, [0x90, 60, 100]).midi(20, [0x80, 60, 0]);
        let run = harness.midi(40, [0x80, 60, 0]).plug(CLOCK, vec![1.0]).run(60);
        assert_eq!((run.output(GATE)[39], run.output(GATE)[40]), (1.0, 0.0));
    }
}
