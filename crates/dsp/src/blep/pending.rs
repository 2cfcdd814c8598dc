//! Corrections that are still to be added to samples to come, for every lane.

use super::{Corner, Residuals, TAPS};
use crate::{Lanes, Vector};

/// The next [`TAPS`] corrections of each lane. During a block it is a ring; between blocks it is
/// kept as lanes in the order of time.
pub struct Pending<V: Vector> {
    /// Correction `k` of lane `l` stands at `k * V::WIDTH + l`.
    samples: [f32; TAPS * 16],
    /// The place of the current sample's correction.
    now: usize,
    token: V::Token,
}

impl<V: Vector> Pending<V> {
    /// Takes up what [`save`](Self::save) left.
    #[inline(always)]
    pub fn load(token: V::Token, saved: &[Lanes<V>; TAPS]) -> Self {
        let mut samples = [0.0; TAPS * 16];
        for (lanes, place) in saved.iter().zip(samples.chunks_exact_mut(V::WIDTH)) {
            lanes.store(place);
        }
        Self { samples, now: 0, token }
    }

    /// The corrections to come, first the next one.
    #[inline(always)]
    pub fn save(&self) -> [Lanes<V>; TAPS] {
        std::array::from_fn(|tap| {
            let place = (self.now + tap) % TAPS;
            Lanes::load(self.token, &self.samples[place * V::WIDTH..][..V::WIDTH])
        })
    }

    /// Adds the residual of a corner in one lane, `since` samples (0..=1) before the current one.
    #[inline(always)]
    pub fn add(&mut self, residuals: &Residuals, lane: usize, corner: Corner, since: f32, size: f32) {
        add(&mut self.samples, V::WIDTH, self.now * V::WIDTH + lane, &residuals.at(corner, since), size);
    }

    /// The current sample's correction; goes on to the next sample.
    #[inline(always)]
    pub fn next(&mut self) -> Lanes<V> {
        let place = &mut self.samples[self.now * V::WIDTH..][..V::WIDTH];
        let correction = Lanes::load(self.token, place);
        correction.same(0.0).store(place);
        self.now = if self.now + 1 == TAPS { 0 } else { self.now + 1 };
        correction
    }
}

/// Adds `row * size` to every `width`th sample from `start` on, in a ring.
#[inline(always)]
fn add(samples: &mut [f32; TAPS * 16], width: usize, start: usize, row: &[f32; TAPS], size: f32) {
    let end = TAPS * width;
    let mut place = start;
    for value in row {
        samples[place] += value * size;
        place += width;
        if place >= end {
            place -= end;
        }
    }
}
