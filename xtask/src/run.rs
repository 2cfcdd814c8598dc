//! `cargo xtask run`: from a fresh clone to sound.

use crate::step::{Steps, cargo};
use crate::{Stop, packages};

/// Installs what is missing, builds in release, and runs the program. Without arguments that opens the
/// editor; where there is no display it plays, and where there is no sound card either it renders to a file.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Stop> {
    packages::install_for_building()?;
    packages::install_for_window();
    let mut steps = Steps::default();
    steps.run("build", &mut cargo(&["build", "--release"]))?;
    let mut program = cargo(&["run", "--quiet", "--release", "--"]);
    program.args(arguments);
    steps.run("run", &mut program)
}
