//! Grouping: nodes become a box that sounds the same. The cables that are cut become its ports, a cable into
//! a knob a promoted knob.

use super::definition::Definition;
use super::flatten::is_box;
use super::port::{self, Label, PortRole, new_port};
use crate::hint::Hint;
use crate::id::is_name;
use crate::node::Side;
use crate::{
    AnnotationKind, Cable, CableEnds, CableOptions, Edit, EditError, Node, NodeBody, NodeIndex, Patch,
    PortRef, limits,
};
use jackfield_node::{Knob, PortKind};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// How far left of what it feeds an input stands inside, and how far right an output, in points.
const MARGIN: f32 = 240.0;
/// From one port inside to the next, in points.
const STEP: f32 = 80.0;

/// What is to become a box.
#[derive(Clone, Debug, Default)]
pub struct Grouping {
    /// The nodes.
    pub nodes: Vec<Arc<str>>,
    /// Comments and frames that go along.
    pub annotations: Vec<(AnnotationKind, Arc<str>)>,
    /// What the box is called.
    pub name: String,
    /// Which knobs the box gets, beside those that cables from outside lead to.
    pub promotion: Promotion,
}

/// Which knobs become knobs of the box.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Promotion {
    /// None.
    #[default]
    None,
    /// Those that don't show their default, and all of boxes.
    Turned,
    /// These: node and knob.
    Chosen(Vec<(Arc<str>, Arc<str>)>),
}

impl Patch {
    /// Makes a box of some nodes of a level: the id of the box, and the edit of this patch that does it. The
    /// sound stays the same, bit for bit. Ports among the nodes stay where they are.
    ///
    /// # Errors
    ///
    /// [`EditError::NoSuchDefinition`] when there is no such level, [`EditError::NoSuchNode`] when there is
    /// no such node, or none at all, [`EditError::NoSuchPart`] for a knob to promote that is not there, and
    /// [`EditError::TooMany`] when the box would have more ports than a node may have.
    pub fn group(&self, level: Option<&str>, grouping: &Grouping) -> Result<(Arc<str>, Edit), EditError> {
        let here = self.expect_level(level)?;
        let name = grouping.name.trim();
        let definition = self.free_definition_id(name);
        let mut group = Group::new(here, &grouping.nodes)?;
        group.inside.meta.title = if name.is_empty() { "Box".to_owned() } else { name.to_owned() };
        group.cut();
        group.promote(&grouping.promotion)?;
        let mut edits = group.removals();
        for (kind, id) in &grouping.annotations {
            if let Some(annotation) = here.annotation(*kind, id) {
                group.inside.annotations.insert((*kind, id.clone()), annotation.clone());
                edits.push(Edit::SetAnnotation { kind: *kind, id: id.clone(), annotation: None });
            }
        }
        let values = group.values();
        let (corner, outside) = (corner(&group.inside), std::mem::take(&mut group.outside));
        let made = Definition::new(definition.clone(), group.inside)?;
        let id: Arc<str> = here.free_id(name).into();
        let mut node = Node { at: corner, ..Node::new(id.clone(), made.spec()) };
        node.seed = made.spec().is_random.then_some(0);
        if let NodeBody::Known { spec, knobs, .. } = &mut node.body {
            for input in spec.inputs {
                if let (Some(knob), Some(value)) = (input.knob, values.get(input.name)) {
                    knobs[input.index] = knob.clamp(*value);
                }
            }
        }
        edits.push(Edit::AddNode(Box::new(node)));
        edits.extend(outside.into_iter().map(|cable| cable.edit(&id)));
        let here = Edit::Batch(edits);
        let here = match level {
            None => here,
            Some(level) => Edit::Inside { definition: level.into(), edit: Box::new(here) },
        };
        let made = Edit::SetDefinition { id: definition, definition: Some(Arc::new(made)) };
        Ok((id, Edit::Batch(vec![made, here])))
    }

    pub(super) fn expect_level(&self, level: Option<&str>) -> Result<&Self, EditError> {
        let missing = || EditError::NoSuchDefinition { id: level.unwrap_or_default().into() };
        self.level(level).ok_or_else(missing)
    }
}

