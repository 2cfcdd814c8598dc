//! Denormal numbers: they cost up to a hundred times a normal number's time, and lie far below what is
//! audible.

/// Computes with denormal numbers taken as zero, on processors that can, as the executor does. Whoever
/// runs nodes without an executor needs it to get the same bits. Any thread.
#[cfg(all(not(miri), any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64")))]
pub fn flush_denormals<T>(compute: impl FnOnce() -> T) -> T {
    // SAFETY: the closure's results may depend on the mode, which is what it is for; its memory safety
    // can't. The processor's mode is put back behind it.
    unsafe { no_denormals::no_denormals(compute) }
}

/// Computes; this processor has no mode that takes denormal numbers as zero, nor has the interpreter Miri.
#[cfg(not(all(not(miri), any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64"))))]
pub fn flush_denormals<T>(compute: impl FnOnce() -> T) -> T {
    compute()
}
