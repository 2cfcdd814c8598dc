//! No click while a node is edited: every knob jumps to its ends and back, every choice is made and taken
//! back, and the node is muted and heard again, in a real session.
//!
//! At its inputs are low sines. What is measured is the treble (see [`treble`]) shortly after the change, re
//! the peak of the signal. A node may have treble of its own, before or after the change: a saw has, a drive
//! makes some. So a burst counts only where it rises above what the node steadily has on either side.

use super::fixtures::{ROUND, SINK, SINK_INPUTS, SOURCE, source_for};
use crate::measure::{decibels, treble};
use jackfield_engine::{Executor, Options, Session};
use jackfield_node::{NoAssets, NodeSpec, Output, SettingKind, SettingValue};
use jackfield_patch::{CableEnds, Edit, Node, Patch};
use std::fmt;

const SAMPLE_RATE: f32 = 48_000.0;
const NODE: &str = "node";

/// Frames from the start of a round, when gates open, to the change.
const BEFORE: usize = 1_800;
/// Frames after the change in which it must have settled.
const SETTLES: usize = 1_000;
/// Frames before the change in which the node is listened to as it was.
const LISTENS: usize = 600;
/// By how many decibels a burst has to rise above what a node steadily has, to be told from chance.
const MARGIN: f64 = 3.0;
/// An output that never gets louder than this has nothing to hear clicks in.
const SILENT: f64 = 1e-3;
/// Frames by which a burst is spread by the measure.
const EDGE: usize = 30;
/// Rounds before the first change.
const REST: usize = 3;
/// A burst louder than this, in dB, is heard a second time, beside the node as it is long after the change.
const DOUBTFUL: f64 = -80.0;
/// Rounds that the node is then listened to, and those of them that let it settle.
const LONG: usize = 30;
const LONG_SETTLES: usize = 10;

/// What one change of a node did to one of its outputs.
#[derive(Clone, Debug)]
pub struct Click {
    /// The node type.
    pub node: &'static str,
    /// The output that was heard.
    pub output: &'static str,
    /// What was changed.
    pub change: String,
    /// The burst of treble in dB re the peak of the output. As little as can be where it doesn't rise above
    /// what the node steadily has.
    pub decibels: f64,
    /// The level of the burst.
    level: f64,
}

impl fmt::Display for Click {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:7.1} dB  {}.{}  {}", self.decibels, self.node, self.output, self.change)
    }
}

/// A change and the way back, each step a round.
struct Change {
    name: String,
    steps: Vec<ClickStep>,
}

