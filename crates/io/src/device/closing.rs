//! Closes streams where it can hold nobody up.
//!
//! Closing a stream asks its sound system to end threads, and one whose server or device is gone may never
//! answer. So it happens on a thread of its own, which is waited for and then left to itself.
//!
//! JACK's library ends its threads by cancelling them wherever they are. If that is in a callback, the
//! program aborts: a cancelled thread unwinds its stack, and Rust's frames let nothing foreign through.
//! While the server lives it sees to it that no callback runs; when it has died, a thread that reports its
//! end is in a callback by definition. So a client without a server is closed when its threads have left
//! this program's code for good, and never if they don't.

use super::OUTPUT_THREAD;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

/// How long anybody waits for a sound system to close its streams.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long the threads of a dead sound system may take to leave their callbacks.
const LEAVING: Duration = Duration::from_secs(30);
/// How often that is looked at.
const LOOK: Duration = Duration::from_millis(10);
/// For so many looks in a row they must be outside.
const LOOKS: u32 = 3;

/// Knows how many threads are in callbacks of one device.
#[derive(Clone, Debug, Default)]
pub(super) struct Presence(Arc<AtomicU32>);

/// A callback that runs.
pub(super) struct Inside<'a>(&'a AtomicU32);

impl Presence {
    /// A callback begins; it ends when the guard is dropped. Audio thread.
    pub(super) fn enter(&self) -> Inside<'_> {
        self.0.fetch_add(1, Ordering::AcqRel);
        Inside(&self.0)
    }

    fn is_empty(&self) -> bool {
        self.0.load(Ordering::Acquire) == 0
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Drops something that may hang. Gives whether it was dropped within two seconds; else its thread goes on
/// trying. With a `presence`, waits until no thread is in a callback, and rather leaks it than drop it
/// before.
pub(super) fn close<T: Send + 'static>(streams: T, leave_first: Option<Presence>) -> bool {
    let (done, is_done) = channel();
    let closer = move || {
        super::library_log::suppress();
        if leave_first.is_none_or(|presence| wait_until_left(&presence, LEAVING, busy_threads)) {
            drop(streams);
        } else {
            std::mem::forget(streams);
        }
        // Nobody may wait any more.
        let _ = done.send(());
    };
    match thread::Builder::new().name("device closer".to_owned()).spawn(closer) {
        Ok(_) => is_done.recv_timeout(PATIENCE).is_ok(),
        // Without a thread the closure is dropped, and the streams with it.
        Err(_) => true,
    }
}

/// Whether all threads have left the callbacks within a time limit: they are counted out, and for a while
/// none of them runs that might be on its last steps out of them.
fn wait_until_left(presence: &Presence, limit: Duration, busy: impl Fn() -> usize) -> bool {
    let begin = Instant::now();
    let mut looks = 0;
    while looks < LOOKS {
        if begin.elapsed() > limit {
            return false;
        }
        looks = if presence.is_empty() && busy() == 0 { looks + 1 } else { 0 };
        thread::sleep(LOOK);
    }
    true
}

/// How many threads of sound systems run rather than sleep. A thread sleeps in no callback but while it is
/// counted as inside, so one that sleeps uncounted is outside.
#[cfg(target_os = "linux")]
fn busy_threads() -> usize {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else { return 0 };
    let is_busy = |folder: &std::path::Path| {
        let stat = std::fs::read_to_string(folder.join("stat")).ok()?;
        // `id (name) state ...`; the name may hold anything.
        let (before, after) = stat.rsplit_once(')')?;
        let name = before.split_once('(')?.1;
        // Running, waiting for the disk or stopped; anything else sleeps or is gone.
        Some(name == OUTPUT_THREAD && after.trim_start().starts_with(['R', 'D', 'T', 't']))
    };
    threads.flatten().filter(|thread| is_busy(&thread.path()) == Some(true)).count()
}

/// Where there is no telling, the looks alone give them the time.
#[cfg(not(target_os = "linux"))]
fn busy_threads() -> usize {
    let _ = OUTPUT_THREAD;
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicBool;

    struct Slow(Duration, Arc<AtomicBool>);

    impl Drop for Slow {
        fn drop(&mut self) {
            thread::sleep(self.0);
            self.1.store(true, Ordering::Release);
        }
    }

    #[test]
    fn a_stream_that_hangs_holds_nobody_up_for_long() {
        let dropped = Arc::new(AtomicBool::new(false));
        assert!(close(Slow(Duration::from_millis(50), dropped.clone()), None));
        assert!(dropped.load(Ordering::Acquire));
        let begin = Instant::now();
        assert!(!close(Slow(Duration::from_hours(1), dropped), None));
        assert!(begin.elapsed() < 2 * PATIENCE, "it took {:?}", begin.elapsed());
    }

    #[test]
    fn nothing_is_closed_under_a_callback() {
        let (dropped, presence) = (Arc::new(AtomicBool::new(false)), Presence::default());
        let inside = presence.enter();
        let streams = Slow(Duration::ZERO, dropped.clone());
        let closer = {
            let presence = presence.clone();
            thread::spawn(move || close(streams, Some(presence)))
        };
        thread::sleep(Duration::from_millis(200));
        assert!(!dropped.load(Ordering::Acquire));
        drop(inside);
        assert!(closer.join().unwrap());
        assert!(dropped.load(Ordering::Acquire));
        let _for_ever = presence.enter();
        assert!(!wait_until_left(&presence, Duration::from_millis(50), || 0));
    }

    #[test]
    fn a_thread_on_its_last_steps_is_waited_for() {
        let begin = Instant::now();
        let leaving = || usize::from(begin.elapsed() < Duration::from_millis(100));
        assert!(wait_until_left(&Presence::default(), LEAVING, leaving));
        assert!(begin.elapsed() >= Duration::from_millis(100));
        assert!(!wait_until_left(&Presence::default(), Duration::from_millis(50), || 1));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_busy_thread_is_told_from_a_sleeping_one() {
        let stop = Arc::new(AtomicBool::new(false));
        let spinning = {
            let stop = stop.clone();
            let spin = move || while !stop.load(Ordering::Relaxed) {};
            thread::Builder::new().name(OUTPUT_THREAD.to_owned()).spawn(spin).unwrap()
        };
        let begin = Instant::now();
        while busy_threads() == 0 {
            assert!(begin.elapsed() < Duration::from_secs(10), "a thread that spins is never seen to run");
        }
        stop.store(true, Ordering::Relaxed);
        spinning.join().unwrap();
        let sleeping = thread::Builder::new().name(OUTPUT_THREAD.to_owned()).spawn(thread::park).unwrap();
        let begin = Instant::now();
        while busy_threads() > 0 {
            assert!(begin.elapsed() < Duration::from_secs(10), "a thread that sleeps is taken to run");
        }
        sleeping.thread().unpark();
    }
}
