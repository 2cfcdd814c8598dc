//! Long files: opened for a patch, played from the disk at their own sample rate.
//!
//! What comes out is, bit for bit, what would come out had the whole file been loaded.

use crate::decode::{DecodeError, guarded};
use crate::loader::Loader;
use crate::seekable::Seekable;
use jackfield_node::stream::{
    CHUNK, Connection, Filled, FrameSource, Head, LongFile, Patience, Start, Stream, connect, head_frames,
};
use jackfield_node::{ChannelChoice, ChannelMix, FileTrouble};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Which file, and how it is wanted.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// As written in the patch.
    pub(crate) name: String,
    pub(crate) real: PathBuf,
    pub(crate) choice: ChannelChoice,
}

/// A file and all that it takes to read it; shared with the loader.
#[derive(Debug)]
pub(crate) struct Recipe {
    place: Place,
    /// Why it could not be read on.
    failure: Mutex<Option<String>>,
}

impl Recipe {
    /// Opens the file. Loader or control thread.
    pub(crate) fn open(&self) -> Result<LongSound, DecodeError> {
        Ok(LongSound(Seekable::open(&self.place.real, self.place.choice)?))
    }

    /// Notes why it can't be read on, to be told once.
    pub(crate) fn fail(&self, reason: String) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }
}

/// An opened file.
pub(crate) struct LongSound(Seekable);

impl LongSound {
    fn fill(&mut self, samples: &mut [[f32; CHUNK]; 2]) -> Result<Filled, DecodeError> {
        let mut frames = 0;
        while frames < CHUNK {
            let sides = self.0.read(CHUNK - frames)?;
            let added = sides[0].len();
            if added == 0 {
                break;
            }
            for (samples, side) in samples.iter_mut().zip(sides) {
                samples[frames..frames + added].copy_from_slice(side);
            }
            frames += added;
        }
        Ok(Filled { frames, ends: self.0.is_at_end() })
    }
}

impl FrameSource for LongSound {
    fn seek(&mut self, frame: u64) -> Result<(), String> {
        self.0.seek(frame).map_err(|error| error.to_string())
    }

    fn read(&mut self, samples: &mut [[f32; CHUNK]; 2]) -> Result<Filled, String> {
        self.fill(samples).map_err(|error| error.to_string())
    }

    fn end(&self) -> Option<u64> {
        self.0.certain_frames()
    }

    fn loop_points(&self) -> Option<Range<u64>> {
        self.0.metadata().loop_points()
    }
}

/// A file that nodes of a patch play from the disk.
#[derive(Debug)]
pub(crate) struct OpenedFile {
    recipe: Arc<Recipe>,
    rate: u32,
    frames: Option<u64>,
    loop_points: Option<Range<u64>>,
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
            let (mix, channels) = (sound.mix().clone(), sound.channels());
            let oddities = sound.oddities().to_vec();
            let (rate, frames, loop_points) = (sound.rate(), sound.frames(), sound.metadata().loop_points());
            let recipe = Arc::new(Recipe { place: place.clone(), failure: Mutex::default() });
            let mut sound = LongSound(sound);
            let head = Head::read(&mut sound, 0, head_frames(rate as f32));
            let head = head.map_err(LongFileError::Unreadable)?;
            // A short file has been read to its end by now.
            let frames = sound.0.certain_frames().or(frames);
            let gaps = Arc::default();
            Ok(Self {
                recipe,
                rate,
                frames,
                loop_points,
                head,
                mix,
                channels,
                oddities,
                gaps,
                patience,
                loader,
            })
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

    /// What follows a start; the file's beginning where that can't be read.
    fn head(&self, start: Start) -> Head {
        let frames = head_frames(self.rate as f32);
        let other = || Head::read(&mut self.recipe.open().ok()?, start, frames).ok();
        let other = if start == self.head.start() { None } else { guarded(other).flatten() };
        other.unwrap_or_else(|| self.head.clone())
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

    fn sample_rate(&self) -> f32 {
        self.rate as f32
    }

    fn loop_points(&self) -> Option<Range<u64>> {
        self.loop_points.clone()
    }

    fn stream_from(&self, start: Start) -> Stream {
        let connection = Connection {
            sample_rate: self.rate as f32,
            gaps: self.gaps.clone(),
            patience: self.patience.clone(),
            loader: self.loader.thread().clone(),
        };
        let (stream, feeder) = connect(self.head(start), connection);
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
    /// It can't be read.
    #[error("{0}")]
    Unreadable(String),
}
