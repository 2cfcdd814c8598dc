//! A patch without boxes that sounds the same: what they hold stands in their place, under its path.
//!
//! What is flat borrows the nodes from where they are: an edit of a large patch is heard soon only if little
//! is copied.

use super::definition::{Definition, definition_id};
use super::junction::{JunctionEnd, Junctions};
use super::port::{self, PortRole};
use crate::{Cable, CableOptions, EditError, Extra, Node, NodeBody, NodeIndex, Patch};
use jackfield_node::{Gathering, SettingKind, SettingValue, Settings, VoiceSource};
use petgraph::visit::NodeIndexable;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A patch without boxes, for those who play it.
#[derive(Clone, Debug, Default)]
pub struct Flat<'p> {
    /// All nodes, in the [order](order_key) of their paths.
    pub nodes: Vec<FlatNode<'p>>,
    /// All cables, in no particular order.
    pub cables: Vec<FlatCable>,
    /// What each promoted knob turns.
    pub promoted: Vec<PromotedKnob>,
}

/// A node that is no box.
#[derive(Clone, Debug)]
pub struct FlatNode<'p> {
    /// Its path, like `voice/filter`; outside boxes its id.
    pub path: Arc<str>,
    /// The node as its level has it; what follows is not said there.
    pub node: &'p Node,
    /// What its random choices start from, the patch's seed included.
    pub seed: u32,
    /// Whether it is silent, by itself or by a box around it.
    pub muted: bool,
    /// The shown value of each input's knob, with what promoted knobs turn; empty for an unknown node.
    pub knobs: Cow<'p, [f32]>,
    /// Its settings, with the number of voices of a box around it; nothing for an unknown node.
    pub settings: Option<Cow<'p, Settings>>,
    /// How many voices it may play, if a box around it says so.
    pub voices: Option<VoiceLimit>,
}

/// A cable between two nodes that are no boxes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlatCable {
    /// Where it starts.
    pub from: FlatPort,
    /// Where it ends.
    pub to: FlatPort,
    /// What the signal is multiplied by.
    pub depth: f32,
    /// Of the cables of a loop this one carries the delay of one sample.
    pub delayed: bool,
    /// Exempt from latency compensation.
    pub uncompensated: bool,
}

/// A port of a node by positions in the list of nodes and in its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FlatPort {
    /// The node.
    pub node: usize,
    /// The input or output.
    pub port: usize,
}

/// How many voices a node plays that lies in a box with a number of voices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VoiceLimit {
    /// At least so many, whatever comes in: the number of the box for nodes that nothing inside it feeds.
    pub least: usize,
    /// At most so many.
    pub most: usize,
}

/// A knob of a box and one of the knobs it turns.
#[derive(Clone, Debug, PartialEq)]
pub struct PromotedKnob {
    /// The path of the box.
    pub path: Arc<str>,
    /// The name of the box's knob.
    pub knob: &'static str,
    /// The path of the node that has the knob.
    pub node: Arc<str>,
    /// The name of that knob.
    pub input: &'static str,
}

/// What paths are ordered by: first the name of the node itself, then where it lies. So nodes keep their
/// order, and with it the order in which signals are added up, when they are put into a box.
pub fn order_key(path: &str) -> (&str, &str) {
    path.rsplit_once('/').map_or((path, ""), |(place, id)| (id, place))
}

impl Patch {
    /// What the patch is without boxes. Takes time in proportion to the patch unfolded. Any thread but the
    /// audio thread.
    ///
    /// # Errors
    ///
    /// [`EditError::TooMany`] when cables into and out of ports stand for more cables than a patch may have.
    /// What was [read](crate::read) or [applied](Self::apply) keeps to all other limits.
    pub fn flatten(&self) -> Result<Flat<'_>, EditError> {
        let mut flattening = Flattening {
            root: self,
            flat: Flat { nodes: Vec::with_capacity(self.node_count()), ..Flat::default() },
            junctions: Junctions::new(),
            limited: Vec::new(),
            boxes: 0,
            has_boxes: false,
        };
        flattening.enter(self, &Surroundings::default());
        flattening.finish()
    }

    /// The same as a patch, or the patch as it is where [`flatten`](Self::flatten) would refuse it. Costs
    /// nothing if it has no boxes.
    pub fn without_boxes(&self) -> Cow<'_, Self> {
        let has_box = self.nodes().any(|(_, node)| self.definition_of(node).is_some());
        let Some(flat) = has_box.then(|| self.flatten().ok()).flatten() else { return Cow::Borrowed(self) };
        let (meta, seed, tempo) = (self.meta.clone(), self.seed, self.tempo);
        let mut patch = Self { meta, seed, tempo, ..Self::default() };
        let mut places = Vec::with_capacity(flat.nodes.len());
        for flat in flat.nodes {
            let mut node = Node { id: flat.path, muted: flat.muted, ..flat.node.clone() };
            node.seed = Some(flat.seed ^ seed);
            if let NodeBody::Known { knobs, settings, .. } = &mut node.body {
                *knobs = flat.knobs.into_owned();
                if let Some(values) = flat.settings {
                    *settings = values.into_owned();
                }
            }
            places.push(patch.insert_node(node));
        }
        for FlatCable { from, to, depth, delayed, uncompensated } in flat.cables {
            let (hue, extra) = (None, Extra::default());
            let (output, input) = (from.port, to.port);
            let cable = Cable { output, input, depth, delayed, uncompensated, hue, extra };
            patch.graph.add_edge(places[from.node], places[to.node], cable);
        }
        Cow::Owned(patch)
    }
}

