//! White noise from a hashed counter: any number of independent streams without a table.

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
