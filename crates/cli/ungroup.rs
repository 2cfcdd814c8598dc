//! `jackfield ungroup`: what boxes hold goes back into their place.

use crate::exit::Failure;
use crate::group::write_edited;
use crate::patch_file;
use jackfield_patch::Edit;
use std::path::PathBuf;

/// Put what boxes hold in their place.
///
/// The inverse of 'jackfield group'. A definition that no box holds any more goes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The patch; - is standard input.
    patch: PathBuf,
    /// The boxes, by id.
    #[arg(required = true)]
    boxes: Vec<String>,
    /// The definition that holds the boxes, in place of the patch itself.
    #[arg(long, value_name = "DEFINITION")]
    inside: Option<String>,
    /// The patch to write, in place of standard output. It may be the patch itself.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let path = &arguments.patch;
    let mut patch = patch_file::open(path, &jackfield_nodes::registry())?.patch;
    for id in &arguments.boxes {
        let done = patch.ungroup(arguments.inside.as_deref(), id).and_then(|edit| patch.apply(edit));
        done.map_err(|error| Failure::input(format!("{}: {error}", patch_file::shown(path).display())))?;
    }
    write_edited(path, &mut patch, Ok(Edit::Batch(Vec::new())), arguments.output.as_deref())
}
