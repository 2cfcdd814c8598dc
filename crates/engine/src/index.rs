//! Typed positions, and lists that only the right kind of position reads.
//!
//! The compiler works on many lists that refer to each other. A position is four bytes, like the bare numbers
//! it replaces, and has no value that means "none": where there may be none, it says so with an `Option`.

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// A position in lists of one kind.
pub(crate) trait Ix: Copy {
    /// The position with this number.
    fn new(number: usize) -> Self;
    /// Its number.
    fn number(self) -> usize;

    /// The positions from `start` on and before `end`.
    fn between(start: Self, end: Self) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        (start.number()..end.number()).map(Self::new)
    }
}

macro_rules! positions {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub(crate) struct $name(u32);

        impl Ix for $name {
            #[inline(always)]
            fn new(number: usize) -> Self {
                Self(number as u32)
            }

            #[inline(always)]
            fn number(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

positions! {
    /// A node: of the session, of the graph made from it, and of the plan compiled from that.
    NodeIx;
    /// A cable of the session.
    LiveCableIx;
    /// A cable of the graph.
    CableIx;
    /// A crossfade layer of a cable.
    LayerIx;
    /// A strongly connected component of the graph.
    ComponentIx;
    /// A node within its component.
    MemberIx;
    /// One voice of a node.
    InstanceIx;
    /// A pack.
    PackIx;
    /// A group of loops that run together, sample by sample.
    LoopIx;
    /// What is scheduled as one: a pack or a group of loops.
    UnitIx;
    /// A slot: a signal's place in a plan.
    SlotIx;
    /// A smoothed parameter of a plan.
    ParamIx;
    /// A control of a plan.
    ControlIx;
    /// The label of a step.
    LabelIx;
}

/// A list with positions of its own kind.
#[derive(Clone, Debug)]
pub(crate) struct IndexVec<I, T> {
    list: Vec<T>,
    index: PhantomData<fn(I)>,
}

impl<I: Ix, T> IndexVec<I, T> {
    pub(crate) fn new() -> Self {
        Self::with_capacity(0)
    }

    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { list: Vec::with_capacity(capacity), index: PhantomData }
    }

    /// `value` at every position of a list of this length.
    pub(crate) fn filled(length: usize, value: T) -> Self
    where
        T: Clone,
    {
        Self { list: vec![value; length], index: PhantomData }
    }

    /// Adds a value; where it stands.
    pub(crate) fn push(&mut self, value: T) -> I {
        self.list.push(value);
        I::new(self.list.len() - 1)
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// All positions in order.
    pub(crate) fn indices(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + use<I, T> {
        (0..self.list.len()).map(I::new)
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.list.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.list.iter_mut()
    }

    /// All positions with their values.
    pub(crate) fn enumerate(&self) -> impl Iterator<Item = (I, &T)> {
        self.list.iter().enumerate().map(|(number, value)| (I::new(number), value))
    }

    /// All positions with their values.
    pub(crate) fn enumerate_mut(&mut self) -> impl Iterator<Item = (I, &mut T)> {
        self.list.iter_mut().enumerate().map(|(number, value)| (I::new(number), value))
    }

    /// The values; their numbers say little without the list.
    pub(crate) fn as_slice(&self) -> &[T] {
        &self.list
    }

    pub(crate) fn as_mut_ptr(&mut self) -> *mut T {
        self.list.as_mut_ptr()
    }

    pub(crate) fn fill(&mut self, value: T)
    where
        T: Clone,
    {
        self.list.fill(value);
    }

    /// Keeps the values for which `keeps` is true; those behind them move up.
    pub(crate) fn retain(&mut self, mut keeps: impl FnMut(I, &T) -> bool) {
        let mut number = 0;
        self.list.retain(|value| {
            number += 1;
            keeps(I::new(number - 1), value)
        });
    }

    pub(crate) fn sort_by_key<K: Ord>(&mut self, key: impl FnMut(&T) -> K) {
        self.list.sort_by_key(key);
    }
}

impl<I: Ix, T> Default for IndexVec<I, T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<I: Ix, T> Index<I> for IndexVec<I, T> {
    type Output = T;

    #[inline(always)]
    fn index(&self, at: I) -> &T {
        &self.list[at.number()]
    }
}

impl<I: Ix, T> IndexMut<I> for IndexVec<I, T> {
    #[inline(always)]
    fn index_mut(&mut self, at: I) -> &mut T {
        &mut self.list[at.number()]
    }
}

impl<I: Ix, T> FromIterator<T> for IndexVec<I, T> {
    fn from_iter<V: IntoIterator<Item = T>>(values: V) -> Self {
        Self { list: values.into_iter().collect(), index: PhantomData }
    }
}

impl<I, T> IntoIterator for IndexVec<I, T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a, I, T> IntoIterator for &'a IndexVec<I, T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl<'a, I, T> IntoIterator for &'a mut IndexVec<I, T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter_mut()
    }
}
