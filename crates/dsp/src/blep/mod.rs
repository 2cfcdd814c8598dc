//! Band-limited steps and bends: what takes the aliases out of waveforms with corners.
//!
//! A naive waveform jumps or bends at a point between two samples. The sampled signal of a perfect
//! converter would instead hold the waveform after a low-pass filter. The difference, the residual,
//! is zero except during the 24 samples after the corner, and depends only on how much time has
//! passed since it. So whenever a corner occurs, its residual is added to the samples to come.
//!
//! The filter has minimum phase, so nothing has to wait for it (Brandt, "Hard Sync Without
//! Aliasing", ICMC 2001). Between the corners it still makes the waveform lag by a few samples; see
//! [`Residuals::lag`].

mod design;
pub mod noted;
mod onset;
mod pending;

pub use pending::{Pending, PendingLane};

use crate::{Lanes, Vector};
use design::{POINTS, SPAN};
use onset::Onset;
use std::sync::LazyLock;

/// How many samples a corner's residual lasts.
pub const TAPS: usize = SPAN;

/// One row of a table: a residual at whole samples after a fraction of a sample.
type Row = [f32; TAPS];

/// Rows at each fraction of a sample in steps of 1/64, and beyond both ends for interpolation.
type ResidualTable = [Row; POINTS + 3];

/// What is discontinuous at a corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corner {
    /// The value jumps.
    Step,
    /// The slope jumps.
    Bend,
    /// The slope of the slope jumps.
    Curl,
}

/// The residuals of corners, tabulated.
pub struct Residuals {
    /// By corner.
    tables: Box<[ResidualTable; 3]>,
    onset: Onset,
    delay: f32,
    spread: f32,
}

impl Residuals {
    /// The tables. The first call computes them, which takes some milliseconds: control thread.
    pub fn get() -> &'static Self {
        static TABLES: LazyLock<Residuals> = LazyLock::new(Residuals::compute);
        &TABLES
    }

    /// What the filter does to a line or parabola, given its slope and the slope's slope per sample:
    /// the waveform has to be moved by this.
    #[inline(always)]
    pub fn lag<V: Vector>(&self, slope: Lanes<V>, curvature: Lanes<V>) -> Lanes<V> {
        curvature * self.spread - slope * self.delay
    }

    /// The residual of a corner of a size that occurred `since` samples (0..=1) before the first of
    /// the answers. Error below 1e-6 of the size.
    #[inline(always)]
    fn at(&self, corner: Corner, since: f32, size: f32) -> Row {
        let table = &self.tables[corner as usize];
        let position = since * POINTS as f32;
        let index = usize::from(position as u8).min(POINTS - 1);
        let x = position - index as f32;
        // Lagrange's cubic through the points at -1, 0, 1 and 2; row 0 stands at point -1.
        let (below, above, beyond) = (x + 1.0, x - 1.0, x - 2.0);
        let (inner, outer) = (x * above * size, below * beyond * size);
        let weights = [
            inner * beyond * (-1.0 / 6.0),
            outer * above * 0.5,
            outer * x * -0.5,
            inner * below * (1.0 / 6.0),
        ];
        let [first, second, third, fourth] = [0, 1, 2, 3].map(|row| &table[index + row]);
        let mut residual = [0.0; TAPS];
        for tap in 0..TAPS {
            residual[tap] = (first[tap] * weights[0] + second[tap] * weights[1])
                + (third[tap] * weights[2] + fourth[tap] * weights[3]);
        }
        residual
    }

    fn compute() -> Self {
        let span = SPAN as f64;
        let step = {
            let mut step = integral(&design::kernel(), 1.0);
            let last = step[step.len() - 1];
            for value in &mut step {
                *value /= last;
            }
            step
        };
        let ramp = integral(&step, 1.0 / POINTS as f64);
        let parabola = integral(&ramp, 1.0 / POINTS as f64);
        // Long after the corner the filtered ramp is t - delay, the filtered parabola is
        // t^2 / 2 - delay t + spread.
        let delay = span - ramp[ramp.len() - 1];
        let spread = parabola[parabola.len() - 1] - span * span / 2.0 + delay * span;
        let tables = [
            table(&step, |_| 1.0),
            table(&ramp, |t| t - delay),
            table(&parabola, |t| t * t / 2.0 - delay * t + spread),
        ];
        Self { tables: Box::new(tables), onset: Onset::compute(), delay: delay as f32, spread: spread as f32 }
    }
}

/// The running integral, by the trapezoid rule, which is exact enough for a kernel so finely sampled.
fn integral(values: &[f64], scale: f64) -> Vec<f64> {
    let (mut sum, mut before) = (0.0, 0.0);
    let accumulate = |value: &f64| {
        sum += (before + value) * 0.5 * scale;
        before = *value;
        sum
    };
    values.iter().map(accumulate).collect()
}

/// Tabulates the difference between the filter's answer to a corner and the waveform beside it, both
/// by the time since the corner in samples.
fn table(answer: &[f64], waveform: impl Fn(f64) -> f64) -> ResidualTable {
    let residual = |point: isize| -> f64 {
        let answered = match usize::try_from(point) {
            Err(_) => 0.0,
            Ok(point) if point + 1 >= answer.len() => return 0.0,
            Ok(point) => answer[point],
        };
        answered - waveform(point as f64 / POINTS as f64)
    };
    let row =
        |row: usize| -> Row { std::array::from_fn(|tap| residual((tap * POINTS + row) as isize - 1) as f32) };
    std::array::from_fn(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Corner; 3] = [Corner::Step, Corner::Bend, Corner::Curl];

    #[test]
    fn residuals_begin_with_the_whole_corner_and_end_with_none() {
        let residuals = Residuals::get();
        let starts = [-1.0, residuals.delay, -residuals.spread];
        for (corner, start) in ALL.into_iter().zip(starts) {
            let first = residuals.at(corner, 0.0, 1.0)[0];
            assert!((first - start).abs() < 2e-3, "{corner:?}: {first}, not {start}");
            let last = residuals.at(corner, 1.0, 1.0)[TAPS - 1];
            assert!(last.abs() < 1e-6, "{corner:?}: {last}");
        }
    }

    #[test]
    fn one_sample_later_is_the_next_tap() {
        for corner in ALL {
            let early = Residuals::get().at(corner, 0.0, 1.0);
            let late = Residuals::get().at(corner, 1.0, 1.0);
            for tap in 0..TAPS - 1 {
                assert!((late[tap] - early[tap + 1]).abs() < 1e-6, "{corner:?} {tap}");
            }
        }
    }

    #[test]
    fn the_delay_is_a_few_samples() {
        assert!((2.0..3.0).contains(&Residuals::get().delay));
    }
}
