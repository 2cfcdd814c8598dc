//! Between the samples of a recording.

/// Points that [`weights`] weighs, and how many of them lie before the interval.
pub const POINTS: usize = 6;

/// Points before the one the interval starts at.
pub const BEFORE: usize = 2;

/// Weights of six neighbouring samples for the value `t` of the way from the third to the fourth: the
/// polynomial of degree five through them (Lagrange). At 0 it is the third sample itself.
#[inline]
pub fn weights(t: f32) -> [f32; POINTS] {
    let (a, b, c, d, e) = (t + 2.0, t + 1.0, t - 1.0, t - 2.0, t - 3.0);
    [
        b * t * c * d * e * (-1.0 / 120.0),
        a * t * c * d * e * (1.0 / 24.0),
        a * b * c * d * e * (-1.0 / 12.0),
        a * b * t * d * e * (1.0 / 12.0),
        a * b * t * c * e * (-1.0 / 24.0),
        a * b * t * c * d * (1.0 / 120.0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_exact_for_polynomials_of_degree_five() {
        let polynomial = |x: f64| 0.1 + x * (0.2 + x * (-0.3 + x * (0.04 + x * (0.05 - 0.006 * x))));
        for step in 0..=20 {
            let t = f64::from(step) / 20.0;
            let terms = weights(t as f32).into_iter().enumerate();
            let value: f64 = terms.map(|(i, weight)| f64::from(weight) * polynomial(i as f64 - 2.0)).sum();
            assert!((value - polynomial(t)).abs() < 1e-6);
        }
        assert_eq!(weights(0.0).map(f32::abs), [0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
    }
}
