//! Silence: why a patch makes no sound, and why one makes sound too early, as far as the patch tells.

use crate::{Node, NodeIndex, Patch};
use jackfield_node::{NodeSpec, PortKind, VoiceSource};
use std::collections::BTreeSet;
use std::sync::Arc;
use thiserror::Error;

/// What comes into a patch from outside while it plays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Notes and controllers.
    pub midi: bool,
    /// Sound at the device's input.
    pub input: bool,
}

/// Why a patch is silent: what to look at first.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Silence {
    /// No node plays on the sound device.
    #[error("it has no output node; add one and let a cable go there")]
    NoOutput,
    /// Those that would are muted.
    #[error("its output '{output}' is muted")]
    MutedOutput {
        /// The first of them.
        output: Arc<str>,
    },
    /// No cable leads to those that do.
    #[error("no cable goes to its output '{output}'")]
    NothingReaches {
        /// The first of them.
        output: Arc<str>,
    },
    /// It waits for MIDI that doesn't come.
    #[error("node '{node}' plays from MIDI, and none comes")]
    NoMidi {
        /// The first node that does.
        node: Arc<str>,
    },
    /// It waits for sound that doesn't come in.
    #[error("node '{node}' listens to the sound device's input, and nothing comes from there")]
    NoInput {
        /// The first node that does.
        node: Arc<str>,
    },
    /// A node on the way is missing here.
    #[error("node '{node}' is of type '{type_id}', which this program lacks")]
    UnknownType {
        /// The first of them.
        node: Arc<str>,
        /// Its type.
        type_id: String,
    },
    /// A muted node is on the way.
    #[error("node '{node}' on the way to the output is muted")]
    Muted {
        /// The first of them.
        node: Arc<str>,
    },
    /// None of these.
    #[error("what reaches the output stays at 0; look at levels, gates and depths on the way")]
    Unknown,
}

/// A node that waits for something from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The node.
    pub node: Arc<str>,
    /// For MIDI; otherwise for sound at the device's input.
    pub for_midi: bool,
}

/// A node whose voices sound all the time.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error(
    "its {voices} voices sound before any key, as no cable leads its gate anywhere; put an envelope on them"
)]
pub struct Drone {
    /// The node.
    pub node: Arc<str>,
    /// How many voices it has.
    pub voices: u32,
}

impl Patch {
    /// Why this patch, which is known to make no sound with what is given, makes none.
    pub fn explain_silence(&self, given: Given) -> Silence {
        self.without_boxes().silence(given)
    }

    fn silence(&self, given: Given) -> Silence {
        let outputs = || self.nodes().filter(|(_, node)| plays_on_device(node));
        let Some((_, first)) = outputs().next() else { return Silence::NoOutput };
        let Some((_, output)) = outputs().find(|(_, node)| !node.muted) else {
            return Silence::MutedOutput { output: first.id.clone() };
        };
        let heard = self.heard();
        let find = |fits: &dyn Fn(&Node) -> bool| {
            let mut nodes = self.nodes().filter(|(index, _)| heard.contains(index));
            nodes.find(|(_, node)| fits(node)).map(|(_, node)| node)
        };
        if find(&|node| !plays_on_device(node)).is_none() {
            return Silence::NothingReaches { output: output.id.clone() };
        }
        if let Some(Waiting { node, for_midi }) = self.find_waiting(given) {
            return if for_midi { Silence::NoMidi { node } } else { Silence::NoInput { node } };
        }
        if let Some(node) = find(&|node| node.spec().is_none()) {
            return Silence::UnknownType { node: node.id.clone(), type_id: node.type_id().to_owned() };
        }
        match find(&|node| node.muted) {
            Some(node) => Silence::Muted { node: node.id.clone() },
            None => Silence::Unknown,
        }
    }

    /// A node that is heard and waits for something from outside that is not given.
    pub fn waiting(&self, given: Given) -> Option<Waiting> {
        self.without_boxes().find_waiting(given)
    }

    fn find_waiting(&self, given: Given) -> Option<Waiting> {
        let heard = self.heard();
        let waits = |(index, node): (NodeIndex, &Node)| {
            let spec = node.spec().filter(|_| heard.contains(&index) && !node.muted)?;
            let for_midi = spec.hears_midi && !given.midi;
            let waits = for_midi || spec.hears_device && !given.input;
            waits.then(|| Waiting { node: node.id.clone(), for_midi })
        };
        self.nodes().find_map(waits)
    }

    /// Whether a node that is heard takes any of what is given.
    pub fn uses(&self, given: Given) -> bool {
        let flat = self.without_boxes();
        let heard = flat.heard();
        let uses = |(index, node): (NodeIndex, &Node)| {
            let takes = |spec: &NodeSpec| spec.hears_midi && given.midi || spec.hears_device && given.input;
            heard.contains(&index) && node.spec().is_some_and(takes)
        };
        flat.nodes().any(uses)
    }

    /// A node whose voices sound before any key is struck: MIDI plays it, it is heard, and none of its gates
    /// is.
    pub fn drone(&self) -> Option<Drone> {
        self.without_boxes().find_drone()
    }

