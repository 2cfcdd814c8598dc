//! How units, ranges and kinds are spelt, the same in every format.

use jackfield_node::{Gathering, Input, Knob, PortKind, Setting, SettingKind, Unit};

/// The name of a port kind.
pub(super) fn kind(kind: PortKind) -> &'static str {
    match kind {
        PortKind::Audio => "audio",
        PortKind::Pitch => "pitch",
        PortKind::Gate => "gate",
        PortKind::Control => "control",
    }
}

/// The name of a unit.
pub(super) fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Hertz => "hertz",
        Unit::Seconds | Unit::LinearSeconds => "seconds",
        Unit::Ratio => "ratio",
        Unit::Decibels => "decibels",
        Unit::BeatsPerMinute => "beats per minute",
        Unit::Octaves => "octaves",
        Unit::Cents => "cents",
        Unit::Percent => "percent",
        Unit::Number => "number",
    }
}

/// What an input does with voices, as a sentence that follows another; nothing where the node is copied.
pub(super) fn gathering(input: &Input) -> &'static str {
    match input.gathering {
        Gathering::Each => "",
        Gathering::Sum => " Hears all voices added.",
        Gathering::SideBySide => " Hears each voice by itself.",
    }
}

/// A knob's range and default, like `20 Hz to 20000 Hz, 1000 Hz`.
pub(super) fn knob(knob: &Knob) -> String {
    let shown = |number| knob.unit.text(number);
    format!("{} to {}, {}", shown(knob.min), shown(knob.max), shown(knob.default))
}

/// An input's knob, or nothing.
pub(super) fn input_range(input: &Input) -> String {
    input.knob.as_ref().map(knob).unwrap_or_default()
}

/// What can be chosen for a setting, and what is chosen at first.
pub(super) fn setting(setting: &Setting) -> String {
    match setting.kind {
        SettingKind::Choice(names, default) => format!("{}; {}", names.join(", "), names[default]),
        SettingKind::Count(min, max, default) => format!("{min} to {max}, {default}"),
        SettingKind::Toggle(default) => format!("true or false, {default}"),
        SettingKind::File(kind) => kind.name().to_owned(),
        SettingKind::Text(default) => format!("text, \"{default}\""),
        SettingKind::Steps(min, max, default) => {
            format!("steps of {min} to {max}, {} at first", default.len())
        }
    }
}

/// What is said of a node type that is outside the promise of equal bits.
pub(super) const UNEQUAL_BITS: &str = "Outside the promise of equal bits: its sound may differ in the last \
     bits between machines and versions, so the hash of a patch with it does not count everywhere.";
