//! The chunk `fmt ` of a WAV file.
//!
//! Its size says nothing reliable: 16 bytes are what counts, 40 are needed for what is extensible, and
//! anything may follow.

use super::chunks::{u16_at, u32_at};
use crate::pcm::{Encoding, PcmLayout};
use jackfield_node::Speaker;

/// What a `fmt ` chunk says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WaveFormat {
    /// The code of the samples.
    pub(super) tag: u16,
    pub(super) channels: u16,
    pub(super) rate: u32,
    block: u16,
    bits: u16,
    /// Which places the channels have, a bit for each.
    mask: u32,
}

const PCM: u16 = 1;
pub(super) const ADPCM: u16 = 2;
const FLOAT: u16 = 3;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;
pub(super) const IMA_ADPCM: u16 = 0x11;
const EXTENSIBLE: u16 = 0xfffe;

impl WaveFormat {
    /// Nothing if there is too little of it.
    pub(super) fn parse(bytes: &[u8], is_big_endian: bool) -> Option<Self> {
        if bytes.len() < 14 {
            return None;
        }
        let word = |at| u16_at(bytes, at, is_big_endian);
        let mut format = Self {
            tag: word(0),
            channels: word(2),
            rate: u32_at(bytes, 4, is_big_endian),
            block: word(12),
            bits: word(14),
            mask: 0,
        };
        if format.tag == EXTENSIBLE {
            // Without what it extends to, samples of so many bits are what they nearly always are.
            format.tag = if bytes.len() >= 26 { word(24) } else { PCM };
            format.mask = u32_at(bytes, 20, is_big_endian);
        }
        (format.channels > 0).then_some(format)
    }

    /// What plain samples look like; nothing if these are none. Start and frames are left open.
    pub(super) fn layout(&self, is_big_endian: bool) -> Option<PcmLayout> {
        let in_block = usize::from(self.block / self.channels);
        let bytes = if self.bits == 0 { in_block } else { usize::from(self.bits.div_ceil(8)) };
        let encoding = match self.tag {
            PCM if bytes == 1 => Encoding::Unsigned,
            PCM => Encoding::Signed,
            FLOAT => Encoding::Float,
            A_LAW => Encoding::ALaw,
            MU_LAW => Encoding::MuLaw,
            _ => return None,
        };
        let layout = PcmLayout {
            encoding,
            is_big_endian,
            bytes,
            channels: self.channels.into(),
            rate: self.rate,
            start: 0,
            frames: 0,
        };
        layout.is_possible().then_some(layout)
    }

    /// Where the channels are heard; empty if that is not said.
    pub(super) fn speakers(&self) -> Vec<Speaker> {
        use Speaker::{
            FrontCentre, FrontLeft, FrontLeftOfCentre, FrontRight, FrontRightOfCentre, Lfe, SurroundCentre,
            SurroundLeft, SurroundRight,
        };
        /// In the order of the mask's bits.
        const PLACES: [Speaker; 18] = [
            FrontLeft,
            FrontRight,
            FrontCentre,
            Lfe,
            SurroundLeft,
            SurroundRight,
            FrontLeftOfCentre,
            FrontRightOfCentre,
            SurroundCentre,
            SurroundLeft,
            SurroundRight,
            SurroundCentre,
            FrontLeft,
            FrontCentre,
            FrontRight,
            SurroundLeft,
            SurroundCentre,
            SurroundRight,
        ];
        let places = PLACES.iter().enumerate().filter(|(bit, _)| self.mask >> bit & 1 == 1);
        let mut speakers: Vec<_> = places.map(|(_, speaker)| *speaker).collect();
        if !speakers.is_empty() {
            speakers.resize(self.channels.into(), Speaker::Discrete);
        }
        speakers
    }
}
