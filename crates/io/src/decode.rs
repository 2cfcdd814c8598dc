//! Audio files in: WAV, AIFF, CAF, FLAC, MP3, Ogg Vorbis, AAC and M4A, ALAC, decoded whole into memory.
//!
//! Encoder delay and padding are trimmed where the file states them (MP3 with a LAME header, Ogg
//! Vorbis); AAC keeps its priming frames. A damaged packet is skipped and counted; a file that is cut
//! off gives what it has. Lossless formats decode to the same bits on every machine; in lossy ones the
//! last bit of a sample may follow the platform's sine.

use jackfield_node::Asset;
use std::fs::File;
use std::io::Cursor;
use std::path::Path;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
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
}

/// Decodes the file at `path`. Blocks on the disk.
pub fn decode_file(path: &Path, limits: Limits) -> Result<Decoded, DecodeError> {
    // Asked before opening, which would wait for ever on a pipe.
    if !path.metadata()?.is_file() {
        return Err(DecodeError::NoFile);
    }
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    decode_source(Box::new(File::open(path)?), extension, limits)
}

/// Decodes a file in memory. `extension` is a hint; what counts is the content.
pub fn decode_bytes(bytes: Vec<u8>, extension: &str, limits: Limits) -> Result<Decoded, DecodeError> {
    decode_source(Box::new(Cursor::new(bytes)), extension, limits)
}

fn decode_source(
    source: Box<dyn MediaSource>,
    extension: &str,
    limits: Limits,
) -> Result<Decoded, DecodeError> {
    // The formats are many and files come from strangers: a panic in a decoder stops at this file.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| decode(source, extension, limits)))
        .unwrap_or(Err(DecodeError::Confused))
}

fn decode(source: Box<dyn MediaSource>, extension: &str, limits: Limits) -> Result<Decoded, DecodeError> {
    let stream = MediaSourceStream::new(source, MediaSourceStreamOptions::default());
    let mut hint = Hint::new();
    hint.with_extension(extension);
    let mut format = symphonia::default::get_probe()
        .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
        .map_err(|error| DecodeError::Format(error.to_string()))?;
    let track = format.default_track(TrackType::Audio).ok_or(DecodeError::NoSound)?;
    let track_id = track.id;
    let parameters =
        track.codec_params.as_ref().and_then(|parameters| parameters.audio()).ok_or(DecodeError::NoSound)?;
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default().gapless(true))
        .map_err(|error| DecodeError::Format(error.to_string()))?;
    let mut sound = Sound { limits, sample_rate: 0, channels: Vec::new(), damaged_packets: 0 };
    sound.read(format.as_mut(), decoder.as_mut(), track_id)?;
    sound.finish()
}

/// Sound in the making.
struct Sound {
    limits: Limits,
    sample_rate: u32,
    channels: Vec<Vec<f32>>,
    damaged_packets: usize,
}

impl Sound {
    /// Decodes one track to its end.
    fn read(
        &mut self,
        format: &mut dyn FormatReader,
        decoder: &mut dyn AudioDecoder,
        track_id: u32,
    ) -> Result<(), DecodeError> {
        let mut packet_channels: Vec<Vec<f32>> = Vec::new();
        loop {
            let Ok(Some(packet)) = format.next_packet() else {
                // The end, a file cut off, or another stream chained behind: what is there counts.
                return Ok(());
            };
            if packet.track_id != track_id {
                continue;
            }
            let buffer = match decoder.decode(&packet) {
                Ok(buffer) => buffer,
                Err(SymphoniaError::DecodeError(_) | SymphoniaError::IoError(_)) => {
                    self.damaged_packets += 1;
                    continue;
                }
                Err(_) => return Ok(()),
            };
            if buffer.frames() == 0 {
                continue;
            }
            let rate = buffer.spec().rate();
            buffer.copy_to_vecs_planar(&mut packet_channels);
            self.append(&packet_channels, rate)?;
        }
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

    fn finish(mut self) -> Result<Decoded, DecodeError> {
        if self.channels.is_empty() {
            return Err(DecodeError::NoSound);
        }
        if !(1_000..=1_000_000).contains(&self.sample_rate) {
            return Err(DecodeError::Layout);
        }
        for sample in self.channels.iter_mut().flatten() {
            // A float file can hold anything. Filters never recover from a NaN.
            if !sample.is_finite() {
                *sample = 0.0;
            }
        }
        let asset = Asset { channels: self.channels, sample_rate: self.sample_rate as f32 };
        Ok(Decoded { asset, damaged_packets: self.damaged_packets })
    }
}
