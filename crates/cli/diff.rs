//! `jackfield diff`: what differs between two patches, in words.

use crate::exit::Failure;
use crate::output::{counted, print, print_json};
use crate::patch_file;
use jackfield_node::Registry;
use jackfield_patch::{Difference, DifferenceKind, Patch, compare};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Tell in words what differs between two patches.
///
/// What was only moved on the canvas is counted and not listed. 'jackfield git-setup' makes 'git diff' use
/// this.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Two patches: before and after; - is standard input.
    #[arg(required = true, num_args = 2..=9, value_names = ["BEFORE", "AFTER"])]
    patches: Vec<PathBuf>,
    /// List moved nodes, comments and frames too.
    #[arg(long)]
    moved: bool,
    /// End with exit code 1 if anything differs.
    #[arg(long)]
    exit_code: bool,
    /// Print a report as JSON.
    #[arg(long)]
    json: bool,
    /// Take the arguments that git gives to an external diff: name, old file, its hash and mode, new file,
    /// its hash and mode, and two more of a file that was renamed.
    #[arg(long, hide = true)]
    git: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (name, before, after) = arguments.files()?;
    let registry = jackfield_nodes::registry();
    let differences = compare(&read(before, &registry)?, &read(after, &registry)?);
    if arguments.json {
        print_json(&report(before, after, &differences))?;
    } else {
        print(&text(&name, &differences, arguments.moved))?;
    }
    if arguments.exit_code && !differences.is_empty() {
        let number = counted(differences.len(), "difference");
        return Err(Failure::input(format!("{name}: {number}")));
    }
    Ok(())
}

impl Arguments {
    /// How to call the comparison, and the two files.
    fn files(&self) -> Result<(String, &Path, &Path), Failure> {
        match &self.patches[..] {
            [before, after] if !self.git => {
                let name = format!("{} -> {}", before.display(), after.display());
                Ok((name, before, after))
            }
            [name, before, _, _, after, ..] if self.git => Ok((name.display().to_string(), before, after)),
            _ => Err(Failure::usage("'diff' takes two patches, the one before and the one after")),
        }
    }
}

/// Reads a patch. An empty file is one without nodes: git gives such a one for what is not there.
pub(crate) fn read(path: &Path, registry: &Registry) -> Result<Patch, Failure> {
    if path == Path::new("/dev/null") || path.metadata().is_ok_and(|file| file.is_file() && file.len() == 0) {
        return Ok(Patch::new());
    }
    Ok(patch_file::open(path, registry)?.patch)
}

fn text(name: &str, differences: &[Difference], shows_moved: bool) -> String {
    let is_listed = |difference: &&Difference| shows_moved || difference.kind() != DifferenceKind::Moved;
    let listed: Vec<&Difference> = differences.iter().filter(is_listed).collect();
    if differences.is_empty() {
        return format!("{name}: no difference\n");
    }
    let mut text = format!("{name}: {}", counted(listed.len(), "difference"));
    let moved = differences.len() - listed.len();
    if moved > 0 {
        text.push_str(&format!(", and {} moved (--moved lists them)", counted(moved, "thing")));
    }
    text.push('\n');
    for difference in listed {
        text.push_str(&format!("  {}\n", difference.text()));
    }
    text
}

fn report(before: &Path, after: &Path, differences: &[Difference]) -> serde_json::Value {
    let list: Vec<_> = differences
        .iter()
        .map(|difference| {
            json!({
                "kind": difference.kind().name(),
                "node": difference.node(),
                "text": difference.text(),
            })
        })
        .collect();
    json!({
        "before": before.to_string_lossy(),
        "after": after.to_string_lossy(),
        "same": list.is_empty(),
        "differences": list,
    })
}
