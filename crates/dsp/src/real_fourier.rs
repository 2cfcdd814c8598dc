//! The Fourier transform of real samples in `f32`, for the audio thread: no allocation, and the same bits on
//! every machine.
//!
//! Half as many complex numbers, whose real and imaginary parts are the even and odd samples, go through a
//! transform of radix 4 that needs no reordering (Stockham; see Cochran et al., "What is the fast Fourier
//! transform?", 1967), and come out as the spectrum after one pass of sums and differences. The parts lie in
//! arrays of their own, so that plain loops over them become vector instructions. rustfft picks its
//! instructions at run time, each with roundings of its own, and takes its twiddles from the platform's sine.

use crate::precise::sin;
use std::f64::consts::{FRAC_PI_2, TAU};

/// The spectrum of `size` real samples: bins 0 to `size / 2`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spectrum {
    /// Real parts.
    pub re: Vec<f32>,
    /// Imaginary parts.
    pub im: Vec<f32>,
}

impl Spectrum {
    /// Silence, for a transform of this size. Control thread.
    pub fn new(size: usize) -> Self {
        Self { re: vec![0.0; size / 2 + 1], im: vec![0.0; size / 2 + 1] }
    }

    /// Makes it silent.
    pub fn clear(&mut self) {
        self.re.fill(0.0);
        self.im.fill(0.0);
    }

    /// Adds the product of two spectra, bin by bin: a convolution in time.
    #[inline(always)]
    pub fn add_product(&mut self, a: &Self, b: &Self) {
        let bins = self.re.len();
        let (re, im) = (&mut self.re[..bins], &mut self.im[..bins]);
        let (a_re, a_im, b_re, b_im) = (&a.re[..bins], &a.im[..bins], &b.re[..bins], &b.im[..bins]);
        for k in 0..bins {
            re[k] += a_re[k] * b_re[k] - a_im[k] * b_im[k];
            im[k] += a_re[k] * b_im[k] + a_im[k] * b_re[k];
        }
    }
}

/// A transform of one size with its tables and its workspace.
#[derive(Clone, Debug)]
pub struct RealFourier {
    /// `e^(-2 pi i k / half)` for the passes.
    turns: TwiddleTable,
    /// `e^(-2 pi i k / size)`, which takes even and odd samples apart.
    split: TwiddleTable,
    /// Complex numbers before and behind a pass.
    front: TwiddleTable,
    back: TwiddleTable,
}

/// Complex numbers, their parts apart.
#[derive(Clone, Debug)]
struct TwiddleTable {
    re: Vec<f32>,
    im: Vec<f32>,
}

impl TwiddleTable {
    fn zeros(count: usize) -> Self {
        Self { re: vec![0.0; count], im: vec![0.0; count] }
    }

    /// The first `count` powers of a turn's `whole`-th part, clockwise.
    fn of_turns(count: usize, whole: usize) -> Self {
        let angle = |k: usize| TAU * k as f64 / whole as f64;
        Self {
            re: (0..count).map(|k| sin(angle(k) + FRAC_PI_2) as f32).collect(),
            im: (0..count).map(|k| -sin(angle(k)) as f32).collect(),
        }
    }
}

impl RealFourier {
    /// A transform of `size` samples, a power of two of at least 8. Control thread. Panics for other sizes.
    pub fn new(size: usize) -> Self {
        assert!(size.is_power_of_two() && size >= 8, "a power of two of at least 8");
        let half = size / 2;
        Self {
            turns: TwiddleTable::of_turns(half, half),
            split: TwiddleTable::of_turns(half / 2 + 1, size),
            front: TwiddleTable::zeros(half),
            back: TwiddleTable::zeros(half),
        }
    }

    /// How many samples it takes.
    pub fn size(&self) -> usize {
        2 * self.front.re.len()
    }