/// A cable outside the new box.
struct OuterCable {
    into_box: bool,
    port: Arc<str>,
    /// The node and port at the other end.
    other: (Arc<str>, Arc<str>),
    options: CableOptions,
}

impl OuterCable {
    fn edit(self, id: &Arc<str>) -> Edit {
        let (node, port) = self.other;
        let ends = if self.into_box {
            CableEnds::new(node, port, id.clone(), self.port)
        } else {
            CableEnds::new(id.clone(), self.port, node, port)
        };
        Edit::Connect { ends, options: self.options }
    }
}

/// A box that is being made.
struct Group<'p> {
    here: &'p Patch,
    /// The nodes that go in, where they stand inside.
    chosen: BTreeMap<NodeIndex, NodeIndex>,
    inside: Patch,
    outside: Vec<OuterCable>,
    /// How many ports there are of each role.
    orders: HashMap<PortRole, usize>,
    /// The knobs of the box: what they turn, and the port.
    knobs: BTreeMap<PortRef, Arc<str>>,
    left: f32,
    right: f32,
    top: f32,
}

impl<'p> Group<'p> {
    fn new(here: &'p Patch, ids: &[Arc<str>]) -> Result<Self, EditError> {
        let mut places = BTreeSet::new();
        for id in ids {
            let place = here.find(id).ok_or_else(|| EditError::NoSuchNode {
                id: id.clone(),
                hint: Hint::among(id, here.nodes().map(|(_, node)| &*node.id)),
            })?;
            if here.node(place).is_some_and(|node| !port::is_port(node)) {
                places.insert(place);
            }
        }
        if places.is_empty() {
            return Err(EditError::NoSuchNode { id: "".into(), hint: Hint::sentence("choose some") });
        }
        let mut inside = Patch::new();
        let mut chosen = BTreeMap::new();
        // In the order of their ids, as a file would have them.
        for (place, node) in here.nodes().filter(|(place, _)| places.contains(place)) {
            let mut node = node.clone();
            // Inside, a node without a seed takes it from its id alone.
            if here.seed != 0 {
                node.seed = here.own_seed(&node);
            }
            chosen.insert(place, inside.insert_node(node));
        }
        for (_, from, to, cable) in here.cables() {
            if let (Some(&start), Some(&end)) = (chosen.get(&from.node), chosen.get(&to.node)) {
                inside.graph.add_edge(start, end, cable.clone());
            }
        }
        let [left, top] = corner(&inside);
        let right = inside.nodes().map(|(_, node)| node.at[0]).fold(left, f32::max);
        let (orders, knobs) = (HashMap::new(), BTreeMap::new());
        Ok(Self { here, chosen, inside, outside: Vec::new(), orders, knobs, left, right, top })
    }

    /// Makes ports of the cables between inside and outside.
    fn cut(&mut self) {
        let (mut into, mut out_of) = (Vec::new(), Vec::new());
        for (_, from, to, cable) in self.here.cables() {
            match (self.chosen.get(&from.node), self.chosen.get(&to.node)) {
                (None, Some(&node)) => into.push((from, PortRef { node, port: to.port }, cable)),
                (Some(&node), None) => out_of.push((PortRef { node, port: from.port }, to, cable)),
                _ => {}
            }
        }
        into.sort_by_cached_key(|cable| self.place(cable.1, cable.0));
        out_of.sort_by_cached_key(|cable| self.place(cable.0, cable.1));
        self.cut_inputs(&into);
        let mut ports: BTreeMap<PortRef, Arc<str>> = BTreeMap::new();
        for (from, to, cable) in out_of {
            let port = if let Some(port) = ports.get(&from) {
                port.clone()
            } else {
                let (name, kind) = self.inner(from, Side::Output);
                let id = self.port(PortRole::Output, &name, kind, None);
                self.wire(from, &id, Cable::new(from.port, 0));
                ports.insert(from, id.clone());
                id
            };
            let other = self.outer(to, Side::Input);
            self.outside.push(OuterCable { into_box: false, port, other, options: CableOptions::of(cable) });
        }
    }

