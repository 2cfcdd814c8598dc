//! The power spectrum of a piece of sound.

use super::window::{HALF_LOBE, blackman_harris};
use realfft::RealFftPlanner;

/// Power by frequency, under a window whose side lobes lie below -180 dB.
#[derive(Clone, Debug)]
pub struct Spectrum {
    /// Mean square of the signal in each bin; bins of a component's main lobe add up to its own.
    pub power: Vec<f64>,
    /// Hertz from bin to bin.
    pub bin: f64,
}

impl Spectrum {
    /// Bins to each side of a component that belong to it.
    pub const HALF_LOBE: usize = HALF_LOBE;

    /// The spectrum of the whole of a signal.
    pub fn of(signal: &[f32], sample_rate: f32) -> Self {
        let length = signal.len();
        let window = blackman_harris(length);
        let mut windowed: Vec<f64> = signal.iter().zip(&window).map(|(x, w)| f64::from(*x) * w).collect();
        let transform = RealFftPlanner::new().plan_fft_forward(length);
        let mut bins = transform.make_output_vec();
        transform.process(&mut windowed, &mut bins).expect("the lengths fit");
        let scale = 2.0 / (length as f64 * window.iter().map(|w| w * w).sum::<f64>());
        let mut power: Vec<f64> = bins.iter().map(|bin| bin.norm_sqr() * scale).collect();
        power[0] /= 2.0;
        if length.is_multiple_of(2) {
            power[length / 2] /= 2.0;
        }
        Self { power, bin: f64::from(sample_rate) / length as f64 }
    }

    /// Mean square between two frequencies.
    pub fn between(&self, low: f64, high: f64) -> f64 {
        let position = |hertz: f64| ((hertz / self.bin).round() as usize).min(self.power.len());
        self.power[position(low)..position(high)].iter().sum()
    }

    /// Mean square of the component at a frequency.
    pub fn component(&self, hertz: f64) -> f64 {
        let center = (hertz / self.bin).round() as usize;
        let end = (center + HALF_LOBE + 2).min(self.power.len());
        self.power[center.saturating_sub(HALF_LOBE + 1).min(end)..end].iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::{noise, sine};

    #[test]
    fn power_is_the_mean_square() {
        let sine = sine(10_000, 1234.5, 48_000.0);
        let spectrum = Spectrum::of(&sine, 48_000.0);
        assert!((spectrum.component(1234.5) - 0.5).abs() < 1e-6);
        assert!(spectrum.between(2000.0, 24_000.0) < 1e-13, "f32 rounds at -140 dB");
        let noise = Spectrum::of(&noise(65_536, 1), 48_000.0);
        assert!((noise.between(0.0, 24_000.0) - 1.0 / 3.0).abs() < 0.01);
        assert!((noise.between(0.0, 12_000.0) - 1.0 / 6.0).abs() < 0.01);
    }
}
