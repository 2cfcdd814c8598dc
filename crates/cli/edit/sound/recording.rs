//! A recording of the output.

use crate::edit::settings::recording_notes;
use jackfield_io::device::Format;
use jackfield_io::{RecordError, Recorded, Recorder, Tap, WavError, WavFormat, WavSpec};
use std::path::PathBuf;
use std::time::Instant;

/// A recording that runs.
pub(super) struct Recording {
    path: PathBuf,
    recorder: Recorder,
    since: Instant,
}

impl Recording {
    /// Starts a WAV file of 24 bits, and gives the tap for the output crossfader.
    pub(super) fn start(path: PathBuf, format: Format) -> Result<(Self, Tap), WavError> {
        let spec = WavSpec::new(format.output_channels, format.sample_rate, WavFormat::Int24);
        let (recorder, tap) = Recorder::start(&path, spec, recording_notes().as_ref())?;
        Ok((Self { path, recorder, since: Instant::now() }, tap))
    }

    /// How long it has run.
    pub(super) fn seconds(&self) -> f32 {
        self.since.elapsed().as_secs_f32()
    }

    /// Whether nothing more can be written.
    pub(super) fn has_failed(&self) -> bool {
        self.recorder.has_failed()
    }

    /// Completes the file.
    pub(super) fn finish(self) -> Result<(PathBuf, Recorded), RecordError> {
        let recorded = self.recorder.finish()?;
        Ok((self.path, recorded))
    }
}
