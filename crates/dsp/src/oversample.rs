//! Two or four times the sample rate and back, for whatever makes overtones: half-band filters out of
//! two chains of all-passes, which need no latency and few operations.
//!
//! The coefficients are those of elliptic half-band filters (R. A. Valenzuela and A. G. Constantinides,
//! "Digital Signal Processing Schemes for Efficient Interpolation and Decimation", IEE Proceedings 130,
//! 1983): at 48 kHz flat to 20 kHz, and 127 dB down where something could fold onto that. A hard drive
//! behind the way up lifts what is left, hence so much.

use crate::{Lanes, Vector};

/// All-passes of the filter between 1 and 2 times the rate, in turn for one chain and the other.
pub(crate) const INNER: [f32; INNERS] = [
    0.026_119_9,
    0.099_959_895,
    0.209_837_26,
    0.341_388_14,
    0.482_233_9,
    0.625_041_1,
    0.768_739_6,
    0.918_845_7,
];
/// All-passes of the filter between 2 and 4 times the rate, where there is more room.
const OUTER: [f32; OUTERS] = [0.038_540_542, 0.157_814_82, 0.373_658_5, 0.732_566_6];

/// How many all-passes the inner filters have.
pub const INNERS: usize = 8;
/// How many all-passes the outer filters have.
pub const OUTERS: usize = 4;

/// What the signal leaves behind in two chains of `N` all-passes: the last input and output of each.
pub type Chains<V, const N: usize> = [[Lanes<V>; 2]; N];

/// The two samples at twice the rate that stand for one.
#[inline(always)]
pub fn up<V: Vector>(state: &mut Chains<V, INNERS>, input: Lanes<V>) -> [Lanes<V>; 2] {
    chains(state, &INNER, [input; 2])
}

/// The sample that stands for two at twice the rate.
#[inline(always)]
pub fn down<V: Vector>(state: &mut Chains<V, INNERS>, [first, second]: [Lanes<V>; 2]) -> Lanes<V> {
    together(chains(state, &INNER, [second, first]))
}

crate::lane_state! {
    /// Four times the sample rate and back: what the signal leaves behind on its way.
    pub struct Oversampler4x<V> {
        /// On the way up, between 1 and 2 times the rate.
        up_inner: Chains<V, INNERS>,
        /// On the way up, between 2 and 4 times the rate.
        up_outer: Chains<V, OUTERS>,
        /// On the way down, between 4 and 2 times the rate.
        down_outer: Chains<V, OUTERS>,
        /// On the way down, between 2 and 1 times the rate.
        down_inner: Chains<V, INNERS>,
    }
}

impl<V: Vector> Oversampler4x<V> {
    /// One sample through a function at four times the rate.
    #[inline(always)]
    pub fn apply(&mut self, input: Lanes<V>, mut function: impl FnMut(Lanes<V>) -> Lanes<V>) -> Lanes<V> {
        let mut inner = up(&mut self.up_inner, input);
        for half in &mut inner {
            let mut outer = chains(&mut self.up_outer, &OUTER, [*half; 2]);
            for quarter in &mut outer {
                *quarter = function(*quarter);
            }
            *half = together(chains(&mut self.down_outer, &OUTER, [outer[1], outer[0]]));
        }
        down(&mut self.down_inner, inner)
    }
}

/// Each of two samples through its chain.
#[inline(always)]
pub(crate) fn chains<V: Vector, const N: usize>(
    state: &mut Chains<V, N>,
    coefficients: &[f32; N],
    mut samples: [Lanes<V>; 2],
) -> [Lanes<V>; 2] {
    for (i, ([input, output], coefficient)) in state.iter_mut().zip(coefficients).enumerate() {
        let sample = &mut samples[i % 2];
        let passed = (*sample - *output) * *coefficient + *input;
        *input = *sample;
        *output = passed;
        *sample = passed;
    }
    samples
}

#[inline(always)]
pub(crate) fn together<V: Vector>([one, other]: [Lanes<V>; 2]) -> Lanes<V> {
    (one + other) * 0.5
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// The gain of a function of sines at a multiple of the frequency, by correlation.
    fn gain(frequency: f64, multiple: f64, function: impl Fn(Lanes<f32>) -> Lanes<f32>) -> f64 {
        let mut oversampler = Oversampler4x::<f32>::default();
        let (mut sine, mut cosine) = (0.0, 0.0);
        for frame in 0..6_800 {
            let angle = TAU * frequency * f64::from(frame);
            let output = f64::from(oversampler.apply(Lanes(angle.sin() as f32), &function).0);
            if frame >= 2_000 {
                sine += output * (angle * multiple).sin();
                cosine += output * (angle * multiple).cos();
            }
        }
        (sine * sine + cosine * cosine).sqrt() / 2_400.0
    }

    #[test]
    fn passes_what_is_heard() {
        for hertz in [100.0, 1_000.0, 10_000.0, 20_000.0] {
            let gain = gain(hertz / 48_000.0, 1.0, |x| x);
            assert!((gain - 1.0).abs() < 1e-4, "{hertz} Hz: {gain}");
        }
    }

    #[test]
    fn overtones_above_hearing_do_not_come_back() {
        // The cube of 15 kHz has an overtone at 45 kHz, which without oversampling is heard at 3 kHz.
        let cube = |x: Lanes<f32>| x * x * x;
        let folded = gain(15_000.0 / 48_000.0, 0.2, cube);
        assert!(folded < 1e-4, "{folded}");
        assert!((gain(15_000.0 / 48_000.0, 1.0, cube) - 0.75).abs() < 1e-3);
    }
}