    /// From top to bottom, then by name.
    fn place(&self, inner: PortRef, outer: PortRef) -> (i64, Arc<str>, usize, Arc<str>, usize) {
        let node = &self.inside.graph[inner.node];
        let outer_id = self.here.graph[outer.node].id.clone();
        ((node.at[1] * 8.0) as i64, node.id.clone(), inner.port, outer_id, outer.port)
    }

    /// What feeds several inputs inside gets one port, and so does each other input that is fed.
    fn cut_inputs(&mut self, cables: &[(PortRef, PortRef, &Cable)]) {
        let mut fed: BTreeMap<PortRef, usize> = BTreeMap::new();
        for (from, ..) in cables.iter().filter(|(_, to, _)| self.knob(*to).is_none()) {
            *fed.entry(*from).or_default() += 1;
        }
        let mut by_source: BTreeMap<PortRef, Arc<str>> = BTreeMap::new();
        let mut by_target: BTreeMap<PortRef, Arc<str>> = BTreeMap::new();
        for &(from, to, cable) in cables {
            let (name, kind) = self.inner(to, Side::Input);
            let other = self.outer(from, Side::Output);
            let mut options = CableOptions::of(cable);
            let knob = self.knob(to);
            if knob.is_none() && fed.get(&from).is_some_and(|inputs| *inputs > 1) {
                let port = if let Some(port) = by_source.get(&from) {
                    port.clone()
                } else {
                    let id = self.port(PortRole::Input, &self.common(cables, from), kind, None);
                    by_source.insert(from, id.clone());
                    let (port, options) = (id.clone(), CableOptions::default());
                    self.outside.push(OuterCable { into_box: true, port, other, options });
                    id
                };
                self.wire(to, &port, Cable { output: 0, ..cable.clone() });
                continue;
            }
            let port = match (by_target.get(&to), knob) {
                (Some(port), _) => port.clone(),
                (None, Some((knob, _))) => self.add_knob(to, &name, knob),
                (None, None) => {
                    let id = self.port(PortRole::Input, &name, kind, None);
                    self.wire(to, &id, Cable::new(0, to.port));
                    id
                }
            };
            by_target.insert(to, port.clone());
            options.extra = cable.extra.clone();
            self.outside.push(OuterCable { into_box: true, port, other, options });
        }
    }

    /// What the inputs that a source feeds are all called, or else what the source is.
    fn common(&self, cables: &[(PortRef, PortRef, &Cable)], from: PortRef) -> String {
        let fed = cables.iter().filter(|(start, to, _)| *start == from && self.knob(*to).is_none());
        let mut names = fed.map(|(_, to, _)| self.inner(*to, Side::Input).0);
        match names.next() {
            Some(first) if names.all(|name| name == first) => first,
            _ => self.outer(from, Side::Output).1.to_string(),
        }
    }

    /// Makes knobs of the box.
    fn promote(&mut self, promotion: &Promotion) -> Result<(), EditError> {
        let mut wanted = Vec::new();
        match promotion {
            Promotion::None => {}
            Promotion::Turned => {
                for (node, content) in self.inside.nodes() {
                    let NodeBody::Known { spec, knobs, .. } = &content.body else { continue };
                    let turned = spec.inputs.iter().zip(knobs).filter(|(input, value)| {
                        // A box has its knobs to be turned.
                        let is_wanted = |knob: Knob| knob.default != **value || is_box(content);
                        input.knob.is_some_and(is_wanted) && !port::is_port(content)
                    });
                    wanted.extend(turned.map(|(input, _)| PortRef { node, port: input.index }));
                }
            }
            Promotion::Chosen(chosen) => {
                for (id, name) in chosen {
                    let missing = || EditError::NoSuchPart {
                        id: id.clone(),
                        what: "knob",
                        name: name.clone(),
                        hint: Hint::default(),
                    };
                    let input = self.inside.find_input(id, name).ok_or_else(missing)?;
                    self.knob(input).ok_or_else(missing)?;
                    wanted.push(input);
                }
            }
        }
        for to in wanted {
            if let (Some((knob, _)), false) = (self.knob(to), self.knobs.contains_key(&to)) {
                let (name, _) = self.inner(to, Side::Input);
                self.add_knob(to, &name, knob);
            }
        }
        Ok(())
    }

