//! Clicks: bursts of treble in a sound that should have none.

use super::level::decibels;
use super::window::kaiser;
use realfft::RealFftPlanner;
use std::f64::consts::PI;

/// Where treble begins, in hertz.
const CORNER: f64 = 6000.0;

/// Taps of the high-pass.
const TAPS: usize = 511;

/// The loudest burst above 6 kHz in dB re the signal's peak, as the level of half a millisecond. A
/// step in a 100 Hz sine gives about -20 dB; what nobody hears is below -80 dB. The first and last
/// 255 frames are not looked at.
pub fn click_burst_db(signal: &[f32], sample_rate: f32) -> f64 {
    let peak = signal.iter().fold(0.0, |peak: f64, x| peak.max(f64::from(x.abs())));
    if peak == 0.0 {
        return decibels(0.0);
    }
    decibels(treble(signal, sample_rate).into_iter().fold(0.0, f64::max) / peak)
}

/// The level (RMS) above 6 kHz at each frame of a signal, over half a millisecond around it. 0 in the first
/// and last 255 frames, and a few more at the end.
pub fn treble(signal: &[f32], sample_rate: f32) -> Vec<f64> {
    let treble = filtered(signal, &high_pass(sample_rate));
    let length = ((0.0005 * sample_rate) as usize).max(8);
    let mut levels = vec![0.0; signal.len()];
    let first = TAPS / 2 + length / 2;
    let power = |piece: &[f64]| piece.iter().map(|x| x * x).sum::<f64>() / length as f64;
    for (level, piece) in levels.iter_mut().skip(first).zip(treble.windows(length)) {
        *level = power(piece).sqrt();
    }
    levels
}

/// The signal under each position of the taps that lies wholly within it. By Fourier transform (overlap and
/// save).
fn filtered(signal: &[f32], taps: &[f64]) -> Vec<f64> {
    const LENGTH: usize = 4096;
    let mut planner = RealFftPlanner::<f64>::new();
    let (forward, inverse) = (planner.plan_fft_forward(LENGTH), planner.plan_fft_inverse(LENGTH));
    let transform = |samples: &mut dyn Iterator<Item = f64>| {
        let mut padded: Vec<f64> = samples.chain(std::iter::repeat(0.0)).take(LENGTH).collect();
        let mut bins = forward.make_output_vec();
        forward.process(&mut padded, &mut bins).expect("the lengths fit");
        bins
    };
    let response = transform(&mut taps.iter().map(|tap| tap / LENGTH as f64));
    let whole = (signal.len() + 1).saturating_sub(taps.len());
    let mut out = Vec::with_capacity(whole);
    let mut block = inverse.make_output_vec();
    while out.len() < whole {
        let mut bins = transform(&mut signal[out.len()..].iter().map(|x| f64::from(*x)));
        bins.iter_mut().zip(&response).for_each(|(bin, factor)| *bin *= factor);
        inverse.process(&mut bins, &mut block).expect("the lengths fit");
        let new = &block[taps.len() - 1..];
        out.extend(&new[..new.len().min(whole - out.len())]);
    }
    out
}

/// A linear-phase high-pass: an impulse less a windowed sinc.
fn high_pass(sample_rate: f32) -> Vec<f64> {
    let corner = CORNER / f64::from(sample_rate);
    let middle = (TAPS / 2) as f64;
    let low_pass: Vec<f64> = (kaiser(TAPS, 12.0).iter().enumerate())
        .map(|(i, window)| {
            let x = i as f64 - middle;
            window * if x == 0.0 { 2.0 * corner } else { (2.0 * PI * corner * x).sin() / (PI * x) }
        })
        .collect();
    let sum: f64 = low_pass.iter().sum();
    low_pass.iter().enumerate().map(|(i, h)| f64::from(u8::from(i == TAPS / 2)) - h / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::click_burst_db;
    use crate::signal::sine;

    /// A 100 Hz sine whose gain goes from 0.2 to 0.8 on its crest as `shape` says, over 5 ms.
    fn jump(shape: impl Fn(f64) -> f64) -> f64 {
        let signal: Vec<f32> = (sine(48_000, 100.0, 48_000.0).iter().enumerate())
            .map(|(i, x)| {
                let time = ((i as f64 - 24_120.0) / 240.0).clamp(0.0, 1.0);
                (f64::from(*x) * (0.2 + 0.6 * shape(time))) as f32
            })
            .collect();
        click_burst_db(&signal, 48_000.0)
    }

    /// The levels known of these ramps: a step -21 dB, linear -70, raised cosine -105, quintic -130.
    #[test]
    fn known_ramps_have_their_levels() {
        let step = jump(|time| if time > 0.0 { 1.0 } else { 0.0 });
        let linear = jump(|time| time);
        let cosine = jump(|time| 0.5 - 0.5 * (std::f64::consts::PI * time).cos());
        assert!((step + 21.0).abs() < 3.0, "step {step}");
        assert!((linear + 70.0).abs() < 4.0, "linear {linear}");
        assert!((cosine + 105.0).abs() < 4.0, "raised cosine {cosine}");
        assert!(click_burst_db(&sine(48_000, 100.0, 48_000.0), 48_000.0) < -130.0);
        assert_eq!(click_burst_db(&[0.0; 1000], 48_000.0), -300.0);
    }
}
