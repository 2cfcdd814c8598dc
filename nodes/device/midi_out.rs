//! MIDI out: gates and pitches become notes for another synthesizer.

use crate::parts::timing::gate::{Edge, Gate};
use jackfield_node::prelude::*;

const PITCH: Input = Input::pitch(0, "pitch", "Which note: the nearest semitone when the gate opens.");
const GATE: Input = Input::gate(1, "gate", "The note begins when it opens and ends when it closes.");
const VELOCITY: Input =
    Input::knob(2, "velocity", Knob::unit(0.8), "How hard the note is struck when the gate opens.");
const CONTROL: Input =
    Input::knob(3, "control", Knob::unit(0.0), "Sent as the controller whenever it changes.");

const CHANNEL: Setting = Setting::count(0, "channel", 1, 16, 1, "MIDI channel to send on.");
const CONTROLLER: Setting =
    Setting::count(1, "controller", 0, 127, 74, "Which controller 'control' is sent as; 74 is brightness.");

const SENDING: Output = Output::gate(0, "sending", "Open while a note is on.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<MidiOut>("device.midi_out", "MIDI out", Category::Device)
    .summary("Plays another synthesizer: sends notes and a controller over MIDI.")
    .help(
        "Sends a note when the gate opens, with the semitone nearest to the pitch, and ends it when the gate \
         closes. Behind a polyphonic source each voice sends its own notes. What arrives at control goes out \
         as a controller, at most every 5 ms. Choose the MIDI port in the settings of the program. Try: a \
         sequencer's pitch, gate and accent into it, and an LFO into control.",
    )
    .tags(&["external", "hardware", "send", "note", "controller", "synthesizer"])
    .inputs(&[PITCH, GATE, VELOCITY, CONTROL])
    .outputs(&[SENDING])
    .settings(&[CHANNEL, CONTROLLER])
    .sink()
    .checked();

/// How long to wait between two values of the controller, in seconds: a MIDI cable carries about 1,000
/// messages a second.
const PAUSE_SECONDS: f32 = 0.005;

struct MidiOutConfig {
    /// 0 to 15.
    channel: u8,
    controller: u8,
}

impl Configure for MidiOutConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        let channel = (settings.count(CHANNEL)?.max(1) - 1) as u8;
        Ok(Self { channel, controller: settings.count(CONTROLLER)? as u8 })
    }
}

/// A note that is on: channel and number.
type OpenNote = (u8, u8);

struct MidiOut {
    gate: Gate,
    note: Option<OpenNote>,
    /// What the controller was sent as last; none before the first change.
    control: Option<u8>,
    pause_frames: usize,
    pause_left: usize,
}

impl BlockNode for MidiOut {
    type Config = MidiOutConfig;

    fn new(_: &MidiOutConfig, setup: &Setup, _: u32) -> Self {
        let pause_frames = (PAUSE_SECONDS * setup.sample_rate).round() as usize;
        Self { gate: Gate::default(), note: None, control: None, pause_frames, pause_left: 0 }
    }

    fn process(&mut self, sending: &MidiOutConfig, io: &mut BlockIo<'_>) {
        let [pitch, gate, velocity, control] = [PITCH, GATE, VELOCITY, CONTROL].map(|input| io.input(input));
        for frame in 0..io.frames() {
            self.send_control(sending, seven_bits(control[frame]), frame, io);
            match self.gate.next(gate[frame]) {
                Some(Edge::Rise) => {
                    let note = (pitch[frame] * 12.0 + 60.0).round_ties_even().clamp(0.0, 127.0) as u8;
                    // A velocity of 0 would end the note.
                    io.send(frame, [0x90 | sending.channel, note, seven_bits(velocity[frame]).max(1)]);
                    self.note = Some((sending.channel, note));
                }
                Some(Edge::Fall) => self.end_note(frame, io),
                None => {}
            }
            io.output(SENDING)[frame] = f32::from(self.note.is_some());
        }
    }

    fn reset(&mut self) {
        (self.gate, self.note, self.control, self.pause_left) = (Gate::default(), None, None, 0);
    }
}

impl MidiOut {
    fn end_note(&mut self, frame: usize, io: &mut BlockIo<'_>) {
        if let Some((channel, note)) = self.note.take() {
            io.send(frame, [0x80 | channel, note, 64]);
        }
    }

    fn send_control(&mut self, sending: &MidiOutConfig, value: u8, frame: usize, io: &mut BlockIo<'_>) {
        self.pause_left = self.pause_left.saturating_sub(1);
        // Where the knob stands at the start is no change: the other side may stand elsewhere on purpose.
        let sent = *self.control.get_or_insert(value);
        if value != sent && self.pause_left == 0 {
            io.send(frame, [0xb0 | sending.channel, sending.controller, value]);
            self.control = Some(value);
            self.pause_left = self.pause_frames;
        }
    }
}

/// 0 to 1 in MIDI's steps. NaN is 0.
fn seven_bits(value: f32) -> u8 {
    (value * 127.0).round_ties_even().clamp(0.0, 127.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::{Event, SettingValue};
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::signal::gate;

    #[test]
    fn notes_begin_and_end_on_their_frame() {
        for block in [1, 17, 64] {
            let bench = BlockHarness::of(&SPEC).setting(CHANNEL, SettingValue::Count(3));
            let mut harness = bench.start().unwrap();
            harness.block_size(block).hold(PITCH, 1.01).turn(VELOCITY, 1.0);
            let run = harness.plug(GATE, gate(300, &[(37, 101), (200, 201)])).run(300);
            let event = |frame, midi| Event { frame, midi };
            let expected = [
                event(37, [0x92, 72, 127]),
                event(101, [0x82, 72, 64]),
                event(200, [0x92, 72, 127]),
                event(201, [0x82, 72, 64]),
            ];
            assert_eq!(run.sent, expected);
            assert_eq!(run.output(SENDING).iter().sum::<f32>(), 65.0);
            assert_eq!(harness.violations(), 0);
        }
    }

    #[test]
    fn the_note_that_ends_is_the_one_that_began() {
        let mut harness = BlockHarness::new(&SPEC);
        let run = harness.plug(PITCH, vec![0.0, 0.0, 1.0]).plug(GATE, vec![0.0, 1.0, 1.0, 0.0]).run(4);
        assert_eq!(run.sent.iter().map(|event| event.midi[1]).collect::<Vec<_>>(), [60, 60]);
    }

    #[test]
    fn the_controller_is_sent_when_it_changes_but_not_too_often() {
        let mut harness = BlockHarness::new(&SPEC);
        let ramp: Vec<f32> = (0..48_000).map(|frame| frame as f32 / 48_000.0).collect();
        let run = harness.plug(CONTROL, ramp).run(48_000);
        assert_eq!(run.sent.len(), 127);
        let fast: Vec<f32> = (0..48_000).map(|frame| (frame % 2) as f32).collect();
        let run = harness.reset().plug(CONTROL, fast).run(48_000);
        assert!((150..=201).contains(&run.sent.len()), "{}", run.sent.len());
        assert!(run.sent.windows(2).all(|pair| pair[1].frame - pair[0].frame >= 240));
    }
}
