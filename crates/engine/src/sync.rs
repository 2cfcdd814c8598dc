//! The atomics of what is handed between threads by hand: the standard library's, or those of loom, which
//! tries every order in which two threads may meet. `cargo xtask test --sanitize` builds with `--cfg loom`.

#[cfg(loom)]
pub(crate) use loom::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};
#[cfg(not(loom))]
pub(crate) use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};
