//! The file of a recording: it can be seen and played from its first second on.

use super::tap::Gap;
use crate::atomic_file::{WriteError, resolve};
use crate::wav::{GrowingWav, WavError, WavSpec};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How often the header is made right.
const SETTLE: Duration = Duration::from_secs(2);

/// A recording on the disk.
pub(super) struct Take {
    wav: GrowingWav,
    /// Where it lies while it is recorded.
    path: PathBuf,
    /// Where it shall lie: a file that stands there already is replaced when the recording is whole.
    destination: PathBuf,
    settled: Instant,
    gaps: Vec<Gap>,
}

impl Take {
    /// Begins a recording that shall lie at `path`.
    pub(super) fn begin(path: &Path, spec: WavSpec) -> Result<Self, WavError> {
        spec.check(path)?;
        let (destination, permissions) = resolve(path)?;
        let fail = |error| WavError::from(WriteError::from_io(path, error));
        let (file, lies_at) = create(&destination).map_err(fail)?;
        if let Some(permissions) = permissions {
            file.set_permissions(permissions).map_err(fail)?;
        }
        let wav = GrowingWav::begin(file, spec).map_err(|error| {
            // Nothing is in it.
            let _ = fs::remove_file(&lies_at);
            fail(error)
        })?;
        Ok(Self { wav, path: lies_at, destination, settled: Instant::now(), gaps: Vec::new() })
    }

    /// Where it lies for now.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn frames(&self) -> u64 {
        self.wav.frames()
    }

    pub(super) fn spec(&self) -> WavSpec {
        self.wav.spec()
    }

    pub(super) fn write(&mut self, samples: &[f32]) -> io::Result<()> {
        self.wav.write(samples)
    }

    /// Writes silence for frames that are missing, and remembers where.
    pub(super) fn write_gap(&mut self, gap: Gap) -> io::Result<()> {
        const PART: usize = 4_096;
        let channels = usize::from(self.spec().channels);
        let silence = vec![0.0; PART * channels];
        self.gaps.push(Gap { at: self.frames(), ..gap });
        let mut left = usize::try_from(gap.frames).unwrap_or(usize::MAX);
        while left > 0 {
            let frames = left.min(PART);
            self.wav.write(&silence[..frames * channels])?;
            left -= frames;
        }
        Ok(())
    }

    /// Every few seconds makes the header right, so that whoever looks finds a whole file.
    pub(super) fn settle_at_times(&mut self) -> io::Result<()> {
        if self.settled.elapsed() < SETTLE {
            return Ok(());
        }
        self.settled = Instant::now();
        self.wav.settle()
    }

    #[cfg(test)]
    pub(super) fn settle_now(&mut self) -> io::Result<()> {
        self.wav.settle()
    }

    /// Leaves a hole of so many frames.
    #[cfg(test)]
    pub(super) fn skip(&mut self, frames: u64) {
        self.wav.skip(frames);
    }

    /// Completes the file, with a mark for each gap, and moves it to its place.
    pub(super) fn finish(self) -> Result<u64, (u64, io::Error)> {
        let marks = marks(&self.gaps);
        let Self { wav, path, destination, .. } = self;
        let so_far = wav.frames();
        let frames = wav.finish(&marks).map_err(|error| (so_far, error))?;
        if path != destination {
            fs::rename(&path, &destination).map_err(|error| (frames, error))?;
        }
        Ok(frames)
    }

    /// Closes it after an error with what is in it, where it lies. Gives how many frames that is.
    pub(super) fn close_as_it_is(self) -> u64 {
        // What can't even be closed still lies there, and is made right at the next start.
        self.wav.close_as_it_is().unwrap_or_default()
    }

    /// Takes away a recording with nothing in it.
    pub(super) fn remove(self) {
        let Self { wav, path, .. } = self;
        drop(wav);
        // It holds no sound.
        let _ = fs::remove_file(path);
    }
}

/// Creates the file, under a name beside it if another stands there: that stays until this one is whole.
fn create(destination: &Path) -> io::Result<(File, PathBuf)> {
    let create = |path: PathBuf| {
        let file = File::options().read(true).write(true).create_new(true).open(&path)?;
        io::Result::Ok((file, path))
    };
    let mut result = create(destination.to_owned());
    let stem = destination.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let ending = destination.extension().map_or_else(|| "wav".into(), |ending| ending.to_string_lossy());
    for number in 1..1_000 {
        match &result {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let name = format!("{stem} (recording {number}).{ending}");
                result = create(destination.with_file_name(name));
            }
            _ => break,
        }
    }
    result
}

/// Cue points at the gaps, with labels, as chunks behind the samples.
fn marks(gaps: &[Gap]) -> Vec<u8> {
    // Places beyond what the chunk can say are left out.
    let gaps: Vec<(u32, u64)> =
        gaps.iter().filter_map(|gap| Some((u32::try_from(gap.at).ok()?, gap.frames))).collect();
    if gaps.is_empty() {
        return Vec::new();
    }
    let mut cues = (gaps.len() as u32).to_le_bytes().to_vec();
    let mut labels = b"adtl".to_vec();
    for (number, (at, frames)) in (1u32..).zip(gaps) {
        let mut words = |words: &[u32]| cues.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        words(&[number, at, u32::from_le_bytes(*b"data"), 0, 0, at]);
        let mut text = format!("gap: {frames} frames lost, the disk was too slow").into_bytes();
        text.push(0);
        let length = 4 + text.len() as u32;
        if text.len() % 2 == 1 {
            text.push(0);
        }
        labels.extend(b"labl");
        labels.extend(length.to_le_bytes());
        labels.extend(number.to_le_bytes());
        labels.extend(text);
    }
    let chunk = |name: &[u8; 4], content: Vec<u8>| {
        [&name[..], &(content.len() as u32).to_le_bytes(), &content].concat()
    };
    [chunk(b"cue ", cues), chunk(b"LIST", labels)].concat()
}
