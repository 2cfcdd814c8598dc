//! A signal and the same a quarter of a turn later at every frequency: what shifting frequencies and
//! rotating phases take.
//!
//! Two chains of all-passes whose phases differ by 90 degrees: the half-band filter of R. A. Valenzuela and
//! A. G. Constantinides, "Digital Signal Processing Schemes for Efficient Interpolation and Decimation", IEE
//! Proceedings 130, 1983, with its frequencies moved by a quarter of the sample rate. Designed for 77 dB
//! between 0.0004 and 0.4996 of the rate, 20 Hz to 23.98 kHz at 48 kHz.

use crate::{Lanes, Vector};

/// All-passes of each chain.
const SECTIONS: usize = 7;

/// Coefficients of the chain that is ahead.
const AHEAD: [f32; SECTIONS] =
    [0.061_943_44, 0.412_996_83, 0.729_500_1, 0.892_408_9, 0.959_798_7, 0.985_631_3, 0.995_792_6];
/// Coefficients of the chain that lags.
const BEHIND: [f32; SECTIONS] =
    [0.219_711_76, 0.590_748_8, 0.827_441_8, 0.933_895_6, 0.975_783_7, 0.991_779_56, 0.998_709_1];

crate::lane_state! {
    /// What the signal leaves behind: the last two samples between each two sections.
    pub struct HilbertPair<V> {
        ahead: [[Lanes<V>; 2]; SECTIONS + 1],
        behind: [[Lanes<V>; 2]; SECTIONS + 1],
    }
}

impl<V: Vector> HilbertPair<V> {
    /// The next sample as a pair: a sine comes out as a sine and as minus its cosine, a quarter of a turn
    /// later. Both lag the input by phases that depend on the frequency; magnitudes are those of the input.
    #[inline(always)]
    pub fn next(&mut self, input: Lanes<V>) -> [Lanes<V>; 2] {
        let late = self.ahead[0][0];
        [chain(&mut self.ahead, &AHEAD, input), chain(&mut self.behind, &BEHIND, late)]
    }
}

/// Sections `(a - z^-2) / (1 - a z^-2)` in a row.
#[inline(always)]
fn chain<V: Vector>(
    memory: &mut [[Lanes<V>; 2]; SECTIONS + 1],
    coefficients: &[f32; SECTIONS],
    input: Lanes<V>,
) -> Lanes<V> {
    let mut sample = input;
    for (section, coefficient) in coefficients.iter().enumerate() {
        let passed = (sample + memory[section + 1][1]) * *coefficient - memory[section][1];
        memory[section] = [sample, memory[section][0]];
        sample = passed;
    }
    memory[SECTIONS] = [sample, memory[SECTIONS][0]];
    sample
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// Levels in dB of the two sidebands that the pair makes of a sine: wanted, and unwanted.
    fn sidebands(frequency: f64) -> [f64; 2] {
        let mut pair = HilbertPair::<f32>::default();
        let mut sums = [[0.0; 2]; 2];
        let (settle, frames) = (48_000, 48_000);
        for frame in 0..settle + frames {
            let angle = TAU * frequency * f64::from(frame);
            let [real, imaginary] = pair.next(Lanes(angle.sin() as f32)).map(|x| f64::from(x.0));
            if frame >= settle {
                // The complex signal turned by the frequency either way leaves what turned so at rest.
                for (sum, sign) in sums.iter_mut().zip([1.0, -1.0]) {
                    let (sin, cos) = (sign * angle).sin_cos();
                    sum[0] += real * cos + imaginary * sin;
                    sum[1] += imaginary * cos - real * sin;
                }
            }
        }
        sums.map(|[a, b]| 20.0 * (a.hypot(b) / f64::from(frames)).log10())
    }

    #[test]
    fn only_one_sideband_is_left() {
        for hertz in [20.0, 31.0, 100.0, 997.0, 5000.0, 12_000.0, 19_997.0, 23_900.0] {
            let [wanted, unwanted] = sidebands(hertz / 48_000.0);
            assert!(wanted.abs() < 0.001, "{hertz} Hz: {wanted} dB");
            assert!(unwanted < -74.0, "{hertz} Hz: {unwanted} dB");
        }
    }
}
