//! Lanes: up to 16 instances of a node computed side by side.
//!
//! A kernel is written once over [`Lanes<V>`] and compiled for each [`Vector`] `V`: `f32` itself (one
//! lane), and 4, 8 or 16 lanes of each instruction set. The operators and functions look like those
//! of `f32`, and every lane gets the bits that one lane alone would get, whatever `V` is.
//!
//! A vector can only be made from another one or from a token that proves the machine has the
//! instructions, so constants come from an operand: `x * 2.0`, `1.0 - x`, `x.max(0.0)`,
//! `x.same(0.5)`.

mod bits;
mod vector;

pub use bits::Bits;
pub use vector::Vector;

use std::ops::{Add, AddAssign, BitAnd, BitOr, Div, DivAssign, Mul, MulAssign, Neg, Not, Sub, SubAssign};

/// `V::WIDTH` samples, one of each instance. See the [module](self).
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Lanes<V: Vector>(pub V);

/// One truth value per lane, made by comparing [`Lanes`].
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Mask<V: Vector>(pub V::Mask);

/// Anything that can stand beside [`Lanes`] in an operation: lanes, or one number for all of them.
pub trait Operand<V: Vector>: Copy {
    /// The operand as lanes; `like` supplies the proof that such lanes may exist.
    fn lanes(self, like: V::Token) -> Lanes<V>;
}

impl<V: Vector> Operand<V> for Lanes<V> {
    #[inline(always)]
    fn lanes(self, _: V::Token) -> Lanes<V> {
        self
    }
}

impl<V: Vector> Operand<V> for f32 {
    #[inline(always)]
    fn lanes(self, like: V::Token) -> Lanes<V> {
        Lanes(V::splat(like, self))
    }
}

impl<V: Vector> Lanes<V> {
    /// The same number in every lane.
    #[inline(always)]
    pub fn splat(token: V::Token, value: f32) -> Self {
        Self(V::splat(token, value))
    }

    /// `value` in as many lanes as `self` has.
    #[inline(always)]
    pub fn same(self, value: f32) -> Self {
        Self(V::splat(self.0.token(), value))
    }

    /// The proof that these lanes may exist, to make others from.
    #[inline(always)]
    pub fn token(self) -> V::Token {
        self.0.token()
    }

    /// Reads the lanes from a slice of exactly `V::WIDTH` samples; panics for any other length.
    #[inline(always)]
    pub fn load(token: V::Token, from: &[f32]) -> Self {
        Self(V::load(token, from))
    }

    /// Writes the lanes to a slice of exactly `V::WIDTH` samples; panics for any other length.
    #[inline(always)]
    pub fn store(self, to: &mut [f32]) {
        self.0.store(to);
    }

    /// `|x|`.
    #[inline(always)]
    pub fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// Correctly rounded square root; NaN below zero.
    #[inline(always)]
    pub fn sqrt(self) -> Self {
        Self(self.0.sqrt())
    }

    /// The largest integer not above x.
    #[inline(always)]
    pub fn floor(self) -> Self {
        Self(self.0.floor())
    }

    /// The nearest integer, ties to even.
    #[inline(always)]
    pub fn round(self) -> Self {
        Self(self.0.round_ties_even())
    }

    /// `x - floor(x)`, in 0..=1 (1 only when a tiny negative x rounds up).
    #[inline(always)]
    pub fn fraction(self) -> Self {
        self - self.floor()
    }

    /// The smaller of the two; `other` where either is NaN.
    #[inline(always)]
    pub fn min(self, other: impl Operand<V>) -> Self {
        Self(self.0.min(other.lanes(self.token()).0))
    }

    /// The larger of the two; `other` where either is NaN.
    #[inline(always)]
    pub fn max(self, other: impl Operand<V>) -> Self {
        Self(self.0.max(other.lanes(self.token()).0))
    }

    /// Limits to `low..=high`; `low` where x is NaN.
    #[inline(always)]
    pub fn clamp(self, low: impl Operand<V>, high: impl Operand<V>) -> Self {
        self.max(low).min(high)
    }

    /// `self < other`, lane by lane.
    #[inline(always)]
    pub fn lt(self, other: impl Operand<V>) -> Mask<V> {
        Mask(self.0.lt(other.lanes(self.token()).0))
    }

    /// `self <= other`, lane by lane.
    #[inline(always)]
    pub fn le(self, other: impl Operand<V>) -> Mask<V> {
        Mask(self.0.le(other.lanes(self.token()).0))
    }

    /// `self > other`, lane by lane.
    #[inline(always)]
    pub fn gt(self, other: impl Operand<V>) -> Mask<V> {
        Mask(other.lanes(self.token()).0.lt(self.0))
    }

    /// `self >= other`, lane by lane.
    #[inline(always)]
    pub fn ge(self, other: impl Operand<V>) -> Mask<V> {
        Mask(other.lanes(self.token()).0.le(self.0))
    }

    /// `self == other`, lane by lane.
    #[inline(always)]
    pub fn equal(self, other: impl Operand<V>) -> Mask<V> {
        Mask(self.0.equal(other.lanes(self.token()).0))
    }

    /// True where the lane is neither infinite nor NaN.
    #[inline(always)]
    pub fn is_finite(self) -> Mask<V> {
        self.abs().lt(f32::INFINITY)
    }

