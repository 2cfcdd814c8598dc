//! Node types for people at a terminal.

use super::words;
use crate::output::{columns, paragraph};
use jackfield_node::{Category, NodeSpec};

/// All node types by category, one line each.
pub(super) fn list(specs: &[&NodeSpec]) -> String {
    let mut text = String::new();
    // One table, cut at the categories, so that the columns line up all the way down.
    let rows: Vec<[String; 2]> =
        specs.iter().map(|spec| [spec.id.to_owned(), spec.summary.to_owned()]).collect();
    let lines = columns(&rows, "  ");
    let lines: Vec<(&&NodeSpec, &str)> = specs.iter().zip(lines.lines()).collect();
    for category in Category::ALL {
        let mut members = lines.iter().filter(|(spec, _)| spec.category == category).peekable();
        if members.peek().is_some() {
            text.push_str(category.name());
            text.push('\n');
        }
        for (_, line) in members {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// One node type with everything it says of itself.
pub(super) fn node_type(spec: &NodeSpec) -> String {
    let mut text = format!("{}: {}\n{}\n", spec.id, spec.name, spec.summary);
    if !spec.help.is_empty() {
        text.push_str(&format!("\n{}", paragraph(spec.help)));
    }
    if !spec.has_equal_bits {
        text.push_str(&format!("\n{}", paragraph(words::UNEQUAL_BITS)));
    }
    if !spec.tags.is_empty() {
        text.push_str(&format!("\nAlso called: {}\n", spec.tags.join(", ")));
    }
    let inputs: Vec<[String; 4]> = spec
        .inputs
        .iter()
        .map(|input| {
            [
                input.name.to_owned(),
                words::kind(input.kind).to_owned(),
                words::input_range(input),
                format!("{}{}", input.help, words::gathering(input)),
            ]
        })
        .collect();
    let outputs: Vec<[String; 3]> = spec
        .outputs
        .iter()
        .map(|output| [output.name.to_owned(), words::kind(output.kind).to_owned(), output.help.to_owned()])
        .collect();
    let settings: Vec<[String; 3]> = spec
        .settings
        .iter()
        .map(|setting| [setting.name.to_owned(), words::setting(setting), setting.help.to_owned()])
        .collect();
    for (title, table) in [
        ("Inputs", columns(&inputs, "  ")),
        ("Outputs", columns(&outputs, "  ")),
        ("Settings", columns(&settings, "  ")),
    ] {
        if !table.is_empty() {
            text.push_str(&format!("\n{title}\n{table}"));
        }
    }
    text
}
