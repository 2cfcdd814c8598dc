//! Several oscillators of one waveform that sound together, in one or more channels.
//!
//! They share the corrections of each channel, so that another oscillator costs little more than its phase.

use crate::blep::{Pending, PendingLane, Residuals};
use crate::oscillator::Motion;
use crate::wave::{Path, Wave};
use crate::{Bits, Lanes, Mask, Vector};

/// A turn in fixed-point phases: 2^32.
const TURN: f32 = 4_294_967_296.0;

/// The fastest a phase may go, in turns per frame: a corner is found as long as it is below a half.
pub const FASTEST: f32 = 0.45;

/// What one oscillator of a bank did in a frame.
#[derive(Clone, Copy)]
pub struct BankFrame<V: Vector> {
    motion: Motion<V>,
    /// Its waveform, before corrections.
    pub value: Lanes<V>,
    /// Where it passed a corner, so that corrections are due.
    pub corners: Mask<V>,
}

/// Goes on by one frame: from `phase`, which is brought up to date, at a speed (turns per frame, up to
/// [`FASTEST`] either way) that was `speed_before` at the last frame. `widths` are those of the pulse at the
/// last frame and at this one.
#[inline(always)]
pub fn advance<V: Vector>(
    wave: Wave,
    residuals: &Residuals,
    phase: &mut Bits<V>,
    [speed_before, speed]: [Lanes<V>; 2],
    [width_before, width]: [Bits<V>; 2],
) -> BankFrame<V> {
    // The mean of both ends of the frame: what a speed that changes evenly covers.
    let step = ((speed_before + speed) * (0.5 * TURN)).to_integer_in_range();
    let before = *phase;
    *phase = before + step;
    let growth = speed - speed_before;
    let motion = Motion { before, now: *phase, growth, width_before, width, offset: before.same(0), step };
    let value = motion.value_behind(wave, motion.lag(residuals, step));
    BankFrame { motion, value, corners: motion.passes_corner(wave) }
}

impl<V: Vector> BankFrame<V> {
    /// Adds the corrections to each channel, in which the oscillator has a gain.
    #[inline(always)]
    pub fn correct<const CHANNELS: usize>(
        &self,
        wave: Wave,
        residuals: &Residuals,
        channels: &mut [Pending<V>; CHANNELS],
        gains: &[Lanes<V>; CHANNELS],
    ) {
        let Motion { before, now, growth, width_before, width, .. } = self.motion;
        let mut words = [[0; 16]; 5];
        for (words, bits) in words.iter_mut().zip([before, now, growth.to_bits(), width_before, width]) {
            bits.store(&mut words[..V::WIDTH]);
        }
        let mut factors = [[0.0; 16]; CHANNELS];
        for (factors, gain) in factors.iter_mut().zip(gains) {
            gain.store(&mut factors[..V::WIDTH]);
        }
        let mut left = self.corners.to_bitmask();
        while left != 0 {
            let lane = left.trailing_zeros() as usize;
            left &= left - 1;
            let path = Path {
                frames: 1.0,
                before: words[0][lane],
                now: words[1][lane],
                growth: f32::from_bits(words[2][lane]),
                width_before: words[3][lane],
                width: words[4][lane],
            };
            for (pending, factors) in channels.iter_mut().zip(&factors) {
                correct(wave, residuals, &mut pending.lane(lane), &path, factors[lane]);
            }
        }
    }
}

/// Adds the corrections for the corners one lane passed to one channel.
#[inline(never)]
fn correct(wave: Wave, residuals: &Residuals, pending: &mut PendingLane<'_>, path: &Path, gain: f32) {
    wave.each_corner(path, |corner, ago, size| {
        let size = size * gain;
        if size != 0.0 {
            pending.add(residuals, corner, ago, size);
        }
    });
}
