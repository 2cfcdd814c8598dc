//! Edits of definitions. The boxes outside follow: what they have of cables and values goes by the ids of
//! ports, so it stays as long as the port does.

use super::definition::{Definition, definition_id};
use super::nesting::check_nesting;
use super::port::is_port;
use crate::{CableEnds, CableIndex, CableOptions, Edit, EditError, Node, NodeBody, NodeIndex, Patch, limits};
use jackfield_node::NodeSpec;
use petgraph::Direction;
use petgraph::visit::EdgeRef;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Patch {
    /// Puts in, replaces or removes a definition.
    pub(crate) fn set_definition(
        &mut self,
        id: Arc<str>,
        definition: Option<Arc<Definition>>,
    ) -> Result<Edit, EditError> {
        let Some(definition) = definition else {
            if self.uses_of(&id) > 0 {
                return Err(EditError::DefinitionInUse { id });
            }
            let removed = self.definitions.remove(&id);
            let definition = Some(removed.ok_or(EditError::NoSuchDefinition { id: id.clone() })?);
            return Ok(Edit::SetDefinition { id, definition });
        };
        let definition =
            if *definition.id() == id { definition } else { Arc::new(definition.with_id(id.clone())?) };
        if self.definitions.len() >= limits::DEFINITIONS && !self.definitions.contains_key(&id) {
            return Err(EditError::TooMany { what: "definitions", most: limits::DEFINITIONS });
        }
        let before = self.definitions.insert(id.clone(), definition);
        if let Err(error) = check_nesting(self) {
            match before {
                Some(before) => self.definitions.insert(id, before),
                None => self.definitions.remove(&id),
            };
            return Err(error);
        }
        // What it holds may come from elsewhere, where other definitions have other ports.
        let mut lost = self.adopt(Some(&id));
        lost.extend(self.spread(vec![id.clone()]));
        Ok(undoing(Edit::SetDefinition { id, definition: before }, lost))
    }

    /// Does an edit inside a definition.
    pub(crate) fn edit_inside(&mut self, id: Arc<str>, edit: Edit) -> Result<Edit, EditError> {
        let definition = self.definitions.get(&id);
        let definition = definition.ok_or_else(|| EditError::NoSuchDefinition { id: id.clone() })?;
        check_inside(&definition.inside, &edit)?;
        let changes_shape = changes_shape(&edit);
        let undo = self.inside_mut(&id, |inside| inside.apply(edit))?;
        if !changes_shape {
            return Ok(Edit::Inside { definition: id, edit: Box::new(undo) });
        }
        let followed = self.definitions.get_mut(&id).map(|definition| Arc::make_mut(definition).follow());
        let checked = match followed {
            Some(Err(error)) => Err(error),
            _ => check_nesting(self),
        };
        if let Err(error) = checked {
            let undone = self.inside_mut(&id, |inside| inside.apply(undo));
            debug_assert!(undone.is_ok(), "an inverse applies to the patch it was made for");
            if let Some(definition) = self.definitions.get_mut(&id) {
                let followed = Arc::make_mut(definition).follow();
                debug_assert!(followed.is_ok(), "it was so before");
            }
            return Err(error);
        }
        let mut lost = self.adopt(Some(&id));
        lost.extend(self.spread(vec![id.clone()]));
        Ok(undoing(Edit::Inside { definition: id, edit: Box::new(undo) }, lost))
    }

    /// Looks after a box that was put in: it has to have a definition, whose ports it takes on.
    pub(crate) fn admit_box(&mut self, index: NodeIndex) -> Result<(), EditError> {
        let spec = self.node(index).and_then(Node::spec);
        // What is inside a definition is looked after by the patch that holds it.
        if self.is_inside || spec.and_then(definition_id).is_none() {
            return Ok(());
        }
        check_nesting(self)?;
        self.adopt(None);
        Ok(())
    }

    /// Puts in a definition whose needs are there, unchecked, and lets the boxes follow: the cables that were
    /// lost with their ports, each with the definition it was in.
    pub(crate) fn share_definition(
        &mut self,
        definition: &Arc<Definition>,
    ) -> Vec<(Option<Arc<str>>, CableEnds)> {
        let id = definition.id().clone();
        self.definitions.insert(id.clone(), definition.clone());
        let mut lost = self.adopt(Some(&id));
        lost.extend(self.adopt(None));
        lost.extend(self.spread(vec![id]));
        let mut cables = Vec::new();
        let mut add = |level: Option<&Arc<str>>, edit: Edit| {
            if let Edit::Connect { ends, .. } = edit {
                cables.push((level.cloned(), ends));
            }
        };
        for edit in lost {
            match edit {
                Edit::Inside { definition, edit } => match *edit {
                    Edit::Batch(edits) => edits.into_iter().for_each(|edit| add(Some(&definition), edit)),
                    edit => add(Some(&definition), edit),
                },
                edit => add(None, edit),
            }
        }
        cables
    }

    fn inside_mut(
        &mut self,
        id: &Arc<str>,
        change: impl FnOnce(&mut Self) -> Result<Edit, EditError>,
    ) -> Result<Edit, EditError> {
        let definition = self.definitions.get_mut(id);
        let definition = definition.ok_or_else(|| EditError::NoSuchDefinition { id: id.clone() })?;
        change(&mut Arc::make_mut(definition).inside)
    }

    /// Brings the boxes of one level up to date; the edits that bring back what they lost.
    fn adopt(&mut self, level: Option<&Arc<str>>) -> Vec<Edit> {
        let Some(here) = self.level(level.map(AsRef::as_ref)) else { return Vec::new() };
        let mut specs: Vec<&'static NodeSpec> = Vec::new();
        for (_, node) in here.nodes() {
            if let (Some(now), Some(spec)) = (self.definition_of(node), node.spec())
                && !std::ptr::eq(now.spec(), spec)
                && !specs.iter().any(|known| std::ptr::eq(*known, now.spec()))
            {
                specs.push(now.spec());
            }
        }
        specs.into_iter().flat_map(|spec| self.respec_level(level, spec)).collect()
    }

    /// Lets all boxes of these definitions follow, and those of the definitions that these lie in.
    fn spread(&mut self, mut changed: Vec<Arc<str>>) -> Vec<Edit> {
        let mut lost = Vec::new();
        while let Some(id) = changed.pop() {
            let Some(spec) = self.definition(&id).map(|definition| definition.spec()) else { continue };
            let is_stale = |node: &Node| {
                node.spec().is_some_and(|before| before.id == spec.id && !std::ptr::eq(before, spec))
            };
            let levels: Vec<Arc<str>> = self
                .definitions
                .iter()
                .filter(|(_, other)| other.inside.nodes().any(|(_, node)| is_stale(node)))
                .map(|(id, _)| id.clone())
                .collect();
            if self.nodes().any(|(_, node)| is_stale(node)) {
                lost.extend(self.respec_level(None, spec));
            }
            for level in levels {
                lost.extend(self.respec_level(Some(&level), spec));
                let definition = self.definitions.get_mut(&level);
                let is_new = definition.and_then(|definition| Arc::make_mut(definition).follow().ok());
                // It changed in nothing but what its nodes can do; its ports are its own.
                if is_new == Some(true) {
                    changed.push(level);
                }
            }
        }
        lost
    }

    /// Gives the boxes of one level their new spec; the edits that bring back what was lost.
    fn respec_level(&mut self, level: Option<&Arc<str>>, spec: &'static NodeSpec) -> Vec<Edit> {
        let Some(id) = level else { return respec(self, spec) };
        let Some(definition) = self.definitions.get_mut(id) else { return Vec::new() };
        let lost = respec(&mut Arc::make_mut(definition).inside, spec);
        if lost.is_empty() {
            return lost;
        }
        vec![Edit::Inside { definition: id.clone(), edit: Box::new(Edit::Batch(lost)) }]
    }
}

