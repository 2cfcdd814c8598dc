//! Other programs that run beside a test: started, awaited, and gone with it, however it ends.

use jackfield_testkit::require;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

/// Real-time tests hear each other as gaps. nextest runs them one at a time as its configuration says;
/// this does the same for the tests of one file under `cargo test`.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    // A test that failed leaves nothing behind that could harm the next.
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A thread that wakes up later than this during a measurement in real time has had to wait for others.
const LATE: Duration = Duration::from_millis(5);
/// How often a measurement is tried on a busy machine.
const MOST_TRIES: usize = 5;

/// Runs a measurement in real time. If it fails, the test fails, unless the machine was busy with something
/// else: then it is run again, and where there is never time for it the test is left out.
///
/// Whether the machine is busy a thread tells that does nothing but wake up every millisecond, and notes how
/// late it woke at worst: what holds that up holds up sound servers, recorders and the program alike. So a
/// fault of the program that shows now and then is not passed over by trying again.
#[track_caller]
pub(crate) fn in_real_time(mut measurement: impl FnMut() -> Result<(), String>) {
    for _ in 0..MOST_TRIES {
        let watch = Watch::start();
        let result = measurement();
        let late = watch.worst();
        match result {
            Ok(()) => return,
            Err(failure) if late < LATE => panic!("{failure}; no thread woke more than {late:.1?} late"),
            Err(failure) => eprintln!("not judged, a thread woke {late:.1?} late: {failure}"),
        }
    }
    require::skip("the machine never had time for it");
}

/// The thread that tells whether the machine is busy.
struct Watch {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<Duration>,
}

impl Watch {
    fn start() -> Self {
        const NAP: Duration = Duration::from_millis(1);
        let is_over = Arc::new(AtomicBool::new(false));
        let told = is_over.clone();
        let thread = std::thread::spawn(move || {
            let mut worst = Duration::ZERO;
            while !told.load(Ordering::Relaxed) {
                let begin = Instant::now();
                sleep(NAP);
                worst = worst.max(begin.elapsed().saturating_sub(NAP));
            }
            worst
        });
        Self { is_over, thread }
    }

    /// How late it woke at worst since it was started.
    fn worst(self) -> Duration {
        self.is_over.store(true, Ordering::Relaxed);
        self.thread.join().expect("it only sleeps")
    }
}

/// Waits until something is so; false if it takes longer than the given time.
pub(crate) fn wait_until(patience: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !is_so() {
        if start.elapsed() > patience {
            return false;
        }
        sleep(Duration::from_millis(20));
    }
    true
}

/// A program in the background.
pub(crate) struct Background(Child);

impl Background {
    /// Starts it, deaf and mute but for what the command says otherwise.
    ///
    /// # Panics
    /// If it can't be started.
    pub(crate) fn start(command: &mut Command) -> Self {
        let child = command.stdin(Stdio::null()).spawn();
        Self(
            child.unwrap_or_else(|error| {
                panic!("{} can't be started: {error}", command.get_program().display())
            }),
        )
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Whether it has not ended yet.
    pub(crate) fn runs(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }

    /// Ends it as a crash would.
    pub(crate) fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// Waits for its own end; `None` if that takes longer than the given time.
    pub(crate) fn end(&mut self, patience: Duration) -> Option<ExitStatus> {
        let mut status = None;
        wait_until(patience, || {
            status = self.0.try_wait().ok().flatten();
            status.is_some()
        });
        status
    }

    /// Asks it to end, so that it can tidy up, and insists after two seconds.
    pub(crate) fn stop(&mut self) {
        if self.runs() {
            let _ = Command::new("kill").arg(self.id().to_string()).stderr(Stdio::null()).status();
            if self.end(Duration::from_secs(2)).is_none() {
                self.kill();
            }
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.stop();
    }
}
