//! Applying edits: each function does one change and gives back the edit that undoes it. A function
//! checks everything before it changes anything.

use crate::annotation::check_hue;
use crate::check::{check_depth, check_meta, check_position, check_tempo, check_values};
use crate::hint::excerpt;
use crate::id::check_id;
use crate::node::{PortProblem, Side};
use crate::setting_text::expected;
use crate::{
    Annotation, AnnotationKind, Cable, CableEnds, CableIndex, CableOptions, Edit, EditError, Hint, Hue, Meta,
    Node, NodeBody, NodeIndex, Patch, PortRef, limits, part_hint,
};
use jackfield_node::SettingValue;
use std::sync::Arc;

impl Patch {
    /// Carries out an edit and gives back its exact inverse: applying that restores the patch.
    ///
    /// Connecting takes time in proportion to the cables of whichever of the two nodes has fewer,
    /// disconnecting and removing to those of all nodes concerned, and everything else to the logarithm of
    /// the number of nodes. Any thread but the audio thread.
    ///
    /// # Errors
    ///
    /// When the edit names what is not there, would make two of what there can be one of, or holds a value
    /// beyond the [limits](crate::limits). The patch is then as it was; of a batch, nothing is done.
    ///
    /// ```
    /// use jackfield_patch::{Edit, Patch};
    ///
    /// let mut patch = Patch::new();
    /// let before = patch.tempo;
    /// let undo = patch.apply(Edit::SetTempo(90.0))?;
    /// assert_eq!(patch.tempo, 90.0);
    /// patch.apply(undo)?;
    /// assert_eq!(patch.tempo, before);
    /// assert!(patch.apply(Edit::RemoveNode { id: "nobody".into() }).is_err());
    /// # Ok::<(), jackfield_patch::EditError>(())
    /// ```
    pub fn apply(&mut self, edit: Edit) -> Result<Edit, EditError> {
        match edit {
            Edit::AddNode(node) => self.add_node(*node),
            Edit::RemoveNode { id } => self.remove_node(id),
            Edit::Rename { id, to } => self.rename(id, to),
            Edit::Move { id, at } => self.move_node(id, at),
            Edit::SetMuted { id, muted } => self.set_muted(id, muted),
            Edit::SetKnob { id, input, value } => self.set_knob(id, input, value),
            Edit::SetSetting { id, setting, value } => self.set_setting(id, setting, value),
            Edit::Connect { ends, options } => self.connect(ends, options),
            Edit::Disconnect { ends } => self.disconnect(ends),
            Edit::SetDepth { ends, depth } => self.set_depth(ends, depth),
            Edit::SetDelayed { ends, mut delayed } => {
                std::mem::swap(&mut self.cable_mut(&ends)?.delayed, &mut delayed);
                Ok(Edit::SetDelayed { ends, delayed })
            }
            Edit::SetUncompensated { ends, mut uncompensated } => {
                std::mem::swap(&mut self.cable_mut(&ends)?.uncompensated, &mut uncompensated);
                Ok(Edit::SetUncompensated { ends, uncompensated })
            }
            Edit::SetHue { id, hue } => self.set_hue(id, hue),
            Edit::SetCableHue { ends, hue } => {
                let mut hue = check_hue(hue)?;
                std::mem::swap(&mut self.cable_mut(&ends)?.hue, &mut hue);
                Ok(Edit::SetCableHue { ends, hue })
            }
            Edit::SetAnnotation { kind, id, annotation } => self.set_annotation(kind, id, annotation),
            Edit::SetMeta(meta) => self.set_meta(meta),
            Edit::SetNodeSeed { id, seed } => self.set_node_seed(id, seed),
            Edit::SetSeed(seed) => Ok(Edit::SetSeed(std::mem::replace(&mut self.seed, seed))),
            Edit::SetTempo(tempo) => {
                Ok(Edit::SetTempo(std::mem::replace(&mut self.tempo, check_tempo(tempo)?)))
            }
            Edit::SetExtra(extra) => Ok(Edit::SetExtra(std::mem::replace(&mut self.extra, extra))),
            Edit::SetDefinition { id, definition } => self.set_definition(id, definition),
            Edit::Inside { definition, edit } => self.edit_inside(definition, *edit),
            Edit::Replace(mut patch) => {
                std::mem::swap(self, &mut patch);
                Ok(Edit::Replace(patch))
            }
            Edit::Batch(edits) => self.apply_all(edits),
        }
    }

