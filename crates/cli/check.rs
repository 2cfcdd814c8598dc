//! `jackfield check`: everything that is wrong with patch files, without making a sound.

use crate::exit::Failure;
use crate::output::{counted, print, print_json};
use crate::patch_file::{self, PatchFile, PatchFileError};
use crate::render::{SILENCE, advice};
use crate::source::Source;
use jackfield_engine::{Executor, Problem, Session, offline};
use jackfield_node::{FileTrouble, Registry};
use jackfield_patch::{Given, Patch, Position, Warning};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Nodes times frames that are computed to hear whether a patch is silent: about a second.
const NODE_FRAMES: usize = 50_000_000;

/// The rate at which the patches are compiled: samples of any rate fit any.
const RATE: u32 = 48_000;

/// Check patch files: can they be read and compiled, are their samples there, is anything odd?
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
        match Checked::new(path, &registry)? {
            Ok(checked) => {
                errors.extend(checked.problems.iter().map(|problem| checked.source.describe(problem)));
                let name = checked.source.path.display();
                if arguments.strict {
                    errors.extend(checked.warnings.iter().map(|warning| format!("{name}: {warning}")));
                } else {
                    patch_file::warn(path, &checked.warnings);
                }
                for trouble in &checked.troubles {
                    let line = format!("{name}: {trouble}");
                    if arguments.strict { errors.push(line) } else { eprintln!("warning: {line}") }
                }
                if !arguments.json {
                    print(&checked.text())?;
                }
                reports.push(checked.json());
            }
            Err(error) => {
                errors.push(error.describe(path));
                reports.push(error_json(path, &error));
            }
        }
    }
    if arguments.json {
        print_json(&reports.into())?;
    }
    if errors.is_empty() { Ok(()) } else { Err(Failure::inputs(&errors)) }
}

/// A file that holds a patch.
struct Checked {
    source: Source,
    warnings: Vec<Warning>,
    problems: Vec<Problem>,
    /// What is odd about the files it plays.
    troubles: Vec<FileTrouble>,
    /// What is odd about its sound when nobody plays it.
    by_itself: Option<String>,
}

impl Checked {
    fn new(path: &Path, registry: &Registry) -> Result<Result<Self, PatchFileError>, Failure> {
        let PatchFile { patch, warnings, home, .. } = match patch_file::read(path, registry) {
            Ok(file) => file,
            Err(error) => return Ok(Err(error)),
        };
        let source = Source { path: patch_file::shown(path).to_owned(), patch, home };
        let (mut session, mut executor, problems) = source.compile(RATE)?;
        let troubles = session.file_troubles();
        let by_itself = problems.is_empty().then(|| by_itself(&source.patch, &mut session, &mut executor));
        Ok(Ok(Self { source, warnings, problems, troubles, by_itself: by_itself.flatten() }))
    }

    fn text(&self) -> String {
        let nodes = counted(self.source.patch.node_count(), "node");
        let cables = counted(self.source.patch.cable_count(), "cable");
        let path = self.source.path.display();
        let mut text = format!("{path}: a patch with {nodes} and {cables}\n");
        let definitions = self.source.patch.definitions().count();
        if definitions > 0 {
            let all = counted(self.source.patch.without_boxes().node_count(), "node");
            let definitions = counted(definitions, "definition");
            text.push_str(&format!("{path}: {definitions}; with what its boxes hold, {all} play\n"));
        }
        if let Some(by_itself) = &self.by_itself {
            text.push_str(&format!("{path}: {by_itself}\n"));
        }
        text
    }

    fn json(&self) -> Value {
        let warnings = self
            .warnings
            .iter()
            .map(|warning| note(warning.position, warning.node.as_deref(), &warning.notice.to_string()));
        let problems = self
            .problems
            .iter()
            .map(|problem| json!({"node": &*problem.node, "message": problem.error.to_string()}));
        json!({
            "file": self.source.path.to_string_lossy(),
            "ok": self.problems.is_empty(),
            "nodes": self.source.patch.node_count(),
            "cables": self.source.patch.cable_count(),
            "definitions": self.source.patch.definitions().count(),
            "flat_nodes": self.source.patch.without_boxes().node_count(),
            "by_itself": self.by_itself,
            "warnings": warnings.collect::<Value>(),
            "errors": problems.collect::<Value>(),
            "file_troubles": self.troubles.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    }
}

/// What is odd about the sound of a patch that nobody plays: that there is none, or that voices sound that
/// should wait for a key.
fn by_itself(patch: &Patch, session: &mut Session, executor: &mut Executor) -> Option<String> {
    // Half a second of a very large patch, as long as `render` goes on by itself of any other.
    let frames = (NODE_FRAMES / patch.without_boxes().node_count().max(1))
        .clamp(RATE as usize / 2, 10 * RATE as usize);
    let mut is_silent = true;
    offline::render(session, executor, &offline::Job::of(frames), |_, samples| {
        is_silent = samples.iter().all(|sample| sample.abs() < SILENCE);
        is_silent
    });
    if is_silent {
        let silence = patch.explain_silence(Given::default());
        return Some(format!("it is silent by itself: {silence}{}", advice(&silence)));
    }
    patch.drone().map(|drone| format!("node '{}': {drone}", drone.node))
}

fn error_json(path: &Path, error: &PatchFileError) -> Value {
    let error = match error {
        PatchFileError::Content(error) => {
            note(error.position, error.node.as_deref(), &error.problem.to_string())
        }
        PatchFileError::File(_)
        | PatchFileError::Bundle(_)
        | PatchFileError::Link(_)
        | PatchFileError::Import(_) => {
            json!({"message": error.describe(path)})
        }
    };
    json!({"file": path.to_string_lossy(), "ok": false, "warnings": [], "errors": [error]})
}

/// A message about a place in a file.
fn note(position: Position, node: Option<&str>, message: &str) -> Value {
    json!({"line": position.line, "column": position.column, "node": node, "message": message})
}
