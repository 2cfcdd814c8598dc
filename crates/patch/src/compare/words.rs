//! Values in the words of a comparison: with all their digits, since what differs has to look different.

use crate::hint::excerpt;
use crate::{Annotation, AnnotationKind, CableOptions, Extra};
use jackfield_node::{Setting, SettingKind, SettingValue, Unit};
use std::collections::BTreeSet;

/// A knob's value as shown.
pub(super) fn value(unit: Unit, value: f32) -> String {
    match unit {
        Unit::Percent => format!("{} %", percent(value)),
        unit => unit.text(value),
    }
}

/// A hundred times the digits that a file would hold.
fn percent(value: f32) -> String {
    let digits: f64 = value.to_string().parse().unwrap_or_default();
    let percent = format!("{:.9}", digits * 100.0);
    percent.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A setting that has another value.
pub(super) fn setting(id: &str, setting: &Setting, was: &SettingValue, is: &SettingValue) -> String {
    let name = setting.name;
    if let (SettingValue::Steps(was), SettingValue::Steps(is)) = (was, is) {
        return format!("changed '{name}' of '{id}': {}", steps(was, is));
    }
    let (was, is) = (setting_value(&setting.kind, was), setting_value(&setting.kind, is));
    format!("changed '{name}' of '{id}' from {was} to {is}")
}

fn setting_value(kind: &SettingKind, value: &SettingValue) -> String {
    match (kind, value) {
        (SettingKind::Choice(names, _), SettingValue::Choice(choice)) => {
            names.get(*choice).map_or_else(|| choice.to_string(), |name| (*name).to_owned())
        }
        (_, SettingValue::Choice(choice)) => choice.to_string(),
        (_, SettingValue::Count(count)) => count.to_string(),
        (_, SettingValue::Toggle(on)) => if *on { "on" } else { "off" }.to_owned(),
        (_, SettingValue::File(text) | SettingValue::Text(text)) => quoted(text),
        (_, SettingValue::Steps(steps)) => format!("{} steps", steps.len()),
    }
}

/// Which steps of a row differ.
fn steps(was: &[f32], is: &[f32]) -> String {
    if was.len() != is.len() {
        return format!("{} steps, {} before", is.len(), was.len());
    }
    let differing = was.iter().zip(is).enumerate().filter(|(_, (was, is))| was != is);
    let mut list: Vec<String> =
        differing.map(|(step, (was, is))| format!("step {} from {was} to {is}", step + 1)).collect();
    const SHOWN: usize = 4;
    if list.len() > SHOWN {
        let more = list.len() - SHOWN;
        list.truncate(SHOWN);
        list.push(format!("and {more} more"));
    }
    list.join(", ")
}

/// A text in quotes, shortened.
pub(super) fn quoted(text: &str) -> String {
    if text.is_empty() { "nothing".to_owned() } else { format!("'{}'", excerpt(text)) }
}

/// The depth of a new cable, if it is not plain.
pub(super) fn depth_of(options: &CableOptions) -> String {
    if options.depth == 1.0 { String::new() } else { format!(" with depth {}", options.depth) }
}

/// A comment or frame by what it says.
pub(super) fn annotation(kind: AnnotationKind, annotation: &Annotation) -> String {
    let name = match kind {
        AnnotationKind::Comment => "comment",
        AnnotationKind::Frame => "frame",
    };
    format!("{name} {}", quoted(&annotation.text))
}

/// Which keys that this program does not know differ.
pub(super) fn extra(of: &str, was: &Extra, is: &Extra) -> String {
    let entries = |extra: &Extra| -> BTreeSet<(String, String)> {
        extra.iter().map(|(key, value)| (key.to_owned(), value.to_string())).collect()
    };
    let (was, is) = (entries(was), entries(is));
    let keys: BTreeSet<String> = was.symmetric_difference(&is).map(|(key, _)| excerpt(key)).collect();
    let keys: Vec<String> = keys.into_iter().take(4).collect();
    format!("changed what this program does not know of {of}: {}", keys.join(", "))
}
