//! The length of lines. rustfmt leaves an item as it is, and says nothing, where a literal in it is too long.

use crate::tokens::{Token, tokens};
use crate::{read, rust_files};
use std::collections::BTreeSet;

/// The same as in rustfmt.toml.
const MOST_COLUMNS: usize = 110;

#[test]
fn lines_are_short_enough_to_be_formatted() {
    let mut found = Vec::new();
    for file in rust_files(&["crates", "nodes", "xtask", "tests", "examples", "benches"]) {
        let text = read(&file);
        let unbreakable = unbreakable_lines(&text);
        for (line, content) in text.lines().enumerate() {
            let columns = content.chars().count();
            if columns > MOST_COLUMNS && !unbreakable.contains(&(line + 1)) {
                found.push(format!("{}:{}: {columns} columns", file.display(), line + 1));
            }
        }
    }
    let count = found.len();
    found.truncate(20);
    assert!(found.is_empty(), "{count} lines, the first of them:\n{}", found.join("\n"));
}

/// The lines with a literal that has no place to break it: it is raw, or one long word.
fn unbreakable_lines(text: &str) -> BTreeSet<usize> {
    let mut lines = BTreeSet::new();
    for (first, token) in tokens(text) {
        let Token::String(literal) = token else { continue };
        if literal.contains("r\"") || literal.contains("r#") {
            lines.extend(first..=first + literal.matches('\n').count());
        } else if literal.chars().count() > MOST_COLUMNS / 2 && !literal.contains(' ') {
            lines.insert(first);
        }
    }
    lines
}
