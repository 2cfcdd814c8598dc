//! `cargo xtask bench`: runs the benchmarks, which print how ours compare with their peers.

use crate::step::{Steps, cargo};
use crate::{Stop, packages};

/// Runs the benchmarks whose names contain `filter`, all of them without one.
pub(crate) fn bench(filter: &[&str]) -> Result<(), Stop> {
    packages::install_for_building()?;
    let mut steps = Steps::default();
    let mut benches = cargo(&["bench", "--package", "jackfield-benches", "--"]);
    steps.run("benchmarks", benches.args(filter))?;
    steps.close();
    Ok(())
}
