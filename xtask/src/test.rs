//! `cargo xtask test`: every check there is, in the order that finds mistakes soonest.

use crate::step::{Steps, cargo, succeeds};
use crate::{Stop, packages};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Everything is checked but what needs libraries that not every system has (PipeWire's).
const FEATURES: &[&str] = &["--features", "jackfield-node/fundsp,jackfield-node/dasp_graph"];

/// How thorough the randomised tests are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Within half an hour on two cores, building included.
    Normal,
    /// As long as it takes.
    Long,
}

/// Installs what is missing and runs everything.
pub(crate) fn test(effort: Effort) -> Result<(), Stop> {
    packages::install_for_building()?;
    packages::install_for_testing();

    let mut steps = Steps::default();
    steps.run("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    steps.run("format of the nodes", format_of_nodes().arg("--check"))?;
    let mut clippy = cargo(&["clippy", "--workspace", "--all-targets"]);
    steps.run("lints", clippy.args(FEATURES).args(["--", "-D", "warnings"]))?;

    let targets = ["--workspace", "--lib", "--bins", "--tests", "--examples"];
    steps.run("build", cargo(&["build"]).args(targets).args(FEATURES))?;
    // Doc tests are a step of their own, because nextest does not run them.
    let runner: &[&str] =
        if succeeds(&mut cargo(&["nextest", "--version"])) { &["nextest", "run"] } else { &["test"] };
    let left_out = LeftOut::begin();
    let mut tests = cargo(runner);
    tests.env(LeftOut::VARIABLE, &left_out.report);
    if effort == Effort::Long {
        tests.env("JACKFIELD_TEST_PROFILE", "long");
    }
    steps.run("tests", tests.args(targets).args(FEATURES))?;
    steps.run("doc tests", cargo(&["test", "--workspace", "--doc"]).args(FEATURES))?;
    let mut documentation = cargo(&["doc", "--workspace", "--no-deps"]);
    steps.run("documentation", documentation.args(FEATURES).env("RUSTDOCFLAGS", "-D warnings"))?;
    steps.close(&left_out.tell());
    Ok(())
}

/// The tests that could not judge, because the machine lacks something that they need.
struct LeftOut {
    report: PathBuf,
}

impl LeftOut {
    /// Tests append to the file that this variable names: a line each, `test: reason`.
    /// `jackfield_testkit::require` does it.
    const VARIABLE: &str = "JACKFIELD_SKIPPED";

    /// Begins with an empty report.
    fn begin() -> Self {
        let report = std::env::temp_dir().join(format!("jackfield-left-out-{}", std::process::id()));
        // There is none yet, or one of a process long gone.
        let _ = std::fs::remove_file(&report);
        Self { report }
    }

    /// Prints which tests were left out and why; gives back how many, as the end of a sentence.
    fn tell(self) -> String {
        let report = std::fs::read_to_string(&self.report).unwrap_or_default();
        // What is not there can hardly be removed.
        let _ = std::fs::remove_file(&self.report);
        let lines: BTreeSet<&str> = report.lines().collect();
        for line in &lines {
            println!("left out: {line}");
        }
        let tests: BTreeSet<&str> = lines.iter().filter_map(|line| Some(line.split_once(": ")?.0)).collect();
        match tests.len() {
            0 => ", no test left out".to_owned(),
            1 => ", 1 test left out or in part".to_owned(),
            count => format!(", {count} tests left out or in part"),
        }
    }
}

/// The formatter for the node files, which `cargo fmt` does not find because a macro names them.
fn format_of_nodes() -> Command {
    let mut command = Command::new("rustfmt");
    command
        .args(["--edition", "2024"])
        .args(rust_files_below(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../nodes"))));
    command
}

fn rust_files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            files.extend(rust_files_below(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}
