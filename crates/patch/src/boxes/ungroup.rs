//! Ungrouping: what a box holds goes back into its place.

use super::definition::{Definition, definition_id};
use super::flatten::{is_box, order_key};
use super::group::corner;
use super::junction::{JunctionEnd, Junctions};
use super::port::{self, PortRole};
use crate::node::Side;
use crate::{
    CableEnds, CableOptions, Edit, EditError, Hint, Node, NodeBody, NodeIndex, Patch, PortRef, limits,
};
use jackfield_node::SettingValue;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A node and one of its ports.
type Names = (Arc<str>, Arc<str>);

impl Patch {
    /// The edit of this patch that puts what a box holds in its place: the exact inverse of
    /// [`group`](Self::group). A definition that was used by this box alone goes. A node whose id is taken
    /// gets another.
    ///
    /// The sound stays the same, bit for bit, with two exceptions: where the box has a number of voices of
    /// its own, and where new ids can't keep the order of the nodes, so that the signals into an input of
    /// three cables or more add up in another order, or a loop's one-sample delay moves to another cable.
    ///
    /// # Errors
    ///
    /// [`EditError::NoSuchDefinition`] when there is no such level or the node is no box,
    /// [`EditError::NoSuchNode`] when there is no such node, [`EditError::TooMany`] when the box's ports
    /// stand for too many cables.
    pub fn ungroup(&self, level: Option<&str>, id: &str) -> Result<Edit, EditError> {
        let here = self.expect_level(level)?;
        let (index, node, definition) = self.expect_box(here, id)?;
        let mut ungroup = Ungroup::new(here, index, node, definition);
        let mut edits = vec![Edit::RemoveNode { id: node.id.clone() }];
        edits.extend(ungroup.nodes());
        edits.extend(ungroup.cables()?);
        edits.extend(ungroup.annotations());
        let here = Edit::Batch(edits);
        let here = match level {
            None => here,
            Some(level) => Edit::Inside { definition: level.into(), edit: Box::new(here) },
        };
        let mut all = vec![here];
        if self.uses_of(definition.id()) == 1 {
            all.push(Edit::SetDefinition { id: definition.id().clone(), definition: None });
        }
        Ok(Edit::Batch(all))
    }

    /// A box of a level and what it holds.
    pub(super) fn expect_box<'l>(
        &'l self,
        here: &'l Self,
        id: &str,
    ) -> Result<(NodeIndex, &'l Node, &'l Arc<Definition>), EditError> {
        let missing = || EditError::NoSuchNode {
            id: id.into(),
            hint: Hint::among(id, here.nodes().filter(|(_, node)| is_box(node)).map(|(_, node)| &*node.id)),
        };
        let index = here.find(id).ok_or_else(missing)?;
        let node = here.node(index).ok_or_else(missing)?;
        let definition = self.definition_of(node).ok_or_else(|| EditError::NoSuchDefinition {
            id: node.spec().and_then(definition_id).unwrap_or(id).into(),
        })?;
        Ok((index, node, definition))
    }
}

/// A box that is being taken apart.
struct Ungroup<'p> {
    here: &'p Patch,
    index: NodeIndex,
    node: &'p Node,
    definition: &'p Definition,
    /// What each node inside is called outside.
    names: HashMap<NodeIndex, Arc<str>>,
    /// From where things stand inside to where they stand outside.
    offset: [f32; 2],
}

impl<'p> Ungroup<'p> {
    fn new(here: &'p Patch, index: NodeIndex, node: &'p Node, definition: &'p Definition) -> Self {
        let corner = corner(&definition.inside);
        let offset = [node.at[0] - corner[0], node.at[1] - corner[1]];
        let names = names(here, node, definition);
        Self { here, index, node, definition, names, offset }
    }

    fn inside(&self) -> impl Iterator<Item = (NodeIndex, &'p Node)> {
        self.definition.inside.nodes().filter(|(_, node)| port::role(node).is_none())
    }

