//! The spec of a box: what its ports make of it to everything outside.
//!
//! Specs live as long as the program, since everything that knows a node type holds a `&'static NodeSpec`. So
//! the spec of a box is made once for each interface there has ever been, and found again: an undo, a second
//! file with the same definition and a library cost nothing more. A port takes some 200 bytes.

use super::port::{Port, PortRole};
use jackfield_node::PortKind;
use jackfield_node::prelude::*;
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{LazyLock, Mutex, PoisonError};

/// Computes nothing: boxes are gone before anything is computed.
struct Inside;

impl LaneNode for Inside {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, _: &mut Io<'_, V>) {}
}

/// How many voices play inside.
pub(super) const VOICES: Setting =
    Setting::count(0, "voices", 0, 64, 0, "How many copies of what is inside play; 0: as many as come in.");

static BOX: NodeSpec = NodeSpec::lanes::<Inside>("box", "Box", Category::Mixing)
    .help("Go inside to see what it is made of. A box costs nothing: it plays as if it were not there.")
    .settings(&[VOICES]);

/// What of the nodes inside holds for the whole box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Traits {
    pub(super) is_random: bool,
    pub(super) hears_midi: bool,
    pub(super) hears_device: bool,
    pub(super) plays_on_device: bool,
    pub(super) is_sink: bool,
}

static SPECS: LazyLock<Mutex<HashMap<String, &'static NodeSpec>>> = LazyLock::new(Mutex::default);

/// The spec of the boxes of a definition.
pub(super) fn spec(id: &str, name: &str, ports: &[Port], traits: Traits) -> &'static NodeSpec {
    let mut key = format!("{id}\0{name}\0{traits:?}");
    for Port { id, role, name, kind, knob, .. } in ports {
        // Writing to a String can't fail.
        let _ = write!(key, "\0{id}\0{role:?}\0{name}\0{kind:?}\0{knob:?}");
    }
    let mut specs = SPECS.lock().unwrap_or_else(PoisonError::into_inner);
    specs.entry(key).or_insert_with(|| Box::leak(Box::new(new(id, name, ports, traits))))
}

fn new(id: &str, name: &str, ports: &[Port], traits: Traits) -> NodeSpec {
    let (outputs, inputs): (Vec<&Port>, Vec<&Port>) =
        ports.iter().partition(|port| port.role == PortRole::Output);
    let inputs: Vec<Input> = inputs.iter().enumerate().map(|(index, port)| input(index, port)).collect();
    let outputs: Vec<Output> = outputs.iter().enumerate().map(|(index, port)| output(index, port)).collect();
    NodeSpec {
        id: kept(&format!("box.{id}")),
        name: kept(name),
        summary: kept(&format!("A box: {}.", name.trim_end_matches('.'))),
        inputs: inputs.leak(),
        outputs: outputs.leak(),
        is_random: traits.is_random,
        hears_midi: traits.hears_midi,
        hears_device: traits.hears_device,
        plays_on_device: traits.plays_on_device,
        is_sink: traits.is_sink,
        ..BOX
    }
}

fn kept(text: &str) -> &'static str {
    text.to_owned().leak()
}

fn input(index: usize, port: &Port) -> Input {
    let (name, help) = (kept(&port.id), "A port of the box.");
    let input = match (port.knob, port.kind) {
        (Some(knob), _) => Input::knob(index, name, knob, "A knob of the box: it turns knobs inside."),
        (None, PortKind::Audio) => Input::audio(index, name, help),
        (None, PortKind::Pitch) => Input::pitch(index, name, help),
        (None, PortKind::Gate) => Input::gate(index, name, help),
        (None, PortKind::Control) => Input::control(index, name, help),
    };
    input.labelled(label(port, name))
}

fn output(index: usize, port: &Port) -> Output {
    let (name, help) = (kept(&port.id), "A port of the box.");
    let output = match port.kind {
        PortKind::Audio => Output::audio(index, name, help),
        PortKind::Pitch => Output::pitch(index, name, help),
        PortKind::Gate => Output::gate(index, name, help),
        PortKind::Control => Output::control(index, name, help),
    };
    output.labelled(label(port, name))
}

fn label(port: &Port, id: &'static str) -> &'static str {
    if port.name == id { id } else { kept(&port.name) }
}
