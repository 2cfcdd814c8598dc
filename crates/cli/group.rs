//! `jackfield group`: nodes of a patch become a box that sounds the same.

use crate::exit::Failure;
use crate::output::print;
use crate::outputs::{OutputKind, Outputs};
use crate::patch_file;
use jackfield_io::atomic_write;
use jackfield_patch::{Edit, EditError, Grouping, Patch, Promotion};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Put nodes of a patch into a box.
///
/// The cables that are cut become the box's ports, those into knobs its knobs. The sound does not change by a
/// bit. 'jackfield ungroup' is the inverse.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The patch; - is standard input.
    patch: PathBuf,
    /// The nodes, by id.
    #[arg(required = true)]
    nodes: Vec<Arc<str>>,
    /// What the box is called.
    #[arg(long, default_value = "Box")]
    name: String,
    /// Knobs that the box gets besides: node.knob, or 'turned' for all that don't show their default.
    #[arg(long, value_name = "KNOB")]
    promote: Vec<String>,
    /// The definition that holds the nodes, in place of the patch itself.
    #[arg(long, value_name = "DEFINITION")]
    inside: Option<String>,
    /// The patch to write, in place of standard output. It may be the patch itself.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut patch = patch_file::open(&arguments.patch, &jackfield_nodes::registry())?.patch;
    let grouping = Grouping {
        nodes: arguments.nodes.clone(),
        name: arguments.name.clone(),
        promotion: promotion(&arguments.promote)?,
        annotations: Vec::new(),
    };
    let group = patch.group(arguments.inside.as_deref(), &grouping).map(|(_, edit)| edit);
    write_edited(&arguments.patch, &mut patch, group, arguments.output.as_deref())
}

fn promotion(knobs: &[String]) -> Result<Promotion, Failure> {
    if knobs.iter().any(|knob| knob == "turned") {
        return Ok(Promotion::Turned);
    }
    let chosen = |knob: &String| {
        let (node, knob) = knob.split_once('.')?;
        Some((Arc::from(node), Arc::from(knob)))
    };
    let chosen: Option<Vec<_>> = knobs.iter().map(chosen).collect();
    chosen.map(Promotion::Chosen).ok_or_else(|| {
        Failure::usage("a knob to promote is 'turned' or node.knob, like --promote filter.cutoff")
    })
}

/// Does an edit that was made for a patch and writes what came of it.
pub(crate) fn write_edited(
    path: &Path,
    patch: &mut Patch,
    edit: Result<Edit, EditError>,
    output: Option<&Path>,
) -> Result<(), Failure> {
    let shown = patch_file::shown(path);
    let done = edit.and_then(|edit| patch.apply(edit));
    done.map_err(|error| Failure::input(format!("{}: {error}", shown.display())))?;
    let text = jackfield_patch::write(patch);
    let Some(output) = output else { return print(&text) };
    Outputs::default().write(output, OutputKind::Patch)?;
    atomic_write(output, text.as_bytes()).map_err(Failure::output)
}
