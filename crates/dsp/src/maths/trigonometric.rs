//! Sines and tangents. Audio counts angles in turns (cycles), which need no multiple of pi.

use crate::{Bits, Lanes, Vector};
use std::f32::consts::TAU;

/// A turn in the fixed-point phases of [`Bits`]: 2^32, one more than the largest.
const TURN: f32 = 4_294_967_296.0;

/// `TAU` in three parts with few bits each, so that a small whole multiple of a part is exact.
const TAU_PARTS: [f32; 3] = [6.281_25, 1.935_005_2e-3, 3.019_916e-7];

impl<V: Vector> Lanes<V> {
    /// x less the nearest whole number: an angle in turns brought to -0.5..=0.5. Exact. 0 for NaN and
    /// infinity.
    #[inline(always)]
    pub fn wrap_turns(self) -> Self {
        let rest = self - self.round();
        rest.equal(rest).keep(rest)
    }

    /// An angle in turns as a fixed-point phase, in which 2^32 is a turn. 0 for NaN and infinity.
    #[inline(always)]
    pub fn to_phase(self) -> Bits<V> {
        // Half a turn would not fit a signed integer; a quarter does.
        (self.wrap_turns() * (TURN / 2.0)).to_integer_in_range() << 1
    }

    /// sin 2πx. Absolute error below 2.5e-7. 0 for NaN and infinity.
    #[inline(always)]
    pub fn sin_turns(self) -> Self {
        sine_polynomial(self.wrap_turns() * 2.0)
    }

    /// cos 2πx. Absolute error below 2.5e-7. 1 for NaN and infinity.
    #[inline(always)]
    pub fn cos_turns(self) -> Self {
        sine_polynomial(0.5 - self.wrap_turns().abs() * 2.0)
    }

    /// sin x, x in radians. Absolute error below 4e-7 for |x| up to 1,000; it grows beyond.
    /// 0 for NaN and infinity.
    #[inline(always)]
    pub fn sin(self) -> Self {
        self.radians_to_turns().sin_turns()
    }

    /// cos x, x in radians. Error as for [`sin`](Self::sin). 1 for NaN and infinity.
    #[inline(always)]
    pub fn cos(self) -> Self {
        self.radians_to_turns().cos_turns()
    }

    /// x / 2π less the nearest whole number.
    #[inline(always)]
    fn radians_to_turns(self) -> Self {
        let turns = (self * (1.0 / TAU)).round();
        let rest = TAU_PARTS.into_iter().fold(self, |rest, part| rest - turns * part);
        rest * (1.0 / TAU)
    }

    /// tan πx: the warped gain of a filter whose cutoff is the fraction x of the sample rate.
    /// Relative error below 3e-7.
    ///
    /// x is limited to 0..=0.4995, where the result is 637. NaN counts as 0.
    #[inline(always)]
    pub fn tan_half_turns(self) -> Self {
        let (numerator, denominator) = self.tan_half_turns_as_ratio();
        numerator / denominator
    }

    /// [`tan_half_turns`](Self::tan_half_turns) before its division, for a formula that has one of its
    /// own. Neither part is above 0.4 or negative, and they are never both below 0.0005.
    #[inline(always)]
    pub fn tan_half_turns_as_ratio(self) -> (Self, Self) {
        self.clamp(0.0, 0.4995).tan_half_turns_as_ratio_in_range()
    }

    /// [`tan_half_turns_as_ratio`](Self::tan_half_turns_as_ratio) where the caller knows that
    /// 0 <= x <= 0.4996.
    #[inline(always)]
    #[expect(clippy::approx_constant, reason = "the fitted coefficient is near pi / 4, but is not pi / 4")]
    pub fn tan_half_turns_as_ratio_in_range(self) -> (Self, Self) {
        let x = self;
        // Without its pole at one half the tangent is a smooth even function times x.
        let x2 = x * x;
        let even = (x2 * -0.030_132_316 - 0.050_831_95) * x2 - 0.134_939_43;
        let even = (even * x2 - 0.557_730_7) * x2 + 0.785_398_1;
        (x * even, (0.5 - x) * (x + 0.5))
    }
}

