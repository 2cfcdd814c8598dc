//! The windowed sinc: the filter behind both resamplers.
//!
//! A Kaiser window of shape `beta` stops at `8.7 + beta / 0.1102` dB and needs a transition band of
//! `(stop - 7.95) / (14.36 taps)` of the sample rate (Kaiser 1974).

use jackfield_node::dsp::precise::{bessel, sinc};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_passes_a_constant() {
        let shape = Shape { taps: 32, cutoff: 0.4, beta: 8.0 };
        for row in shape.table(10).chunks(32) {
            assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        }
    }
}
