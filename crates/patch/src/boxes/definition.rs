//! A definition: what boxes of one kind hold, stored once in a patch.

use super::interface::{self, Traits};
use super::port::{self, Port};
use crate::format::write_inside;
use crate::hint::excerpt;
use crate::id::is_name;
use crate::{EditError, Node, Patch, limits};
use jackfield_node::NodeSpec;
use std::collections::BTreeMap;
use std::sync::Arc;

/// All definitions of a patch, by id.
pub(crate) type Definitions = BTreeMap<Arc<str>, Arc<Definition>>;

/// What boxes of one kind hold. [Edits](crate::Edit::Inside) change it.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Counts up whenever it is saved to a library.
    pub version: u32,
    /// The [content hash](Patch::content_hash) it had when it was last taken from a library or saved to one;
    /// nothing if it never was.
    pub origin: Option<u64>,
    id: Arc<str>,
    pub(crate) inside: Patch,
    ports: Vec<Port>,
    spec: &'static NodeSpec,
}

impl PartialEq for Definition {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version && self.origin == other.origin && self.inside == other.inside
    }
}

/// The definition that boxes of this type hold; nothing for other types.
pub fn definition_id(spec: &NodeSpec) -> Option<&'static str> {
    spec.id.strip_prefix("box.")
}

impl Definition {
    /// A definition of this id that holds a patch, whose title is its name. Ports are nodes of the types of
    /// [`PortRole::spec`](crate::PortRole::spec).
    ///
    /// # Errors
    ///
    /// [`EditError::BadPortName`] when its id or that of a port can't be the name of one, and
    /// [`EditError::TooMany`] when it has more ports than a node may have.
    pub fn new(id: impl Into<Arc<str>>, mut inside: Patch) -> Result<Self, EditError> {
        let id = id.into();
        if !is_name(&id) || id.len() > limits::ID_BYTES {
            return Err(EditError::BadPortName { name: excerpt(&id) });
        }
        inside.is_inside = true;
        let (ports, spec) = outside(&id, &inside)?;
        Ok(Self { version: 1, origin: None, id, inside, ports, spec })
    }

    /// The same content under another id.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn with_id(&self, id: impl Into<Arc<str>>) -> Result<Self, EditError> {
        Ok(Self::new(id, self.inside.clone())?.with_origin(self.version, self.origin))
    }

    /// The same definition as this version of a library, or of none.
    #[must_use]
    pub fn with_origin(mut self, version: u32, origin: Option<u64>) -> Self {
        (self.version, self.origin) = (version, origin);
        self
    }

    /// Its id: boxes of it are of type `box.` and this.
    pub fn id(&self) -> &Arc<str> {
        &self.id
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        self.spec.name
    }

    /// What it holds.
    pub fn inside(&self) -> &Patch {
        &self.inside
    }

    /// Its ports in the order they have outside: inputs, knobs, outputs.
    pub fn ports(&self) -> &[Port] {
        &self.ports
    }

    /// The type of its boxes.
    pub fn spec(&self) -> &'static NodeSpec {
        self.spec
    }

    /// The definitions whose boxes it holds, each as often as it holds one.
    pub(crate) fn uses(&self) -> impl Iterator<Item = &'static str> {
        self.inside.nodes().filter_map(|(_, node)| definition_id(node.spec()?))
    }

    /// Brings ports and spec up to date after a change inside; whether the spec is another now.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new); nothing is changed then.
    pub(super) fn follow(&mut self) -> Result<bool, EditError> {
        let (ports, spec) = outside(&self.id, &self.inside)?;
        self.ports = ports;
        let before = std::mem::replace(&mut self.spec, spec);
        Ok(!std::ptr::eq(before, spec))
    }
}

/// The ports of a definition, and the spec that they make.
fn outside(id: &str, inside: &Patch) -> Result<(Vec<Port>, &'static NodeSpec), EditError> {
    let ports = port::ports(inside);
    if let Some(port) = ports.iter().find(|port| !is_name(&port.id)) {
        return Err(EditError::BadPortName { name: excerpt(&port.id) });
    }
    let outputs = ports.iter().filter(|port| port.role == port::PortRole::Output).count();
    if outputs > limits::PORTS || ports.len() - outputs > limits::PORTS {
        return Err(EditError::TooMany { what: "ports on a node", most: limits::PORTS });
    }
    let specs = || inside.nodes().filter_map(|(_, node)| node.spec());
    let traits = Traits {
        is_random: specs().any(|spec| spec.is_random),
        hears_midi: specs().any(|spec| spec.hears_midi),
        hears_device: specs().any(|spec| spec.hears_device),
        plays_on_device: specs().any(|spec| spec.plays_on_device),
        is_sink: specs().any(|spec| spec.is_sink),
    };
    let title = inside.meta.title.trim();
    let spec = interface::spec(id, if title.is_empty() { id } else { title }, &ports, traits);
    Ok((ports, spec))
}

