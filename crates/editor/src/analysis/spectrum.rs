//! The spectrum of the latest samples: a Hann window and a Fourier transform, in decibels of a full-scale
//! sine.

use realfft::{RealFftPlanner, RealToComplex, num_complex::Complex32};
use std::f32::consts::TAU;
use std::fmt;
use std::sync::Arc;

/// Samples that are looked at: 85 ms at 48 kHz, which tells tones 23 Hz apart.
const SIZE: usize = 4096;
/// What is shown as silence, in decibels.
pub(crate) const FLOOR: f32 = -96.0;

/// Computes spectra. See the [module](self).
pub(crate) struct Spectrum {
    transform: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    input: Vec<f32>,
    output: Vec<Complex32>,
    scratch: Vec<Complex32>,
    /// Of each bin, in decibels.
    levels: Vec<f32>,
}

impl fmt::Debug for Spectrum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Spectrum({SIZE})")
    }
}

impl Default for Spectrum {
    fn default() -> Self {
        let transform = RealFftPlanner::new().plan_fft_forward(SIZE);
        let window = (0..SIZE).map(|at| 0.5 - 0.5 * (TAU * at as f32 / SIZE as f32).cos()).collect();
        Self {
            window,
            input: transform.make_input_vec(),
            output: transform.make_output_vec(),
            scratch: transform.make_scratch_vec(),
            levels: vec![FLOOR; SIZE / 2 + 1],
            transform,
        }
    }
}

impl Spectrum {
    /// The level of each bin of the latest samples, from 0 Hz to half the sample rate. What is missing at
    /// the beginning counts as silence.
    pub(crate) fn levels(&mut self, samples: &[f32]) -> &[f32] {
        let latest = &samples[samples.len().saturating_sub(SIZE)..];
        let missing = SIZE - latest.len();
        self.input[..missing].fill(0.0);
        let places = self.input[missing..].iter_mut().zip(&self.window[missing..]);
        for ((place, window), sample) in places.zip(latest) {
            *place = if sample.is_finite() { sample * window } else { 0.0 };
        }
        let done = self.transform.process_with_scratch(&mut self.input, &mut self.output, &mut self.scratch);
        if done.is_err() {
            // All three buffers come from the transform itself, so they fit.
            self.levels.fill(FLOOR);
            return &self.levels;
        }
        // A sine of amplitude 1 comes out as half the sum of the window, which is half its length.
        let scale = 4.0 / SIZE as f32;
        for (level, bin) in self.levels.iter_mut().zip(&self.output) {
            *level = super::decibels(bin.norm() * scale, FLOOR);
        }
        &self.levels
    }
}

/// Levels at `points` frequencies, equally far apart in octaves from `low` to `high` Hz: the loudest bin
/// around each, and between bins a straight line.
pub(crate) fn resampled(
    levels: &[f32],
    sample_rate: f32,
    low: f32,
    high: f32,
    points: usize,
) -> impl Iterator<Item = f32> {
    let bins = (levels.len() - 1) as f32;
    let per_hertz = 2.0 * bins / sample_rate.max(1.0);
    let bin = move |point: f32| low * (high / low).powf(point / (points - 1) as f32) * per_hertz;
    (0..points).map(move |point| {
        let point = point as f32;
        let (from, to) = (bin(point - 0.5).min(bins), bin(point + 0.5).min(bins));
        let (first, last) = (from.ceil() as usize, to.floor() as usize);
        if first <= last && to - from >= 1.0 {
            return levels[first..=last].iter().copied().fold(FLOOR, f32::max);
        }
        let middle = bin(point).min(bins);
        let (left, part) = (middle.floor() as usize, middle.fract());
        let right = (left + 1).min(levels.len() - 1);
        levels[left] + (levels[right] - levels[left]) * part
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(hertz: f32, amplitude: f32) -> Vec<f32> {
        (0..8192_u16).map(|at| amplitude * (TAU * hertz * f32::from(at) / 48_000.0).sin()).collect()
    }

    #[test]
    fn a_full_scale_sine_is_at_zero_decibels_in_its_bin() {
        let mut spectrum = Spectrum::default();
        let bin = 100;
        let hertz = bin as f32 * 48_000.0 / SIZE as f32;
        let levels = spectrum.levels(&sine(hertz, 1.0));
        assert!(levels[bin].abs() < 0.1, "{}", levels[bin]);
        assert!(levels[bin + 8] < -80.0, "{}", levels[bin + 8]);
        let quiet = spectrum.levels(&sine(hertz, 0.1))[bin];
        assert!((quiet + 20.0).abs() < 0.1, "{quiet}");
    }

    #[test]
    fn peaks_survive_the_way_to_a_logarithmic_scale() {
        let mut spectrum = Spectrum::default();
        for hertz in [50.0, 440.0, 5_000.0, 15_000.0] {
            let levels = spectrum.levels(&sine(hertz, 1.0)).to_vec();
            let shown: Vec<f32> = resampled(&levels, 48_000.0, 20.0, 20_000.0, 128).collect();
            let (place, peak) =
                shown.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).expect("there are points");
            let found = 20.0 * 1000.0_f32.powf(place as f32 / 127.0);
            assert!((found / hertz).log2().abs() < 0.15, "{hertz} Hz seen at {found} Hz");
            assert!(*peak > -3.0, "{hertz} Hz: {peak} dB");
        }
    }

    #[test]
    fn silence_and_rubbish_are_silent() {
        let mut spectrum = Spectrum::default();
        for samples in [vec![], vec![0.0; 9000], vec![f32::NAN; 5000], vec![f32::INFINITY; 3]] {
            assert!(spectrum.levels(&samples).iter().all(|level| *level == FLOOR));
        }
    }
}
