//! Assets: decoded files that nodes read, shared and immutable.

mod channels;
mod loop_region;
mod metadata;
mod trouble;

pub use channels::{ChannelChoice, ChannelMix};
pub use loop_region::{LoopRegion, MOST_CROSSFADE, faded_over};
pub use metadata::{LoopDirection, LoopPoints, Metadata, Speaker};
pub use trouble::FileTrouble;

use crate::TimedMidi;
use crate::stream::LongFile;
use std::sync::Arc;
use thiserror::Error;

/// Decoded audio: whole, in memory, at the engine's sample rate or at its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Asset {
    /// One vector of samples per channel, all of one length.
    pub channels: Vec<Vec<f32>>,
    /// Frames per second of `channels`.
    pub sample_rate: f32,
    /// What the file says of itself.
    pub metadata: Metadata,
}

impl Asset {
    /// A sound without notes about it.
    pub fn new(channels: Vec<Vec<f32>>, sample_rate: f32) -> Self {
        Self { channels, sample_rate, metadata: Metadata::default() }
    }

    /// Frames in the file.
    pub fn frames(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }
}

/// A MIDI file with its messages at the engine's frames.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MidiAsset {
    /// In order of time; messages of one moment in the order of the file.
    pub events: Vec<TimedMidi>,
    /// Where the last track ends, in frames. No event lies behind it.
    pub frames: u64,
    /// What is wrong with the file, and what was made of it.
    pub oddities: Vec<String>,
}

/// Why a file could not be had. Each says what to try.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum AssetError {
    /// No such file.
    #[error("no file '{path}'; put it beside the patch or choose another")]
    Missing {
        /// As written in the patch.
        path: String,
    },
    /// The path leaves the patch's folder.
    #[error("'{path}' lies outside the patch's folder; copy the file beside the patch")]
    Outside {
        /// As written in the patch.
        path: String,
    },
    /// The file can't be read or decoded.
    #[error("'{path}' can't be decoded: {reason}; convert it to WAV or FLAC")]
    Unreadable {
        /// As written in the patch.
        path: String,
        /// From the decoder.
        reason: String,
    },
    /// The file is no MIDI file, or a damaged one.
    #[error("'{path}' can't be played: {reason}; export it again as a .mid file")]
    BadMidi {
        /// As written in the patch.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The file is no text, or a longer one than any that nodes read.
    #[error("'{path}' can't be read: {reason}; choose a text file of at most {} bytes", MOST_TEXT)]
    BadText {
        /// As written in the patch.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A text in a notation that the node reads has a mistake.
    #[error("'{path}', line {line}: {problem}")]
    Mistake {
        /// As written in the patch.
        path: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong there and what would be right.
        problem: String,
    },
}

/// Longest text file that is read, in bytes.
pub const MOST_TEXT: u64 = 1 << 18;

/// Where nodes get their files from. Called on the control thread.
pub trait AssetSource {
    /// The decoded file at `path`, which is relative to the patch, resampled to `sample_rate`. Control
    /// thread.
    ///
    /// # Errors
    ///
    /// When there is no such file, or it can't be read or decoded: which file, and what to try.
    fn load(&self, path: &str, sample_rate: f32) -> Result<Arc<Asset>, AssetError>;

    /// The decoded file at `path`, which is relative to the patch, resampled to `sample_rate`, in one or two
    /// channels: those that `choice` says. Channels are mixed before the rate changes. Control thread.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    fn load_stereo(
        &self,
        path: &str,
        sample_rate: f32,
        choice: ChannelChoice,
    ) -> Result<Arc<Asset>, AssetError> {
        let asset = self.load(path, sample_rate)?;
        if choice == ChannelChoice::All && asset.channels.len() <= 2 {
            return Ok(asset);
        }
        Ok(Arc::new(Asset::clone(&asset).stereo(choice)))
    }

    /// The decoded file at `path`, which is relative to the patch, at the rate it was written with: for what
    /// is counted in samples, such as the cycles of a wavetable. A source that can't tell has none to give.
    /// Control thread.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    fn load_unchanged(&self, path: &str) -> Result<Arc<Asset>, AssetError> {
        Err(AssetError::Missing { path: path.to_owned() })
    }

    /// The decoded file at `path`, which is relative to the patch, at the rate it was written with and in one
    /// or two channels: those that `choice` says. For what reads it at any speed, and loops. Control thread.
    ///
    /// # Errors
    ///
    /// As [`load_unchanged`](Self::load_unchanged).
    fn load_stereo_unchanged(&self, path: &str, choice: ChannelChoice) -> Result<Arc<Asset>, AssetError> {
        let asset = self.load_unchanged(path)?;
        if choice == ChannelChoice::All && asset.channels.len() <= 2 {
            return Ok(asset);
        }
        Ok(Arc::new(Asset::clone(&asset).stereo(choice)))
    }

    /// The MIDI file at `path`, which is relative to the patch, timed in frames at `sample_rate`. A source
    /// without MIDI files has none to give. Control thread.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load), or when it is no Standard MIDI File.
    fn load_midi(&self, path: &str, sample_rate: f32) -> Result<Arc<MidiAsset>, AssetError> {
        let _ = sample_rate;
        Err(AssetError::Missing { path: path.to_owned() })
    }

    /// The text file at `path`, which is relative to the patch, of at most [`MOST_TEXT`] bytes. A source
    /// without text files has none to give. Control thread.
    ///
    /// # Errors
    ///
    /// When there is no such file, or it is too long or no text.
    fn load_text(&self, path: &str) -> Result<String, AssetError> {
        Err(AssetError::Missing { path: path.to_owned() })
    }

    /// The file at `path`, which is relative to the patch, opened to be played from the disk at the rate it
    /// was written with: the channels that `choice` says. A source without long files has none to give.
    /// Control thread.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    fn open_long(&self, path: &str, choice: ChannelChoice) -> Result<Arc<dyn LongFile>, AssetError> {
        let _ = choice;
        Err(AssetError::Missing { path: path.to_owned() })
    }

    /// Lets long files wait for the disk, for rendering faster than it plays, or pause where it is too slow,
    /// as on an audio thread. Any thread.
    fn wait_for_disk(&self, waits: bool) {
        let _ = waits;
    }

    /// What went wrong with files, or is odd about them, since this was last asked. Control thread.
    fn file_troubles(&self) -> Vec<FileTrouble> {
        Vec::new()
    }
}

/// An asset source without any file.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAssets;

impl AssetSource for NoAssets {
    fn load(&self, path: &str, _: f32) -> Result<Arc<Asset>, AssetError> {
        Err(AssetError::Missing { path: path.to_owned() })
    }
}
