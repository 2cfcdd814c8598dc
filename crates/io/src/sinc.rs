//! The windowed sinc: the filter behind both resamplers.
//!
//! A Kaiser window of shape `beta` stops at `8.7 + beta / 0.1102` dB and needs a transition band of
//! `(stop - 7.95) / (14.36 taps)` of the sample rate (Kaiser 1974). Computed with plain operators only,
//! for the sine of the platform's library differs between machines.

use std::f64::consts::PI;

/// The shape of a filter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Frames on both sides of the centre together; even.
    pub(crate) taps: usize,
    /// Half height, as a part of the sample rate of what is filtered.
    pub(crate) cutoff: f64,
    /// Shape of the Kaiser window.
    pub(crate) beta: f64,
}

impl Shape {
    /// Filters for `rows` fractions of a frame and one more: row `r` makes the frame `r / rows` behind
    /// the centre, which is tap `taps / 2 - 1`. Each passes a constant unchanged.
    pub(crate) fn table(&self, rows: usize) -> Vec<f64> {
        let mut table = Vec::with_capacity((rows + 1) * self.taps);
        for row in 0..=rows {
            let centre = (self.taps / 2 - 1) as f64 + row as f64 / rows as f64;
            let start = table.len();
            table.extend((0..self.taps).map(|tap| self.value(tap as f64 - centre)));
            let sum: f64 = table[start..].iter().sum();
            for value in &mut table[start..] {
                *value /= sum;
            }
        }
        table
    }

    /// The filter `time` frames from its centre, not scaled.
    fn value(&self, time: f64) -> f64 {
        let place = 2.0 * time / self.taps as f64;
        if place.abs() >= 1.0 {
            return 0.0;
        }
        sinc(2.0 * self.cutoff * time) * bessel(self.beta * (1.0 - place * place).sqrt())
    }
}

/// `sin(pi x) / (pi x)`.
fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { sin_pi(x) / (PI * x) }
}

/// `sin(pi x)`, by its Taylor series around the nearest whole number. Error below 1e-15.
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

/// The modified Bessel function of order 0, by its power series, for 0 to 20.
fn bessel(x: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..60 {
        let factor = x / f64::from(2 * k);
        term *= factor * factor;
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sine_is_exact() {
        for step in -4_000..4_000 {
            let x = f64::from(step) / 777.0;
            let error = sin_pi(x) - (PI * x).sin();
            assert!(error.abs() < 5e-15, "{x}: {error}");
        }
    }

    #[test]
    fn the_bessel_function_is_exact() {
        // From Abramowitz and Stegun, table 9.8: exp(-x) I0(x).
        for (x, scaled) in
            [(0.0, 1.0), (1.0, 0.465_759_607_6), (10.0, 0.127_833_337_2), (20.0, 0.089_780_311_9)]
        {
            let error = bessel(x) * (-x).exp() - scaled;
            assert!(error.abs() < 1e-9, "{x}: {error}");
        }
    }

    #[test]
    fn every_row_passes_a_constant() {
        let shape = Shape { taps: 32, cutoff: 0.4, beta: 8.0 };
        for row in shape.table(10).chunks(32) {
            assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        }
    }
}
