//! Clicks: bursts of treble in a sound that should have none.

use super::level::decibels;
use super::window::kaiser;
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
    let treble: Vec<f64> = {
        let taps = high_pass(sample_rate);
        let filtered =
            |window: &[f32]| -> f64 { window.iter().zip(&taps).map(|(x, h)| f64::from(*x) * h).sum() };
        signal.windows(TAPS).map(filtered).collect()
    };
    let length = ((0.0005 * sample_rate) as usize).max(8);
    let power = |piece: &[f64]| piece.iter().map(|x| x * x).sum::<f64>() / length as f64;
    decibels(treble.windows(length).map(power).fold(0.0, f64::max).sqrt() / peak)
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
