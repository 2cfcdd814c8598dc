//! `cargo xtask record`: writes down anew what tests compare with, for when a change is meant: the sounds of
//! the patches, and the node reference with its pictures. Look at the difference before you commit it.

use crate::Stop;
use crate::step::{Steps, cargo};

/// The tests that keep a record, by their modules.
const TESTS: &[&str] =
    &["--test", "program", "--", "factory_patches::", "help_patches::", "manual::", "node_pictures::every"];

/// Runs the tests that keep a record, and has them write it.
pub(crate) fn record() -> Result<(), Stop> {
    let mut steps = Steps::default();
    steps.run("record", cargo(&["test"]).args(TESTS).env("JACKFIELD_RECORD", "1"))?;
    steps.close("");
    Ok(())
}
