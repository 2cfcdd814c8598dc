//! Signals to feed a node with.

use std::f64::consts::{FRAC_1_PI, TAU};

/// `frames` of silence.
pub fn silence(frames: usize) -> Vec<f32> {
    vec![0.0; frames]
}

/// A single 1 in silence.
pub fn impulse(frames: usize, at: usize) -> Vec<f32> {
    (0..frames).map(|frame| if frame == at { 1.0 } else { 0.0 }).collect()
}

/// A sine of peak 1 that starts at phase 0.
pub fn sine(frames: usize, hertz: f64, sample_rate: f32) -> Vec<f32> {
    let step = TAU * hertz / f64::from(sample_rate);
    (0..frames).map(|frame| (step * frame as f64).sin() as f32).collect()
}

/// A saw of peak 1 from its partials below 20 kHz, so that nothing aliases.
pub fn saw(frames: usize, hertz: f64, sample_rate: f32) -> Vec<f32> {
    let partials = 1..=((20_000.0 / hertz) as u32).max(1);
    let mut sum = vec![0.0; frames];
    for partial in partials.map(f64::from) {
        let step = TAU * hertz * partial / f64::from(sample_rate);
        for (frame, sum) in sum.iter_mut().enumerate() {
            *sum -= (step * frame as f64).sin() / partial * 2.0 * FRAC_1_PI;
        }
    }
    sum.into_iter().map(|x| x as f32).collect()
}

/// White noise in -1..1, the same for the same seed (SplitMix64).
pub fn noise(frames: usize, seed: u64) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    (0..frames).map(|_| (next() >> 40) as f32 / (1_u64 << 23) as f32 - 1.0).collect()
}

/// Cutoffs that tear at a filter, each with its name: octaves re C4 from 20 Hz to 20 kHz, as white noise, a
/// sine at 5 kHz and a square at 3.4 kHz.
pub fn violent_cutoffs(frames: usize, sample_rate: f32) -> [(&'static str, Vec<f32>); 3] {
    let over_all = |signal: Vec<f32>| signal.iter().map(|x| 1.276 + 4.983 * x).collect();
    let square = sine(frames, 3_400.0, sample_rate).iter().map(|x| x.signum()).collect();
    [
        ("noise", over_all(noise(frames, 77))),
        ("sine", over_all(sine(frames, 5_000.0, sample_rate))),
        ("square", over_all(square)),
    ]
}

/// A gate that is open from the first frame of each pair until just before the second.
pub fn gate(frames: usize, open: &[(usize, usize)]) -> Vec<f32> {
    let is_open = |frame: usize| open.iter().any(|(start, end)| (*start..*end).contains(&frame));
    (0..frames).map(|frame| f32::from(is_open(frame))).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn noise_is_white_enough_and_full_scale() {
        let noise = super::noise(100_000, 1);
        let mean = noise.iter().sum::<f32>() / 100_000.0;
        let power = noise.iter().map(|x| x * x).sum::<f32>() / 100_000.0;
        let neighbours = noise.windows(2).map(|pair| pair[0] * pair[1]).sum::<f32>() / 100_000.0;
        assert!(mean.abs() < 0.01 && (power - 1.0 / 3.0).abs() < 0.01 && neighbours.abs() < 0.01);
        assert!(noise.iter().all(|x| (-1.0..1.0).contains(x)));
        assert_ne!(noise, super::noise(100_000, 2));
    }
}
