//! Random patches for proptest: everything is chosen by small numbers, so that a failure shrinks to
//! few nodes, few cables and plain values.

use super::blocks::SINK;
use super::sketch::text;
use jackfield_node::{Knob, NodeSpec, SettingKind, SettingValue};
use jackfield_patch::{CableEnds, CableOptions, Edit, Node, Patch};
use proptest::collection::vec;
use proptest::prelude::*;
use std::fmt;

/// Node types to choose from.
pub type Palette = &'static [&'static NodeSpec];

/// How a random patch is made. Shown as the file it becomes.
#[derive(Clone)]
pub struct Recipe {
    palette: Palette,
    seed: u32,
    nodes: Vec<NodeRecipe>,
    cables: Vec<CableRecipe>,
    /// Numbers that choose nodes to hear.
    heard: Vec<(u16, u16)>,
    /// How many nodes of one type feed one input besides.
    crowd: usize,
}

#[derive(Clone, Debug)]
struct NodeRecipe {
    kind: u16,
    /// Decides where the node stands in the order of ids.
    letter: u8,
    knobs: Vec<f32>,
    settings: Vec<u16>,
    is_muted: bool,
}

#[derive(Clone, Debug)]
struct CableRecipe {
    from: u16,
    output: u16,
    to: u16,
    input: u16,
    depth: f32,
    /// Runs from a later node to an earlier one, which may close a loop.
    is_backward: bool,
    is_delayed: bool,
    is_uncompensated: bool,
}

impl fmt::Debug for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text(&self.patch()))
    }
}

/// Recipes with 1 to `nodes` nodes besides the way out.
pub fn recipes(palette: Palette, nodes: usize) -> impl Strategy<Value = Recipe> {
    let crowd = prop_oneof![9 => Just(0_usize), 1 => 2..40_usize];
    let parts = (
        0..4_u32,
        vec(node(), 1..=nodes),
        vec(cable(), 0..=nodes * 2),
        vec((any::<u16>(), any::<u16>()), 1..4),
        crowd,
    );
    parts.prop_map(move |(seed, nodes, cables, heard, crowd)| Recipe {
        palette,
        seed,
        nodes,
        cables,
        heard,
        crowd,
    })
}

fn node() -> impl Strategy<Value = NodeRecipe> {
    let knob = prop_oneof![2 => Just(0.5_f32), 1 => Just(0.0_f32), 1 => Just(1.0_f32), 4 => 0.0..1.0_f32];
    (any::<u16>(), 0..26_u8, vec(knob, 0..6), vec(any::<u16>(), 0..3), prop::bool::weighted(0.03)).prop_map(
        |(kind, letter, knobs, settings, is_muted)| NodeRecipe { kind, letter, knobs, settings, is_muted },
    )
}

fn cable() -> impl Strategy<Value = CableRecipe> {
    let depth = prop_oneof![
        6 => Just(1.0_f32),
        1 => Just(0.0_f32),
        1 => Just(-1.0_f32),
        5 => -1.0..1.0_f32,
        1 => -4.0..4.0_f32,
    ];
    let flags = (prop::bool::weighted(0.15), prop::bool::weighted(0.1), prop::bool::weighted(0.1));
    (any::<[u16; 4]>(), depth, flags).prop_map(
        |([from, output, to, input], depth, (is_backward, is_delayed, is_uncompensated))| CableRecipe {
            from,
            output,
            to,
            input,
            depth,
            is_backward,
            is_delayed,
            is_uncompensated,
        },
    )
}

impl Recipe {
    /// The patch.
    pub fn patch(&self) -> Patch {
        let mut patch = Patch::new();
        patch.seed = self.seed;
        let specs = self.specs();
        let ids: Vec<String> = (self.nodes.iter().enumerate())
            .map(|(i, node)| format!("{}{i}", char::from(b'a' + node.letter)))
            .collect();
        for ((recipe, spec), id) in self.nodes.iter().zip(&specs).zip(&ids) {
            add_node(&mut patch, recipe, spec, id);
        }
        for recipe in &self.cables {
            add_cable(&mut patch, recipe, &specs, &ids);
        }
        self.add_crowd(&mut patch, &specs, &ids);
        apply(&mut patch, Edit::AddNode(Box::new(Node::new("out", &SINK))));
        // The node made last is likely to have something behind it.
        let last = (ids.len() - 1) as u16;
        for (i, &(node, output)) in std::iter::once(&(last, 0)).chain(&self.heard).enumerate() {
            let node = usize::from(node) % ids.len();
            if let Some(output) = chosen(specs[node].outputs, output) {
                let input = if i % 2 == 0 { "left" } else { "right" };
                connect(&mut patch, CableEnds::new(&*ids[node], output.name, "out", input), 1.0);
            }
        }
        patch
    }

