//! Ports of a box: nodes inside it through which signals and values come in and go out.

use crate::node::NodeBody;
use crate::{Node, NodeIndex, Patch};
use jackfield_node::prelude::*;
use jackfield_node::{KnobLaw, PortKind, SettingValue, Unit};
use std::sync::Arc;

/// Computes nothing: ports are gone before anything is computed.
struct Passage;

impl LaneNode for Passage {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, _: &mut Io<'_, V>) {}
}

const NAME: Setting =
    Setting::text(0, "name", "", "What it is called outside; without a name it shows its id.");
const ORDER: Setting =
    Setting::count(1, "order", 0, 9_999, 0, "Where it stands outside: ports of less come first.");
const KIND: Setting =
    Setting::choice(2, "kind", &["audio", "pitch", "gate", "control"], 0, "What the signal means.");
const UNIT: Setting = Setting::choice(
    2,
    "unit",
    &[
        "hertz",
        "seconds",
        "ratio",
        "decibels",
        "beats_per_minute",
        "linear_seconds",
        "octaves",
        "cents",
        "percent",
        "number",
    ],
    9,
    "What the numbers are measured in.",
);
const RANGE: Setting = Setting::steps(
    3,
    "range",
    -1e9,
    1e9,
    &[0.0, 1.0, 0.0],
    "Smallest value, largest value, and that of a new box.",
);

/// The kinds and units in the order of the settings' choices.
const KINDS: [PortKind; 4] = [PortKind::Audio, PortKind::Pitch, PortKind::Gate, PortKind::Control];
const UNITS: [Unit; 10] = [
    Unit::Hertz,
    Unit::Seconds,
    Unit::Ratio,
    Unit::Decibels,
    Unit::BeatsPerMinute,
    Unit::LinearSeconds,
    Unit::Octaves,
    Unit::Cents,
    Unit::Percent,
    Unit::Number,
];

static INPUT: NodeSpec = NodeSpec::lanes::<Passage>("port.input", "Input", Category::Mixing)
    .summary("Where a signal comes into the box.")
    .help("Cables that end in this port outside go on from here.")
    .outputs(&[Output::audio(0, "out", "What comes in from outside.")])
    .settings(&[NAME, ORDER, KIND]);

static OUTPUT: NodeSpec = NodeSpec::lanes::<Passage>("port.output", "Output", Category::Mixing)
    .summary("Where a signal leaves the box.")
    .help("What ends here goes on along the cables outside.")
    .inputs(&[Input::audio(0, "in", "What goes out.")])
    .settings(&[NAME, ORDER, KIND]);

static KNOB: NodeSpec = NodeSpec::lanes::<Passage>("port.knob", "Promoted knob", Category::Mixing)
    .summary("A knob of the box: it turns the knobs inside that its cables lead to.")
    .help("What those knobs show themselves no longer counts. A cable to it outside moves all of them.")
    .outputs(&[Output::control(0, "out", "To the knobs that it turns.")])
    .settings(&[NAME, ORDER, UNIT, RANGE]);

/// What a port is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PortRole {
    /// Signals come in.
    Input,
    /// A value from outside turns knobs inside, and signals come in.
    Knob,
    /// Signals go out.
    Output,
}

/// A port of a box, as a node inside says it.
#[derive(Clone, Debug, PartialEq)]
pub struct Port {
    /// The node inside; the name of the port for cables and knobs outside. Never changes.
    pub id: Arc<str>,
    /// Its place inside.
    pub node: NodeIndex,
    /// What it is for.
    pub role: PortRole,
    /// What people call it.
    pub name: String,
    /// Ports of less come first.
    pub order: u32,
    /// What the signal means; of a promoted knob, that of its unit.
    pub kind: PortKind,
    /// Range, unit and default of a promoted knob.
    pub knob: Option<Knob>,
}

impl PortRole {
    /// The type of the nodes that are such ports.
    pub fn spec(self) -> &'static NodeSpec {
        match self {
            Self::Input => &INPUT,
            Self::Knob => &KNOB,
            Self::Output => &OUTPUT,
        }
    }
}

