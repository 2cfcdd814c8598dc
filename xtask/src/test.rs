//! `cargo xtask test`: every check there is, in the order that finds mistakes soonest.

use crate::step::{Steps, cargo, succeeds};
use crate::{Stop, packages};
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
    let mut tests = cargo(runner);
    if effort == Effort::Long {
        tests.env("JACKFIELD_TEST_PROFILE", "long");
    }
    steps.run("tests", tests.args(targets).args(FEATURES))?;
    steps.run("doc tests", cargo(&["test", "--workspace", "--doc"]).args(FEATURES))?;
    let mut documentation = cargo(&["doc", "--workspace", "--no-deps"]);
    steps.run("documentation", documentation.args(FEATURES).env("RUSTDOCFLAGS", "-D warnings"))?;
    steps.close();
    Ok(())
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
