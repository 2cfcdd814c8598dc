//! The reference manual, `docs/nodes/`, says what the specs of the nodes say. After adding a node or changing
//! a text: `cargo xtask record`.

use crate::support::succeed;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The text of every page in a folder and its folders, by path from there.
fn files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let Ok(entries) = next.read_dir() else { continue };
        for path in entries.map(|entry| entry.expect("a readable folder").path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "md") {
                let name = path.strip_prefix(folder).expect("it lies inside").to_owned();
                found.insert(name, fs::read_to_string(&path).expect("text"));
            }
        }
    }
    found
}

#[test]
fn the_manual_is_current() {
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/nodes");
    let written = tempfile::tempdir().expect("a folder to write to");
    succeed(["nodes".as_ref(), "--markdown".as_ref(), "--output".as_ref(), written.path().as_os_str()]);
    let written = files(written.path());
    if std::env::var_os("JACKFIELD_RECORD").is_some() {
        // Pages of node types that are gone go as well, with their pictures.
        for gone in files(&manual).keys().filter(|name| !written.contains_key(*name)) {
            let page = manual.join(gone);
            let _ = fs::remove_file(page.with_extension("png"));
            fs::remove_file(page).expect("a writable folder");
        }
        for (name, text) in &written {
            let path = manual.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a writable folder");
            fs::write(&path, text).expect("a writable page");
        }
    }
    let kept = files(&manual);
    let stale: Vec<_> =
        written.keys().chain(kept.keys()).filter(|name| written.get(*name) != kept.get(*name)).collect();
    assert!(stale.is_empty(), "run cargo xtask record; not current: {stale:?}");
}

/// Every link of the manual leads to a file. Whether each node has its help patch and its picture is another
/// test's matter.
#[test]
fn its_links_lead_somewhere() {
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/nodes");
    for (name, text) in files(&manual) {
        let page = manual.join(&name);
        let folder = page.parent().expect("a folder");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let is_elsewhere =
                link.contains("patches/help/") || Path::new(link).extension() == Some("png".as_ref());
            let is_there = is_elsewhere || folder.join(link).is_file();
            assert!(is_there, "{}: {link} leads nowhere", name.display());
        }
    }
}

/// The page of keys says what the editor's own lists say.
#[test]
fn the_page_of_keys_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/keys.md");
    let page = jackfield_editor::keys_page();
    if std::env::var_os("JACKFIELD_RECORD").is_some() {
        fs::write(&path, &page).expect("a writable page");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == page, "docs/keys.md is not current; run cargo xtask record");
}

/// The page on the format shows patches that the program reads without a word of warning.
#[test]
fn the_examples_of_the_format_are_patches() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/format.md");
    let page = fs::read_to_string(page).expect("the page on the format");
    let examples: Vec<&str> =
        page.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(examples.len(), 4, "the page shows four patches");
    for example in examples {
        let registry = jackfield_nodes::registry();
        let (_, warnings) = jackfield_patch::read(example, &registry).expect("a patch");
        assert!(warnings.is_empty(), "{warnings:?} in {example}");
    }
}

/// Every link between the pages for people leads to a file.
#[test]
fn the_guides_link_to_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let guides = root.join("docs").read_dir().expect("the guides").map(|entry| entry.expect("a file").path());
    let guides = guides.filter(|path| path.extension().is_some_and(|end| end == "md"));
    for page in guides.chain(["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"].map(|name| root.join(name)))
    {
        let text = fs::read_to_string(&page).expect("text");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            let is_outside = link.starts_with("http") || link.is_empty();
            let is_there = page.parent().expect("a folder").join(link).exists();
            assert!(is_outside || is_there, "{}: {link} leads nowhere", page.display());
        }
    }
}
