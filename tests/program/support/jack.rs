//! A JACK server of one's own, without a sound card.

use super::server::{Background, wait_until};
use jackfield_testkit::require;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::Duration;

/// How long the server and its clients may take to appear.
const PATIENCE: Duration = Duration::from_secs(5);

/// The server; it counts 48,000 frames a second and blocks of 256.
pub(crate) struct Jack {
    server: Background,
    name: String,
}

impl Jack {
    /// `None` where JACK or its tools are not installed or it does not start; the test is left out then.
    pub(crate) fn start() -> Option<Self> {
        if !(require::tool("jackd") && require::tool("jack_lsp")) {
            return None;
        }
        // Not everybody may have real-time priority.
        for priority in ["-R", "-r"] {
            let jack = Self::with_priority(priority);
            if wait_until(PATIENCE, || !jack.ports().is_empty()) {
                return Some(jack);
            }
        }
        require::skip("jackd does not start; too many killed servers may have left /dev/shm/jack* behind");
        None
    }

    fn with_priority(priority: &str) -> Self {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let name = format!("jackfield-test-{}-{number}", std::process::id());
        let mut command = Command::new("jackd");
        command
            .args(["-n", &name, priority, "-d", "dummy", "-r", "48000", "-p", "256", "-C", "2", "-P", "2"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Self { server: Background::start(&mut command), name }
    }

    /// Lets a program find this server and no other.
    pub(crate) fn lead<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("JACK_DEFAULT_SERVER", &self.name).env("JACK_NO_START_SERVER", "1")
    }

    /// One of JACK's tools, with its arguments.
    fn tool(&self, words: &[&str]) -> Command {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).stderr(Stdio::null());
        self.lead(&mut command);
        command
    }

    /// The names of all ports, none if the server does not answer.
    pub(crate) fn ports(&self) -> Vec<String> {
        let output = self.tool(&["jack_lsp"]).output().expect("JACK's tools are there");
        let names = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() { names.lines().map(str::to_owned).collect() } else { Vec::new() }
    }

    /// The ports of a process that end like this, ready to be connected.
    pub(crate) fn ports_of(&self, process: u32, ends: [&str; 2]) -> [String; 2] {
        let process = process.to_string();
        let find = |end: &str| {
            let is_it = |name: &String| name.contains(&process) && name.ends_with(end);
            self.ports().into_iter().find(is_it).unwrap_or_default()
        };
        let mut found = ends.map(find);
        let complete = wait_until(PATIENCE, || {
            found = ends.map(find);
            found.iter().all(|name| !name.is_empty())
        });
        assert!(complete, "no ports {ends:?} of process {process}; there are {:?}", self.ports());
        // Ports appear before their client plays; if they're connected in between, jackd sometimes never
        // wakes the client.
        sleep(Duration::from_millis(500));
        found
    }

    /// Connects an output to an input.
    pub(crate) fn connect(&self, from: &str, to: &str) {
        let status = self.tool(&["jack_connect", from, to]).stdout(Stdio::null()).status();
        assert!(status.is_ok_and(|status| status.success()), "{from} can't be connected to {to}");
    }

    /// Changes the block size of everything that runs.
    pub(crate) fn set_block(&self, frames: u32) {
        let status = self.tool(&["jack_bufsize", &frames.to_string()]).stdout(Stdio::null()).status();
        assert!(status.is_ok_and(|status| status.success()), "the server keeps its block size");
    }

    /// Starts to record ports to a WAV file for some seconds.
    pub(crate) fn record(&self, file: &Path, seconds: u32, ports: &[String]) -> Background {
        let mut command = self.tool(&["jack_rec", "-b", "32", "-d", &seconds.to_string(), "-f"]);
        command.arg(file).args(ports).stdout(Stdio::null());
        Background::start(&mut command)
    }

    /// Ends the server as a crash would. Asked gently, it sometimes waits for its clients for ever. JACK
    /// counts a killed server among the few there may be; once they are used up, `start` skips and says so.
    pub(crate) fn kill(&mut self) {
        self.server.kill();
    }
}

impl Drop for Jack {
    fn drop(&mut self) {
        self.server.stop();
        // A killed server leaves its semaphores and its memory behind.
        for entry in fs::read_dir("/dev/shm").into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().contains(&self.name) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}
