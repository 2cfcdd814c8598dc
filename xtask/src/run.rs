//! `cargo xtask run`: from a fresh clone to sound.

use crate::step::{Steps, cargo};
use crate::{Stop, packages};

/// What `jackfield` does when the person asks for nothing else. Where there is no sound card it renders
/// the patch to a WAV file and says so.
const MAIN_JOB: &[&str] = &["play", "patches/demo.jack"];

/// Installs what is missing, builds in release, and runs the program.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Stop> {
    packages::install_for_building()?;
    let mut steps = Steps::default();
    steps.run("build", &mut cargo(&["build", "--release"]))?;
    let mut program = cargo(&["run", "--quiet", "--release", "--"]);
    program.args(if arguments.is_empty() { MAIN_JOB } else { arguments });
    steps.run("run", &mut program)
}
