//! What goes into a patch while it plays: the notes of a MIDI file, the sound of an audio file.

use crate::exit::Failure;
use jackfield_engine::{EngineError, ScheduledMidi, Session};
use jackfield_io::{Limits, MidiFile, decode_file, resample};
use std::path::Path;

/// A MIDI file on its way into a session.
#[derive(Default)]
pub(crate) struct MidiFeed {
    file: MidiFile,
    next: usize,
}

impl MidiFeed {
    /// Reads a MIDI file.
    pub(crate) fn open(path: &Path, sample_rate: u32) -> Result<Self, Failure> {
        let file = MidiFile::load(path, sample_rate).map_err(Failure::input)?;
        Ok(Self { file, next: 0 })
    }

    /// Where the music ends, in frames.
    pub(crate) fn frames(&self) -> u64 {
        self.file.frames
    }

    /// Sends the messages before `end`, a frame of the executor's clock, as far as there is room. What
    /// finds none is sent the next time.
    pub(crate) fn send(&mut self, session: &mut Session, end: u64) -> Result<(), EngineError> {
        let waiting = self.file.events[self.next..].iter();
        let due = waiting.take_while(|event| event.frame < end).take(session.free_events()).count();
        for event in &self.file.events[self.next..self.next + due] {
            session.schedule_midi(ScheduledMidi { frame: event.frame, midi: event.midi })?;
        }
        self.next += due;
        Ok(())
    }
}

/// An audio file in place of the sound device's input.
#[derive(Default)]
pub(crate) struct InputFeed {
    /// Interleaved.
    samples: Vec<f32>,
    channels: usize,
}

impl InputFeed {
    /// Decodes an audio file and brings it to the session's rate.
    pub(crate) fn open(path: &Path, sample_rate: u32) -> Result<Self, Failure> {
        let bad = |reason: &dyn std::fmt::Display| {
            Failure::input(format!(
                "can't read audio file '{}': {reason}; give a WAV or FLAC file",
                path.display()
            ))
        };
        let decoded = decode_file(path, Limits::default()).map_err(|error| bad(&error))?;
        let sound = resample(decoded.asset, sample_rate).map_err(|error| bad(&error))?;
        let channels = sound.channels.len();
        let mut samples = Vec::with_capacity(sound.frames() * channels);
        for frame in 0..sound.frames() {
            samples.extend(sound.channels.iter().map(|channel| channel[frame]));
        }
        Ok(Self { samples, channels })
    }

    /// How many channels there are.
    pub(crate) fn channels(&self) -> usize {
        self.channels
    }

    /// How long it is.
    pub(crate) fn frames(&self) -> u64 {
        self.samples.len().checked_div(self.channels).unwrap_or(0) as u64
    }

    /// The interleaved samples of `count` frames from `first`, fewer at the end.
    pub(crate) fn frames_from(&self, first: u64, count: usize) -> &[f32] {
        let start = usize::try_from(first).unwrap_or(usize::MAX).saturating_mul(self.channels);
        let rest = self.samples.get(start..).unwrap_or_default();
        &rest[..rest.len().min(count * self.channels)]
    }
}
