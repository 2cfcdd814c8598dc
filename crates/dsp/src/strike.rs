//! What everything that is struck has in common: it starts at once, dies away, and may be struck again while
//! it still sounds.

use crate::gate::Gate;
use crate::smooth::ease;
use crate::{Lanes, Mask, Vector};

/// The logarithm to base two of -60 dB.
const SIXTY_DECIBELS: f32 = -9.965_784;

/// What dies away is silent from here on: -120 dB. So nothing decays into subnormal numbers.
const SILENT: f32 = 1e-6;

/// By how much something falls in a frame that loses 60 dB in a time: the logarithm to base two of the factor.
/// `octaves` is the signal of a duration knob.
#[inline(always)]
pub fn fall_in<V: Vector>(octaves: Lanes<V>, sample_rate: f32) -> Lanes<V> {
    (-octaves).exp2() * (SIXTY_DECIBELS / sample_rate)
}

/// The factor by which something shrinks in a frame that loses 60 dB in a time; see [`fall_in`].
#[inline(always)]
pub fn keep_in<V: Vector>(octaves: Lanes<V>, sample_rate: f32) -> Lanes<V> {
    fall_in(octaves, sample_rate).exp2()
}

/// The next level of a decay: `from` where it starts, `keep` of what it was elsewhere.
#[inline(always)]
pub fn decay<V: Vector>(level: &mut Lanes<V>, starts: Mask<V>, from: Lanes<V>, keep: Lanes<V>) -> Lanes<V> {
    let next = starts.select(from, *level * keep);
    *level = next.ge(SILENT).keep(next);
    *level
}

/// Reads a trigger and how hard it strikes. `memory` holds the gate, and the strength of the last strike.
#[inline(always)]
pub fn read<V: Vector>(memory: &mut [Lanes<V>; 2], trigger: Lanes<V>, velocity: Lanes<V>) -> Mask<V> {
    let [gate, strength] = memory;
    let starts = Gate::read(gate, trigger).opens;
    *strength = starts.select(velocity.clamp(0.0, 1.0), *strength);
    starts
}

/// Leads from the sound that was to the one that starts again, over `frames`, so that neither a jump nor a corner of
/// the old one is heard: it goes on straight ahead while it fades. `memory` holds the last sample, its slope, the
/// difference that fades with its slope, and the frames until it is gone.
#[inline(always)]
pub fn mend<V: Vector>(
    memory: &mut [Lanes<V>; 5],
    sample: Lanes<V>,
    starts: Mask<V>,
    frames: f32,
) -> Lanes<V> {
    let [last, slope, difference, drift, left] = memory;
    *drift = starts.select(*slope, *drift);
    *difference = starts.select(*last + *slope - sample, *difference + *drift);
    *left = starts.select(left.same(frames), (*left - 1.0).max(0.0));
    let x = *left * (1.0 / frames);
    let mended = sample + *difference * ease(x);
    *slope = mended - *last;
    *last = mended;
    mended
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(yes: bool) -> Mask<f32> {
        Lanes(if yes { 1.0f32 } else { 0.0 }).gt(0.5)
    }

    #[test]
    fn a_decay_loses_60_decibels_in_its_time_and_ends() {
        for seconds in [0.01f32, 0.3, 5.0] {
            let keep = keep_in(Lanes(seconds).log2(), 48_000.0);
            let mut level = Lanes(0.0f32);
            decay(&mut level, mask(true), Lanes(1.0), keep);
            let frames = (seconds * 48_000.0) as usize;
            for _ in 0..frames {
                decay(&mut level, mask(false), Lanes(1.0), keep);
            }
            let decibels = 20.0 * f64::from(level.0).log10();
            assert!((decibels + 60.0).abs() < 0.6, "{seconds} s: {decibels} dB");
            for _ in 0..frames + 100 {
                decay(&mut level, mask(false), Lanes(1.0), keep);
            }
            assert_eq!(level.0, 0.0);
        }
    }

    #[test]
    fn a_jump_becomes_a_slope() {
        let mut memory = [Lanes(0.0f32); 5];
        let out: Vec<f32> = (0..200)
            .map(|i| mend(&mut memory, Lanes(if i < 50 { 1.0 } else { 0.0 }), mask(i == 50), 100.0).0)
            .collect();
        assert!(out[..=50].iter().all(|x| *x == 1.0) && out[151..].iter().all(|x| *x == 0.0));
        let steepest = out.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(steepest < 0.02, "{steepest}");
    }
}
