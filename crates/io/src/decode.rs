//! Audio files in: WAV (with RF64, BW64 and Wave64), AIFF, CAF, FLAC, MP3, Ogg Vorbis, AAC and M4A, ALAC,
//! decoded whole into memory.
//!
//! A damaged packet is skipped and counted; a file that is cut off gives what it has. Lossless formats
//! decode to the same bits on every machine; in lossy ones (AAC, MP3, Vorbis) the last bit of a sample may
//! follow the platform's sine, so they are outside the promise that a sound hash makes.

use crate::packets::{PacketSource, Packets};
use jackfield_node::Asset;
use std::fs::File;
use std::io::Cursor;
use std::path::Path;
use symphonia::core::io::MediaSource;
use thiserror::Error;

/// How much sound may come out of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Frames.
    pub frames: u64,
    /// Bytes of memory, four per sample.
    pub bytes: u64,
}

impl Default for Limits {
    /// 2^31 frames, 4 GiB: three hours of stereo at 48 kHz.
    fn default() -> Self {
        Self { frames: 1 << 31, bytes: 4 << 30 }
    }
}

impl Limits {
    /// Checks a number of frames.
    ///
    /// # Errors
    ///
    /// Where they are more than these limits.
    pub fn check(&self, frames: u64, channels: usize) -> Result<(), DecodeError> {
        let bytes = frames.saturating_mul(4 * channels as u64);
        if frames > self.frames || bytes > self.bytes {
            return Err(DecodeError::TooLong { frames: self.frames, mebibytes: self.bytes >> 20 });
        }
        Ok(())
    }
}

/// Why a file could not be decoded.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The operating system refuses.
    #[error("{0}")]
    Unreadable(#[from] std::io::Error),
    /// A folder, a device or a pipe.
    #[error("it is no ordinary file")]
    NoFile,
    /// No known format.
    #[error("its format is not known ({0})")]
    Format(String),
    /// A known container without sound.
    #[error("there is no sound in it")]
    NoSound,
    /// The rate or the channels make no sense or change on the way.
    #[error("its rate or channels make no sense")]
    Layout,
    /// More than the limits allow.
    #[error("it is longer than {frames} frames or {mebibytes} MiB")]
    TooLong {
        /// Frames allowed.
        frames: u64,
        /// Memory allowed.
        mebibytes: u64,
    },
    /// The decoder failed in a way it should not.
    #[error("its content confuses the decoder")]
    Confused,
}

/// What came out of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// The sound, at the file's own rate.
    pub asset: Asset,
    /// Packets that could not be decoded and are missing.
    pub damaged_packets: usize,
    /// What is odd about the file, and what was made of it.
    pub oddities: Vec<String>,
}

/// Decodes the file at `path`. Blocks on the disk.
///
/// # Errors
///
/// Where the file can't be read, is of no known format, holds no sound, or more than the limits allow.
pub fn decode_file(path: &Path, limits: Limits) -> Result<Decoded, DecodeError> {
    let (file, extension) = open_file(path)?;
    decode_source(Box::new(file), extension, limits)
}

/// Opens an ordinary file; the end of its name is a hint at its format.
pub(crate) fn open_file(path: &Path) -> Result<(File, &str), DecodeError> {
    // Asked before opening, which would wait for ever on a pipe.
    if !path.metadata()?.is_file() {
        return Err(DecodeError::NoFile);
    }
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    Ok((File::open(path)?, extension))
}

/// Decodes a file in memory. `extension` is a hint; what counts is the content.
///
/// # Errors
///
/// As [`decode_file`]. Control thread, or a thread of its own.
pub fn decode_bytes(bytes: Vec<u8>, extension: &str, limits: Limits) -> Result<Decoded, DecodeError> {
    decode_source(Box::new(Cursor::new(bytes)), extension, limits)
}

fn decode_source(
    source: Box<dyn MediaSource>,
    extension: &str,
    limits: Limits,
) -> Result<Decoded, DecodeError> {
    guarded(|| {
        let mut packets = Packets::open(source, extension)?;
        let mut sound = DecodedSound { limits, sample_rate: 0, channels: Vec::new() };
        sound.read(&mut packets)?;
        sound.finish(&packets)
    })
    .unwrap_or(Err(DecodeError::Confused))
}

/// The formats are many and files come from strangers: a panic in a decoder stops at its file, and gives
/// nothing.
pub(crate) fn guarded<T>(decode: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(decode)).ok()
}

/// Whether a file may have this rate, in frames per second.
pub(crate) fn is_rate(rate: u32) -> bool {
    (1_000..=1_000_000).contains(&rate)
}

/// A sample that filters survive: a float file can hold anything, and they never recover from a NaN.
pub(crate) fn tamed(sample: f32) -> f32 {
    if sample.is_finite() { sample } else { 0.0 }
}

/// A sound in the making.
struct DecodedSound {
    limits: Limits,
    sample_rate: u32,
    channels: Vec<Vec<f32>>,
}

impl DecodedSound {
    /// Decodes one track to its end.
    fn read(&mut self, packets: &mut Packets) -> Result<(), DecodeError> {
        let mut channels = Vec::new();
        // What can't be read on is taken as cut off.
        while let Ok(Some(packet)) = packets.next(&mut channels) {
            self.append(&channels, packet.rate)?;
        }
        Ok(())
    }

    fn append(&mut self, packet: &[Vec<f32>], sample_rate: u32) -> Result<(), DecodeError> {
        if self.channels.is_empty() {
            self.channels = vec![Vec::new(); packet.len()];
            self.sample_rate = sample_rate;
        }
        if packet.len() != self.channels.len() || sample_rate != self.sample_rate || packet.is_empty() {
            return Err(DecodeError::Layout);
        }
        let frames = self.channels[0].len() as u64 + packet[0].len() as u64;
        self.limits.check(frames, packet.len())?;
        for (channel, new) in self.channels.iter_mut().zip(packet) {
            channel.extend_from_slice(new);
        }
        Ok(())
    }

    fn finish(mut self, packets: &Packets) -> Result<Decoded, DecodeError> {
        if self.channels.is_empty() {
            return Err(DecodeError::NoSound);
        }
        if !is_rate(self.sample_rate) {
            return Err(DecodeError::Layout);
        }
        for sample in self.channels.iter_mut().flatten() {
            *sample = tamed(*sample);
        }
        let mut asset = Asset::new(self.channels, self.sample_rate as f32);
        asset.metadata = packets.metadata().clone();
        asset.metadata.tidy(asset.frames());
        Ok(Decoded { asset, damaged_packets: packets.damaged(), oddities: packets.oddities().to_vec() })
    }
}
