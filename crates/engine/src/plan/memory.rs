//! Memory in cache lines: what SIMD loads want, and slots that never share a line.

/// Floats or words in a cache line.
pub(crate) const LINE: usize = 16;

#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct CacheLine<T>([T; LINE]);

/// A fixed number of cache lines of 32-bit values.
pub(crate) struct CacheLines<T> {
    lines: Box<[CacheLine<T>]>,
}

impl<T: Copy + Default> CacheLines<T> {
    /// Zeros, at least `count` of them.
    pub(crate) fn zeroed(count: usize) -> Self {
        let line = CacheLine([T::default(); LINE]);
        Self { lines: vec![line; count.div_ceil(LINE)].into_boxed_slice() }
    }

    /// How many values fit.
    pub(crate) fn len(&self) -> usize {
        self.lines.len() * LINE
    }

    /// The first value; the others follow.
    pub(crate) fn as_mut_ptr(&mut self) -> *mut T {
        self.lines.as_mut_ptr().cast()
    }

    /// All values.
    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        // SAFETY: a line is nothing but its values, and lines lie side by side.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.lines.len() * LINE) }
    }
}
