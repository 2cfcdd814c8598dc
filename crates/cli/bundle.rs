//! `jackfield bundle`: a patch and its files in one file, to pass around.

use crate::exit::Failure;
use crate::output::{counted, print};
use crate::patch_file;
use jackfield_io::bundle::{PackError, pack};
use jackfield_node::{SettingKind, SettingValue};
use jackfield_patch::{Node, NodeBody, Patch};
use std::collections::BTreeSet;
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
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let path = &arguments.patch;
    let file = patch_file::open(path, &jackfield_nodes::registry())?;
    let output = arguments.output.clone().unwrap_or_else(|| path.with_extension("jackz"));
    let files = files(&file.patch);
    let text = jackfield_patch::write(&file.patch);
    pack(&output, &text, &file.home.assets(), files.iter().map(String::as_str)).map_err(
        |error| match error {
            PackError::Write(error) => Failure::output(error),
            error => Failure::input(format!("{}: {error}", path.display())),
        },
    )?;
    print(&format!("{}: the patch and {}\n", output.display(), counted(files.len(), "file")))
}

/// The files that the patch's nodes name. Which settings of an unknown node name files nobody knows.
fn files(patch: &Patch) -> BTreeSet<String> {
    let of_node = |node: &Node| match &node.body {
        NodeBody::Known { spec, settings, .. } => {
            let values = spec.settings.iter().zip(settings.values());
            let file =
                |(setting, value): (&jackfield_node::Setting, &SettingValue)| match (&setting.kind, value) {
                    (SettingKind::File(_), SettingValue::File(path)) if !path.is_empty() => {
                        Some(path.clone())
                    }
                    _ => None,
                };
            values.filter_map(file).collect()
        }
        NodeBody::Unknown(_) => Vec::new(),
    };
    patch.nodes().flat_map(|(_, node)| of_node(node)).collect()
}