struct Flattening<'p> {
    root: &'p Patch,
    flat: Flat<'p>,
    junctions: Junctions<FlatPort>,
    /// Nodes in boxes with a number of voices: the number, and which box.
    limited: Vec<(usize, InBox)>,
    /// Boxes with a number of voices so far.
    boxes: usize,
    has_boxes: bool,
}

#[derive(Clone, Copy, PartialEq)]
struct InBox {
    voices: u32,
    number: usize,
}

/// What a level is told from outside.
#[derive(Default)]
struct Surroundings {
    path: Option<Arc<str>>,
    /// Joined with the seeds inside.
    seed: u32,
    voices: Option<InBox>,
    /// Nothing that is heard by itself is heard.
    mutes_sinks: bool,
    /// Nothing goes out.
    mutes_outputs: bool,
    /// The junction of each port; few enough to look through.
    ports: Vec<(NodeIndex, usize)>,
    /// Knobs that are turned from outside; few enough too.
    turned: Vec<Turned>,
}

/// A knob inside that a promoted knob turns.
struct Turned {
    knob: (NodeIndex, usize),
    value: f32,
    /// The boxes and their knobs, from the outermost to the innermost.
    by: Vec<(Arc<str>, &'static str)>,
}

impl Surroundings {
    /// What turns a knob inside.
    fn turns(&self, index: NodeIndex, input: usize) -> Option<&Turned> {
        // The last of several decides.
        self.turned.iter().rev().find(|turned| turned.knob == (index, input))
    }

    /// The path of a node inside.
    fn path_of(&self, id: &Arc<str>) -> Arc<str> {
        let Some(path) = &self.path else { return id.clone() };
        let mut whole = String::with_capacity(path.len() + 1 + id.len());
        whole.push_str(path);
        whole.push('/');
        whole.push_str(id);
        whole.into()
    }
}

/// What became of a node of a level.
#[derive(Clone, Copy)]
enum FlatPlace {
    None,
    Node(usize),
    Box { inputs: usize, outputs: usize },
    Junction(usize),
}

impl<'p> Flattening<'p> {
    fn enter(&mut self, level: &'p Patch, around: &Surroundings) {
        let mut places: Vec<FlatPlace> = vec![FlatPlace::None; level.graph.node_bound()];
        for (index, node) in level.nodes() {
            let definition = node.spec().and_then(definition_id).and_then(|id| self.root.definitions.get(id));
            places[index.index()] = if let Some(definition) = definition {
                self.enter_box(level, index, node, definition, around)
            } else if port::role(node).is_some() {
                let known = around.ports.iter().find(|(port, _)| *port == index).map(|port| port.1);
                FlatPlace::Junction(known.unwrap_or_else(|| self.junctions.add(1)))
            } else {
                FlatPlace::Node(self.add(level, index, node, around))
            };
        }
        for (_, from, to, cable) in level.cables() {
            let start = match places[from.node.index()] {
                FlatPlace::Node(node) => JunctionEnd::Port(FlatPort { node, port: from.port }),
                FlatPlace::Box { outputs, .. } => JunctionEnd::Junction(outputs + from.port),
                FlatPlace::Junction(junction) => JunctionEnd::Junction(junction),
                FlatPlace::None => continue,
            };
            let end = match places[to.node.index()] {
                FlatPlace::Node(node) => JunctionEnd::Port(FlatPort { node, port: to.port }),
                FlatPlace::Box { inputs, .. } => JunctionEnd::Junction(inputs + to.port),
                FlatPlace::Junction(junction) => JunctionEnd::Junction(junction),
                FlatPlace::None => continue,
            };
            let Cable { depth, delayed, uncompensated, .. } = *cable;
            if let (JunctionEnd::Port(from), JunctionEnd::Port(to)) = (&start, &end) {
                let (from, to) = (*from, *to);
                self.flat.cables.push(FlatCable { from, to, depth, delayed, uncompensated });
                continue;
            }
            let options = CableOptions { depth, delayed, uncompensated, ..CableOptions::default() };
            self.junctions.cable(start, end, options);
        }
    }

