//! Files that take a decoder: FLAC, MP3, Ogg Vorbis, AAC, ALAC, ADPCM.
//!
//! Encoder delay and padding are trimmed where the file states them (MP3 with a LAME header, Ogg Vorbis); AAC
//! keeps its priming frames.

use crate::decode::DecodeError;
use crate::packets::{Packet, PacketSource};
use jackfield_node::Speaker;
use std::io::{self, ErrorKind};
use symphonia::core::audio::{Channels, Position};
use symphonia::core::codecs::audio::well_known::CODEC_ID_AAC;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet as CodedPacket;
use symphonia::core::units::{TimeBase, Timestamp};

/// After how many packets of AAC a new decoder begins.
///
/// Noise that AAC describes but does not hold is drawn from a generator in the decoder, which goes on through
/// a seek. So that a place sounds the same however it was reached, a new decoder begins at every such packet
/// of the file, after the one before it, whose second half it needs. Twice as many are less than the run-up
/// of a seek.
const AAC_LIFE: i64 = 8;

/// A file with a decoder.
pub(crate) struct Coded {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    /// What to make another decoder from, where decoders are short-lived.
    short_lived: Option<AudioCodecParameters>,
    /// How many decoders came before a short-lived one.
    life: Option<i64>,
    /// The packet before the next one.
    before: Option<CodedPacket>,
    track_id: u32,
    time_base: Option<TimeBase>,
    frames: Option<u64>,
    speakers: Vec<Speaker>,
    seeks: bool,
    damaged: usize,
}

impl Coded {
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
        let parameters = parameters.ok_or(DecodeError::NoSound)?;
        let decoder = decoder(parameters)?;
        let short_lived = (parameters.codec == CODEC_ID_AAC).then(|| parameters.clone());
        let speakers = parameters.channels.as_ref().map(speakers_of).unwrap_or_default();
        Ok(Self {
            format,
            decoder,
            short_lived,
            life: None,
            before: None,
            track_id,
            time_base,
            frames,
            speakers,
            seeks: true,
            damaged: 0,
        })
    }

    /// The same file, which is read from its beginning for each place.
    pub(crate) fn without_seeking(self) -> Self {
        Self { seeks: false, ..self }
    }

    /// Where the channels are heard; empty if that is not said.
    pub(crate) fn speakers(&self) -> Vec<Speaker> {
        self.speakers.clone()
    }

    /// Begins another life of the decoder if this packet asks for it.
    fn renew(&mut self, packet: &CodedPacket) {
        let Some(parameters) = &self.short_lived else { return };
        let length = i64::try_from(packet.dur.get()).unwrap_or(0).max(1);
        let life = packet.pts.get().div_euclid(length * AAC_LIFE);
        if self.life.replace(life).is_some_and(|before| before != life)
            && let Ok(mut young) = decoder(parameters)
        {
            if let Some(before) = &self.before {
                // What is wrong with it was counted before.
                let _ = young.decode(before);
            }
            self.decoder = young;
        }
        self.before = Some(packet.clone());
    }
}

fn decoder(parameters: &AudioCodecParameters) -> Result<Box<dyn AudioDecoder>, DecodeError> {
    symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default().gapless(true))
        .map_err(|error| DecodeError::Format(error.to_string()))
}

impl PacketSource for Coded {
    fn next(&mut self, channels: &mut Vec<Vec<f32>>) -> io::Result<Option<Packet>> {
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
            self.renew(&packet);
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

    fn seek(&mut self, time: i64) -> bool {
        if !self.seeks {
            return false;
        }
        let to = SeekTo::Timestamp { ts: Timestamp::new(time), track_id: self.track_id };
        let is_there = self.format.seek(SeekMode::Accurate, to).is_ok();
        self.decoder.reset();
        (self.life, self.before) = (None, None);
        is_there
    }

    fn frames(&self) -> Option<u64> {
        self.frames.filter(|frames| *frames > 0)
    }

    fn frames_are_exact(&self) -> bool {
        // AAC leaves out what it takes to begin and to end.
        self.short_lived.is_none()
    }

    fn counts_frames(&self, rate: u32) -> bool {
        self.time_base.is_some_and(|base| base.numer.get() == 1 && base.denom.get() == rate)
    }

    fn damaged(&self) -> usize {
        self.damaged
    }
}

/// Where channels are heard, in their order.
fn speakers_of(channels: &Channels) -> Vec<Speaker> {
    let Channels::Positioned(positions) = channels else {
        return vec![Speaker::Discrete; channels.count()];
    };
    let speaker = |position: Position| match position {
        Position::FRONT_LEFT | Position::TOP_FRONT_LEFT => Speaker::FrontLeft,
        Position::FRONT_RIGHT | Position::TOP_FRONT_RIGHT => Speaker::FrontRight,
        Position::FRONT_CENTER | Position::TOP_FRONT_CENTER => Speaker::FrontCentre,
        Position::LFE1 | Position::LFE2 => Speaker::Lfe,
        Position::REAR_LEFT | Position::SIDE_LEFT | Position::TOP_REAR_LEFT | Position::TOP_SIDE_LEFT => {
            Speaker::SurroundLeft
        }
        Position::REAR_RIGHT | Position::SIDE_RIGHT | Position::TOP_REAR_RIGHT | Position::TOP_SIDE_RIGHT => {
            Speaker::SurroundRight
        }
        Position::FRONT_LEFT_CENTER => Speaker::FrontLeftOfCentre,
        Position::FRONT_RIGHT_CENTER => Speaker::FrontRightOfCentre,
        Position::REAR_CENTER | Position::TOP_CENTER | Position::TOP_REAR_CENTER => Speaker::SurroundCentre,
        _ => Speaker::Discrete,
    };
    positions.iter().map(speaker).collect()
}
