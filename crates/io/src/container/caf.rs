//! CAF files, Apple's Core Audio Format.

use super::chunks::{Chunks, Framing, u32_at};
use super::{Contents, Sound, frames_of};
use crate::decode::DecodeError;
use crate::pcm::{Encoding, PcmLayout};
use jackfield_node::Metadata;
use symphonia::core::io::MediaSource;

/// The size of data whose writer did not come back to fill it in.
const OPEN: u64 = u64::MAX;

/// Reads a file of plain samples; nothing if it holds a code.
pub(super) fn read(source: &mut dyn MediaSource) -> Result<Option<Contents>, DecodeError> {
    let mut chunks = Chunks::new(source, Framing::Caf, 8)?;
    let (mut layout_found, mut data) = (None, None);
    while let Some(chunk) = chunks.next()? {
        match &chunk.name {
            b"desc" => layout_found = layout(&chunks.content(&chunk, 32)?),
            b"data" if data.is_none() => data = Some(chunk),
            _ => {}
        }
    }
    let (Some(mut layout), Some(data)) = (layout_found, data) else { return Ok(None) };
    // An edit count stands before the samples.
    let count = data.length.min(4);
    layout.start = data.start + count;
    let mut oddities = Vec::new();
    let length = data.length - count;
    let announced = if data.announced == OPEN { length } else { data.announced.saturating_sub(count) };
    layout.frames = frames_of(&layout, length, announced, &mut oddities);
    Ok(Some(Contents { sound: Sound::Pcm(layout), metadata: Metadata::default(), oddities }))
}

/// What the samples look like, without start and frames.
fn layout(description: &[u8]) -> Option<PcmLayout> {
    let rate = f64::from_bits(
        u64::from(u32_at(description, 0, true)) << 32 | u64::from(u32_at(description, 4, true)),
    );
    let [flags, packet, _, channels, bits] = [12, 16, 20, 24, 28].map(|at| u32_at(description, at, true));
    let channels = usize::try_from(channels).ok().filter(|channels| (1..=1 << 16).contains(channels))?;
    // Samples of odd sizes may stand in wider fields.
    let bytes = (packet as usize / channels).max(bits.div_ceil(8) as usize);
    let encoding = match description.get(8..12)? {
        b"lpcm" if flags & 1 == 1 => Encoding::Float,
        b"lpcm" => Encoding::Signed,
        b"alaw" => Encoding::ALaw,
        b"ulaw" => Encoding::MuLaw,
        _ => return None,
    };
    let is_big_endian = flags & 2 == 0;
    let rate = if (0.0..4e9).contains(&rate) { rate.round() as u32 } else { 0 };
    let layout = PcmLayout { encoding, is_big_endian, bytes, channels, rate, start: 0, frames: 0 };
    layout.is_possible().then_some(layout)
}