    fn add_knob(&mut self, to: PortRef, name: &str, knob: Knob) -> Arc<str> {
        let kind = PortKind::Control;
        let id = self.port(PortRole::Knob, name, kind, Some(knob));
        self.wire(to, &id, Cable::new(0, to.port));
        self.knobs.insert(to, id.clone());
        id
    }

    /// The value of each knob of the box.
    fn values(&self) -> HashMap<Arc<str>, f32> {
        let value = |(to, port): (&PortRef, &Arc<str>)| Some((port.clone(), self.knob(*to)?.1));
        self.knobs.iter().filter_map(value).collect()
    }

    /// A new port inside.
    fn port(&mut self, role: PortRole, name: &str, kind: PortKind, knob: Option<Knob>) -> Arc<str> {
        let base = if is_name(name) { name } else { "port" };
        // What names the port outside may well be the id of a node inside: then the port gives way.
        let id: Arc<str> = self.inside.free_port_id(base).into();
        let order = self.orders.entry(role).or_default();
        *order += 1;
        let label = Label { name, order: *order, kind, knob };
        let x = if role == PortRole::Output { self.right + MARGIN } else { self.left - MARGIN };
        let row = *order + if role == PortRole::Knob { self.inside.node_count() } else { 0 };
        let y = self.top + STEP * (row.saturating_sub(1)) as f32;
        let limit = |at: f32| at.clamp(-limits::CANVAS, limits::CANVAS);
        self.inside.insert_node(new_port(&id, role, &label, [limit(x), limit(y)]));
        id
    }

    /// A cable inside, between a port and what stands behind it.
    fn wire(&mut self, inner: PortRef, port: &str, cable: Cable) {
        let Some(port) = self.inside.find(port) else { return };
        let is_output = self.inside.node(port).and_then(port::role) == Some(PortRole::Output);
        let (from, to) = if is_output { (inner.node, port) } else { (port, inner.node) };
        self.inside.graph.add_edge(from, to, cable);
    }

    /// The knob of an input inside, and its value.
    fn knob(&self, to: PortRef) -> Option<(Knob, f32)> {
        let NodeBody::Known { spec, knobs, .. } = &self.inside.node(to.node)?.body else { return None };
        let knob = spec.inputs.get(to.port)?.knob?;
        let value = *knobs.get(to.port)?;
        Some((Knob { default: value, ..knob }, value))
    }

    /// What a port of a node inside is called, and what its signal means.
    fn inner(&self, at: PortRef, side: Side) -> (String, PortKind) {
        let node = &self.inside.graph[at.node];
        let kind = node.spec().and_then(|spec| match side {
            Side::Input => spec.inputs.get(at.port).map(|input| input.kind),
            Side::Output => spec.outputs.get(at.port).map(|output| output.kind),
        });
        (node.port_name(side, at.port).unwrap_or("port").to_owned(), kind.unwrap_or(PortKind::Audio))
    }

    /// The names of a port outside.
    fn outer(&self, at: PortRef, side: Side) -> (Arc<str>, Arc<str>) {
        let node = &self.here.graph[at.node];
        (node.id.clone(), node.port_name(side, at.port).unwrap_or_default().into())
    }

    /// The edits that take away what goes in.
    fn removals(&self) -> Vec<Edit> {
        let ids = self.chosen.keys().map(|place| self.here.graph[*place].id.clone());
        ids.map(|id| Edit::RemoveNode { id }).collect()
    }
}

/// Left top of the nodes that are no ports.
pub(super) fn corner(inside: &Patch) -> [f32; 2] {
    let nodes = || inside.nodes().map(|(_, node)| node).filter(|node| !port::is_port(node));
    let least = |axis: usize| nodes().map(|node| node.at[axis]).reduce(f32::min).unwrap_or(0.0);
    [least(0), least(1)]
}
