//! A hash of sound: equal hashes mean equal bits.

/// The 64-bit FNV-1a hash of the samples' bits, byte by byte from the least significant.
///
/// -0.0 and 0.0 differ, and so do two kinds of NaN: the promise is equal bits.
pub fn of_samples(samples: &[f32]) -> u64 {
    let bytes = samples.iter().flat_map(|sample| sample.to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::of_samples;

    #[test]
    fn the_empty_sound_has_the_offset_basis() {
        assert_eq!(of_samples(&[]), 0xcbf2_9ce4_8422_2325);
    }

    /// The bytes of this sample are "foob"; the value is the published one for that word.
    #[test]
    fn it_is_fnv_1a() {
        let sample = f32::from_le_bytes(*b"foob");
        assert_eq!(of_samples(&[sample]), 0xdd12_0e79_0c25_12af);
    }

    #[test]
    fn one_bit_changes_it() {
        assert_ne!(of_samples(&[0.0]), of_samples(&[-0.0]));
        assert_ne!(of_samples(&[0.0, 1.0]), of_samples(&[1.0, 0.0]));
    }
}
