//! The header of WAV files that grow. It keeps room for 64-bit sizes, so that a file that outgrows 4 GiB
//! becomes an RF64 file (EBU Tech 3306) by changing its header alone.

use super::{WavFormat, WavSpec};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Where the samples would begin if the `fmt ` chunk were empty: RIFF header, room for the sizes, two chunk
/// heads.
const FIXED_BYTES: usize = 12 + 36 + 8 + 8;
/// Bytes of the chunk that has the sizes of a long file, and of the one that keeps its place in a short one.
const SIZES_BYTES: u32 = 28;
/// The second half of the format's identifiers: those of Microsoft's media types.
const GUID: [u8; 14] = [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71];

/// The header of a file that holds this many frames and, behind them, this many bytes of other chunks.
pub(super) fn header(spec: &WavSpec, frames: u64, behind: u64) -> Vec<u8> {
    let format = format_chunk(spec);
    let data_bytes = frames * spec.frame_bytes();
    let header_bytes = (FIXED_BYTES + format.len()) as u64;
    let riff_bytes = header_bytes - 8 + data_bytes + data_bytes % 2 + behind;
    let is_long = riff_bytes > u64::from(u32::MAX) - 1;
    // Long files say that their sizes stand elsewhere.
    let short = |bytes: u64| if is_long { u32::MAX } else { bytes as u32 };
    let mut header = Vec::with_capacity(header_bytes as usize);
    header.extend(if is_long { b"RF64" } else { b"RIFF" });
    header.extend(short(riff_bytes).to_le_bytes());
    header.extend(b"WAVE");
    header.extend(if is_long { b"ds64" } else { b"JUNK" });
    header.extend(SIZES_BYTES.to_le_bytes());
    let sizes = if is_long { [riff_bytes, data_bytes, frames] } else { [0; 3] };
    header.extend(sizes.into_iter().flat_map(u64::to_le_bytes));
    // No other chunk is that long.
    header.extend(0u32.to_le_bytes());
    header.extend(b"fmt ");
    header.extend((format.len() as u32).to_le_bytes());
    header.extend(format);
    header.extend(b"data");
    header.extend(short(data_bytes).to_le_bytes());
    header
}

/// Plain PCM where every reader expects it, else `WAVE_FORMAT_EXTENSIBLE`.
fn format_chunk(spec: &WavSpec) -> Vec<u8> {
    let is_float = spec.format == WavFormat::Float32;
    let tag: u16 = if is_float { 3 } else { 1 };
    let is_plain = spec.channels <= 2 && spec.format == WavFormat::Int16;
    let frame_bytes = spec.frame_bytes() as u32;
    let mut chunk = Vec::new();
    chunk.extend(if is_plain { tag } else { 0xfffe }.to_le_bytes());
    chunk.extend(spec.channels.to_le_bytes());
    chunk.extend(spec.sample_rate.to_le_bytes());
    chunk.extend(spec.sample_rate.saturating_mul(frame_bytes).to_le_bytes());
    chunk.extend((frame_bytes as u16).to_le_bytes());
    chunk.extend(spec.format.bits().to_le_bytes());
    if !is_plain {
        chunk.extend(22u16.to_le_bytes());
        chunk.extend(spec.format.bits().to_le_bytes());
        chunk.extend(speakers(spec.channels).to_le_bytes());
        chunk.extend(tag.to_le_bytes());
        chunk.extend(GUID);
    }
    chunk
}

/// The loudspeakers of so many channels, in the order of the standard; none where it has too few.
fn speakers(channels: u16) -> u32 {
    match channels {
        1 => 0x4,
        4 => 0x33,
        2..=18 => (1 << channels) - 1,
        _ => 0,
    }
}

