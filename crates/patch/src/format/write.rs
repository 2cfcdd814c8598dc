//! Writing a file: one text for equal patches, made to be read, compared and merged line by line.
//!
//! The header comes first, then one line for each node, ordered by id, then one for each cable, ordered
//! by its ends; then the same again for each definition. Keys stand in a fixed order, and those this program
//! does not know after them, sorted. Only what differs from the default is written.

use super::FORMAT;
use super::number::{write_f32, write_f64};
use crate::document::DEFAULT_TEMPO;
use crate::{
    Annotation, AnnotationKind, Cable, EndNames, Extra, Hue, Meta, Node, NodeBody, Patch, UnknownNode,
};
use jackfield_node::{NodeSpec, SettingKind, SettingValue, Settings};
use serde_json::Value;
use std::fmt::Write;

/// Writes a patch as the text of a `.jack` file.
///
/// Reading it gives an equal patch; writing that gives the same text. Thousands of nodes that are all
/// full of long texts can make a file larger than [`FILE_BYTES`](crate::limits::FILE_BYTES), which
/// [`read`](crate::read) refuses.
pub fn write(patch: &Patch) -> String {
    let mut out = String::from("{\n");
    header(&mut out, patch);
    contents(&mut out, patch, "  ");
    write_definitions(&mut out, patch);
    write_rest(&mut out, patch, "  ");
    out.push_str("\n}\n");
    out
}

/// Nodes, cables and annotations; each key is indented so far.
fn contents(out: &mut String, patch: &Patch, indent: &str) {
    out.push_str(indent);
    out.push_str("\"nodes\": {");
    lines(out, indent, patch.nodes(), |out, (_, node)| {
        key(out, &node.id);
        write_node(out, node);
    });
    let _ = write!(out, "}},\n{indent}\"cables\": [");
    let cables = patch.cables_by_name().into_iter();
    lines(out, indent, cables, |out, (names, cable)| write_cable(out, names, cable));
    out.push(']');
    write_annotations(out, patch, indent);
}

/// The keys that this program does not know.
fn write_rest(out: &mut String, patch: &Patch, indent: &str) {
    for (name, value) in sorted(patch.extra.iter()) {
        let _ = write!(out, ",\n{indent}");
        key(out, name);
        write_value(out, value);
    }
}

fn write_definitions(out: &mut String, patch: &Patch) {
    let mut definitions = patch.definitions().peekable();
    if definitions.peek().is_none() {
        return;
    }
    out.push_str(",\n  \"definitions\": {");
    lines(out, "  ", definitions, |out, definition| {
        key(out, definition.id());
        out.push_str("{\n");
        if definition.version != 1 {
            let _ = writeln!(out, "      \"version\": {},", definition.version);
        }
        if let Some(origin) = definition.origin {
            let _ = writeln!(out, "      \"origin\": \"{origin:016x}\",");
        }
        write_inside(out, definition.inside());
        out.push_str("\n    }");
    });
    out.push('}');
}

/// Writes what a definition holds, without the braces around it.
pub(crate) fn write_inside(out: &mut String, inside: &Patch) {
    const INDENT: &str = "      ";
    for (name, text) in words(&inside.meta) {
        if !text.is_empty() {
            out.push_str(INDENT);
            key(out, name);
            string(out, text);
            out.push_str(",\n");
        }
    }
    contents(out, inside, INDENT);
    write_rest(out, inside, INDENT);
}

