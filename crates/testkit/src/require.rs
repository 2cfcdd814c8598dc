//! What a test needs of the machine it runs on: another program, a file of a package, a sound server.
//!
//! Where that is missing, the test can't judge. A person's run then leaves it out and says so; a run of
//! continuous integration, where the environment variable `CI` is set, fails, for there everything is to be
//! installed:
//!
//! ```
//! use jackfield_testkit::require;
//!
//! if require::tool("cargo") {
//!     // ... the test
//! }
//! ```
//!
//! With [`REPORT`] set to a file, each test that was left out adds a line to it. `cargo xtask test` counts
//! them.

use std::env;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

/// The environment variable that names the file in which left out tests are listed: a line each, the test's
/// name, a colon and what it lacks.
pub const REPORT: &str = "JACKFIELD_SKIPPED";

/// Whether this program is on the search path. Where it is not, the test is left out as [`skip`] says.
///
/// # Panics
/// If it is not there and `CI` is set.
#[track_caller]
pub fn tool(name: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    let is_there = env::split_paths(&path).any(|folder| folder.join(&file).is_file());
    if !is_there {
        skip(&format!("{name} is not installed"));
    }
    is_there
}

/// Whether this file or folder of a system package is there. Where it is not, the test is left out as
/// [`skip`] says.
///
/// # Panics
/// If it is not there and `CI` is set.
#[track_caller]
pub fn file(path: &Path, package: &str) -> bool {
    let is_there = path.exists();
    if !is_there {
        skip(&format!("{} of the package {package} is not installed", path.display()));
    }
    is_there
}

/// Says that this test, or a part of it, is left out and why. The caller then returns.
///
/// # Panics
/// If `CI` is set.
#[track_caller]
pub fn skip(why: &str) {
    assert!(!is_continuous_integration(), "{why}, which continuous integration must not leave out");
    let thread = std::thread::current();
    // The test harness names the thread of a test after it.
    let line = format!("{}: {why}\n", thread.name().unwrap_or("a test"));
    eprint!("SKIPPED {line}");
    if let Some(report) = env::var_os(REPORT) {
        let file = OpenOptions::new().create(true).append(true).open(report);
        file.and_then(|mut file| file.write_all(line.as_bytes())).expect("the report can be written");
    }
}

/// Whether this run has to be complete.
fn is_continuous_integration() -> bool {
    env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    /// This test program again with one of its tests, in an environment of its own.
    fn run(ci: &str, report: &std::path::Path) -> std::process::ExitStatus {
        let mut command = Command::new(std::env::current_exe().expect("a test program"));
        let this = "require::tests::needs_what_is_nowhere";
        command.args(["--exact", this, "--ignored"]).env("CI", ci).env(super::REPORT, report);
        command.output().expect("it starts").status
    }

    #[test]
    #[ignore = "only the test below runs it"]
    fn needs_what_is_nowhere() {
        assert!(super::tool("cargo"));
        assert!(!super::tool("no-such-program-anywhere"));
        assert!(!super::file("/no/such/file".as_ref(), "nothing"));
    }

    #[test]
    fn what_is_missing_is_reported_and_fails_continuous_integration() {
        let report = std::env::temp_dir().join(format!("jackfield-skipped-{}", std::process::id()));
        assert!(run("", &report).success());
        let lines = std::fs::read_to_string(&report).expect("a report");
        std::fs::remove_file(&report).expect("it is there");
        let expected = [
            "no-such-program-anywhere is not installed",
            "/no/such/file of the package nothing is not installed",
        ];
        let expected = expected.map(|why| format!("require::tests::needs_what_is_nowhere: {why}\n"));
        assert_eq!(lines, expected.concat());
        assert!(!run("true", &report).success());
        assert!(!report.exists());
    }
}
