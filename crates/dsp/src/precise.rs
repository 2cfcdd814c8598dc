//! Functions of `f64` for tables: precise, slow, and the same bits on every machine, which the platform's
//! `sin`, `exp` and `ln` would not give. Only the four operations and square roots are used. Control thread,
//! but for `exp2`.

use std::f64::consts::{LN_2, PI};

/// Sine of radians, by its power series within a quarter turn. Error below 1e-14 for |x| up to 100.
pub fn sin(x: f64) -> f64 {
    let half_turns = (x / PI).round_ties_even();
    let rest = x - half_turns * PI;
    let square = rest * rest;
    let mut term = rest;
    let mut sum = rest;
    for k in 1..12 {
        term *= -square / f64::from((2 * k) * (2 * k + 1));
        sum += term;
    }
    if half_turns % 2.0 == 0.0 { sum } else { -sum }
}

/// sin(pi x) / (pi x): 1 at 0, and exactly 0 at all other whole numbers.
pub fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { sin_pi(x) / (PI * x) }
}

/// sin(pi x), by its power series around the nearest whole number. Error below 5e-15.
fn sin_pi(x: f64) -> f64 {
    let nearest = x.round();
    let angle = PI * (x - nearest);
    let square = angle * angle;
    let mut term = angle;
    let mut sum = angle;
    for k in 1..=11 {
        term *= -square / f64::from(2 * k * (2 * k + 1));
        sum += term;
    }
    if nearest as i64 % 2 == 0 { sum } else { -sum }
}

/// e^x for |x| up to 700, by halving x and squaring back.
pub fn exp(x: f64) -> f64 {
    let octaves = (x / LN_2).round_ties_even();
    let rest = x - octaves * LN_2;
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..18 {
        term *= rest / f64::from(k);
        sum += term;
    }
    sum * f64::from_bits(((octaves as i64 + 1023) as u64) << 52)
}

/// 2^x for -126 <= x <= 127; x beyond counts as these. Relative error below 1e-13. Fast enough for the audio
/// thread.
#[inline(always)]
pub fn exp2(x: f64) -> f64 {
    let x = x.clamp(-126.0, 127.0);
    let octaves = x.round_ties_even();
    let power = (x - octaves) * LN_2;
    let mut sum = 1.0;
    for k in (1..12).rev() {
        sum = 1.0 + sum * power * (1.0 / f64::from(k));
    }
    sum * f64::from_bits(((octaves as i64 + 1023) as u64) << 52)
}

/// The natural logarithm of a positive normal number.
pub fn ln(x: f64) -> f64 {
    let octaves = ((x.to_bits() >> 52) as i64 - 1023) as f64;
    let mantissa = f64::from_bits((x.to_bits() & ((1 << 52) - 1)) | 1.0f64.to_bits());
    let ratio = (mantissa - 1.0) / (mantissa + 1.0);
    let square = ratio * ratio;
    let mut power = ratio;
    let mut sum = 0.0;
    for k in 0..18 {
        sum += power / f64::from(2 * k + 1);
        power *= square;
    }
    2.0 * sum + octaves * LN_2
}

/// The modified Bessel function of order zero, by its power series.
pub fn bessel(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..60 {
        term *= quarter / f64::from(k * k);
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sinc_is_exact() {
        for step in -4_000..4_000 {
            let x = f64::from(step) / 777.0;
            assert!((sin_pi(x) - (PI * x).sin()).abs() < 5e-15, "{x}");
            assert!((sinc(x) * PI * x - (PI * x).sin()).abs() < 6e-15, "{x}");
        }
        assert_eq!([-3.0, -1.0, 0.0, 2.0].map(|x| sinc(x).abs()), [0.0, 0.0, 1.0, 0.0]);
    }

    /// From Abramowitz and Stegun, table 9.8: exp(-x) I0(x).
    #[test]
    fn the_bessel_function_is_exact() {
        for (x, scaled) in
            [(0.0, 1.0), (1.0, 0.465_759_607_6), (10.0, 0.127_833_337_2), (20.0, 0.089_780_311_9)]
        {
            let error = bessel(x) * (-x).exp() - scaled;
            assert!(error.abs() < 1e-9, "{x}: {error}");
        }
    }

    #[test]
    fn functions_are_near_the_platforms() {
        for i in -2_000..2_000 {
            let x = f64::from(i) * 0.0137;
            assert!((sin(x) - x.sin()).abs() < 1e-14, "sin {x}");
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-14, "exp {x}");
            assert!((exp2(x) / x.exp2() - 1.0).abs() < 1e-13, "2^{x}");
            assert!((ln(x.exp()) - x).abs() < 1e-13, "ln e^{x}");
        }
        assert!((bessel(9.0) - 1_093.588_354_511_374_6).abs() < 1e-9);
    }
}
