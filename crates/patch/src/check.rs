//! Checks of what an edit brings in. What passes can be written to a file and read back the same.

use crate::id::{is_name, is_type_id};
use crate::{EditError, Meta, Node, NodeBody, UnknownNode, limits};
use serde_json::Value;

/// The number if it lies within the limit on either side; zero loses its sign, which files don't keep.
fn check_number(what: &'static str, value: f32, most: f32) -> Result<f32, EditError> {
    if value.abs() <= most {
        Ok(value + 0.0)
    } else {
        Err(EditError::BadNumber { what, value, min: -most, max: most })
    }
}

/// The depth, if a cable may have it.
pub(crate) fn check_depth(depth: f32) -> Result<f32, EditError> {
    check_number("depth of a cable", depth, limits::CABLE_DEPTH)
}

/// The tempo moved into its range.
pub(crate) fn check_tempo(tempo: f32) -> Result<f32, EditError> {
    let [min, max] = limits::TEMPO;
    if tempo.is_nan() {
        return Err(EditError::BadNumber { what: "tempo", value: tempo, min, max });
    }
    Ok(tempo.clamp(min, max))
}

/// The position, if a node may have it.
pub(crate) fn check_position([x, y]: [f32; 2]) -> Result<[f32; 2], EditError> {
    let check = |value| check_number("position on the canvas", value, limits::CANVAS);
    Ok([check(x)?, check(y)?])
}

/// Moves a new node's knobs into their ranges, and checks that the rest fits its type, so that reading it
/// back from a file gives the same.
pub(crate) fn check_values(node: &mut Node) -> Result<(), EditError> {
    let fits = match &mut node.body {
        NodeBody::Known { spec, knobs, settings } => {
            let values = settings.values();
            let settings_fit = values.len() == spec.settings.len()
                && spec.settings.iter().zip(values).all(|(setting, value)| setting.kind.accepts(value));
            for (input, value) in spec.inputs.iter().zip(knobs.iter_mut()) {
                *value = input.knob.map_or(0.0, |knob| knob.clamp(*value) + 0.0);
            }
            settings_fit && knobs.len() == spec.inputs.len()
        }
        NodeBody::Unknown(unknown) => is_entry(unknown),
    };
    if fits { Ok(()) } else { Err(EditError::Malformed { id: node.id.clone() }) }
}

/// Whether a file may hold this entry.
fn is_entry(unknown: &UnknownNode) -> bool {
    let is_own = |key| unknown.entry.get(key).is_some();
    unknown.entry.is_object()
        && is_type_id(unknown.type_id())
        && !is_own("at")
        && !is_own("muted")
        && !is_own("hue")
        // An entry lies in "nodes", which lies in the file's object.
        && is_nested_at_most(&unknown.entry, limits::NESTING - 2)
        && [&unknown.inputs, &unknown.outputs]
            .iter()
            .all(|names| names.len() <= limits::PORTS && names.iter().all(|name| is_name(name)))
}

fn is_nested_at_most(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels > 0 && items.iter().all(|item| is_nested_at_most(item, levels - 1)),
        Value::Object(members) => {
            levels > 0 && members.values().all(|member| is_nested_at_most(member, levels - 1))
        }
        _ => true,
    }
}

/// Checks the lengths of what a person says about a patch.
pub(crate) fn check_meta(meta: &Meta) -> Result<(), EditError> {
    for (what, text, most) in [
        ("bytes in its title", &meta.title, limits::LINE_BYTES),
        ("bytes in its author's name", &meta.author, limits::LINE_BYTES),
        ("bytes in its licence", &meta.license, limits::LINE_BYTES),
        ("bytes in its notes", &meta.notes, limits::NOTES_BYTES),
    ] {
        if text.len() > most {
            return Err(EditError::TooMany { what, most });
        }
    }
    Ok(())
}
