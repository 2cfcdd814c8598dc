//! The filter banks of a vocoder. Bands lie side by side in arrays, so that plain loops over them become
//! vector instructions; their number is always a multiple of 8.

use jackfield_node::dsp::Lanes;

/// Most bands.
pub(super) const BANDS: usize = 32;

/// Middle of the lowest and of the highest band in hertz.
const LOWEST: f32 = 90.0;
const HIGHEST: f32 = 10_000.0;

/// Two filters in a row are narrower than one; each is wider by this.
const WIDER: f32 = 0.64;

/// Coefficients of the bands, the same for both filters of a band.
#[derive(Clone, Debug)]
pub(super) struct Bank {
    a1: [f32; BANDS],
    a2: [f32; BANDS],
    a3: [f32; BANDS],
    /// Brings the peak to a gain of 1.
    damping: [f32; BANDS],
}

/// What the signal leaves behind in a bank: two integrators in each of two filters.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Memory([[[f32; BANDS]; 2]; 2]);

impl Bank {
    /// `count` bands at equal musical intervals, moved by `shift` octaves. Bands beyond 0.45 of the sample
    /// rate stay there.
    pub(super) fn new(count: usize, shift: f32, sample_rate: f32) -> Self {
        let mut bank = Self { a1: [0.0; BANDS], a2: [0.0; BANDS], a3: [0.0; BANDS], damping: [0.0; BANDS] };
        let spacing = Lanes(HIGHEST / LOWEST).log2().0 / (count - 1) as f32;
        // The bandwidth from the middle between two bands to the next, over the middle frequency.
        let edge = Lanes(spacing * 0.5).exp2().0;
        let damping = (edge - 1.0 / edge) / WIDER;
        for band in 0..count {
            let hertz = LOWEST * Lanes(spacing * band as f32 + shift).exp2().0;
            let g = Lanes((hertz / sample_rate).min(0.45)).tan_half_turns().0;
            bank.a1[band] = 1.0 / (1.0 + g * (g + damping));
            bank.a2[band] = g * bank.a1[band];
            bank.a3[band] = g * bank.a2[band];
            bank.damping[band] = damping;
        }
        bank
    }

    /// One frame through the first `count` bands.
    #[inline(always)]
    pub(super) fn filter(&self, memory: &mut Memory, sound: f32, count: usize, bands: &mut [f32; BANDS]) {
        let count = count.min(BANDS);
        bands[..count].fill(sound);
        for [first, second] in &mut memory.0 {
            for band in 0..count {
                let rest = bands[band] - second[band];
                let middle = self.a1[band] * first[band] + self.a2[band] * rest;
                let low = second[band] + self.a2[band] * first[band] + self.a3[band] * rest;
                first[band] = 2.0 * middle - first[band];
                second[band] = 2.0 * low - second[band];
                bands[band] = middle * self.damping[band];
            }
        }
    }
}

/// Measures how loud the bands are.
#[derive(Clone, Copy, Debug)]
pub(super) struct BandFollower {
    levels: [f32; BANDS],
    rise: f32,
    fall: f32,
}

impl Default for BandFollower {
    fn default() -> Self {
        Self { levels: [0.0; BANDS], rise: 0.0, fall: 0.0 }
    }
}

impl BandFollower {
    /// Shares of its way that a level gets up and down by in a frame.
    pub(super) fn set_pace(&mut self, rise: f32, fall: f32) {
        (self.rise, self.fall) = (rise, fall);
    }

    /// Replaces a frame of the bands by their levels.
    #[inline(always)]
    pub(super) fn follow(&mut self, bands: &mut [f32; BANDS], count: usize) {
        for (band, level) in bands.iter_mut().zip(&mut self.levels).take(count) {
            let way = band.abs() - *level;
            *level += way * if way > 0.0 { self.rise } else { self.fall };
            *band = *level;
        }
    }
}

/// The sum of bands times levels: eight sums side by side, then those, always in one order.
#[inline(always)]
pub(super) fn sum(bands: &[f32; BANDS], levels: &[f32; BANDS], count: usize) -> f32 {
    let mut sums = [0.0; 8];
    let ((bands, _), (levels, _)) = (bands[..count].as_chunks::<8>(), levels[..count].as_chunks::<8>());
    for (bands, levels) in bands.iter().zip(levels) {
        for ((sum, band), level) in sums.iter_mut().zip(bands).zip(levels) {
            *sum += band * level;
        }
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// Level in dB of each band for a sine.
    fn levels(bank: &Bank, count: usize, hertz: f64) -> Vec<f64> {
        let (mut memory, mut bands) = (Memory::default(), [0.0; BANDS]);
        let mut peaks = [0.0_f32; BANDS];
        for frame in 0..48_000 {
            let sound = (TAU * hertz * f64::from(frame) / 48_000.0).sin() as f32;
            bank.filter(&mut memory, sound, count, &mut bands);
            if frame > 24_000 {
                peaks.iter_mut().zip(bands).for_each(|(peak, band)| *peak = peak.max(band.abs()));
            }
        }
        peaks[..count].iter().map(|peak| 20.0 * f64::from(*peak).log10()).collect()
    }

    #[test]
    fn bands_pass_their_middle_and_meet_between() {
        for count in [8, 16, 32] {
            let bank = Bank::new(count, 0.0, 48_000.0);
            let spacing = (10_000.0_f64 / 90.0).log2() / (count - 1) as f64;
            for band in 0..count - 1 {
                let middle = 90.0 * 2.0_f64.powf(spacing * band as f64);
                let at_middle = levels(&bank, count, middle);
                assert!(at_middle[band].abs() < 0.1, "{} dB in band {band} of {count}", at_middle[band]);
                let between = levels(&bank, count, middle * 2.0_f64.powf(spacing / 2.0));
                for side in [band, band + 1] {
                    assert!((-5.0..-2.0).contains(&between[side]), "{} dB beside band {band}", between[side]);
                }
            }
        }
    }
}