impl Patch {
    /// All definitions, ordered by id.
    pub fn definitions(&self) -> impl Iterator<Item = &Arc<Definition>> {
        self.definitions.values()
    }

    /// The definition with this id.
    pub fn definition(&self, id: &str) -> Option<&Arc<Definition>> {
        self.definitions.get(id)
    }

    /// What a box holds; nothing if the node is no box.
    pub fn definition_of(&self, node: &Node) -> Option<&Arc<Definition>> {
        self.definition(definition_id(node.spec()?)?)
    }

    /// The patch itself, or what a definition of it holds.
    pub fn level(&self, definition: Option<&str>) -> Option<&Self> {
        match definition {
            None => Some(self),
            Some(id) => self.definition(id).map(|definition| definition.inside()),
        }
    }

    /// How many boxes of a definition there are, in the patch and inside other definitions.
    pub fn uses_of(&self, definition: &str) -> usize {
        let is_use = |id: &str| id == definition;
        let here = self.nodes().filter(|(_, node)| node.spec().and_then(definition_id).is_some_and(is_use));
        let inside = self.definitions.values().flat_map(|other| other.uses().filter(|id| is_use(id)));
        here.count() + inside.count()
    }

    /// An id like `name` that no definition has: in small letters, without what names can't have.
    pub fn free_definition_id(&self, name: &str) -> Arc<str> {
        let mut base = String::new();
        for letter in name.trim().chars().flat_map(char::to_lowercase) {
            let is_plain = letter.is_alphanumeric() || letter == '_';
            let letter = if is_plain { letter } else { '-' };
            if !(letter == '-' && (base.is_empty() || base.ends_with('-'))) {
                base.push(letter);
            }
        }
        let most = limits::ID_BYTES - 12;
        base.truncate((0..=most).rev().find(|&byte| base.is_char_boundary(byte)).unwrap_or(0));
        let base = base.trim_end_matches('-');
        let base = if base.is_empty() { "box" } else { base };
        if !self.definitions.contains_key(base) {
            return base.into();
        }
        let numbered = (2_u32..).map(|number| format!("{base}-{number}"));
        // There are finitely many definitions, and each number is tried once.
        numbered.into_iter().find(|id| !self.definitions.contains_key(id.as_str())).unwrap_or_default().into()
    }

    /// A hash of what a definition holds, definitions inside it included; versions and origins don't count.
    /// The same on every machine. It tells whether two are equal, and is no protection against somebody who
    /// wants them to look so: 64 bits of FNV-1a over the text of the file.
    ///
    /// Takes time in proportion to the definition's text.
    pub fn content_hash(&self, definition: &str) -> Option<u64> {
        let mut text = String::new();
        for id in self.needed_by(definition) {
            let definition = self.definition(&id)?;
            text.push_str(&id);
            text.push('\n');
            write_inside(&mut text, &definition.inside);
        }
        (!text.is_empty()).then(|| {
            text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            })
        })
    }

    /// A definition and all that it needs, ordered by id but for itself, which comes first. Empty if there is
    /// none.
    pub fn needed_by(&self, definition: &str) -> Vec<Arc<str>> {
        let Some((id, _)) = self.definitions.get_key_value(definition) else { return Vec::new() };
        let mut found = std::collections::BTreeSet::new();
        let mut next = vec![id.clone()];
        while let Some(id) = next.pop() {
            let Some(definition) = self.definition(&id) else { continue };
            for used in definition.uses() {
                if let Some((id, _)) = self.definitions.get_key_value(used)
                    && &**id != definition.id().as_ref()
                    && found.insert(id.clone())
                {
                    next.push(id.clone());
                }
            }
        }
        found.remove(id);
        std::iter::once(id.clone()).chain(found).collect()
    }
}
