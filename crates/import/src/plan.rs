//! The plan for one module: which nodes stand for it, with their knobs and settings, and where its cables
//! go.

use crate::expression::{Expression, Scope, find};
use crate::mapping::{Mapping, Mappings, SettingSource, WireRule};
use crate::rack::Module;
use crate::report::Grade;
use jackfield_node::{NodeSpec, Registry, Setting, SettingKind, SettingValue};
use jackfield_patch::{Node, NodeBody, limits};
use serde_json::Value;
use std::collections::BTreeSet;

/// The ports of a module that have cables.
#[derive(Clone, Debug, Default)]
pub(crate) struct UsedPorts {
    pub(crate) inputs: BTreeSet<u32>,
    pub(crate) outputs: BTreeSet<u32>,
}

/// What becomes of a module.
pub(crate) struct Plan {
    pub(crate) grade: Grade,
    pub(crate) reason: String,
    /// The text of the comment that it becomes.
    pub(crate) comment: Option<String>,
    /// The nodes, without ids and places; and the name that tells each from the others.
    pub(crate) nodes: Vec<(String, Node)>,
    /// Input, position of a node, its input, what one volt becomes.
    pub(crate) inputs: Vec<(u32, usize, String, f64)>,
    /// Output, position of a node, its output, volts of a signal of 1.
    pub(crate) outputs: Vec<(u32, usize, String, f64)>,
    /// Cables among the nodes: from, output, to, input, depth.
    pub(crate) wires: Vec<(usize, String, usize, String, f64)>,
}

impl Plan {
    /// A placeholder and nothing else.
    pub(crate) fn kept(reason: &str) -> Self {
        Self {
            grade: Grade::Kept,
            reason: reason.to_owned(),
            comment: None,
            nodes: Vec::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            wires: Vec::new(),
        }
    }

    /// The ports with cables that nothing stands for.
    pub(crate) fn unmatched(&self, used: &UsedPorts) -> UsedPorts {
        let has_input = |port: &u32| self.inputs.iter().any(|(input, ..)| input == port);
        let has_output = |port: &u32| self.outputs.iter().any(|(output, ..)| output == port);
        UsedPorts {
            inputs: used.inputs.iter().copied().filter(|port| !has_input(port)).collect(),
            outputs: used.outputs.iter().copied().filter(|port| !has_output(port)).collect(),
        }
    }
}

/// The plan for a module.
pub(crate) fn plan(
    module: &Module,
    used: &UsedPorts,
    major: u32,
    mappings: &Mappings,
    registry: &Registry,
) -> Plan {
    let Some(mapping) = mappings.by_module.get(&(module.plugin.clone(), module.model.clone())) else {
        return Plan::kept("no node does what this module does, as far as is known");
    };
    if !mapping.comment.is_empty() {
        return comment(module, mapping);
    }
    let about = About { module, used, major };
    let Some(mut plan) = with_nodes(mapping, &about, registry) else {
        return Plan::kept("this program lacks the node that stands for it");
    };
    let unmatched = plan.unmatched(used);
    let cables = used.inputs.len() + used.outputs.len();
    let left = unmatched.inputs.len() + unmatched.outputs.len();
    if cables > 0 && left == cables {
        return Plan::kept("none of its ports with cables has an equal");
    }
    let mut reasons: Vec<String> = mapping
        .demotions
        .iter()
        .filter(|(when, _)| when.holds(&about))
        .map(|demotion| demotion.1.clone())
        .collect();
    if left > 0 {
        reasons.push(format!("no equal for {}", port_list(&unmatched)));
    }
    if module.is_bypassed {
        reasons.push("it is bypassed in the rack, and muted here".to_owned());
        plan.nodes.iter_mut().for_each(|(_, node)| node.muted = true);
    }
    if !reasons.is_empty() {
        plan.grade = Grade::Near;
        reasons.insert(0, std::mem::take(&mut plan.reason));
        plan.reason = reasons.into_iter().filter(|reason| !reason.is_empty()).collect::<Vec<_>>().join("; ");
    }
    plan
}

