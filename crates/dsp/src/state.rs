//! State: what the signal leaves behind in a lane node, as plain words that any pack can take over.

use crate::{Bits, Lanes, Mask, Vector};

/// One field of a state: lanes, bits, or an array of them. `WORDS` counts 32-bit words per lane;
/// word `k` of lane `l` lies at `k * V::WIDTH + l`.
pub trait Field<V: Vector>: Copy {
    /// 32-bit words per lane.
    const WORDS: usize;
    /// Reads `WORDS * V::WIDTH` words.
    fn load(token: V::Token, words: &[u32]) -> Self;
    /// Writes `WORDS * V::WIDTH` words.
    fn store(&self, words: &mut [u32]);
    /// `yes` in the lanes of a mask, `no` in the others.
    fn select(mask: Mask<V>, yes: Self, no: Self) -> Self;
}

impl<V: Vector> Field<V> for Bits<V> {
    const WORDS: usize = 1;
    #[inline(always)]
    fn load(token: V::Token, words: &[u32]) -> Self {
        Bits::load(token, words)
    }
    #[inline(always)]
    fn store(&self, words: &mut [u32]) {
        Bits::store(*self, words);
    }
    #[inline(always)]
    fn select(mask: Mask<V>, yes: Self, no: Self) -> Self {
        mask.select_bits(yes, no)
    }
}

impl<V: Vector> Field<V> for Lanes<V> {
    const WORDS: usize = 1;
    #[inline(always)]
    fn load(token: V::Token, words: &[u32]) -> Self {
        Lanes::from_bits(Bits::load(token, words))
    }
    #[inline(always)]
    fn store(&self, words: &mut [u32]) {
        self.to_bits().store(words);
    }
    #[inline(always)]
    fn select(mask: Mask<V>, yes: Self, no: Self) -> Self {
        mask.select(yes, no)
    }
}

impl<V: Vector, F: Field<V>, const N: usize> Field<V> for [F; N] {
    const WORDS: usize = F::WORDS * N;
    #[inline(always)]
    fn load(token: V::Token, words: &[u32]) -> Self {
        let size = F::WORDS * V::WIDTH;
        std::array::from_fn(|i| F::load(token, &words[i * size..][..size]))
    }
    #[inline(always)]
    fn store(&self, words: &mut [u32]) {
        let size = F::WORDS * V::WIDTH;
        for (field, words) in self.iter().zip(words.chunks_exact_mut(size)) {
            field.store(words);
        }
    }
    #[inline(always)]
    fn select(mask: Mask<V>, yes: Self, no: Self) -> Self {
        std::array::from_fn(|i| F::select(mask, yes[i], no[i]))
    }
}

/// The whole state of a lane node. Written by [`lane_state!`](crate::lane_state).
pub trait LaneState<V: Vector>: Field<V> {}

/// The state of a node that has none: its output depends on this frame's inputs alone, which lets
/// the engine compute sixteen frames of one voice like one frame of sixteen voices.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoState;

impl<V: Vector> Field<V> for NoState {
    const WORDS: usize = 0;
    #[inline(always)]
    fn load(_: V::Token, _: &[u32]) -> Self {
        Self
    }
    #[inline(always)]
    fn store(&self, _: &mut [u32]) {}
    #[inline(always)]
    fn select(_: Mask<V>, _: Self, _: Self) -> Self {
        Self
    }
}

impl<V: Vector> LaneState<V> for NoState {}

/// A state at rest: all words 0.
///
/// # Panics
///
/// For a state of more than 1,024 words in all lanes together.
pub fn at_rest<V: Vector, F: Field<V>>(token: V::Token) -> F {
    F::load(token, &[0; 1024][..F::WORDS * V::WIDTH])
}

/// Declares the state of a lane node or of a kernel in one: fields of `Lanes<V>`, `Bits<V>`, arrays of them,
/// and other states. Its default is a single lane at rest, all words 0.
///
/// ```
/// use jackfield_dsp::{Bits, Lanes, lane_state};
/// lane_state! { struct State<V> { phase: Bits<V>, history: [Lanes<V>; 2] } }
/// ```
#[macro_export]
macro_rules! lane_state {
    ($(#[$meta:meta])* $visibility:vis struct $name:ident<$v:ident> {
        $($(#[$field_meta:meta])* $field_visibility:vis $field:ident: $type:ty),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy)]
        $visibility struct $name<$v: $crate::Vector> {
            $($(#[$field_meta])* $field_visibility $field: $type),*
        }

        impl<$v: $crate::Vector> $crate::Field<$v> for $name<$v> {
            const WORDS: usize = 0 $(+ <$type as $crate::Field<$v>>::WORDS)*;
            #[inline(always)]
            fn load(token: $v::Token, words: &[u32]) -> Self {
                let mut rest = words;
                $(
                    let size = <$type as $crate::Field<$v>>::WORDS * $v::WIDTH;
                    let (own, after) = rest.split_at(size);
                    rest = after;
                    let $field = <$type as $crate::Field<$v>>::load(token, own);
                )*
                let _ = rest;
                Self { $($field),* }
            }
            #[inline(always)]
            fn store(&self, words: &mut [u32]) {
                let mut rest = words;
                $(
                    let size = <$type as $crate::Field<$v>>::WORDS * $v::WIDTH;
                    let (own, after) = rest.split_at_mut(size);
                    rest = after;
                    $crate::Field::store(&self.$field, own);
                )*
                let _ = rest;
            }
            #[inline(always)]
            fn select(mask: $crate::Mask<$v>, yes: Self, no: Self) -> Self {
                Self { $($field: $crate::Field::select(mask, yes.$field, no.$field)),* }
            }
        }

        impl<$v: $crate::Vector> $crate::LaneState<$v> for $name<$v> {}

        impl Default for $name<f32> {
            fn default() -> Self {
                $crate::at_rest(())
            }
        }
    };
}