    fn apply_all(&mut self, edits: Vec<Edit>) -> Result<Edit, EditError> {
        let mut inverses = Vec::with_capacity(edits.len());
        for edit in edits {
            match self.apply(edit) {
                Ok(inverse) => inverses.push(inverse),
                Err(error) => {
                    for inverse in inverses.into_iter().rev() {
                        let undone = self.apply(inverse);
                        debug_assert!(undone.is_ok(), "an inverse applies to the patch it was made for");
                    }
                    return Err(error);
                }
            }
        }
        inverses.reverse();
        Ok(Edit::Batch(inverses))
    }

    fn add_node(&mut self, mut node: Node) -> Result<Edit, EditError> {
        self.check_new_id(&node.id)?;
        node.at = check_position(node.at)?;
        node.hue = check_hue(node.hue)?;
        check_values(&mut node)?;
        if self.node_count() >= limits::NODES {
            return Err(EditError::TooMany { what: "nodes", most: limits::NODES });
        }
        let id = node.id.clone();
        let index = self.insert_node(node);
        if let Err(error) = self.admit_box(index) {
            self.ids.remove(&id);
            self.graph.remove_node(index);
            return Err(error);
        }
        Ok(Edit::RemoveNode { id })
    }

    /// Puts in a node that was checked.
    pub(crate) fn insert_node(&mut self, node: Node) -> NodeIndex {
        let id = node.id.clone();
        let index = self.graph.add_node(node);
        self.ids.insert(id, index);
        index
    }

    fn remove_node(&mut self, id: Arc<str>) -> Result<Edit, EditError> {
        let index = self.expect_node(&id)?;
        // A cable from the node to itself is both an outgoing and an incoming one.
        let others_into = self.cables_into(index).filter(|(_, from, _, _)| from.node != index);
        let cables: Vec<CableIndex> =
            self.cables_out_of(index).chain(others_into).map(|(cable, ..)| cable).collect();
        let mut connects: Vec<Edit> = cables
            .into_iter()
            .filter_map(|cable| {
                let ends = self.ends(cable)?;
                let options = CableOptions::of(self.graph.edge_weight(cable)?);
                Some(Edit::Connect { ends, options })
            })
            .collect();
        self.ids.remove(&id);
        let Some(node) = self.graph.remove_node(index) else {
            return Err(EditError::NoSuchNode { id, hint: Hint::default() });
        };
        let add = Edit::AddNode(Box::new(node));
        if connects.is_empty() {
            return Ok(add);
        }
        connects.insert(0, add);
        Ok(Edit::Batch(connects))
    }

    fn rename(&mut self, id: Arc<str>, to: Arc<str>) -> Result<Edit, EditError> {
        let index = self.expect_node(&id)?;
        if id == to {
            return Ok(Edit::Rename { id: to, to: id });
        }
        self.check_new_id(&to)?;
        let (before, seed) = (self.graph[index].seed, self.own_seed(&self.graph[index]));
        self.ids.remove(&id);
        self.ids.insert(to.clone(), index);
        let node = &mut self.graph[index];
        (node.id, node.seed) = (to.clone(), seed);
        let back = Edit::Rename { id: to, to: id.clone() };
        if before == seed {
            return Ok(back);
        }
        Ok(Edit::Batch(vec![back, Edit::SetNodeSeed { id, seed: before }]))
    }

    fn set_node_seed(&mut self, id: Arc<str>, seed: Option<u32>) -> Result<Edit, EditError> {
        let index = self.expect_node(&id)?;
        let seed = std::mem::replace(&mut self.graph[index].seed, seed);
        Ok(Edit::SetNodeSeed { id, seed })
    }

