//! Player: an audio file as a sound source.
//!
//! The file keeps its own sample rate. Between its samples it is read through a filter (see
//! [`sinc`](jackfield_node::dsp::sinc)), so that it stays clean at any pitch, and a loop closes wherever the
//! file does. Two heads read the file. A new start gives the sound to the other head while
//! the old one fades out, so nothing clicks. At the original pitch the samples come out as they are in the
//! file.

mod head;

use crate::parts::compute::memo::Memo;
use crate::parts::playback::file_channels;
use crate::parts::playback::loop_settings::{self, crossfade_frames};
use crate::parts::playback::play_mode::{PLAY, PlayMode};
use crate::parts::timing::gate::{Edge, Gate};
use head::{FilePlayhead, Passage};
use jackfield_node::Asset;
use jackfield_node::dsp::Lanes;
use jackfield_node::prelude::*;
use std::ops::Range;
use std::sync::Arc;

const GATE: Input = Input::gate(0, "gate", "Starts the file from the start position.");
const PITCH: Input = Input::knob(
    1,
    "pitch",
    Knob::octaves(-4.0, 4.0, 0.0),
    "Speed and pitch, in octaves. 0, which is the note C4, plays as recorded unless root says otherwise; 1 \
     plays twice as fast and an octave higher.",
);
const START: Input =
    Input::knob(2, "start", Knob::unit(0.0), "Where to start, from the file's beginning to its end.");

const LENGTH: Input = Input::knob(
    3,
    "length",
    Knob::unit(1.0),
    "How much is played: 100 % goes to the end of the file or slice.",
);
const SLICE: Input = Input::knob(
    4,
    "slice",
    Knob::number(0.0, 63.0, 0.0),
    "Which slice is played, from 0; beyond the last it begins again with the first.",
);
const CROSSFADE: Input = loop_settings::crossfade(5);

const LEFT: Output = Output::audio(0, "left", "The left side of the file, or its only channel.");
const RIGHT: Output = Output::audio(1, "right", "The right side of the file, or its only channel.");

const FILE: Setting = Setting::file(0, "file", FileKind::Sound, "The file to play.");
const LOOP: Setting = Setting::toggle(
    2,
    "loop",
    false,
    "At the end, go on from the start position instead of stopping; in a file with loop points, from one to \
     the other.",
);
const SLICES: Setting = Setting::count(
    3,
    "slices",
    1,
    64,
    1,
    "Into how many equal slices the file is cut. 16 are the sixteenths of a bar.",
);