/// The edit that undoes a change and then brings back what was lost by it.
fn undoing(undo: Edit, lost: Vec<Edit>) -> Edit {
    if lost.is_empty() {
        return undo;
    }
    Edit::Batch(std::iter::once(undo).chain(lost).collect())
}

/// Whether an edit can change what a definition is to the outside, or which definitions it needs.
fn changes_shape(edit: &Edit) -> bool {
    match edit {
        Edit::AddNode(_) | Edit::RemoveNode { .. } | Edit::SetSetting { .. } | Edit::SetMeta(_) => true,
        Edit::Batch(edits) => edits.iter().any(changes_shape),
        _ => false,
    }
}

/// Refuses what can't be done inside a definition.
fn check_inside(inside: &Patch, edit: &Edit) -> Result<(), EditError> {
    match edit {
        Edit::SetSeed(_)
        | Edit::SetTempo(_)
        | Edit::Replace(_)
        | Edit::SetDefinition { .. }
        | Edit::Inside { .. } => Err(EditError::NotInside),
        Edit::Rename { id, to } if id != to && inside.named(id).is_some_and(is_port) => {
            Err(EditError::PortKeepsId { id: id.clone() })
        }
        Edit::Batch(edits) => edits.iter().try_for_each(|edit| check_inside(inside, edit)),
        _ => Ok(()),
    }
}

