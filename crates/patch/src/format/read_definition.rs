//! Reading definitions: each is like a patch of its own, and is read behind those that it needs.

use super::error::{Problem, ReadError};
use super::json::{Json, Member, Value};
use super::read::Reader;
use crate::hint::excerpt;
use crate::id::is_name;
use crate::{Definition, IdProblem, Patch, limits};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A definition that is still to be read.
struct Pending<'j> {
    member: Member<'j>,
    /// The definitions whose boxes it holds.
    needs: HashSet<String>,
}

impl Reader<'_> {
    pub(super) fn definitions(&mut self, definitions: Json<'_>) -> Result<(), ReadError> {
        let too_many = definitions.error(Problem::TooMany { what: "definitions", most: limits::DEFINITIONS });
        let definitions = definitions.into_object("\"definitions\"")?;
        if definitions.len() > limits::DEFINITIONS {
            return Err(too_many);
        }
        let ids: HashSet<String> = definitions.iter().map(|member| member.key.to_string()).collect();
        let mut pending: Vec<Pending<'_>> = Vec::new();
        for member in definitions {
            check_definition_id(&member)?;
            let needs = needs(&member.value).filter(|id| ids.contains(*id)).map(str::to_owned).collect();
            pending.push(Pending { member, needs });
        }
        // Each round reads all that need nothing that is still to be read.
        while !pending.is_empty() {
            let open: HashSet<String> =
                pending.iter().map(|pending| pending.member.key.to_string()).collect();
            let (ready, rest): (Vec<_>, Vec<_>) =
                pending.into_iter().partition(|pending| pending.needs.is_disjoint(&open));
            if ready.is_empty() {
                // One is in a ring, or needs one that is.
                let Some(Pending { member, .. }) = rest.into_iter().next() else { return Ok(()) };
                return Err(ReadError::new(member.at, Problem::Nested { id: excerpt(&member.key) }));
            }
            for Pending { member, .. } in ready {
                self.definition(member)?;
            }
            pending = rest;
        }
        Ok(())
    }

    fn definition(&mut self, member: Member<'_>) -> Result<(), ReadError> {
        let Member { key, at, value } = member;
        let (mut version, mut origin) = (1, None);
        let mut rest = Vec::new();
        for member in value.into_object("a definition")? {
            match member.key.as_ref() {
                "version" => version = member.value.as_u32("the version of a definition")?,
                "origin" => origin = Some(hash(&member.value)?),
                _ => rest.push(member),
            }
        }
        let mut inside = Reader {
            registry: self.registry,
            patch: Patch::new(),
            warnings: std::mem::take(&mut self.warnings),
            older: HashMap::new(),
            definitions: std::mem::take(&mut self.definitions),
        };
        const KEYS: [&str; 10] = [
            "title", "author", "license", "notes", "version", "origin", "nodes", "cables", "comments",
            "frames",
        ];
        inside.contents(rest, &KEYS)?;
        (self.warnings, self.definitions) = (inside.warnings, inside.definitions);
        let made = Definition::new(key.as_ref(), inside.patch).map_err(|error| {
            ReadError::new(at, Problem::BadDefinition { id: excerpt(&key), error: Box::new(error) })
        })?;
        self.definitions.insert(made.id().clone(), Arc::new(made.with_origin(version, origin)));
        Ok(())
    }
}

fn check_definition_id(member: &Member<'_>) -> Result<(), ReadError> {
    let id = &member.key;
    if is_name(id) && id.len() <= limits::ID_BYTES {
        return Ok(());
    }
    let odd = id.chars().find(|letter| !letter.is_alphanumeric() && !matches!(letter, '_' | '-'));
    let problem = match odd {
        _ if id.is_empty() => IdProblem::Empty,
        Some(letter) => IdProblem::Character(letter),
        None => IdProblem::Long,
    };
    Err(ReadError::new(member.at, Problem::BadId { id: excerpt(id), problem }))
}

/// A content hash: sixteen digits, as text, since not every program keeps numbers that large.
fn hash(value: &Json<'_>) -> Result<u64, ReadError> {
    let text = value.as_str("the origin of a definition")?;
    let is_hash = text.len() == 16 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    let hash = u64::from_str_radix(text, 16).ok().filter(|_| is_hash);
    hash.ok_or_else(|| value.wrong_type("the origin of a definition", "16 hexadecimal digits"))
}

/// The ids in the types of the boxes that a definition holds.
fn needs<'j>(definition: &'j Json<'_>) -> impl Iterator<Item = &'j str> {
    fn members<'j, 't>(value: &'j Json<'t>) -> &'j [Member<'t>] {
        match &value.value {
            Value::Object(members) => members,
            _ => &[],
        }
    }
    fn find<'j, 't>(value: &'j Json<'t>, key: &str) -> Option<&'j Json<'t>> {
        members(value).iter().find(|member| member.key == key).map(|member| &member.value)
    }
    let nodes = find(definition, "nodes").map(members).unwrap_or_default();
    nodes.iter().filter_map(|node| match &find(&node.value, "type")?.value {
        Value::String(type_id) => type_id.strip_prefix("box."),
        _ => None,
    })
}
