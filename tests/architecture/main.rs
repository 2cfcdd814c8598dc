//! The rules of ARCHITECTURE.md that the compiler can't check: who may use whom, where node types may
//! be named, where `unsafe` may stand, how long files and lines may get, and what things are called.

mod lines;
mod modules;
mod names;
mod tokens;

use serde_json::Value;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Each package and the packages of the workspace it may use. Who only tests with another package
/// has it as a dev-dependency, which is not limited here except for the node library.
const MAY_USE: &[(&str, &[&str])] = &[
    ("jackfield-dsp", &[]),
    ("jackfield-node", &["jackfield-dsp"]),
    ("jackfield-patch", &["jackfield-node"]),
    ("jackfield-engine", &["jackfield-node", "jackfield-patch"]),
    ("jackfield-import", &["jackfield-node", "jackfield-patch"]),
    ("jackfield-io", &["jackfield-engine", "jackfield-node"]),
    ("jackfield-editor", &["jackfield-engine", "jackfield-node", "jackfield-patch"]),
    ("jackfield-nodes", &["jackfield-dsp", "jackfield-node"]),
    ("jackfield-testkit", &["jackfield-dsp", "jackfield-engine", "jackfield-node", "jackfield-patch"]),
    (
        "jackfield",
        &[
            "jackfield-editor",
            "jackfield-engine",
            "jackfield-import",
            "jackfield-io",
            "jackfield-node",
            "jackfield-nodes",
            "jackfield-patch",
        ],
    ),
    // Only dev-dependencies, so that the peers it compares with are built for `cargo bench` alone.
    ("jackfield-benches", &[]),
    ("jackfield-examples", &["jackfield-engine", "jackfield-node", "jackfield-nodes", "jackfield-patch"]),
    ("jackfield-portable", &["jackfield-node", "jackfield-nodes", "jackfield-patch", "jackfield-testkit"]),
    ("xtask", &[]),
];

/// These get their node types through a `&Registry`, so that nothing in them can know one of them.
const MUST_NOT_KNOW_NODES: &[&str] = &[
    "jackfield-dsp",
    "jackfield-node",
    "jackfield-patch",
    "jackfield-engine",
    "jackfield-editor",
    "jackfield-import",
];

/// Where `unsafe` is allowed.
const MAY_BE_UNSAFE: &[&str] = &["jackfield-engine", "jackfield-node"];

/// A file longer than this holds more than one idea.
const MOST_LINES: usize = 600;

/// An example shows one idea.
const MOST_LINES_OF_AN_EXAMPLE: usize = 60;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The workspace's packages as cargo describes them.
fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    metadata["packages"].as_array().expect("a list of packages").clone()
}

fn name(of: &Value) -> &str {
    of["name"].as_str().expect("it has a name")
}

/// The workspace's packages that `package` depends on; `kind` is `None` for the normal ones.
fn dependencies(package: &Value, kind: Option<&str>) -> BTreeSet<String> {
    let all = package["dependencies"].as_array().expect("a list of dependencies");
    let ours = all.iter().filter(|dependency| dependency["path"].is_string());
    ours.filter(|dependency| dependency["kind"].as_str() == kind).map(|dep| name(dep).to_owned()).collect()
}

/// Every Rust file below these folders of the project.
fn rust_files(folders: &[&str]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

/// The files below these folders, each with the part of it that is neither comment nor test.
fn code_files(folders: &[&str]) -> Vec<(PathBuf, String)> {
    let files: Vec<(PathBuf, String)> =
        rust_files(folders).into_iter().map(|file| (file.clone(), read(&file))).collect();
    let tests: Vec<PathBuf> = files.iter().flat_map(|(file, text)| test_modules(file, text)).collect();
    let is_test = |file: &Path| {
        let is_own_module =
            tests.iter().any(|test| file.starts_with(test) || file.with_extension("") == *test);
        is_own_module || file.iter().any(|part| part == "tests" || part == "examples")
    };
    files.into_iter().filter(|(file, _)| !is_test(file)).map(|(file, text)| (file, code(&text))).collect()
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).expect("the file can be read")
}

/// The modules for tests that stand in files of their own: their paths without extension.
fn test_modules(file: &Path, text: &str) -> Vec<PathBuf> {
    let folder = match file.file_stem().and_then(OsStr::to_str) {
        Some("mod" | "lib" | "main") => file.with_file_name(""),
        _ => file.with_extension(""),
    };
    let rest = text.split("#[cfg(test)]\nmod ").skip(1);
    rest.filter_map(|rest| rest.split_once(';'))
        .filter(|(name, _)| !name.contains('{'))
        .map(|(name, _)| folder.join(name))
        .collect()
}

