//! The hash of a sound. A patch gives the same bits on every machine, so it can be shared with the hash
//! of its sound. Files in AAC, MP3 or Ogg Vorbis are decoded with the platform's sine: a patch that plays one
//! has its hash on one kind of system.

/// 64-bit FNV-1a over the samples' bits, interleaved, each from the least significant byte. -0.0 and 0.0
/// differ, and so do two kinds of NaN: the promise is equal bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoundHash(u64);

impl Default for SoundHash {
    fn default() -> Self {
        Self::new()
    }
}

impl SoundHash {
    /// The hash of no sound. Any thread.
    pub const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Takes in further samples. Any thread.
    pub fn add(&mut self, samples: &[f32]) {
        for sample in samples {
            for byte in sample.to_bits().to_le_bytes() {
                self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
    }

    /// Sixteen hexadecimal digits. Any thread.
    pub fn hex(self) -> String {
        format!("{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes of this sample are "foob"; the value is the published one for that word.
    #[test]
    fn it_is_fnv_1a() {
        let mut hash = SoundHash::new();
        hash.add(&[f32::from_le_bytes(*b"foob")]);
        assert_eq!(hash.hex(), "dd120e790c2512af");
    }

    #[test]
    fn the_empty_sound_has_the_offset_basis() {
        assert_eq!(SoundHash::new().hex(), "cbf29ce484222325");
    }

    #[test]
    fn one_bit_changes_it() {
        let of = |samples: &[f32]| {
            let mut hash = SoundHash::new();
            hash.add(samples);
            hash
        };
        assert_ne!(of(&[0.0]), of(&[-0.0]));
        assert_ne!(of(&[0.0, 1.0]), of(&[1.0, 0.0]));
    }

    #[test]
    fn pieces_and_the_whole_agree() {
        let (mut pieces, mut whole) = (SoundHash::new(), SoundHash::new());
        pieces.add(&[0.5]);
        pieces.add(&[-0.0, 1.0]);
        whole.add(&[0.5, -0.0, 1.0]);
        assert_eq!(pieces, whole);
    }
}
