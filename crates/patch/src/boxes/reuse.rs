//! What is done with definitions once there are some: parting one box from the rest, promoting one more knob,
//! and taking a definition from one patch into another.

use super::definition::Definition;
use super::port::{Label, PortRole, new_port};
use crate::id::is_name;
use crate::{CableEnds, CableOptions, Edit, EditError, Hint, Node, NodeBody, Patch, limits};
use jackfield_node::{Knob, PortKind};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Patch {
    /// The edit that gives a box a definition of its own, like the one it had: what is done inside it then
    /// happens to no other box.
    ///
    /// # Errors
    ///
    /// As for [`ungroup`](Self::ungroup).
    pub fn make_unique(&self, level: Option<&str>, id: &str) -> Result<Edit, EditError> {
        let here = self.expect_level(level)?;
        let (index, node, definition) = self.expect_box(here, id)?;
        let own = self.free_definition_id(definition.id());
        let own = definition.with_id(own)?.with_origin(definition.version, None);
        let mut node = node.clone();
        if let NodeBody::Known { spec, .. } = &mut node.body {
            *spec = own.spec();
        }
        let cables = here.cables_into(index).chain(here.cables_out_of(index));
        let cables: BTreeSet<_> = cables.map(|(cable, ..)| cable).collect();
        let mut edits = vec![Edit::RemoveNode { id: node.id.clone() }, Edit::AddNode(Box::new(node))];
        edits.extend(cables.into_iter().filter_map(|cable| {
            let options = CableOptions::of(here.cable(cable)?.2);
            Some(Edit::Connect { ends: here.ends(cable)?, options })
        }));
        let made = Edit::SetDefinition { id: own.id().clone(), definition: Some(Arc::new(own)) };
        Ok(Edit::Batch(vec![made, on_level(level, Edit::Batch(edits))]))
    }

    /// The edit that makes a knob inside a definition a knob of all its boxes, which show what it shows now.
    ///
    /// # Errors
    ///
    /// [`EditError::NoSuchDefinition`], [`EditError::NoSuchNode`] or [`EditError::NoSuchPart`] when the
    /// knob is not there.
    pub fn promote(&self, definition: &str, id: &str, knob: &str) -> Result<Edit, EditError> {
        let inside = self.expect_level(Some(definition))?;
        let missing = || EditError::NoSuchNode { id: id.into(), hint: Hint::default() };
        let node = inside.named(id).ok_or_else(missing)?;
        let missing = || EditError::NoSuchPart {
            id: id.into(),
            what: "knob",
            name: knob.into(),
            hint: Hint::default(),
        };
        let NodeBody::Known { spec, knobs, .. } = &node.body else { return Err(missing()) };
        let input = spec.input(knob).ok_or_else(missing)?;
        let range = input.knob.ok_or_else(missing)?;
        let default = knobs.get(input.index).copied().unwrap_or(range.default);
        let ports = self.definition(definition).map(|definition| definition.ports()).unwrap_or_default();
        let order = ports.iter().filter(|port| port.role == PortRole::Knob).map(|port| port.order).max();
        let order = order.unwrap_or(0) as usize + 1;
        let base = if is_name(knob) { knob } else { "knob" };
        let port: Arc<str> = inside.free_port_id(base).into();
        let knob = Some(Knob { default, ..range });
        let label = Label { name: input.label, order, kind: PortKind::Control, knob };
        let at = [node.at[0] - 40.0, node.at[1] - 80.0].map(|at| at.clamp(-limits::CANVAS, limits::CANVAS));
        let edits = vec![
            Edit::AddNode(Box::new(new_port(&port, PortRole::Knob, &label, at))),
            Edit::connect(CableEnds::new(port, "out", id, input.name)),
        ];
        Ok(on_level(Some(definition), Edit::Batch(edits)))
    }

    /// The edit that brings a definition of another patch into this one, with all that it needs, and the id
    /// that it has here. What is here already is used; what is here under the same id and is another gets
    /// another id, unless the definition itself `replaces` the one here.
    ///
    /// # Errors
    ///
    /// [`EditError::NoSuchDefinition`] when the other patch has none of this id.
    pub fn take_definition(
        &self,
        other: &Self,
        definition: &str,
        replaces: bool,
    ) -> Result<(Arc<str>, Edit), EditError> {
        let mut needed = other.needed_by(definition);
        if needed.is_empty() {
            return Err(EditError::NoSuchDefinition { id: definition.into() });
        }
        // What a definition needs comes before it.
        needed.reverse();
        let mut patch = self.clone();
        let mut ids: BTreeMap<Arc<str>, Arc<str>> = BTreeMap::new();
        for id in &needed {
            let is_same = self.content_hash(id).is_some_and(|hash| other.content_hash(id) == Some(hash));
            let is_replaced = replaces && **id == *definition;
            let to = if is_same || is_replaced { id.clone() } else { patch.free_definition_id(id) };
            if !is_same && !is_replaced {
                // Takes the id, so that no other of them gets it.
                let taken = Definition::new(to.clone(), Self::new())?;
                patch.definitions.insert(to.clone(), Arc::new(taken));
            }
            ids.insert(id.clone(), to);
        }
        let order = by_need(other, &needed);
        let mut edits = Vec::new();
        let mut made: BTreeMap<Arc<str>, Arc<Definition>> = BTreeMap::new();
        for id in order {
            let (Some(from), Some(to)) = (other.definition(&id), ids.get(&id)) else { continue };
            let is_same = self.definition(to).is_some() && self.content_hash(to) == other.content_hash(&id);
            if is_same && *to == id {
                let origin = other.content_hash(&id);
                let here = self.definition(&id).filter(|here| here.origin != origin);
                if let Some(here) = here.filter(|_| replaces && *id == *definition) {
                    let same = Arc::new(here.as_ref().clone().with_origin(from.version, origin));
                    edits.push(Edit::SetDefinition { id, definition: Some(same) });
                }
                continue;
            }
            let mut inside = from.inside().clone();
            for index in inside.graph.node_indices().collect::<Vec<_>>() {
                if let NodeBody::Known { spec, .. } = &mut inside.graph[index].body
                    && let Some(used) = super::definition_id(spec).and_then(|used| ids.get(used))
                    && let Some(now) = made.get(used).or_else(|| self.definitions.get(used))
                {
                    *spec = now.spec();
                }
            }
            let origin = other.content_hash(&id);
            let new = Arc::new(Definition::new(to.clone(), inside)?.with_origin(from.version, origin));
            made.insert(to.clone(), new.clone());
            edits.push(Edit::SetDefinition { id: to.clone(), definition: Some(new) });
        }
        let here = ids.get(definition).cloned().unwrap_or_else(|| definition.into());
        Ok((here, Edit::Batch(edits)))
    }

    /// A patch of one box of a definition, with all that it needs: what a library keeps.
    ///
    /// # Errors
    ///
    /// [`EditError::NoSuchDefinition`] when there is none of this id.
    pub fn library_patch(&self, definition: &str) -> Result<Self, EditError> {
        let mut patch = Self::new();
        let (id, take) = patch.take_definition(self, definition, true)?;
        patch.apply(take)?;
        let hash = patch.content_hash(&id);
        if let Some(made) = patch.definitions.get_mut(&id) {
            let made = Arc::make_mut(made);
            made.origin = hash;
            made.name().clone_into(&mut patch.meta.title);
            let node = Node::new(id.clone(), made.spec());
            patch.insert_node(node);
        }
        Ok(patch)
    }
}

/// The same ids, each behind those that it needs.
fn by_need(patch: &Patch, ids: &[Arc<str>]) -> Vec<Arc<str>> {
    let mut order: Vec<Arc<str>> = Vec::with_capacity(ids.len());
    // Nesting is bounded, so a few rounds put all in order.
    while order.len() < ids.len() {
        let ready: Vec<Arc<str>> = ids
            .iter()
            .filter(|id| !order.contains(id))
            .filter(|id| {
                let uses = patch.definition(id).map(|definition| definition.uses().collect::<Vec<_>>());
                uses.unwrap_or_default().iter().all(|used| {
                    order.iter().any(|done| **done == **used) || !ids.iter().any(|id| **id == **used)
                })
            })
            .cloned()
            .collect();
        if ready.is_empty() {
            break;
        }
        order.extend(ready);
    }
    order
}

/// An edit on a level as one of the patch.
fn on_level(level: Option<&str>, edit: Edit) -> Edit {
    match level {
        None => edit,
        Some(level) => Edit::Inside { definition: level.into(), edit: Box::new(edit) },
    }
}