    fn move_node(&mut self, id: Arc<str>, at: [f32; 2]) -> Result<Edit, EditError> {
        let index = self.expect_node(&id)?;
        let at = check_position(at)?;
        let at = std::mem::replace(&mut self.graph[index].at, at);
        Ok(Edit::Move { id, at })
    }

    fn set_muted(&mut self, id: Arc<str>, muted: bool) -> Result<Edit, EditError> {
        let index = self.expect_node(&id)?;
        let muted = std::mem::replace(&mut self.graph[index].muted, muted);
        Ok(Edit::SetMuted { id, muted })
    }

    fn set_hue(&mut self, id: Arc<str>, hue: Option<Hue>) -> Result<Edit, EditError> {
        let index = self.expect_node(&id)?;
        let hue = check_hue(hue)?;
        let hue = std::mem::replace(&mut self.graph[index].hue, hue);
        Ok(Edit::SetHue { id, hue })
    }

    fn set_annotation(
        &mut self,
        kind: AnnotationKind,
        id: Arc<str>,
        annotation: Option<Box<Annotation>>,
    ) -> Result<Edit, EditError> {
        check_id(&id).map_err(|problem| EditError::BadId { id: excerpt(&id), problem })?;
        let key = (kind, id.clone());
        let before = match annotation {
            Some(annotation) => {
                let annotation = annotation.checked()?;
                if self.annotations.len() >= limits::ANNOTATIONS && !self.annotations.contains_key(&key) {
                    return Err(EditError::TooMany {
                        what: "comments and frames",
                        most: limits::ANNOTATIONS,
                    });
                }
                self.annotations.insert(key, annotation)
            }
            None => self.annotations.remove(&key),
        };
        Ok(Edit::SetAnnotation { kind, id, annotation: before.map(Box::new) })
    }

    fn set_knob(&mut self, id: Arc<str>, input: Arc<str>, value: f32) -> Result<Edit, EditError> {
        let index = self.expect_node(&id)?;
        let NodeBody::Known { spec, knobs, .. } = &mut self.graph[index].body else {
            return Err(self.unknown_type(index));
        };
        let found = spec.input(&input).and_then(|input| Some((knobs.get_mut(input.index)?, input.knob?)));
        let Some((place, knob)) = found else {
            let hint = part_hint::for_knob(spec, &input);
            return Err(EditError::NoSuchPart { id, what: "knob", name: input, hint });
        };
        if value.is_nan() {
            let (min, max) = (knob.min, knob.max);
            return Err(EditError::BadNumber { what: "value of a knob", value, min, max });
        }
        let value = std::mem::replace(place, knob.clamp(value) + 0.0);
        Ok(Edit::SetKnob { id, input, value })
    }

    fn set_setting(&mut self, id: Arc<str>, name: Arc<str>, value: SettingValue) -> Result<Edit, EditError> {
        let index = self.expect_node(&id)?;
        let NodeBody::Known { spec, settings, .. } = &mut self.graph[index].body else {
            return Err(self.unknown_type(index));
        };
        let Some(setting) = spec.setting(&name) else {
            let hint = part_hint::for_setting(spec, &name);
            return Err(EditError::NoSuchPart { id, what: "setting", name, hint });
        };
        let Some(old) = settings.values().get(setting.index).cloned() else {
            return Err(EditError::Malformed { id });
        };
        if settings.set(setting, value).is_err() {
            let expected = expected(&setting.kind);
            return Err(EditError::BadSetting { id, setting: setting.name, expected });
        }
        Ok(Edit::SetSetting { id, setting: name, value: old })
    }