/// Makes the header of a file right that was not closed, because the program that wrote it was killed: what
/// lies on the disk counts. Gives frames and rate, or `None` if this is no file that this module began.
pub(crate) fn repair(path: &Path) -> io::Result<Option<(u64, u32)>> {
    let mut file = File::options().read(true).write(true).open(path)?;
    let mut begin = Vec::new();
    Read::by_ref(&mut file).take(256).read_to_end(&mut begin)?;
    let Some(spec) = read_spec(&begin) else { return Ok(None) };
    let header_bytes = header(&spec, 0, 0).len() as u64;
    let file_bytes = file.metadata()?.len();
    let (riff_bytes, frames) = sizes(&begin, &spec);
    if riff_bytes.checked_add(8) == Some(file_bytes) {
        // It was closed; there may be other chunks behind the samples.
        return Ok(Some((frames, spec.sample_rate)));
    }
    let frames = file_bytes.saturating_sub(header_bytes) / spec.frame_bytes();
    // A part of a frame may have been written last.
    file.set_len(header_bytes + frames * spec.frame_bytes())?;
    if (frames * spec.frame_bytes()) % 2 == 1 {
        file.seek(SeekFrom::End(0))?;
        file.write_all(&[0])?;
    }
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&header(&spec, frames, 0))?;
    file.sync_all()?;
    Ok(Some((frames, spec.sample_rate)))
}

/// The sizes that a header of this module tells: bytes of the file but for 8, and frames.
fn sizes(header_read: &[u8], spec: &WavSpec) -> (u64, u64) {
    let number = |at: usize, bytes: usize| {
        header_read[at..at + bytes].iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
    };
    if header_read.starts_with(b"RF64") {
        return (number(20, 8), number(28, 8) / spec.frame_bytes());
    }
    let data = header(spec, 0, 0).len() - 4;
    (number(4, 4), number(data, 4) / spec.frame_bytes())
}

/// What a header of this module says about the file.
fn read_spec(header_read: &[u8]) -> Option<WavSpec> {
    let number = |at: usize| Some(u16::from_le_bytes([*header_read.get(at)?, *header_read.get(at + 1)?]));
    const FORMAT: usize = 12 + 36 + 8;
    let channels = number(FORMAT + 2)?;
    let sample_rate = u32::from(number(FORMAT + 4)?) | u32::from(number(FORMAT + 6)?) << 16;
    let format = WavFormat::from_bits(number(FORMAT + 14)?)?;
    let spec = WavSpec::new(channels, sample_rate, format);
    // Everything but the sizes must be as it would be written.
    let written = header(&spec, 0, 0);
    let same = |range: std::ops::Range<usize>| header_read.get(range.clone()) == written.get(range);
    let is_ours = spec.is_possible() && same(8..12) && same(16..20) && same(48..written.len() - 4);
    is_ours.then_some(spec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_file_is_riff_and_a_long_one_rf64_with_a_header_of_the_same_length() {
        let spec = WavSpec::new(2, 96_000, WavFormat::Int24);
        let short = header(&spec, 1_000, 0);
        assert_eq!((&short[..4], &short[12..16]), (&b"RIFF"[..], &b"JUNK"[..]));
        assert_eq!(short[4..8], (short.len() as u32 - 8 + 6_000).to_le_bytes());
        assert_eq!(short[short.len() - 4..], 6_000u32.to_le_bytes());
        let frames = 3 * 3_600 * 96_000;
        let long = header(&spec, frames, 0);
        assert_eq!(long.len(), short.len());
        assert_eq!((&long[..4], &long[12..16]), (&b"RF64"[..], &b"ds64"[..]));
        assert_eq!(long[20..28], (long.len() as u64 - 8 + frames * 6).to_le_bytes());
        assert_eq!(long[28..36], (frames * 6).to_le_bytes());
        assert_eq!(long[36..44], frames.to_le_bytes());
        assert_eq!(long[long.len() - 4..], [0xff; 4]);
    }

    #[test]
    fn a_spec_comes_back_from_its_header_and_from_no_other() {
        for format in [WavFormat::Int16, WavFormat::Int24, WavFormat::Float32] {
            for channels in [1, 2, 3, 8, 64] {
                for frames in [0, 100, 1 << 34] {
                    let spec = WavSpec::new(channels, 44_100, format);
                    let mut written = header(&spec, frames, 0);
                    assert_eq!(read_spec(&written), Some(spec));
                    written[9] ^= 1;
                    assert_eq!(read_spec(&written), None);
                }
            }
        }
        assert_eq!(read_spec(b"RIFF"), None);
    }
}
