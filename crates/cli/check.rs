//! `jackfield check`: everything that is wrong with patch files, without making a sound.

use crate::exit::Failure;
use crate::output::{counted, print, print_json};
use crate::patch_file::{self, PatchFile, PatchFileError};
use jackfield_patch::Position;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Check patch files: can they be read and compiled, and is anything odd about them?
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Patch files; - is standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Let warnings count as errors.
    #[arg(long)]
    strict: bool,
    /// Print a report as JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let registry = jackfield_nodes::registry();
    let mut errors = Vec::new();
    let mut reports = Vec::new();
    for path in &arguments.files {
        let checked = patch_file::read(path, &registry);
        match &checked {
            Ok(file) if arguments.strict && !file.warnings.is_empty() => {
                let lines = file.warnings.iter().map(|warning| format!("{}: {warning}", path.display()));
                errors.extend(lines);
            }
            Ok(file) => {
                patch_file::warn(path, &file.warnings);
                if !arguments.json {
                    print(&summary(path, file))?;
                }
            }
            Err(error) => errors.push(error.describe(path)),
        }
        reports.push(report(path, &checked));
    }
    if arguments.json {
        print_json(&reports.into())?;
    }
    if errors.is_empty() { Ok(()) } else { Err(Failure::inputs(errors)) }
}

fn summary(path: &Path, file: &PatchFile) -> String {
    let nodes = counted(file.patch.node_count(), "node");
    let cables = counted(file.patch.cable_count(), "cable");
    format!("{}: a patch with {nodes} and {cables}\n", path.display())
}

/// What a program wants to know about one file.
fn report(path: &Path, checked: &Result<PatchFile, PatchFileError>) -> Value {
    let note = |position: Position, node: &Option<String>, message: String| json!({"line": position.line, "column": position.column, "node": node, "message": message});
    let mut value = json!({"file": path.to_string_lossy(), "ok": checked.is_ok()});
    let details = match checked {
        Ok(file) => json!({
            "nodes": file.patch.node_count(),
            "cables": file.patch.cable_count(),
            "warnings": file
                .warnings
                .iter()
                .map(|warning| note(warning.position, &warning.node, warning.notice.to_string()))
                .collect::<Value>(),
        }),
        Err(PatchFileError::Content(error)) => {
            json!({"error": note(error.position, &error.node, error.problem.to_string())})
        }
        Err(error @ PatchFileError::File(_)) => json!({"error": {"message": error.describe(path)}}),
    };
    if let (Value::Object(value), Value::Object(details)) = (&mut value, details) {
        value.extend(details);
    }
    value
}
