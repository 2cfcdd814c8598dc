//! A loud sine through every filter, effect and dynamics node comes out with overtones at most, whichever
//! knob is at its end: what a quiet one doesn't show. No line here knows a node but the list of those that
//! move the pitch.

use jackfield_engine::{Options, Session};
use jackfield_node::{Category, Input, NoAssets, NodeSpec, PortKind, SettingKind, SettingValue};
use jackfield_patch::{CableEnds, Edit, Node, Patch};
use jackfield_testkit::measure::worst_alias_db;

const SAMPLE_RATE: f32 = 48_000.0;

/// What is heard beside the partials of the sine, in dB re the strongest.
const MOST_DB: f64 = -80.0;

const HERTZ: f32 = 2_500.0;

/// Frames that settle, and frames that are measured.
const SETTLED: usize = 36_000;
const MEASURED: usize = 1 << 15;

/// Nodes whose job is to make something else of a steady tone, and how.
const MOVING: &[(&str, &str)] = &[
    ("effect.auto_pan", "its level swings"),
    ("effect.bit_crusher", "aliases are what it makes"),
    ("effect.chorus", "its pitch swings"),
    ("effect.delay", "its echoes come and go"),
    ("effect.flanger", "its comb swings"),
    ("effect.frequency_shifter", "it shifts partials off their places"),
    ("effect.multitap", "its echoes come and go"),
    ("effect.phaser", "its notches swing"),
    ("effect.ping_pong", "its echoes come and go"),
    ("effect.pitch_shifter", "its pitch is another"),
    ("effect.plate", "its tank swings"),
    ("effect.reverb", "its lines swing"),
    ("effect.ring_modulator", "it has a tone of its own"),
    ("effect.rotary", "its horn turns"),
    ("effect.spectral_blur", "its phases are drawn by lot"),
    ("effect.spectral_freeze", "its phases are drawn by lot"),
    ("effect.tape_delay", "its tape flutters"),
    ("effect.tremolo", "its level swings"),
    ("effect.vibrato", "its pitch swings"),
    ("effect.vocoder", "it has a sound of its own"),
];

/// Knobs whose end is a tone of the node's own, or one that hardly fades.
const SINGING: &[(&str, &str)] = &[("filter.comb", "feedback"), ("filter.sallen_key", "resonance")];

/// What a node is set to: a knob at an end, a setting chosen.
type Change<'c> = Option<(&'c str, f32)>;
type Choice<'c> = Option<(&'c str, usize)>;

fn patch(spec: &'static NodeSpec, [input, output]: [&str; 2], change: Change, choice: Choice) -> Patch {
    let registry = crate::registry();
    let mut patch = Patch::default();
    let mut edit = |edit: Edit| patch.apply(edit).map(drop).expect("the edit is valid");
    for (id, node) in [("tone", "source.oscillator"), ("node", spec.id), ("out", "device.output")] {
        edit(Edit::AddNode(Box::new(Node::new(id, registry.get(node).expect("a node of the library")))));
    }
    let knobs = [("tone", "frequency", HERTZ), ("out", "level", -60.0)];
    for (id, input, value) in knobs.into_iter().chain(change.map(|(input, value)| ("node", input, value))) {
        edit(Edit::SetKnob { id: id.into(), input: input.into(), value });
    }
    let switched_off = ["limiter", "offset_filter"].map(|name| ("out", name, SettingValue::Toggle(false)));
    let sine = Some(("tone", "waveform", SettingValue::Choice(3)));
    let chosen = choice.map(|(name, choice)| ("node", name, SettingValue::Choice(choice)));
    for (id, setting, value) in switched_off.into_iter().chain(sine).chain(chosen) {
        edit(Edit::SetSetting { id: id.into(), setting: setting.into(), value });
    }
    edit(Edit::connect(CableEnds::new("tone", "out", "node", input)));
    edit(Edit::connect(CableEnds::new("node", output, "out", "in")));
    patch
}

/// The worst alias in dB re the strongest partial; nothing where there is hardly a sound.
fn alias_db(patch: &Patch) -> Option<f64> {
    let options = Options::at(SAMPLE_RATE).with_width(1);
    let (mut session, mut executor) =
        Session::new(options, Box::new(NoAssets)).expect("the options are good");
    session.update(patch);
    let mut sound = vec![0.0; SETTLED + MEASURED];
    sound.chunks_mut(96).for_each(|block| executor.process(&[], 0, block, 1));
    let sound = &sound[SETTLED..];
    let is_heard = sound.iter().any(|x| x.abs() > 3e-5);
    is_heard.then(|| worst_alias_db(sound, SAMPLE_RATE, f64::from(HERTZ)))
}

/// Panics when a filter, an effect or a dynamics node adds what is no overtone to a loud sine.
pub(crate) fn makes_overtones_at_most(spec: &'static NodeSpec) {
    let shapes = [Category::Filter, Category::Effect, Category::Dynamics];
    if !shapes.contains(&spec.category) || MOVING.iter().any(|(id, _)| *id == spec.id) {
        return;
    }
    let is_sound = |input: &&Input| input.kind == PortKind::Audio && input.knob.is_none();
    let Some(input) = spec.inputs.iter().find(is_sound) else { return };
    let Some(output) = spec.outputs.iter().find(|output| output.kind == PortKind::Audio) else { return };
    let choices = spec.settings.iter().flat_map(|setting| match setting.kind {
        SettingKind::Choice(names, _) => (0..names.len()).map(|choice| (setting.name, choice)).collect(),
        _ => Vec::new(),
    });
    let choices: Vec<Choice> = [None].into_iter().chain(choices.map(Some)).collect();
    let sings = |name: &str| SINGING.contains(&(spec.id, name));
    let ends = spec
        .inputs
        .iter()
        .filter(|input| !sings(input.name))
        .filter_map(|input| Some((input.name, input.knob?.clamp(f32::MAX))));
    let changes: Vec<Change> = [None].into_iter().chain(ends.map(Some)).collect();
    let mut misses = Vec::new();
    for &choice in &choices {
        for &change in &changes {
            let alias = alias_db(&patch(spec, [input.name, output.name], change, choice));
            if let Some(alias) = alias.filter(|alias| *alias > MOST_DB) {
                misses.push(format!("{alias:.1} dB with {change:?} and {choice:?}"));
            }
        }
    }
    assert!(misses.is_empty(), "{}", misses.join("\n"));
}