    fn find_drone(&self) -> Option<Drone> {
        let heard = self.heard();
        let drones = |(index, node): (NodeIndex, &Node)| {
            let spec = node.spec().filter(|spec| spec.hears_midi && heard.contains(&index) && !node.muted)?;
            let VoiceSource::Setting(setting) = spec.voices else { return None };
            let voices = node.count(setting)?;
            let is_gate =
                |port: usize| spec.outputs.get(port).is_some_and(|port| port.kind == PortKind::Gate);
            let has_gates = spec.outputs.iter().any(|output| is_gate(output.index));
            let gates_something = self
                .cables_out_of(index)
                .any(|(_, from, to, _)| is_gate(from.port) && heard.contains(&to.node));
            (has_gates && !gates_something).then(|| Drone { node: node.id.clone(), voices })
        };
        self.nodes().find_map(drones)
    }

    /// The nodes that are heard on the sound device, muted ones on the way included.
    fn heard(&self) -> BTreeSet<NodeIndex> {
        let mut new: Vec<NodeIndex> = self
            .nodes()
            .filter(|(_, node)| plays_on_device(node) && !node.muted)
            .map(|(index, _)| index)
            .collect();
        let mut heard: BTreeSet<NodeIndex> = new.iter().copied().collect();
        while let Some(node) = new.pop() {
            for (_, from, ..) in self.cables_into(node) {
                if heard.insert(from.node) {
                    new.push(from.node);
                }
            }
        }
        heard
    }
}

fn plays_on_device(node: &Node) -> bool {
    node.spec().is_some_and(|spec| spec.plays_on_device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;
    use crate::testing::{KEYS, LINE_IN, OSC, SPEAKER};
    use jackfield_node::Registry;

    fn patch(nodes: &str, cables: &[[&str; 2]]) -> Patch {
        let registry = Registry::new(&[&KEYS, &LINE_IN, &OSC, &SPEAKER]).unwrap();
        let cables: Vec<String> =
            cables.iter().map(|[from, to]| format!(r#"{{"from": "{from}", "to": "{to}"}}"#)).collect();
        let text = format!(r#"{{"jackfield": 1, "nodes": {{{nodes}}}, "cables": [{}]}}"#, cables.join(", "));
        read(text, &registry).unwrap().0
    }

    const ALL: &str = r#""in": {"type": "device.line_in"}, "keys": {"type": "device.keys"},
        "osc": {"type": "source.osc"}, "out": {"type": "device.speaker"}"#;
    const NONE: Given = Given { midi: false, input: false };
    const BOTH: Given = Given { midi: true, input: true };

    #[test]
    fn each_reason_is_found() {
        let told = |nodes: &str, cables: &[[&str; 2]], given| {
            patch(nodes, cables).explain_silence(given).to_string()
        };
        assert!(told("", &[], NONE).contains("no output node"));
        assert!(told(ALL, &[], NONE).contains("no cable goes to its output 'out'"));
        let muted = r#""out": {"type": "device.speaker", "muted": true}"#;
        assert!(told(muted, &[], NONE).contains("output 'out' is muted"));
        let keys = [["keys.pitch", "osc.pitch"], ["osc.out", "out.in"]];
        assert!(told(ALL, &keys, NONE).contains("'keys' plays from MIDI"));
        assert!(told(ALL, &keys, BOTH).contains("stays at 0"));
        let line = [["in.out", "out.in"]];
        assert!(told(ALL, &line, Given { midi: true, input: false }).contains("'in' listens"));
        assert!(told(ALL, &line, BOTH).contains("stays at 0"));
        let warp = r#""w": {"type": "effect.warp"}, "out": {"type": "device.speaker"}"#;
        assert!(told(warp, &[["w.x", "out.in"]], NONE).contains("'w' is of type 'effect.warp'"));
        let osc = r#""osc": {"type": "source.osc", "muted": true}, "out": {"type": "device.speaker"}"#;
        assert!(
            told(osc, &[["osc.out", "out.in"]], NONE).contains("'osc' on the way to the output is muted")
        );
    }

    #[test]
    fn what_is_given_is_used_where_it_is_heard() {
        let keys = patch(ALL, &[["keys.pitch", "osc.pitch"], ["osc.out", "out.in"]]);
        assert!(keys.uses(Given { midi: true, input: false }));
        assert!(!keys.uses(Given { midi: false, input: true }));
        assert!(!patch(ALL, &[["keys.pitch", "osc.pitch"]]).uses(BOTH));
    }

    #[test]
    fn voices_without_a_gate_drone() {
        let cables = [["keys.pitch", "osc.pitch"], ["osc.out", "out.in"]];
        let drone = patch(ALL, &cables).drone().unwrap();
        assert_eq!((&*drone.node, drone.voices), ("keys", 8));
        let gated = [&cables[..], &[["keys.gate", "osc.level"]]].concat();
        assert_eq!(patch(ALL, &gated).drone(), None);
        let gate_elsewhere = [&cables[..], &[["keys.gate", "in.gain"]]].concat();
        assert!(patch(ALL, &gate_elsewhere).drone().is_some());
        assert_eq!(patch(ALL, &[]).drone(), None);
    }
}
