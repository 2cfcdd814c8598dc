//! Runs the program as a person would and looks at what comes back.

#![cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "the servers of the tests run on Linux"))]

#[cfg(target_os = "linux")]
pub(crate) mod jack;
pub(crate) mod patch_files;
#[cfg(target_os = "linux")]
pub(crate) mod pulse;
#[cfg(target_os = "linux")]
pub(crate) mod screen;
#[cfg(target_os = "linux")]
pub(crate) mod server;
pub(crate) mod tone;

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// How a run ended.
pub(crate) struct Run {
    /// The exit code; `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }
}

/// The program with these arguments, with nobody at the terminal.
pub(crate) fn jackfield(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jackfield"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    command
}

/// Runs the program to its end.
pub(crate) fn run(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Run {
    jackfield(arguments).output().expect("the program starts").into()
}

/// Runs the program, which must succeed, and gives back what it printed.
pub(crate) fn succeed(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> String {
    let run = run(arguments);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run.stdout
}

/// Runs the program, which must end with this code and say why in exactly one line, which comes back.
pub(crate) fn fail(code: i32, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> String {
    let run = run(arguments);
    assert_eq!(run.code, Some(code), "{}", run.stderr);
    assert_eq!(run.stderr.lines().count(), 1, "one line, not:\n{}", run.stderr);
    assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
    run.stderr
}

/// What lies in a folder, in order.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = folder.read_dir().expect("the folder can be read");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("the folder can be read").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