    /// Adds a node that is no box.
    fn add(&mut self, level: &Patch, index: NodeIndex, node: &'p Node, around: &Surroundings) -> usize {
        let place = self.flat.nodes.len();
        let path = around.path_of(&node.id);
        let seed = match &around.path {
            None => level.node_seed(node),
            // What goes by no chance is the same everywhere.
            Some(_) if node.spec().is_some_and(|spec| !spec.is_random) => self.root.node_seed(node),
            Some(_) => level.node_seed(node) ^ level.seed ^ around.seed ^ self.root.seed,
        };
        let mut muted = node.muted || around.mutes_outputs && leads_out(level, index);
        let (mut flat_knobs, mut flat_settings): (Cow<'_, [f32]>, _) = (Cow::Borrowed(&[]), None);
        if let NodeBody::Known { spec, knobs, settings } = &node.body {
            muted |= around.mutes_sinks && spec.is_sink;
            flat_knobs = Cow::Borrowed(knobs);
            if around.turned.iter().any(|turned| turned.knob.0 == index) {
                for input in spec.inputs {
                    let Some(turned) = around.turns(index, input.index) else { continue };
                    if let Some(knob) = input.knob {
                        flat_knobs.to_mut()[input.index] = knob.clamp(turned.value);
                    }
                    let (node, input) = (&path, input.name);
                    let promoted = |(path, knob): &(Arc<str>, &'static str)| PromotedKnob {
                        path: path.clone(),
                        knob,
                        node: node.clone(),
                        input,
                    };
                    self.flat.promoted.extend(turned.by.iter().map(promoted));
                }
            }
            let mut values = Cow::Borrowed(settings);
            if let (VoiceSource::Setting(setting), Some(limit)) = (spec.voices, around.voices) {
                let setting = &spec.settings[setting];
                if let SettingKind::Count(min, max, _) = setting.kind {
                    // The count lies in the setting's range.
                    let _ = values.to_mut().set(setting, SettingValue::Count(limit.voices.clamp(min, max)));
                }
            }
            flat_settings = Some(values);
        }
        self.limited.extend(around.voices.map(|limit| (place, limit)));
        let (knobs, settings) = (flat_knobs, flat_settings);
        self.flat.nodes.push(FlatNode { path, node, seed, muted, knobs, settings, voices: None });
        place
    }

    fn enter_box(
        &mut self,
        level: &Patch,
        index: NodeIndex,
        node: &Node,
        definition: &'p Definition,
        around: &Surroundings,
    ) -> FlatPlace {
        self.has_boxes = true;
        let spec = definition.spec();
        let inputs = self.junctions.add(spec.inputs.len() + spec.outputs.len());
        let outputs = inputs + spec.inputs.len();
        let path = around.path_of(&node.id);
        let mut inner = Surroundings {
            seed: around.seed ^ if spec.is_random { level.own_seed(node).unwrap_or(0) } else { 0 },
            voices: self.voices(node).or(around.voices),
            mutes_sinks: node.muted || around.mutes_sinks,
            mutes_outputs: node.muted || around.mutes_outputs && leads_out(level, index),
            ports: Vec::with_capacity(definition.ports().len()),
            turned: Vec::new(),
            path: Some(path.clone()),
        };
        let (mut next_input, mut next_output) = (inputs, outputs);
        for port in definition.ports() {
            let next = if port.role == PortRole::Output { &mut next_output } else { &mut next_input };
            inner.ports.push((port.node, *next));
            if port.role == PortRole::Knob
                && let Some((value, by)) = knob(node, index, *next - inputs, around, &path)
            {
                for (_, _, to, _) in definition.inside.cables_out_of(port.node) {
                    let knob = (to.node, to.port);
                    inner.turned.push(Turned { knob, value, by: by.clone() });
                }
            }
            *next += 1;
        }
        self.enter(&definition.inside, &inner);
        FlatPlace::Box { inputs, outputs }
    }

    /// The number of voices that a box asks for, if it does.
    fn voices(&mut self, node: &Node) -> Option<InBox> {
        let NodeBody::Known { settings, .. } = &node.body else { return None };
        let Some(SettingValue::Count(voices @ 1..)) = settings.values().first() else { return None };
        self.boxes += 1;
        Some(InBox { voices: *voices, number: self.boxes })
    }

    fn finish(mut self) -> Result<Flat<'p>, EditError> {
        if self.has_boxes {
            self.join()?;
            self.limit_voices();
            self.sort();
        }
        Ok(self.flat)
    }

