//! Long files: opened for a patch, played from the disk at the engine's sample rate.
//!
//! What comes out is, bit for bit, what would come out had the whole file been loaded and resampled.

use crate::decode::{DecodeError, guarded};
use crate::loader::Loader;
use crate::resample::{ResampleError, Table, resampled_frames};
use crate::seekable::Seekable;
use jackfield_node::stream::{
    CHUNK, Connection, Filled, FrameSource, Head, LongFile, Patience, Stream, connect, head_frames,
};
use jackfield_node::{ChannelChoice, ChannelMix, FileTrouble};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Which file, and how it is wanted.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// As written in the patch.
    pub(crate) name: String,
    pub(crate) real: PathBuf,
    pub(crate) sample_rate: u32,
    pub(crate) choice: ChannelChoice,
}

/// A file and all that it takes to read it; shared with the loader.
#[derive(Debug)]
pub(crate) struct Recipe {
    place: Place,
    /// Nothing where the file has the engine's rate.
    table: Option<Table>,
    /// Why it could not be read on.
    failure: Mutex<Option<String>>,
}

impl Recipe {
    /// Opens the file. Loader or control thread.
    pub(crate) fn open(self: &Arc<Self>) -> Result<LongSound, DecodeError> {
        LongSound::new(Seekable::open(&self.place.real, self.place.choice)?, self.clone())
    }

    /// Notes why it can't be read on, to be told once.
    pub(crate) fn fail(&self, reason: String) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }
}

/// An opened file at the engine's sample rate.
pub(crate) struct LongSound {
    sound: Seekable,
    recipe: Arc<Recipe>,
    /// The frame to read next.
    next: u64,
    /// What is needed of the file to make the next frames, and which frame of it comes first.
    window: [Vec<f32>; 2],
    first: i64,
}

impl LongSound {
    fn new(sound: Seekable, recipe: Arc<Recipe>) -> Result<Self, DecodeError> {
        let mut long = Self { sound, recipe, next: 0, window: [Vec::new(), Vec::new()], first: 0 };
        long.go_to(0)?;
        Ok(long)
    }

    /// How many frames it has at the engine's rate, of so many.
    fn resampled(&self, frames: u64) -> u64 {
        resampled_frames(frames, self.sound.rate(), self.recipe.place.sample_rate)
    }

    fn go_to(&mut self, frame: u64) -> Result<(), DecodeError> {
        self.next = frame;
        let Some(table) = &self.recipe.table else { return self.sound.seek(frame) };
        self.first = table.window(frame).first;
        let silence = usize::try_from(-self.first).unwrap_or(0);
        for window in &mut self.window {
            window.clear();
            window.resize(silence, 0.0);
        }
        self.sound.seek(u64::try_from(self.first).unwrap_or(0))
    }

    fn fill(&mut self, samples: &mut [[f32; CHUNK]; 2]) -> Result<Filled, DecodeError> {
        let recipe = self.recipe.clone();
        let mut frames = 0;
        while frames < CHUNK {
            let added = match &recipe.table {
                None => self.copy(samples, frames)?,
                Some(table) => self.make(table, samples, frames)?,
            };
            if added == 0 {
                break;
            }
            frames += added;
            self.next += added as u64;
        }
        let ends = self.sound.end().is_some_and(|end| self.next >= self.resampled(end));
        Ok(Filled { frames, ends })
    }

    /// Copies frames behind the `place` that are already there; how many.
    fn copy(&mut self, samples: &mut [[f32; CHUNK]; 2], place: usize) -> Result<usize, DecodeError> {
        let sides = self.sound.read(CHUNK - place)?;
        for (samples, side) in samples.iter_mut().zip(sides) {
            samples[place..place + side.len()].copy_from_slice(side);
        }
        Ok(sides[0].len())
    }

    /// Makes one frame from a window of the file; 0 at the end.
    fn make(
        &mut self,
        table: &Table,
        samples: &mut [[f32; CHUNK]; 2],
        place: usize,
    ) -> Result<usize, DecodeError> {
        let window = table.window(self.next);
        self.reach(window.first + table.taps() as i64)?;
        if self.sound.end().is_some_and(|end| self.next >= self.resampled(end)) {
            return Ok(0);
        }
        let from = (window.first - self.first) as usize;
        samples[0][place] = table.frame(&self.window[0][from..], window);
        samples[1][place] = if self.sound.is_mono() {
            samples[0][place]
        } else {
            table.frame(&self.window[1][from..], window)
        };
        if from >= CHUNK {
            for side in &mut self.window {
                side.drain(..from);
            }
            self.first = window.first;
        }
        Ok(1)
    }

