//! Keys become voices: what MIDI messages do to pitch, gate, velocity and controllers of each voice.
//!
//! Every message acts on its own frame. Pitch, velocity and the controllers keep their last value while
//! a released voice rings out. A voice stolen from a key that is down glides to its new pitch and velocity,
//! as controllers do to theirs, so that nothing jumps while it sounds.

mod allocation;
mod channels;
mod voice;

pub(crate) use allocation::{MOST_VOICES, Steal};

use crate::parts::envelope::smoothed_value::SmoothingTime;
use crate::parts::tuning::keyboard_map::Tuning;
use allocation::{Allocator, MidiKey};
use channels::Channels;
use jackfield_node::dsp::gate::trigger_frames;
use jackfield_node::{BlockIo, Event, Input, Midi, Output};
use std::ops::Range;
use voice::{VoiceFrame, VoiceSignals};

/// How long controllers and stolen voices glide, in seconds.
const GLIDE_SECONDS: f32 = 0.005;

/// MIDI note of C4, pitch 0.
const C4: f32 = 60.0;

/// What is heard, and how.
#[derive(Clone, Debug)]
pub(crate) struct KeyboardConfig {
    /// 0 to 15; none hears all.
    pub(crate) channel: Option<u8>,
    /// Whom a new key takes its voice from.
    pub(crate) steal: Steal,
    /// Reach of the pitch wheel in octaves, until a message says how far.
    pub(crate) bend: f32,
    /// How many voices each key plays, from 1 on.
    pub(crate) unison: usize,
    /// All channels are a zone of MPE, until a message makes others.
    pub(crate) mpe: bool,
    /// With MPE: how far a key's own bend reaches, in octaves, until a message says how far.
    pub(crate) key_bend: f32,
    /// Where the keys sound; without it, in twelve equal tones.
    pub(crate) tuning: Option<Tuning>,
}

impl KeyboardConfig {
    /// The pitch of a key in octaves above C4; nothing if it is silent.
    fn pitch(&self, key: MidiKey) -> Option<f32> {
        match &self.tuning {
            Some(tuning) => tuning.pitch(key.note.into()),
            None => Some((f32::from(key.note) - C4) / 12.0),
        }
    }
}

/// Where each part of a voice goes, and the knob that detunes a unison, in cents.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyPorts {
    pub(crate) detune: Option<Input>,
    pub(crate) pitch: Output,
    pub(crate) gate: Output,
    pub(crate) trigger: Output,
    pub(crate) velocity: Output,
    pub(crate) wheel: Output,
    pub(crate) pressure: Output,
    pub(crate) slide: Output,
    pub(crate) spread: Output,
}

/// All voices of a node.
pub(crate) struct Keyboard {
    /// Of keys, each of which plays `unison` voices.
    allocator: Allocator,
    voices: [VoiceSignals; MOST_VOICES],
    /// How many voices each key plays.
    unison: usize,
    channels: Channels,
    trigger_frames: u32,
    time: SmoothingTime,
}

impl Keyboard {
    /// No key is down.
    pub(crate) fn new(sample_rate: f32) -> Self {
        Self {
            allocator: Allocator::new(1),
            voices: Default::default(),
            unison: 1,
            channels: Channels::AT_REST,
            trigger_frames: trigger_frames(sample_rate) as u32,
            time: SmoothingTime::new(GLIDE_SECONDS, sample_rate),
        }
    }

    /// Forgets the past.
    pub(crate) fn reset(&mut self) {
        self.allocator = Allocator::new(1);
        self.voices = Default::default();
        self.channels = Channels::AT_REST;
    }

    /// Follows the number of voices and the unison. Call it at the start of each block.
    pub(crate) fn set_voices(&mut self, voices: usize, reception: &KeyboardConfig) {
        self.unison = reception.unison.clamp(1, voices.max(1));
        self.allocator.set_count(voices / self.unison);
    }

    /// Computes a block from the messages that reach the node.
    pub(crate) fn process(&mut self, reception: &KeyboardConfig, io: &mut BlockIo<'_>, ports: &KeyPorts) {
        self.set_voices(io.voices(), reception);
        let frames = io.frames();
        let mut done = 0;
        for &Event { frame, midi } in io.events() {
            let frame = frame.clamp(done, frames);
            self.play(done..frame, io, ports);
            done = frame;
            self.receive(midi, reception);
        }
        self.play(done..frames, io, ports);
    }

