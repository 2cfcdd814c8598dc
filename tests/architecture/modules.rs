//! Modules depend on one another in one direction, so that each can be read and tested without what builds on
//! it.

use crate::tokens::{Token, tokens};
use crate::{code_files, root};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Crates whose top-level modules form no circle.
const IN_ORDER: &[&str] = &["crates/editor/src"];

#[test]
fn modules_depend_on_one_another_in_one_direction() {
    for source in IN_ORDER {
        let mut uses = dependencies(source);
        // Takes away, again and again, the modules that use none of the others.
        loop {
            let known: BTreeSet<String> = uses.keys().cloned().collect();
            let free: Vec<String> = uses
                .iter()
                .filter(|(_, used)| used.is_disjoint(&known))
                .map(|(name, _)| name.clone())
                .collect();
            if free.is_empty() {
                break;
            }
            uses.retain(|name, _| !free.contains(name));
        }
        assert!(uses.is_empty(), "these modules of {source} use one another in a circle: {uses:#?}");
    }
}

/// Each module below a folder, and the other modules that `crate::` leads to in its code.
fn dependencies(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let folder = root().join(source);
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, code) in code_files(&[source]) {
        let Some(name) = module_of(&folder, &file) else { continue };
        let used = uses.entry(name.clone()).or_default();
        let words: Vec<Token<'_>> = tokens(&code).into_iter().map(|(_, token)| token).collect();
        for path in words.windows(4) {
            if let [Token::Word("crate"), Token::Sign(':'), Token::Sign(':'), Token::Word(other)] = path
                && **other != *name
            {
                used.insert((*other).to_owned());
            }
        }
    }
    uses
}

/// The top-level module a file belongs to; none for the crate's root.
fn module_of(folder: &Path, file: &Path) -> Option<String> {
    let path = file.strip_prefix(folder).ok()?.with_extension("");
    let name = path.iter().next()?.to_str()?;
    (!matches!(name, "lib" | "main")).then(|| name.to_owned())
}
