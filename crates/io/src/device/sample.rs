//! Samples of sound devices: every format cpal knows, to and from f32.
//!
//! Full scale is +-1.0. Integers clip there, rounded without dither: what a device plays is never
//! stored. Floats pass as they are, for a JACK client may well take more than full scale. A NaN is
//! silence everywhere.

use cpal::{I24, SampleFormat, SizedSample, U24};

/// A device's sample.
pub(crate) trait DeviceSample: SizedSample + Send + 'static {
    /// From full scale +-1.0.
    fn from_f32(sample: f32) -> Self;
    /// To full scale +-1.0.
    fn to_f32(self) -> f32;
}

/// `sample` as an integer of `bits` bits, clipped.
fn to_integer(sample: f32, bits: u32) -> i64 {
    let scale = (1u64 << (bits - 1)) as f64;
    // The cast clips to what 64 bits hold and makes a NaN zero.
    (f64::from(sample) * scale).round().clamp(-scale, scale - 1.0) as i64
}

/// An integer of `bits` bits as a sample.
fn to_float(integer: i64, bits: u32) -> f32 {
    (integer as f64 / (1u64 << (bits - 1)) as f64) as f32
}

macro_rules! signed {
    ($($type:ty),*) => {$(
        impl DeviceSample for $type {
            fn from_f32(sample: f32) -> Self {
                to_integer(sample, Self::BITS) as Self
            }
            fn to_f32(self) -> f32 {
                to_float(self.into(), Self::BITS)
            }
        }
    )*};
}

/// Unsigned formats are signed ones with the top bit turned over.
macro_rules! unsigned {
    ($($type:ty as $signed:ty),*) => {$(
        impl DeviceSample for $type {
            fn from_f32(sample: f32) -> Self {
                <$signed>::from_f32(sample) as Self ^ 1 << (Self::BITS - 1)
            }
            fn to_f32(self) -> f32 {
                ((self ^ 1 << (Self::BITS - 1)) as $signed).to_f32()
            }
        }
    )*};
}

signed!(i8, i16, i32, i64);
unsigned!(u8 as i8, u16 as i16, u32 as i32, u64 as i64);

impl DeviceSample for I24 {
    fn from_f32(sample: f32) -> Self {
        Self::new_unchecked(to_integer(sample, 24) as i32)
    }
    fn to_f32(self) -> f32 {
        to_float(self.inner().into(), 24)
    }
}

impl DeviceSample for U24 {
    fn from_f32(sample: f32) -> Self {
        Self::new_unchecked(to_integer(sample, 24) as i32 + (1 << 23))
    }
    fn to_f32(self) -> f32 {
        to_float(i64::from(self.inner()) - (1 << 23), 24)
    }
}

impl DeviceSample for f32 {
    fn from_f32(sample: f32) -> Self {
        if sample.is_nan() { 0.0 } else { sample }
    }
    fn to_f32(self) -> f32 {
        Self::from_f32(self)
    }
}

impl DeviceSample for f64 {
    fn from_f32(sample: f32) -> Self {
        f32::from_f32(sample).into()
    }
    fn to_f32(self) -> f32 {
        f32::from_f32(self as f32)
    }
}

/// Whether samples of this format can be played and recorded: all but the one-bit streams.
pub(crate) fn is_usable(format: SampleFormat) -> bool {
    !format.is_dsd()
}

