//! Reading one node: its type decides whether its values are understood or only kept.

use super::convert::into_kept_members;
use super::error::{Problem, ReadError};
use super::json::{Json, Member, Value};
use super::migrate;
use super::read::{Range, Reader};
use super::warning::Notice;
use crate::boxes::port_spec;
use crate::hint::excerpt;
use crate::id::{check_id, is_type_id};
use crate::setting_text::expected;
use crate::{Extra, Hint, Node, NodeBody, UnknownNode, part_hint};
use jackfield_node::{NodeSpec, Setting, SettingKind, SettingValue};

impl Reader<'_> {
    /// Reads `"id": {...}`.
    pub(super) fn node(&mut self, member: Member<'_>) -> Result<(), ReadError> {
        let Member { key, at, value } = member;
        check_id(&key)
            .map_err(|problem| ReadError::new(at, Problem::BadId { id: excerpt(&key), problem }))?;
        self.entry(&key, value).map_err(|error| error.in_node(&key))
    }

    fn entry(&mut self, id: &str, mut entry: Json<'_>) -> Result<(), ReadError> {
        let Value::Object(members) = &entry.value else {
            return Err(entry.wrong_type("a node", "an object"));
        };
        let find = |key: &str| members.iter().find(|member| member.key == key).map(|member| &member.value);
        let Some(type_id) = find("type") else {
            return Err(entry.error(Problem::Missing { what: "this node", key: "type" }));
        };
        let (type_at, type_id) = (type_id.at, read_type_id(type_id)?.to_owned());
        let spec = self.spec(&type_id);
        // The versions of an unknown type are not for us to judge.
        let version = match (spec, find("version")) {
            (Some(_), Some(version)) => version.as_u32("the version of a node's type")?,
            _ => 1,
        };
        match spec {
            Some(spec) if version <= spec.version => {
                migrate::upgrade_node(&mut entry, spec, version);
                let node = self.known(id, spec, entry.into_object("a node")?)?;
                let index = self.patch.insert_node(node);
                if version < spec.version {
                    self.older.insert(index, version);
                }
            }
            _ => {
                let registry = self.registry;
                self.warnings.add(type_at, Some(id), || match spec {
                    Some(spec) => Notice::NewerType { type_id: spec.id, version, known: spec.version },
                    None => {
                        Notice::UnknownType { hint: Hint::word_or_none(registry.suggest(&type_id)), type_id }
                    }
                });
                let node = self.unknown(id, entry.into_object("a node")?)?;
                self.patch.insert_node(node);
            }
        }
        Ok(())
    }

    /// The type of this id: a port, a box of a definition read before, or one of the registry.
    fn spec(&self, type_id: &str) -> Option<&'static NodeSpec> {
        let definition = || self.definitions.get(type_id.strip_prefix("box.")?);
        port_spec(type_id)
            .or_else(|| definition().map(|definition| definition.spec()))
            .or_else(|| self.registry.get(type_id))
    }

    fn known(
        &mut self,
        id: &str,
        spec: &'static NodeSpec,
        members: Vec<Member<'_>>,
    ) -> Result<Node, ReadError> {
        let mut node = Node::new(id, spec);
        let mut extra = Vec::new();
        for member in members {
            match member.key.as_ref() {
                "type" | "version" => {}
                "at" => node.at = self.place(Some(id), &member.value)?,
                "muted" => node.muted = member.value.as_bool("\"muted\"")?,
                "hue" => node.hue = Some(self.hue(Some(id), &member.value)?),
                "seed" => node.seed = Some(member.value.as_u32("the seed of a node")?),
                "knobs" => self.knobs(&mut node, spec, member.value)?,
                "settings" => settings(&mut node, spec, member.value)?,
                _ => extra.push(member),
            }
        }
        const KEYS: [&str; 8] = ["type", "version", "at", "muted", "hue", "seed", "knobs", "settings"];
        node.extra = self.extra(extra, Some(id), &KEYS)?;
        Ok(node)
    }

    fn unknown(&mut self, id: &str, members: Vec<Member<'_>>) -> Result<Node, ReadError> {
        let (mut place, mut muted, mut hue, mut seed) = ([0.0; 2], false, None, None);
        let mut kept = Vec::new();
        for member in members {
            match member.key.as_ref() {
                "at" => place = self.place(Some(id), &member.value)?,
                "muted" => muted = member.value.as_bool("\"muted\"")?,
                "hue" => hue = Some(self.hue(Some(id), &member.value)?),
                "seed" => seed = Some(member.value.as_u32("the seed of a node")?),
                _ => kept.push(member),
            }
        }
        let entry = into_kept_members(kept)?.into();
        let body = NodeBody::Unknown(UnknownNode { entry, inputs: Vec::new(), outputs: Vec::new() });
        Ok(Node { id: id.into(), at: place, muted, hue, seed, body, extra: Extra::default() })
    }

    fn knobs(&mut self, node: &mut Node, spec: &'static NodeSpec, values: Json<'_>) -> Result<(), ReadError> {
        let NodeBody::Known { knobs, .. } = &mut node.body else { return Ok(()) };
        for member in values.into_object("\"knobs\"")? {
            let input = spec.input(&member.key);
            let found = input.and_then(|input| Some((knobs.get_mut(input.index)?, input.knob?)));
            let Some((place, knob)) = found else {
                return Err(no_such_part(&member, spec, "knob", part_hint::for_knob(spec, &member.key)));
            };
            let what = format!("knob '{}'", member.key);
            *place = self.clamp(
                &member.value,
                Some(&node.id),
                Range { what: &what, min: knob.min, max: knob.max },
            )?;
        }
        Ok(())
    }
}