    fn connect(&mut self, ends: CableEnds, mut options: CableOptions) -> Result<Edit, EditError> {
        options.depth = check_depth(options.depth)?;
        options.hue = check_hue(options.hue)?;
        if self.cable_count() >= limits::CABLES {
            return Err(EditError::TooMany { what: "cables", most: limits::CABLES });
        }
        let from = self.port_for_cable(&ends.from, Side::Output, &ends.output)?;
        let to = self.port_for_cable(&ends.to, Side::Input, &ends.input)?;
        if self.cable_between(from, to).is_some() {
            return Err(EditError::AlreadyConnected { ends });
        }
        self.insert_cable(from, &ends.output, to, &ends.input, options);
        Ok(Edit::Disconnect { ends })
    }

    /// Puts in a cable that was checked; its ports come from
    /// [`Node::port_for_cable`](crate::Node::port_for_cable).
    pub(crate) fn insert_cable(
        &mut self,
        from: PortRef,
        output: &str,
        to: PortRef,
        input: &str,
        options: CableOptions,
    ) -> CableIndex {
        self.graph[from.node].keep_port(Side::Output, from.port, output);
        self.graph[to.node].keep_port(Side::Input, to.port, input);
        let CableOptions { depth, delayed, uncompensated, hue, extra } = options;
        let cable = Cable { output: from.port, input: to.port, depth, delayed, uncompensated, hue, extra };
        self.graph.add_edge(from.node, to.node, cable)
    }

    fn port_for_cable(&self, id: &Arc<str>, side: Side, name: &Arc<str>) -> Result<PortRef, EditError> {
        let node = self.expect_node(id)?;
        let port = self.graph[node].port_for_cable(side, name).map_err(|problem| match problem {
            PortProblem::NoSuchPort(hint) => {
                EditError::NoSuchPart { id: id.clone(), what: side.name(), name: name.clone(), hint }
            }
            PortProblem::BadName => EditError::BadPortName { name: excerpt(name) },
            PortProblem::TooMany => EditError::TooMany { what: "ports on a node", most: limits::PORTS },
        })?;
        Ok(PortRef { node, port })
    }

    fn disconnect(&mut self, ends: CableEnds) -> Result<Edit, EditError> {
        let removed = self.find_cable(&ends).and_then(|cable| self.graph.remove_edge(cable));
        match removed {
            Some(cable) => Ok(Edit::Connect { ends, options: CableOptions::of(&cable) }),
            None => Err(EditError::NoSuchCable { ends }),
        }
    }

    fn set_depth(&mut self, ends: CableEnds, depth: f32) -> Result<Edit, EditError> {
        let depth = check_depth(depth)?;
        let depth = std::mem::replace(&mut self.cable_mut(&ends)?.depth, depth);
        Ok(Edit::SetDepth { ends, depth })
    }

    fn set_meta(&mut self, mut meta: Box<Meta>) -> Result<Edit, EditError> {
        check_meta(&meta)?;
        std::mem::swap(&mut self.meta, &mut meta);
        Ok(Edit::SetMeta(meta))
    }

    fn cable_mut(&mut self, ends: &CableEnds) -> Result<&mut Cable, EditError> {
        let index = self.find_cable(ends);
        let cable = index.and_then(|index| self.graph.edge_weight_mut(index));
        cable.ok_or_else(|| EditError::NoSuchCable { ends: ends.clone() })
    }

    fn expect_node(&self, id: &Arc<str>) -> Result<NodeIndex, EditError> {
        self.find(id).ok_or_else(|| EditError::NoSuchNode {
            id: id.clone(),
            hint: Hint::among(id, self.ids.keys().map(AsRef::as_ref)),
        })
    }

    fn check_new_id(&self, id: &Arc<str>) -> Result<(), EditError> {
        check_id(id).map_err(|problem| EditError::BadId { id: excerpt(id), problem })?;
        match self.find(id) {
            Some(_) => Err(EditError::AlreadyThere { id: id.clone() }),
            None => Ok(()),
        }
    }

    fn unknown_type(&self, index: NodeIndex) -> EditError {
        let node = &self.graph[index];
        EditError::UnknownType { id: node.id.clone(), type_id: excerpt(node.type_id()) }
    }
}

#[cfg(test)]
mod tests;
