//! Corners noted while the phases of a block run, and corrected together.
//!
//! When nothing that follows depends on a corner (no sync), it need not interrupt the frames: whether a
//! frame has one is hard for a processor to foresee, and each wrong guess costs as much as the frame. The
//! corrections add up in the same order as in [`Pending`](super::Pending), to the same bits.

use super::{PendingLane, Residuals, TAPS};
use crate::oscillator::{self, Motion};
use crate::wave::{Path, Wave};
use crate::{BLOCK, Bits, Lanes, Mask, Vector};

/// Frames with corners that wait for their corrections; a power of two.
const ROOM: usize = 4;
/// Most lanes.
const LANES: usize = 16;

/// The corrections of a block and of the [`TAPS`] frames behind it, and the corners that are noted.
pub struct NotedCorners<V: Vector> {
    /// The correction of lane `l` at frame `f` stands at `f * V::WIDTH + l`.
    corrections: [f32; (BLOCK + TAPS) * LANES],
    notes: [Note; ROOM],
    count: usize,
    /// Lanes that had a corner.
    seen: u64,
    token: V::Token,
}

/// What a frame with corners did, lane by lane.
#[derive(Clone, Copy)]
struct Note {
    frame: usize,
    /// Bit `i`: lane `i` passed a corner.
    lanes: u64,
    before: [u32; LANES],
    now: [u32; LANES],
    growth: [u32; LANES],
    width_before: [u32; LANES],
    width: [u32; LANES],
}

impl Note {
    const NONE: Self = Self {
        frame: 0,
        lanes: 0,
        before: [0; LANES],
        now: [0; LANES],
        growth: [0; LANES],
        width_before: [0; LANES],
        width: [0; LANES],
    };
}

impl<V: Vector> NotedCorners<V> {
    /// Takes up corrections that were [`left`](Self::left): `saved(k)` belongs to frame `k`.
    #[inline(always)]
    pub fn load(token: V::Token, saved: impl Fn(usize) -> Lanes<V>) -> Self {
        let mut corrections = [0.0; (BLOCK + TAPS) * LANES];
        for (tap, place) in corrections.chunks_exact_mut(V::WIDTH).take(TAPS).enumerate() {
            saved(tap).store(place);
        }
        Self { corrections, notes: [Note::NONE; ROOM], count: 0, seen: 0, token }
    }

    /// Notes the lanes of a frame (below 64) that passed a corner, if there are any.
    #[inline(always)]
    pub fn note(
        &mut self,
        frame: usize,
        motion: &Motion<V>,
        lanes: Mask<V>,
        wave: Wave,
        residuals: &Residuals,
    ) {
        // Written in any case, and overwritten where there was no corner: that leaves nothing to guess.
        let note = &mut self.notes[self.count % ROOM];
        (note.frame, note.lanes) = (frame, lanes.to_bitmask());
        let keep = |bits: Bits<V>, place: &mut [u32; LANES]| bits.store(&mut place[..V::WIDTH]);
        keep(motion.before, &mut note.before);
        keep(motion.now, &mut note.now);
        keep(motion.growth.to_bits(), &mut note.growth);
        if wave == Wave::Square {
            keep(motion.width_before, &mut note.width_before);
            keep(motion.width, &mut note.width);
        }
        self.seen |= note.lanes;
        self.count += usize::from(note.lanes != 0);
        if self.count == ROOM {
            self.correct(wave, residuals);
        }
    }

    /// Adds the corrections of all corners noted so far.
    #[inline(always)]
    pub fn correct(&mut self, wave: Wave, residuals: &Residuals) {
        let notes = &self.notes[..self.count.min(ROOM)];
        correct(notes, wave, residuals, &mut self.corrections, V::WIDTH);
        self.count = 0;
    }

    /// The correction of a frame, once all corners up to there are corrected.
    #[inline(always)]
    pub fn correction(&self, frame: usize) -> Lanes<V> {
        Lanes::load(self.token, &self.corrections[frame * V::WIDTH..][..V::WIDTH])
    }

    /// The correction `tap` frames behind a block of so many frames.
    #[inline(always)]
    pub fn left(&self, frames: usize, tap: usize) -> Lanes<V> {
        self.correction(frames + tap)
    }

    /// The lanes that had a corner.
    #[inline(always)]
    pub fn seen(&self) -> Mask<V> {
        Mask::from_bitmask(self.token, self.seen)
    }
}

/// One function for all kernels: it runs lane by lane.
#[inline(never)]
fn correct(notes: &[Note], wave: Wave, residuals: &Residuals, corrections: &mut [f32], width: usize) {
    for note in notes {
        let mut left = note.lanes;
        while left != 0 {
            let lane = left.trailing_zeros() as usize % LANES;
            left &= left - 1;
            let path = Path {
                frames: 1.0,
                before: note.before[lane],
                now: note.now[lane],
                growth: f32::from_bits(note.growth[lane]),
                width_before: note.width_before[lane],
                width: note.width[lane],
            };
            let first = note.frame * width + lane;
            let mut pending = PendingLane { samples: corrections, width, first };
            oscillator::correct(wave, residuals, &mut pending, &path);
        }
    }
}
