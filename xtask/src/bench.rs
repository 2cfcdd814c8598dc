//! `cargo xtask bench`: runs the benchmarks, which print how everybody's time compares with ours.

use crate::step::{Steps, cargo};
use crate::{Stop, packages};

/// Runs the contests whose names contain `filter`, and everything else too without one.
pub(crate) fn bench(filter: &[&str]) -> Result<(), Stop> {
    packages::install_for_building()?;
    let mut steps = Steps::default();
    let mut benches = cargo(&["bench", "--package", "jackfield-benches", "--"]);
    steps.run("benchmarks", benches.args(filter))
}
