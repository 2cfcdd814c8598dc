//! WAV files: RIFF, RIFX, RF64 (EBU Tech 3306), BW64 (ITU-R BS.2088) and Sony's Wave64.

use super::chunks::{Chunk, Chunks, Framing, u32_at};
use super::format::{ADPCM, IMA_ADPCM, WaveFormat};
use super::{Contents, Sound, frames_of, notes};
use crate::decode::DecodeError;
use jackfield_node::Metadata;
use symphonia::core::io::MediaSource;

/// A size of 32 bits that says "not known" or "see elsewhere".
const OPEN: u64 = u32::MAX as u64;

/// What was found on the way through the chunks.
#[derive(Default)]
struct WaveChunks {
    format: Option<Vec<u8>>,
    fact: Option<Vec<u8>>,
    data: Option<Chunk>,
    /// The size of the data as RF64 says it.
    large: Option<u64>,
    metadata: Metadata,
}

/// Reads a RIFF file of any kind.
pub(super) fn read(source: &mut dyn MediaSource, is_big_endian: bool) -> Result<Contents, DecodeError> {
    let chunks = Chunks::new(source, Framing::Riff { is_big_endian }, 12)?;
    walk(chunks, is_big_endian)?.contents(is_big_endian)
}

/// Reads a Wave64 file: the same chunks with other heads.
pub(super) fn read_wave64(source: &mut dyn MediaSource) -> Result<Contents, DecodeError> {
    walk(Chunks::new(source, Framing::Wave64, 40)?, false)?.contents(false)
}

fn walk(mut chunks: Chunks<'_>, is_big_endian: bool) -> Result<WaveChunks, DecodeError> {
    let mut parts = WaveChunks::default();
    while let Some(chunk) = chunks.next()? {
        match &chunk.name {
            b"fmt " if parts.format.is_none() => parts.format = Some(chunks.content(&chunk, 1 << 10)?),
            b"fact" => parts.fact = Some(chunks.content(&chunk, 64)?),
            b"ds64" => {
                let bytes = chunks.content(&chunk, 24)?;
                let word = |at| u64::from(u32_at(&bytes, at, false));
                parts.large = Some(word(12) << 32 | word(8)).filter(|size| *size > 0);
            }
            b"data" if parts.data.is_none_or(|data| data.length == 0) => {
                let data = whole(&mut chunks, chunk, parts.large)?;
                chunks.go_behind(&data)?;
                parts.data = Some(data);
            }
            name => {
                let bytes =
                    if notes::are_in(*name) { chunks.content(&chunk, notes::MOST_BYTES)? } else { continue };
                notes::take(&mut parts.metadata, *name, &bytes, is_big_endian);
            }
        }
    }
    Ok(parts)
}

/// The data with its real length.
fn whole(chunks: &mut Chunks<'_>, mut data: Chunk, large: Option<u64>) -> Result<Chunk, DecodeError> {
    let rest = chunks.end - data.start;
    let is_open = data.announced == OPEN || (data.announced == 0 && !chunks.are_all_from(data.start)?);
    if let Some(size) = large.filter(|_| data.announced == OPEN) {
        (data.announced, data.length) = (size, size.min(rest));
    } else if is_open {
        (data.announced, data.length) = (rest, rest);
    }
    Ok(data)
}

impl WaveChunks {
    fn contents(mut self, is_big_endian: bool) -> Result<Contents, DecodeError> {
        let data = self.data.ok_or(DecodeError::NoSound)?;
        let bytes = self.format.take().unwrap_or_default();
        let format = WaveFormat::parse(&bytes, is_big_endian).ok_or_else(|| {
            DecodeError::Format("a WAV file that does not say what its samples are".to_owned())
        })?;
        self.metadata.speakers = format.speakers();
        let mut oddities = Vec::new();
        let sound = match format.layout(is_big_endian) {
            Some(mut layout) => {
                layout.start = data.start;
                layout.frames = frames_of(&layout, data.length, data.announced, &mut oddities);
                Sound::Pcm(layout)
            }
            None => self.coded(&format, &bytes, data)?,
        };
        Ok(Contents { sound, metadata: self.metadata, oddities })
    }

    /// What takes a decoder, with as much of a file around it as that wants.
    fn coded(&self, format: &WaveFormat, bytes: &[u8], data: Chunk) -> Result<Sound, DecodeError> {
        let bare =
            |extension| Sound::Coded { head: Vec::new(), start: data.start, length: data.length, extension };
        match format.tag {
            // MPEG audio and AAC come as they would without a WAV file around them.
            0x50 | 0x55 => Ok(bare("mp3")),
            0xff | 0x1600 => Ok(bare("aac")),
            ADPCM | IMA_ADPCM => {
                let head = self.head_of(format.tag, bytes, data.length);
                Ok(Sound::Coded { head, start: data.start, length: data.length, extension: "wav" })
            }
            tag => Err(DecodeError::Format(format!("WAV with the code {tag:#06x}"))),
        }
    }

    /// The head of a WAV file without anything odd.
    fn head_of(&self, tag: u16, format: &[u8], data: u64) -> Vec<u8> {
        // Behind the eighteen bytes of every format come as many as its size says, and just two for IMA.
        let extra = if tag == IMA_ADPCM { 2 } else { format.len().saturating_sub(18) };
        let mut format = format.to_vec();
        format.resize(18 + extra, 0);
        format[16..18].copy_from_slice(&(extra as u16).to_le_bytes());
        let mut chunks = Vec::new();
        let mut chunk = |name: &[u8; 4], content: &[u8]| {
            chunks.extend_from_slice(name);
            chunks.extend((content.len() as u32).to_le_bytes());
            chunks.extend_from_slice(content);
            chunks.resize(chunks.len().next_multiple_of(2), 0);
        };
        chunk(b"fmt ", &format);
        if let Some(fact) = &self.fact {
            chunk(b"fact", fact);
        }
        let size = |bytes: u64| u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes();
        let mut head = b"RIFF".to_vec();
        head.extend(size(4 + chunks.len() as u64 + 8 + data));
        head.extend(b"WAVE");
        head.extend(chunks);
        head.extend(b"data");
        head.extend(size(data));
        head
    }
}
