//! Loudness of a whole sound after ITU-R BS.1770-4, computed plainly from its definition at 48 kHz.

/// The weighting filter's coefficients as the standard prints them, for 48 kHz: feed-forward, feedback.
const SHELF: ([f64; 3], [f64; 2]) =
    ([1.53512485958697, -2.69169618940638, 1.19839281085285], [-1.69065929318241, 0.73248077421585]);
const HIGH_PASS: ([f64; 3], [f64; 2]) = ([1.0, -2.0, 1.0], [-1.99004745483398, 0.99007225036621]);

/// The integrated loudness of some channels in LUFS, all of one length at 48 kHz. Minus infinity when nothing
/// passes the gates.
pub fn integrated_lufs(channels: &[&[f32]], sample_rate: f32) -> f64 {
    assert_eq!(sample_rate, 48_000.0, "the printed coefficients are for 48 kHz");
    let weighted: Vec<Vec<f64>> = channels.iter().map(|channel| weigh(channel)).collect();
    let frames = channels.first().map_or(0, |channel| channel.len());
    let block_power = |start: usize| -> f64 {
        weighted
            .iter()
            .map(|channel| channel[start..start + 19_200].iter().map(|x| x * x).sum::<f64>() / 19_200.0)
            .sum()
    };
    let powers: Vec<f64> = (0..=frames.saturating_sub(19_200)).step_by(4_800).map(block_power).collect();
    let loudness = |power: f64| -0.691 + 10.0 * power.log10();
    let mean_above = |gate: f64| {
        let passed: Vec<f64> = powers.iter().copied().filter(|power| loudness(*power) >= gate).collect();
        loudness(passed.iter().sum::<f64>() / passed.len() as f64)
    };
    // The second gate never lies below the first.
    mean_above((mean_above(-70.0) - 10.0).max(-70.0))
}

fn weigh(samples: &[f32]) -> Vec<f64> {
    let samples: Vec<f64> = samples.iter().map(|x| f64::from(*x)).collect();
    filter(&filter(&samples, SHELF), HIGH_PASS)
}

/// Direct form I.
fn filter(input: &[f64], (feed, back): ([f64; 3], [f64; 2])) -> Vec<f64> {
    let mut output: Vec<f64> = Vec::with_capacity(input.len());
    let at = |signal: &[f64], i: usize, delay: usize| i.checked_sub(delay).map_or(0.0, |i| signal[i]);
    for i in 0..input.len() {
        let forward: f64 = (0..3).map(|k| feed[k] * at(input, i, k)).sum();
        let backward: f64 = (1..3).map(|k| back[k - 1] * at(&output, i, k)).sum();
        output.push(forward - backward);
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::sine;

    /// The standard's own example: a sine of 997 Hz at full level on one channel has -3.01 LUFS.
    #[test]
    fn a_full_sine_has_its_loudness() {
        let sine = sine(96_000, 997.0, 48_000.0);
        assert!((integrated_lufs(&[&sine], 48_000.0) + 3.01).abs() < 0.01);
        assert!(integrated_lufs(&[&sine, &sine], 48_000.0).abs() < 0.01);
    }
}
