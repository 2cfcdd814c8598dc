//! Corrections that are still to be added to samples to come, for every lane.

use super::{Corner, Residuals, Row, TAPS};
use crate::{Lanes, Vector};

/// The next [`TAPS`] corrections of each lane, for oscillators that correct each frame before they go on
/// to the next ([`noted`](super::noted) is for those that need not). During a block it is a ring; between
/// blocks it is kept, as lanes in the order of time.
pub struct Pending<V: Vector> {
    /// Correction `k` of lane `l` stands at `k * V::WIDTH + l`.
    samples: [f32; TAPS * 16],
    /// The place of the current sample's correction.
    now: usize,
    token: V::Token,
}

impl<V: Vector> Pending<V> {
    /// Takes up corrections that were [`left`](Self::left): `saved(k)` is `k` samples ahead.
    #[inline(always)]
    pub fn load(token: V::Token, saved: impl Fn(usize) -> Lanes<V>) -> Self {
        let mut samples = [0.0; TAPS * 16];
        for (tap, place) in samples.chunks_exact_mut(V::WIDTH).take(TAPS).enumerate() {
            saved(tap).store(place);
        }
        Self { samples, now: 0, token }
    }

    /// The correction `tap` samples ahead.
    #[inline(always)]
    pub fn left(&self, tap: usize) -> Lanes<V> {
        let place = (self.now + tap) % TAPS;
        Lanes::load(self.token, &self.samples[place * V::WIDTH..][..V::WIDTH])
    }

    /// One lane's corrections, to add to.
    #[inline(always)]
    pub fn lane(&mut self, lane: usize) -> PendingLane<'_> {
        assert!(lane < V::WIDTH, "the lane exists");
        PendingLane {
            samples: &mut self.samples[..TAPS * V::WIDTH],
            width: V::WIDTH,
            first: self.now * V::WIDTH + lane,
        }
    }

    /// The current sample's correction; goes on to the next sample.
    #[inline(always)]
    pub fn advance(&mut self) -> Lanes<V> {
        let place = &mut self.samples[self.now * V::WIDTH..][..V::WIDTH];
        let correction = Lanes::load(self.token, place);
        correction.same(0.0).store(place);
        self.now = if self.now + 1 == TAPS { 0 } else { self.now + 1 };
        correction
    }
}

/// The corrections of one lane; see [`Pending::lane`].
pub struct PendingLane<'p> {
    /// Those of all lanes, frame by frame; behind the last frame comes the first.
    pub(super) samples: &'p mut [f32],
    /// How many lanes there are.
    pub(super) width: usize,
    /// The place of the current sample's correction.
    pub(super) first: usize,
}

impl PendingLane<'_> {
    /// Adds the residual of a corner of a size that occurred `since` samples (0..=1) ago.
    ///
    /// Corners are rare beside samples, so this is one function for all kernels, not part of each.
    #[inline(never)]
    pub fn add(&mut self, residuals: &Residuals, corner: Corner, since: f32, size: f32) {
        self.add_row(&residuals.at(corner, since, size));
    }

    /// Adds the residual of a sine that jumped from one phase to another `since` samples (0..=1) ago, and
    /// goes on at a speed in turns per sample, less than 0.46 either way.
    #[inline(never)]
    pub fn add_jump(&mut self, residuals: &Residuals, since: f32, speed: f32, [from, to]: [u32; 2]) {
        self.add_row(&residuals.onset.row(since, speed, from, to));
    }

    #[inline(always)]
    fn add_row(&mut self, row: &Row) {
        match self.width {
            1 => self.scatter::<1>(row),
            4 => self.scatter::<4>(row),
            8 => self.scatter::<8>(row),
            _ => self.scatter::<16>(row),
        }
    }

    /// With a width the compiler knows, each addition is three instructions.
    #[inline(always)]
    fn scatter<const WIDTH: usize>(&mut self, residual: &Row) {
        let (frames, _) = self.samples.as_chunks_mut::<WIDTH>();
        let (now, lane) = (self.first / WIDTH, self.first % WIDTH);
        let ahead = TAPS.min(frames.len() - now);
        for (frame, value) in frames[now..].iter_mut().zip(&residual[..ahead]) {
            frame[lane] += value;
        }
        for (frame, value) in frames.iter_mut().zip(&residual[ahead..]) {
            frame[lane] += value;
        }
    }
}
