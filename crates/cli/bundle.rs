//! `jackfield bundle`: a patch and its files in one file, to pass around.

use crate::exit::Failure;
use crate::options;
use crate::output::{counted, print};
use crate::outputs::{OutputKind, Outputs};
use crate::patch_file;
use jackfield_io::bundle::{PackError, pack};
use std::path::PathBuf;

/// Pack a patch and the files it uses into a bundle (.jackz).
///
/// Every command that takes a patch takes a bundle too. It is an ordinary zip archive.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The patch; - is standard input, with files from this folder.
    patch: PathBuf,
    /// The bundle to write, in place of the patch's name with .jackz. It appears when it is complete.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What was meant for --output.
    #[arg(hide = true)]
    misplaced: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let path = &arguments.patch;
    options::refuse_misplaced(arguments.misplaced.as_deref())?;
    let file = patch_file::open(path, &jackfield_nodes::registry())?;
    let output = arguments.output.clone().unwrap_or_else(|| patch_file::shown(path).with_extension("jackz"));
    let files = patch_file::files(&file.patch);
    let mut outputs = Outputs::default();
    file.home.read_by(&mut outputs, path, &file.patch);
    outputs.write(&output, OutputKind::Bundle)?;
    let text = jackfield_patch::write(&file.patch);
    pack(&output, &text, &file.home.assets(), files.keys().map(String::as_str)).map_err(
        |error| match error {
            PackError::Write(error) => Failure::output(error),
            error => Failure::input(format!("{}: {error}", path.display())),
        },
    )?;
    print(&format!("{}: the patch and {}\n", output.display(), counted(files.len(), "file")))
}
