//! `jackfield import`: patches of VCV Rack as patches of ours.

use crate::exit::Failure;
use crate::options;
use crate::output::{columns, counted, print, print_json};
use crate::outputs::{OutputKind, Outputs};
use crate::patch_file;
use jackfield_import::{Grade, ImportError, Imported, Mappings, Report};
use jackfield_io::atomic_write;
use jackfield_node::Registry;
use std::path::{Path, PathBuf};

/// Make a patch of a VCV Rack patch (.vcv, Rack 0.5 to 2.6 and Cardinal).
///
/// Each module becomes a node that does the same (exact), one of its kind (near), or a placeholder that
/// keeps all its data, ports and cables (kept). The report says which, and why.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The Rack patch.
    file: PathBuf,
    /// The patch to write, in place of the file's name with .jack. It appears when it is complete.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print the report as JSON: counts, and each module with its grade and the reason.
    #[arg(long)]
    json: bool,
    /// What was meant for --output.
    #[arg(hide = true)]
    misplaced: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let path = &arguments.file;
    options::refuse_misplaced(arguments.misplaced.as_deref())?;
    let registry = jackfield_nodes::registry();
    let file = patch_file::read(path, &registry).map_err(|error| Failure::input(error.describe(path)))?;
    let Some(report) = file.imported else {
        let path = path.display();
        return Err(Failure::input(format!("{path} is a patch of Jackfield already; open it as it is")));
    };
    let output = arguments.output.clone().unwrap_or_else(|| path.with_extension("jack"));
    let mut outputs = Outputs::default();
    outputs.read(path, "the patch to import");
    outputs.write(&output, OutputKind::Patch)?;
    atomic_write(&output, jackfield_patch::write(&file.patch).as_bytes()).map_err(Failure::output)?;
    if arguments.json { print_json(&report.to_json()) } else { print(&text(&output, &report)) }
}

/// Makes a patch of the bytes of a Rack file at a path.
pub(crate) fn import(file: &[u8], path: &Path, registry: &Registry) -> Result<Imported, ImportError> {
    let mappings = Mappings::read(jackfield_nodes::import::VCV).unwrap_or_default();
    let title = path.file_stem().unwrap_or_default().to_string_lossy();
    let options = jackfield_import::Options { title: &title, card_size: &jackfield_editor::card_size };
    jackfield_import::import(file, &mappings, registry, options)
}

/// What was imported, in one line.
pub(crate) fn summary(report: &Report) -> String {
    format!(
        "{}: {} exact, {} near, {} kept as placeholders; {}",
        counted(report.modules.len(), "module"),
        report.count(Grade::Exact),
        report.count(Grade::Near),
        report.count(Grade::Kept),
        counted(report.cables, "cable"),
    )
}

/// The report for people.
fn text(output: &Path, report: &Report) -> String {
    let mut text = format!("{}: {}\n", output.display(), summary(report));
    let rows: Vec<[String; 3]> = report
        .modules
        .iter()
        .filter(|module| module.grade != Grade::Exact)
        .map(|module| {
            let name = format!("{} {}", module.plugin, module.model);
            [name, module.grade.name().to_owned(), module.reason.clone()]
        })
        .collect();
    text.push_str(&columns(&rows, "  "));
    for problem in &report.problems {
        text.push_str(&format!("  {problem}\n"));
    }
    text
}
