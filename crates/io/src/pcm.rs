//! Plain samples in a stretch of a file: whole numbers, floats or the logarithmic bytes of telephones.
//!
//! Every frame has its place, so it reads from anywhere at once, whatever the file's size.

use crate::packets::{Packet, PacketSource};
use std::io::{self, SeekFrom};
use symphonia::core::io::MediaSource;

/// Bytes that are read at a time.
const PACKET_BYTES: u64 = 1 << 15;

/// How a sample is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Whole numbers below and above 0, in one to four bytes or eight.
    Signed,
    /// Whole numbers of one byte of which 128 is 0.
    Unsigned,
    /// Floats of four or eight bytes.
    Float,
    /// The A-law of ITU-T G.711, a byte a sample.
    ALaw,
    /// The mu-law of ITU-T G.711, a byte a sample.
    MuLaw,
}

/// Where the samples lie and what they look like.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PcmLayout {
    pub(crate) encoding: Encoding,
    pub(crate) is_big_endian: bool,
    /// Bytes of one sample.
    pub(crate) bytes: usize,
    pub(crate) channels: usize,
    /// Frames per second.
    pub(crate) rate: u32,
    /// Where in the file the first frame begins.
    pub(crate) start: u64,
    pub(crate) frames: u64,
}

impl PcmLayout {
    /// Whether samples of so many bytes exist in this encoding.
    pub(crate) fn is_possible(&self) -> bool {
        let fits = match self.encoding {
            Encoding::Signed => matches!(self.bytes, 1..=4 | 8),
            Encoding::Float => matches!(self.bytes, 4 | 8),
            Encoding::Unsigned | Encoding::ALaw | Encoding::MuLaw => self.bytes == 1,
        };
        fits && self.channels > 0
    }

    /// Bytes of one frame.
    pub(crate) fn frame_bytes(&self) -> u64 {
        (self.bytes * self.channels) as u64
    }

    /// Writes whole frames channel by channel.
    fn spread(&self, frames: &[u8], channels: &mut Vec<Vec<f32>>) {
        // The usual ones without a detour.
        match (self.encoding, self.bytes, self.is_big_endian) {
            (Encoding::Signed, 2, false) => {
                self.spread_with(frames, channels, |[a, b]| f32::from(i16::from_le_bytes([a, b])) / 32_768.0);
            }
            (Encoding::Signed, 3, false) => self.spread_with(frames, channels, |[a, b, c]| {
                (i32::from_le_bytes([0, a, b, c]) >> 8) as f32 / 8_388_608.0
            }),
            (Encoding::Float, 4, false) => self.spread_with(frames, channels, f32::from_le_bytes),
            _ => self.spread_slices(frames, channels, |bytes| self.sample(bytes)),
        }
    }

    fn spread_with<const N: usize>(
        &self,
        frames: &[u8],
        channels: &mut Vec<Vec<f32>>,
        number: impl Fn([u8; N]) -> f32,
    ) {
        self.spread_slices(frames, channels, |bytes| bytes.first_chunk().map_or(0.0, |bytes| number(*bytes)));
    }

    fn spread_slices(&self, frames: &[u8], channels: &mut Vec<Vec<f32>>, number: impl Fn(&[u8]) -> f32) {
        channels.resize(self.channels, Vec::new());
        let frame_bytes = self.bytes * self.channels;
        for (at, channel) in channels.iter_mut().enumerate() {
            channel.clear();
            let frames = frames.chunks_exact(frame_bytes);
            channel.extend(frames.map(|frame| number(&frame[at * self.bytes..][..self.bytes])));
        }
    }

    fn sample(&self, bytes: &[u8]) -> f32 {
        let mut word = [0; 8];
        let length = bytes.len().min(8);
        // The most significant byte comes last, so that a shorter number is a longer one of the same share of
        // full scale.
        for (at, byte) in bytes.iter().enumerate().take(length) {
            let place = if self.is_big_endian { length - 1 - at } else { at };
            word[8 - length + place] = *byte;
        }
        let number = i64::from_le_bytes(word);
        match self.encoding {
            Encoding::Signed => (number as f64 / 9_223_372_036_854_775_808.0) as f32,
            Encoding::Unsigned => (f32::from(bytes[0]) - 128.0) / 128.0,
            Encoding::Float if length == 4 => f32::from_bits((number as u64 >> 32) as u32),
            Encoding::Float => f64::from_bits(number as u64) as f32,
            Encoding::ALaw => f32::from(of_a_law(bytes[0])) / 32_768.0,
            Encoding::MuLaw => f32::from(of_mu_law(bytes[0])) / 32_768.0,
        }
    }
}

/// ITU-T G.711, table 1, times 8.
fn of_a_law(byte: u8) -> i16 {
    let byte = byte ^ 0x55;
    let (segment, step) = (byte >> 4 & 7, i16::from(byte & 15) << 4);
    let magnitude = if segment == 0 { step + 8 } else { (step + 0x108) << (segment - 1) };
    if byte & 0x80 == 0 { -magnitude } else { magnitude }
}

