//! The pitch of a sound: the first lag at which it resembles itself nearly as well as it ever does.
//!
//! McLeod and Wyvill 2005, "A smarter way to find pitch": the normalised square difference and its key
//! maxima. Computed on a signal of a quarter of the rate first, then finely around what was found.

use crate::value_text::note_name;

/// What is found at least this well is a tone.
const CLEAR: f32 = 0.8;
/// A lag is the period if it fits this part as well as the best.
const NEARLY: f32 = 0.93;
/// Lowest pitch that is looked for, in hertz.
const LOWEST: f32 = 27.0;
/// How well a lag has to fit on the first look, as a part of the best.
const ROUGHLY: f32 = 0.7;
/// Lags that are looked at closely.
const CANDIDATES: usize = 12;
/// By how much the first look is coarser.
const COARSE: usize = 4;

/// A pitch as a musician reads it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tuning {
    /// Name of the nearest note of the equal temperament on A4 = 440 Hz.
    pub(crate) note: String,
    /// How much higher the tone is, in cents, -50 to 50.
    pub(crate) cents: f32,
}

/// The note nearest to a frequency.
pub(crate) fn nearest_note(hertz: f32) -> Tuning {
    let semitones = 12.0 * (hertz / jackfield_node::C4_HERTZ).log2();
    let nearest = semitones.round();
    Tuning { note: note_name(nearest / 12.0).0, cents: (semitones - nearest) * 100.0 }
}

/// The pitch of the latest samples in hertz; nothing when they have none.
pub(crate) fn pitch(samples: &[f32], sample_rate: f32) -> Option<f32> {
    let most = (sample_rate / LOWEST) as usize;
    let latest = &samples[samples.len().saturating_sub(most * 2 + COARSE)..];
    if latest.iter().any(|sample| !sample.is_finite()) {
        return None;
    }
    // Averages of a few are low-passed well enough: only the way to the right period is needed.
    let coarse: Vec<f32> =
        latest.chunks_exact(COARSE).map(|few| few.iter().sum::<f32>() / COARSE as f32).collect();
    let fine: Vec<(f32, f32)> =
        periods(&coarse, most / COARSE).into_iter().map(|lag| refined(latest, lag * COARSE)).collect();
    let best = fine.iter().map(|(_, likeness)| *likeness).fold(0.0, f32::max);
    let (lag, _) = fine.into_iter().find(|(_, likeness)| *likeness >= best * NEARLY)?;
    (best >= CLEAR).then_some(sample_rate / lag)
}

/// Lags that may be the period, shortest first.
fn periods(samples: &[f32], most: usize) -> Vec<usize> {
    let most = most.min(samples.len() / 2);
    let likenesses: Vec<f32> = (0..=most).map(|lag| likeness(samples, lag)).collect();
    // The peak at lag 0 ends where the likeness first falls below zero.
    let Some(start) = likenesses.iter().position(|likeness| *likeness < 0.0) else { return Vec::new() };
    let is_peak = |&lag: &usize| {
        likenesses[lag] > 0.0
            && likenesses[lag] >= likenesses[lag - 1]
            && likenesses.get(lag + 1).is_none_or(|next| likenesses[lag] >= *next)
    };
    let peaks: Vec<usize> = (start.max(2)..=most).filter(is_peak).collect();
    let best = peaks.iter().map(|&lag| likenesses[lag]).fold(0.0, f32::max);
    // Between two coarse samples a peak looks lower than it is.
    peaks.into_iter().filter(|&lag| likenesses[lag] >= best * ROUGHLY).take(CANDIDATES).collect()
}

/// The lag near `rough` at which the samples resemble themselves best, and how much they do.
fn refined(samples: &[f32], rough: usize) -> (f32, f32) {
    let first = rough.saturating_sub(COARSE + 2).max(2);
    let fine: Vec<f32> = (first..=rough + COARSE + 2).map(|lag| likeness(samples, lag)).collect();
    let best = (0..fine.len()).max_by(|&a, &b| fine[a].total_cmp(&fine[b])).unwrap_or(0);
    (first as f32 + best as f32 + vertex(&fine, best), fine[best])
}

/// How much the samples resemble themselves `lag` later, -1 to 1.
fn likeness(samples: &[f32], lag: usize) -> f32 {
    let Some(later) = samples.get(lag..) else { return 0.0 };
    let (mut product, mut energy) = (0.0, 0.0);
    for (now, then) in samples.iter().zip(later) {
        product += now * then;
        energy += now * now + then * then;
    }
    if energy > 1e-9 { 2.0 * product / energy } else { 0.0 }
}

/// How far from a peak the top of the parabola through it and its neighbours lies, -0.5 to 0.5.
fn vertex(values: &[f32], peak: usize) -> f32 {
    let (Some(before), Some(after)) =
        (peak.checked_sub(1).and_then(|place| values.get(place)), values.get(peak + 1))
    else {
        return 0.0;
    };
    let bend = before + after - 2.0 * values[peak];
    if bend.abs() < 1e-12 { 0.0 } else { ((before - after) / (2.0 * bend)).clamp(-0.5, 0.5) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f32::consts::TAU;

    /// A tone with harmonics that fall off, the second one loudest.
    fn tone(hertz: f32, rate: f32) -> Vec<f32> {
        (0..8192_u16)
            .map(|at| {
                let phase = TAU * hertz * f32::from(at) / rate;
                0.2 * phase.sin() + 0.3 * (2.0 * phase).sin() + 0.1 * (3.0 * phase).sin()
            })
            .collect()
    }

    #[test]
    fn tones_are_found_within_two_cents() {
        for rate in [44_100.0, 48_000.0, 96_000.0] {
            for hertz in [41.2, 82.41, 110.0, 261.63, 440.0, 1046.5, 2093.0] {
                let found = pitch(&tone(hertz, rate), rate).unwrap_or(0.0);
                let cents = 1200.0 * (found / hertz).log2();
                assert!(cents.abs() < 2.0, "{hertz} Hz at {rate}: {found} Hz, {cents} ct");
            }
        }
    }

    #[test]
    fn what_has_no_pitch_gives_none() {
        let mut state = 1_u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state as f32 / u32::MAX as f32 - 0.5
        };
        let noise: Vec<f32> = (0..8192).map(|_| noise()).collect();
        for samples in [noise, vec![0.0; 8192], vec![0.7; 8192], vec![f32::NAN; 8192], vec![], vec![1.0; 3]] {
            assert_eq!(pitch(&samples, 48_000.0), None);
        }
    }

    #[test]
    fn notes_are_named() {
        let tuning = nearest_note(442.0);
        assert_eq!(tuning.note, "A4");
        assert!((tuning.cents - 7.85).abs() < 0.1, "{}", tuning.cents);
        assert_eq!(nearest_note(27.5).note, "A0");
    }
}
