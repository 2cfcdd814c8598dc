//! Player: an audio file as a sound source.
//!
//! Two heads read the file. A new start gives the sound to the other head while the old one fades
//! out, so nothing clicks. At the original pitch the samples come out as they are in the file.

mod head;

use crate::parts::gate::{Edge, Gate};
use crate::parts::remembered::Remembered;
use head::Head;
use jackfield_node::Asset;
use jackfield_node::dsp::Lanes;
use jackfield_node::prelude::*;
use std::sync::Arc;

const GATE: Input = Input::gate(0, "gate", "Starts the file from the start position.");
const PITCH: Input = Input::knob(
    1,
    "pitch",
    Knob::octaves(-4.0, 4.0, 0.0),
    "Speed and pitch, in octaves. 0: as recorded. 1: twice as fast and an octave higher.",
);
const START: Input =
    Input::knob(2, "start", Knob::unit(0.0), "Where to start, from the file's beginning to its end.");

const LEFT: Output = Output::audio(0, "left", "The file's left channel, or its only one.");
const RIGHT: Output = Output::audio(1, "right", "The file's right channel, or its only one.");

const FILE: Setting = Setting::file(0, "file", "The file to play.");
const PLAY: Setting = Setting::choice(
    1,
    "play",
    &["on_trigger", "while_gate", "always"],
    0,
    "To the end after each trigger, only while the gate is open, or from the moment the patch starts.",
);
const LOOP: Setting =
    Setting::toggle(2, "loop", false, "At the end, go on from the start position instead of stopping.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Player>("source.player", "File player", Category::Source)
    .summary("Plays an audio file: as it is, at another pitch, in part, or in a loop.")
    .help(
        "Any WAV, FLAC, MP3, Ogg or AAC file beside the patch. A trigger starts it, and each voice has its \
         own place in it, so a melody on one sample needs no more than a MIDI in with pitch and gate. \
         Set 'play' to always to use it as the tape a chain of effects works on. Try: a drum loop with a \
         slow clock into gate and a random value into start. Far above its own pitch a sound with much \
         treble gets harsh: filter it first.",
    )
    .tags(&["sampler", "sample", "wav", "tape", "loop", "recording", "drum", "audio file"])
    .inputs(&[GATE, PITCH, START])
    .outputs(&[LEFT, RIGHT])
    .settings(&[FILE, PLAY, LOOP])
    .face(Face::File)
    .checked();

/// When the file sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Play {
    OnTrigger,
    WhileGate,
    Always,
}

struct Tape {
    file: Option<Arc<Asset>>,
    play: Play,
    loops: bool,
}

impl Configure for Tape {
    fn configure(settings: &Settings, setup: &Setup) -> Result<Self, ConfigError> {
        let path = settings.text(FILE)?;
        let file = if path.is_empty() { None } else { Some(setup.assets.load(path, setup.sample_rate)?) };
        Ok(Self {
            file: file.filter(|file| file.frames() > 0),
            play: [Play::OnTrigger, Play::WhileGate, Play::Always][settings.choice(PLAY)?],
            loops: settings.toggle(LOOP)?,
        })
    }
}

struct Player {
    /// The one that plays, then the one that fades out.
    heads: [Head; 2],
    gate: Gate,
    /// A start that waits until a head is free.
    is_start_due: bool,
    has_started: bool,
    speed: Remembered<f64>,
}

impl BlockNode for Player {
    type Config = Tape;

    fn new(_: &Tape, setup: &Setup, _: u32) -> Self {
        Self {
            heads: [Head::new(setup.sample_rate); 2],
            gate: Gate::default(),
            is_start_due: false,
            has_started: false,
            speed: Remembered::default(),
        }
    }

    fn process(&mut self, config: &Tape, io: &mut BlockIo<'_>) {
        let (gate, pitch, start) = (io.input(GATE), io.input(PITCH), io.input(START));
        let Some(file) = &config.file else {
            io.hold(LEFT, 0, 0.0);
            io.hold(RIGHT, 0, 0.0);
            return;
        };
        let (left, right) = io.output_pair(LEFT, RIGHT);
        for (i, (left, right)) in left.iter_mut().zip(right).enumerate() {
            self.follow(gate[i], config.play);
            if self.is_start_due && self.heads[1].is_idle() {
                self.start(f64::from(start[i]), file);
            }
            let speed = self.speed.of(pitch[i], |pitch| f64::from(Lanes(pitch.clamp(-10.0, 10.0)).exp2().0));
            let [mut sum_left, mut sum_right] = [0.0; 2];
            for head in self.heads.iter_mut().filter(|head| !head.is_idle()) {
                let [left, right] = head.next(file, speed, config.loops);
                sum_left += left;
                sum_right += right;
            }
            (*left, *right) = (sum_left, sum_right);
        }
    }

    fn reset(&mut self) {
        self.heads.iter_mut().for_each(Head::stop);
        self.gate = Gate::default();
        self.is_start_due = false;
        self.has_started = false;
    }
}

impl Player {
    /// Starts and stops as the gate says.
    fn follow(&mut self, gate: f32, play: Play) {
        match self.gate.next(gate) {
            Some(Edge::Rise) => self.is_start_due = true,
            Some(Edge::Fall) if play == Play::WhileGate => {
                self.is_start_due = false;
                self.heads[0].fade_out();
            }
            _ => {}
        }
        if play == Play::Always && !self.has_started {
            self.is_start_due = true;
        }
    }

    /// Sends the playing head to its end and lets the other begin.
    fn start(&mut self, position: f64, file: &Asset) {
        self.heads.swap(0, 1);
        self.heads[1].fade_out();
        self.heads[0].start(position, file);
        self.is_start_due = false;
        self.has_started = true;
    }
}

#[cfg(test)]
mod tests;
