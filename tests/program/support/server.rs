//! Other programs that run beside a test: started, awaited, and gone with it, however it ends.

use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Real-time tests hear each other as gaps. nextest runs them one at a time as its configuration says;
/// this does the same for the tests of one file under `cargo test`.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    // A test that failed leaves nothing behind that could harm the next.
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a measurement until it succeeds, at most three times.
///
/// Sound servers stumble on a busy machine, which is not the program's doing. What the program does wrong
/// it does wrong every time.
#[track_caller]
pub(crate) fn best_of_three(mut measurement: impl FnMut() -> Result<(), String>) {
    let failures: Vec<String> = (0..3).map_while(|_| measurement().err()).collect();
    assert!(failures.len() < 3, "three times in a row: {failures:#?}");
    for failure in failures {
        eprintln!("passed after a failure: {failure}");
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
        Self(child.unwrap_or_else(|error| panic!("{:?} can't be started: {error}", command.get_program())))
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
