//! Reverbs, by their impulse response.

use super::spectrum::Spectrum;
use realfft::RealFftPlanner;

/// The time in which the tail falls by 60 dB, from the line through -5 to -35 dB of the energy still
/// to come (Schroeder 1965); none if it never falls that far.
pub fn decay_seconds(response: &[f32], sample_rate: f32) -> Option<f64> {
    let response: Vec<f64> = response.iter().map(|x| f64::from(*x)).collect();
    decay(&response, sample_rate)
}

/// The same of the octave around a frequency.
pub fn decay_seconds_in_band(response: &[f32], sample_rate: f32, center: f64) -> Option<f64> {
    let half_octave = std::f64::consts::SQRT_2;
    decay(&band(response, sample_rate, center / half_octave, center * half_octave), sample_rate)
}

/// The share of samples beyond the standard deviation in the 20 ms around a time, re that of noise
/// (Abel and Huang 2006): from 0 for single echoes to 1 for a dense tail.
pub fn echo_density(response: &[f32], sample_rate: f32, seconds: f64) -> f64 {
    /// Of normally distributed samples, those beyond the standard deviation.
    const BEYOND_IN_NOISE: f64 = 0.317_310_507_862_914;
    let length = (0.02 * sample_rate) as usize | 1;
    let start = ((seconds * f64::from(sample_rate)) as usize).saturating_sub(length / 2);
    let Some(piece) = response.get(start..start + length) else { return 0.0 };
    let weight = |i: usize| 0.5 - 0.5 * (std::f64::consts::TAU * (i as f64 + 0.5) / length as f64).cos();
    let total: f64 = (0..length).map(weight).sum();
    let weighted = |f: &dyn Fn(f64) -> f64| -> f64 {
        piece.iter().enumerate().map(|(i, x)| weight(i) * f(f64::from(*x))).sum::<f64>() / total
    };
    let deviation = weighted(&|x| x * x).sqrt();
    if deviation < 1e-12 {
        return 0.0;
    }
    weighted(&|x| f64::from(u8::from(x.abs() > deviation))) / BEYOND_IN_NOISE
}

/// How far the strongest mode of the tail from -30 to -60 dB rises above its third of an octave, in
/// dB, from 100 Hz to 10 kHz. Noise has about 11 dB; above 15 dB it rings like metal.
pub fn ringing_db(response: &[f32], sample_rate: f32) -> f64 {
    let energy = schroeder(&response.iter().map(|x| f64::from(*x)).collect::<Vec<_>>());
    let first_below = |level: f64| energy.iter().position(|x| *x < level).unwrap_or(energy.len());
    let mut tail = response[first_below(-30.0)..first_below(-60.0)].to_vec();
    tail.resize(tail.len().next_power_of_two(), 0.0);
    let Spectrum { power, bin } = Spectrum::of(&tail, sample_rate);
    let sums: Vec<f64> = (power.iter())
        .scan(0.0, |sum, x| {
            *sum += x;
            Some(*sum)
        })
        .collect();
    let sixth = 2.0_f64.powf(1.0 / 6.0);
    let rise = |i: usize| {
        let (low, high) =
            ((i as f64 / sixth) as usize, ((i as f64 * sixth) as usize + 1).min(power.len() - 1));
        power[i] / ((sums[high] - sums[low]) / (high - low) as f64)
    };
    let highest = ((100.0 / bin) as usize..(10_000.0 / bin) as usize).map(rise).fold(0.0, f64::max);
    10.0 * highest.log10()
}

fn decay(response: &[f64], sample_rate: f32) -> Option<f64> {
    let energy = schroeder(response);
    let (start, end) = (energy.iter().position(|x| *x < -5.0)?, energy.iter().position(|x| *x < -35.0)?);
    let count = (end - start) as f64;
    let mean_time = (start + end - 1) as f64 / 2.0;
    let mean_level = energy[start..end].iter().sum::<f64>() / count;
    let (mut product, mut square) = (0.0, 0.0);
    for (i, level) in energy[start..end].iter().enumerate() {
        let time = (start + i) as f64 - mean_time;
        product += time * (level - mean_level);
        square += time * time;
    }
    Some(-60.0 * square / product / f64::from(sample_rate))
}

