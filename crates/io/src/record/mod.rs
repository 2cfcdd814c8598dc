//! Records what plays into a WAV file: the audio thread pushes frames into a ring buffer, a writer
//! thread empties it into the file.
//!
//! What was played once can't be played again, so a recording is never taken away. It has its name from the
//! beginning, it can be opened at any time (its header is right every two seconds), and whatever happens it
//! is closed with what it has. Only where a file of that name stands already it lies beside it until it is
//! whole. A slow disk costs samples, never a gap in the sound: silence stands for them in the file, and a
//! mark.

mod take;
mod tap;
mod unfinished;

pub use tap::Tap;
pub use unfinished::{RecordingNotes, RecoveredRecording};

use crate::atomic_file::WriteError;
use crate::wav::{WavError, WavSpec};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use take::Take;
use tap::TapReader;
use thiserror::Error;
use unfinished::Note;

/// Seconds of sound that may wait for the disk.
const CAPACITY: usize = 10;
/// How often the writer looks.
const PERIOD: Duration = Duration::from_millis(20);

/// A recording that runs. Dropping it unfinished keeps what it has; one without a frame leaves no file.
pub struct Recorder {
    thread: Option<JoinHandle<Result<u64, RecordError>>>,
    finish: Arc<AtomicBool>,
    lost: Arc<AtomicU64>,
    path: PathBuf,
}

/// What became of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Frames in the file, the silence in place of lost ones among them.
    pub frames: u64,
    /// Frames that are missing because the disk was too slow.
    pub lost: u64,
}

/// Why a recording ended early. What it has is kept.
#[derive(Debug, Error)]
#[error("the recording has ended: {source}; what came before, {seconds:.1} s, is in '{}'", path.display())]
pub struct RecordError {
    /// What the disk says.
    source: WriteError,
    /// Where the recording lies.
    pub path: PathBuf,
    /// How long it is.
    pub seconds: f64,
}

impl Recorder {
    /// Starts a recording at `path`. What is pushed into the tap ends up there. With `notes`, a crash is
    /// noticed by the next program that asks them.
    ///
    /// # Errors
    /// If the file can't be created.
    pub fn start(
        path: &Path,
        spec: WavSpec,
        notes: Option<&RecordingNotes>,
    ) -> Result<(Self, Tap), WavError> {
        let take = Take::begin(path, spec)?;
        let lies_at = take.path().to_owned();
        // Without a note it is recorded all the same.
        let note = notes.and_then(|notes| notes.begin(&lies_at).ok());
        let (tap, source) = Tap::new(usize::from(spec.channels), CAPACITY * spec.sample_rate as usize);
        let (finish, lost) = (Arc::new(AtomicBool::new(false)), source.lost.clone());
        let finish_there = finish.clone();
        let thread = thread::Builder::new()
            .name("recorder".to_owned())
            .spawn(move || write(take, source, &finish_there, note))
            .map_err(|error| WriteError::from_io(path, error))?;
        Ok((Self { thread: Some(thread), finish, lost, path: lies_at }, tap))
    }

    /// Where the file lies while it is recorded.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Frames lost so far.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Whether the writer has given up, because the disk is full for example; [`finish`](Self::finish)
    /// tells why.
    pub fn has_failed(&self) -> bool {
        self.thread.as_ref().is_some_and(JoinHandle::is_finished)
    }

    /// Writes what is still waiting and completes the file.
    ///
    /// # Errors
    /// If the disk does not take all of it; what it took is kept.
    pub fn finish(mut self) -> Result<Recorded, RecordError> {
        let frames = self.end()?;
        Ok(Recorded { frames, lost: self.lost() })
    }

    /// Why it has ended by itself, if it has. Told once.
    pub fn failure(&mut self) -> Option<RecordError> {
        if self.has_failed() { self.end().err() } else { None }
    }

    fn end(&mut self) -> Result<u64, RecordError> {
        self.finish.store(true, Ordering::Release);
        let Some(thread) = self.thread.take() else { return Ok(0) };
        thread.thread().unpark();
        match thread.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        if !thread::panicking() {
            // Who drops it asks for no report.
            let _ = self.end();
        }
    }
}

/// The writer thread. Gives the frames written. The note goes when the file is closed.
fn write(
    mut take: Take,
    mut source: TapReader,
    finish: &AtomicBool,
    _note: Option<Note>,
) -> Result<u64, RecordError> {
    loop {
        // Asked before looking, so that nothing pushed before the order is missed.
        let is_last = finish.load(Ordering::Acquire);
        if let Err(error) = empty(&mut take, &mut source).and_then(|()| take.settle_at_times()) {
            let (path, rate) = (take.path().to_owned(), take.spec().sample_rate);
            let frames = take.close_as_it_is();
            return Err(failure(path, rate, frames, error));
        }
        if is_last {
            if take.frames() == 0 {
                take.remove();
                return Ok(0);
            }
            let (path, rate) = (take.path().to_owned(), take.spec().sample_rate);
            return take.finish().map_err(|(frames, error)| failure(path, rate, frames, error));
        }
        thread::park_timeout(PERIOD);
    }
}

fn failure(path: PathBuf, rate: u32, frames: u64, error: io::Error) -> RecordError {
    let source = WriteError::from_io(&path, error);
    RecordError { source, path, seconds: frames as f64 / f64::from(rate) }
}

/// Writes what waits: samples, and silence where some are missing.
fn empty(take: &mut Take, source: &mut TapReader) -> io::Result<()> {
    let channels = usize::from(take.spec().channels);
    // Gaps are told before the samples behind them, so those that matter are there.
    let mut waiting = source.samples.slots() / channels;
    while waiting > 0 {
        let next_gap = source.gaps.peek().ok().copied();
        let before_gap = next_gap.map_or(u64::MAX, |gap| gap.at.saturating_sub(take.frames()));
        if let Some(gap) = next_gap
            && before_gap == 0
        {
            take.write_gap(gap)?;
            // It was seen above.
            let _ = source.gaps.pop();
            continue;
        }
        let frames = waiting.min(usize::try_from(before_gap).unwrap_or(usize::MAX));
        let Ok(chunk) = source.samples.read_chunk(frames * channels) else { return Ok(()) };
        let (first, second) = chunk.as_slices();
        write_split(take, first, second, channels)?;
        chunk.commit_all();
        waiting -= frames;
    }
    Ok(())
}

/// Writes two slices as one: the ring's end is the middle of a frame at times.
fn write_split(take: &mut Take, first: &[f32], second: &[f32], channels: usize) -> io::Result<()> {
    let whole = first.len() / channels * channels;
    let missing = (channels - (first.len() - whole)) % channels;
    take.write(&first[..whole])?;
    if missing == 0 {
        return take.write(second);
    }
    let (rest, second) = second.split_at(missing.min(second.len()));
    take.write(&[&first[whole..], rest].concat())?;
    take.write(second)
}

#[cfg(test)]
mod tests;
