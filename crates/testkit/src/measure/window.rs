//! Windows for spectra and filters.

use std::f64::consts::TAU;

/// Coefficients of the seven-term Blackman-Harris window: side lobes below -180 dB.
const BLACKMAN_HARRIS: [f64; 7] = [
    0.27105140069342,
    0.43329793923448,
    0.21812299954311,
    0.06592544638803,
    0.01081174209837,
    0.00077658482522,
    0.00001388721735,
];

/// Half the main lobe of [`blackman_harris`], in bins.
pub(super) const HALF_LOBE: usize = BLACKMAN_HARRIS.len();

/// The seven-term Blackman-Harris window, periodic.
pub(super) fn blackman_harris(length: usize) -> Vec<f64> {
    let at = |i: usize| -> f64 {
        let turn = TAU * i as f64 / length as f64;
        let sign = |k: usize| if k.is_multiple_of(2) { 1.0 } else { -1.0 };
        let term = |(k, c): (usize, &f64)| sign(k) * c * (turn * k as f64).cos();
        BLACKMAN_HARRIS.iter().enumerate().map(term).sum()
    };
    (0..length).map(at).collect()
}

/// Kaiser's window, symmetric, 1 in the middle.
pub(super) fn kaiser(length: usize, beta: f64) -> Vec<f64> {
    let middle = (length - 1) as f64 / 2.0;
    let at = |i: usize| bessel(beta * (1.0 - ((i as f64 - middle) / middle).powi(2)).max(0.0).sqrt());
    (0..length).map(|i| at(i) / bessel(beta)).collect()
}

/// The zeroth-order modified Bessel function of the first kind, by its series.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..60 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_peak_at_1_and_end_near_0() {
        let window = blackman_harris(64);
        assert!((window[32] - 1.0).abs() < 1e-6 && window[0].abs() < 1e-6);
        let window = kaiser(65, 12.0);
        assert!((window[32] - 1.0).abs() < 1e-12 && window[0] < 1e-4);
        assert!((bessel(1.0) - 1.266_065_877_752_008_3).abs() < 1e-14, "Abramowitz and Stegun, table 9.8");
    }
}
