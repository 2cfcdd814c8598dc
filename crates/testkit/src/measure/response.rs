//! Filters, by their impulse response.

use super::level::decibels;
use realfft::RealFftPlanner;
use std::f64::consts::TAU;

/// The gain at a frequency, in dB.
pub fn gain_db(response: &[f32], sample_rate: f32, hertz: f64) -> f64 {
    let step = TAU * hertz / f64::from(sample_rate);
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (i, x) in response.iter().enumerate() {
        let (sine, cosine) = (step * i as f64).sin_cos();
        real += f64::from(*x) * cosine;
        imaginary -= f64::from(*x) * sine;
    }
    decibels(real.hypot(imaginary))
}

/// Frequency and gain, in hertz and dB, of the highest resonance above 5 Hz. The response should have
/// died away at its end.
pub fn resonance(response: &[f32], sample_rate: f32) -> (f64, f64) {
    let length = (2 * response.len()).next_power_of_two().max(1 << 19);
    let mut samples: Vec<f64> = response.iter().map(|x| f64::from(*x)).collect();
    samples.resize(length, 0.0);
    let transform = RealFftPlanner::new().plan_fft_forward(length);
    let mut bins = transform.make_output_vec();
    transform.process(&mut samples, &mut bins).expect("the lengths fit");
    let bin = f64::from(sample_rate) / length as f64;
    let levels: Vec<f64> = bins.iter().map(|bin| bin.norm().max(1e-30).ln()).collect();
    let lowest = ((5.0 / bin) as usize).max(1);
    let peak = (lowest..levels.len() - 1).max_by(|a, b| levels[*a].total_cmp(&levels[*b])).unwrap_or(lowest);
    let [before, here, after] = [levels[peak - 1], levels[peak], levels[peak + 1]];
    let bend = before - 2.0 * here + after;
    let offset = if bend == 0.0 { 0.0 } else { 0.5 * (before - after) / bend };
    let height = here - 0.25 * (before - after) * offset;
    ((peak as f64 + offset) * bin, decibels(height.exp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sine that dies away: its resonance stands at its frequency, as high as it is long.
    #[test]
    fn a_ringing_sine_is_found() {
        for hertz in [20.5, 440.0, 15_000.3] {
            let step = TAU * hertz / 48_000.0;
            let decay = 1.0 / (50.0 * 48_000.0 / hertz);
            let ring = |i: u32| (-decay * f64::from(i)).exp() * (step * f64::from(i)).sin();
            // Nine time constants of the slowest: it has died away.
            let response: Vec<f32> = (0..1 << 20).map(|i| ring(i) as f32).collect();
            let (found, height) = resonance(&response, 48_000.0);
            assert!((found / hertz - 1.0).abs() < 1e-4, "{found}, not {hertz} Hz");
            assert!((height - decibels(0.5 / decay)).abs() < 0.1, "{height} dB");
            assert!((gain_db(&response, 48_000.0, hertz) - height).abs() < 0.1);
        }
    }
}