    /// The spectrum of `size` samples. Panics for another number of them.
    #[inline(always)]
    pub fn forward(&mut self, samples: &[f32], spectrum: &mut Spectrum) {
        let half = self.front.re.len();
        assert_eq!(samples.len(), 2 * half, "as many samples as the transform takes");
        let (pairs, _) = samples.as_chunks::<2>();
        for ((pair, re), im) in pairs.iter().zip(&mut self.front.re).zip(&mut self.front.im) {
            (*re, *im) = (pair[0], pair[1]);
        }
        self.transform();
        let z = &self.front;
        (spectrum.re[0], spectrum.im[0]) = (z.re[0] + z.im[0], 0.0);
        (spectrum.re[half], spectrum.im[half]) = (z.re[0] - z.im[0], 0.0);
        for k in 1..=half / 2 {
            let other = half - k;
            let (even_re, even_im) = ((z.re[k] + z.re[other]) * 0.5, (z.im[k] - z.im[other]) * 0.5);
            let (odd_re, odd_im) = ((z.im[k] + z.im[other]) * 0.5, (z.re[other] - z.re[k]) * 0.5);
            let (turn_re, turn_im) = (self.split.re[k], self.split.im[k]);
            let turned_re = odd_re * turn_re - odd_im * turn_im;
            let turned_im = odd_re * turn_im + odd_im * turn_re;
            (spectrum.re[k], spectrum.im[k]) = (even_re + turned_re, even_im + turned_im);
            (spectrum.re[other], spectrum.im[other]) = (even_re - turned_re, turned_im - even_im);
        }
    }

    /// The samples of a spectrum: the inverse of [`forward`](Self::forward).
    #[inline(always)]
    pub fn inverse(&mut self, spectrum: &Spectrum, samples: &mut [f32]) {
        let half = self.front.re.len();
        assert_eq!(samples.len(), 2 * half, "as many samples as the transform takes");
        let (re, im) = (&spectrum.re[..=half], &spectrum.im[..=half]);
        let scale = 0.5 / half as f32;
        // The inverse of a transform is the transform of the conjugate, conjugated.
        let z = &mut self.front;
        (z.re[0], z.im[0]) = ((re[0] + re[half]) * scale, (re[half] - re[0]) * scale);
        for k in 1..=half / 2 {
            let other = half - k;
            let (even_re, even_im) = (re[k] + re[other], im[k] - im[other]);
            let (difference_re, difference_im) = (re[k] - re[other], im[k] + im[other]);
            let (turn_re, turn_im) = (self.split.re[k], -self.split.im[k]);
            let odd_re = difference_re * turn_re - difference_im * turn_im;
            let odd_im = difference_re * turn_im + difference_im * turn_re;
            (z.re[k], z.im[k]) = ((even_re - odd_im) * scale, -(even_im + odd_re) * scale);
            (z.re[other], z.im[other]) = ((even_re + odd_im) * scale, (even_im - odd_re) * scale);
        }
        self.transform();
        let (pairs, _) = samples.as_chunks_mut::<2>();
        for ((pair, re), im) in pairs.iter_mut().zip(&self.front.re).zip(&self.front.im) {
            *pair = [*re, -im];
        }
    }

    /// Transforms the numbers in front, in place.
    #[inline(always)]
    fn transform(&mut self) {
        let half = self.front.re.len();
        let (mut count, mut stride) = (half, 1);
        while count >= 4 {
            pass_of_four(&self.front, &mut self.back, &self.turns, count, stride);
            std::mem::swap(&mut self.front, &mut self.back);
            (count, stride) = (count / 4, stride * 4);
        }
        if count == 2 {
            pass_of_two(&self.front, &mut self.back, stride);
            std::mem::swap(&mut self.front, &mut self.back);
        }
    }
}

/// Transforms `count` numbers `stride` apart, `stride` times, down to four parts of a quarter of the count.
#[inline(always)]
fn pass_of_four(
    from: &TwiddleTable,
    to: &mut TwiddleTable,
    turns: &TwiddleTable,
    count: usize,
    stride: usize,
) {
    let (quarter, reach) = (count / 4, count / 4 * stride);
    let [re0, re1, re2, re3] = quarters(&from.re, reach);
    let [im0, im1, im2, im3] = quarters(&from.im, reach);
    for group in 0..quarter {
        let turn = |power: usize| {
            let place = group * stride * power;
            (turns.re[place], turns.im[place])
        };
        let ((re_1, im_1), (re_2, im_2), (re_3, im_3)) = (turn(1), turn(2), turn(3));
        let here = group * stride..(group + 1) * stride;
        let (a_re, a_im) = (&re0[here.clone()], &im0[here.clone()]);
        let (b_re, b_im) = (&re1[here.clone()], &im1[here.clone()]);
        let (c_re, c_im) = (&re2[here.clone()], &im2[here.clone()]);
        let (d_re, d_im) = (&re3[here.clone()], &im3[here]);
        let there = 4 * group * stride..4 * (group + 1) * stride;
        let [out_re0, out_re1, out_re2, out_re3] = quarters_mut(&mut to.re[there.clone()], stride);
        let [out_im0, out_im1, out_im2, out_im3] = quarters_mut(&mut to.im[there], stride);
        for k in 0..stride {
            let (sum_re, sum_im) = (a_re[k] + c_re[k], a_im[k] + c_im[k]);
            let (less_re, less_im) = (a_re[k] - c_re[k], a_im[k] - c_im[k]);
            let (other_re, other_im) = (b_re[k] + d_re[k], b_im[k] + d_im[k]);
            // Times -i.
            let (turned_re, turned_im) = (b_im[k] - d_im[k], d_re[k] - b_re[k]);
            (out_re0[k], out_im0[k]) = (sum_re + other_re, sum_im + other_im);
            let (re, im) = (less_re + turned_re, less_im + turned_im);
            (out_re1[k], out_im1[k]) = (re * re_1 - im * im_1, re * im_1 + im * re_1);
            let (re, im) = (sum_re - other_re, sum_im - other_im);
            (out_re2[k], out_im2[k]) = (re * re_2 - im * im_2, re * im_2 + im * re_2);
            let (re, im) = (less_re - turned_re, less_im - turned_im);
            (out_re3[k], out_im3[k]) = (re * re_3 - im * im_3, re * im_3 + im * re_3);
        }
    }
}

