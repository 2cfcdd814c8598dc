//! The machine's vectors behind [`Lanes`](super::Lanes): one sealed trait, implemented for `f32`
//! (one lane) and for the 4-, 8- and 16-lane vectors of every instruction set.
//!
//! Every operation here gives the same bits for every implementor. That rules out fused
//! multiply-add, reciprocal estimates and the conversions whose result for out-of-range numbers
//! depends on the machine.

use fearless_simd::{
    Bytes, Select, Simd, SimdBase, SimdCvtFloat, SimdCvtTruncate, SimdFloat as FloatVector, SimdMask,
};
use std::fmt::Debug;

mod sealed {
    pub trait Sealed {}
}

/// A vector of `WIDTH` `f32` lanes on one instruction set. Sealed; use it as a bound only and
/// write kernels with [`Lanes`](super::Lanes).
#[expect(missing_docs, reason = "the methods do what those of `Lanes` of the same names document")]
pub trait Vector: Copy + Debug + Send + Sync + 'static + sealed::Sealed {
    /// Lanes in this vector: 1, 4, 8 or 16.
    const WIDTH: usize;
    /// Proof that the machine has the instruction set; without it no vector can be made.
    type Token: Copy + Send + Sync + 'static;
    /// The same number of `u32` lanes.
    type Bits: Copy + Debug + Send + Sync + 'static;
    /// One truth value per lane.
    type Mask: Copy + Send + Sync + 'static;

    fn token(self) -> Self::Token;
    fn token_of_bits(bits: Self::Bits) -> Self::Token;
    fn splat(token: Self::Token, value: f32) -> Self;
    fn splat_bits(token: Self::Token, value: u32) -> Self::Bits;
    fn load(token: Self::Token, from: &[f32]) -> Self;
    fn store(self, to: &mut [f32]);
    fn load_bits(token: Self::Token, from: &[u32]) -> Self::Bits;
    fn store_bits(bits: Self::Bits, to: &mut [u32]);

    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    fn div(self, other: Self) -> Self;
    fn neg(self) -> Self;
    fn abs(self) -> Self;
    fn sqrt(self) -> Self;
    /// The smaller; `other` where neither is, which includes NaN.
    fn min(self, other: Self) -> Self;
    /// The larger; `other` where neither is, which includes NaN.
    fn max(self, other: Self) -> Self;
    fn floor(self) -> Self;
    fn round_ties_even(self) -> Self;
    fn lt(self, other: Self) -> Self::Mask;
    fn le(self, other: Self) -> Self::Mask;
    fn equal(self, other: Self) -> Self::Mask;
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;

    fn to_bits(self) -> Self::Bits;
    fn from_bits(bits: Self::Bits) -> Self;
    /// Truncates; only defined for -2^31 <= x < 2^31, which the caller has ensured.
    fn truncate_in_range(self) -> Self::Bits;
    /// The lanes read as `i32`, converted to the nearest `f32`.
    fn from_signed(bits: Self::Bits) -> Self;
    fn bits_add(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    fn bits_sub(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    fn bits_mul(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    fn bits_and(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    fn bits_or(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    fn bits_xor(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    fn bits_shl(a: Self::Bits, by: u32) -> Self::Bits;
    fn bits_shr(a: Self::Bits, by: u32) -> Self::Bits;
    fn bits_lt(a: Self::Bits, b: Self::Bits) -> Self::Mask;
    fn bits_equal(a: Self::Bits, b: Self::Bits) -> Self::Mask;
    fn select_bits(mask: Self::Mask, yes: Self::Bits, no: Self::Bits) -> Self::Bits;

    fn mask_and(a: Self::Mask, b: Self::Mask) -> Self::Mask;
    fn mask_or(a: Self::Mask, b: Self::Mask) -> Self::Mask;
    fn mask_not(a: Self::Mask) -> Self::Mask;
    /// Bit `i` of the answer is lane `i`.
    fn mask_to_bitmask(a: Self::Mask) -> u64;
    fn mask_from_bitmask(token: Self::Token, bits: u64) -> Self::Mask;
    fn any(a: Self::Mask) -> bool;
}

impl sealed::Sealed for f32 {}
impl Vector for f32 {
    const WIDTH: usize = 1;
    type Token = ();
    type Bits = u32;
    type Mask = bool;

    #[inline(always)]
    fn token(self) {}
    #[inline(always)]
    fn token_of_bits(_: u32) {}
    #[inline(always)]
    fn splat((): (), value: f32) -> f32 {
        value
    }
    #[inline(always)]
    fn splat_bits((): (), value: u32) -> u32 {
        value
    }
    #[inline(always)]
    fn load((): (), from: &[f32]) -> f32 {
        from[0]
    }
    #[inline(always)]
    fn store(self, to: &mut [f32]) {
        to[0] = self;
    }
    #[inline(always)]
    fn load_bits((): (), from: &[u32]) -> u32 {
        from[0]
    }
    #[inline(always)]
    fn store_bits(bits: u32, to: &mut [u32]) {
        to[0] = bits;
    }
    #[inline(always)]
    fn add(self, other: f32) -> f32 {
        self + other
    }
    #[inline(always)]
    fn sub(self, other: f32) -> f32 {
        self - other
    }
    #[inline(always)]
    fn mul(self, other: f32) -> f32 {
        self * other
    }
    #[inline(always)]
    fn div(self, other: f32) -> f32 {
        self / other
    }
    #[inline(always)]
    fn neg(self) -> f32 {
        -self
    }
    #[inline(always)]
    fn abs(self) -> f32 {
        f32::abs(self)
    }
    #[inline(always)]
    fn sqrt(self) -> f32 {
        f32::sqrt(self)
    }
    #[inline(always)]
    fn min(self, other: f32) -> f32 {
        if self < other { self } else { other }
    }
    #[inline(always)]
    fn max(self, other: f32) -> f32 {
        if self > other { self } else { other }
    }
    #[inline(always)]
    fn floor(self) -> f32 {
        f32::floor(self)
    }
    #[inline(always)]
    fn round_ties_even(self) -> f32 {
        f32::round_ties_even(self)
    }
    #[inline(always)]
    fn lt(self, other: f32) -> bool {
        self < other
    }
    #[inline(always)]
    fn le(self, other: f32) -> bool {
        self <= other
    }
    #[inline(always)]
    fn equal(self, other: f32) -> bool {
        self == other
    }
    #[inline(always)]
    fn select(mask: bool, yes: f32, no: f32) -> f32 {
        if mask { yes } else { no }
    }
    #[inline(always)]
    fn to_bits(self) -> u32 {
        f32::to_bits(self)
    }
    #[inline(always)]
    fn from_bits(bits: u32) -> f32 {
        f32::from_bits(bits)
    }
    #[inline(always)]
    fn truncate_in_range(self) -> u32 {
        (self as i32).cast_unsigned()
    }
    #[inline(always)]
    fn from_signed(bits: u32) -> f32 {
        bits.cast_signed() as f32
    }
    #[inline(always)]
    fn bits_add(a: u32, b: u32) -> u32 {
        a.wrapping_add(b)
    }
    #[inline(always)]
    fn bits_sub(a: u32, b: u32) -> u32 {
        a.wrapping_sub(b)
    }
    #[inline(always)]
    fn bits_mul(a: u32, b: u32) -> u32 {
        a.wrapping_mul(b)
    }
    #[inline(always)]
    fn bits_and(a: u32, b: u32) -> u32 {
        a & b
    }
    #[inline(always)]
    fn bits_or(a: u32, b: u32) -> u32 {
        a | b
    }
    #[inline(always)]
    fn bits_xor(a: u32, b: u32) -> u32 {
        a ^ b
    }
    #[inline(always)]
    fn bits_shl(a: u32, by: u32) -> u32 {
        a << by
    }
    #[inline(always)]
    fn bits_shr(a: u32, by: u32) -> u32 {
        a >> by
    }
    #[inline(always)]
    fn bits_lt(a: u32, b: u32) -> bool {
        a < b
    }
    #[inline(always)]
    fn bits_equal(a: u32, b: u32) -> bool {
        a == b
    }
    #[inline(always)]
    fn select_bits(mask: bool, yes: u32, no: u32) -> u32 {
        if mask { yes } else { no }
    }
    #[inline(always)]
    fn mask_and(a: bool, b: bool) -> bool {
        a & b
    }
    #[inline(always)]
    fn mask_or(a: bool, b: bool) -> bool {
        a | b
    }
    #[inline(always)]
    fn mask_not(a: bool) -> bool {
        !a
    }
    #[inline(always)]
    fn mask_to_bitmask(a: bool) -> u64 {
        u64::from(a)
    }
    #[inline(always)]
    fn mask_from_bitmask((): (), bits: u64) -> bool {
        bits & 1 != 0
    }
    #[inline(always)]
    fn any(a: bool) -> bool {
        a
    }
}

/// The same forwarding for each vector length; the instruction sets come with the type parameter.
macro_rules! vector {
    ($float:ident, $bits:ident, $signed:ident, $mask:ident, $width:literal) => {
        impl<S: Simd> sealed::Sealed for fearless_simd::$float<S> {}
        impl<S: Simd> Vector for fearless_simd::$float<S> {
            const WIDTH: usize = $width;
            type Token = S;
            type Bits = fearless_simd::$bits<S>;
            type Mask = fearless_simd::$mask<S>;

            #[inline(always)]
            fn token(self) -> S {
                self.simd
            }
            #[inline(always)]
            fn token_of_bits(bits: Self::Bits) -> S {
                bits.simd
            }
            #[inline(always)]
            fn splat(token: S, value: f32) -> Self {
                SimdBase::splat(token, value)
            }
            #[inline(always)]
            fn splat_bits(token: S, value: u32) -> Self::Bits {
                SimdBase::splat(token, value)
            }
            #[inline(always)]
            fn load(token: S, from: &[f32]) -> Self {
                SimdBase::from_slice(token, from)
            }
            #[inline(always)]
            fn store(self, to: &mut [f32]) {
                self.store_slice(to);
            }
            #[inline(always)]
            fn load_bits(token: S, from: &[u32]) -> Self::Bits {
                SimdBase::from_slice(token, from)
            }
            #[inline(always)]
            fn store_bits(bits: Self::Bits, to: &mut [u32]) {
                bits.store_slice(to);
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                self + other
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                self - other
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                self * other
            }
            #[inline(always)]
            fn div(self, other: Self) -> Self {
                self / other
            }
            #[inline(always)]
            fn neg(self) -> Self {
                -self
            }
            #[inline(always)]
            fn abs(self) -> Self {
                SimdBase::abs(self)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                FloatVector::sqrt(self)
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                // x86's instruction answers in exactly this way, others treat NaN differently.
                if cfg!(any(target_arch = "x86", target_arch = "x86_64")) {
                    SimdBase::min(self, other)
                } else {
                    Select::select(self.simd_lt(other), self, other)
                }
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                if cfg!(any(target_arch = "x86", target_arch = "x86_64")) {
                    SimdBase::max(self, other)
                } else {
                    Select::select(self.simd_gt(other), self, other)
                }
            }
            #[inline(always)]
            fn floor(self) -> Self {
                FloatVector::floor(self)
            }
            #[inline(always)]
            fn round_ties_even(self) -> Self {
                FloatVector::round_ties_even(self)
            }
            #[inline(always)]
            fn lt(self, other: Self) -> Self::Mask {
                self.simd_lt(other)
            }
            #[inline(always)]
            fn le(self, other: Self) -> Self::Mask {
                self.simd_le(other)
            }
            #[inline(always)]
            fn equal(self, other: Self) -> Self::Mask {
                self.simd_eq(other)
            }
            #[inline(always)]
            fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
                Select::select(mask, yes, no)
            }
            #[inline(always)]
            fn to_bits(self) -> Self::Bits {
                Bytes::bitcast(self)
            }
            #[inline(always)]
            fn from_bits(bits: Self::Bits) -> Self {
                Bytes::bitcast(bits)
            }
            #[inline(always)]
            fn truncate_in_range(self) -> Self::Bits {
                Bytes::bitcast(<fearless_simd::$signed<S> as SimdCvtTruncate<Self>>::truncate_from(self))
            }
            #[inline(always)]
            fn from_signed(bits: Self::Bits) -> Self {
                let signed: fearless_simd::$signed<S> = Bytes::bitcast(bits);
                <Self as SimdCvtFloat<fearless_simd::$signed<S>>>::float_from(signed)
            }
            #[inline(always)]
            fn bits_add(a: Self::Bits, b: Self::Bits) -> Self::Bits {
                a + b
            }
            #[inline(always)]
            fn bits_sub(a: Self::Bits, b: Self::Bits) -> Self::Bits {
                a - b
            }
            #[inline(always)]
            fn bits_mul(a: Self::Bits, b: Self::Bits) -> Self::Bits {
                a * b
            }
            #[inline(always)]
            fn bits_and(a: Self::Bits, b: Self::Bits) -> Self::Bits {
                a & b
            }
            #[inline(always)]
            fn bits_or(a: Self::Bits, b: Self::Bits) -> Self::Bits {
                a | b
            }
            #[inline(always)]
            fn bits_xor(a: Self::Bits, b: Self::Bits) -> Self::Bits {
                a ^ b
            }
            #[inline(always)]
            fn bits_shl(a: Self::Bits, by: u32) -> Self::Bits {
                a << by
            }
            #[inline(always)]
            fn bits_shr(a: Self::Bits, by: u32) -> Self::Bits {
                a >> by
            }
            #[inline(always)]
            fn bits_lt(a: Self::Bits, b: Self::Bits) -> Self::Mask {
                a.simd_lt(b)
            }
            #[inline(always)]
            fn bits_equal(a: Self::Bits, b: Self::Bits) -> Self::Mask {
                a.simd_eq(b)
            }
            #[inline(always)]
            fn select_bits(mask: Self::Mask, yes: Self::Bits, no: Self::Bits) -> Self::Bits {
                Select::select(mask, yes, no)
            }
            #[inline(always)]
            fn mask_and(a: Self::Mask, b: Self::Mask) -> Self::Mask {
                a & b
            }
            #[inline(always)]
            fn mask_or(a: Self::Mask, b: Self::Mask) -> Self::Mask {
                a | b
            }
            #[inline(always)]
            fn mask_not(a: Self::Mask) -> Self::Mask {
                !a
            }
            #[inline(always)]
            fn mask_to_bitmask(a: Self::Mask) -> u64 {
                a.to_bitmask()
            }
            #[inline(always)]
            fn mask_from_bitmask(token: S, bits: u64) -> Self::Mask {
                SimdMask::from_bitmask(token, bits)
            }
            #[inline(always)]
            fn any(a: Self::Mask) -> bool {
                a.any_true()
            }
        }
    };
}

vector!(f32x4, u32x4, i32x4, mask32x4, 4);
vector!(f32x8, u32x8, i32x8, mask32x8, 8);
vector!(f32x16, u32x16, i32x16, mask32x16, 16);
