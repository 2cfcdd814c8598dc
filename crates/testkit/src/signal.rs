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

/// Pink noise (-3 dB per octave) with an RMS of about -18 dB, the same for the same seed: white noise through
/// a row of low-passes whose corners lie apart by equal intervals (P. Kellet's economy filter, 1999).
pub fn pink_noise(frames: usize, seed: u64) -> Vec<f32> {
    let mut held = [0.0_f32; 3];
    let poles = [(0.997_65, 0.099_046), (0.963, 0.296_516_4), (0.57, 1.052_691_3)];
    let pink = |white: &f32| {
        for (held, (pole, gain)) in held.iter_mut().zip(poles) {
            *held = *held * pole + white * gain;
        }
        (held.iter().sum::<f32>() + white * 0.1848) * 0.11
    };
    noise(frames, seed).iter().map(pink).collect()
}

/// A bar of music again and again: drums, a bass and chords, with peaks just below full level.
pub fn music(frames: usize, sample_rate: f32) -> Vec<f32> {
    let rate = f64::from(sample_rate);
    let hiss = noise(frames, 9);
    // Overtones as of a saw, up to 6 kHz.
    let tone = |hertz: f64, time: f64| {
        let overtones = (1..=40).take_while(|n| hertz * f64::from(*n) < 6_000.0);
        overtones.map(|n| (TAU * hertz * f64::from(n) * time).sin() / f64::from(n)).sum::<f64>()
    };
    let chords = [[220.0, 261.63, 329.63], [174.61, 220.0, 261.63], [196.0, 246.94, 293.66]];
    let sample = |frame: usize| {
        let time = frame as f64 / rate;
        let (beat, eighth) = (time.rem_euclid(0.5), time.rem_euclid(0.25));
        let chord = chords[(time / 2.0) as usize % chords.len()];
        let kick = (-beat * 9.0).exp() * (TAU * (50.0 * beat - 2.0 * (-beat * 40.0).exp())).sin();
        let hat = (-eighth * 60.0).exp() * f64::from(hiss[frame]);
        let bass = (-eighth * 4.0).exp() * tone(chord[0] / 4.0, time);
        let pad: f64 = chord.iter().map(|hertz| tone(*hertz, time)).sum();
        (0.45 * kick + 0.15 * hat + 0.14 * bass + 0.06 * pad) as f32
    };
    (0..frames).map(sample).collect()
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
