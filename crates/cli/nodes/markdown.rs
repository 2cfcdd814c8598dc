//! Node types as the reference manual.

use super::words;
use jackfield_node::{Category, NodeSpec};
use std::path::PathBuf;

/// A file of the manual, by its path inside the manual's folder.
pub(super) struct Page {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// The manual as files: a page for each node type, in its category's folder like the node's source, and an
/// index.
pub(super) fn pages(specs: &[&NodeSpec]) -> Vec<Page> {
    let index = Page { path: "README.md".into(), text: index(specs) };
    let page = |spec: &&NodeSpec| {
        let path = spec.id.replacen('.', "/", 1) + ".md";
        let help_patch = format!("../../../patches/help/{}.jack", spec.id);
        let hear = format!("\nHear it: [`patches/help/{}.jack`]({help_patch}).\n", spec.id);
        Page { path: path.into(), text: node_type(spec, "#") + &hear }
    };
    std::iter::once(index).chain(specs.iter().map(page)).collect()
}

/// All node types in one table a category, with links to their pages.
fn index(specs: &[&NodeSpec]) -> String {
    let mut text =
        String::from("# Node reference\n\nWritten by `jackfield nodes --markdown --output docs/nodes`.\n");
    for category in Category::ALL {
        let members = specs.iter().filter(|spec| spec.category == category);
        let rows = members.map(|spec| {
            let page = spec.id.replacen('.', "/", 1);
            [format!("[{}]({page}.md)", spec.name), code(spec.id), spec.summary.to_owned()]
        });
        let table = table(["node", "type", ""], rows);
        if !table.is_empty() {
            text.push_str(&format!("\n## {}\n{table}", category.name()));
        }
    }
    text
}

/// The manual: a chapter for each category.
pub(super) fn manual(specs: &[&NodeSpec]) -> String {
    let mut text = String::from("# Node reference\n");
    for category in Category::ALL {
        let mut members = specs.iter().filter(|spec| spec.category == category).peekable();
        if members.peek().is_some() {
            text.push_str(&format!("\n## {}\n", category.name()));
        }
        for spec in members {
            text.push('\n');
            text.push_str(&node_type(spec, "###"));
        }
    }
    text
}

/// The section of one node type, under a heading of this rank.
pub(super) fn node_type(spec: &NodeSpec, rank: &str) -> String {
    let mut text = format!("{rank} {} (`{}`)\n\n{}\n", spec.name, spec.id, spec.summary);
    if !spec.help.is_empty() {
        text.push_str(&format!("\n{}\n", spec.help));
    }
    if !spec.has_equal_bits {
        text.push_str(&format!("\n{}\n", words::UNEQUAL_BITS));
    }
    let inputs = spec.inputs.iter().map(|input| {
        [
            code(input.name),
            words::kind(input.kind).to_owned(),
            words::input_range(input),
            format!("{}{}", input.help, words::gathering(input)),
        ]
    });
    let outputs = spec
        .outputs
        .iter()
        .map(|output| [code(output.name), words::kind(output.kind).to_owned(), output.help.to_owned()]);
    let settings = spec
        .settings
        .iter()
        .map(|setting| [code(setting.name), words::setting(setting), setting.help.to_owned()]);
    text.push_str(&table(["input", "kind", "knob: range, default", ""], inputs));
    text.push_str(&table(["output", "kind", ""], outputs));
    text.push_str(&table(["setting", "choices, default", ""], settings));
    text
}

fn code(name: &str) -> String {
    format!("`{name}`")
}

/// A table, or nothing if it would be empty.
fn table<const N: usize>(titles: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let rows: String = rows.map(|row| line(&row.map(|cell| cell.replace('|', "\\|")))).collect();
    if rows.is_empty() {
        return rows;
    }
    format!("\n{}{}{rows}", line(&titles.map(str::to_owned)), line(&[(); N].map(|()| "---".to_owned())))
}
