//! Two gains out of one position: for panning one sound between two sides and for fading between two
//! sounds.

use crate::{Lanes, Vector};

/// Gains of the near and the far end at a position of 0 to 1 whose squares add up to 1: -3.01 dB each in the
/// middle. Unrelated sounds keep their loudness on the way. Exactly 0 and 1 at the ends.
#[inline(always)]
pub fn equal_power<V: Vector>(position: Lanes<V>) -> [Lanes<V>; 2] {
    let turns = position.clamp(0.0, 1.0) * 0.25;
    [turns.cos_turns(), turns.sin_turns()]
}

/// Gains that add up to 1: -6.02 dB each in the middle. Equal sounds keep their loudness on the way.
#[inline(always)]
pub fn linear<V: Vector>(position: Lanes<V>) -> [Lanes<V>; 2] {
    let far = position.clamp(0.0, 1.0);
    [1.0 - far, far]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_power_stays_and_the_ends_are_exact() {
        for step in 0..=100 {
            let [near, far] = equal_power(Lanes(step as f32 / 100.0)).map(|gain| f64::from(gain.0));
            assert!((near * near + far * far - 1.0).abs() < 1e-6, "{step}");
            let [near, far] = linear(Lanes(step as f32 / 100.0)).map(|gain| gain.0);
            assert!((near + far - 1.0).abs() < 1e-7);
        }
        for law in [equal_power, linear] {
            assert_eq!(law(Lanes(-2.0f32)).map(|gain| gain.0), [1.0, 0.0]);
            let [near, far] = law(Lanes(7.0f32)).map(|gain| gain.0);
            assert!(near.abs() < 1e-7 && (far - 1.0).abs() < 3e-7);
        }
    }
}
