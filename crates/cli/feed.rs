//! What goes into a patch while it plays: the notes of a MIDI file, the sound of an audio file.

use crate::exit::Failure;
use jackfield_engine::{EngineError, ScheduledMidi, Session};
use jackfield_io::{Limits, decode_file, midi_file, resample};
use std::path::Path;

/// The notes of a MIDI file.
#[derive(Default)]
pub(crate) struct Notes {
    /// In order of time.
    pub(crate) messages: Vec<ScheduledMidi>,
    /// Where the music ends.
    pub(crate) frames: u64,
    /// How many messages were sent.
    sent: usize,
}

impl Notes {
    /// Reads a MIDI file.
    pub(crate) fn open(path: &Path, sample_rate: u32) -> Result<Self, Failure> {
        let file = midi_file::load(path, sample_rate).map_err(Failure::input)?;
        for oddity in &file.oddities {
            eprintln!("warning: {}: {oddity}", path.display());
        }
        let messages = file.events.iter().map(|event| ScheduledMidi { frame: event.frame, midi: event.midi });
        Ok(Self { messages: messages.collect(), frames: file.frames, sent: 0 })
    }

    /// Sends the messages before `end`, a frame of the executor's clock, as far as there is room. What
    /// finds none is sent the next time.
    pub(crate) fn send(&mut self, session: &mut Session, end: u64) -> Result<(), EngineError> {
        while session.free_events() > 0
            && let Some(&message) = self.messages.get(self.sent).filter(|message| message.frame < end)
        {
            session.schedule_midi(message)?;
            self.sent += 1;
        }
        Ok(())
    }
}

/// The sound of an audio file, in place of the sound device's input.
#[derive(Default)]
pub(crate) struct InputSound {
    /// Interleaved.
    pub(crate) samples: Vec<f32>,
    pub(crate) channels: usize,
}

impl InputSound {
    /// Decodes an audio file and brings it to the session's rate.
    pub(crate) fn open(path: &Path, sample_rate: u32) -> Result<Self, Failure> {
        let bad = |reason: &dyn std::fmt::Display| {
            let path = path.display();
            Failure::input(format!("can't read audio file '{path}': {reason}; give a WAV or FLAC file"))
        };
        let decoded = decode_file(path, Limits::default()).map_err(|error| bad(&error))?;
        for oddity in &decoded.oddities {
            eprintln!("warning: {}: {oddity}", path.display());
        }
        let sound = resample(decoded.asset, sample_rate).map_err(|error| bad(&error))?;
        let channels = sound.channels.len();
        let mut samples = Vec::with_capacity(sound.frames() * channels);
        for frame in 0..sound.frames() {
            samples.extend(sound.channels.iter().map(|channel| channel[frame]));
        }
        Ok(Self { samples, channels })
    }

    /// How long it is.
    pub(crate) fn frames(&self) -> u64 {
        self.samples.len().checked_div(self.channels).unwrap_or(0) as u64
    }
}
