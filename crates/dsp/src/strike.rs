//! What everything that is struck has in common: it starts at once, dies away, and may be struck again while
//! it still sounds.

use crate::gate::Gate;
use crate::{Lanes, Mask, Vector};

/// The logarithm to base two of -60 dB.
const SIXTY_DECIBELS: f32 = -9.965_784;

/// What dies away is silent from here on: -120 dB. So nothing decays into subnormal numbers.
const SILENT: f32 = 1e-6;

/// By how much something falls in a frame that loses 60 dB in a time: the logarithm to base two of the
/// factor. `octaves` is the signal of a duration knob.
#[inline(always)]
pub fn decay_octaves<V: Vector>(octaves: Lanes<V>, sample_rate: f32) -> Lanes<V> {
    (-octaves).exp2() * (SIXTY_DECIBELS / sample_rate)
}

/// The factor by which something shrinks in a frame that loses 60 dB in a time; see [`decay_octaves`].
#[inline(always)]
pub fn decay_coefficient<V: Vector>(octaves: Lanes<V>, sample_rate: f32) -> Lanes<V> {
    decay_octaves(octaves, sample_rate).exp2()
}

/// The next level of a decay: `from` where it starts, elsewhere what it was times a [`decay_coefficient`].
#[inline(always)]
pub fn decay<V: Vector>(
    level: &mut Lanes<V>,
    starts: Mask<V>,
    from: Lanes<V>,
    coefficient: Lanes<V>,
) -> Lanes<V> {
    let next = starts.select(from, *level * coefficient);
    *level = next.ge(SILENT).keep(next);
    *level
}

crate::lane_state! {
    /// When something is struck, and how hard.
    pub struct Strike<V> {
        gate: Lanes<V>,
        strength: Lanes<V>,
    }
}

impl<V: Vector> Strike<V> {
    /// Reads the next sample of a trigger: the lanes that are struck now, as hard as `velocity` (0 to 1)
    /// says.
    #[inline(always)]
    pub fn trigger(&mut self, trigger: Lanes<V>, velocity: Lanes<V>) -> Mask<V> {
        let starts = Gate::read(&mut self.gate, trigger).opens;
        self.strength = starts.select(velocity.clamp(0.0, 1.0), self.strength);
        starts
    }

    /// How hard the last strike was, 0 to 1.
    #[inline(always)]
    pub fn strength(&self) -> Lanes<V> {
        self.strength
    }
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
            let coefficient = decay_coefficient(Lanes(seconds).log2(), 48_000.0);
            let mut level = Lanes(0.0f32);
            decay(&mut level, mask(true), Lanes(1.0), coefficient);
            let frames = (seconds * 48_000.0) as usize;
            for _ in 0..frames {
                decay(&mut level, mask(false), Lanes(1.0), coefficient);
            }
            let decibels = 20.0 * f64::from(level.0).log10();
            assert!((decibels + 60.0).abs() < 0.6, "{seconds} s: {decibels} dB");
            for _ in 0..frames + 100 {
                decay(&mut level, mask(false), Lanes(1.0), coefficient);
            }
            assert_eq!(level.0, 0.0);
        }
    }
}
