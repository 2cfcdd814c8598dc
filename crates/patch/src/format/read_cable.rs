//! Reading cables: `{"from": "node.output", "to": "node.input"}`, and what differs from a plain one.

use super::error::{Problem, ReadError};
use super::json::Json;
use super::migrate::upgrade_port;
use super::read::{Range, Reader};
use crate::hint::excerpt;
use crate::node::{PortProblem, Side};
use crate::{CableOptions, Hint, PortRef, limits};
use std::collections::HashSet;

/// One end of a cable, found in the patch.
struct End {
    port: PortRef,
    name: String,
}

impl Reader<'_> {
    pub(super) fn all_cables(&mut self, cables: Vec<Json<'_>>) -> Result<(), ReadError> {
        let mut seen = HashSet::with_capacity(cables.len());
        for cable in cables {
            let at = cable.at;
            let (from, to, options) = self.cable(cable)?;
            if !seen.insert((from.port, to.port)) {
                let ends = self.named(&from) + " -> " + &self.named(&to);
                return Err(ReadError::new(at, Problem::DuplicateCable { ends }));
            }
            self.patch.insert_cable(from.port, &from.name, to.port, &to.name, options);
        }
        Ok(())
    }

    fn cable(&mut self, cable: Json<'_>) -> Result<(End, End, CableOptions), ReadError> {
        let missing = |key| Problem::Missing { what: "this cable", key };
        let (no_from, no_to) = (cable.error(missing("from")), cable.error(missing("to")));
        let mut options = CableOptions::default();
        let (mut from, mut to) = (None, None);
        let mut extra = Vec::new();
        for member in cable.into_object("a cable")? {
            let value = &member.value;
            match member.key.as_ref() {
                "from" => from = Some(self.end(value, Side::Output)?),
                "to" => to = Some(self.end(value, Side::Input)?),
                "depth" => options.depth = self.depth(value)?,
                "delayed" => options.delayed = value.as_bool("\"delayed\"")?,
                "uncompensated" => options.uncompensated = value.as_bool("\"uncompensated\"")?,
                "hue" => options.hue = Some(self.hue(None, value)?),
                _ => extra.push(member),
            }
        }
        const KEYS: [&str; 6] = ["from", "to", "depth", "delayed", "uncompensated", "hue"];
        options.extra = self.extra(extra, None, &KEYS)?;
        Ok((from.ok_or(no_from)?, to.ok_or(no_to)?, options))
    }

    fn depth(&mut self, value: &Json<'_>) -> Result<f32, ReadError> {
        let range =
            Range { what: "the depth of a cable", min: -limits::CABLE_DEPTH, max: limits::CABLE_DEPTH };
        self.clamp(value, None, range)
    }

    /// Finds the port that `node.port` names.
    fn end(&self, value: &Json<'_>, side: Side) -> Result<End, ReadError> {
        let text = value.as_str("the end of a cable")?;
        let Some((id, name)) = text.split_once('.') else {
            let example = self.example_end(text, side);
            return Err(value.error(Problem::BadEnd { text: excerpt(text), example }));
        };
        let Some(index) = self.patch.find(id) else {
            let hint = Hint::among(id, self.patch.nodes().map(|(_, node)| node.id.as_ref()));
            return Err(value.error(Problem::NoSuchNode { id: excerpt(id), hint }));
        };
        let node = &self.patch.graph[index];
        let name = match (node.spec(), self.older.get(&index)) {
            (Some(spec), Some(version)) => upgrade_port(spec, *version, side, name),
            _ => name,
        };
        let port = node.port_for_cable(side, name).map_err(|problem| {
            let what = side.name();
            let problem = match problem {
                PortProblem::NoSuchPort(hint) => {
                    let type_id = excerpt(node.type_id());
                    Problem::NoSuchPart { type_id, what, name: excerpt(name), hint }
                }
                PortProblem::BadName => Problem::BadName { what: "a port", name: excerpt(name) },
                PortProblem::TooMany => Problem::TooMany { what: "ports on a node", most: limits::PORTS },
            };
            value.error(problem).in_node(id)
        })?;
        Ok(End { port: PortRef { node: index, port }, name: name.to_owned() })
    }

    /// A port that a cable could have on this side: of the node of this id, else of any, else of none.
    fn example_end(&self, id: &str, side: Side) -> String {
        let named = self.patch.find(id).map(|index| &self.patch.graph[index]);
        let nodes = named.into_iter().chain(self.patch.nodes().map(|(_, node)| node));
        let ends = nodes.filter_map(|node| Some(format!("{}.{}", node.id, node.port_name(side, 0)?)));
        ends.map(|end| excerpt(&end)).next().unwrap_or_else(|| "osc.out".to_owned())
    }

    fn named(&self, end: &End) -> String {
        format!("{}.{}", self.patch.graph[end.port.node].id, end.name)
    }
}