    /// Takes a message.
    pub(crate) fn receive(&mut self, [status, data1, data2]: Midi, reception: &KeyboardConfig) {
        let channel = status & 0x0f;
        if reception.channel.is_some_and(|only| only != channel) {
            return;
        }
        let (data1, data2) = (data1 & 0x7f, data2 & 0x7f);
        let key = MidiKey { channel, note: data1 };
        match status & 0xf0 {
            0x90 if data2 > 0 => self.press(key, data2, reception),
            0x80 | 0x90 => self.release(|allocator| allocator.release(key), reception),
            0xa0 => self.press_harder(key, data2),
            0xb0 => self.control(channel, data1, data2, reception),
            0xd0 => self.channels.set_pressure(channel, seven_bits(data1)),
            0xe0 => self.channels.set_bend(channel, fourteen_bits(data1, data2)),
            _ => return,
        }
        self.follow_controllers(reception);
    }

    /// All keys of all channels come up, pedals and controllers go back to where they were in the beginning,
    /// and the first key will play the first voice again. What rings goes on ringing.
    pub(crate) fn start_over(&mut self, reception: &KeyboardConfig) {
        self.allocator = Allocator::new(self.allocator.count());
        self.channels = Channels::AT_REST;
        self.voices.iter_mut().for_each(|voice| voice.key_pressure = 0.0);
        self.follow_controllers(reception);
    }

    /// The voices that play the key of one of the allocator's.
    fn unison(&mut self, slot: usize) -> &mut [VoiceSignals] {
        let voices = self.voices.chunks_mut(self.unison).nth(slot);
        voices.unwrap_or_default()
    }

    fn press(&mut self, key: MidiKey, velocity: u8, reception: &KeyboardConfig) {
        // A key that plays nothing takes no voice.
        let Some(pitch) = reception.pitch(key) else { return };
        let Some(slot) = self.allocator.press(key, velocity, reception.steal) else { return };
        let controllers = self.channels.heard(key.channel, reception);
        let (trigger_frames, time) = (self.trigger_frames, self.time);
        for voice in self.unison(slot) {
            voice.strike(pitch, seven_bits(velocity), controllers, trigger_frames, time);
        }
    }

    /// Ends notes. A single voice may go on with another key, whose pitch it then takes.
    fn release(&mut self, end: impl FnOnce(&mut Allocator), reception: &KeyboardConfig) {
        end(&mut self.allocator);
        if self.allocator.count() == 1
            && self.allocator.is_on(0)
            && let Some(pitch) = reception.pitch(self.allocator.key(0))
        {
            let time = self.time;
            for voice in self.unison(0) {
                voice.pitch.go_to(pitch, time);
            }
        }
    }

    fn press_harder(&mut self, key: MidiKey, pressure: u8) {
        for slot in 0..self.allocator.count() {
            if self.allocator.is_on(slot) && self.allocator.key(slot) == key {
                self.unison(slot).iter_mut().for_each(|voice| voice.key_pressure = seven_bits(pressure));
            }
        }
    }

    fn control(&mut self, channel: u8, controller: u8, value: u8, reception: &KeyboardConfig) {
        match controller {
            1 => self.channels.set_wheel(channel, seven_bits(value)),
            74 => self.channels.set_slide(channel, seven_bits(value)),
            98..=101 => self.channels.choose_parameter(channel, controller, value),
            6 | 38 => {
                let place = usize::from(controller == 38);
                let changed = self.channels.set_parameter(channel, place, value, reception);
                // Keys of a zone that is another now would wait for an end that means something else.
                for channel in changed.into_iter().flatten() {
                    self.release(|allocator| allocator.silence(channel), reception);
                }
            }
            121 => {
                self.channels.reset(channel);
                let release_pedals = |allocator: &mut Allocator| {
                    allocator.pedal(channel, false);
                    allocator.sostenuto(channel, false);
                };
                self.release(release_pedals, reception);
            }
            _ => {
                // What is said to the master of a zone is said to all its keys.
                for channel in self.channels.group(channel, reception) {
                    self.hold_or_release(channel, controller, value, reception);
                }
            }
        }
    }

