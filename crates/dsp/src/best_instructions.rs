//! Runs plain loops compiled for the machine's best instruction set.

use fearless_simd::{Level, Simd, dispatch};

/// Which instruction set this machine has.
#[derive(Clone, Copy, Debug)]
pub struct BestInstructions(Level);

impl BestInstructions {
    /// Looks at the machine. Control thread.
    pub fn of_this_machine() -> Self {
        Self(Level::new())
    }

    /// Runs a closure that calls only functions marked `#[inline(always)]`: what is inlined into it is
    /// compiled once for each instruction set. The samples stay the same, bit for bit.
    #[inline(always)]
    pub fn run<R>(self, work: impl FnOnce() -> R) -> R {
        dispatch!(self.0, simd => simd.vectorize(work))
    }
}
