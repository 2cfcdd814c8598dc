//! Band-limited steps and bends: what takes the aliases out of waveforms with corners.
//!
//! A naive waveform jumps or bends at a point between two samples. The sampled signal of a perfect
//! converter would instead hold the waveform after a low-pass filter. The difference, the residual,
//! is zero except during the 24 samples after the corner, and depends only on how much time has
//! passed since it. So whenever a corner occurs, its residual is added to the samples to come.
//!
//! The filter has minimum phase, so nothing has to wait for it (Brandt, "Hard Sync Without
//! Aliasing", ICMC 2001). What a filter with a delay of `d` samples at low frequencies does to the
//! straight lines between corners is to lag by `d`; see [`Residuals::delay`].

mod design;
mod pending;

pub use pending::Pending;

use design::{POINTS, SPAN};
use std::sync::LazyLock;

/// How many samples a corner's residual lasts.
pub const TAPS: usize = SPAN;

/// One row of a table: a residual at whole samples after a fraction of a sample.
type Row = [f32; TAPS];

/// Rows at each fraction of a sample in steps of 1/64, and beyond both ends for interpolation.
type Table = [Row; POINTS + 3];

/// The residuals of a step and of a bend, tabulated.
pub struct Residuals {
    step: Box<Table>,
    bend: Box<Table>,
    glide: Box<Table>,
    delay: f32,
}

/// Which residual to add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corner {
    /// The value jumps.
    Step,
    /// The slope jumps, in a waveform of straight lines from which `delay` times the slope is taken
    /// away at all times.
    Bend,
    /// The slope jumps, in a waveform that is left as it is.
    Glide,
}

impl Residuals {
    /// The tables. The first call computes them, which takes some milliseconds: control thread.
    pub fn get() -> &'static Self {
        static TABLES: LazyLock<Residuals> = LazyLock::new(Residuals::compute);
        &TABLES
    }

    /// By how many samples the filter delays low frequencies, and so the straight lines of a
    /// waveform.
    pub fn delay(&self) -> f32 {
        self.delay
    }

    /// The residual of a corner of size 1 that occurred `since` samples (0..=1) before the first of
    /// the answers. Error below 1e-6.
    fn at(&self, corner: Corner, since: f32) -> Row {
        let table = match corner {
            Corner::Step => &self.step,
            Corner::Bend => &self.bend,
            Corner::Glide => &self.glide,
        };
        let position = since * POINTS as f32;
        let index = (position as usize).min(POINTS - 1);
        let x = position - index as f32;
        // Lagrange's cubic through the points at -1, 0, 1 and 2; row 0 stands at point -1.
        let (below, above, beyond) = (x + 1.0, x - 1.0, x - 2.0);
        let weights = [
            x * above * beyond * (-1.0 / 6.0),
            below * above * beyond * 0.5,
            below * x * beyond * -0.5,
            below * x * above * (1.0 / 6.0),
        ];
        let rows = &table[index..index + 4];
        std::array::from_fn(|tap| {
            rows[0][tap] * weights[0]
                + rows[1][tap] * weights[1]
                + rows[2][tap] * weights[2]
                + rows[3][tap] * weights[3]
        })
    }

    fn compute() -> Self {
        let kernel = design::kernel();
        let unit = POINTS as f64;
        // Integrals by the trapezoid rule, which for a kernel so finely sampled is exact enough.
        let integral = |values: &[f64], scale: f64| -> Vec<f64> {
            let mut sum = 0.0;
            let mut before = 0.0;
            let accumulate = |value: &f64| {
                sum += (before + value) * 0.5 * scale;
                before = *value;
                sum
            };
            values.iter().map(accumulate).collect()
        };
        let mut step = integral(&kernel, 1.0);
        let last = step[step.len() - 1];
        step.iter_mut().for_each(|value| *value /= last);
        let ramp = integral(&step, 1.0 / unit);
        let delay = SPAN as f64 - ramp[ramp.len() - 1];
        let value = |values: &[f64], point: isize| -> f64 {
            if point < 0 { 0.0 } else { values[(point as usize).min(values.len() - 1)] }
        };
        let table = |residual: &dyn Fn(isize) -> f64| -> Box<Table> {
            let row = |row: usize| -> Row {
                let point = |tap: usize| (tap * POINTS + row) as isize - 1;
                std::array::from_fn(|tap| residual(point(tap)) as f32)
            };
            Box::new(std::array::from_fn(row))
        };
        let end = (SPAN * POINTS) as isize;
        let bend = |point: isize| match point {
            p if p >= end => 0.0,
            p => value(&ramp, p) - p as f64 / unit + delay,
        };
        // Away from the corner the lag must come back to nothing, slowly enough not to be a corner.
        let return_path = |point: isize| {
            let x = (point as f64 / end as f64).clamp(0.0, 1.0);
            x * x * x * (x * (x * 6.0 - 15.0) + 10.0)
        };
        Self {
            step: table(&|point| if point >= end { 0.0 } else { value(&step, point) - 1.0 }),
            bend: table(&bend),
            glide: table(&|point| bend(point) - delay * (1.0 - return_path(point))),
            delay: delay as f32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn residuals_begin_with_the_whole_corner_and_end_with_none() {
        let residuals = Residuals::get();
        let step = residuals.at(Corner::Step, 0.0);
        assert!((step[0] + 1.0).abs() < 1e-3, "before the filter answers, the step is all missing");
        assert!(residuals.at(Corner::Step, 1.0)[TAPS - 1].abs() < 1e-6);
        assert!((residuals.at(Corner::Bend, 0.0)[0] - residuals.delay()).abs() < 1e-3);
        assert!(residuals.at(Corner::Bend, 1.0)[TAPS - 1].abs() < 1e-6);
        assert!(residuals.at(Corner::Glide, 0.0)[0].abs() < 1e-3);
        assert!(residuals.at(Corner::Glide, 1.0)[TAPS - 1].abs() < 1e-6);
    }

    #[test]
    fn one_sample_later_is_the_next_tap() {
        for corner in [Corner::Step, Corner::Bend, Corner::Glide] {
            let early = Residuals::get().at(corner, 0.0);
            let late = Residuals::get().at(corner, 1.0);
            for tap in 0..TAPS - 1 {
                assert!((late[tap] - early[tap + 1]).abs() < 1e-6, "{corner:?} {tap}");
            }
        }
    }

    #[test]
    fn the_delay_is_a_few_samples() {
        assert!((2.0..3.0).contains(&Residuals::get().delay()));
    }
}
