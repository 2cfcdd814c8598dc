//! The Fourier transform in `f64`, for tables and filters made on the control thread: the same bits on every
//! machine.

use crate::precise::{exp, sin};
use std::f64::consts::PI;

/// A complex number.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Complex {
    /// The real part.
    pub re: f64,
    /// The imaginary part.
    pub im: f64,
}

impl Complex {
    /// The distance from zero.
    pub fn magnitude(self) -> f64 {
        (self.re * self.re + self.im * self.im).sqrt()
    }

    /// Both parts times a factor.
    pub fn times(self, factor: f64) -> Self {
        Self { re: self.re * factor, im: self.im * factor }
    }

    /// The complex product.
    pub fn product(self, other: Self) -> Self {
        Self { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }

    /// e to the power of this number, whose parts lie within the limits of [`exp`] and [`sin`].
    pub fn exp(self) -> Self {
        let magnitude = exp(self.re);
        Self { re: magnitude * sin(self.im + PI / 2.0), im: magnitude * sin(self.im) }
    }
}

/// The discrete Fourier transform of one length (Cooley and Tukey).
#[derive(Clone, Debug)]
pub struct Fourier {
    length: usize,
    /// The first half of a turn in as many steps as half the length.
    turns: Vec<Complex>,
}

impl Fourier {
    /// A transform of a length that is a power of two; panics for any other.
    pub fn new(length: usize) -> Self {
        assert!(length.is_power_of_two(), "a transform has a power of two of points");
        let half = length / 2;
        let turn = |k: usize| {
            let angle = PI * k as f64 / half as f64;
            Complex { re: sin(angle + PI / 2.0), im: sin(angle) }
        };
        Self { length, turns: (0..half).map(turn).collect() }
    }

    /// From samples to their spectrum. Panics for input of another length.
    pub fn forward(&self, input: &[Complex]) -> Vec<Complex> {
        self.transform(input, -1.0)
    }

    /// From a spectrum back to its samples. Panics for input of another length.
    pub fn inverse(&self, input: &[Complex]) -> Vec<Complex> {
        let scale = 1.0 / self.length as f64;
        self.transform(input, 1.0).into_iter().map(|value| value.times(scale)).collect()
    }

    fn transform(&self, input: &[Complex], direction: f64) -> Vec<Complex> {
        assert_eq!(input.len(), self.length, "the input is as long as the transform");
        let unused_bits = usize::BITS - self.length.trailing_zeros();
        let mut data: Vec<Complex> =
            (0..self.length).map(|i| input[i.reverse_bits().unbounded_shr(unused_bits)]).collect();
        let mut half = 1;
        while half < self.length {
            let turns = self.turns.iter().step_by(self.turns.len() / half);
            let turns: Vec<Complex> =
                turns.map(|turn| Complex { re: turn.re, im: direction * turn.im }).collect();
            for group in data.chunks_exact_mut(2 * half) {
                let (low, high) = group.split_at_mut(half);
                for ((a, b), turn) in low.iter_mut().zip(high).zip(&turns) {
                    let turned = b.product(*turn);
                    *b = Complex { re: a.re - turned.re, im: a.im - turned.im };
                    *a = Complex { re: a.re + turned.re, im: a.im + turned.im };
                }
            }
            half *= 2;
        }
        data
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn signal(length: usize) -> Vec<Complex> {
        let part = |i: usize, step: usize| ((i * step) % 17) as f64 - 8.0;
        (0..length).map(|i| Complex { re: part(i, 5), im: part(i, 3) }).collect()
    }

    #[test]
    fn it_is_the_sum_that_defines_it() {
        for length in [1, 2, 8, 64] {
            let input = signal(length);
            for (k, found) in Fourier::new(length).forward(&input).into_iter().enumerate() {
                let mut sum = Complex::default();
                for (i, value) in input.iter().enumerate() {
                    let angle = -TAU * (k * i % length) as f64 / length as f64;
                    let term = value.product(Complex { re: angle.cos(), im: angle.sin() });
                    sum = Complex { re: sum.re + term.re, im: sum.im + term.im };
                }
                assert!(
                    (sum.re - found.re).abs() < 1e-10 && (sum.im - found.im).abs() < 1e-10,
                    "{length} {k}"
                );
            }
        }
    }

    #[test]
    fn the_inverse_leads_back() {
        let (input, fourier) = (signal(256), Fourier::new(256));
        for (a, b) in input.iter().zip(fourier.inverse(&fourier.forward(&input))) {
            assert!((a.re - b.re).abs() < 1e-12 && (a.im - b.im).abs() < 1e-12);
        }
    }
}
