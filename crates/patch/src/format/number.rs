//! Numbers as a file writes them: the shortest digits that read back as the same number.
//!
//! Plain digits from 1e-7 up to 1e21, like JavaScript, and an exponent beyond. Zero has no sign. A
//! 32-bit and a 64-bit float read from the same digits are written as the same digits, so a node looks
//! the same whether or not the program that saved it knew its type.

use std::fmt::Write;

/// Writes a finite 32-bit float.
pub(super) fn write_f32(out: &mut String, value: f32) {
    let is_plain = (1e-7..1e21).contains(&value.abs());
    // Writing to a String can't fail.
    let _ = if value == 0.0 {
        write!(out, "0")
    } else if is_plain {
        write!(out, "{value}")
    } else {
        write!(out, "{value:e}")
    };
}

/// Writes a finite 64-bit float.
pub(super) fn write_f64(out: &mut String, value: f64) {
    let is_plain = (1e-7..1e21).contains(&value.abs());
    let _ = if value == 0.0 {
        write!(out, "0")
    } else if is_plain {
        write!(out, "{value}")
    } else {
        write!(out, "{value:e}")
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn short(value: f32) -> String {
        let mut out = String::new();
        write_f32(&mut out, value);
        out
    }

    fn long(value: f64) -> String {
        let mut out = String::new();
        write_f64(&mut out, value);
        out
    }

    #[test]
    fn people_can_read_them() {
        for (value, text) in [
            (800.0, "800"),
            (0.7, "0.7"),
            (-0.0, "0"),
            (1e-7, "0.0000001"),
            (9.9e-8, "9.9e-8"),
            (1e20, "100000000000000000000"),
            (-1e21, "-1e21"),
            (f32::MAX, "3.4028235e38"),
            (f32::from_bits(1), "1e-45"),
        ] {
            assert_eq!(short(value), text);
        }
    }

    proptest! {
        #[test]
        fn they_read_back_as_the_same_bits(bits: u32) {
            let value = f32::from_bits(bits);
            prop_assume!(value.is_finite() && value != 0.0);
            prop_assert_eq!(short(value).parse::<f32>().unwrap().to_bits(), bits);
        }

        #[test]
        fn long_ones_read_back_as_the_same_bits(bits: u64) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite() && value != 0.0);
            prop_assert_eq!(long(value).parse::<f64>().unwrap().to_bits(), bits);
        }

        #[test]
        fn both_lengths_look_the_same(bits: u32) {
            let value = f32::from_bits(bits);
            prop_assume!(value.is_finite());
            let text = short(value);
            prop_assert_eq!(long(text.parse().unwrap()), text);
        }
    }
}
