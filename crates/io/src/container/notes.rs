//! What WAV files say of their sound in chunks beside it.

use super::chunks::{u16_at, u32_at};
use jackfield_node::{LoopDirection, LoopPoints, Metadata};

/// Bytes of a chunk of notes that are read.
pub(super) const MOST_BYTES: usize = 1 << 16;

/// Whether a chunk of this name is one of notes.
pub(super) fn are_in(name: [u8; 4]) -> bool {
    matches!(&name, b"smpl" | b"cue " | b"inst" | b"clm ")
}

/// Takes in a chunk of notes.
pub(super) fn take(metadata: &mut Metadata, name: [u8; 4], bytes: &[u8], is_big_endian: bool) {
    let word = |at| u32_at(bytes, at, is_big_endian);
    match &name {
        b"smpl" if bytes.len() >= 36 => {
            let fraction = f64::from(word(16)) / 4_294_967_296.0;
            let key = word(12);
            if key < 128 {
                metadata.unity_note = Some((f64::from(key) + fraction) as f32);
            }
            metadata.loops =
                bytes[36..].chunks_exact(24).map(|bytes| loop_of(bytes, is_big_endian)).collect();
        }
        b"cue " => {
            // The frame stands last; the one before it is a place in a list of files that nobody writes.
            let points = bytes.get(4..).unwrap_or_default().chunks_exact(24);
            metadata.cues = points.map(|point| u32_at(point, 20, is_big_endian).into()).collect();
        }
        b"inst" if bytes.len() >= 7 => {
            let [key, tuning, gain, low, high, soft, loud, ..] = *bytes else { return };
            // How far a player bends it says how far it lies off, the other way round.
            let unity = f32::from(key) - f32::from(tuning.cast_signed()) / 100.0;
            metadata.unity_note = metadata.unity_note.or(Some(unity).filter(|_| key < 128));
            metadata.gain_decibels = Some(f32::from(gain.cast_signed())).filter(|gain| *gain != 0.0);
            metadata.keys = (low <= high && high < 128).then_some([low, high]);
            metadata.velocities = (soft <= loud && loud < 128).then_some([soft, loud]);
        }
        b"clm " => {
            // A text such as `<!>2048 10000000 wavetable (...)`.
            let digits = bytes.iter().skip_while(|byte| !byte.is_ascii_digit());
            let digits: String =
                digits.take_while(|byte| byte.is_ascii_digit()).map(|byte| char::from(*byte)).collect();
            metadata.cycle_frames = digits.parse().ok();
        }
        _ => {}
    }
}

fn loop_of(bytes: &[u8], is_big_endian: bool) -> LoopPoints {
    let word = |at| u32_at(bytes, at, is_big_endian);
    LoopPoints {
        start: word(8).into(),
        // The file names the last frame that is played.
        end: f64::from(word(12)) + 1.0,
        direction: match word(4) {
            1 => LoopDirection::Alternating,
            2 => LoopDirection::Backward,
            _ => LoopDirection::Forward,
        },
        passes: Some(word(20)).filter(|passes| *passes > 0),
    }
}

/// Markers of an AIFF file by their numbers, from its chunk `MARK`.
pub(super) fn aiff_markers(bytes: &[u8]) -> Vec<(u16, f64)> {
    let mut markers = Vec::new();
    let mut at = 2;
    for _ in 0..u16_at(bytes, 0, true) {
        let Some(&length) = bytes.get(at + 6) else { break };
        markers.push((u16_at(bytes, at, true), u32_at(bytes, at + 2, true).into()));
        // A name with its length before it takes an even number of bytes.
        at += 6 + (usize::from(length) + 1).next_multiple_of(2);
    }
    markers
}

/// Takes in the chunk `INST` of an AIFF file, whose loops go from marker to marker.
pub(super) fn take_aiff_instrument(metadata: &mut Metadata, bytes: &[u8], markers: &[(u16, f64)]) {
    if bytes.len() < 20 {
        return;
    }
    let [key, tuning, low, high, soft, loud, ..] = *bytes else { return };
    let unity = f32::from(key) - f32::from(tuning.cast_signed()) / 100.0;
    metadata.unity_note = Some(unity).filter(|_| key < 128);
    metadata.keys = (low <= high && high < 128).then_some([low, high]);
    metadata.velocities = (soft <= loud && loud < 128).then_some([soft, loud]);
    metadata.gain_decibels =
        Some(f32::from(u16_at(bytes, 6, true).cast_signed())).filter(|gain| *gain != 0.0);
    let place = |number: u16| markers.iter().find(|(known, _)| *known == number).map(|(_, place)| *place);
    for bytes in [&bytes[8..14], &bytes[14..20]] {
        let direction = match u16_at(bytes, 0, true) {
            1 => LoopDirection::Forward,
            2 => LoopDirection::Alternating,
            _ => continue,
        };
        let ends = (place(u16_at(bytes, 2, true)), place(u16_at(bytes, 4, true)));
        // A marker stands between two frames, so the second one is the end.
        if let (Some(start), Some(end)) = ends {
            metadata.loops.push(LoopPoints { start, end, direction, passes: None });
        }
    }
}
