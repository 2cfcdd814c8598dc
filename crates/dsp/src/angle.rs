//! The angle of a complex number.

use crate::{Lanes, Vector};

/// Coefficients of atan(x) / (2 pi x) in powers of x^2 for x of 0 to 1, fitted for the least error.
const ARC: [f32; 8] = [
    0.159_154_83,
    -0.053_046_122,
    0.031_745_944,
    -0.022_136_27,
    0.015_346_033,
    -0.008_898_722,
    0.003_479_597_2,
    -0.000_645_304_2,
];

/// The angle of `re + i im` in turns, -0.5 to 0.5. Absolute error below 5e-8. Anything for 0, NaN and
/// infinity.
#[inline(always)]
pub fn turns<V: Vector>(re: Lanes<V>, im: Lanes<V>) -> Lanes<V> {
    let (across, up) = (re.abs(), im.abs());
    let is_steep = up.gt(across);
    let ratio = across.min(up) / across.max(up).max(f32::MIN_POSITIVE);
    let square = ratio * ratio;
    let mut sum = square.same(ARC[7]);
    for coefficient in ARC[..7].iter().rev() {
        sum = sum * square + *coefficient;
    }
    let low = sum * ratio;
    let angle = is_steep.select(0.25 - low, low);
    let angle = re.lt(0.0).select(0.5 - angle, angle);
    im.copy_sign_to(angle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    #[test]
    fn it_is_the_angle() {
        for step in -4999..5000 {
            let expected = f64::from(step) / 10_000.0;
            let (sin, cos) = (TAU * expected).sin_cos();
            let found = turns(Lanes((3.0 * cos) as f32), Lanes((3.0 * sin) as f32)).0;
            assert!((f64::from(found) - expected).abs() < 5e-8, "{found} instead of {expected}");
        }
        assert_eq!(turns(Lanes(0.0f32), Lanes(0.0)).0, 0.0);
    }
}
