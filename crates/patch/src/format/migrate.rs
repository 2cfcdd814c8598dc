//! Migrations: files of older formats, and nodes of older versions of their types, become what this
//! program reads. Everything keeps its position, so messages still point into the file.
//!
//! A new format adds a function to [`FILE`]. A new version of a node type lists its changes in its own
//! spec; this file carries them out.

use super::json::{Json, Member, Value};
use super::number::write_f32;
use crate::node::Side;
use jackfield_node::{Change, NodeSpec};
use std::borrow::Cow;

/// Changes the members of a file of one format into those of the next.
pub(super) type FileMigration = fn(&mut Vec<Member<'_>>);

/// The first leads from format 1 to 2, the second from 2 to 3, and so on.
pub(super) const FILE: &[FileMigration] = &[];

/// Brings a file of an older format up to date.
pub(super) fn upgrade_file(members: &mut Vec<Member<'_>>, format: u64, migrations: &[FileMigration]) {
    let done = usize::try_from(format.saturating_sub(1)).unwrap_or(usize::MAX);
    for migrate in migrations.iter().skip(done) {
        migrate(members);
    }
}

/// The changes of a node type since a version, oldest first.
fn changes_since(spec: &NodeSpec, version: u32) -> impl Iterator<Item = &'static Change> {
    spec.migrations.iter().filter(move |migration| migration.from >= version).flat_map(|m| m.changes)
}

/// Brings the entry of a node up to date.
pub(super) fn upgrade_node(entry: &mut Json<'_>, spec: &NodeSpec, version: u32) {
    for change in changes_since(spec, version) {
        match *change {
            Change::Input { was, is } => rename(part(entry, "knobs"), was, is),
            Change::Setting { was, is } => rename(part(entry, "settings"), was, is),
            Change::Choice { setting, was, is } => {
                let value = part(entry, "settings").and_then(|settings| member(settings, setting));
                if let Some(Json { value: Value::String(name), .. }) = value
                    && name == was
                {
                    *name = Cow::Borrowed(is);
                }
            }
            Change::KnobDefault { knob, was } => {
                keep_default(entry, "knobs", knob, Value::Number(number_text(was)));
            }
            Change::ChoiceDefault { setting, was } => {
                keep_default(entry, "settings", setting, Value::String(Cow::Borrowed(was)));
            }
            Change::KnobScale { knob, factor } => {
                let value = part(entry, "knobs").and_then(|knobs| member(knobs, knob));
                if let Some(Json { value: Value::Number(text), .. }) = value
                    && let Ok(number) = text.parse::<f32>()
                    && (number * factor).is_finite()
                {
                    *text = number_text(number * factor);
                }
            }
            // Names of outputs stand in cables only.
            Change::Output { .. } => {}
        }
    }
}

/// Today's name of a port that a cable names as an older version of its node's type did.
pub(super) fn upgrade_port<'n>(spec: &NodeSpec, version: u32, side: Side, name: &'n str) -> &'n str {
    changes_since(spec, version).fold(name, |name, change| match (*change, side) {
        (Change::Input { was, is }, Side::Input) | (Change::Output { was, is }, Side::Output)
            if was == name =>
        {
            is
        }
        _ => name,
    })
}

/// The members of an object inside an entry.
fn part<'e, 't>(entry: &'e mut Json<'t>, key: &str) -> Option<&'e mut Vec<Member<'t>>> {
    let Value::Object(members) = &mut entry.value else { return None };
    match &mut member(members, key)?.value {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

fn member<'e, 't>(members: &'e mut [Member<'t>], key: &str) -> Option<&'e mut Json<'t>> {
    members.iter_mut().find(|member| member.key == key).map(|member| &mut member.value)
}

/// Renames a key, unless that would make two of the new name.
fn rename(members: Option<&mut Vec<Member<'_>>>, was: &'static str, is: &'static str) {
    let Some(members) = members else { return };
    if members.iter().all(|member| member.key != is)
        && let Some(member) = members.iter_mut().find(|member| member.key == was)
    {
        member.key = Cow::Borrowed(is);
    }
}

/// Writes a former default into an entry that relies on it.
fn keep_default<'t>(entry: &mut Json<'t>, of: &'static str, name: &'static str, was: Value<'t>) {
    let at = entry.at;
    let member = |key, value| Member { key: Cow::Borrowed(key), at, value: Json { at, value } };
    let value = member(name, was);
    if let Some(values) = part(entry, of) {
        if values.iter().all(|member| member.key != name) {
            values.push(value);
        }
    } else if let Value::Object(members) = &mut entry.value
        && members.iter().all(|member| member.key != of)
    {
        members.push(member(of, Value::Object(vec![value])));
    }
}

fn number_text(value: f32) -> Cow<'static, str> {
    let mut text = String::new();
    write_f32(&mut text, value);
    Cow::Owned(text)
}
