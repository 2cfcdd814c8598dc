//! What a setting can hold, in words for messages.

use jackfield_node::{SettingKind, SettingValue};

/// What values of this kind look like, as the end of the sentence "the setting is ...".
pub(crate) fn expected(kind: &SettingKind) -> String {
    match kind {
        SettingKind::Choice(names, _) => format!("one of {}", names.join(", ")),
        SettingKind::Count(min, max, _) => format!("a whole number from {min} to {max}"),
        SettingKind::Toggle(_) => "true or false".to_owned(),
        SettingKind::File(_) => format!("a path of at most {} bytes", SettingValue::MAX_TEXT),
        SettingKind::Text(_) => format!("a text of at most {} bytes", SettingValue::MAX_TEXT),
        SettingKind::Steps(min, max, _) => {
            format!("a row of 1 to {} numbers, each from {min} to {max}", SettingValue::MAX_STEPS)
        }
    }
}
