//! Whole sounds to another sample rate, off line and in step: frame 0 stays frame 0.
//!
//! Both rates are known and fixed, so rubato's FFT resampler serves: linear phase, a delay of a whole
//! number of frames, which is cut off here, and computed in f64, so that what remains is the rounding
//! of the f32 result: 150 dB of SINAD from 50 Hz to 20 kHz between 44.1 and 48 kHz (rubato's longest
//! sinc: 136), no measurable delay.

use jackfield_node::Asset;
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, ResampleError, Resampler, ResamplerConstructionError, WindowFunction};
use thiserror::Error;

/// Least length of a filter, in frames of the lower rate: the transition band of a 44.1 kHz file begins
/// above 20 kHz.
const FILTER_FRAMES: usize = 1024;

const WHOLE: &str = "a slice has room for as many frames as it has";

/// Why a sound could not be resampled.
#[derive(Debug, Error)]
pub enum ResampleFailure {
    /// A rate that no sound has.
    #[error("can't convert from {from} to {to} Hz; use rates from 1000 to 1000000 Hz")]
    Rates {
        /// Frames per second of the file.
        from: u32,
        /// Frames per second wanted.
        to: u32,
    },
    /// The resampler failed.
    #[error("can't convert the sample rate: {0}; convert the file with another program")]
    Failed(#[from] ResampleError),
}

/// Frames of `frames` after resampling.
pub fn resampled_frames(frames: u64, from: u32, to: u32) -> u64 {
    (u128::from(frames) * u128::from(to)).div_ceil(u128::from(from).max(1)) as u64
}

/// The same sound at `sample_rate`. Frame `n` of the result lies at time `n / sample_rate`.
pub fn resample(asset: Asset, sample_rate: u32) -> Result<Asset, ResampleFailure> {
    let from = asset.sample_rate.round() as u32;
    if from == sample_rate {
        return Ok(asset);
    }
    let rates = 1_000..=1_000_000;
    let impossible = ResampleFailure::Rates { from, to: sample_rate };
    if !rates.contains(&from) || !rates.contains(&sample_rate) {
        return Err(impossible);
    }
    let mut resampler = build(from as usize, sample_rate as usize).map_err(|_| impossible)?;
    let frames = resampled_frames(asset.frames() as u64, from, sample_rate) as usize;
    let channels = asset
        .channels
        .into_iter()
        .map(|channel| resample_channel(&mut resampler, &channel, frames))
        .collect::<Result<_, _>>()?;
    Ok(Asset { channels, sample_rate: sample_rate as f32 })
}

fn build(from: usize, to: usize) -> Result<Fft<f64>, ResamplerConstructionError> {
    // One transform per chunk: an even number of the shortest possible blocks, so that half a chunk,
    // the delay, is a whole number of frames at both rates.
    let step = 2 * from / greatest_common_divisor(from, to);
    let wanted = (FILTER_FRAMES * from).div_ceil(from.min(to));
    let chunk = wanted.next_multiple_of(step);
    Fft::new_custom(from, to, chunk, 1, 1, WindowFunction::BlackmanHarris2, FixedSync::Both)
}

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

fn resample_channel(
    resampler: &mut Fft<f64>,
    samples: &[f32],
    frames: usize,
) -> Result<Vec<f32>, ResampleError> {
    resampler.reset();
    let mut chunk_in = vec![0.0; resampler.input_frames_max()];
    let mut chunk_out = vec![0.0; resampler.output_frames_max()];
    let mut delay = resampler.output_delay();
    let mut rest = samples;
    let mut result = Vec::with_capacity(frames);
    while result.len() < frames {
        let (now, later) = rest.split_at(rest.len().min(resampler.input_frames_next()));
        rest = later;
        chunk_in.fill(0.0);
        for (wide, &sample) in chunk_in.iter_mut().zip(now) {
            *wide = f64::from(sample);
        }
        let (frames_in, frames_out) = (chunk_in.len(), chunk_out.len());
        let input = InterleavedSlice::new(&chunk_in, 1, frames_in).expect(WHOLE);
        let mut output = InterleavedSlice::new_mut(&mut chunk_out, 1, frames_out).expect(WHOLE);
        let (_, written) = resampler.process_into_buffer(&input, &mut output, None)?;
        let late = delay.min(written);
        delay -= late;
        let wanted = frames - result.len();
        result.extend(chunk_out[late..written].iter().take(wanted).map(|&sample| sample as f32));
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    const SECONDS: f64 = 1.0;

    fn tone(rate: u32, hertz: f64) -> Asset {
        let count = (f64::from(rate) * SECONDS) as usize;
        let step = TAU * hertz / f64::from(rate);
        let samples = (0..count).map(|frame| (0.5 * (step * frame as f64 + 0.3).sin()) as f32).collect();
        Asset { channels: vec![samples], sample_rate: rate as f32 }
    }

    /// Amplitude, delay in frames against the ideal tone, and signal over all else in dB, of the middle
    /// half second: a whole number of periods, over which sine and cosine are orthogonal.
    fn measure(asset: &Asset, hertz: f64) -> (f64, f64, f64) {
        let rate = f64::from(asset.sample_rate);
        let middle = (rate * 0.25) as usize..(rate * 0.75) as usize;
        let count = middle.len() as f64;
        let step = TAU * hertz / rate;
        let sample = |frame: usize| f64::from(asset.channels[0][frame]);
        let sine = 2.0 / count * middle.clone().map(|n| sample(n) * (step * n as f64).sin()).sum::<f64>();
        let cosine = 2.0 / count * middle.clone().map(|n| sample(n) * (step * n as f64).cos()).sum::<f64>();
        let ideal = |n: usize| sine * (step * n as f64).sin() + cosine * (step * n as f64).cos();
        let noise = middle.map(|n| (sample(n) - ideal(n)).powi(2)).sum::<f64>() / count;
        let amplitude = sine.hypot(cosine);
        let delay = (0.3 - cosine.atan2(sine)) / step;
        (amplitude, delay, 10.0 * (amplitude.powi(2) / 2.0 / noise).log10())
    }

    #[test]
    fn tones_stay_clean_loud_and_in_place() {
        for (from, to) in [(44_100, 48_000), (48_000, 44_100), (48_000, 96_000), (96_000, 48_000)] {
            for hertz in [50.0, 1_000.0, 18_000.0, 20_000.0] {
                let result = resample(tone(from, hertz), to).unwrap();
                assert_eq!(result.frames() as f64, f64::from(to) * SECONDS);
                let (amplitude, delay, sinad) = measure(&result, hertz);
                println!(
                    "{from} to {to} Hz, {hertz} Hz: {amplitude:.6}, {delay:+.6} frames late, {sinad:.1} dB"
                );
                assert!((amplitude - 0.5).abs() < 1e-5, "{amplitude}");
                assert!(delay.abs() < 1e-4, "{delay}");
                assert!(sinad > 148.0, "{sinad}");
            }
        }
    }

    #[test]
    fn what_the_lower_rate_cannot_hold_vanishes() {
        for hertz in [25_000.0, 30_000.0, 46_000.0] {
            let result = resample(tone(96_000, hertz), 48_000).unwrap();
            let middle = &result.channels[0][8_000..40_000];
            let peak = middle.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
            assert!(peak < 1e-7, "{hertz} Hz left {peak}");
        }
    }

    #[test]
    fn channels_and_short_sounds_keep_their_place() {
        let mut pulse = vec![0.0; 441];
        pulse[147] = 1.0;
        let sound = Asset { channels: vec![vec![0.0; 441], pulse], sample_rate: 44_100.0 };
        let result = resample(sound, 48_000).unwrap();
        assert_eq!(result.frames(), 480);
        assert!(result.channels[0].iter().all(|&sample| sample == 0.0));
        let loudest = result.channels[1].iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0;
        assert_eq!(loudest, 160);

        for frames in 0..3 {
            let sound = Asset { channels: vec![vec![1.0; frames]], sample_rate: 8_000.0 };
            assert_eq!(resample(sound, 192_000).unwrap().frames(), frames * 24);
        }
    }

    #[test]
    fn odd_rates_work_and_impossible_ones_do_not() {
        let result = resample(tone(44_100, 1_000.0), 48_001).unwrap();
        let (amplitude, delay, _) = measure(&result, 1_000.0);
        assert!((amplitude - 0.5).abs() < 1e-4 && delay.abs() < 1e-4);
        for (from, to) in [(0, 48_000), (48_000, 0), (48_000, u32::MAX)] {
            let sound = Asset { channels: vec![vec![0.0; 9]], sample_rate: from as f32 };
            assert!(matches!(resample(sound, to), Err(ResampleFailure::Rates { .. })));
        }
    }
}