/// ITU-T G.711, table 2, times 4.
fn of_mu_law(byte: u8) -> i16 {
    const BIAS: i16 = 0x84;
    let byte = !byte;
    let magnitude = (((i16::from(byte & 15) << 3) + BIAS) << (byte >> 4 & 7)) - BIAS;
    if byte & 0x80 == 0 { magnitude } else { -magnitude }
}

/// Reads the samples of a file.
pub(crate) struct PcmReader {
    source: Box<dyn MediaSource>,
    layout: PcmLayout,
    /// The frame to read next.
    next: u64,
    buffer: Vec<u8>,
}

impl PcmReader {
    pub(crate) fn new(source: Box<dyn MediaSource>, layout: PcmLayout) -> Self {
        Self { source, layout, next: 0, buffer: Vec::new() }
    }
}

impl PacketSource for PcmReader {
    fn next(&mut self, channels: &mut Vec<Vec<f32>>) -> io::Result<Option<Packet>> {
        let layout = &self.layout;
        let frame_bytes = layout.frame_bytes();
        let frames = (PACKET_BYTES / frame_bytes).max(1).min(layout.frames - self.next);
        self.source.seek(SeekFrom::Start(layout.start + self.next * frame_bytes))?;
        self.buffer.resize((frames * frame_bytes) as usize, 0);
        let read = fill(&mut *self.source, &mut self.buffer)?;
        let frames = read / frame_bytes as usize;
        if frames == 0 {
            return Ok(None);
        }
        layout.spread(&self.buffer[..frames * frame_bytes as usize], channels);
        let packet = Packet { rate: layout.rate, time: self.next as i64 };
        self.next += frames as u64;
        Ok(Some(packet))
    }

    fn seek(&mut self, time: i64) -> bool {
        self.next = u64::try_from(time).unwrap_or(0).min(self.layout.frames);
        true
    }

    fn frames(&self) -> Option<u64> {
        Some(self.layout.frames).filter(|frames| *frames > 0)
    }

    fn counts_frames(&self, rate: u32) -> bool {
        self.layout.rate == rate
    }

    fn damaged(&self) -> usize {
        0
    }
}

/// Reads until a buffer is full or the source ends; how many bytes.
pub(crate) fn fill(source: &mut dyn MediaSource, buffer: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while read < buffer.len() {
        match source.read(&mut buffer[read..]) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn layout(encoding: Encoding, bytes: usize, is_big_endian: bool) -> PcmLayout {
        PcmLayout { encoding, is_big_endian, bytes, channels: 1, rate: 48_000, start: 0, frames: 1 }
    }

    fn read(layout: PcmLayout, bytes: &[u8]) -> f32 {
        let mut channels = Vec::new();
        let mut reader = PcmReader::new(Box::new(Cursor::new(bytes.to_vec())), layout);
        reader.next(&mut channels).unwrap().unwrap();
        channels[0][0]
    }

    #[test]
    fn every_encoding_of_a_half() {
        use Encoding::{Float, Signed, Unsigned};
        for (encoding, bytes) in [
            (Signed, &[0x40][..]),
            (Signed, &[0x40, 0]),
            (Signed, &[0x40, 0, 0]),
            (Signed, &[0x40, 0, 0, 0]),
            (Signed, &[0x40, 0, 0, 0, 0, 0, 0, 0]),
            (Unsigned, &[0xc0]),
            (Float, &0.5_f32.to_be_bytes()),
            (Float, &0.5_f64.to_be_bytes()),
        ] {
            assert_eq!(read(layout(encoding, bytes.len(), true), bytes), 0.5, "{encoding:?} {bytes:?}");
            let reversed: Vec<u8> = bytes.iter().rev().copied().collect();
            assert_eq!(read(layout(encoding, bytes.len(), false), &reversed), 0.5, "{encoding:?}");
        }
        assert_eq!(read(layout(Signed, 3, false), &[0, 0, 0x80]), -1.0);
        assert_eq!(read(layout(Signed, 2, false), &[0xff, 0xff]), -1.0 / 32_768.0);
    }

    /// Values from the tables of G.711, and the ends of both scales.
    #[test]
    fn the_laws_of_telephones() {
        assert_eq!([0x55, 0xd5, 0x2a, 0xaa].map(of_a_law), [-8, 8, -32_256, 32_256]);
        assert_eq!([0xff, 0x7f, 0x00, 0x80].map(of_mu_law), [0, 0, -32_124, 32_124]);
        for law in [of_a_law, of_mu_law] {
            let values: Vec<i16> = (0..=255).map(law).collect();
            assert!((0..128).all(|at| values[at] == -values[at + 128]), "both halves mirror each other");
        }
    }
}