/// `input 3, output 0`.
fn port_list(ports: &UsedPorts) -> String {
    const MOST: usize = 6;
    let inputs = ports.inputs.iter().map(|port| format!("input {port}"));
    let all: Vec<String> = inputs.chain(ports.outputs.iter().map(|port| format!("output {port}"))).collect();
    match all.len().checked_sub(MOST) {
        Some(more @ 1..) => format!("{} and {more} more ports", all[..MOST].join(", ")),
        _ => all.join(", "),
    }
}

fn comment(module: &Module, mapping: &Mapping) -> Plan {
    let texts = mapping.comment.iter().filter_map(|path| find(&module.whole, path)?.as_str());
    let text = texts.map(str::trim_end).find(|text| !text.trim().is_empty()).unwrap_or_default();
    if text.len() > limits::ANNOTATION_BYTES {
        return Plan::kept("its text is too long for a comment");
    }
    let text = if text.is_empty() { module.model.as_str() } else { text };
    // Most fields are empty as in a placeholder.
    Plan { grade: mapping.grade, comment: Some(text.to_owned()), ..Plan::kept(&mapping.reason) }
}

/// The module as expressions see it.
struct About<'a> {
    module: &'a Module,
    used: &'a UsedPorts,
    major: u32,
}

impl Scope for About<'_> {
    fn param(&self, id: u32) -> Option<f64> {
        self.module.params.get(&id).copied()
    }
    fn data(&self) -> Option<&Value> {
        self.module.whole.get("data")
    }
    fn has_input(&self, id: u32) -> bool {
        self.used.inputs.contains(&id)
    }
    fn has_output(&self, id: u32) -> bool {
        self.used.outputs.contains(&id)
    }
    fn major(&self) -> u32 {
        self.major
    }
}

/// Those of the mapping's nodes that the module's cables need, set up; nothing where a type is missing.
fn with_nodes(mapping: &Mapping, about: &About<'_>, registry: &Registry) -> Option<Plan> {
    let wires: Vec<(&WireRule, f64)> = mapping
        .wires
        .iter()
        .map(|rule| (rule, readable(rule.depth.value(about))))
        .filter(|(_, depth)| *depth != 0.0)
        .collect();
    let needed = needed_nodes(mapping, about.used, &wires);
    let mut places = vec![None; mapping.nodes.len()];
    let mut plan = Plan { grade: mapping.grade, ..Plan::kept(&mapping.reason) };
    for (place, rule) in mapping.nodes.iter().enumerate() {
        if needed.contains(&place) {
            let spec = registry.get(&rule.type_id)?;
            places[place] = Some(plan.nodes.len());
            plan.nodes.push((rule.name.clone(), set_up(mapping, place, spec, about)));
        }
    }
    let number = |expression: &Expression| readable(expression.value(about));
    for rule in mapping.inputs.iter().filter(|rule| about.has_input(rule.port)) {
        if let Some(node) = places[rule.node] {
            plan.inputs.push((rule.port, node, rule.input.clone(), number(&rule.gain)));
        }
    }
    for rule in mapping.outputs.iter().filter(|rule| about.has_output(rule.port)) {
        if let Some(node) = places[rule.node] {
            plan.outputs.push((rule.port, node, rule.output.clone(), number(&rule.volts)));
        }
    }
    for (rule, depth) in wires {
        if let (Some(from), Some(to)) = (places[rule.from], places[rule.to]) {
            plan.wires.push((from, rule.output.clone(), to, rule.input.clone(), depth));
        }
    }
    Some(plan)
}

