//! MIDI in: keys of a keyboard become voices with pitch, gate and velocity.
//!
//! Every message acts on its own frame. Pitch, velocity and the controllers keep their last value
//! while a released voice rings out. Bend, wheel and pressure have 7 or 14 bits and come in steps, so
//! they glide to each new value within 5 ms.

mod allocation;

use allocation::{Allocator, Key, Steal};
use jackfield_node::prelude::*;
use jackfield_node::{Event, Midi};
use std::ops::Range;

const VOICES: Setting =
    Setting::count(0, "voices", 1, allocation::MOST_VOICES as u32, 8, "Most notes to sound at once.");
const CHANNEL: Setting = Setting::count(1, "channel", 0, 16, 0, "MIDI channel to hear; 0 hears all.");
const STEAL: Setting = Setting::choice(
    2,
    "steal",
    &["oldest", "quietest", "lowest", "highest", "none"],
    0,
    "Whose voice a new note takes when all are playing.",
);
const BEND: Setting =
    Setting::count(3, "bend", 0, 48, 2, "How far the pitch wheel reaches up and down, in semitones.");

const PITCH: Output = Output::pitch(0, "pitch", "The note with the pitch wheel; 0 is C4.");
const GATE: Output = Output::gate(1, "gate", "1 while the key or the sustain pedal is down.");
const TRIGGER: Output = Output::gate(2, "trigger", "1 for a millisecond when a key goes down.");
const VELOCITY: Output = Output::control(3, "velocity", "How hard the key was struck, 0 to 1.");
const WHEEL: Output = Output::control(4, "wheel", "The modulation wheel (controller 1), 0 to 1.");
const PRESSURE: Output =
    Output::control(5, "pressure", "Aftertouch of the key or of its channel, whichever is more, 0 to 1.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<MidiIn>("device.midi_in", "MIDI in", Category::Device)
    .summary("Plays the nodes behind it from a keyboard or a MIDI file, one voice a key.")
    .help(
        "Each key gets a voice: its own copy of all the nodes that cables from here reach, up to a node \
         that adds the voices up, such as the output. When more keys are down than there are voices, a \
         new one takes over a voice as the steal setting says. With a single voice it plays like a \
         monophonic synthesizer: the latest key sounds, and letting it go returns to the one before. \
         Try: pitch into an oscillator, gate into an envelope, velocity into the envelope's amount, and \
         the wheel with depth 3 into a filter's cutoff.",
    )
    .tags(&["keyboard", "note", "polyphony", "velocity", "aftertouch", "bend", "sustain", "mono"])
    .outputs(&[PITCH, GATE, TRIGGER, VELOCITY, WHEEL, PRESSURE])
    .settings(&[VOICES, CHANNEL, STEAL, BEND])
    .face(Face::Keyboard)
    .makes_voices(VOICES)
    .checked();

/// How long a trigger lasts, in seconds.
const TRIGGER_SECONDS: f32 = 0.001;

/// How long a controller glides to a new value, in seconds.
const GLIDE_SECONDS: f32 = 0.005;

/// MIDI note of C4, pitch 0.
const C4: f32 = 60.0;

struct Reception {
    voices: usize,
    /// 0 to 15; none hears all.
    channel: Option<u8>,
    steal: Steal,
    /// Reach of the pitch wheel in octaves.
    bend: f32,
}

impl Configure for Reception {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        let policies = [Steal::Oldest, Steal::Quietest, Steal::Lowest, Steal::Highest, Steal::Nobody];
        Ok(Self {
            voices: settings.count(VOICES)? as usize,
            channel: settings.count(CHANNEL)?.checked_sub(1).map(|channel| channel as u8),
            steal: policies[settings.choice(STEAL)?],
            bend: settings.count(BEND)? as f32 / 12.0,
        })
    }
}

/// A value on its way to the latest one received.
#[derive(Clone, Copy, Default)]
struct Glide {
    value: f32,
    target: f32,
    step: f32,
    frames_left: usize,
}

impl Glide {
    fn go_to(&mut self, target: f32, frames: usize) {
        if target != self.target {
            *self =
                Self { target, step: (target - self.value) / frames as f32, frames_left: frames, ..*self };
        }
    }

    fn jump_to(&mut self, target: f32) {
        *self = Self { value: target, target, ..Self::default() };
    }