    /// Adds what the box holds, with the values that its knobs give.
    fn nodes(&self) -> Vec<Edit> {
        let seed = self.node.spec().filter(|spec| spec.is_random).and_then(|_| self.here.own_seed(self.node));
        let values = self.values();
        let inside = &self.definition.inside;
        let add = |(index, content): (NodeIndex, &Node)| {
            let id = self.names.get(&index).unwrap_or(&content.id).clone();
            let mut node = Node { id: id.clone(), at: self.moved(content.at), ..content.clone() };
            node.seed = inside.own_seed(content).map(|own| own ^ seed.unwrap_or(0));
            // One that follows from the id need not be written.
            let unseeded = Node { seed: None, ..node.clone() };
            if (content.seed.is_none() || self.here.seed != 0) && node.seed == self.here.own_seed(&unseeded) {
                node.seed = None;
            }
            if let NodeBody::Known { spec, knobs, .. } = &mut node.body {
                for input in spec.inputs {
                    if let (Some(knob), Some(value)) = (input.knob, values.get(&(index, input.index))) {
                        knobs[input.index] = knob.clamp(*value);
                    }
                }
                let is_heard = spec.is_sink || self.leads_out(index);
                node.muted |= self.node.muted && is_heard;
            }
            self.keep_voices(&mut node);
            Edit::AddNode(Box::new(node))
        };
        self.inside().map(add).collect()
    }

    /// Boxes inside the box play as many voices as it says, unless they say a number themselves.
    fn keep_voices(&self, node: &mut Node) {
        let voices = |node: &Node| match &node.body {
            NodeBody::Known { settings, .. } => settings.values().first().cloned(),
            NodeBody::Unknown(_) => None,
        };
        if let (Some(SettingValue::Count(asked @ 1..)), Some(SettingValue::Count(0)), true) =
            (voices(self.node), voices(node), is_box(node))
            && let NodeBody::Known { spec, settings, .. } = &mut node.body
        {
            // Any count of one box is one of another.
            let _ = settings.set(&spec.settings[0], SettingValue::Count(asked));
        }
    }

    fn leads_out(&self, index: NodeIndex) -> bool {
        let inside = &self.definition.inside;
        inside.cables_out_of(index).any(|(_, _, to, _)| {
            inside.node(to.node).and_then(port::role).is_some_and(|role| role == PortRole::Output)
        })
    }

    /// What the box's knobs turn.
    fn values(&self) -> HashMap<(NodeIndex, usize), f32> {
        let NodeBody::Known { spec, knobs, .. } = &self.node.body else { return HashMap::new() };
        let mut values = HashMap::new();
        for port in self.definition.ports().iter().filter(|port| port.role == PortRole::Knob) {
            let value = spec.input(&port.id).and_then(|input| knobs.get(input.index));
            for (_, _, to, _) in self.definition.inside.cables_out_of(port.node) {
                values.extend(value.map(|value| ((to.node, to.port), *value)));
            }
        }
        values
    }

    fn moved(&self, at: [f32; 2]) -> [f32; 2] {
        let moved = |axis: usize| (at[axis] + self.offset[axis]).clamp(-limits::CANVAS, limits::CANVAS);
        [moved(0), moved(1)]
    }