/// What a person says, by key.
fn words(meta: &Meta) -> [(&'static str, &str); 4] {
    let Meta { title, author, license, notes } = meta;
    [("title", title), ("author", author), ("license", license), ("notes", notes)]
}

fn header(out: &mut String, patch: &Patch) {
    let mut line = |name, write_entry: &dyn Fn(&mut String)| {
        out.push_str("  ");
        key(out, name);
        write_entry(out);
        out.push_str(",\n");
    };
    line("jackfield", &|out| whole(out, FORMAT));
    for (name, text) in words(&patch.meta) {
        if !text.is_empty() {
            line(name, &|out| string(out, text));
        }
    }
    if patch.seed != 0 {
        line("seed", &|out| whole(out, patch.seed.into()));
    }
    if patch.tempo != DEFAULT_TEMPO {
        line("tempo", &|out| write_f32(out, patch.tempo));
    }
}

/// Writes each item on a line of its own, with commas between, one step further in than what holds them.
fn lines<T>(
    out: &mut String,
    indent: &str,
    items: impl Iterator<Item = T>,
    mut write_item: impl FnMut(&mut String, T),
) {
    let mut is_empty = true;
    for item in items {
        // Writing to a String can't fail.
        let _ = write!(out, "{}\n{indent}  ", if is_empty { "" } else { "," });
        write_item(out, item);
        is_empty = false;
    }
    if !is_empty {
        let _ = write!(out, "\n{indent}");
    }
}

fn write_node(out: &mut String, node: &Node) {
    object(out, |entry| match &node.body {
        NodeBody::Known { spec, knobs, settings } => {
            string(entry.member("type"), spec.id);
            whole(entry.member("version"), spec.version.into());
            common(entry, node);
            write_knobs(entry, spec, knobs);
            write_settings(entry, spec, settings);
            write_extra(entry, &node.extra);
        }
        NodeBody::Unknown(unknown) => write_unknown(entry, node, unknown),
    });
}

/// Writes what nodes of all types have.
fn common(entry: &mut Object<'_>, node: &Node) {
    if node.at != [0.0; 2] {
        array(entry.member("at"), &node.at, |out, number| write_f32(out, *number));
    }
    if node.muted {
        entry.member("muted").push_str("true");
    }
    write_hue(entry, node.hue);
    if let Some(seed) = node.seed {
        whole(entry.member("seed"), seed.into());
    }
}

fn write_knobs(entry: &mut Object<'_>, spec: &NodeSpec, values: &[f32]) {
    let turned = spec.inputs.iter().zip(values).filter_map(|(input, value)| {
        let is_default = input.knob.is_none_or(|knob| knob.default == *value);
        (!is_default).then_some((input.name, value))
    });
    members(entry, "knobs", sorted(turned), |out, value| write_f32(out, *value));
}

fn write_settings(entry: &mut Object<'_>, spec: &NodeSpec, settings: &Settings) {
    let changed = spec.settings.iter().zip(settings.values()).filter_map(|(setting, value)| {
        let is_default = setting.kind.default_value() == *value;
        (!is_default).then_some((setting.name, (setting.kind, value)))
    });
    members(entry, "settings", sorted(changed), |out, (kind, value)| write_setting(out, kind, value));
}

fn write_setting(out: &mut String, kind: SettingKind, value: &SettingValue) {
    match (kind, value) {
        (SettingKind::Choice(names, _), SettingValue::Choice(choice)) => {
            // The choice is in the list: every way to set one checks it.
            string(out, names.get(*choice).copied().unwrap_or_default());
        }
        (_, SettingValue::Choice(number)) => whole(out, *number as u64),
        (_, SettingValue::Count(count)) => whole(out, (*count).into()),
        (_, SettingValue::Toggle(on)) => out.push_str(if *on { "true" } else { "false" }),
        (_, SettingValue::File(text) | SettingValue::Text(text)) => string(out, text),
        (_, SettingValue::Steps(steps)) => array(out, steps, |out, step| write_f32(out, *step)),
    }
}

/// Writes the entry of an unknown node like that of a known one, so that knowing a type or not makes
/// no difference to the file.
fn write_unknown(entry: &mut Object<'_>, node: &Node, unknown: &UnknownNode) {
    let Some(kept) = unknown.entry.as_object() else { return };
    const FIRST: [&str; 2] = ["type", "version"];
    const THEN: [&str; 2] = ["knobs", "settings"];
    let write_some = |entry: &mut Object<'_>, names: [&'static str; 2]| {
        for name in names {
            if let Some(value) = kept.get(name) {
                write_value(entry.member(name), value);
            }
        }
    };
    write_some(entry, FIRST);
    common(entry, node);
    write_some(entry, THEN);
    let is_rest = |name: &str| !FIRST.contains(&name) && !THEN.contains(&name);
    let rest = kept.iter().map(|(name, value)| (name.as_str(), value)).filter(|(name, _)| is_rest(name));
    for (name, value) in sorted(rest) {
        write_value(entry.member(name), value);
    }
}