    /// Adds the cables that ports stand for.
    fn join(&mut self) -> Result<(), EditError> {
        let joined = std::mem::replace(&mut self.junctions, Junctions::new()).resolve()?;
        let cables = &mut self.flat.cables;
        cables.extend(joined.into_iter().map(|((from, to), options)| {
            let CableOptions { depth, delayed, uncompensated, .. } = options;
            FlatCable { from, to, depth, delayed, uncompensated }
        }));
        // Two that join the same ports are one, which is as deep as both. Stable, for one order of adding.
        let ends = |cable: &FlatCable| (cable.to, cable.from);
        cables.sort_by_key(ends);
        cables.dedup_by(|cable, there| {
            let is_same = ends(cable) == ends(there);
            if is_same {
                there.depth = super::junction::limited(there.depth + cable.depth);
                there.delayed |= cable.delayed;
                there.uncompensated &= cable.uncompensated;
            }
            is_same
        });
        Ok(())
    }

    /// Of the nodes in a box with a number of voices, those that nothing inside it feeds play as many.
    fn limit_voices(&mut self) {
        if self.limited.is_empty() {
            return;
        }
        let limited: BTreeMap<usize, InBox> = self.limited.iter().copied().collect();
        let mut fed = vec![false; self.flat.nodes.len()];
        for FlatCable { from, to, .. } in &self.flat.cables {
            let number = |node: usize| limited.get(&node).map(|limit| limit.number);
            let spec = self.flat.nodes[to.node].node.spec();
            let is_each = spec.is_some_and(|spec| spec.inputs[to.port].gathering == Gathering::Each);
            fed[to.node] |= !is_each || number(from.node) == number(to.node);
        }
        for (place, limit) in limited {
            let node = &mut self.flat.nodes[place];
            let most = limit.voices as usize;
            // What is heard by itself adds up all voices.
            let is_fed = fed[place] || node.node.spec().is_none_or(|spec| spec.is_sink);
            node.voices = Some(VoiceLimit { least: if is_fed { 1 } else { most }, most });
        }
    }

    /// Puts the nodes in order.
    fn sort(&mut self) {
        let nodes = std::mem::take(&mut self.flat.nodes);
        let keys: Vec<_> = nodes.iter().map(|node| order_key(&node.path)).collect();
        let mut order: Vec<usize> = (0..nodes.len()).collect();
        order.sort_unstable_by(|&one, &other| keys[one].cmp(&keys[other]));
        let mut places = vec![0; nodes.len()];
        for (place, &node) in order.iter().enumerate() {
            places[node] = place;
        }
        let mut nodes: Vec<Option<FlatNode<'p>>> = nodes.into_iter().map(Some).collect();
        self.flat.nodes = order.into_iter().filter_map(|node| nodes[node].take()).collect();
        for cable in &mut self.flat.cables {
            (cable.from.node, cable.to.node) = (places[cable.from.node], places[cable.to.node]);
        }
    }
}

/// The value of a box's knob, and which knobs turn what it turns: those that turn it, and itself.
fn knob(
    node: &Node,
    index: NodeIndex,
    input: usize,
    around: &Surroundings,
    path: &Arc<str>,
) -> Option<(f32, Vec<(Arc<str>, &'static str)>)> {
    let NodeBody::Known { spec, knobs, .. } = &node.body else { return None };
    let own = (path.clone(), spec.inputs.get(input)?.name);
    let knob = spec.inputs.get(input)?.knob?;
    Some(match around.turns(index, input) {
        Some(turned) => (knob.clamp(turned.value), turned.by.iter().cloned().chain([own]).collect()),
        None => (*knobs.get(input)?, vec![own]),
    })
}

/// Whether a cable of the node ends in an output of the box it lies in.
fn leads_out(level: &Patch, index: NodeIndex) -> bool {
    let is_output =
        |node: NodeIndex| level.node(node).and_then(port::role).is_some_and(|role| role == PortRole::Output);
    level.cables_out_of(index).any(|(_, _, to, _)| is_output(to.node))
}

/// Whether the node is a box.
pub(super) fn is_box(node: &Node) -> bool {
    node.spec().and_then(definition_id).is_some()
}
