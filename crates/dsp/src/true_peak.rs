//! Finds the peaks of the waveform between the samples, as a converter will make it.
//!
//! ITU-R BS.1770-5, annex 2, asks for four points per sample. They come in two steps: a long
//! interpolator finds the points halfway, which leaves so much room in frequency that a short one finds
//! those between. A parabola through three neighbours gives the height between points.
//!
//! Converters differ in what they make of the last octave's end, and so do meters: near half the rate a sharp
//! one finds peaks that a gentle one does not, and where a tone begins it is the other way round. So two long
//! interpolators look, one good up to 23.3 kHz at 48 kHz and one that gives way from 21 kHz on, and the
//! higher peak counts. Either alone misses up to 0.5 dB.

/// Samples to each side that the sharp long interpolator looks at.
const REACH: usize = 48;

/// Samples to each side that the gentle long interpolator looks at.
const GENTLE_REACH: usize = 24;

/// Points to each side that the short interpolator looks at, of those at twice the rate.
const SHORT_REACH: usize = 6;

/// Weights of the samples to each side of a point halfway, from the nearest on.
const SHARP: [f32; REACH] = halfway(5.0);
const GENTLE: [f32; GENTLE_REACH] = halfway(8.0);
const SHORT: [f32; SHORT_REACH] = halfway(6.0);

/// Frames of the rows that are looked at together.
const LONGEST_ROW: usize = 64;

/// Points halfway that are needed before and after those of a row.
const MARGIN: usize = SHORT_REACH / 2;

/// Samples that are remembered before a row.
const MEMORY: usize = TruePeak::DELAY + MARGIN + REACH;

/// Sinc under a Kaiser window of a shape, at the points halfway between samples, with a sum of 1. There the
/// sine of the sinc is 1 and -1 in turn, and the window needs no root: a plain sum of products.
const fn halfway<const N: usize>(shape: f64) -> [f32; N] {
    let mut weights = [0.0; N];
    let mut sum = 0.0;
    let mut i = 0;
    while i < N {
        let x = i as f64 + 0.5;
        let place = x / N as f64;
        let sign = if i % 2 == 0 { 1.0 } else { -1.0 };
        weights[i] = sign / x * bessel_of_root(shape * shape * (1.0 - place * place));
        sum += 2.0 * weights[i];
        i += 1;
    }
    let mut rounded = [0.0; N];
    i = 0;
    while i < N {
        rounded[i] = (weights[i] / sum) as f32;
        i += 1;
    }
    rounded
}

/// The zeroth-order modified Bessel function of the first kind at the root of a number.
const fn bessel_of_root(square: f64) -> f64 {
    let (mut sum, mut term, mut k) = (1.0, 1.0, 1.0);
    while k < 40.0 {
        term *= square / (4.0 * k * k);
        sum += term;
        k += 1.0;
    }
    sum
}

/// One channel's waveform around its newest samples.
#[derive(Debug)]
pub struct TruePeak {
    samples: [f32; MEMORY + LONGEST_ROW],
}

impl Default for TruePeak {
    fn default() -> Self {
        Self::new()
    }
}

impl TruePeak {
    /// How many frames ago it was whose peak is found at a frame.
    pub const DELAY: usize = REACH + MARGIN;

    /// Frames after which a sample plays no part in any peak.
    pub const FORGETS_AFTER: usize = MEMORY;

    /// No peak is further from 0 than the largest sample around it times this.
    pub const MOST_OVERSHOOT: f32 = 4.1;

    /// Silence so far.
    pub fn new() -> Self {
        Self { samples: [0.0; MEMORY + LONGEST_ROW] }
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.samples.fill(0.0);
    }

    /// Adds a row of up to 64 frames.
    pub fn push(&mut self, row: &[f32]) {
        self.samples.copy_within(row.len().., 0);
        self.samples[MEMORY + LONGEST_ROW - row.len()..].copy_from_slice(row);
    }