/// The last pass, where two numbers are left.
#[inline(always)]
fn pass_of_two(from: &TwiddleTable, to: &mut TwiddleTable, stride: usize) {
    for (from, to) in [(&from.re, &mut to.re), (&from.im, &mut to.im)] {
        let (a, b) = from.split_at(stride);
        let (sum, difference) = to.split_at_mut(stride);
        for k in 0..stride {
            sum[k] = a[k] + b[k];
            difference[k] = a[k] - b[k];
        }
    }
}

/// Four parts of this length.
#[inline(always)]
fn quarters(all: &[f32], length: usize) -> [&[f32]; 4] {
    [0, 1, 2, 3].map(|i| &all[i * length..(i + 1) * length])
}

/// Four parts of this length.
#[inline(always)]
fn quarters_mut(all: &mut [f32], length: usize) -> [&mut [f32]; 4] {
    let (low, high) = all.split_at_mut(2 * length);
    let ((a, b), (c, d)) = (low.split_at_mut(length), high.split_at_mut(length));
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(size: usize) -> Vec<f32> {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        };
        (0..size).map(|_| next()).collect()
    }

    /// The definition, in f64.
    fn slow(samples: &[f32], bin: usize) -> (f64, f64) {
        let size = samples.len();
        samples.iter().enumerate().fold((0.0, 0.0), |(re, im), (i, x)| {
            let angle = TAU * ((i * bin) % size) as f64 / size as f64;
            (re + f64::from(*x) * angle.cos(), im - f64::from(*x) * angle.sin())
        })
    }

    #[test]
    fn it_is_the_fourier_transform() {
        for size in [8, 16, 32, 64, 128, 512, 1024] {
            let samples = noise(size);
            let mut spectrum = Spectrum::new(size);
            RealFourier::new(size).forward(&samples, &mut spectrum);
            let tolerance = 3e-7 * (size as f64).sqrt() * 4.0;
            for bin in 0..=size / 2 {
                let (re, im) = slow(&samples, bin);
                let error = (f64::from(spectrum.re[bin]) - re).hypot(f64::from(spectrum.im[bin]) - im);
                assert!(error < tolerance, "{error} in bin {bin} of {size}");
            }
        }
    }

    #[test]
    fn the_inverse_gives_the_samples_back() {
        for size in [8, 16, 256, 2048, 8192] {
            let (samples, mut back) = (noise(size), vec![0.0; size]);
            let (mut fourier, mut spectrum) = (RealFourier::new(size), Spectrum::new(size));
            fourier.forward(&samples, &mut spectrum);
            fourier.inverse(&spectrum, &mut back);
            assert!(samples.iter().zip(&back).all(|(a, b)| (a - b).abs() < 1e-6), "{size}");
        }
    }

    #[test]
    fn products_of_spectra_convolve() {
        let (size, mut fourier) = (16, RealFourier::new(16));
        let [mut a, mut b, mut c] = [0; 3].map(|_| Spectrum::new(size));
        let mut shifted = vec![0.0; size];
        shifted[3] = 0.5;
        let samples: Vec<f32> = noise(8).into_iter().chain([0.0; 8]).collect();
        fourier.forward(&samples, &mut a);
        fourier.forward(&shifted, &mut b);
        c.add_product(&a, &b);
        let mut out = vec![0.0; size];
        fourier.inverse(&c, &mut out);
        for (i, sample) in samples[..8].iter().enumerate() {
            assert!((out[i + 3] - sample * 0.5).abs() < 1e-6);
        }
    }
}