    /// Reads the file until the window ends before this frame. Behind the end comes silence.
    fn reach(&mut self, end: i64) -> Result<(), DecodeError> {
        loop {
            let missing = end - self.first - self.window[0].len() as i64;
            if missing <= 0 {
                return Ok(());
            }
            let sides = self.sound.read(missing as usize)?;
            let is_over = sides[0].is_empty();
            for (window, side) in self.window.iter_mut().zip(sides) {
                window.extend_from_slice(side);
                if is_over {
                    window.resize(window.len() + missing as usize, 0.0);
                }
            }
        }
    }
}

impl FrameSource for LongSound {
    fn seek(&mut self, frame: u64) -> Result<(), String> {
        self.go_to(frame).map_err(|error| error.to_string())
    }

    fn read(&mut self, samples: &mut [[f32; CHUNK]; 2]) -> Result<Filled, String> {
        self.fill(samples).map_err(|error| error.to_string())
    }
}

/// A file that nodes of a patch play from the disk.
#[derive(Debug)]
pub(crate) struct OpenedFile {
    recipe: Arc<Recipe>,
    frames: Option<u64>,
    /// Its beginning.
    head: Head,
    mix: ChannelMix,
    channels: usize,
    oddities: Vec<String>,
    gaps: Arc<AtomicU64>,
    patience: Patience,
    loader: Arc<Loader>,
}

impl OpenedFile {
    /// Opens a file and reads its beginning. Control thread.
    pub(crate) fn open(
        place: &Place,
        loader: Arc<Loader>,
        patience: Patience,
    ) -> Result<Self, LongFileError> {
        let prepare = || {
            let sound = Seekable::open(&place.real, place.choice)?;
            let (rate, sample_rate) = (sound.rate(), place.sample_rate);
            let (mix, channels) = (sound.mix().clone(), sound.channels());
            let oddities = sound.oddities().to_vec();
            let table = if rate == sample_rate { None } else { Some(Table::checked(rate, sample_rate)?) };
            let recipe = Arc::new(Recipe { place: place.clone(), table, failure: Mutex::default() });
            let mut sound = LongSound::new(sound, recipe.clone())?;
            let frames = head_frames(sample_rate as f32);
            let head = Head::read(&mut sound, 0, frames).map_err(LongFileError::Unreadable)?;
            let frames = sound.sound.frames().map(|frames| sound.resampled(frames));
            Ok(Self { recipe, frames, head, mix, channels, oddities, gaps: Arc::default(), patience, loader })
        };
        guarded(prepare).unwrap_or(Err(DecodeError::Confused.into()))
    }

    /// What is heard of its channels.
    pub(crate) fn mix(&self) -> &ChannelMix {
        &self.mix
    }

    /// What is odd about it.
    pub(crate) fn oddities(&self) -> &[String] {
        &self.oddities
    }

    /// How many channels the file has.
    pub(crate) fn channels(&self) -> usize {
        self.channels
    }

    /// What went wrong since this was last asked.
    pub(crate) fn troubles(&self) -> Vec<FileTrouble> {
        let path = &self.recipe.place.name;
        let gaps = self.gaps.swap(0, Ordering::Relaxed);
        let gaps = (gaps > 0).then(|| FileTrouble::Gaps { path: path.clone(), gaps });
        let failure = self.recipe.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        let failure = failure.map(|reason| FileTrouble::BrokenOff { path: path.clone(), reason });
        gaps.into_iter().chain(failure).collect()
    }
}

impl LongFile for OpenedFile {
    fn frames(&self) -> Option<u64> {
        self.frames
    }

    fn stream(&self) -> Stream {
        let connection = Connection {
            sample_rate: self.recipe.place.sample_rate as f32,
            gaps: self.gaps.clone(),
            patience: self.patience.clone(),
            loader: self.loader.thread().clone(),
        };
        let (stream, feeder) = connect(self.head.clone(), connection);
        self.loader.take(feeder, self.recipe.clone());
        stream
    }
}

/// Why a file can't be played from the disk.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LongFileError {
    /// It is no sound file.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// Its rate can't be converted to the engine's.
    #[error(transparent)]
    Resample(#[from] ResampleError),
    /// It can't be read.
    #[error("{0}")]
    Unreadable(String),
}
