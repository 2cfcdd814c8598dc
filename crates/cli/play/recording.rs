//! `play --record`: says at once when the disk takes no more, and goes on playing.

use crate::edit::settings::{recording_notes, recovered_recordings};
use crate::exit::Failure;
use jackfield_io::device::Format;
use jackfield_io::{RecordError, Recorder, Tap, WavFormat, WavSpec};
use std::path::Path;

/// A recording of what is heard.
pub(super) enum WatchedRecording {
    Running(Recorder),
    /// It ended early, and that has been told.
    Failed(RecordError),
}

impl WatchedRecording {
    /// Starts a WAV file of 24 bits, and gives the tap for the audio thread.
    pub(super) fn start(path: &Path, format: Format) -> Result<(Self, Tap), Failure> {
        let spec = WavSpec::new(format.output_channels, format.sample_rate, WavFormat::Int24);
        let (recorder, tap) =
            Recorder::start(path, spec, recording_notes().as_ref()).map_err(Failure::output)?;
        Ok((Self::Running(recorder), tap))
    }

    /// Looks whether it still runs.
    pub(super) fn watch(&mut self) {
        if let Self::Running(recorder) = self
            && let Some(error) = recorder.failure()
        {
            eprintln!("warning: {error}");
            *self = Self::Failed(error);
        }
    }

    /// Completes the file.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let recorder = match self {
            Self::Running(recorder) => recorder,
            Self::Failed(error) => return Err(Failure::output(error)),
        };
        if recorder.finish().map_err(Failure::output)?.lost > 0 {
            eprintln!(
                "warning: the disk was too slow, the recording has gaps, which are marked; try another disk"
            );
        }
        Ok(())
    }
}

/// Says which recordings a crash has cut off; they are whole now.
pub(super) fn tell_of_cut_off() {
    for recording in recovered_recordings() {
        eprintln!("note: {recording}");
    }
}
