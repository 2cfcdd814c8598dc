//! State-variable filter: two integrators in a loop, solved without a delay.
//!
//! A. Simper, "Linear Trapezoidal Integrated State Variable Filter", Cytomic 2013. The trapezoidal
//! rule keeps the resonance where it is asked for (the frequency is prewarped) and stays stable
//! however fast the coefficients move.

use crate::{Lanes, Vector};

/// The damping at no resonance: Q = 1/2, the most a filter can be damped without splitting its corner.
const MOST_DAMPING: f32 = 2.0;
/// The damping at full resonance: Q = 40, a peak of 32 dB.
const LEAST_DAMPING: f32 = 0.025;

/// What cutoff and resonance become.
#[derive(Clone, Copy)]
pub struct SvfCoefficients<V: Vector> {
    /// The paper's 2 a1 - 1, 2 a2 and 2 a3: what the states of the next frame wait for.
    b1: Lanes<V>,
    b2: Lanes<V>,
    b3: Lanes<V>,
    damping: Lanes<V>,
}

/// The three responses of one frame.
#[derive(Clone, Copy)]
pub struct SvfResponses<V: Vector> {
    /// Below the corner.
    pub low: Lanes<V>,
    /// Around the corner; its peak has the height of the input, times Q.
    pub band: Lanes<V>,
    /// Above the corner.
    pub high: Lanes<V>,
}

/// The way from a cutoff in octaves to the tangent that filters are made of.
#[derive(Clone, Copy, Debug)]
pub struct Warp {
    /// The fraction of the sample rate at 0 octaves.
    base: f32,
    /// Octaves at which the cutoff has reached 0.4995 of the sample rate.
    highest: f32,
}

impl Warp {
    /// For octaves that count from `hertz`. Control thread.
    pub fn new(hertz: f32, sample_rate: f32) -> Self {
        let base = hertz / sample_rate;
        Self { base, highest: Lanes(0.4995 / base).log2().0 }
    }

    /// tan πx, x being cutoff over sample rate, as a ratio.
    #[inline(always)]
    pub fn ratio<V: Vector>(self, octaves: Lanes<V>) -> (Lanes<V>, Lanes<V>) {
        // Limited once, here, where both functions would limit it again.
        let octaves = octaves.clamp(-40.0, self.highest);
        (octaves.exp2_in_range() * self.base).tan_half_turns_as_ratio_in_range()
    }
}

/// The damping for a resonance of 0..=1: Q = 1/2 to 40.
#[inline(always)]
pub fn damping<V: Vector>(resonance: Lanes<V>) -> Lanes<V> {
    resonance.clamp(0.0, 1.0) * (LEAST_DAMPING - MOST_DAMPING) + MOST_DAMPING
}

impl<V: Vector> SvfCoefficients<V> {
    /// `fraction` is cutoff over sample rate (limited to 0..=0.4995), `resonance` 0..=1.
    #[inline(always)]
    pub fn new(fraction: Lanes<V>, resonance: Lanes<V>) -> Self {
        Self::from_ratio(fraction.tan_half_turns_as_ratio(), damping(resonance))
    }

    /// From the tangent of half the cutoff, as a ratio, and the [`damping`].
    #[inline(always)]
    pub fn from_ratio((n, d): (Lanes<V>, Lanes<V>), damping: Lanes<V>) -> Self {
        // The paper's g is n / d, which leaves one division instead of two.
        let scale = 2.0 / (d * d + n * (n + damping * d));
        let a = n * scale;
        Self { b1: d * d * scale - 1.0, b2: d * a, b3: n * a, damping }
    }
}

crate::lane_state! {
    /// The filter: what its two integrators hold.
    pub struct Svf<V> {
        integrators: [Lanes<V>; 2],
    }
}

impl<V: Vector> Svf<V> {
    /// Filters one frame.
    #[inline(always)]
    pub fn step(&mut self, input: Lanes<V>, coefficients: &SvfCoefficients<V>) -> SvfResponses<V> {
        let SvfCoefficients { b1, b2, b3, damping } = *coefficients;
        let [first, second] = self.integrators;
        let v3 = input - second;
        let next = [b1 * first + b2 * v3, (second + b2 * first) + b3 * v3];
        // The trapezoidal rule: an output is the mean of the state before and after.
        let band = (first + next[0]) * 0.5;
        let low = (second + next[1]) * 0.5;
        self.integrators = next;
        SvfResponses { low, band, high: input - damping * band - low }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// The magnitudes of the three responses to a long sine at a fraction of the sample rate.
    fn gains(cutoff: f64, resonance: f32, frequency: f64) -> [f64; 3] {
        let coefficients = SvfCoefficients::new(Lanes(cutoff as f32), Lanes(resonance));
        let mut state = Svf::<f32>::default();
        let mut sums = [(0.0, 0.0); 3];
        let (settle, frames) = (60_000, 20_000);
        for frame in 0..settle + frames {
            let angle = TAU * frequency * f64::from(frame);
            let response = state.step(Lanes(angle.sin() as f32), &coefficients);
            if frame >= settle {
                for (sum, value) in sums.iter_mut().zip([response.low, response.band, response.high]) {
                    sum.0 += f64::from(value.0) * angle.sin();
                    sum.1 += f64::from(value.0) * angle.cos();
                }
            }
        }
        sums.map(|(a, b)| (a * a + b * b).sqrt() * 2.0 / f64::from(frames))
    }

    #[test]
    fn passes_and_stops_twelve_decibels_an_octave() {
        let [low, _, high] = gains(0.01, 0.5, 0.000_5);
        assert!((low - 1.0).abs() < 0.01 && high < 0.01);
        let [low, _, high] = gains(0.01, 0.5, 0.2);
        assert!(low < 0.005 && (high - 1.0).abs() < 0.01);
    }

    #[test]
    fn the_peak_stands_at_the_cutoff_and_has_the_height_of_q() {
        for cutoff in [0.001, 0.02, 0.1, 0.33] {
            let [low, band, high] = gains(cutoff, 1.0, cutoff);
            for gain in [low, band, high] {
                assert!((gain / 40.0 - 1.0).abs() < 0.01, "{cutoff}: {low} {band} {high}");
            }
            let cent = 2f64.powf(1.0 / 1200.0);
            let below = gains(cutoff, 1.0, cutoff / cent)[1];
            let above = gains(cutoff, 1.0, cutoff * cent)[1];
            // Half a parabola through three points: the peak lies within a tenth of a cent.
            let offset = (above - below) / (2.0 * band - below - above) / 2.0;
            assert!(offset.abs() < 1.0, "{cutoff}: {offset} cents");
        }
    }

    #[test]
    fn stays_finite_and_small_under_violent_modulation() {
        let mut state = Svf::<f32>::default();
        let mut random = 1u32;
        let mut next = || {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 8) as f32 / 16_777_216.0
        };
        let mut peak = 0.0f32;
        for _ in 0..200_000 {
            let coefficients = SvfCoefficients::new(Lanes(next() * 0.45), Lanes(1.0));
            let response = state.step(Lanes(next() * 2.0 - 1.0), &coefficients);
            peak = peak.max(response.low.0.abs()).max(response.band.0.abs());
        }
        assert!(peak < 40.0, "{peak}");
    }
}
