//! Takes sound apart into overlapping spectra and puts it together again.
//!
//! Windows of `size` samples, four of which overlap at any time, are transformed, changed by the node,
//! transformed back and added (Allen and Rabiner 1977). Unchanged spectra give the sound itself, `size`
//! frames later.

use crate::parts::compute::best_instructions::BestInstructions;
use jackfield_node::dsp::precise::sin;
use jackfield_node::dsp::real_fourier::{RealFourier, Spectrum};
use std::f64::consts::PI;

/// Windows that overlap at any time.
pub(crate) const OVERLAP: usize = 4;

/// The sum of the squares of windows that overlap, which the way back takes off.
const GAIN: f32 = 1.5;

/// See the module's documentation.
pub(crate) struct Stft {
    instructions: BestInstructions,
    fourier: RealFourier,
    window: Vec<f32>,
    /// The last `size` samples, the oldest first.
    heard: Vec<f32>,
    /// Sums of windows; the first quarter is done.
    sums: Vec<f32>,
    frame: Vec<f32>,
    spectrum: Spectrum,
    /// Samples since the last window.
    fresh: usize,
}

/// A window's size for a duration in seconds: the power of two nearest below, within 512 to 16,384.
pub(crate) fn window_size(seconds: f32, sample_rate: f32) -> usize {
    let frames = (seconds * sample_rate) as usize;
    (1 << frames.max(1).ilog2()).clamp(512, 16_384)
}

impl Stft {
    /// Windows of `size` samples, a power of two. Control thread.
    pub(crate) fn new(size: usize) -> Self {
        let hann = |i: usize| sin(PI * i as f64 / size as f64) as f32;
        Self {
            instructions: BestInstructions::of_this_machine(),
            fourier: RealFourier::new(size),
            window: (0..size).map(|i| hann(i) * hann(i)).collect(),
            heard: vec![0.0; size],
            sums: vec![0.0; size],
            frame: vec![0.0; size],
            spectrum: Spectrum::new(size),
            fresh: 0,
        }
    }

    /// Forgets the past.
    pub(crate) fn reset(&mut self) {
        self.heard.fill(0.0);
        self.sums.fill(0.0);
        self.fresh = 0;
    }

    /// Replaces a row of sound by what comes of it. `change` gets each spectrum when its window is full, and
    /// the place in the row of the window's last sample.
    pub(crate) fn process(&mut self, row: &mut [f32], mut change: impl FnMut(&mut Spectrum, usize)) {
        let (size, hop) = (self.window.len(), self.window.len() / OVERLAP);
        let mut done = 0;
        while done < row.len() {
            let count = (hop - self.fresh).min(row.len() - done);
            let start = size - hop + self.fresh;
            let piece = &mut row[done..done + count];
            self.heard[start..start + count].copy_from_slice(piece);
            piece.copy_from_slice(&self.sums[self.fresh..self.fresh + count]);
            (self.fresh, done) = (self.fresh + count, done + count);
            if self.fresh == hop {
                self.turn_over(|spectrum| change(spectrum, done - 1));
            }
        }
    }

    /// Computes the window that has just become full.
    fn turn_over(&mut self, change: impl FnOnce(&mut Spectrum)) {
        let (size, hop) = (self.window.len(), self.window.len() / OVERLAP);
        let Self { instructions, fourier, window, heard, sums, frame, spectrum, fresh } = self;
        instructions.run(
            #[inline(always)]
            || {
                for ((out, heard), window) in frame.iter_mut().zip(heard.iter()).zip(window.iter()) {
                    *out = heard * window;
                }
                fourier.forward(frame, spectrum);
            },
        );
        change(spectrum);
        sums.copy_within(hop.., 0);
        sums[size - hop..].fill(0.0);
        instructions.run(
            #[inline(always)]
            || {
                fourier.inverse(spectrum, frame);
                for ((sum, frame), window) in sums.iter_mut().zip(frame.iter()).zip(window.iter()) {
                    *sum += frame * window * (1.0 / GAIN);
                }
            },
        );
        heard.copy_within(hop.., 0);
        *fresh = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::signal::noise;

    #[test]
    fn unchanged_spectra_are_the_sound_itself_later() {
        for size in [512, 2048] {
            let sound = noise(20_000, 1);
            for rows in [1, 17, 64] {
                let (mut stft, mut out) = (Stft::new(size), sound.clone());
                out.chunks_mut(rows).for_each(|row| stft.process(row, |_, _| {}));
                assert!(out[..size].iter().all(|x| x.abs() < 1e-6), "silence until {size}");
                let late = out[size..].iter().zip(&sound);
                assert!(late.into_iter().all(|(a, b)| (a - b).abs() < 2e-6), "{size} in rows of {rows}");
            }
        }
    }

    #[test]
    fn windows_last_about_as_long_at_any_rate() {
        assert_eq!(window_size(0.045, 48_000.0), 2048);
        assert_eq!(window_size(0.045, 96_000.0), 4096);
        assert_eq!(window_size(0.045, 8000.0), 512);
    }
}