    fn is_still(&self) -> bool {
        self.frames_left == 0
    }

    fn next(&mut self) -> f32 {
        if self.frames_left > 0 {
            self.frames_left -= 1;
            self.value = if self.frames_left == 0 { self.target } else { self.value + self.step };
        }
        self.value
    }
}

/// What a voice sends, besides what the allocator knows.
#[derive(Clone, Copy, Default)]
struct Voice {
    /// Of the note alone, in octaves.
    pitch: f32,
    velocity: f32,
    key_pressure: f32,
    /// In octaves.
    bend: Glide,
    wheel: Glide,
    pressure: Glide,
    /// Gate and trigger are 0 for one frame first, so that those behind notice the new note.
    must_fall: bool,
    /// The gate rises even if the key came up on the same frame.
    must_rise: bool,
    trigger_left: usize,
    /// Whether gate or trigger were high on the last frame.
    was_high: bool,
}

impl Voice {
    fn is_steady(&self) -> bool {
        let switches = self.must_fall || self.must_rise || self.trigger_left > 0;
        !switches && self.bend.is_still() && self.wheel.is_still() && self.pressure.is_still()
    }

    /// Gate and trigger of the next frame.
    fn next_gates(&mut self, is_on: bool) -> (f32, f32) {
        if std::mem::take(&mut self.must_fall) {
            self.was_high = false;
            return (0.0, 0.0);
        }
        let gate = std::mem::take(&mut self.must_rise) || is_on;
        let trigger = self.trigger_left > 0;
        self.trigger_left = self.trigger_left.saturating_sub(1);
        self.was_high = gate || trigger;
        (f32::from(gate), f32::from(trigger))
    }
}

/// What a MIDI channel's controllers stand at.
#[derive(Clone, Copy, Default)]
struct Channel {
    /// -1 to 1.
    bend: f32,
    wheel: f32,
    pressure: f32,
}

struct MidiIn {
    allocator: Allocator,
    voices: [Voice; allocation::MOST_VOICES],
    channels: [Channel; 16],
    trigger_frames: usize,
    glide_frames: usize,
}

impl BlockNode for MidiIn {
    type Config = Reception;

    fn new(config: &Reception, setup: &Setup, _: u32) -> Self {
        let frames = |seconds: f32| ((seconds * setup.sample_rate).round() as usize).max(1);
        Self {
            allocator: Allocator::new(config.voices),
            voices: Default::default(),
            channels: Default::default(),
            trigger_frames: frames(TRIGGER_SECONDS),
            glide_frames: frames(GLIDE_SECONDS),
        }
    }

    fn process(&mut self, config: &Reception, io: &mut BlockIo<'_>) {
        self.allocator.set_count(io.voices());
        let frames = io.frames();
        let mut done = 0;
        for &Event { frame, midi } in io.events() {
            let frame = frame.clamp(done, frames);
            self.play(done..frame, io);
            done = frame;
            self.receive(midi, config);
        }
        self.play(done..frames, io);
    }

    fn reset(&mut self) {
        self.allocator = Allocator::new(self.allocator.count());
        self.voices = Default::default();
        self.channels = Default::default();
    }
}

impl MidiIn {
    fn receive(&mut self, [status, data1, data2]: Midi, config: &Reception) {
        let channel = status & 0x0f;
        if config.channel.is_some_and(|only| only != channel) {
            return;
        }
        let (data1, data2) = (data1 & 0x7f, data2 & 0x7f);
        let key = Key { channel, note: data1 };
        match status & 0xf0 {
            0x90 if data2 > 0 => self.press(key, data2, config),
            0x80 | 0x90 => self.release(|allocator| allocator.release(key)),
            0xa0 => self.press_harder(key, data2),
            0xb0 => self.control(channel, data1, data2),
            0xd0 => self.channels[usize::from(channel)].pressure = seven_bits(data1),
            0xe0 => self.channels[usize::from(channel)].bend = fourteen_bits(data1, data2),
            _ => return,
        }
        self.follow_controllers(config);
    }

