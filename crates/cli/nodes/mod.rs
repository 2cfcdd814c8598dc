//! `jackfield nodes`: the node types, from the same specs that drive everything else.

mod json;
mod markdown;
mod related;
mod search;
mod text;
mod words;

use crate::exit::Failure;
use crate::output::{print, print_json};
use jackfield_io::atomic_write;
use jackfield_node::NodeSpec;
use std::fs;
use std::path::{Path, PathBuf};

/// List the node types, or describe one.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The node type to describe, like filter.svf, or words to look for, like reverb; all of them without
    /// one.
    #[arg(value_name = "ID|WORD", num_args = 0..)]
    wanted: Vec<String>,
    /// Print JSON, with everything the types say of themselves.
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print the reference manual in Markdown.
    #[arg(long)]
    markdown: bool,
    /// Write the manual into this folder instead, a page for each node type and an index.
    #[arg(short, long, value_name = "FOLDER", requires = "markdown", conflicts_with = "wanted")]
    output: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let registry = jackfield_nodes::registry();
    if let Some(folder) = &arguments.output {
        return write_manual(folder, &registry.iter().collect::<Vec<_>>());
    }
    if let [id] = &arguments.wanted[..]
        && let Some(spec) = registry.get(id)
    {
        return match (arguments.json, arguments.markdown) {
            (true, _) => print_json(&json::node_type(spec)),
            (_, true) => print(&markdown::node_type(spec, "#")),
            _ => print(&text::node_type(spec)),
        };
    }
    let specs = search::find(&registry, &arguments.wanted);
    if specs.is_empty() {
        let wanted = arguments.wanted.join(" ");
        let hint = registry.suggest(&wanted).map_or_else(
            || "run 'jackfield nodes' for the list".to_owned(),
            |near| format!("did you mean '{near}'?"),
        );
        return Err(Failure::input(format!("there is no node type '{wanted}'; {hint}")));
    }
    match (arguments.json, arguments.markdown) {
        (true, _) => print_json(&specs.iter().map(|spec| json::node_type(spec)).collect()),
        (_, true) => print(&markdown::manual(&specs)),
        _ => print(&text::list(&specs)),
    }
}

fn write_manual(folder: &Path, specs: &[&'static NodeSpec]) -> Result<(), Failure> {
    for page in markdown::pages(specs) {
        let path = folder.join(page.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| {
                Failure::output(format!("can't make the folder '{}': {error}", folder.display()))
            })?;
        }
        atomic_write(&path, page.text.as_bytes()).map_err(Failure::output)?;
    }
    Ok(())
}
