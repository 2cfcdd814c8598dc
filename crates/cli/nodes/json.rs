//! Node types for other programs.

use super::words;
use jackfield_node::{
    Face, Gathering, Input, Knob, KnobLaw, NodeKind, NodeSpec, Output, Setting, SettingKind, VoiceSource,
};
use serde_json::{Value, json};

/// Everything a node type says of itself.
pub(super) fn node_type(spec: &NodeSpec) -> Value {
    json!({
        "id": spec.id,
        "name": spec.name,
        "category": spec.category.name(),
        "summary": spec.summary,
        "help": spec.help,
        "tags": spec.tags,
        "version": spec.version,
        "computes": match spec.kind { NodeKind::Lanes(_) => "lanes", NodeKind::Block(_) => "block" },
        "sink": spec.is_sink,
        "random": spec.is_random,
        "hears_midi": spec.hears_midi,
        "hears_device": spec.hears_device,
        "plays_on_device": spec.plays_on_device,
        "equal_bits": spec.has_equal_bits,
        "voices": match spec.voices {
            VoiceSource::Follow => Value::Null,
            VoiceSource::Setting(index) => spec.settings[index].name.into(),
        },
        "face": face(spec.face),
        "inputs": spec.inputs.iter().map(input).collect::<Value>(),
        "outputs": spec.outputs.iter().map(output).collect::<Value>(),
        "settings": spec.settings.iter().map(setting).collect::<Value>(),
    })
}

fn face(face: Face) -> &'static str {
    match face {
        Face::Plain => "plain",
        Face::Waveform => "waveform",
        Face::Scope => "scope",
        Face::Meter => "meter",
        Face::Spectrum => "spectrum",
        Face::Spectrogram => "spectrogram",
        Face::Xy => "xy",
        Face::Tuner => "tuner",
        Face::Loudness => "loudness",
        Face::Value => "value",
        Face::Keyboard => "keyboard",
        Face::Steps => "steps",
        Face::File => "file",
    }
}

fn input(input: &Input) -> Value {
    json!({
        "name": input.name,
        "kind": words::kind(input.kind),
        "gathering": match input.gathering {
            Gathering::Each => "each",
            Gathering::Sum => "sum",
            Gathering::SideBySide => "side by side",
        },
        "knob": input.knob.as_ref().map(knob),
        "help": input.help,
    })
}

fn knob(knob: &Knob) -> Value {
    json!({
        "unit": words::unit(knob.unit),
        "doubling": knob.law() == KnobLaw::Exponential,
        "min": shortest(knob.min),
        "max": shortest(knob.max),
        "default": shortest(knob.default),
    })
}

fn output(output: &Output) -> Value {
    json!({"name": output.name, "kind": words::kind(output.kind), "help": output.help})
}

fn setting(setting: &Setting) -> Value {
    let kind = match setting.kind {
        SettingKind::Choice(names, default) => {
            json!({"kind": "choice", "choices": names, "default": names[default]})
        }
        SettingKind::Count(min, max, default) => {
            json!({"kind": "count", "min": min, "max": max, "default": default})
        }
        SettingKind::Toggle(default) => json!({"kind": "toggle", "default": default}),
        SettingKind::File(kind) => {
            json!({"kind": "file", "endings": kind.endings(), "default": ""})
        }
        SettingKind::Text(default) => json!({"kind": "text", "default": default}),
        SettingKind::Steps(min, max, default) => json!({
            "kind": "steps",
            "min": shortest(min),
            "max": shortest(max),
            "default": default.iter().map(|&step| shortest(step)).collect::<Vec<_>>(),
        }),
    };
    let mut value = json!({"name": setting.name, "help": setting.help});
    if let (Value::Object(value), Value::Object(kind)) = (&mut value, kind) {
        value.extend(kind);
    }
    value
}

/// The f64 that prints like the f32: 0.2, not 0.20000000298.
fn shortest(number: f32) -> f64 {
    number.to_string().parse().unwrap_or_else(|_| f64::from(number))
}