fn write_cable(out: &mut String, [from, output, to, input]: EndNames<'_>, cable: &Cable) {
    object(out, |entry| {
        string(entry.member("from"), &format!("{from}.{output}"));
        string(entry.member("to"), &format!("{to}.{input}"));
        if cable.depth != 1.0 {
            write_f32(entry.member("depth"), cable.depth);
        }
        if cable.delayed {
            entry.member("delayed").push_str("true");
        }
        if cable.uncompensated {
            entry.member("uncompensated").push_str("true");
        }
        write_hue(entry, cable.hue);
        write_extra(entry, &cable.extra);
    });
}

/// Writes comments and frames, if there are any.
fn write_annotations(out: &mut String, patch: &Patch, indent: &str) {
    for kind in AnnotationKind::ALL {
        let mut annotations = patch.annotations().filter(|annotation| annotation.0 == kind).peekable();
        if annotations.peek().is_none() {
            continue;
        }
        let _ = write!(out, ",\n{indent}");
        key(out, kind.key());
        out.push('{');
        lines(out, indent, annotations, |out, (_, id, annotation)| {
            key(out, id);
            write_annotation(out, annotation);
        });
        out.push('}');
    }
}

fn write_annotation(out: &mut String, annotation: &Annotation) {
    object(out, |entry| {
        for (name, pair) in [("at", &annotation.at), ("size", &annotation.size)] {
            array(entry.member(name), pair, |out, number| write_f32(out, *number));
        }
        if !annotation.text.is_empty() {
            string(entry.member("text"), &annotation.text);
        }
        write_hue(entry, annotation.hue);
        write_extra(entry, &annotation.extra);
    });
}

fn write_hue(entry: &mut Object<'_>, hue: Option<Hue>) {
    if let Some(hue) = hue {
        whole(entry.member("hue"), hue.into());
    }
}

fn write_extra(entry: &mut Object<'_>, extra: &Extra) {
    for (name, value) in sorted(extra.iter()) {
        write_value(entry.member(name), value);
    }
}

/// Writes kept JSON on one line, with the keys of objects sorted.
fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => match number.as_f64() {
            Some(value) if number.is_f64() => write_f64(out, value),
            _ => out.push_str(&number.to_string()),
        },
        Value::String(text) => string(out, text),
        Value::Array(items) => array(out, items, write_value),
        Value::Object(kept) => object(out, |entry| {
            for (name, value) in sorted(kept.iter().map(|(name, value)| (name.as_str(), value))) {
                write_value(entry.member(name), value);
            }
        }),
    }
}

/// Entries in order of their keys.
fn sorted<'k, T>(entries: impl Iterator<Item = (&'k str, T)>) -> Vec<(&'k str, T)> {
    let mut entries: Vec<_> = entries.collect();
    entries.sort_unstable_by_key(|(name, _)| *name);
    entries
}

/// A JSON object that is being written.
struct Object<'o> {
    out: &'o mut String,
    is_empty: bool,
}

impl Object<'_> {
    /// Writes a key; the value is to follow.
    fn member(&mut self, name: &str) -> &mut String {
        if !self.is_empty {
            self.out.push_str(", ");
        }
        self.is_empty = false;
        key(self.out, name);
        self.out
    }
}

fn object(out: &mut String, write_members: impl FnOnce(&mut Object<'_>)) {
    out.push('{');
    write_members(&mut Object { out, is_empty: true });
    out.push('}');
}

/// Writes an object inside an entry, unless it would be empty.
fn members<T>(
    entry: &mut Object<'_>,
    name: &str,
    values: Vec<(&str, T)>,
    write_item: impl Fn(&mut String, T),
) {
    if values.is_empty() {
        return;
    }
    object(entry.member(name), |inner| {
        for (name, value) in values {
            write_item(inner.member(name), value);
        }
    });
}

fn array<T>(out: &mut String, items: &[T], write_item: impl Fn(&mut String, &T)) {
    out.push('[');
    for (count, item) in items.iter().enumerate() {
        if count > 0 {
            out.push_str(", ");
        }
        write_item(out, item);
    }
    out.push(']');
}

fn key(out: &mut String, name: &str) {
    string(out, name);
    out.push_str(": ");
}

fn whole(out: &mut String, number: u64) {
    // Writing to a String can't fail.
    let _ = write!(out, "{number}");
}

fn string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}
