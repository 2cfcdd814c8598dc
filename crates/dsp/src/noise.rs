//! White noise from a hashed counter: any number of independent streams without a table. Pink noise
//! by filtering it.

use crate::{Bits, Lanes, Vector};

/// The step of the counter: odd, so that it visits every number before it repeats.
const STEP: u32 = 0x9e37_79b9;

/// The next number of a stream, evenly spread over all of `u32`. It repeats after 2^32 numbers, a
/// day at 48 kHz. The hash is Wellons' `lowbias32`.
#[inline(always)]
pub fn next<V: Vector>(counter: &mut Bits<V>) -> Bits<V> {
    *counter = *counter + STEP;
    hash(*counter)
}

/// White noise in -1..1.
#[inline(always)]
pub fn white<V: Vector>(counter: &mut Bits<V>) -> Lanes<V> {
    next(counter).to_bipolar()
}

/// A number that looks random, a different one for each `x`.
#[inline(always)]
pub fn hash<V: Vector>(x: Bits<V>) -> Bits<V> {
    let x = (x ^ (x >> 16)) * 0x7feb_352d;
    let x = (x ^ (x >> 15)) * 0x846c_a68b;
    x ^ (x >> 16)
}

/// Sections of the pink filter.
const SECTIONS: usize = 7;
/// One minus the poles and zeros of the sections, fitted for the least deviation from -3.01 dB per
/// octave between 0.0001 and 0.46 of the sample rate: 0.04 dB.
const POLES: [f32; SECTIONS] = [
    4.807_477_5e-4,
    2.520_156_3e-3,
    1.010_582_7e-2,
    3.927_366e-2,
    1.465_265_8e-1,
    4.800_417_4e-1,
    1.210_014_6,
];
const ZEROS: [f32; SECTIONS] =
    [1.202_059_6e-3, 5.077_953_5e-3, 1.998_197_7e-2, 7.650_582e-2, 2.721_094_8e-1, 7.778_289e-1, 1.323_203_7];
/// Brings pink noise to peaks near 1.
const PINK_GAIN: f32 = 0.22;

/// What the signal leaves behind in the pink filter: the last value between each two sections.
pub type Pink<V> = [Lanes<V>; SECTIONS + 1];

/// Pink noise out of white noise: the same power in every octave, from 5 Hz to 22 kHz at 48 kHz. RMS
/// 0.14.
#[inline(always)]
pub fn pink<V: Vector>(state: &mut Pink<V>, white: Lanes<V>) -> Lanes<V> {
    let mut signal = white * PINK_GAIN;
    for section in 0..SECTIONS {
        let before = state[section];
        state[section] = signal;
        signal = signal - before * (1.0 - ZEROS[section]) + state[section + 1] * (1.0 - POLES[section]);
    }
    state[SECTIONS] = signal;
    signal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(seed: u32, length: usize) -> Vec<f64> {
        let mut counter = hash(Bits::<f32>(seed));
        (0..length).map(|_| f64::from(white(&mut counter).0)).collect()
    }

    fn correlation(a: &[f64], b: &[f64]) -> f64 {
        let product: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
        let power = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>();
        product / (power(a) * power(b)).sqrt()
    }

    #[test]
    fn is_even_and_without_memory() {
        let noise = stream(1, 200_000);
        let mean = noise.iter().sum::<f64>() / noise.len() as f64;
        let power = noise.iter().map(|x| x * x).sum::<f64>() / noise.len() as f64;
        assert!(mean.abs() < 0.005, "{mean}");
        assert!((power - 1.0 / 3.0).abs() < 0.003, "{power}");
        for lag in [1, 2, 3, 64, 1000] {
            let likeness = correlation(&noise[lag..], &noise[..noise.len() - lag]);
            assert!(likeness.abs() < 0.01, "{lag}: {likeness}");
        }
    }

    #[test]
    fn streams_of_neighbouring_seeds_are_independent() {
        let first = stream(1, 100_000);
        for seed in 2..6 {
            let likeness = correlation(&first, &stream(seed, 100_000));
            assert!(likeness.abs() < 0.015, "{seed}: {likeness}");
        }
    }
}
