//! AIFF and AIFF-C files.

use super::chunks::{Chunk, Chunks, Framing, u16_at, u32_at};
use super::{Contents, Sound, frames_of, notes};
use crate::decode::DecodeError;
use crate::pcm::{Encoding, PcmLayout};
use jackfield_node::Metadata;
use symphonia::core::io::MediaSource;

/// Reads a file of plain samples; nothing if it holds a code.
pub(super) fn read(source: &mut dyn MediaSource) -> Result<Option<Contents>, DecodeError> {
    let mut chunks = Chunks::new(source, Framing::Aiff, 12)?;
    let (mut common, mut data) = (None, None);
    let (mut markers, mut instrument) = (Vec::new(), Vec::new());
    while let Some(chunk) = chunks.next()? {
        match &chunk.name {
            b"COMM" => common = Some(chunks.content(&chunk, 64)?),
            b"SSND" if data.is_none() => {
                data = Some(sound_of(&mut chunks, chunk)?);
            }
            b"MARK" => markers = notes::aiff_markers(&chunks.content(&chunk, notes::MOST_BYTES)?),
            b"INST" => instrument = chunks.content(&chunk, 20)?,
            _ => {}
        }
    }
    let (Some(common), Some(data)) = (common, data) else { return Ok(None) };
    let Some(mut layout) = layout(&common) else { return Ok(None) };
    layout.start = data.start;
    let mut oddities = Vec::new();
    let announced = u64::from(u32_at(&common, 2, true));
    layout.frames = frames_of(&layout, data.length, announced * layout.frame_bytes(), &mut oddities);
    if announced > 0 {
        layout.frames = layout.frames.min(announced);
    }
    let mut metadata =
        Metadata { cues: markers.iter().map(|(_, place)| *place).collect(), ..Metadata::default() };
    notes::take_aiff_instrument(&mut metadata, &instrument, &markers);
    Ok(Some(Contents { sound: Sound::Pcm(layout), metadata, oddities }))
}

/// The samples, behind an offset that is nearly always 0.
fn sound_of(chunks: &mut Chunks<'_>, mut chunk: Chunk) -> Result<Chunk, DecodeError> {
    if chunk.announced == 0 || chunk.announced == u64::from(u32::MAX) {
        chunk.length = chunks.end - chunk.start;
        chunks.go_behind(&chunk)?;
    }
    let offset = u64::from(u32_at(&chunks.content(&chunk, 8)?, 0, true)).saturating_add(8).min(chunk.length);
    Ok(Chunk { start: chunk.start + offset, length: chunk.length - offset, ..chunk })
}

/// What the samples look like, without start and frames.
fn layout(common: &[u8]) -> Option<PcmLayout> {
    let bits = usize::from(u16_at(common, 6, true));
    let code = common.get(18..22).unwrap_or(b"NONE");
    let (encoding, bytes, is_big_endian) = match code {
        b"NONE" | b"twos" => (Encoding::Signed, bits.div_ceil(8), true),
        b"sowt" => (Encoding::Signed, bits.div_ceil(8), false),
        b"raw " => (Encoding::Unsigned, 1, true),
        b"in24" => (Encoding::Signed, 3, true),
        b"in32" => (Encoding::Signed, 4, true),
        b"42ni" => (Encoding::Signed, 3, false),
        b"23ni" => (Encoding::Signed, 4, false),
        b"fl32" | b"FL32" => (Encoding::Float, 4, true),
        b"fl64" | b"FL64" => (Encoding::Float, 8, true),
        b"alaw" | b"ALAW" => (Encoding::ALaw, 1, true),
        b"ulaw" | b"ULAW" => (Encoding::MuLaw, 1, true),
        _ => return None,
    };
    let layout = PcmLayout {
        encoding,
        is_big_endian,
        bytes,
        channels: u16_at(common, 0, true).into(),
        rate: rate_of(common.get(8..18)?),
        start: 0,
        frames: 0,
    };
    layout.is_possible().then_some(layout)
}

/// The whole number next to a float of 80 bits; 0 if it is none that a rate can be.
fn rate_of(bytes: &[u8]) -> u32 {
    let exponent = i32::from(u16_at(bytes, 0, true)) - 16_383;
    let mantissa = u64::from(u32_at(bytes, 2, true)) << 32 | u64::from(u32_at(bytes, 6, true));
    if !(0..32).contains(&exponent) {
        return 0;
    }
    // One bit more than the whole part, to round by.
    let doubled = mantissa >> (62 - exponent);
    u32::try_from(doubled.div_ceil(2)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_floats_of_80_bits() {
        let rate = |exponent: u16, mantissa: u64| {
            rate_of(&[&exponent.to_be_bytes()[..], &mantissa.to_be_bytes()].concat())
        };
        assert_eq!(rate(0x400e, 0xac44 << 48), 44_100);
        assert_eq!(rate(0x400e, 0xbb80 << 48), 48_000);
        assert_eq!(rate(0x400e, 0xac44_8000 << 32), 44_101, "and a half");
        assert_eq!((rate(0xc00e, 1 << 63), rate(0x7fff, u64::MAX), rate(0, 0)), (0, 0, 0));
    }
}
