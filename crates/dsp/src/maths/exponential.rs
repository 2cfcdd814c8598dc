//! Powers of two and logarithms to base two: octaves to factors and back.

use crate::{Lanes, Vector};

/// 1.5 * 2^23: adding it to a small number rounds that number to an integer, which then stands in the
/// lowest bits of the sum.
const ROUND: f32 = 12_582_912.0;

/// The bits of sqrt(1/2): where the mantissa range of `log2` begins, so that 1.0 lies inside it.
const LOG_START: u32 = 0x3f35_04f3;

impl<V: Vector> Lanes<V> {
    /// 2^x: octaves to a factor. Relative error below 2.5e-7; exact for whole numbers.
    ///
    /// x is limited to -126..=127, so the result is a normal number. NaN counts as -126.
    #[inline(always)]
    pub fn exp2(self) -> Self {
        self.clamp(-126.0, 127.0).exp2_in_range()
    }

    /// [`exp2`](Self::exp2) where the caller knows that -126 <= x <= 127. Any other x gives a number
    /// that means nothing.
    #[inline(always)]
    #[expect(clippy::approx_constant, reason = "the fitted coefficient is near ln 2, but is not ln 2")]
    pub fn exp2_in_range(self) -> Self {
        let x = self;
        let shifted = x + ROUND;
        let f = x - (shifted - ROUND);
        // Pairs of terms leave a shorter chain of dependent operations than Horner's rule.
        let f2 = f * f;
        let low = f * 0.693_147 + 1.0;
        let middle = f * 0.055_507_336 + 0.240_222_42;
        let high = f * 0.001_326_472_7 + 0.009_671_513;
        let power_of_f = low + f2 * (middle + f2 * high);
        let power_of_integer = Self::from_bits((shifted.to_bits() << 23) + 1.0f32.to_bits());
        power_of_f * power_of_integer
    }

    /// The logarithm to base two: a factor to octaves. Relative error below 2.5e-7, also near 1.0 where
    /// the result is small; exact for powers of two.
    ///
    /// x is limited to what is positive and normal, so the result lies in -126..=128. NaN counts as
    /// the smallest.
    #[inline(always)]
    pub fn log2(self) -> Self {
        let x = self.clamp(f32::MIN_POSITIVE, f32::MAX);
        let shifted = x.to_bits() + (1.0f32.to_bits() - LOG_START);
        let exponent = (shifted >> 23).to_signed() - 127.0;
        let mantissa = Self::from_bits((shifted & 0x007f_ffff) + LOG_START);
        // ln m = 2 artanh((m - 1) / (m + 1)), whose series converges fast: the argument is below 0.172.
        let s = (mantissa - 1.0) / (mantissa + 1.0);
        let s2 = s * s;
        let series = s2 * 0.431_735_5 + 0.576_714_4;
        let series = s2 * (s2 * series + 0.961_798_85) + 2.885_39;
        exponent + s * series
    }
}

#[cfg(test)]
mod tests {
    use super::super::sweep::{Function, check, edge_cases, worst};
    use super::*;

    struct Exp2;
    impl Function for Exp2 {
        fn of<V: Vector>(x: Lanes<V>) -> Lanes<V> {
            x.exp2()
        }
    }

    struct Log2;
    impl Function for Log2 {
        fn of<V: Vector>(x: Lanes<V>) -> Lanes<V> {
            x.log2()
        }
    }

    #[test]
    fn exp2_is_near_the_true_power() {
        let error = worst::<Exp2>(-126.0, 127.0, |x, y| (y / x.exp2() - 1.0).abs());
        assert!(error < 2.5e-7, "{error:e}");
        let error = worst::<Exp2>(-1.0, 1.0, |x, y| (y / x.exp2() - 1.0).abs());
        assert!(error < 2.5e-7, "{error:e}");
    }

    #[test]
    fn log2_is_near_the_true_logarithm() {
        let relative = |x: f64, y: f64| (y / x.log2() - 1.0).abs();
        for (low, high) in [(1e-30, 1e-3), (1e-3, 0.999), (0.99, 0.999_999), (1.000_001, 1.1), (1.1, 1e30)] {
            let error = worst::<Log2>(low, high, relative);
            assert!(error < 2.5e-7, "{low} to {high}: {error:e}");
        }
    }

    #[test]
    fn whole_octaves_are_exact() {
        for n in -126..=127i32 {
            let power = f32::from_bits(((n + 127) as u32) << 23);
            assert_eq!(Lanes(n as f32).exp2().0, power);
            assert_eq!(Lanes(power).log2().0, n as f32);
        }
    }

    #[test]
    fn arguments_out_of_range_are_limited() {
        let largest = f32::from_bits(254 << 23);
        for (x, y) in [(f32::NEG_INFINITY, f32::MIN_POSITIVE), (-1e30, f32::MIN_POSITIVE), (1e30, largest)] {
            assert_eq!(Lanes(x).exp2().0, y, "2^{x}");
        }
        assert_eq!(Lanes(f32::NAN).exp2().0, f32::MIN_POSITIVE);
        for (x, y) in
            [(f32::NAN, -126.0), (-1.0, -126.0), (0.0, -126.0), (1e-44, -126.0), (f32::INFINITY, 128.0)]
        {
            assert_eq!(Lanes(x).log2().0, y, "log2 {x}");
        }
    }

    #[test]
    fn every_width_gives_the_same_bits() {
        check::<Exp2>(&edge_cases(-150.0, 150.0));
        check::<Log2>(&edge_cases(-1.0, 1e5));
    }
}
