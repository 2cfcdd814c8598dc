//! `jackfield merge`: what two people made of one patch, as one patch.

use crate::diff;
use crate::exit::Failure;
use crate::output::print;
use jackfield_io::atomic_write;
use jackfield_patch::merge;
use std::path::PathBuf;

/// Join what two people made of one patch.
///
/// The result is always a patch that opens. Where both changed the same thing, it holds ours, with a
/// comment beside the node that says what theirs was, and the exit code is 1. 'jackfield git-setup' makes
/// 'git merge' use this.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The patch that both began with; an empty file if there was none.
    base: PathBuf,
    /// What became of it here.
    ours: PathBuf,
    /// What became of it elsewhere.
    theirs: PathBuf,
    /// The patch to write, in place of standard output. It may be one of the three.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let registry = jackfield_nodes::registry();
    let Arguments { base, ours, theirs, output } = arguments;
    let merged =
        merge(&diff::read(base, &registry)?, &diff::read(ours, &registry)?, &diff::read(theirs, &registry)?);
    let text = jackfield_patch::write(&merged.patch);
    match output {
        Some(output) => atomic_write(output, text.as_bytes()).map_err(Failure::output)?,
        None => print(&text)?,
    }
    if merged.conflicts.is_empty() {
        return Ok(());
    }
    let name = output.as_ref().unwrap_or(ours).display();
    let lines: Vec<String> = merged
        .conflicts
        .iter()
        .map(|conflict| format!("{name}: {}; a comment in the patch marks the place", conflict.text))
        .collect();
    Err(Failure::inputs(&lines))
}
