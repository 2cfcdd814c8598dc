//! A mailbox: one thread leaves an `Arc`, another takes it, without locks and without allocation on either
//! side.
//!
//! Whoever swaps the pointer out owns what it points to, so no reference is ever counted through it and no
//! thread has to register. That is what the audio thread needs: its first callback, on whatever thread the
//! device makes, is like any other.

use crate::sync::{AtomicPtr, Ordering};
use std::marker::PhantomData;
use std::ptr;
use std::sync::Arc;

/// Room for one `Arc`.
pub(crate) struct Mailbox<T> {
    /// From [`Arc::into_raw`], with the reference it stands for; null while empty.
    pointer: AtomicPtr<T>,
    /// Sent and shared as what it holds.
    holds: PhantomData<Arc<T>>,
}

impl<T> Mailbox<T> {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self { pointer: AtomicPtr::new(ptr::null_mut()), holds: PhantomData }
    }

    /// Leaves `value`; what was there and nobody took comes back. Any thread.
    pub(crate) fn put(&self, value: Arc<T>) -> Option<Arc<T>> {
        self.swap(Arc::into_raw(value).cast_mut())
    }

    /// Takes what is there. Any thread.
    pub(crate) fn take(&self) -> Option<Arc<T>> {
        // Nearly always it is empty; a load leaves the cache line where it is.
        if self.pointer.load(Ordering::Relaxed).is_null() {
            return None;
        }
        self.swap(ptr::null_mut())
    }

    fn swap(&self, next: *mut T) -> Option<Arc<T>> {
        let before = self.pointer.swap(next, Ordering::AcqRel);
        // SAFETY: every pointer but null comes from `Arc::into_raw` in `put`, and a swap hands each one out
        // once.
        (!before.is_null()).then(|| unsafe { Arc::from_raw(before) })
    }
}

impl<T> Drop for Mailbox<T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicBool;
    use std::thread;

    #[test]
    fn the_latest_is_taken_once() {
        let mailbox = Mailbox::new();
        assert_eq!(mailbox.take(), None);
        assert_eq!(mailbox.put(Arc::new(1)), None);
        assert_eq!(mailbox.put(Arc::new(2)), Some(Arc::new(1)), "what nobody took comes back");
        assert_eq!(mailbox.take(), Some(Arc::new(2)));
        assert_eq!(mailbox.take(), None);
    }

    #[test]
    fn every_reference_is_given_back() {
        let value = Arc::new(0);
        let mailbox = Mailbox::new();
        drop(mailbox.put(value.clone()));
        drop(mailbox.put(value.clone()));
        assert_eq!(Arc::strong_count(&value), 2);
        drop(mailbox);
        assert_eq!(Arc::strong_count(&value), 1);
    }

    #[test]
    fn what_one_thread_wrote_the_other_reads_in_order() {
        const LAST: u64 = if cfg!(miri) { 100 } else { 100_000 };
        let (mailbox, is_done) = (Mailbox::new(), AtomicBool::new(false));
        thread::scope(|scope| {
            scope.spawn(|| {
                for number in 1..=LAST {
                    drop(mailbox.put(Arc::new([number; 8])));
                }
                is_done.store(true, Ordering::Release);
            });
            let mut latest = 0;
            while latest < LAST {
                // Asked before the look, so that the last one is not missed.
                let ends = is_done.load(Ordering::Acquire);
                if let Some(numbers) = mailbox.take() {
                    assert!(numbers.iter().all(|number| *number == numbers[0]), "{numbers:?}");
                    assert!(numbers[0] > latest, "{} after {latest}", numbers[0]);
                    latest = numbers[0];
                } else {
                    assert!(!ends, "the last one is missing after {latest}");
                    thread::yield_now();
                }
            }
        });
    }
}

#[cfg(all(test, loom))]
mod loom_tests {
    use super::*;
    use loom::cell::UnsafeCell;

    /// A number that loom watches: it notices a read that no order of the program puts behind the write.
    struct Watched(UnsafeCell<u32>);

    // SAFETY: written before it is put, read after it was taken; that this holds is what the test checks.
    unsafe impl Sync for Watched {}
    // SAFETY: as above.
    unsafe impl Send for Watched {}

    impl Watched {
        fn new(number: u32) -> Arc<Self> {
            let value = Self(UnsafeCell::new(0));
            // SAFETY: nobody else has it yet.
            value.0.with_mut(|place| unsafe { *place = number });
            Arc::new(value)
        }

        fn read(&self) -> u32 {
            // SAFETY: nobody writes any longer.
            self.0.with(|place| unsafe { *place })
        }
    }

    #[test]
    fn loom_what_was_written_is_seen_and_taken_once_in_order() {
        loom::model(|| {
            let mailbox = Arc::new(Mailbox::new());
            let other = mailbox.clone();
            let writer = loom::thread::spawn(move || {
                let back = [other.put(Watched::new(1)), other.put(Watched::new(2))];
                back.into_iter().flatten().map(|value| value.read()).collect::<Vec<_>>()
            });
            let mut taken: Vec<u32> =
                (0..2).filter_map(|_| mailbox.take()).map(|value| value.read()).collect();
            let returned = writer.join().expect("the writer does not panic");
            taken.extend(mailbox.take().map(|value| value.read()));
            assert!(taken.is_sorted() && taken.last() == Some(&2), "{taken:?}");
            assert_eq!(
                taken.len() + returned.len(),
                2,
                "each is taken or comes back, once: {taken:?} {returned:?}"
            );
        });
    }
}
