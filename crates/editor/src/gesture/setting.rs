//! Setting: click a row to go on to the next choice; the context menu has all of them.

use jackfield_node::{SettingKind, SettingValue};

/// The value after this one: the next choice, one more, the other way. Nothing for texts and files.
pub(crate) fn next_value(kind: &SettingKind, value: &SettingValue, backwards: bool) -> Option<SettingValue> {
    match (kind, value) {
        (SettingKind::Choice(names, _), SettingValue::Choice(index)) => {
            let step = if backwards { names.len() - 1 } else { 1 };
            Some(SettingValue::Choice((index + step) % names.len()))
        }
        (SettingKind::Count(min, max, _), SettingValue::Count(count)) => {
            let next = if backwards { count.saturating_sub(1) } else { count.saturating_add(1) };
            Some(SettingValue::Count(next.clamp(*min, *max)))
        }
        (SettingKind::Toggle(_), SettingValue::Toggle(on)) => Some(SettingValue::Toggle(!on)),
        _ => None,
    }
}

/// The values one can choose from; none for texts, files and steps.
pub(crate) fn choices(kind: &SettingKind) -> Vec<SettingValue> {
    match *kind {
        SettingKind::Choice(names, _) => (0..names.len()).map(SettingValue::Choice).collect(),
        SettingKind::Count(low, high, _) => (low..=high).take(64).map(SettingValue::Count).collect(),
        SettingKind::Toggle(_) => vec![SettingValue::Toggle(true), SettingValue::Toggle(false)],
        SettingKind::File(_) | SettingKind::Text(_) | SettingKind::Steps(..) => Vec::new(),
    }
}

/// A setting's value as text.
pub(crate) fn text(kind: &SettingKind, value: &SettingValue) -> String {
    match (kind, value) {
        (SettingKind::Choice(names, _), SettingValue::Choice(index)) => {
            names.get(*index).copied().unwrap_or_default().to_owned()
        }
        (_, SettingValue::Count(count)) => count.to_string(),
        (_, SettingValue::Toggle(on)) => if *on { "on" } else { "off" }.to_owned(),
        (_, SettingValue::File(path)) if path.is_empty() => "choose…".to_owned(),
        (_, SettingValue::File(path)) => path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned(),
        (_, SettingValue::Text(text)) => text.clone(),
        (_, SettingValue::Steps(steps)) => format!("{} steps", steps.len()),
        (_, SettingValue::Choice(index)) => index.to_string(),
    }
}