/// The energy still to come at each sample, in dB re all of it.
fn schroeder(response: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut energy: Vec<f64> = (response.iter().rev())
        .map(|x| {
            sum += x * x;
            sum
        })
        .collect();
    energy.reverse();
    energy.iter().map(|energy| 10.0 * (energy / sum).max(1e-14).log10()).collect()
}

/// The part of a signal between two frequencies, with edges a twelfth of an octave wide.
fn band(signal: &[f32], sample_rate: f32, low: f64, high: f64) -> Vec<f64> {
    let length = (2 * signal.len()).next_power_of_two();
    let mut samples: Vec<f64> = signal.iter().map(|x| f64::from(*x)).collect();
    samples.resize(length, 0.0);
    let mut planner = RealFftPlanner::new();
    let (forward, inverse) = (planner.plan_fft_forward(length), planner.plan_fft_inverse(length));
    let mut bins = forward.make_output_vec();
    forward.process(&mut samples, &mut bins).expect("the lengths fit");
    for (i, bin) in bins.iter_mut().enumerate() {
        let hertz = i as f64 * f64::from(sample_rate) / length as f64;
        let inside = (hertz / low).log2().min((high / hertz).log2()) * 12.0;
        let share = inside.clamp(-0.5, 0.5) + 0.5;
        *bin *= 0.5 - 0.5 * (std::f64::consts::PI * share).cos();
    }
    // The first and last bin of a real signal are real.
    (bins[0].im, bins[length / 2].im) = (0.0, 0.0);
    inverse.process(&mut bins, &mut samples).expect("the lengths fit");
    samples.truncate(signal.len());
    samples.iter().map(|x| x / length as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::{noise, sine};

    /// Noise that falls by 60 dB in `seconds`.
    fn tail(seconds: f64) -> Vec<f32> {
        let gain = |i: usize| 10.0_f64.powf(-3.0 * i as f64 / 48_000.0 / seconds) as f32;
        noise(96_000, 5).iter().enumerate().map(|(i, x)| x * gain(i)).collect()
    }

    #[test]
    fn decay_is_found_in_all_and_in_a_band() {
        let tail = tail(1.0);
        assert!((decay_seconds(&tail, 48_000.0).unwrap() - 1.0).abs() < 0.01);
        for center in [250.0, 1000.0, 8000.0] {
            let found = decay_seconds_in_band(&tail, 48_000.0, center).unwrap();
            assert!((found - 1.0).abs() < 0.06, "{found} s at {center} Hz");
        }
        assert_eq!(decay_seconds(&[1.0; 10], 48_000.0), None);
    }

    #[test]
    fn noise_is_dense_and_single_echoes_are_not() {
        let mut sum = 0.0;
        for step in 0..20 {
            sum += echo_density(&tail(1.0), 48_000.0, 0.1 + 0.02 * f64::from(step)) / 20.0;
        }
        // These samples are evenly distributed, so 0.42 of them lie beyond the deviation.
        assert!((sum - 0.4226 / 0.3173).abs() < 0.05, "{sum}");
        let sparse: Vec<f32> = (0..48_000).map(|i| if i % 100 == 0 { 1.0 } else { 0.0 }).collect();
        assert!(echo_density(&sparse, 48_000.0, 0.5) < 0.05);
    }

    #[test]
    fn a_mode_rings_and_noise_does_not() {
        let tail = tail(1.0);
        assert!(ringing_db(&tail, 48_000.0) < 13.0);
        let mode = sine(96_000, 1000.0, 48_000.0);
        let ringing: Vec<f32> = (tail.iter().zip(&mode).enumerate())
            .map(|(i, (x, mode))| x + mode * 0.3 * 10.0_f64.powf(-3.0 * i as f64 / 48_000.0) as f32)
            .collect();
        assert!(ringing_db(&ringing, 48_000.0) > 15.0);
    }
}
