//! Streamer: a long audio file as a sound source, played from the disk.
//!
//! The file's sound comes through a [stream](jackfield_node::stream), so memory is the same for a minute and
//! for a day. Otherwise it works as the file player does: two heads, so that a new start fades over from the
//! old one; between its samples the file is read through a filter (see [`sinc`](jackfield_node::dsp::sinc));
//! at the original pitch the samples come out as they are in the file.

mod head;
mod window;

use crate::parts::compute::memo::Memo;
use crate::parts::playback::file_channels;
use crate::parts::playback::loop_settings::{self, crossfade_frames};
use crate::parts::playback::play_mode::{PLAY, PlayMode};
use crate::parts::timing::gate::{Edge, Gate};
use crate::parts::timing::trigger::Trigger;
use head::{FASTEST_OCTAVES, StreamPlayhead};
use jackfield_node::dsp::Lanes;
use jackfield_node::prelude::*;
use jackfield_node::stream::{LongFile, Start, Stream};
use std::sync::Arc;

/// A day, in seconds.
const LAST_START: f32 = 86_400.0;

const GATE: Input = Input::gate(0, "gate", "Starts the file from the start position.");
const PITCH: Input = Input::knob(
    1,
    "pitch",
    Knob::octaves(-FASTEST_OCTAVES, FASTEST_OCTAVES, 0.0),
    "Speed and pitch, in octaves. 0: as recorded. 1: twice as fast and an octave higher.",
);
const START: Input = Input::knob(
    2,
    "start",
    Knob::linear_seconds(0.0, LAST_START, 0.0),
    "Where to start, in seconds from the file's beginning. A loop without loop points goes on from there as \
     well.",
);
const LEVEL: Input = Input::knob(3, "level", Knob::decibels(-60.0, 12.0, 0.0), "Loudness.");
const CROSSFADE: Input = loop_settings::crossfade(4);

const LEFT: Output = Output::audio(0, "left", "The left side of the file, or its only channel.");
const RIGHT: Output = Output::audio(1, "right", "The right side of the file, or its only channel.");
const POSITION: Output = Output::control(
    2,
    "position",
    "How far it is: 0 at the file's beginning, or while nothing plays, and 1 at its end.",
);
const END: Output =
    Output::gate(3, "end", "A trigger at the end of the file, and each time a loop begins again.");

const FILE: Setting = Setting::file(0, "file", FileKind::Sound, "The file to play. It may be hours long.");
const LOOP: Setting =
    Setting::toggle(2, "loop", false, "At the end, go on from the start position instead of stopping.");

const CHANNELS: Setting = file_channels::setting(3);
const LOOP_POINTS: Setting = loop_settings::loop_points(4);

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Streamer>("source.streamer", "File streamer", Category::Source)
    .summary("Plays a long audio file from the disk: a backing track, a field recording, a whole set.")
    .help(
        "Any WAV, FLAC, MP3, Ogg or AAC file beside the patch, however long: it is read from the disk while \
         it plays and takes no more memory than a short one. What follows the start position waits in \
         memory, so a trigger sounds at once. For short sounds that many voices play at once, with slices \
         and at any pitch, the file player is the better choice. Try: a field recording with 'play' at \
         always and 'loop' on, pitch an octave down; patch 'end' into the gate of a second streamer, and one \
         recording follows the other without a gap.",
    )
    .tags(&["file", "long", "disk", "stream", "backing track", "recording", "tape", "wav", "audio file"])
    .inputs(&[GATE, PITCH, START, LEVEL, CROSSFADE])
    .outputs(&[LEFT, RIGHT, POSITION, END])
    .settings(&[FILE, PLAY, LOOP, CHANNELS, LOOP_POINTS])
    .checked();

struct StreamerConfig {
    file: Option<Arc<dyn LongFile>>,
    play: PlayMode,
    loops: bool,
    /// The file has loop points that are to be used.
    uses_loop_points: bool,
    /// Frames of the file per second.
    file_rate: f64,
}

impl Configure for StreamerConfig {
    fn configure(settings: &Settings, setup: &Setup) -> Result<Self, ConfigError> {
        let path = settings.text(FILE)?;
        let channels = file_channels::chosen(settings, CHANNELS)?;
        let file = if path.is_empty() { None } else { Some(setup.assets.open_long(path, channels)?) };
        let has_loop_points = file.as_ref().is_some_and(|file| file.loop_points().is_some());
        Ok(Self {
            play: settings.chosen(PLAY)?,
            loops: settings.toggle(LOOP)?,
            uses_loop_points: has_loop_points && settings.toggle(LOOP_POINTS)?,
            file_rate: f64::from(file.as_ref().map_or(setup.sample_rate, |file| file.sample_rate())),
            file,
        })
    }
}

impl StreamerConfig {
    /// A start at a time in seconds. NaN is 0.
    fn start(&self, seconds: f32, crossfade: f32) -> Start {
        let first = (f64::from(Lanes(seconds).clamp(0.0, LAST_START).0) * self.file_rate).round() as u64;
        if self.loops {
            Start::looped(first, self.uses_loop_points, crossfade_frames(crossfade, self.file_rate))
        } else {
            first.into()
        }
    }
}