/// The nodes whose outputs have cables, the first behind each input that would lead nowhere, and what is
/// wired to them; at least the first.
fn needed_nodes(mapping: &Mapping, used: &UsedPorts, wires: &[(&WireRule, f64)]) -> BTreeSet<usize> {
    let with_cables = mapping.outputs.iter().filter(|rule| used.outputs.contains(&rule.port));
    let mut needed: BTreeSet<usize> = with_cables.map(|rule| rule.node).collect();
    let add_wired = |needed: &mut BTreeSet<usize>| {
        let mut size = 0;
        while size != needed.len() {
            size = needed.len();
            let wired = wires.iter().filter(|(wire, _)| needed.contains(&wire.to));
            let sources: Vec<usize> = wired.map(|(wire, _)| wire.from).collect();
            needed.extend(sources);
        }
    };
    add_wired(&mut needed);
    for &port in &used.inputs {
        let mut targets = mapping.inputs.iter().filter(|rule| rule.port == port).map(|rule| rule.node);
        if targets.clone().any(|node| needed.contains(&node)) {
            continue;
        }
        needed.extend(targets.next());
    }
    if needed.is_empty() && !mapping.nodes.is_empty() {
        needed.insert(0);
    }
    add_wired(&mut needed);
    needed
}

/// A node with its knobs and settings.
fn set_up(mapping: &Mapping, place: usize, spec: &'static NodeSpec, about: &About<'_>) -> Node {
    let mut node = Node::new("node", spec);
    let NodeBody::Known { knobs, settings, .. } = &mut node.body else { return node };
    for rule in mapping.knobs.iter().filter(|rule| rule.node == place) {
        let Some(input) = spec.input(&rule.knob) else { continue };
        if let (Some(knob), Some(value)) = (input.knob, knobs.get_mut(input.index)) {
            *value = knob.clamp(readable(rule.value.value(about)) as f32);
        }
    }
    for rule in mapping.settings.iter().filter(|rule| rule.node == place) {
        let Some(setting) = spec.setting(&rule.setting) else { continue };
        if let Some(value) = setting_value(setting, &rule.value, about) {
            // What the setting refuses keeps its default; the test of all mappings finds it.
            let _refused = settings.set(setting, value);
        }
    }
    node
}

fn setting_value(setting: &Setting, source: &SettingSource, about: &About<'_>) -> Option<SettingValue> {
    let word = match source {
        SettingSource::Word(word) => Some(word),
        SettingSource::Pick(number, choices) => {
            let last = choices.len().checked_sub(1)?;
            choices.get(number.value(about).round().clamp(0.0, last as f64) as usize)
        }
        SettingSource::Numbers(_) | SettingSource::First(..) => None,
    };
    let (count, numbers) = match source {
        SettingSource::Numbers(numbers) => (numbers.len(), numbers.as_slice()),
        SettingSource::First(count, numbers) => {
            (count.value(about).round().max(1.0) as usize, numbers.as_slice())
        }
        _ => (0, [].as_slice()),
    };
    let numbers: Vec<f64> = numbers.iter().take(count).map(|number| number.value(about)).collect();
    match setting.kind {
        SettingKind::Choice(names, _) => {
            names.iter().position(|name| word.is_some_and(|word| word == name)).map(SettingValue::Choice)
        }
        SettingKind::Text(_) => word.cloned().map(SettingValue::Text),
        SettingKind::Toggle(_) => Some(SettingValue::Toggle(*numbers.first()? > 0.5)),
        SettingKind::Count(least, most, _) => {
            let count = numbers.first()?.round().clamp(f64::from(least), f64::from(most));
            Some(SettingValue::Count(count as u32))
        }
        SettingKind::Steps(least, most, _) => {
            let step = |number: &f64| readable(number.clamp(f64::from(least), f64::from(most))) as f32;
            Some(SettingValue::Steps(numbers.iter().map(step).collect()))
        }
        SettingKind::File(_) => None,
    }
}

/// The number to six digits, as a person would write it. The same on every machine, whatever the last
/// bits of its mathematics.
pub(crate) fn readable(number: f64) -> f64 {
    format!("{number:.5e}").parse().unwrap_or(0.0)
}
