//! Memory in cache lines: what SIMD loads want, and slots that never share a line.

use std::ptr::NonNull;

/// Floats or words in a cache line.
pub(crate) const LINE: usize = 16;

#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct CacheLine<T>([T; LINE]);

/// A fixed number of cache lines of 32-bit values.
pub(crate) struct CacheLines<T> {
    /// From a box, and kept as a pointer: a plan holds pointers into its lines, which a reference to the box
    /// would invalidate.
    lines: NonNull<[CacheLine<T>]>,
}

// SAFETY: it owns its lines as a box does.
unsafe impl<T: Send> Send for CacheLines<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for CacheLines<T> {}

impl<T: Copy + Default> CacheLines<T> {
    /// Zeros, at least `count` of them.
    pub(crate) fn zeroed(count: usize) -> Self {
        let line = CacheLine([T::default(); LINE]);
        let lines = vec![line; count.div_ceil(LINE)].into_boxed_slice();
        Self { lines: NonNull::from(Box::leak(lines)) }
    }

    /// How many values fit.
    pub(crate) fn len(&self) -> usize {
        self.lines.len() * LINE
    }

    /// The first value; the others follow.
    pub(crate) fn as_mut_ptr(&mut self) -> *mut T {
        self.lines.as_ptr().cast()
    }

    /// All values.
    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        let count = self.len();
        // SAFETY: a line is nothing but its values, and lines lie side by side.
        unsafe { std::slice::from_raw_parts_mut(self.as_mut_ptr(), count) }
    }
}

impl<T> Drop for CacheLines<T> {
    fn drop(&mut self) {
        // SAFETY: it comes from a box that was leaked, and nobody else frees it.
        drop(unsafe { Box::from_raw(self.lines.as_ptr()) });
    }
}