/// The part of a text that is neither comment nor test.
fn code(text: &str) -> String {
    let inline = text.match_indices("#[cfg(test)]\nmod ").find(|(start, _)| {
        let line = text[start + "#[cfg(test)]\n".len()..].lines().next();
        line.is_some_and(|line| line.ends_with('{'))
    });
    let end = inline.map_or(text.len(), |(start, _)| start);
    text[..end].lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn dependencies_point_one_way() {
    let packages = packages();
    for package in &packages {
        let name = name(package);
        let (_, allowed) = MAY_USE
            .iter()
            .find(|(known, _)| *known == name)
            .unwrap_or_else(|| panic!("{name} is missing in this test's table"));
        for used in dependencies(package, None) {
            assert!(allowed.contains(&used.as_str()), "{name} must not use {used}");
        }
    }
    assert_eq!(packages.len(), MAY_USE.len(), "this test's table lists a package that is gone");
}

#[test]
fn engine_and_editor_do_not_know_the_node_library() {
    for package in packages().iter().filter(|package| MUST_NOT_KNOW_NODES.contains(&name(package))) {
        for kind in [None, Some("dev"), Some("build")] {
            let used = dependencies(package, kind);
            assert!(!used.contains("jackfield-nodes"), "{} must not use the node library", name(package));
        }
    }
}

#[test]
fn node_types_are_named_in_the_node_library_only() {
    let registry = jackfield_nodes::registry();
    let quoted: Vec<String> = registry.iter().map(|spec| format!("\"{}\"", spec.id)).collect();
    for (file, code) in code_files(&["crates"]) {
        for id in &quoted {
            assert!(!code.contains(id), "{} singles out the node type {id}", file.display());
        }
    }
}

#[test]
fn unsafe_is_forbidden_where_it_is_not_needed() {
    for package in packages() {
        let name = name(&package);
        let targets = package["targets"].as_array().expect("a list of targets");
        let roots = targets.iter().filter(|target| {
            let kinds = target["kind"].as_array().expect("a list of kinds");
            kinds.iter().any(|kind| kind == "lib" || kind == "bin")
        });
        for target in roots {
            let path = target["src_path"].as_str().expect("a path");
            let forbids = code(&read(Path::new(path))).contains("#![forbid(unsafe_code)]");
            let free = MAY_BE_UNSAFE.contains(&name);
            assert_eq!(
                forbids, !free,
                "{path}: #![forbid(unsafe_code)] belongs in every crate but {MAY_BE_UNSAFE:?}"
            );
        }
    }
}

#[test]
fn libraries_leave_the_terminal_to_the_program() {
    for (file, code) in code_files(&["crates", "nodes"]) {
        // The program's own, and what tells a person that a test was left out.
        let may_print = ["crates/cli", "crates/testkit/src/require.rs"];
        if may_print.iter().any(|path| file.starts_with(root().join(path))) {
            continue;
        }
        for call in ["print!(", "println!(", "eprint!(", "eprintln!("] {
            assert!(!code.contains(call), "{} calls {call}...)", file.display());
        }
    }
}

/// `expect` names the invariant it rests on; `unwrap` says nothing. Tests may say it.
#[test]
fn what_may_panic_says_why() {
    for (file, code) in code_files(&["crates", "nodes", "xtask"]) {
        assert!(!code.contains(".unwrap()"), "{}: say why in an expect", file.display());
    }
}

#[test]
fn files_stay_short() {
    for file in rust_files(&["crates", "nodes", "xtask", "tests", "examples", "benches"]) {
        let lines = read(&file).lines().count();
        let is_example = file.starts_with(root().join("examples"));
        let most = if is_example { MOST_LINES_OF_AN_EXAMPLE } else { MOST_LINES };
        assert!(lines <= most, "{} has {lines} lines; split it, {most} are enough", file.display());
    }
}

#[test]
fn the_walk_through_shows_code_that_compiles() {
    let [guide, example] =
        ["CONTRIBUTING.md", "examples/write_a_node.rs"].map(|file| read(&root().join(file)));
    let blocks: Vec<&str> =
        guide.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!blocks.is_empty());
    for block in blocks {
        assert!(example.contains(block), "examples/write_a_node.rs lacks this of CONTRIBUTING.md:\n{block}");
    }
}