const CHANNELS: Setting = file_channels::setting(4);
const LOOP_POINTS: Setting = loop_settings::loop_points(5);
const CUES: Setting = Setting::toggle(
    6,
    "cues",
    false,
    "Slices begin at the cue points of the file instead of being equal parts of it. A file without cue \
     points is one slice.",
);
const ROOT: Setting = Setting::count(
    7,
    "root",
    0,
    127,
    C4_KEY,
    "The MIDI key that plays the file as recorded: that of the note it was recorded with. 60 is C4.",
);
const FILE_ROOT: Setting =
    Setting::toggle(8, "file_root", false, "Takes the root note that the file has a note of, if it has one.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Player>("source.player", "File player", Category::Source)
    .summary("Plays an audio file: as it is, at another pitch, in part, or in a loop.")
    .help(
        "Any WAV, FLAC, MP3, Ogg or AAC file beside the patch. A trigger starts it, and each voice has its \
         own place in it, so a melody on one sample needs no more than a MIDI in with pitch and gate. \
         Set 'play' to always to use it as the tape a chain of effects works on. Try: a drum loop with a \
         slow clock into gate and a random value into start; then cut it into 16 slices and let a sequencer \
         choose among them. A loop that does not close by itself needs a crossfade. Many files bring loop \
         points, a root note and cue points with them, which the settings of these names use.",
    )
    .tags(&["sampler", "sample", "wav", "tape", "loop", "recording", "drum", "audio file"])
    .inputs(&[GATE, PITCH, START, LENGTH, SLICE, CROSSFADE])
    .outputs(&[LEFT, RIGHT])
    .settings(&[FILE, PLAY, LOOP, SLICES, CHANNELS, LOOP_POINTS, CUES, ROOT, FILE_ROOT])
    .face(Face::File)
    .checked();

/// The MIDI key of pitch 0.
const C4_KEY: u32 = 60;

struct PlayerConfig {
    /// At its own rate.
    file: Option<Arc<Asset>>,
    /// Frames of the file that are played per frame at the original pitch.
    speed: f64,
    /// The pitch that plays the file as recorded, in octaves above C4.
    root: f32,
    /// What the file says is to be played again and again, in its frames.
    loop_points: Option<Range<u64>>,
    play: PlayMode,
    loops: bool,
    cuts: Cuts,
}

/// How the file is cut.
enum Cuts {
    /// Into so many equal parts.
    Equal(usize),
    /// At these frames, and at the end.
    At(Vec<usize>),
}

impl Configure for PlayerConfig {
    fn configure(settings: &Settings, setup: &Setup) -> Result<Self, ConfigError> {
        let path = settings.text(FILE)?;
        let channels = file_channels::chosen(settings, CHANNELS)?;
        let file =
            if path.is_empty() { None } else { Some(setup.assets.load_stereo_unchanged(path, channels)?) };
        let file = file.filter(|file| file.frames() > 0);
        let notes = file.as_ref().map(|file| file.metadata.clone()).unwrap_or_default();
        let root = settings.count(ROOT)? as f32;
        let root =
            notes.unity_note.filter(|_| matches!(settings.toggle(FILE_ROOT), Ok(true))).unwrap_or(root);
        let cuts = if settings.toggle(CUES)? {
            let cues = notes.cues.iter().map(|cue| cue.round() as usize);
            Cuts::At(if notes.cues.is_empty() { vec![0] } else { cues.collect() })
        } else {
            Cuts::Equal(settings.count(SLICES)?.max(1) as usize)
        };
        Ok(Self {
            speed: file
                .as_ref()
                .map_or(1.0, |file| f64::from(file.sample_rate) / f64::from(setup.sample_rate)),
            root: (root - C4_KEY as f32) / 12.0,
            loop_points: notes.loop_points().filter(|_| matches!(settings.toggle(LOOP_POINTS), Ok(true))),
            file,
            play: settings.chosen(PLAY)?,
            loops: settings.toggle(LOOP)?,
            cuts,
        })
    }
}

impl PlayerConfig {
    /// The frames of a slice, from `start` on and for as long as `length` says, both 0..=1 of the slice.
    /// Whole frames, so that at the original speed the samples come out as they are. NaN is 0.
    fn piece(&self, file: &Asset, [slice, start, length]: [f32; 3]) -> Range<usize> {
        let [start, length] = [start, length].map(|share| f64::from(Lanes(share).clamp(0.0, 1.0).0));
        let slice = f64::from(Lanes(slice).clamp(-1e6, 1e6).floor().0);
        let cut = self.cuts.slice(slice, file.frames());
        let frames = cut.end - cut.start;
        let first = (cut.start + start * frames).floor();
        let end = cut.end.min(first + (length * frames).max(1.0));
        first as usize..end.round() as usize
    }

    /// What a start plays.
    fn passage(&self, file: &Asset, piece: [f32; 3], crossfade: f32) -> Passage {
        Passage {
            piece: self.piece(file, piece),
            // A slice is played again as a whole.
            loop_points: self.loop_points.clone().filter(|_| self.cuts.count() == 1),
            crossfade: crossfade_frames(crossfade, file.sample_rate.into()),
        }
    }
}

impl Cuts {
    fn count(&self) -> usize {
        match self {
            Self::Equal(slices) => *slices,
            Self::At(cues) => cues.len(),
        }
    }

    /// Where a slice begins and ends. Beyond the last they begin again with the first.
    fn slice(&self, slice: f64, frames: usize) -> Range<f64> {
        let slice = slice.rem_euclid(self.count() as f64);
        match self {
            Self::Equal(slices) => {
                let length = frames as f64 / *slices as f64;
                slice * length..(slice + 1.0) * length
            }
            Self::At(cues) => {
                let end = cues.get(slice as usize + 1).copied().unwrap_or(frames);
                cues[slice as usize] as f64..end as f64
            }
        }
    }
}

struct Player {
    /// The one that plays, then the one that fades out.
    heads: [FilePlayhead; 2],
    gate: Gate,
    /// A start that waits until a head is free.
    is_start_due: bool,
    has_started: bool,
    speed: Memo<f64>,
}

impl BlockNode for Player {
    type Config = PlayerConfig;

    fn new(_: &PlayerConfig, setup: &Setup, _: u32) -> Self {
        Self {
            heads: [FilePlayhead::new(setup.sample_rate); 2],
            gate: Gate::default(),
            is_start_due: false,
            has_started: false,
            speed: Memo::default(),
        }
    }

    fn process(&mut self, config: &PlayerConfig, io: &mut BlockIo<'_>) {
        let (gate, pitch, start) = (io.input(GATE), io.input(PITCH), io.input(START));
        let (length, slice, crossfade) = (io.input(LENGTH), io.input(SLICE), io.input(CROSSFADE));
        let Some(file) = &config.file else {
            io.hold(LEFT, 0, 0.0);
            io.hold(RIGHT, 0, 0.0);
            return;
        };
        let (left, right) = io.output_pair(LEFT, RIGHT);
        for (i, (left, right)) in left.iter_mut().zip(right).enumerate() {
            self.follow(gate[i], config.play);
            let pitch = pitch[i] - config.root;
            let speed = self.speed.of(pitch, |pitch| f64::from(Lanes(pitch.clamp(-10.0, 10.0)).exp2().0));
            let speed = speed * config.speed;
            if self.is_start_due && self.heads[1].is_idle() {
                let passage = config.passage(file, [slice[i], start[i], length[i]], crossfade[i]);
                self.start(passage, config, file, speed);
            }
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
        self.heads.iter_mut().for_each(FilePlayhead::stop);
        self.gate = Gate::default();
        self.is_start_due = false;
        self.has_started = false;
    }
}

impl Player {
    /// Starts and stops as the gate says.
    fn follow(&mut self, gate: f32, play: PlayMode) {
        match self.gate.next(gate) {
            Some(Edge::Rise) => self.is_start_due = true,
            Some(Edge::Fall) if play == PlayMode::WhileGate => {
                self.is_start_due = false;
                self.heads[0].fade_out();
            }
            _ => {}
        }
        if play == PlayMode::Always && !self.has_started {
            self.is_start_due = true;
        }
    }

    /// Sends the playing head to its end and lets the other begin.
    fn start(&mut self, passage: Passage, config: &PlayerConfig, file: &Asset, speed: f64) {
        let cuts = self.heads[0].would_be_cut(speed, config.loops);
        self.heads.swap(0, 1);
        self.heads[1].fade_out();
        self.heads[0].start(passage, file, cuts);
        self.is_start_due = false;
        self.has_started = true;
    }
}

#[cfg(test)]
mod tests;
