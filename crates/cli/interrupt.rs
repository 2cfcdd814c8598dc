//! Ctrl-C: ends the work in hand, instead of the program in the middle of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the person wants it to end.
#[derive(Clone, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Catches Ctrl-C (and a polite request to terminate) from now on.
    pub(crate) fn catch() -> Self {
        let interrupt = Self::default();
        let flag = interrupt.0.clone();
        // Where signals can't be caught, Ctrl-C ends the program at once, which leaves nothing
        // half-written either.
        let _ = ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed));
        interrupt
    }

    /// Whether it is time to finish.
    pub(crate) fn is_wanted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
