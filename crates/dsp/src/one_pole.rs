//! One-pole filter: 6 dB per octave, low- and high-pass at once.
//!
//! A trapezoidal integrator solved without a delay, its corner prewarped (V. Zavalishin, "The Art of VA
//! Filter Design", chapter 3).

use crate::{Lanes, Vector};

/// The instantaneous gain of the low-pass whose corner is a `fraction` of the sample rate.
#[inline(always)]
pub fn gain<V: Vector>(fraction: Lanes<V>) -> Lanes<V> {
    let (n, d) = fraction.tan_half_turns_as_ratio();
    n / (n + d)
}

/// [`gain`] for a low-pass whose knob turns it off at its upper end: over the octave below `off` it opens up
/// to a gain of 1, since a step from nearly open to open would click. `octaves` is the knob's signal.
#[inline(always)]
pub fn opening_gain<V: Vector>(fraction: Lanes<V>, octaves: Lanes<V>, off: f32) -> Lanes<V> {
    let open = (octaves - (off - 1.0)).clamp(0.0, 1.0);
    gain(fraction).mix(1.0, open)
}

/// What lies below the corner; the rest of the input lies above it. `gain` is from [`gain`].
#[inline(always)]
pub fn low<V: Vector>(state: &mut Lanes<V>, input: Lanes<V>, gain: Lanes<V>) -> Lanes<V> {
    let change = (input - *state) * gain;
    let low = *state + change;
    *state = low + change;
    low
}

/// The same, for a filter that can be turned off: a gain of 1 lets all through, and the state stays with it.
/// That of [`low`] would swing from side to side then, and be heard as soon as the gain falls.
#[inline(always)]
pub fn low_or_all<V: Vector>(state: &mut Lanes<V>, input: Lanes<V>, gain: Lanes<V>) -> Lanes<V> {
    let low = low(state, input, gain);
    *state = gain.ge(1.0).select(low, *state);
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    #[test]
    fn the_corner_is_three_decibels_down() {
        for fraction in [0.001, 0.05, 0.3, 0.45] {
            let coefficient = gain(Lanes(fraction as f32));
            let mut state = Lanes(0.0f32);
            let (mut sine, mut cosine) = (0.0, 0.0);
            for frame in 0..40_000 {
                let angle = TAU * fraction * f64::from(frame);
                let output = f64::from(low(&mut state, Lanes(angle.sin() as f32), coefficient).0);
                if frame >= 20_000 {
                    sine += output * angle.sin() / 10_000.0;
                    cosine += output * angle.cos() / 10_000.0;
                }
            }
            let power = sine * sine + cosine * cosine;
            assert!((power - 0.5).abs() < 1e-3, "{fraction}: {power}");
        }
    }

    #[test]
    fn nothing_swings_in_a_filter_that_is_turned_off() {
        let mut state = Lanes(0.3f32);
        for _ in 0..100 {
            assert_eq!(low_or_all(&mut state, Lanes(1.0), Lanes(1.0)).0, 1.0);
        }
        assert_eq!(low_or_all(&mut state, Lanes(1.0), Lanes(0.5)).0, 1.0);
    }
}