    fn press(&mut self, key: Key, velocity: u8, config: &Reception) {
        let Some(index) = self.allocator.press(key, velocity, config.steal) else { return };
        let voice = &mut self.voices[index];
        let channel = self.channels[usize::from(key.channel)];
        voice.pitch = note_pitch(key.note);
        voice.velocity = seven_bits(velocity);
        voice.key_pressure = 0.0;
        voice.bend.jump_to(channel.bend * config.bend);
        voice.wheel.jump_to(channel.wheel);
        voice.pressure.jump_to(channel.pressure);
        voice.must_fall = voice.was_high;
        voice.must_rise = true;
        voice.trigger_left = self.trigger_frames;
    }

    /// Ends notes. A single voice may go on with another key, whose pitch it then takes.
    fn release(&mut self, end: impl FnOnce(&mut Allocator)) {
        end(&mut self.allocator);
        if self.allocator.count() == 1 && self.allocator.is_on(0) {
            self.voices[0].pitch = note_pitch(self.allocator.key(0).note);
        }
    }

    fn press_harder(&mut self, key: Key, pressure: u8) {
        for (index, voice) in self.voices[..self.allocator.count()].iter_mut().enumerate() {
            if self.allocator.is_on(index) && self.allocator.key(index) == key {
                voice.key_pressure = seven_bits(pressure);
            }
        }
    }

    fn control(&mut self, channel: u8, controller: u8, value: u8) {
        match controller {
            1 => self.channels[usize::from(channel)].wheel = seven_bits(value),
            64 => self.release(|allocator| allocator.pedal(channel, value >= 64)),
            120 => {
                self.release(|allocator| allocator.silence(channel));
                for (index, voice) in self.voices[..self.allocator.count()].iter_mut().enumerate() {
                    if self.allocator.key(index).channel == channel {
                        (voice.must_rise, voice.trigger_left) = (false, 0);
                    }
                }
            }
            121 => {
                self.channels[usize::from(channel)] = Channel::default();
                self.release(|allocator| allocator.pedal(channel, false));
            }
            // The four after "all notes off" change the mode of reception, which implies it.
            123..=127 => self.release(|allocator| allocator.release_all(channel)),
            _ => {}
        }
    }

    /// Sends the voices' glides to where the controllers stand.
    fn follow_controllers(&mut self, config: &Reception) {
        for (index, voice) in self.voices[..self.allocator.count()].iter_mut().enumerate() {
            let channel = self.channels[usize::from(self.allocator.key(index).channel)];
            voice.bend.go_to(channel.bend * config.bend, self.glide_frames);
            voice.wheel.go_to(channel.wheel, self.glide_frames);
            voice.pressure.go_to(channel.pressure.max(voice.key_pressure), self.glide_frames);
        }
    }

    /// Writes these frames of all outputs.
    fn play(&mut self, range: Range<usize>, io: &mut BlockIo<'_>) {
        let is_whole_block = range.len() == io.frames();
        for index in 0..self.allocator.count() {
            let is_on = self.allocator.is_on(index);
            let voice = &mut self.voices[index];
            if is_whole_block && voice.is_steady() {
                voice.was_high = is_on;
                io.hold(PITCH, index, voice.pitch + voice.bend.value);
                io.hold(GATE, index, f32::from(is_on));
                io.hold(TRIGGER, index, 0.0);
                io.hold(VELOCITY, index, voice.velocity);
                io.hold(WHEEL, index, voice.wheel.value);
                io.hold(PRESSURE, index, voice.pressure.value);
                continue;
            }
            for frame in range.clone() {
                let (gate, trigger) = voice.next_gates(is_on);
                io.voice(PITCH, index)[frame] = voice.pitch + voice.bend.next();
                io.voice(GATE, index)[frame] = gate;
                io.voice(TRIGGER, index)[frame] = trigger;
                io.voice(VELOCITY, index)[frame] = voice.velocity;
                io.voice(WHEEL, index)[frame] = voice.wheel.next();
                io.voice(PRESSURE, index)[frame] = voice.pressure.next();
            }
        }
    }
}

fn note_pitch(note: u8) -> f32 {
    (f32::from(note) - C4) / 12.0
}

fn seven_bits(value: u8) -> f32 {
    f32::from(value) / 127.0
}

/// -1 to 1 with 0 in the middle, though there is one step more below it than above.
fn fourteen_bits(low: u8, high: u8) -> f32 {
    let offset = f32::from(u16::from(high) << 7 | u16::from(low)) - 8192.0;
    if offset < 0.0 { offset / 8192.0 } else { offset / 8191.0 }
}

#[cfg(test)]
mod tests;