    /// Controllers that hold the keys of a channel, or let them go.
    fn hold_or_release(&mut self, channel: u8, controller: u8, value: u8, reception: &KeyboardConfig) {
        match controller {
            64 => self.release(|allocator| allocator.pedal(channel, value >= 64), reception),
            66 => self.release(|allocator| allocator.sostenuto(channel, value >= 64), reception),
            120 => {
                self.release(|allocator| allocator.silence(channel), reception);
                for slot in 0..self.allocator.count() {
                    if self.allocator.key(slot).channel == channel {
                        self.unison(slot).iter_mut().for_each(VoiceSignals::silence);
                    }
                }
            }
            // The four after "all notes off" change the mode of reception, which implies it.
            123..=127 => self.release(|allocator| allocator.release_all(channel), reception),
            _ => {}
        }
    }

    /// Sends the voices' glides to where the controllers stand.
    fn follow_controllers(&mut self, reception: &KeyboardConfig) {
        let time = self.time;
        for slot in 0..self.allocator.count() {
            let channel = self.allocator.key(slot).channel;
            // With MPE the channel of a key that is up may already belong to another.
            if self.channels.master_of(channel, reception).is_some() && !self.allocator.is_on(slot) {
                continue;
            }
            let controllers = self.channels.heard(channel, reception);
            for voice in self.unison(slot) {
                voice.follow(controllers, time);
            }
        }
    }

    /// Writes these frames of all outputs.
    pub(crate) fn play(&mut self, range: Range<usize>, io: &mut BlockIo<'_>, ports: &KeyPorts) {
        if !range.is_empty() {
            self.allocator.pass();
        }
        let is_whole_block = range.len() == io.frames();
        for index in 0..io.voices().min(MOST_VOICES) {
            let slot = index / self.unison;
            let is_on = slot < self.allocator.count() && self.allocator.is_on(slot);
            let voice = &mut self.voices[index];
            let spread = spread(index % self.unison, self.unison);
            let detune = ports.detune.filter(|_| spread != 0.0);
            let is_still = detune.is_none_or(|detune| io.is_constant(detune));
            let cents = |io: &BlockIo<'_>, frame: usize| detune.map_or(0.0, |detune| io.input(detune)[frame]);
            if is_whole_block && is_still && voice.is_steady() {
                let mut frame_values = voice.next(is_on, self.time);
                frame_values.pitch += spread * cents(io, 0) / 1200.0;
                frame_values
                    .parts(spread, ports)
                    .into_iter()
                    .for_each(|(output, value)| io.hold(output, index, value));
                continue;
            }
            for frame in range.clone() {
                let mut frame_values = voice.next(is_on, self.time);
                frame_values.pitch += spread * cents(io, frame) / 1200.0;
                for (output, value) in frame_values.parts(spread, ports) {
                    io.voice(output, index)[frame] = value;
                }
            }
        }
    }
}

impl VoiceFrame {
    /// Which value goes where.
    fn parts(self, spread: f32, ports: &KeyPorts) -> [(Output, f32); 8] {
        [
            (ports.pitch, self.pitch),
            (ports.gate, self.gate),
            (ports.trigger, self.trigger),
            (ports.velocity, self.velocity),
            (ports.wheel, self.wheel),
            (ports.pressure, self.pressure),
            (ports.slide, self.slide),
            (ports.spread, spread),
        ]
    }
}

/// Where in a unison a voice stands: -1 for the first, 1 for the last, 0 for a lonely one.
fn spread(place: usize, unison: usize) -> f32 {
    if unison > 1 { 2.0 * place as f32 / (unison - 1) as f32 - 1.0 } else { 0.0 }
}

fn seven_bits(value: u8) -> f32 {
    f32::from(value) / 127.0
}

/// -1 to 1 with 0 in the middle, though there is one step more below it than above.
fn fourteen_bits(low: u8, high: u8) -> f32 {
    let offset = f32::from(u16::from(high) << 7 | u16::from(low)) - 8192.0;
    if offset < 0.0 { offset / 8192.0 } else { offset / 8191.0 }
}
