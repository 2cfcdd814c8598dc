//! Where a stream starts, and how it goes round.

use crate::MOST_CROSSFADE;

/// Bits of a packed start that hold its frame, and those above that hold the crossfade.
const FRAME_BITS: u32 = 40;
const CROSSFADE_BITS: u32 = 22;

const _: () = assert!(MOST_CROSSFADE == (1 << CROSSFADE_BITS) - 1);

/// The last frame that a stream can start from, 265 days into a file at 48 kHz.
pub const LAST_FRAME: u64 = (1 << FRAME_BITS) - 1;

/// A start: a frame of the file, and what is played again behind its end. A plain frame goes round from there
/// to the end of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Start {
    first: u64,
    uses_loop_points: bool,
    crossfade: u32,
}

impl Start {
    /// From a frame on; with the file's own loop points, if it has some ahead, and a crossfade of so many
    /// frames. What is beyond [`LAST_FRAME`] or [`MOST_CROSSFADE`] counts as that.
    pub fn looped(first: u64, uses_loop_points: bool, crossfade: u32) -> Self {
        Self { first: first.min(LAST_FRAME), uses_loop_points, crossfade: crossfade.min(MOST_CROSSFADE) }
    }

    /// The frame.
    pub fn first(self) -> u64 {
        self.first
    }

    pub(super) fn uses_loop_points(self) -> bool {
        self.uses_loop_points
    }

    pub(super) fn crossfade(self) -> u32 {
        self.crossfade
    }

    /// All of it in one word, whose highest bit is free.
    pub(super) fn packed(self) -> u64 {
        let points = u64::from(self.uses_loop_points) << (FRAME_BITS + CROSSFADE_BITS);
        points | u64::from(self.crossfade) << FRAME_BITS | self.first
    }

    pub(super) fn unpacked(word: u64) -> Self {
        Self {
            first: word & LAST_FRAME,
            uses_loop_points: word >> (FRAME_BITS + CROSSFADE_BITS) & 1 != 0,
            crossfade: (word >> FRAME_BITS) as u32 & MOST_CROSSFADE,
        }
    }
}

impl From<u64> for Start {
    fn from(first: u64) -> Self {
        Self::looped(first, false, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_fits_into_one_word() {
        for first in [0, 1, 48_000, LAST_FRAME, u64::MAX] {
            for points in [false, true] {
                for crossfade in [0, 1, 96_000, MOST_CROSSFADE, u32::MAX] {
                    let start = Start::looped(first, points, crossfade);
                    assert_eq!(Start::unpacked(start.packed()), start);
                    assert_eq!(start.packed() >> 63, 0);
                }
            }
        }
    }
}