struct Streamer {
    stream: Option<Stream>,
    /// The one that plays, then the one that fades out.
    heads: [StreamPlayhead; 2],
    gate: Gate,
    /// A start that waits for the disk, or until a head is free: where it will be.
    due: Option<Start>,
    has_started: bool,
    end: Trigger,
    /// The length of the file, in its frames.
    length: Option<f64>,
    /// Frames of the file that are played per frame at the original pitch.
    ratio: f64,
    speed: Memo<f64>,
    level: Memo<f32>,
}

impl BlockNode for Streamer {
    type Config = StreamerConfig;

    fn new(config: &StreamerConfig, setup: &Setup, _: u32) -> Self {
        let length = config.file.as_ref().and_then(|file| file.frames());
        let ratio = config.file_rate / f64::from(setup.sample_rate);
        Self {
            stream: config.file.as_ref().map(|file| file.stream_from(config.start(0.0, 0.0))),
            heads: [0; 2].map(|_| StreamPlayhead::new(setup.sample_rate, ratio)),
            gate: Gate::default(),
            due: None,
            has_started: false,
            end: Trigger::new(setup.sample_rate),
            length: length.map(|frames| frames.max(1) as f64),
            ratio,
            speed: Memo::default(),
            level: Memo::default(),
        }
    }

    /// Another file is another stream; all else changes while it plays on.
    fn follows(before: &StreamerConfig, after: &StreamerConfig) -> bool {
        match (&before.file, &after.file) {
            (Some(before), Some(after)) => std::ptr::addr_eq(Arc::as_ptr(before), Arc::as_ptr(after)),
            (None, None) => true,
            _ => false,
        }
    }

    fn process(&mut self, config: &StreamerConfig, io: &mut BlockIo<'_>) {
        let Some(mut stream) = self.stream.take() else {
            for output in [LEFT, RIGHT, POSITION, END] {
                io.hold(output, 0, 0.0);
            }
            return;
        };
        let inputs = [GATE, PITCH, START, LEVEL, CROSSFADE].map(|input| io.input(input));
        stream.cue(self.due.unwrap_or_else(|| config.start(inputs[2][0], inputs[4][0])));
        for i in 0..io.frames() {
            let [gate, pitch, start, level, crossfade] = inputs.map(|input| input[i]);
            self.follow(gate, config.play, || config.start(start, crossfade));
            let speed =
                self.speed.of(pitch, |pitch| f64::from(Lanes(pitch).clamp(-10.0, FASTEST_OCTAVES).exp2().0));
            let speed = speed * self.ratio;
            self.begin(&mut stream, speed);
            self.heads[0].feed(&mut stream, config.loops);
            let position = self.length.map_or(0.0, |length| (self.heads[0].position() / length).min(1.0));
            let [left, right] = self.sound(speed, level);
            let end = self.end.next();
            for (output, value) in [(LEFT, left), (RIGHT, right), (POSITION, position as f32), (END, end)] {
                io.output(output)[i] = value;
            }
        }
        self.stream = Some(stream);
    }

    fn reset(&mut self) {
        self.heads.iter_mut().for_each(StreamPlayhead::stop);
        self.gate = Gate::default();
        self.due = None;
        self.has_started = false;
        self.end = self.end.at_rest();
    }
}

impl Streamer {
    /// Starts and stops as the gate says.
    fn follow(&mut self, gate: f32, play: PlayMode, start: impl Fn() -> Start) {
        let rises = self.gate.next(gate) == Some(Edge::Rise);
        if rises || (play == PlayMode::Always && !self.has_started) {
            self.due.get_or_insert_with(start);
        }
        if play == PlayMode::WhileGate && !self.gate.is_open() {
            self.due = None;
            self.heads[0].fade_out();
        }
    }

    /// Sends the playing head to its end and lets the other begin, once that is free and the disk ready.
    fn begin(&mut self, stream: &mut Stream, speed: f64) {
        let Some(start) = self.due.filter(|_| self.heads[1].is_idle()) else { return };
        let cuts = self.heads[0].would_be_cut(speed);
        if self.heads[1].start(stream, start, cuts) {
            self.heads.swap(0, 1);
            self.heads[1].fade_out();
            self.due = None;
            self.has_started = true;
        }
    }

    /// The next frame of both heads together.
    fn sound(&mut self, speed: f64, level: f32) -> [f32; 2] {
        let level = self.level.of(level, |level| Lanes(level).exp2().0);
        let mut sum = [0.0; 2];
        for (number, head) in self.heads.iter_mut().enumerate().filter(|(_, head)| !head.is_idle()) {
            let (sound, has_ended) = head.next(speed);
            if has_ended && number == 0 {
                self.end.fire();
            }
            sum = [sum[0] + sound[0], sum[1] + sound[1]];
        }
        sum.map(|sample| sample * level)
    }
}

#[cfg(test)]
mod tests;
