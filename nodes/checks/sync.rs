//! Hard sync is clean from the output of every oscillator, whatever its waveform. No line here knows a
//! master: each node with a sync output is one.

use jackfield_engine::{Options, Session};
use jackfield_node::{NoAssets, NodeSpec, SettingKind, SettingValue};
use jackfield_patch::{CableEnds, Edit, Node, Patch};
use jackfield_testkit::measure::{frequency, worst_alias_db};

const SAMPLE_RATE: f32 = 48_000.0;

/// What is heard beside the partials of the master, in dB re the strongest.
const MOST_DB: f64 = -90.0;

/// Pitches of a master, as far as its knob goes.
const PITCHES: [f32; 4] = [110.3, 220.3, 1_244.5, 2_093.0];

/// The knob that sets a master's pitch.
fn pitch_knob(spec: &NodeSpec) -> &'static str {
    ["frequency", "rate"].into_iter().find(|name| spec.input(name).is_some()).expect("a master has a pitch")
}

/// The first setting of a node that is a choice, and its choices; otherwise nothing once.
fn variants(spec: &NodeSpec) -> Vec<Option<(&'static str, usize)>> {
    let choices = spec.settings.iter().find_map(|setting| match setting.kind {
        SettingKind::Choice(names, _) => Some((setting.name, names.len())),
        _ => None,
    });
    choices.map_or(vec![None], |(name, count)| (0..count).map(|choice| Some((name, choice))).collect())
}

/// A master patched by `output` into the sync of a saw.
fn patch(spec: &'static NodeSpec, output: &str, hertz: f32, variant: Option<(&str, usize)>) -> Patch {
    let registry = crate::registry();
    let mut patch = Patch::default();
    let mut edit = |edit: Edit| patch.apply(edit).map(drop).expect("the edit is valid");
    for (id, node) in [("master", spec.id), ("slave", "source.oscillator"), ("out", "device.output")] {
        edit(Edit::AddNode(Box::new(Node::new(id, registry.get(node).expect("a node of the library")))));
    }
    for (id, input, value) in
        [("master", pitch_knob(spec), hertz), ("slave", "frequency", hertz * 2.37), ("out", "level", -12.0)]
    {
        edit(Edit::SetKnob { id: id.into(), input: input.into(), value });
    }
    let switched_off = ["limiter", "offset_filter"].map(|name| ("out", name, SettingValue::Toggle(false)));
    let chosen = variant.map(|(name, choice)| ("master", name, SettingValue::Choice(choice)));
    for (id, setting, value) in switched_off.into_iter().chain(chosen) {
        edit(Edit::SetSetting { id: id.into(), setting: setting.into(), value });
    }
    edit(Edit::connect(CableEnds::new("master", output, "slave", "sync")));
    edit(Edit::connect(CableEnds::new("slave", "out", "out", "in")));
    patch
}

fn alias_db(patch: &Patch, hertz: f32) -> f64 {
    let options = Options::at(SAMPLE_RATE).with_width(4);
    let (mut session, mut executor) =
        Session::new(options, Box::new(NoAssets)).expect("the options are good");
    session.update(patch);
    let mut sound = vec![0.0; (1 << 16) + 9_600];
    sound.chunks_mut(96).for_each(|block| executor.process(&[], 0, block, 1));
    let sound = &sound[9_600..];
    worst_alias_db(sound, SAMPLE_RATE, frequency(sound, SAMPLE_RATE, f64::from(hertz)))
}

/// Panics when a node that has a sync output is no clean master.
pub(crate) fn is_a_clean_master(spec: &'static NodeSpec) {
    let mut misses = Vec::new();
    for output in spec.outputs.iter().filter(|output| output.sync.is_some()) {
        let knob = spec.input(pitch_knob(spec)).and_then(|input| input.knob).expect("a pitch is a knob");
        for variant in variants(spec) {
            for hertz in PITCHES.into_iter().filter(|hertz| knob.clamp(*hertz) == *hertz) {
                let alias = alias_db(&patch(spec, output.name, hertz, variant), hertz);
                println!("{alias:6.1} dB {} {variant:?} {hertz} Hz", output.name);
                if alias > MOST_DB {
                    misses.push(format!("{alias:.1} dB: {} {variant:?} at {hertz} Hz", output.name));
                }
            }
        }
    }
    assert!(misses.is_empty(), "{}", misses.join("\n"));
}

/// A gate that knows nothing of this still starts the cycle again, where it rises.
#[test]
fn a_plain_gate_is_a_master_too() {
    let registry = crate::registry();
    let spec = registry.get("modulator.lfo").expect("a node of the library");
    let clean = alias_db(&patch(spec, "sync", 150.0, None), 150.0);
    assert!(clean < MOST_DB, "the sync output itself: {clean} dB");
    // 320 frames to the cycle, so that the edge of a square lies on a frame.
    let gate = alias_db(&patch(spec, "out", 150.0, Some(("shape", 3))), 150.0);
    assert!(gate < MOST_DB, "{gate} dB");
}
