//! `jackfield definitions`: what the boxes of a patch hold, and how that stands to a library.

use crate::exit::Failure;
use crate::group::write_edited;
use crate::library::{self, LibraryEntry, LibraryState};
use crate::output::{columns, counted, print, print_json};
use crate::outputs::{OutputKind, Outputs};
use crate::patch_file;
use jackfield_io::atomic_write;
use jackfield_patch::{Edit, EditError, Node, Patch, compare};
use serde_json::json;
use std::path::{Path, PathBuf};

/// List the definitions of a patch, and share them through a library, a folder of them.
///
/// With --library each is compared with the one there, and an update shows what it would change.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The patch; - is standard input.
    patch: PathBuf,
    /// The folder that holds definitions, one a file.
    #[arg(long, value_name = "FOLDER")]
    library: Option<PathBuf>,
    /// Save a definition to the library, with all that it needs.
    #[arg(long, value_name = "DEFINITION", requires = "library")]
    save: Option<String>,
    /// Replace a definition by the one of the library.
    #[arg(long, value_name = "DEFINITION", requires = "library", conflicts_with = "save")]
    update: Vec<String>,
    /// Copy a definition of the library into the patch, with a box of it.
    #[arg(long, value_name = "DEFINITION", requires = "library", conflicts_with = "save")]
    add: Vec<String>,
    /// The patch to write after --update or --add, in place of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print the list as JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let registry = jackfield_nodes::registry();
    let mut patch = patch_file::open(&arguments.patch, &registry)?.patch;
    let mut entries = Vec::new();
    if let Some(folder) = &arguments.library {
        let (found, problems) = library::read(folder, &registry)
            .map_err(|error| Failure::input(format!("can't read '{}': {error}", folder.display())))?;
        for problem in problems {
            eprintln!("warning: {problem}");
        }
        entries = found;
    }
    if let (Some(id), Some(folder)) = (&arguments.save, &arguments.library) {
        return save(&patch, id, folder, &entries);
    }
    if arguments.update.is_empty() && arguments.add.is_empty() {
        return list(arguments, &patch, &entries);
    }
    for (id, replaces) in
        arguments.update.iter().map(|id| (id, true)).chain(arguments.add.iter().map(|id| (id, false)))
    {
        let entry = find(&entries, id)?;
        take(&mut patch, entry, replaces)
            .map_err(|error| Failure::input(format!("{}: {error}", entry.path.display())))?;
    }
    let nothing = Ok(Edit::Batch(Vec::new()));
    write_edited(&arguments.patch, &mut patch, nothing, arguments.output.as_deref())
}

fn find<'e>(entries: &'e [LibraryEntry], id: &str) -> Result<&'e LibraryEntry, Failure> {
    entries.iter().find(|entry| entry.id == id).ok_or_else(|| {
        let near = jackfield_node::suggest(id, entries.iter().map(|entry| entry.id));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean '{near}'?"));
        Failure::input(format!("the library has no definition '{id}'{hint}"))
    })
}

/// Copies a definition of the library into a patch: over the one of its id, or with a new box.
fn take(patch: &mut Patch, entry: &LibraryEntry, replaces: bool) -> Result<(), EditError> {
    let (id, edit) = patch.take_definition(&entry.patch, entry.id, replaces)?;
    patch.apply(edit)?;
    if !replaces && let Some(definition) = patch.definition(&id) {
        let node = Node::new(patch.free_id(definition.name()), definition.spec());
        patch.apply(Edit::AddNode(Box::new(node)))?;
    }
    Ok(())
}

/// Saves a definition as the next version of the one in the library.
fn save(patch: &Patch, id: &str, folder: &Path, entries: &[LibraryEntry]) -> Result<(), Failure> {
    let bad = |error: EditError| Failure::input(error);
    let mut saved = patch.library_patch(id).map_err(bad)?;
    let there = entries.iter().find(|entry| entry.id == id);
    let before = there.and_then(|entry| entry.patch.definition(id));
    if there.is_some_and(|entry| entry.patch.content_hash(id) == patch.content_hash(id)) {
        return print(&format!("{id}: as in the library already\n"));
    }
    if let (Some(before), Some(definition)) = (before, saved.definition(id)) {
        let version = before.version.max(definition.version).saturating_add(1);
        let origin = definition.origin;
        let definition = definition.as_ref().clone().with_origin(version, origin);
        let edit = Edit::SetDefinition { id: id.into(), definition: Some(std::sync::Arc::new(definition)) };
        saved.apply(edit).map_err(bad)?;
    }
    let path = there.map_or_else(|| library::file(folder, id), |entry| entry.path.clone());
    Outputs::default().write(&path, OutputKind::Patch)?;
    std::fs::create_dir_all(folder).map_err(Failure::output)?;
    atomic_write(&path, jackfield_patch::write(&saved).as_bytes()).map_err(Failure::output)?;
    let version = saved.definition(id).map_or(1, |definition| definition.version);
    print(&format!("{}: {id}, version {version}\n", path.display()))
}

fn list(arguments: &Arguments, patch: &Patch, entries: &[LibraryEntry]) -> Result<(), Failure> {
    let entry_of = |id: &str| entries.iter().find(|entry| entry.id == id);
    let state_of = |id: &str| LibraryState::of(patch, id, entry_of(id));
    let has_library = arguments.library.is_some();
    if arguments.json {
        let definitions: Vec<_> = patch
            .definitions()
            .map(|definition| {
                let id = &**definition.id();
                let hash = patch.content_hash(id).map(|hash| format!("{hash:016x}"));
                let ports: Vec<_> = definition.ports().iter().map(|port| &*port.id).collect();
                let state = has_library.then(|| state_of(id).name());
                json!({
                    "id": id,
                    "name": definition.name(),
                    "version": definition.version,
                    "hash": hash,
                    "nodes": definition.inside().node_count(),
                    "boxes": patch.uses_of(id),
                    "ports": ports,
                    "library": state,
                    "update": changes(patch, id, entry_of(id)),
                })
            })
            .collect();
        return print_json(&definitions.into());
    }
    let rows: Vec<[String; 5]> = patch
        .definitions()
        .map(|definition| {
            let id = &**definition.id();
            let state = if has_library { state_of(id).name() } else { "" };
            [
                id.to_owned(),
                format!("version {}", definition.version),
                counted(definition.inside().node_count(), "node"),
                format!("used {}", counted(patch.uses_of(id), "time")),
                state.to_owned(),
            ]
        })
        .collect();
    let mut text = columns(&rows, "");
    for definition in patch.definitions().filter(|_| has_library) {
        let id = &**definition.id();
        let changes = changes(patch, id, entry_of(id));
        if !changes.is_empty() {
            text.push_str(&format!(
                "{id}: the one of the library, {}\n",
                counted(changes.len(), "difference")
            ));
            for change in changes {
                text.push_str(&format!("  {change}\n"));
            }
        }
    }
    if rows.is_empty() {
        text = format!("{}: no boxes\n", patch_file::shown(&arguments.patch).display());
    }
    print(&text)
}

/// What taking the definition of the library would change here.
fn changes(patch: &Patch, id: &str, entry: Option<&LibraryEntry>) -> Vec<String> {
    let Some(entry) = entry else { return Vec::new() };
    let mut after = patch.clone();
    if take(&mut after, entry, true).is_err() {
        return Vec::new();
    }
    let differences = compare(patch, &after);
    let is_of_it = |text: &&str| !text.starts_with(&format!("version of definition '{id}'"));
    differences.iter().map(|difference| difference.text()).filter(is_of_it).map(str::to_owned).collect()
}