    /// The type of each node. One way out besides the usual one is enough: in what order three or more add
    /// up is the engine's choice.
    fn specs(&self) -> Vec<&'static NodeSpec> {
        let mut has_sink = false;
        let mut take = |recipe: &NodeRecipe| {
            let spec = choose(self.palette, recipe.kind);
            if spec.is_sink && std::mem::replace(&mut has_sink, true) { self.palette[0] } else { spec }
        };
        self.nodes.iter().map(&mut take).collect()
    }

    /// Outputs that can be probed, chosen by a number: node and output position.
    pub fn probe(patch: &Patch, choice: u16) -> Option<(String, usize)> {
        let playing: Vec<&Node> = patch.nodes().map(|(_, node)| node).filter(|node| !node.muted).collect();
        let node = playing[usize::from(choice) % playing.len()];
        let outputs = node.spec()?.outputs;
        Some((node.id.to_string(), chosen(outputs, choice)?.index))
    }

    /// Many nodes of the first type into one input of the last node.
    fn add_crowd(&self, patch: &mut Patch, specs: &[&'static NodeSpec], ids: &[String]) {
        let (Some(output), Some(input)) = (specs[0].outputs.first(), specs[specs.len() - 1].inputs.first())
        else {
            return;
        };
        let crowd = if specs[0].is_sink { 0 } else { self.crowd };
        for i in 0..crowd {
            let id = format!("crowd{i}");
            add_node(patch, &self.nodes[0], specs[0], &id);
            let depth = if self.seed == 0 { 1.0 } else { i as f32 / 16.0 };
            connect(patch, CableEnds::new(id, output.name, &*ids[ids.len() - 1], input.name), depth);
        }
    }
}

fn add_cable(patch: &mut Patch, recipe: &CableRecipe, specs: &[&'static NodeSpec], ids: &[String]) {
    let count = ids.len();
    let (a, b) = (usize::from(recipe.from) % count, usize::from(recipe.to) % count);
    let (early, late) = (a.min(b), a.max(b));
    let (from, to) = if recipe.is_backward { (late, early) } else { (early, late) };
    if from == to && !recipe.is_backward {
        return;
    }
    let (Some(output), Some(input)) =
        (chosen(specs[from].outputs, recipe.output), chosen(specs[to].inputs, recipe.input))
    else {
        return;
    };
    let ends = CableEnds::new(&*ids[from], output.name, &*ids[to], input.name);
    connect(patch, ends.clone(), recipe.depth);
    if recipe.is_delayed {
        apply(patch, Edit::SetDelayed { ends: ends.clone(), delayed: true });
    }
    if recipe.is_uncompensated {
        apply(patch, Edit::SetUncompensated { ends, uncompensated: true });
    }
}

fn add_node(patch: &mut Patch, recipe: &NodeRecipe, spec: &'static NodeSpec, id: &str) {
    apply(patch, Edit::AddNode(Box::new(Node::new(id, spec))));
    for (input, &turn) in spec.inputs.iter().zip(&recipe.knobs) {
        if let Some(knob) = input.knob {
            let value = shown(&knob, turn);
            apply(patch, Edit::SetKnob { id: id.into(), input: input.name.into(), value });
        }
    }
    for (setting, &choice) in spec.settings.iter().zip(&recipe.settings) {
        if let Some(value) = random_value(&setting.kind, choice) {
            apply(patch, Edit::SetSetting { id: id.into(), setting: setting.name.into(), value });
        }
    }
    if recipe.is_muted {
        apply(patch, Edit::SetMuted { id: id.into(), muted: true });
    }
}

/// A knob's value for a turn from 0 to 1; the default in the middle.
fn shown(knob: &Knob, turn: f32) -> f32 {
    if turn == 0.5 {
        return knob.default;
    }
    let (low, high) = (knob.to_signal(knob.min), knob.to_signal(knob.max));
    knob.to_shown(low + (high - low) * turn)
}

/// A value of a setting; none where only files and texts fit.
pub fn random_value(kind: &SettingKind, choice: u16) -> Option<SettingValue> {
    let choice = usize::from(choice);
    Some(match *kind {
        SettingKind::Choice(names, _) => SettingValue::Choice(choice % names.len()),
        SettingKind::Count(min, max, _) => SettingValue::Count(min + choice as u32 % (max - min + 1)),
        SettingKind::Toggle(_) => SettingValue::Toggle(choice % 2 == 1),
        SettingKind::Steps(min, max, _) => {
            SettingValue::Steps((0..=choice % 5).map(|i| min + (max - min) * i as f32 / 5.0).collect())
        }
        SettingKind::File(_) | SettingKind::Text(_) => return None,
    })
}

fn choose(palette: Palette, number: u16) -> &'static NodeSpec {
    palette[usize::from(number) % palette.len()]
}

fn chosen<T>(list: &'static [T], number: u16) -> Option<&'static T> {
    (!list.is_empty()).then(|| &list[usize::from(number) % list.len()])
}

/// Whether the two ends have no cable yet.
pub fn connectable(patch: &Patch, ends: &CableEnds) -> bool {
    patch.find_cable(ends).is_none()
}

/// Adds a cable unless the two ends have one.
fn connect(patch: &mut Patch, ends: CableEnds, depth: f32) {
    if connectable(patch, &ends) {
        apply(patch, Edit::Connect { ends, options: CableOptions { depth, ..Default::default() } });
    }
}

fn apply(patch: &mut Patch, edit: Edit) {
    patch.apply(edit).unwrap_or_else(|error| panic!("{error}"));
}
