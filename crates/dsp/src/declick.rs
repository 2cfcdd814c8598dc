//! Fades for switches: a choice that jumps is heard as a fade of 5 ms, so that it makes no click.

use crate::smooth::approach;
use crate::{Lanes, Vector};
use std::ops::Mul;

/// What one faded value leaves behind: three equal poles in a row.
pub type Fading<V> = [Lanes<V>; 3];

/// Time constant of each pole in seconds: 99.9 % of the way after 5 ms.
const POLE_SECONDS: f32 = 0.000_446;

/// The share of its way that a pole covers in a frame.
#[inline(always)]
pub fn share(sample_rate: f32) -> f32 {
    approach(Lanes(1.0 / (POLE_SECONDS * sample_rate))).0
}

/// Goes a frame's way towards `target`; `share` is that of [`share`], or one for each lane.
#[inline(always)]
pub fn follow<V: Vector, S: Copy>(state: &mut Fading<V>, target: Lanes<V>, share: S) -> Lanes<V>
where
    Lanes<V>: Mul<S, Output = Lanes<V>>,
{
    let mut before = target;
    for pole in state {
        *pole += (before - *pole) * share;
        before = *pole;
    }
    before
}

/// Begins at `value` in a new instance, so that its first sound is not a fade. `is_old` is 0 in a new
/// instance, and 1 from then on.
#[inline(always)]
pub fn begin<V: Vector>(state: &mut Fading<V>, value: Lanes<V>, is_old: &mut Lanes<V>) {
    let is_new = is_old.equal(0.0);
    if is_new.any() {
        for pole in state {
            *pole = is_new.select(value, *pole);
        }
        *is_old = value.same(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_arrives_after_five_milliseconds_at_any_rate() {
        for sample_rate in [44_100.0, 48_000.0, 192_000.0] {
            let (mut state, share) = ([Lanes(0.0f32); 3], share(sample_rate));
            let frames = (0.005 * sample_rate) as usize;
            let course: Vec<f32> = (0..frames).map(|_| follow(&mut state, Lanes(1.0), share).0).collect();
            assert!(course.windows(2).all(|pair| pair[1] >= pair[0]), "it never turns back");
            assert!((course[frames - 1] - 0.999).abs() < 0.001, "{}", course[frames - 1]);
        }
    }

    #[test]
    fn it_comes_to_rest_exactly_enough() {
        let mut state = [Lanes(1.0f32); 3];
        for _ in 0..48_000 {
            follow(&mut state, Lanes(0.0), share(48_000.0));
        }
        assert!(state[2].0.abs() < 1e-20);
    }
}