impl<V: Vector> Bits<V> {
    /// The sine of a fixed-point phase, in which 2^32 is a turn. Absolute error below 2.5e-7.
    #[inline(always)]
    pub fn sin_turns(self) -> Lanes<V> {
        sine_polynomial(self.to_signed() * (2.0 / TURN))
    }
}

/// sin πx for |x| <= 1.
#[inline(always)]
fn sine_polynomial<V: Vector>(x: Lanes<V>) -> Lanes<V> {
    let x2 = x * x;
    let series = (x2 * -3.897_764e-4 + 6.867_843e-3) * x2 - 7.519_217e-2;
    let series = ((series * x2 + 5.240_372e-1) * x2 - 2.026_119_5) * x2 + std::f32::consts::PI;
    // Taking the zeros at 0, 1 and -1 out leaves a function that needs few terms.
    (x * (1.0 - x2)) * series
}

#[cfg(test)]
mod tests {
    use super::super::sweep::{Function, check, edge_cases, worst};
    use super::*;
    use std::f64::consts::{PI, TAU};

    macro_rules! function {
        ($name:ident, $x:ident => $value:expr) => {
            struct $name;
            impl Function for $name {
                fn of<V: Vector>($x: Lanes<V>) -> Lanes<V> {
                    $value
                }
            }
        };
    }

    function!(SinTurns, x => x.sin_turns());
    function!(CosTurns, x => x.cos_turns());
    function!(SinPhase, x => x.to_phase().sin_turns());
    function!(Sin, x => x.sin());
    function!(Cos, x => x.cos());
    function!(Tan, x => x.tan_half_turns());

    #[test]
    fn sines_of_turns_are_near_the_true_ones() {
        for reach in [0.5, 3.0, 1e4] {
            let sine = worst::<SinTurns>(-reach, reach, |x, y| (y - (TAU * x).sin()).abs());
            assert!(sine < 2.5e-7, "{sine:e} up to {reach}");
            let cosine = worst::<CosTurns>(-reach, reach, |x, y| (y - (TAU * x).cos()).abs());
            assert!(cosine < 2.5e-7, "{cosine:e} up to {reach}");
            let phase = worst::<SinPhase>(-reach, reach, |x, y| (y - (TAU * x).sin()).abs());
            assert!(phase < 2.5e-7, "{phase:e} up to {reach}");
        }
    }

    #[test]
    fn sines_of_radians_are_near_the_true_ones() {
        for reach in [4.0, 1_000.0] {
            let sine = worst::<Sin>(-reach, reach, |x, y| (y - x.sin()).abs());
            assert!(sine < 4e-7, "{sine:e} up to {reach}");
            let cosine = worst::<Cos>(-reach, reach, |x, y| (y - x.cos()).abs());
            assert!(cosine < 4e-7, "{cosine:e} up to {reach}");
        }
    }

    #[test]
    fn the_tangent_is_near_the_true_one() {
        for (low, high) in [(1e-6, 0.01), (0.01, 0.49), (0.49, 0.4995)] {
            let error = worst::<Tan>(low, high, |x, y| (y / (PI * x).tan() - 1.0).abs());
            assert!(error < 3e-7, "{low} to {high}: {error:e}");
        }
    }

    #[test]
    fn bad_arguments_give_plain_numbers() {
        for x in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(Lanes(x).sin_turns().0, 0.0);
            assert_eq!(Lanes(x).cos_turns().0, 1.0);
            assert_eq!(Lanes(x).sin().0, 0.0);
            assert_eq!(Lanes(x).to_phase().0, 0);
        }
        assert_eq!(Lanes(f32::NAN).tan_half_turns().0, 0.0);
        assert_eq!(Lanes(1e9f32).tan_half_turns().0, Lanes(0.4995f32).tan_half_turns().0);
    }

    #[test]
    fn every_width_gives_the_same_bits() {
        let angles = edge_cases(-5.0, 5.0);
        check::<SinTurns>(&angles);
        check::<CosTurns>(&angles);
        check::<SinPhase>(&angles);
        check::<Sin>(&angles);
        check::<Cos>(&angles);
        check::<Tan>(&edge_cases(-0.1, 0.6));
    }
}
