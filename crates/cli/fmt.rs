//! `jackfield fmt`: patch files in their canonical form.

use crate::exit::Failure;
use crate::output::print;
use crate::patch_file::{self, Home};
use jackfield_io::atomic_write;
use std::path::{Path, PathBuf};

/// Write patch files in their canonical form: keys sorted, one cable per line, no defaults.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Patch files; - reads standard input and writes to standard output.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Change nothing; exit code 1 if a file is not in canonical form.
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let registry = jackfield_nodes::registry();
    let mut errors = Vec::new();
    for path in &arguments.files {
        let file = match patch_file::read(path, &registry) {
            Ok(file) => file,
            Err(error) => {
                errors.push(error.describe(path));
                continue;
            }
        };
        if let Home::Nowhere(_) = file.home {
            errors.push("a link has no file to write; save the patch from the editor".to_owned());
            continue;
        }
        if let Home::Unpacked(_) = file.home {
            errors
                .push(format!("{} is a bundle, which has no canonical form; unzip it first", path.display()));
            continue;
        }
        if file.imported.is_some() {
            errors.push(format!("{0} is a Rack patch; run 'jackfield import {0}'", path.display()));
            continue;
        }
        patch_file::warn(path, &file.warnings);
        let canonical = jackfield_patch::write(&file.patch);
        let is_canonical = canonical.as_bytes() == file.text;
        if arguments.check && !is_canonical {
            errors.push(format!("{} is not in canonical form; run 'jackfield fmt {0}'", path.display()));
        } else if !arguments.check && path == Path::new("-") {
            print(&canonical)?;
        } else if !is_canonical {
            atomic_write(path, canonical.as_bytes()).map_err(Failure::output)?;
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Failure::inputs(&errors)) }
}
