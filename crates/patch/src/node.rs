//! A node of the patch: its name, its place, and what it is.

use crate::hint::Hint;
use crate::id::is_name;
use crate::{Extra, Hue, limits, part_hint};
use jackfield_node::{NodeSpec, SettingValue, Settings};
use std::sync::Arc;

/// A node of the patch.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The name a person gave it; unique in the patch.
    pub id: Arc<str>,
    /// Where it stands on the canvas.
    pub at: [f32; 2],
    /// A muted node is silent and costs nothing.
    pub muted: bool,
    /// Its colour; that of its category without one.
    pub hue: Option<Hue>,
    /// What its random choices start from, together with the patch's seed; without one its id decides, as in
    /// files from before nodes had seeds. See [`Patch::node_seed`](crate::Patch::node_seed).
    pub seed: Option<u32>,
    /// What it is.
    pub body: NodeBody,
    /// Keys of its entry in the file that this program does not know. Empty for an unknown node, which
    /// keeps its whole entry.
    pub extra: Extra,
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum NodeBody {
    /// A node whose type this program knows.
    Known {
        /// The type.
        spec: &'static NodeSpec,
        /// Shown value of each input's knob, in the spec's order; 0 for inputs without one.
        knobs: Vec<f32>,
        /// One value for each of the type's settings.
        settings: Settings,
    },
    /// A node whose type this program lacks: silent, and kept as it came.
    Unknown(UnknownNode),
}

impl PartialEq for NodeBody {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Known { spec: a, knobs, settings }, Self::Known { spec: b, knobs: k, settings: s }) => {
                a.id == b.id && knobs == k && settings == s
            }
            (Self::Unknown(a), Self::Unknown(b)) => a == b,
            _ => false,
        }
    }
}

/// A node of an unknown type. Two are equal when their entries are: the port names follow from the
/// cables, and a name stays when its last cable goes.
#[derive(Clone, Debug)]
pub struct UnknownNode {
    /// The entry as it stood in the file, less `at`, `muted`, `hue` and `seed`, which live in [`Node`].
    pub entry: serde_json::Value,
    /// Names of the inputs that cables end in.
    pub inputs: Vec<String>,
    /// Names of the outputs that cables start from.
    pub outputs: Vec<String>,
}

impl PartialEq for UnknownNode {
    fn eq(&self, other: &Self) -> bool {
        self.entry == other.entry
    }
}

impl UnknownNode {
    /// The name of its type, as the file says.
    pub fn type_id(&self) -> &str {
        self.entry.get("type").and_then(serde_json::Value::as_str).unwrap_or_default()
    }
}

impl Node {
    /// A new node of a known type with its default values.
    pub fn new(id: impl Into<Arc<str>>, spec: &'static NodeSpec) -> Self {
        let knobs = spec.inputs.iter().map(|input| input.knob.map_or(0.0, |knob| knob.default)).collect();
        let settings = Settings::defaults(spec.settings);
        let body = NodeBody::Known { spec, knobs, settings };
        Self {
            id: id.into(),
            at: [0.0; 2],
            muted: false,
            hue: None,
            seed: None,
            body,
            extra: Extra::default(),
        }
    }

    /// The node's type, if this program knows it.
    pub fn spec(&self) -> Option<&'static NodeSpec> {
        match self.body {
            NodeBody::Known { spec, .. } => Some(spec),
            NodeBody::Unknown(_) => None,
        }
    }

    /// The name of its type, known or not.
    pub fn type_id(&self) -> &str {
        match &self.body {
            NodeBody::Known { spec, .. } => spec.id,
            NodeBody::Unknown(unknown) => unknown.type_id(),
        }
    }

    /// The value of the `Count` setting at this position.
    pub(crate) fn count(&self, setting: usize) -> Option<u32> {
        let NodeBody::Known { settings, .. } = &self.body else { return None };
        match settings.values().get(setting)? {
            SettingValue::Count(count) => Some(*count),
            _ => None,
        }
    }

    /// The names of its inputs; of an unknown node, of those that cables end in.
    pub fn input_names(&self) -> impl Iterator<Item = &str> {
        self.port_names(Side::Input)
    }

    /// The names of its outputs; of an unknown node, of those that cables start from.
    pub fn output_names(&self) -> impl Iterator<Item = &str> {
        self.port_names(Side::Output)
    }

    pub(crate) fn port_names(&self, side: Side) -> impl Iterator<Item = &str> {
        let count = match (&self.body, side) {
            (NodeBody::Known { spec, .. }, Side::Input) => spec.inputs.len(),
            (NodeBody::Known { spec, .. }, Side::Output) => spec.outputs.len(),
            (NodeBody::Unknown(unknown), Side::Input) => unknown.inputs.len(),
            (NodeBody::Unknown(unknown), Side::Output) => unknown.outputs.len(),
        };
        (0..count).filter_map(move |position| self.port_name(side, position))
    }

    /// The name of the port at a position.
    pub(crate) fn port_name(&self, side: Side, position: usize) -> Option<&str> {
        match (&self.body, side) {
            (NodeBody::Known { spec, .. }, Side::Input) => spec.inputs.get(position).map(|input| input.name),
            (NodeBody::Known { spec, .. }, Side::Output) => {
                spec.outputs.get(position).map(|output| output.name)
            }
            (NodeBody::Unknown(unknown), Side::Input) => unknown.inputs.get(position).map(String::as_str),
            (NodeBody::Unknown(unknown), Side::Output) => unknown.outputs.get(position).map(String::as_str),
        }
    }

    /// The position of the port with this name.
    pub(crate) fn find_port(&self, side: Side, name: &str) -> Option<usize> {
        self.port_names(side).position(|known| known == name)
    }

    /// The position of the port that a new cable may use. An unknown node may have any port, so a new
    /// name gets the next position; [`keep_port`](Self::keep_port) then adds it.
    pub(crate) fn port_for_cable(&self, side: Side, name: &str) -> Result<usize, PortProblem> {
        if let Some(position) = self.find_port(side, name) {
            return Ok(position);
        }
        match &self.body {
            NodeBody::Known { .. } => Err(PortProblem::NoSuchPort(part_hint::for_port(self, side, name))),
            NodeBody::Unknown(_) if !is_name(name) => Err(PortProblem::BadName),
            NodeBody::Unknown(_) => match self.port_names(side).count() {
                limits::PORTS.. => Err(PortProblem::TooMany),
                next => Ok(next),
            },
        }
    }

    /// Adds the port of an unknown node that [`port_for_cable`](Self::port_for_cable) made room for.
    pub(crate) fn keep_port(&mut self, side: Side, position: usize, name: &str) {
        if let NodeBody::Unknown(unknown) = &mut self.body {
            let names = match side {
                Side::Output => &mut unknown.outputs,
                Side::Input => &mut unknown.inputs,
            };
            if position == names.len() {
                names.push(name.to_owned());
            }
        }
    }
}

/// Which of a node's two lists of ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Where cables start.
    Output,
    /// Where cables end.
    Input,
}

impl Side {
    /// The word for it in messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Output => "output",
            Self::Input => "input",
        }
    }
}

/// Why a cable can't use a port.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PortProblem {
    /// The type has no such port.
    NoSuchPort(Hint),
    /// The type is unknown, but no type has a port of that name.
    BadName,
    /// The type is unknown, but no type has that many ports.
    TooMany,
}