fn read_type_id<'j>(value: &'j Json<'_>) -> Result<&'j str, ReadError> {
    let type_id = value.as_str("the type of a node")?;
    if is_type_id(type_id) {
        return Ok(type_id);
    }
    Err(value.error(Problem::BadName { what: "a node type", name: excerpt(type_id) }))
}

fn settings(node: &mut Node, spec: &'static NodeSpec, values: Json<'_>) -> Result<(), ReadError> {
    let NodeBody::Known { settings, .. } = &mut node.body else { return Ok(()) };
    for member in values.into_object("\"settings\"")? {
        let Some(setting) = spec.setting(&member.key) else {
            return Err(no_such_part(&member, spec, "setting", part_hint::for_setting(spec, &member.key)));
        };
        let value = setting_value(setting, &member.value)?;
        settings.set(setting, value).map_err(|_| bad_setting(setting, &member.value))?;
    }
    Ok(())
}

/// The value of the setting's kind. Its limits are checked when it is set.
fn setting_value(setting: &Setting, json: &Json<'_>) -> Result<SettingValue, ReadError> {
    let value = match (setting.kind, &json.value) {
        (SettingKind::Choice(names, _), Value::String(name)) => {
            names.iter().position(|known| known == name).map(SettingValue::Choice)
        }
        (SettingKind::Count(..), Value::Number(text)) => text.parse().ok().map(SettingValue::Count),
        (SettingKind::Toggle(_), Value::Bool(on)) => Some(SettingValue::Toggle(*on)),
        (SettingKind::File(_), Value::String(path)) if path.len() <= SettingValue::MAX_TEXT => {
            Some(SettingValue::File(path.clone().into_owned()))
        }
        (SettingKind::Text(_), Value::String(text)) if text.len() <= SettingValue::MAX_TEXT => {
            Some(SettingValue::Text(text.clone().into_owned()))
        }
        (SettingKind::Steps(min, max, _), Value::Array(items)) if items.len() <= SettingValue::MAX_STEPS => {
            let step = |item: &Json<'_>| match item.as_f32(setting.name) {
                Ok(value) if (min..=max).contains(&value) => Ok(value),
                _ => Err(bad_setting(setting, item)),
            };
            Some(SettingValue::Steps(items.iter().map(step).collect::<Result<_, _>>()?))
        }
        _ => None,
    };
    value.ok_or_else(|| bad_setting(setting, json))
}

fn bad_setting(setting: &Setting, json: &Json<'_>) -> ReadError {
    let hint = match (setting.kind, &json.value) {
        (SettingKind::Choice(names, _), Value::String(name)) => Hint::among(name, names.iter().copied()),
        _ => Hint::default(),
    };
    json.error(Problem::BadSetting {
        setting: setting.name,
        expected: expected(&setting.kind),
        found: json.shown(),
        hint,
    })
}

fn no_such_part(member: &Member<'_>, spec: &'static NodeSpec, what: &'static str, hint: Hint) -> ReadError {
    let type_id = spec.id.to_owned();
    ReadError::new(member.at, Problem::NoSuchPart { type_id, what, name: excerpt(&member.key), hint })
}
