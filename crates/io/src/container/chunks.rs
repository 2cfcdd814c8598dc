//! Chunks: the pieces that RIFF, Wave64, AIFF and CAF files are made of.
//!
//! What a chunk says of its size is a claim. It is cut at the end of the file, a size that can't be known yet
//! reaches there, and the size of the whole is not looked at: many writers leave it at 0 or get it wrong.

use crate::pcm::fill;
use std::io::{self, SeekFrom};
use symphonia::core::io::MediaSource;

/// Most chunks that are looked at. Files have a dozen.
const MOST_CHUNKS: usize = 4_096;

/// How chunks stand in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// RIFF: sizes of 32 bits, even places.
    Riff {
        /// RIFX: all numbers are big-endian.
        is_big_endian: bool,
    },
    /// Sony Wave64: names of 16 bytes, sizes of 64 bits that count the whole chunk, places that are multiples
    /// of 8.
    Wave64,
    /// AIFF: as RIFF, big-endian.
    Aiff,
    /// CAF: big-endian sizes of 64 bits, any place.
    Caf,
}

/// A chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) name: [u8; 4],
    /// Where its content begins.
    pub(super) start: u64,
    /// Bytes of content that are there.
    pub(super) length: u64,
    /// Bytes of content, as it says.
    pub(super) announced: u64,
}

/// Walks over the chunks of a file.
pub(super) struct Chunks<'s> {
    pub(super) source: &'s mut dyn MediaSource,
    framing: Framing,
    next: u64,
    /// Bytes in the file.
    pub(super) end: u64,
    left: usize,
}

impl<'s> Chunks<'s> {
    /// The chunks from a place on.
    pub(super) fn new(source: &'s mut dyn MediaSource, framing: Framing, first: u64) -> io::Result<Self> {
        let end = source.seek(SeekFrom::End(0))?;
        Ok(Self { source, framing, next: first, end, left: MOST_CHUNKS })
    }

    /// The next chunk, or nothing where no more is whole.
    pub(super) fn next(&mut self) -> io::Result<Option<Chunk>> {
        let mut head = [0; 24];
        let head = &mut head[..self.framing.head_bytes()];
        let start = self.next + head.len() as u64;
        if self.left == 0 || start > self.end || self.read(self.next, head)? < head.len() {
            return Ok(None);
        }
        self.left -= 1;
        let announced = self.framing.size(head);
        let chunk = Chunk {
            name: [head[0], head[1], head[2], head[3]],
            start,
            length: announced.min(self.end - start),
            announced,
        };
        self.next = self.behind(&chunk)?;
        Ok(Some(chunk))
    }

    /// Goes on behind a chunk whose length is known better now.
    pub(super) fn go_behind(&mut self, chunk: &Chunk) -> io::Result<()> {
        self.next = self.behind(chunk)?;
        Ok(())
    }

    /// Where the chunk behind this one begins.
    fn behind(&mut self, chunk: &Chunk) -> io::Result<u64> {
        let end = chunk.start + chunk.length;
        match self.framing {
            Framing::Caf => Ok(end),
            Framing::Wave64 => Ok(end.next_multiple_of(8)),
            Framing::Riff { .. } | Framing::Aiff if chunk.length.is_multiple_of(2) => Ok(end),
            Framing::Riff { .. } | Framing::Aiff => {
                // Some writers leave the byte out that makes a chunk even.
                let mut names = [0; 5];
                let is_there = self.read(end, &mut names)? == names.len();
                let is_odd = is_there && is_known(&names[..4]) && !is_known(&names[1..]);
                Ok(if is_odd { end } else { end + 1 })
            }
        }
    }

    /// Reads from a place on as much as there is; how many bytes.
    pub(super) fn read(&mut self, from: u64, bytes: &mut [u8]) -> io::Result<usize> {
        self.source.seek(SeekFrom::Start(from))?;
        fill(self.source, bytes)
    }

    /// The content of a chunk, or its beginning.
    pub(super) fn content(&mut self, chunk: &Chunk, most: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; chunk.length.min(most as u64) as usize];
        let read = self.read(chunk.start, &mut bytes)?;
        bytes.truncate(read);
        Ok(bytes)
    }

    /// Whether nothing but chunks stands from a place to the end of the file, one at least.
    pub(super) fn are_all_from(&mut self, place: u64) -> io::Result<bool> {
        let mut next = place;
        for _ in 0..MOST_CHUNKS {
            let mut head = [0; 24];
            let head = &mut head[..self.framing.head_bytes()];
            if self.read(next, head)? < head.len() || !is_known(&head[..4]) {
                break;
            }
            let Some(end) = (next + head.len() as u64).checked_add(self.framing.size(head)) else { break };
            if end > self.end {
                break;
            }
            next = end + end % 2;
        }
        Ok(next > place && next >= self.end)
    }
}

impl Framing {
    fn head_bytes(self) -> usize {
        match self {
            Self::Riff { .. } | Self::Aiff => 8,
            Self::Caf => 12,
            Self::Wave64 => 24,
        }
    }

    /// The size that the head of a chunk says its content has.
    fn size(self, head: &[u8]) -> u64 {
        match self {
            Self::Riff { is_big_endian: false } => u32_at(head, 4, false).into(),
            Self::Riff { is_big_endian: true } | Self::Aiff => u32_at(head, 4, true).into(),
            // An open size is -1.
            Self::Caf => u64::from(u32_at(head, 4, true)) << 32 | u64::from(u32_at(head, 8, true)),
            Self::Wave64 => {
                let size = u64::from(u32_at(head, 20, false)) << 32 | u64::from(u32_at(head, 16, false));
                size.saturating_sub(self.head_bytes() as u64)
            }
        }
    }
}

/// Names of chunks in files of samples.
fn is_known(name: &[u8]) -> bool {
    const NAMES: [&[u8; 4]; 34] = [
        b"fmt ", b"data", b"fact", b"LIST", b"list", b"smpl", b"cue ", b"inst", b"clm ", b"bext", b"iXML",
        b"axml", b"JUNK", b"junk", b"PAD ", b"FLLR", b"id3 ", b"ID3 ", b"acid", b"strc", b"plst", b"adtl",
        b"PEAK", b"DISP", b"cart", b"umid", b"minf", b"elm1", b"regn", b"COMM", b"SSND", b"MARK", b"INST",
        b"_PMX",
    ];
    NAMES.iter().any(|known| *known == name)
}

/// Two bytes as a number; 0 where they are missing.
pub(super) fn u16_at(bytes: &[u8], at: usize, is_big_endian: bool) -> u16 {
    let Some(&[a, b]) = bytes.get(at..).and_then(<[u8]>::first_chunk) else { return 0 };
    if is_big_endian { u16::from_be_bytes([a, b]) } else { u16::from_le_bytes([a, b]) }
}

/// Four bytes as a number; 0 where they are missing.
pub(super) fn u32_at(bytes: &[u8], at: usize, is_big_endian: bool) -> u32 {
    let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>) else { return 0 };
    if is_big_endian { u32::from_be_bytes(*word) } else { u32::from_le_bytes(*word) }
}