/// Calls a function or method with the Rust type of a [`SampleFormat`]: `with_format!(format, T =>
/// f::<T>(x), otherwise)`.
macro_rules! with_format {
    ($format:expr, $type:ident => $call:expr, $otherwise:expr) => {
        match $format {
            cpal::SampleFormat::I8 => {
                type $type = i8;
                $call
            }
            cpal::SampleFormat::I16 => {
                type $type = i16;
                $call
            }
            cpal::SampleFormat::I24 => {
                type $type = cpal::I24;
                $call
            }
            cpal::SampleFormat::I32 => {
                type $type = i32;
                $call
            }
            cpal::SampleFormat::I64 => {
                type $type = i64;
                $call
            }
            cpal::SampleFormat::U8 => {
                type $type = u8;
                $call
            }
            cpal::SampleFormat::U16 => {
                type $type = u16;
                $call
            }
            cpal::SampleFormat::U24 => {
                type $type = cpal::U24;
                $call
            }
            cpal::SampleFormat::U32 => {
                type $type = u32;
                $call
            }
            cpal::SampleFormat::U64 => {
                type $type = u64;
                $call
            }
            cpal::SampleFormat::F32 => {
                type $type = f32;
                $call
            }
            cpal::SampleFormat::F64 => {
                type $type = f64;
                $call
            }
            _ => $otherwise,
        }
    };
}
pub(crate) use with_format;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a format makes of a sample, back as f32.
    fn through<T: DeviceSample>(sample: f32) -> f32 {
        T::from_f32(sample).to_f32()
    }

    /// Every format with the size of its step.
    fn formats() -> Vec<(&'static str, fn(f32) -> f32, f32)> {
        fn step(bits: u32) -> f32 {
            1.0 / (1u64 << (bits - 1)) as f32
        }
        vec![
            ("i8", through::<i8>, step(8)),
            ("i16", through::<i16>, step(16)),
            ("i24", through::<I24>, step(24)),
            ("i32", through::<i32>, step(32)),
            ("i64", through::<i64>, step(64)),
            ("u8", through::<u8>, step(8)),
            ("u16", through::<u16>, step(16)),
            ("u24", through::<U24>, step(24)),
            ("u32", through::<u32>, step(32)),
            ("u64", through::<u64>, step(64)),
            ("f32", through::<f32>, 0.0),
            ("f64", through::<f64>, 0.0),
        ]
    }

    proptest! {
        #[test]
        fn every_format_keeps_a_sample_to_half_a_step(sample in -1.0f32..1.0) {
            for (name, through, step) in formats() {
                let top = 1.0 - step;
                let error = (through(sample) - sample.min(top)).abs();
                let most = step / 2.0 + f32::EPSILON * sample.abs();
            prop_assert!(error <= most, "{} {} {}", name, sample, error);
            }
        }

        #[test]
        fn integers_survive_the_way_to_f32_and_back(value: i16, byte: u8) {
            prop_assert_eq!(i16::from_f32(value.to_f32()), value);
            prop_assert_eq!(u8::from_f32(byte.to_f32()), byte);
        }
    }

    #[test]
    fn integers_clip_and_floats_do_not() {
        for (name, through, step) in formats() {
            for (sample, clipped) in [(2.0, 1.0 - step), (f32::INFINITY, 1.0 - step), (-2.0, -1.0)] {
                let expected = if step > 0.0 { clipped } else { sample };
                assert_eq!(through(sample), expected, "{name}");
            }
            assert_eq!(through(f32::NAN), 0.0, "{name}");
            assert_eq!(through(0.0), 0.0, "{name}");
        }
    }

    #[test]
    fn the_numbers_are_the_ones_a_device_expects() {
        assert_eq!([i16::from_f32(0.5), i16::from_f32(-1.0), i16::from_f32(1.0)], [16_384, -32_768, 32_767]);
        assert_eq!([u16::from_f32(0.0), u16::from_f32(-1.0), u16::from_f32(1.0)], [32_768, 0, 65_535]);
        assert_eq!([u8::from_f32(0.0), u8::from_f32(-1.0)], [128, 0]);
        assert_eq!(I24::from_f32(0.5).inner(), 1 << 22);
        assert_eq!(U24::from_f32(0.0).inner(), 1 << 23);
    }

    #[test]
    fn every_format_is_dispatched() {
        let all = [
            (SampleFormat::I8, 1),
            (SampleFormat::I16, 2),
            (SampleFormat::I24, 4),
            (SampleFormat::I32, 4),
            (SampleFormat::I64, 8),
            (SampleFormat::U8, 1),
            (SampleFormat::U16, 2),
            (SampleFormat::U24, 4),
            (SampleFormat::U32, 4),
            (SampleFormat::U64, 8),
            (SampleFormat::F32, 4),
            (SampleFormat::F64, 8),
        ];
        for (format, bytes) in all {
            assert!(is_usable(format));
            let (found, size) = with_format!(format, T => (T::FORMAT, size_of::<T>()), unreachable!());
            assert_eq!((found, size), (format, bytes));
        }
        assert!(!is_usable(SampleFormat::DsdU8));
    }
}
