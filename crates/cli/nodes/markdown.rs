//! Node types as the reference manual.

use super::related::related;
use super::words;
use jackfield_node::{Category, NodeSpec};
use std::path::PathBuf;

/// A file of the manual, by its path inside the manual's folder.
pub(super) struct Page {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// How many other types a page names.
const MOST_RELATED: usize = 5;

/// The manual as files: a page for each node type, in its category's folder like the node's source, and an
/// index.
pub(super) fn pages(specs: &[&'static NodeSpec]) -> Vec<Page> {
    let index = Page { path: "README.md".into(), text: index(specs) };
    let page = |spec: &&'static NodeSpec| Page { path: (file(spec) + ".md").into(), text: page(spec, specs) };
    std::iter::once(index).chain(specs.iter().map(page)).collect()
}

/// The path of a type's page and picture inside the manual's folder, without the end.
fn file(spec: &NodeSpec) -> String {
    spec.id.replacen('.', "/", 1)
}

/// The page of one node type: what it says of itself, its picture, and where to go from there.
fn page(spec: &'static NodeSpec, specs: &[&'static NodeSpec]) -> String {
    let (id, name) = (spec.id, spec.name);
    let picture = id.rsplit('.').next().unwrap_or(id);
    let mut text = node_type(spec, "#");
    // Behind the heading.
    let heading = text.find("\n\n").map_or(text.len(), |end| end + 1);
    text.insert_str(heading, &format!("\n![The card of {name}]({picture}.png)\n"));
    if !spec.tags.is_empty() {
        text.push_str(&format!("\nTags: {}.\n", spec.tags.join(", ")));
    }
    let others = related(spec, specs, MOST_RELATED);
    let links: Vec<String> =
        others.iter().map(|other| format!("[{}](../{}.md)", other.name, file(other))).collect();
    if !links.is_empty() {
        text.push_str(&format!("\nSee also: {}.\n", links.join(", ")));
    }
    text.push_str(&format!(
        "\nHear it: `jackfield play patches/help/{id}.jack`, or open \
         [`patches/help/{id}.jack`](../../../patches/help/{id}.jack) in the editor.\n"
    ));
    text
}

/// What the colours of ports mean, and where knobs are explained.
const LEGEND: &str = "
Ports have kinds, which say what they are made for and forbid nothing:

| kind | what it carries |
| --- | --- |
| audio | sound, between -1 and 1 at full level |
| pitch | octaves; 0 is C4, 261.63 Hz |
| gate | 0 or 1: a key that is up or down. A trigger is a short one |
| control | 0 to 1 or -1 to 1: envelopes, LFOs, wheels |

An input with a range is a knob: it has its value while nothing is plugged in, and what cables carry is
added to it, or counts in octaves where the knob is in hertz, seconds, ratios or decibels.
[Signals](../signals.md) says more.
";

/// All node types in one table a category, with links to their pages.
fn index(specs: &[&NodeSpec]) -> String {
    let mut text =
        String::from("# Node reference\n\nWritten by `jackfield nodes --markdown --output docs/nodes`.\n");
    text.push_str(LEGEND);
    for category in Category::ALL {
        let members = specs.iter().filter(|spec| spec.category == category);
        let rows = members.map(|spec| {
            [format!("[{}]({}.md)", spec.name, file(spec)), code(spec.id), spec.summary.to_owned()]
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
