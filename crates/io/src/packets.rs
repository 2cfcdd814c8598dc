//! An opened sound file, decoded packet by packet.
//!
//! Encoder delay and padding are trimmed where the file states them (MP3 with a LAME header, Ogg Vorbis); AAC
//! keeps its priming frames.

use crate::decode::DecodeError;
use std::io::ErrorKind;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::units::{TimeBase, Timestamp};

/// The packets of a file's first track of sound.
pub(crate) struct Packets {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track_id: u32,
    time_base: Option<TimeBase>,
    frames: Option<u64>,
    damaged: usize,
}

/// A packet with sound in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packet {
    /// Frames per second.
    pub(crate) rate: u32,
    /// When its first frame is due, in the units of its container.
    pub(crate) time: i64,
}

impl Packets {
    /// Opens a file. `extension` is a hint; what counts is the content.
    pub(crate) fn open(source: Box<dyn MediaSource>, extension: &str) -> Result<Self, DecodeError> {
        let stream = MediaSourceStream::new(source, MediaSourceStreamOptions::default());
        let mut hint = Hint::new();
        hint.with_extension(extension);
        let format = symphonia::default::get_probe()
            .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
            .map_err(|error| DecodeError::Format(error.to_string()))?;
        let track = format.default_track(TrackType::Audio).ok_or(DecodeError::NoSound)?;
        let (track_id, time_base, frames) = (track.id, track.time_base, track.num_frames);
        let parameters = track.codec_params.as_ref().and_then(|parameters| parameters.audio());
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(
                parameters.ok_or(DecodeError::NoSound)?,
                &AudioDecoderOptions::default().gapless(true),
            )
            .map_err(|error| DecodeError::Format(error.to_string()))?;
        Ok(Self { format, decoder, track_id, time_base, frames, damaged: 0 })
    }

    /// How many frames the file says it has. None is what writers to a pipe say, who can't know.
    pub(crate) fn frames(&self) -> Option<u64> {
        self.frames.filter(|frames| *frames > 0)
    }

    /// Packets so far that could not be decoded and are missing.
    pub(crate) fn damaged(&self) -> usize {
        self.damaged
    }

    /// Decodes the next packet with sound in it. Nothing at the end, or where a file is cut off, or another stream is
    /// chained behind: what is there counts. An error when the system can't read on.
    pub(crate) fn next(&mut self, channels: &mut Vec<Vec<f32>>) -> Result<Option<Packet>, std::io::Error> {
        loop {
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) => packet,
                Err(SymphoniaError::IoError(error)) if error.kind() != ErrorKind::UnexpectedEof => {
                    return Err(error);
                }
                Ok(None) | Err(_) => return Ok(None),
            };
            if packet.track_id != self.track_id {
                continue;
            }
            let buffer = match self.decoder.decode(&packet) {
                Ok(buffer) => buffer,
                Err(SymphoniaError::DecodeError(_) | SymphoniaError::IoError(_)) => {
                    self.damaged += 1;
                    continue;
                }
                Err(_) => return Ok(None),
            };
            if buffer.frames() == 0 {
                continue;
            }
            let rate = buffer.spec().rate();
            buffer.copy_to_vecs_planar(channels);
            let trimmed = i64::try_from(packet.trim_start.get()).unwrap_or(0);
            return Ok(Some(Packet { rate, time: packet.pts.get().saturating_add(trimmed) }));
        }
    }

    /// Whether the times of packets count frames at `rate`.
    pub(crate) fn counts_frames(&self, rate: u32) -> bool {
        self.time_base.is_some_and(|base| base.numer.get() == 1 && base.denom.get() == rate)
    }

    /// Goes to the packet that is due at a time or to one before it; false where the file has no way to do so.
    pub(crate) fn seek(&mut self, time: i64) -> bool {
        let to = SeekTo::Timestamp { ts: Timestamp::new(time), track_id: self.track_id };
        let is_there = self.format.seek(SeekMode::Accurate, to).is_ok();
        self.decoder.reset();
        is_there
    }
}
