//! Sines that start again: the residual of a jump in the phase of a sine.
//!
//! A sine bends too fast for steps, bends and curls to follow it far. But the filter's answer to a sine that
//! sets in is known exactly: the sine, times the part of the kernel's transform at its frequency that has
//! been passed through so far. Divided by the whole transform it becomes the sine itself, so that nothing
//! lags.

use super::design::{POINTS, SPAN, kernel};
use super::{Row, TAPS};
use crate::fourier::Complex;
use crate::precise::sin;
use std::f64::consts::{FRAC_PI_2, TAU};

/// Points of the kernel per sample that are summed: enough for a cubic between them.
const STEPS: usize = 32;
/// Points in all.
const LENGTH: usize = SPAN * STEPS + 1;
/// A turn in fixed-point phases: 2^32.
const TURN: f64 = 4_294_967_296.0;

/// The kernel, ready to be summed.
pub(super) struct Onset(Vec<f64>);

/// e^(2 pi i turns).
fn turned(turns: f64) -> Complex {
    Complex { re: sin(TAU * turns + FRAC_PI_2), im: sin(TAU * turns) }
}

impl Onset {
    pub(super) fn compute() -> Self {
        Self(kernel().into_iter().step_by(POINTS / STEPS).collect())
    }

    /// The residual of a sine that jumps from one phase to another `since` samples (0..=1) before the first
    /// of the answers, and goes on at a speed in turns per sample of less than 0.46 either way.
    pub(super) fn row(&self, since: f32, speed: f32, from: u32, to: u32) -> Row {
        let speed = f64::from(speed);
        let passed = self.passed(speed);
        let whole = passed[LENGTH - 1];
        let scale = 1.0 / (whole.re * whole.re + whole.im * whole.im);
        let inverse = Complex { re: whole.re * scale, im: -whole.im * scale };
        let (before, after) = (turned(f64::from(from) / TURN), turned(f64::from(to) / TURN));
        let difference = Complex { re: after.re - before.re, im: after.im - before.im };
        let position = f64::from(since) * STEPS as f64;
        let index = (position as usize).min(STEPS - 1);
        let weights = cubic(position - index as f64);
        let mut sine = difference.product(turned(speed * f64::from(since)));
        let step = turned(speed);
        let mut row = [0.0; TAPS];
        for (tap, residual) in row.iter_mut().enumerate() {
            // Nothing has passed at the point before the first, and all at those behind the last.
            let mut sum = Complex::default();
            for (point, weight) in weights.iter().enumerate() {
                let place = tap * STEPS + index + point;
                let passed =
                    if place == 0 { Complex::default() } else { passed[(place - 1).min(LENGTH - 1)] };
                sum = Complex { re: sum.re + passed.re * weight, im: sum.im + passed.im * weight };
            }
            let share = sum.product(inverse);
            *residual = (sine.re * share.im + sine.im * (share.re - 1.0)) as f32;
            sine = sine.product(step);
        }
        row
    }

    /// How much of the kernel's transform at a frequency has passed at each point, by the trapezoid rule.
    fn passed(&self, speed: f64) -> [Complex; LENGTH] {
        let back = turned(-speed / STEPS as f64);
        let mut sums = [Complex::default(); LENGTH];
        let mut turn = Complex { re: 1.0, im: 0.0 };
        let (mut sum, mut before) = (Complex::default(), turn.times(self.0[0]));
        for (place, weight) in sums.iter_mut().zip(&self.0).skip(1) {
            turn = turn.product(back);
            let now = turn.times(*weight);
            sum = Complex { re: sum.re + before.re + now.re, im: sum.im + before.im + now.im };
            *place = sum;
            before = now;
        }
        sums
    }
}

/// Lagrange's cubic through the points at -1, 0, 1 and 2.
fn cubic(x: f64) -> [f64; 4] {
    let (below, above, beyond) = (x + 1.0, x - 1.0, x - 2.0);
    [
        x * above * beyond * (-1.0 / 6.0),
        below * above * beyond * 0.5,
        below * x * beyond * -0.5,
        below * x * above * (1.0 / 6.0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_begins_with_the_whole_jump_and_ends_with_none() {
        let onset = Onset::compute();
        for speed in [0.0, 0.01, 0.1, 0.3, -0.2] {
            let row = onset.row(0.0, speed, 0x4000_0000, 0);
            // From 1 to 0: the filter still holds the 1.
            assert!((row[0] - 1.0).abs() < 1e-2, "{speed}: {}", row[0]);
            let late = onset.row(1.0, speed, 0x4000_0000, 0);
            assert!(late[TAPS - 1].abs() < 1e-6, "{speed}: {}", late[TAPS - 1]);
            for tap in 0..TAPS - 1 {
                assert!((late[tap] - row[tap + 1]).abs() < 1e-6, "{speed}, one sample later is the next tap");
            }
        }
    }

    #[test]
    fn a_jump_of_no_size_needs_nothing() {
        assert!(Onset::compute().row(0.3, 0.2, 77, 77).iter().all(|x| x.abs() < 1e-9));
    }
}