/// The type of ports with this id.
pub(crate) fn port_spec(type_id: &str) -> Option<&'static NodeSpec> {
    [&INPUT, &OUTPUT, &KNOB].into_iter().find(|spec| spec.id == type_id)
}

/// What the node is for, if it is a port.
pub(super) fn role(node: &Node) -> Option<PortRole> {
    let spec = node.spec()?;
    [PortRole::Input, PortRole::Knob, PortRole::Output]
        .into_iter()
        .find(|role| std::ptr::eq(role.spec(), spec))
}

/// Whether the node is a port of a box.
pub(crate) fn is_port(node: &Node) -> bool {
    role(node).is_some()
}

/// The ports inside, in the order they have outside: inputs, knobs, outputs.
pub(super) fn ports(inside: &Patch) -> Vec<Port> {
    let mut ports: Vec<Port> = inside.nodes().filter_map(|(index, node)| port(index, node)).collect();
    // Stable: ports of one order stay in that of their ids.
    ports.sort_by_key(|port| (port.role, port.order));
    ports
}

fn port(node: NodeIndex, content: &Node) -> Option<Port> {
    let role = role(content)?;
    let NodeBody::Known { settings, .. } = &content.body else { return None };
    let values = settings.values();
    let name = match values.first() {
        Some(SettingValue::Text(name)) if !name.is_empty() => name.clone(),
        _ => content.id.to_string(),
    };
    let order = match values.get(1) {
        Some(SettingValue::Count(order)) => *order,
        _ => 0,
    };
    let choice = match values.get(2) {
        Some(SettingValue::Choice(choice)) => *choice,
        _ => 0,
    };
    let knob = match values.get(3) {
        Some(SettingValue::Steps(range)) => Some(knob(UNITS.get(choice).copied()?, range)),
        _ => None,
    };
    let kind = match knob {
        Some(knob) if matches!(knob.unit, Unit::Hertz | Unit::Octaves) => PortKind::Pitch,
        Some(_) => PortKind::Control,
        None => KINDS.get(choice).copied()?,
    };
    Some(Port { id: content.id.clone(), node, role, name, order, kind, knob })
}

/// A knob of this range, as far as it is one: numbers of a file may stand in any order.
fn knob(unit: Unit, range: &[f32]) -> Knob {
    let number = |at: usize| range.get(at).copied().unwrap_or(0.0);
    let (mut min, mut max, default) = (number(0), number(1), number(2));
    let bare = Knob { unit, min, max, default };
    if bare.law() == KnobLaw::Exponential && unit != Unit::Decibels {
        min = min.max(1e-6);
    }
    if max <= min {
        max = min + min.abs().max(1.0);
    }
    Knob { unit, min, max, default: default.clamp(min, max) }
}

/// What a new port says of itself.
pub(super) struct Label<'l> {
    pub(super) name: &'l str,
    pub(super) order: usize,
    pub(super) kind: PortKind,
    pub(super) knob: Option<Knob>,
}

/// A new port inside.
pub(super) fn new_port(id: &str, role: PortRole, label: &Label<'_>, at: [f32; 2]) -> Node {
    let mut node = Node { at, ..Node::new(id, role.spec()) };
    if let NodeBody::Known { settings, spec, .. } = &mut node.body {
        let name = if label.name == id { String::new() } else { label.name.to_owned() };
        let order = u32::try_from(label.order).unwrap_or(0).min(9_999);
        let choice = match label.knob {
            Some(knob) => UNITS.iter().position(|unit| *unit == knob.unit),
            None => KINDS.iter().position(|kind| *kind == label.kind),
        };
        let mut values = vec![
            SettingValue::Text(name),
            SettingValue::Count(order),
            SettingValue::Choice(choice.unwrap_or(0)),
        ];
        values.extend(label.knob.map(|knob| SettingValue::Steps(vec![knob.min, knob.max, knob.default])));
        for (setting, value) in spec.settings.iter().zip(values) {
            debug_assert!(setting.kind.accepts(&value), "{value:?}");
            // A value that does not fit leaves the default.
            let _ = settings.set(setting, value);
        }
    }
    node
}
