//! The clock that the engine measures itself by: how long a callback, a step and a compilation take.
//!
//! WebAssembly outside of a browser's page has no clock, and asking the standard library for one traps. There
//! every measurement is zero.

use std::time::Duration;

/// A moment on the machine's monotonic clock. Any thread; the audio thread may ask for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instant(#[cfg(not(target_family = "wasm"))] std::time::Instant);

#[cfg(not(target_family = "wasm"))]
impl Instant {
    pub(crate) fn now() -> Self {
        Self(std::time::Instant::now())
    }

    /// The time since then.
    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(target_family = "wasm")]
impl Instant {
    pub(crate) fn now() -> Self {
        Self()
    }

    /// Zero: nobody knows.
    pub(crate) fn elapsed(self) -> Duration {
        Duration::ZERO
    }
}
