//! Every filter has a stereo pair: each side is filtered as a mono sound is, and hears nothing of the other.

use jackfield_node::{Category, Input, NodeSpec, Output, PortKind, SettingKind, SettingValue, Settings};
use jackfield_testkit::harness::HarnessConfig;
use jackfield_testkit::signal::noise;

const FRAMES: usize = 1_000;

/// The outputs of both channels, the right one by its name: `right` beside the first, `name_right` beside
/// another.
fn pairs(spec: &NodeSpec) -> Vec<[Output; 2]> {
    let is_right = |output: &Output| output.name == "right" || output.name.ends_with("_right");
    let right_of = |left: &Output| {
        let name = if left.index == 0 { "right".to_owned() } else { format!("{}_right", left.name) };
        let right = spec.output(&name).or_else(|| spec.output(&format!("{}_right", left.name)));
        *right.unwrap_or_else(|| panic!("{}: '{}' has no right side", spec.id, left.name))
    };
    let sound = |output: &&Output| output.kind == PortKind::Audio && !is_right(output);
    spec.outputs.iter().filter(sound).map(|left| [*left, right_of(left)]).collect()
}

fn input(spec: &NodeSpec, name: &str) -> Input {
    *spec.input(name).unwrap_or_else(|| panic!("{}: no input '{name}'", spec.id))
}

/// What all outputs say when a sound comes into one input.
fn run(spec: &'static NodeSpec, settings: &Settings, name: &str) -> Vec<Vec<f32>> {
    let config = HarnessConfig { settings: settings.clone(), ..HarnessConfig::of(spec) };
    let mut harness = config.start(spec);
    for input in spec.inputs {
        harness.hold(*input, input.knob.map_or(0.0, |knob| knob.to_signal(knob.default)));
    }
    harness.plug(input(spec, name), noise(FRAMES, 3));
    harness.run(FRAMES)
}

fn choices(spec: &NodeSpec) -> Vec<Settings> {
    let defaults = Settings::defaults(spec.settings);
    let mut all = vec![defaults.clone()];
    for setting in spec.settings {
        let SettingKind::Choice(names, _) = setting.kind else { continue };
        for choice in 0..names.len() {
            let mut settings = defaults.clone();
            settings.set(setting, SettingValue::Choice(choice)).expect("a choice of this setting");
            all.push(settings);
        }
    }
    all
}

#[test]
fn every_filter_has_two_sides_that_hear_nothing_of_each_other() {
    let registry = crate::registry();
    let mut tried = 0;
    for spec in registry.iter().filter(|spec| spec.category == Category::Filter) {
        for settings in choices(spec) {
            let [mono, left, right] = ["in", "left", "right"].map(|name| run(spec, &settings, name));
            for [left_out, right_out] in pairs(spec) {
                let name = format!("{}, {}, {settings:?}", spec.id, left_out.name);
                let heard = &mono[left_out.index];
                assert!(heard.iter().any(|x| x.abs() > 0.01), "{name}: silent");
                assert_eq!(heard, &mono[right_out.index], "{name}: a mono sound is the same on both sides");
                assert_eq!(heard, &left[left_out.index], "{name}: the left side alone");
                assert_eq!(heard, &right[right_out.index], "{name}: the right side alone");
                let leaks = |side: &[f32]| side.iter().any(|x| x.abs() > 1e-4);
                assert!(!leaks(&left[right_out.index]), "{name}: the left side is heard on the right");
                assert!(!leaks(&right[left_out.index]), "{name}: the right side is heard on the left");
            }
        }
        tried += 1;
    }
    assert!(tried >= 11, "{tried} nodes are hardly all");
}
