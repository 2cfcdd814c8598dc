//! Checking mappings against the node types there are.

use crate::mapping::{Mapping, SettingSource};
use crate::report::Grade;
use jackfield_node::{NodeSpec, Registry, SettingKind};

impl Mapping {
    /// What is wrong with it, a line each.
    pub(crate) fn check(&self, registry: &Registry) -> Vec<String> {
        let mut faults = Vec::new();
        if self.grade == Grade::Near && self.reason.is_empty() {
            faults.push("it is near, but does not say why".to_owned());
        }
        if self.nodes.is_empty() == self.comment.is_empty() {
            faults.push("it needs either nodes or a comment".to_owned());
        }
        let spec_of = |node: usize| registry.get(&self.nodes.get(node)?.type_id);
        for (place, node) in self.nodes.iter().enumerate() {
            if spec_of(place).is_none() {
                faults.push(format!("there is no node type '{}'", node.type_id));
            }
        }
        let mut must = |node: usize, what: &str, name: &str, has: &dyn Fn(&NodeSpec) -> bool| {
            if let Some(spec) = spec_of(node).filter(|spec| !has(spec)) {
                faults.push(format!("{} has no {what} '{name}'", spec.id));
            }
        };
        for rule in &self.knobs {
            let has = |spec: &NodeSpec| spec.input(&rule.knob).is_some_and(|input| input.knob.is_some());
            must(rule.node, "knob", &rule.knob, &has);
        }
        for rule in &self.inputs {
            must(rule.node, "input", &rule.input, &|spec| spec.input(&rule.input).is_some());
        }
        for rule in &self.outputs {
            must(rule.node, "output", &rule.output, &|spec| spec.output(&rule.output).is_some());
        }
        for rule in &self.wires {
            must(rule.from, "output", &rule.output, &|spec| spec.output(&rule.output).is_some());
            must(rule.to, "input", &rule.input, &|spec| spec.input(&rule.input).is_some());
        }
        for rule in &self.settings {
            let has = |spec: &NodeSpec| {
                spec.setting(&rule.setting).is_some_and(|setting| fits(&setting.kind, &rule.value))
            };
            must(rule.node, "setting for such a value", &rule.setting, &has);
        }
        faults
    }
}

/// Whether a setting takes what comes from here.
fn fits(kind: &SettingKind, value: &SettingSource) -> bool {
    match (kind, value) {
        (SettingKind::Choice(names, _), SettingSource::Word(word)) => names.contains(&word.as_str()),
        (SettingKind::Choice(names, _), SettingSource::Pick(_, choices)) => {
            !choices.is_empty() && choices.iter().all(|choice| names.contains(&choice.as_str()))
        }
        (SettingKind::Count(..) | SettingKind::Toggle(_), SettingSource::Numbers(numbers)) => {
            numbers.len() == 1
        }
        (SettingKind::Text(_), SettingSource::Word(_))
        | (SettingKind::Steps(..), SettingSource::Numbers(_) | SettingSource::First(..)) => true,
        _ => false,
    }
}
