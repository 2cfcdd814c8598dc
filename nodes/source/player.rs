//! Player: an audio file as a sound source.
//!
//! Between its samples the file is read through a filter (see [`sinc`](jackfield_node::dsp::sinc)), so that
//! it stays clean at any pitch. Two heads read the file. A new start gives the sound to the other head while
//! the old one fades out, so nothing clicks. At the original pitch the samples come out as they are in the
//! file.

mod head;

use crate::parts::compute::memo::Memo;
use crate::parts::playback::file_channels;
use crate::parts::playback::play_mode::{PLAY, PlayMode};
use crate::parts::timing::gate::{Edge, Gate};
use head::{FilePlayhead, Passage};
use jackfield_node::dsp::Lanes;
use jackfield_node::prelude::*;
use jackfield_node::{Asset, ChannelChoice};
use std::ops::Range;
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
const CROSSFADE: Input = Input::knob(
    5,
    "crossfade",
    Knob::linear_seconds(0.0, 2.0, 0.0),
    "How long the end of a loop fades over into what comes before its beginning, at most half of the loop.",
);

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

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Player>("source.player", "File player", Category::Source)
    .summary("Plays an audio file: as it is, at another pitch, in part, or in a loop.")
    .help(
        "Any WAV, FLAC, MP3, Ogg or AAC file beside the patch. A trigger starts it, and each voice has its \
         own place in it, so a melody on one sample needs no more than a MIDI in with pitch and gate. \
         Set 'play' to always to use it as the tape a chain of effects works on. Try: a drum loop with a \
         slow clock into gate and a random value into start; then cut it into 16 slices and let a sequencer \
         choose among them. A loop that does not close by itself needs a crossfade.",
    )
    .tags(&["sampler", "sample", "wav", "tape", "loop", "recording", "drum", "audio file"])
    .inputs(&[GATE, PITCH, START, LENGTH, SLICE, CROSSFADE])
    .outputs(&[LEFT, RIGHT])
    .settings(&[FILE, PLAY, LOOP, SLICES, CHANNELS])
    .face(Face::File)
    .checked();

struct PlayerConfig {
    /// At the engine's rate; in a loop at its own, so that it closes wherever the file does.
    file: Option<Arc<Asset>>,
    /// Frames of the file that are played per frame at the original pitch.
    speed: f64,
    /// What the file says is to be played again and again, in its frames.
    loop_points: Option<Range<usize>>,
    play: PlayMode,
    loops: bool,
    slices: usize,
}

impl Configure for PlayerConfig {
    fn configure(settings: &Settings, setup: &Setup) -> Result<Self, ConfigError> {
        let (path, loops) = (settings.text(FILE)?, settings.toggle(LOOP)?);
        let channels = file_channels::chosen(settings, CHANNELS)?;
        let file = match (path.is_empty(), loops) {
            (true, _) => None,
            (false, false) => Some(setup.assets.load_stereo(path, setup.sample_rate, channels)?),
            (false, true) => Some(as_it_is(path, channels, setup)?),
        };
        let file = file.filter(|file| file.frames() > 0);
        Ok(Self {
            speed: file
                .as_ref()
                .map_or(1.0, |file| f64::from(file.sample_rate) / f64::from(setup.sample_rate)),
            loop_points: file.as_ref().and_then(|file| loop_points(file)),
            file,
            play: settings.chosen(PLAY)?,
            loops,
            slices: settings.count(SLICES)?.max(1) as usize,
        })
    }
}

/// The file at its own rate, in one channel or two.
fn as_it_is(path: &str, channels: ChannelChoice, setup: &Setup) -> Result<Arc<Asset>, ConfigError> {
    let file = setup.assets.load_unchanged(path)?;
    let is_plain = channels == ChannelChoice::All && file.channels.len() <= 2;
    Ok(if is_plain { file } else { Arc::new(Asset::clone(&file).stereo(channels)) })
}

fn loop_points(file: &Asset) -> Option<Range<usize>> {
    let points = file.metadata.loops.first()?;
    let (first, end) = (points.start.round() as usize, (points.end.round() as usize).min(file.frames()));
    (first < end).then_some(first..end)
}

impl PlayerConfig {
    /// The frames of a slice, from `start` on and for as long as `length` says, both 0..=1 of the slice.
    /// Whole frames, so that at the original speed the samples come out as they are. NaN is 0.
    fn piece(&self, file: &Asset, [slice, start, length]: [f32; 3]) -> Range<usize> {
        let [start, length] = [start, length].map(|share| f64::from(Lanes(share).clamp(0.0, 1.0).0));
        let slice = f64::from(Lanes(slice).clamp(-1e6, 1e6).floor().0).rem_euclid(self.slices as f64);
        let frames = file.frames() as f64 / self.slices as f64;
        let first = ((slice + start) * frames).floor();
        let end = ((slice + 1.0) * frames).min(first + (length * frames).max(1.0));
        first as usize..end.round() as usize
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
            let speed = self.speed.of(pitch[i], |pitch| f64::from(Lanes(pitch.clamp(-10.0, 10.0)).exp2().0));
            let speed = speed * config.speed;
            if self.is_start_due && self.heads[1].is_idle() {
                let piece = config.piece(file, [slice[i], start[i], length[i]]);
                // A slice, and a piece that ends within the loop, is played again as a whole.
                let holds = |points: &Range<usize>| piece.start < points.end && points.end <= piece.end;
                let looped = config.loop_points.clone().filter(|points| config.slices == 1 && holds(points));
                self.start(&Passage { piece, looped }, config, file, speed, crossfade[i]);
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
    fn start(&mut self, passage: &Passage, tape: &PlayerConfig, file: &Asset, speed: f64, crossfade: f32) {
        let cuts = self.heads[0].would_be_cut(speed, tape.loops);
        let crossfade = f64::from(Lanes(crossfade).clamp(0.0, 2.0).0 * file.sample_rate);
        self.heads.swap(0, 1);
        self.heads[1].fade_out();
        self.heads[0].start(passage, file, cuts, crossfade);
        self.is_start_due = false;
        self.has_started = true;
    }
}

#[cfg(test)]
mod tests;