    /// `self + (other - self) * amount`: `self` at 0, `other` at 1.
    #[inline(always)]
    pub fn mix(self, other: impl Operand<V>, amount: impl Operand<V>) -> Self {
        let token = self.token();
        self + (other.lanes(token) - self) * amount.lanes(token)
    }

    /// The sign of `self` on the magnitude of `magnitude`.
    #[inline(always)]
    pub fn copy_sign_to(self, magnitude: Self) -> Self {
        let sign = self.to_bits() & 0x8000_0000;
        Self::from_bits((magnitude.to_bits() & 0x7fff_ffff) | sign)
    }

    /// The bit pattern of each lane.
    #[inline(always)]
    pub fn to_bits(self) -> Bits<V> {
        Bits(self.0.to_bits())
    }

    /// The lanes with these bit patterns.
    #[inline(always)]
    pub fn from_bits(bits: Bits<V>) -> Self {
        Self(V::from_bits(bits.0))
    }

    /// Truncated towards zero as a signed integer, limited to the range of `i32`, 0 for NaN: the
    /// same on every machine.
    #[inline(always)]
    pub fn to_integer(self) -> Bits<V> {
        // The largest f32 below 2^31; the limits also turn the undefined cases into defined ones.
        let limited = self.max(-2_147_483_648.0).min(2_147_483_520.0);
        let number = self.equal(self).select(limited, self.same(0.0));
        Bits(number.0.truncate_in_range())
    }

    /// Like [`to_integer`](Self::to_integer) where the caller knows that -2^31 <= x < 2^31.
    /// Any other x gives a number that depends on the machine.
    #[inline(always)]
    pub fn to_integer_in_range(self) -> Bits<V> {
        Bits(self.0.truncate_in_range())
    }

    /// Applies a scalar function to each lane: for control code and rare events, not inner loops.
    #[inline(always)]
    pub fn map_each(self, mut function: impl FnMut(f32) -> f32) -> Self {
        let mut values = [0.0; 16];
        self.store(&mut values[..V::WIDTH]);
        for value in &mut values[..V::WIDTH] {
            *value = function(*value);
        }
        Self::load(self.token(), &values[..V::WIDTH])
    }
}

impl<V: Vector> Mask<V> {
    /// `yes` where true, `no` where false.
    #[inline(always)]
    pub fn select(self, yes: Lanes<V>, no: Lanes<V>) -> Lanes<V> {
        Lanes(V::select(self.0, yes.0, no.0))
    }

    /// `yes` where true, `no` where false.
    #[inline(always)]
    pub fn select_bits(self, yes: Bits<V>, no: Bits<V>) -> Bits<V> {
        Bits(V::select_bits(self.0, yes.0, no.0))
    }

    /// `value` where true, 0 where false.
    #[inline(always)]
    pub fn keep(self, value: Lanes<V>) -> Lanes<V> {
        self.select(value, value.same(0.0))
    }

    /// 1.0 where true, 0.0 where false; `like` supplies the lanes.
    #[inline(always)]
    pub fn to_gate(self, like: Lanes<V>) -> Lanes<V> {
        self.select(like.same(1.0), like.same(0.0))
    }

    /// True when any lane is.
    #[inline(always)]
    pub fn any(self) -> bool {
        V::any(self.0)
    }

    /// Bit `i` is lane `i`.
    #[inline(always)]
    pub fn to_bitmask(self) -> u64 {
        V::mask_to_bitmask(self.0)
    }

    /// The mask whose lane `i` is bit `i`.
    #[inline(always)]
    pub fn from_bitmask(token: V::Token, bits: u64) -> Self {
        Self(V::mask_from_bitmask(token, bits))
    }
}

impl<V: Vector> BitAnd for Mask<V> {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        Self(V::mask_and(self.0, other.0))
    }
}

impl<V: Vector> BitOr for Mask<V> {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        Self(V::mask_or(self.0, other.0))
    }
}

impl<V: Vector> Not for Mask<V> {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        Self(V::mask_not(self.0))
    }
}

macro_rules! operator {
    ($trait:ident, $function:ident, $assign_trait:ident, $assign:ident) => {
        impl<V: Vector> $trait for Lanes<V> {
            type Output = Self;
            #[inline(always)]
            fn $function(self, other: Self) -> Self {
                Self(V::$function(self.0, other.0))
            }
        }
        impl<V: Vector> $trait<f32> for Lanes<V> {
            type Output = Self;
            #[inline(always)]
            fn $function(self, other: f32) -> Self {
                Self(V::$function(self.0, V::splat(self.0.token(), other)))
            }
        }
        impl<V: Vector> $trait<Lanes<V>> for f32 {
            type Output = Lanes<V>;
            #[inline(always)]
            fn $function(self, other: Lanes<V>) -> Lanes<V> {
                Lanes(V::$function(V::splat(other.0.token(), self), other.0))
            }
        }
        impl<V: Vector, T> $assign_trait<T> for Lanes<V>
        where
            Self: $trait<T, Output = Self>,
        {
            #[inline(always)]
            fn $assign(&mut self, other: T) {
                *self = $trait::$function(*self, other);
            }
        }
    };
}

operator!(Add, add, AddAssign, add_assign);
operator!(Sub, sub, SubAssign, sub_assign);
operator!(Mul, mul, MulAssign, mul_assign);
operator!(Div, div, DivAssign, div_assign);

impl<V: Vector> Neg for Lanes<V> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(self.0.neg())
    }
}
