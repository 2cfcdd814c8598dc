//! Samples as a WAV file stores them, many at a time.
//!
//! Dither is triangular, 2 LSB wide (Lipshitz, Wannamaker, Vanderkooy 1992: the rounding error becomes
//! noise of constant power, independent of the signal). Its generator is seeded, so one render always
//! gives the same file.

use super::{WavFormat, WavSpec};

/// Turns samples into bytes. The dither goes on from one call to the next.
#[derive(Debug)]
pub(super) struct Encoder {
    format: WavFormat,
    dither: Option<Dither>,
}

impl Encoder {
    pub(super) fn new(spec: &WavSpec) -> Self {
        Self { format: spec.format, dither: spec.dither.map(Dither) }
    }

    /// Appends samples, full scale +-1.0. Integers clip at full scale and take a NaN for 0.
    pub(super) fn encode(&mut self, samples: &[f32], bytes: &mut Vec<u8>) {
        match (self.format, &mut self.dither) {
            (WavFormat::Float32, _) => put(samples, bytes, f32::to_le_bytes),
            (WavFormat::Int16, None) => put(samples, bytes, |sample| int16(sample, 0.0)),
            (WavFormat::Int16, Some(dither)) => put(samples, bytes, |sample| int16(sample, dither.next())),
            (WavFormat::Int24, None) => put(samples, bytes, |sample| int24(sample, 0.0)),
            (WavFormat::Int24, Some(dither)) => put(samples, bytes, |sample| int24(sample, dither.next())),
        }
    }
}

/// Appends each sample as `N` bytes.
#[inline(always)]
fn put<const N: usize>(samples: &[f32], bytes: &mut Vec<u8>, mut encode: impl FnMut(f32) -> [u8; N]) {
    let begin = bytes.len();
    bytes.resize(begin + samples.len() * N, 0);
    let (places, _) = bytes[begin..].as_chunks_mut::<N>();
    for (place, &sample) in places.iter_mut().zip(samples) {
        *place = encode(sample);
    }
}

#[inline(always)]
fn int16(sample: f32, noise: f64) -> [u8; 2] {
    let [low, high, ..] = integer(sample, 32_768.0, noise).to_le_bytes();
    [low, high]
}

#[inline(always)]
fn int24(sample: f32, noise: f64) -> [u8; 3] {
    let [low, middle, high, _] = integer(sample, 8_388_608.0, noise).to_le_bytes();
    [low, middle, high]
}

/// `scale` is the integer that stands for 1.0, one above the largest that can be written.
#[inline(always)]
fn integer(sample: f32, scale: f64, noise: f64) -> i32 {
    // Halves away from zero, as `f64::round` does, which is a call where the baseline has no such
    // instruction. The largest number below a half, because a half itself would round 0.49999999999999994
    // up.
    const HALF: f64 = 0.5 - f64::EPSILON / 4.0;
    let value = f64::from(sample) * scale + noise;
    // Clipped first, which keeps it exact; the conversion cuts the fraction off and makes 0 of NaN.
    let value = value.clamp(-scale, scale - 1.0);
    (value + HALF.copysign(value)) as i32
}

/// Triangular noise from -1 to 1, from a SplitMix64 generator (Steele, Lea, Flood 2014).
#[derive(Debug)]
pub(super) struct Dither(pub(super) u64);

impl Dither {
    #[inline(always)]
    pub(super) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        // The sum of two uniform numbers from -0.5 to 0.5.
        const UNIT: f64 = 1.0 / (1u64 << 32) as f64;
        (f64::from(bits as u32) + (bits >> 32) as f64) * UNIT - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the standard library says.
    fn by_the_book(sample: f32, scale: f64, noise: f64) -> i32 {
        (f64::from(sample) * scale + noise).round().clamp(-scale, scale - 1.0) as i32
    }

    proptest! {
        #[test]
        fn it_rounds_like_the_standard_library(sample in any::<f32>(), small in -1.1f32..1.1, seed: u64) {
            let noise = Dither(seed).next();
            for scale in [32_768.0, 8_388_608.0] {
                for sample in [sample, small] {
                    for noise in [0.0, noise] {
                        prop_assert_eq!(integer(sample, scale, noise), by_the_book(sample, scale, noise));
                    }
                }
            }
        }
    }

    #[test]
    fn halves_and_their_neighbours_round_by_the_book() {
        for scale in [32_768.0_f64, 8_388_608.0] {
            for steps in [-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, -scale - 0.5, scale - 1.5, scale - 0.5]
            {
                let exact = (steps / scale) as f32;
                for sample in [exact.next_down(), exact, exact.next_up()] {
                    assert_eq!(
                        integer(sample, scale, 0.0),
                        by_the_book(sample, scale, 0.0),
                        "{sample} {scale}"
                    );
                }
            }
            for noise in [0.5_f64.next_down(), 0.5, 0.5_f64.next_up()] {
                for noise in [noise, -noise] {
                    assert_eq!(integer(0.0, scale, noise), by_the_book(0.0, scale, noise), "{noise}");
                }
            }
        }
    }
}
