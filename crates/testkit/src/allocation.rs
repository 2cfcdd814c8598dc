//! A guard that counts what the audio thread must not do: allocate and free.
//!
//! A test program opts in once, with the allocator as its global one:
//!
//! ```
//! use jackfield_testkit::allocation::{self, CountingAllocator};
//!
//! #[global_allocator]
//! static ALLOCATOR: CountingAllocator = CountingAllocator;
//!
//! let (sum, violations) = allocation::count(|| 1 + 1);
//! assert_eq!((sum, violations), (2, 0));
//! let (text, violations) = allocation::count(|| String::from("from the heap"));
//! assert!(violations > 0, "{text}");
//! ```
//!
//! Without it every count is 0, so a test that relies on the guard first calls [`is_installed`].

pub use assert_no_alloc::AllocDisabler as CountingAllocator;

/// Runs `function` and counts the allocations and frees it makes on this thread. Other threads go
/// unnoticed, and so does work passed to them.
pub fn count<T>(function: impl FnOnce() -> T) -> (T, u32) {
    let before = assert_no_alloc::violation_count();
    let result = assert_no_alloc::assert_no_alloc(function);
    (result, assert_no_alloc::violation_count() - before)
}

/// Whether this program's global allocator is the counting one.
pub fn is_installed() -> bool {
    let (memory, violations) = count(|| std::hint::black_box(Box::new(1_u8)));
    drop(memory);
    violations > 0
}
