//! Recordings that a crash has cut off: which they are, and how they become whole.
//!
//! Whoever records keeps a note of the file in a folder, locked for as long as the program lives. A note
//! that nobody holds was left by a crash or a power failure. The recording itself stands where it was to
//! stand, but its header may know nothing of the last seconds.

use crate::wav::repair;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// What notes are called.
const ENDING: &str = "recording";
/// No path is longer.
const MOST_BYTES: u64 = 1 << 16;

/// The folder in which programs note what they record.
#[derive(Clone, Debug)]
pub struct RecordingNotes {
    folder: PathBuf,
}

/// A recording that a crash has cut off, and that is whole now.
#[derive(Clone, Debug, PartialEq)]
pub struct RecoveredRecording {
    /// Where it lies.
    pub path: PathBuf,
    /// How long it is.
    pub seconds: f64,
}

impl std::fmt::Display for RecoveredRecording {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { path, seconds } = self;
        write!(f, "a recording was cut off; what there is of it, {seconds:.1} s, is in '{}'", path.display())
    }
}

/// Says that a file is being recorded; gone when it is dropped.
#[derive(Debug)]
pub(super) struct Note {
    path: PathBuf,
    /// Holds the lock.
    _file: File,
}

#[cfg(test)]
impl Note {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        // One that stays names a whole recording, and is taken away at the next start.
        let _ = fs::remove_file(&self.path);
    }
}

impl RecordingNotes {
    /// Notes in this folder, which need not exist.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Notes that a file is being recorded.
    pub(super) fn begin(&self, recording: &Path) -> io::Result<Note> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        fs::create_dir_all(&self.folder)?;
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join(format!("{}-{number}.{ENDING}", std::process::id()));
        let mut file = File::create(&path)?;
        file.lock()?;
        let recording = fs::canonicalize(recording)?;
        file.write_all(recording.as_os_str().as_encoded_bytes())?;
        file.sync_all()?;
        Ok(Note { path, _file: file })
    }

    /// Makes whole what crashes have left behind, and says what that is. What holds no sound is left out.
    pub fn recover(&self) -> Vec<RecoveredRecording> {
        // Without the folder nothing was ever recorded.
        let notes = fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|entry| entry.path());
        notes
            .filter(|path| path.extension() == Some(OsStr::new(ENDING)))
            .filter_map(|note| recover(&note).ok().flatten())
            .collect()
    }
}

/// Makes the recording of a note whole, if nobody records it any more.
fn recover(note: &Path) -> io::Result<Option<RecoveredRecording>> {
    let file = File::open(note)?;
    if file.try_lock().is_err() {
        return Ok(None);
    }
    let mut path = String::new();
    // A path that is no Unicode is left alone, as it lies.
    (&file).take(MOST_BYTES).read_to_string(&mut path)?;
    let path = PathBuf::from(path);
    let repaired = repair(&path);
    // Once is enough, also for what can't be repaired or was moved away.
    fs::remove_file(note)?;
    let recovered = repaired?.filter(|(frames, _)| *frames > 0);
    Ok(recovered.map(|(frames, rate)| RecoveredRecording { path, seconds: frames as f64 / f64::from(rate) }))
}
