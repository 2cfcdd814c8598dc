//! MIDI in: keys of a keyboard become voices with pitch, gate and velocity.

use crate::parts::midi::channel;
use crate::parts::midi::keyboard::{KeyPorts, Keyboard, KeyboardConfig, MOST_VOICES, Steal};
use crate::parts::tuning::tuning_files;
use jackfield_node::prelude::*;

const DETUNE: Input = Input::knob(
    0,
    "detune",
    Knob::cents(0.0, 100.0, 12.0),
    "How far the outermost voices of a unison are off the pitch, up and down.",
);

const VOICES: Setting = Setting::count(
    0,
    "voices",
    1,
    MOST_VOICES as u32,
    8,
    "How many voices there are, for all keys together.",
);
const CHANNEL: Setting = channel::setting(1, channel::HEARD);
const STEAL: Setting =
    Steal::setting(2, "steal", Steal::Oldest, "Whose voice a new note takes when all are playing.");
const BEND: Setting = Setting::count(
    3,
    "bend",
    0,
    48,
    2,
    "How far the pitch wheel reaches, in semitones, unless the keyboard says so.",
);
const UNISON: Setting = Setting::count(4, "unison", 1, 8, 1, "How many voices each key plays.");
const MPE: Setting = Setting::toggle(
    5,
    "mpe",
    false,
    "For keyboards with MPE: channel 1 is the master, and each key bends on a channel of its own. One that \
     sends its \
     zones is understood without.",
);
const KEY_BEND: Setting = Setting::count(
    6,
    "key_bend",
    0,
    96,
    48,
    "With MPE: how far a key's own bend reaches up and down, in semitones.",
);

const SCALE: Setting = tuning_files::scale(7);
const MAP: Setting = tuning_files::map(8);

const PITCH: Output = Output::pitch(0, "pitch", "The note with the pitch wheel; 0 is C4.");
const GATE: Output = Output::gate(1, "gate", "1 while the key, or the sustain or sostenuto pedal, is down.");
const TRIGGER: Output = Output::gate(2, "trigger", "1 for a millisecond when a key goes down.");
const VELOCITY: Output = Output::control(3, "velocity", "How hard the key was struck, 0 to 1.");
const WHEEL: Output = Output::control(4, "wheel", "The modulation wheel (controller 1), 0 to 1.");
const PRESSURE: Output =
    Output::control(5, "pressure", "Aftertouch of the key or of its channel, whichever is more, 0 to 1.");
const SLIDE: Output = Output::control(
    6,
    "slide",
    "Controller 74, which MPE keyboards send for a finger's place along the key, 0 to 1.",
);
const SPREAD: Output =
    Output::control(7, "spread", "Where in a unison the voice stands, -1 to 1; 0 without unison.");

/// Where the voices go.
const PORTS: KeyPorts = KeyPorts {
    detune: Some(DETUNE),
    pitch: PITCH,
    gate: GATE,
    trigger: TRIGGER,
    velocity: VELOCITY,
    wheel: WHEEL,
    pressure: PRESSURE,
    slide: SLIDE,
    spread: SPREAD,
};

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<MidiIn>("device.midi_in", "MIDI in", Category::Device)
    .summary("Plays the nodes behind it from a keyboard or a MIDI file, one voice a key.")
    .help(
        "Each key gets a voice: its own copy of all the nodes that cables from here reach, up to a node \
         that adds the voices up, such as the output. When more keys are down than there are voices, a \
         new one takes over a voice as the steal setting says. With a single voice it plays like a \
         monophonic synthesizer: the latest key sounds, and letting it go returns to the one before. \
         Unison plays several voices a key, detuned; spread tells them apart. Try: pitch into an \
         oscillator, gate into an envelope, velocity into the envelope's amount, and the wheel with depth 3 \
         into a filter's cutoff; then 8 voices in a unison of 8, with spread into a pan. Without an \
         envelope, or a gate on its level, every voice sounds before any key. For tunings beyond the \
         twelve tones choose a Scala file under scale, and a keyboard map if there is one.",
    )
    .tags(&[
        "keyboard",
        "note",
        "polyphony",
        "velocity",
        "aftertouch",
        "bend",
        "sustain",
        "mono",
        "mpe",
        "unison",
        "expression",
        "slide",
        "tuning",
        "scala",
        "microtonal",
        "kbm",
    ])
    .inputs(&[DETUNE])
    .outputs(&[PITCH, GATE, TRIGGER, VELOCITY, WHEEL, PRESSURE, SLIDE, SPREAD])
    .settings(&[VOICES, CHANNEL, STEAL, BEND, UNISON, MPE, KEY_BEND, SCALE, MAP])
    .face(Face::Keyboard)
    .makes_voices(VOICES)
    .hears_midi()
    .checked();

impl Configure for KeyboardConfig {
    fn configure(settings: &Settings, setup: &Setup) -> Result<Self, ConfigError> {
        let octaves = |setting: Setting| Ok::<f32, ConfigError>(settings.count(setting)? as f32 / 12.0);
        let is_mpe = settings.toggle(MPE)?;
        Ok(Self {
            // A zone of MPE takes all channels.
            channel: if is_mpe { None } else { channel::chosen(settings, CHANNEL)? },
            steal: settings.chosen(STEAL)?,
            bend: octaves(BEND)?,
            unison: settings.count(UNISON)? as usize,
            mpe: is_mpe,
            key_bend: octaves(KEY_BEND)?,
            tuning: tuning_files::tuning(settings, [SCALE, MAP], setup)?,
        })
    }
}

struct MidiIn(Keyboard);

impl BlockNode for MidiIn {
    type Config = KeyboardConfig;

    fn new(_: &KeyboardConfig, setup: &Setup, _: u32) -> Self {
        Self(Keyboard::new(setup.sample_rate))
    }

    fn process(&mut self, reception: &KeyboardConfig, io: &mut BlockIo<'_>) {
        self.0.process(reception, io, &PORTS);
    }

    fn reset(&mut self) {
        self.0.reset();
    }
}

#[cfg(test)]
mod tests;
