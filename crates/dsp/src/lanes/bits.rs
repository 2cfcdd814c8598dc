//! `u32` lanes: phases, random states, counters and the bit patterns of samples.

use super::{Lanes, Mask, Vector};
use std::ops::{Add, BitAnd, BitOr, BitXor, Mul, Shl, Shr, Sub};

/// `V::WIDTH` unsigned integers; arithmetic wraps.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Bits<V: Vector>(pub V::Bits);

impl<V: Vector> Bits<V> {
    /// The same number in every lane.
    #[inline(always)]
    pub fn splat(token: V::Token, value: u32) -> Self {
        Self(V::splat_bits(token, value))
    }

    /// `value` in as many lanes as `self` has.
    #[inline(always)]
    pub fn same(self, value: u32) -> Self {
        Self(V::splat_bits(V::token_of_bits(self.0), value))
    }

    /// The proof that these lanes may exist, to make others from.
    #[inline(always)]
    pub fn token(self) -> V::Token {
        V::token_of_bits(self.0)
    }

    /// Reads the lanes from a slice of exactly `V::WIDTH` numbers; panics for any other length.
    #[inline(always)]
    pub fn load(token: V::Token, from: &[u32]) -> Self {
        Self(V::load_bits(token, from))
    }

    /// Writes the lanes to a slice of exactly `V::WIDTH` numbers; panics for any other length.
    #[inline(always)]
    pub fn store(self, to: &mut [u32]) {
        V::store_bits(self.0, to);
    }

    /// The lanes read as signed integers, converted to the nearest f32.
    #[inline(always)]
    pub fn to_signed(self) -> Lanes<V> {
        Lanes(V::from_signed(self.0))
    }

    /// The lanes as a phase in 0.0..1.0: the upper 24 bits, exactly.
    #[inline(always)]
    pub fn to_unit(self) -> Lanes<V> {
        (self >> 8).to_signed() * (1.0 / 16_777_216.0)
    }

    /// The lanes read as signed integers, scaled to -1.0..1.0: the upper 24 bits, exactly.
    #[inline(always)]
    pub fn to_bipolar(self) -> Lanes<V> {
        ((self >> 8).to_signed() - 8_388_608.0) * (1.0 / 8_388_608.0)
    }

    /// `self < other` as unsigned numbers.
    #[inline(always)]
    pub fn lt(self, other: Self) -> Mask<V> {
        Mask(V::bits_lt(self.0, other.0))
    }

    /// `self == other`.
    #[inline(always)]
    pub fn equal(self, other: Self) -> Mask<V> {
        Mask(V::bits_equal(self.0, other.0))
    }
}

macro_rules! operator {
    ($trait:ident, $function:ident, $vector:ident) => {
        impl<V: Vector> $trait for Bits<V> {
            type Output = Self;
            #[inline(always)]
            fn $function(self, other: Self) -> Self {
                Self(V::$vector(self.0, other.0))
            }
        }
        impl<V: Vector> $trait<u32> for Bits<V> {
            type Output = Self;
            #[inline(always)]
            fn $function(self, other: u32) -> Self {
                Self(V::$vector(self.0, self.same(other).0))
            }
        }
    };
}

operator!(Add, add, bits_add);
operator!(Sub, sub, bits_sub);
operator!(Mul, mul, bits_mul);
operator!(BitAnd, bitand, bits_and);
operator!(BitOr, bitor, bits_or);
operator!(BitXor, bitxor, bits_xor);

impl<V: Vector> Shl<u32> for Bits<V> {
    type Output = Self;
    #[inline(always)]
    fn shl(self, by: u32) -> Self {
        Self(V::bits_shl(self.0, by))
    }
}

impl<V: Vector> Shr<u32> for Bits<V> {
    type Output = Self;
    #[inline(always)]
    fn shr(self, by: u32) -> Self {
        Self(V::bits_shr(self.0, by))
    }
}