    /// The peaks of the last frames pushed, as many as `peaks` has: the highest point of the waveform from
    /// the sample [`DELAY`](Self::DELAY) frames before up to the next one. A higher peak that is there
    /// already stays, so that channels can share a row.
    #[inline(always)]
    pub fn raise(&self, peaks: &mut [f32]) {
        self.raise_by(&SHARP, peaks);
        self.raise_by(&GENTLE, peaks);
    }

    /// The same with one long interpolator.
    #[inline(always)]
    fn raise_by(&self, weights: &[f32], peaks: &mut [f32]) {
        let frames = peaks.len();
        let first = self.samples.len() - frames - Self::DELAY - MARGIN;
        let mut halves = [0.0; LONGEST_ROW + 2 * MARGIN];
        let halves = &mut halves[..frames + 2 * MARGIN];
        interpolate(weights, &self.samples, first, halves);
        let mut doubled = [0.0; 2 * (LONGEST_ROW + 2 * MARGIN)];
        for ((pair, sample), half) in doubled.chunks_exact_mut(2).zip(&self.samples[first..]).zip(&*halves) {
            pair.copy_from_slice(&[*sample, *half]);
        }
        let mut quarters = [0.0; 2 * LONGEST_ROW + 1];
        interpolate(&SHORT, &doubled, SHORT_REACH - 1, &mut quarters[..=2 * frames]);
        for (frame, peak) in peaks.iter_mut().enumerate() {
            let (points, between) = (&doubled[SHORT_REACH + 2 * frame..][..3], &quarters[2 * frame..][..3]);
            let summits = [
                summit(between[0], points[0], between[1]),
                summit(points[0], between[1], points[1]),
                summit(between[1], points[1], between[2]),
                summit(points[1], between[2], points[2]),
            ];
            *peak = summits.into_iter().fold(peak.max(points[2].abs()), f32::max);
        }
    }
}

/// The points halfway between the samples from `first` on and their followers.
#[inline(always)]
fn interpolate(weights: &[f32], samples: &[f32], first: usize, halfway: &mut [f32]) {
    halfway.fill(0.0);
    for (i, weight) in weights.iter().enumerate() {
        let before = &samples[first - i..][..halfway.len()];
        let after = &samples[first + 1 + i..][..halfway.len()];
        for ((sum, before), after) in halfway.iter_mut().zip(before).zip(after) {
            *sum += weight * (before + after);
        }
    }
}

/// The height of the parabola through three points, if the middle one is the highest or lowest; else
/// that of the middle one.
#[inline(always)]
fn summit(before: f32, here: f32, after: f32) -> f32 {
    let (slope, bend) = (before - after, before - 2.0 * here + after);
    let is_extreme = (here - before) * (here - after) > 0.0;
    let rise = if is_extreme { slope * slope / (8.0 * bend) } else { 0.0 };
    (here - rise).abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The most an interpolator can make of samples up to 1 is the sum of its weights' magnitudes, and a
    /// parabola through points up to 1 rises to 1.25 at most.
    #[test]
    fn the_bound_holds() {
        let most = |weights: &[f32]| 2.0 * weights.iter().map(|weight| weight.abs()).sum::<f32>();
        for halfway in [&SHARP[..], &GENTLE] {
            let mut quarter = [0.0; 2 * (REACH + MARGIN)];
            for (i, weight) in SHORT.iter().enumerate() {
                // Points to the left and right of a quarter, in turn samples and halves.
                for (point, weight) in [(-(i as i32), *weight), (1 + i as i32, *weight)] {
                    if point % 2 == 0 {
                        quarter[(REACH as i32 + 2 + point / 2) as usize] += weight;
                    } else {
                        for (k, half) in halfway.iter().enumerate() {
                            let left = REACH as i32 + 2 + (point - 1) / 2 - k as i32;
                            quarter[left as usize] += weight * half;
                            quarter[(left + 1 + 2 * k as i32) as usize] += weight * half;
                        }
                    }
                }
            }
            let quarter: f32 = quarter.iter().map(|weight| weight.abs()).sum();
            assert!(1.25 * most(halfway).max(quarter) < TruePeak::MOST_OVERSHOOT, "{quarter}");
        }
    }
}