#[derive(Clone)]
enum ClickStep {
    Knob(&'static str, f32),
    Edit(Edit),
}

/// The clicks that changes of a node make, for each change the loudest one at each output. Outputs that jump
/// by their nature, knobs that sweep and settings that restart are left out, as the spec says; so are outputs
/// that are silent.
pub fn clicks(spec: &'static NodeSpec) -> Vec<Click> {
    let changes = changes(spec);
    let mut playback = Playback::new(spec);
    (0..REST).for_each(|_| playback.play(ROUND));
    for step in changes.iter().flat_map(|change| &change.steps) {
        playback.play(BEFORE);
        playback.take(step);
        playback.play(ROUND - BEFORE);
    }
    let heard = spec.outputs.iter().zip(&playback.sound).filter(|(output, _)| !output.jumps);
    let mut all = Vec::new();
    for (output, sound) in heard {
        for mut click in bursts(spec, output, sound, &changes) {
            let change = changes.iter().find(|change| change.name == click.change);
            let own = |change| own_treble(spec, output, change);
            if click.decibels > DOUBTFUL && decibels(click.level / change.map_or(0.0, own)) <= MARGIN {
                click.decibels = decibels(0.0);
            }
            all.push(click);
        }
    }
    all
}

/// The most treble that an output has while nothing is changed, as the node was made and behind each step of
/// a change. What beats or wanders slowly is at its loudest only now and then.
fn own_treble(spec: &'static NodeSpec, output: &Output, change: &Change) -> f64 {
    let mut most = 0.0;
    let none: &[ClickStep] = &[];
    for steps in [none].into_iter().chain(change.steps.chunks(1)) {
        let mut playback = Playback::new(spec);
        playback.play(ROUND);
        for step in steps {
            playback.take(step);
        }
        playback.play(LONG * ROUND);
        let levels = treble(&playback.sound[output.index], SAMPLE_RATE);
        // Apart from the gate, which closes at the end of a round and opens at the start of the next.
        for round in LONG_SETTLES..LONG {
            let calm = round * ROUND + BEFORE - LISTENS..round * ROUND + BEFORE + SETTLES;
            most = levels[calm].iter().copied().fold(most, f64::max);
        }
    }
    most
}

/// The loudest burst of each change in what was heard of an output.
fn bursts(spec: &NodeSpec, output: &Output, sound: &[f32], changes: &[Change]) -> Vec<Click> {
    let peak = |sound: &[f32]| sound.iter().fold(0.0, |peak: f64, x| peak.max(f64::from(x.abs())));
    let levels = treble(sound, SAMPLE_RATE);
    let loudest =
        |start: usize, frames: usize| levels[start..start + frames].iter().copied().fold(0.0, f64::max);
    // Every change starts from the node as it was, which steadily has what it ever has before one.
    let change_at = |round: usize| round * ROUND + BEFORE;
    let rounds: usize = changes.iter().map(|change| change.steps.len()).sum();
    let as_new = (REST..REST + rounds).filter(|round| (round - REST).is_multiple_of(2));
    let always = as_new.map(|round| loudest(change_at(round) - LISTENS - EDGE, LISTENS)).fold(0.0, f64::max);
    let mut clicks = Vec::new();
    let mut round = REST;
    for Change { name, steps } in changes {
        let rounds = round..round + steps.len();
        round = rounds.end;
        let peak = peak(&sound[(rounds.start - 1) * ROUND..rounds.end * ROUND]);
        let burst = |round: usize| {
            let at = change_at(round);
            let steady =
                loudest(at - LISTENS - EDGE, LISTENS).max(loudest(at + SETTLES, LISTENS)).max(always);
            let burst = loudest(at - EDGE, SETTLES);
            if decibels(burst / steady) > MARGIN { burst } else { 0.0 }
        };
        if peak > SILENT {
            let level = rounds.map(burst).fold(0.0, f64::max);
            let decibels = decibels(level / peak);
            clicks.push(Click { node: spec.id, output: output.name, change: name.clone(), decibels, level });
        }
    }
    clicks
}

/// Every knob, every choice, and muting.
fn changes(spec: &'static NodeSpec) -> Vec<Change> {
    let mute = |muted| ClickStep::Edit(Edit::SetMuted { id: NODE.into(), muted });
    let mut changes = vec![Change { name: "muted".to_owned(), steps: vec![mute(true), mute(false)] }];
    for input in spec.inputs {
        let Some(knob) = input.knob.filter(|_| !input.sweeps) else { continue };
        let values = [knob.min, knob.default, knob.max, knob.default];
        let steps = values.map(|value| ClickStep::Knob(input.name, value)).to_vec();
        changes.push(Change { name: format!("knob '{}'", input.name), steps });
    }
    for setting in spec.settings.iter().filter(|setting| !setting.restarts) {
        let (values, default): (Vec<SettingValue>, _) = match setting.kind {
            SettingKind::Choice(names, default) => {
                ((0..names.len()).map(SettingValue::Choice).collect(), SettingValue::Choice(default))
            }
            SettingKind::Toggle(default) => {
                (vec![SettingValue::Toggle(!default)], SettingValue::Toggle(default))
            }
            SettingKind::Count(..) | SettingKind::Steps(..) | SettingKind::File(_) | SettingKind::Text(_) => {
                continue;
            }
        };
        let set = |value| {
            ClickStep::Edit(Edit::SetSetting { id: NODE.into(), setting: setting.name.into(), value })
        };
        let others = values.into_iter().filter(|value| *value != default);
        let steps = others.flat_map(|value| [set(value), set(default.clone())]).collect();
        changes.push(Change { name: format!("setting '{}'", setting.name), steps });
    }
    changes
}

/// A session that plays a node, and what has been heard of each of its outputs.
struct Playback {
    patch: Patch,
    session: Session,
    executor: Executor,
    sound: Vec<Vec<f32>>,
}

impl Playback {
    /// Panics when the patch can't be played: all that is in it is valid.
    fn new(spec: &'static NodeSpec) -> Self {
        let mut patch = Patch::default();
        let mut edit = |edit: Edit| patch.apply(edit).map(drop).expect("the edit is valid");
        edit(Edit::AddNode(Box::new(Node::new("source", &SOURCE))));
        edit(Edit::AddNode(Box::new(Node::new(NODE, spec))));
        edit(Edit::AddNode(Box::new(Node::new("sink", &SINK))));
        let mut had = Vec::new();
        for input in spec.inputs.iter().filter(|input| input.knob.is_none()) {
            // A stereo pair hears what the mono input beside it hears: all that a channel hears then has the
            // one period that its steady treble is measured over.
            let is_pair = matches!(input.name, "left" | "right") && spec.input("in").is_some();
            let output = source_for(input.kind, is_pair || !had.contains(&input.kind));
            had.push(input.kind);
            edit(Edit::connect(CableEnds::new("source", output, NODE, input.name)));
        }
        for (output, sink) in spec.outputs.iter().zip(&SINK_INPUTS) {
            edit(Edit::connect(CableEnds::new(NODE, output.name, "sink", sink.name)));
        }
        let options = Options::at(SAMPLE_RATE).with_width(1);
        let (mut session, executor) =
            Session::new(options, Box::new(NoAssets)).expect("the options are good");
        session.play().expect("there is room for it");
        session.update(&patch);
        let sound = vec![Vec::new(); spec.outputs.len().min(SINK_INPUTS.len())];
        Self { patch, session, executor, sound }
    }

    fn take(&mut self, step: &ClickStep) {
        match step {
            ClickStep::Knob(input, value) => {
                self.session.set_knob(NODE, input, *value).expect("the knob exists");
            }
            ClickStep::Edit(edit) => {
                self.patch.apply(edit.clone()).expect("the edit is valid");
                self.session.update(&self.patch);
            }
        }
    }

    fn play(&mut self, frames: usize) {
        const CHANNELS: usize = SINK_INPUTS.len();
        let mut left = frames;
        while left > 0 {
            let length = left.min(256);
            let mut block = vec![0.0; length * CHANNELS];
            self.executor.process(&[], 0, &mut block, CHANNELS);
            self.session.poll();
            for (channel, sound) in self.sound.iter_mut().enumerate() {
                sound.extend(block.iter().skip(channel).step_by(CHANNELS));
            }
            left -= length;
        }
    }
}