/// Gives all boxes of one type another spec for it.
fn respec(level: &mut Patch, spec: &'static NodeSpec) -> Vec<Edit> {
    let stale =
        |node: &Node| node.spec().is_some_and(|before| before.id == spec.id && !std::ptr::eq(before, spec));
    let boxes: Vec<NodeIndex> =
        level.nodes().filter(|(_, node)| stale(node)).map(|(index, _)| index).collect();
    let mut lost = move_cables(level, &boxes, spec);
    for index in boxes {
        let node = &mut level.graph[index];
        let id = node.id.clone();
        let NodeBody::Known { spec: before, knobs, .. } = &mut node.body else { continue };
        let mut values: Vec<f32> =
            spec.inputs.iter().map(|input| input.knob.map_or(0.0, |knob| knob.default)).collect();
        for (input, &value) in before.inputs.iter().zip(knobs.iter()) {
            let Some(knob_before) = input.knob else { continue };
            let place = spec.input(input.name).and_then(|now| Some((now.index, now.knob?)));
            let kept = place.map(|(at, knob)| {
                values[at] = knob.clamp(value);
                values[at]
            });
            if kept != Some(value) && (kept.is_some() || value != knob_before.default) {
                lost.push(Edit::SetKnob { id: id.clone(), input: input.name.into(), value });
            }
        }
        (*before, *knobs) = (spec, values);
    }
    lost
}

/// Moves the cables of boxes to where their ports are now; those whose port is gone go too.
fn move_cables(level: &mut Patch, boxes: &[NodeIndex], spec: &NodeSpec) -> Vec<Edit> {
    let edges_at = |&index| {
        let edges = level.graph.edges_directed(index, Direction::Outgoing);
        edges.chain(level.graph.edges_directed(index, Direction::Incoming)).map(|edge| edge.id())
    };
    // A cable between two of the boxes is met twice, and its names count before anything has moved.
    let edges: BTreeSet<CableIndex> = boxes.iter().flat_map(edges_at).collect();
    let moves: Vec<_> = edges
        .into_iter()
        .filter_map(|edge| {
            let (from, to, cable) = level.cable(edge)?;
            let ends = level.ends(edge)?;
            let (mut output, mut input) = (Some(cable.output), Some(cable.input));
            if boxes.contains(&from.node) {
                output = spec.output(&ends.output).map(|port| port.index);
            }
            if boxes.contains(&to.node) {
                input = spec.input(&ends.input).map(|port| port.index);
            }
            Some((edge, ends, output.zip(input)))
        })
        .collect();
    let mut lost = Vec::new();
    for (edge, ends, place) in moves {
        if let Some((output, input)) = place {
            let cable = &mut level.graph[edge];
            (cable.output, cable.input) = (output, input);
        } else if let Some(cable) = level.graph.remove_edge(edge) {
            lost.push(Edit::Connect { ends, options: CableOptions::of(&cable) });
        }
    }
    lost
}