    /// The cables inside, and those that its ports stand for.
    fn cables(&self) -> Result<Vec<Edit>, EditError> {
        let mut junctions = Junctions::new();
        let first = junctions.add(self.definition.ports().len());
        let ports = self.definition.ports().iter().enumerate();
        let inner: HashMap<NodeIndex, usize> =
            ports.clone().map(|(at, port)| (port.node, first + at)).collect();
        let outer: BTreeMap<(bool, Arc<str>), usize> =
            ports.map(|(at, port)| ((port.role == PortRole::Output, port.id.clone()), first + at)).collect();
        let mut plain = BTreeMap::new();
        let mut add = |from, to, options| {
            if let Some((from, to, options)) = junctions.cable(from, to, options) {
                plain.insert((from, to), options);
            }
        };
        let inside = &self.definition.inside;
        for (_, from, to, cable) in inside.cables() {
            let end = |at: PortRef, side| match inner.get(&at.node) {
                Some(junction) => JunctionEnd::Junction(*junction),
                None => JunctionEnd::Port(self.port_inside(at, side)),
            };
            add(end(from, Side::Output), end(to, Side::Input), CableOptions::of(cable));
        }
        let at_box = self.here.cables_into(self.index).chain(self.here.cables_out_of(self.index));
        let at_box: BTreeSet<_> = at_box.map(|(cable, ..)| cable).collect();
        for (ends, cable) in at_box.into_iter().filter_map(|index| {
            let ends = self.here.ends(index)?;
            Some((ends, self.here.cable(index)?.2))
        }) {
            let end = |id: Arc<str>, port: Arc<str>, is_output: bool| {
                if id != self.node.id {
                    return Some(JunctionEnd::Port((id, port)));
                }
                outer.get(&(is_output, port)).map(|junction| JunctionEnd::Junction(*junction))
            };
            let CableEnds { from, output, to, input } = ends;
            if let (Some(from), Some(to)) = (end(from, output, true), end(to, input, false)) {
                add(from, to, CableOptions::of(cable));
            }
        }
        for ((from, to), options) in junctions.resolve()? {
            match plain.get_mut(&(from.clone(), to.clone())) {
                Some(there) => super::junction::beside(there, &options),
                None => _ = plain.insert((from, to), options),
            }
        }
        let connect = |((from, to), options): ((Names, Names), CableOptions)| {
            let ends = CableEnds::new(from.0, from.1, to.0, to.1);
            Edit::Connect { ends, options }
        };
        Ok(plain.into_iter().map(connect).collect())
    }

    /// What a port inside is called outside.
    fn port_inside(&self, at: PortRef, side: Side) -> Names {
        let node = &self.definition.inside.graph[at.node];
        let id = self.names.get(&at.node).unwrap_or(&node.id).clone();
        (id, node.port_name(side, at.port).unwrap_or_default().into())
    }

    /// Comments and frames, under their ids where these are free.
    fn annotations(&mut self) -> Vec<Edit> {
        let mut taken: BTreeSet<_> = self.here.annotations.keys().cloned().collect();
        let mut edits = Vec::new();
        for (kind, id, annotation) in self.definition.inside.annotations() {
            let numbered = (1_u32..).map(|number| Arc::from(number.to_string()));
            let free =
                std::iter::once(id.clone()).chain(numbered).find(|id| !taken.contains(&(kind, id.clone())));
            let Some(id) = free else { continue };
            taken.insert((kind, id.clone()));
            let mut annotation = annotation.clone();
            annotation.at = self.moved(annotation.at);
            edits.push(Edit::SetAnnotation { kind, id, annotation: Some(Box::new(annotation)) });
        }
        edits
    }
}

/// What the nodes inside are called outside. One whose id is taken gets one that keeps its place in the
/// order of all nodes, if there is such a one.
fn names(here: &Patch, node: &Node, definition: &Definition) -> HashMap<NodeIndex, Arc<str>> {
    let mut taken: BTreeSet<Arc<str>> =
        here.nodes().map(|(_, other)| other.id.clone()).filter(|id| *id != node.id).collect();
    let inside = || definition.inside.nodes().filter(|(_, node)| port::role(node).is_none());
    let own: Vec<Arc<str>> = inside().map(|(_, node)| node.id.clone()).collect();
    let mut names = HashMap::new();
    for (index, content) in inside() {
        let id = &content.id;
        if taken.contains(id) {
            let is_free = |name: &str| !taken.contains(name) && !own.iter().any(|own| **own == *name);
            let next = taken.iter().chain(&own).filter(|other| order_key(other).0 > &**id).min();
            let keeps_place = |name: &&String| next.is_none_or(|next| **next > *name.as_str());
            // A space comes before all else that names can have.
            let numbered = |joint: &'static str| (2..1000).map(move |number| format!("{id}{joint}{number}"));
            let fits = |name: &String| name.len() <= limits::ID_BYTES && is_free(name);
            let free = numbered("-").filter(fits).take(1).find(|name| keeps_place(&name));
            let free = free.or_else(|| numbered(" ").filter(fits).find(|name| keeps_place(&name)));
            let free = free.or_else(|| numbered("-").find(fits));
            let free: Arc<str> = free.unwrap_or_else(|| here.free_id("node")).into();
            taken.insert(free.clone());
            names.insert(index, free);
        } else {
            taken.insert(id.clone());
            names.insert(index, id.clone());
        }
    }
    names
}
