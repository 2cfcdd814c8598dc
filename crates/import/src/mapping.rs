//! Mappings: what stands for a module. They are written in text (`mapping_text`), so that whoever knows a
//! module can add it without knowing the program.

use crate::expression::Expression;
use crate::mapping_text::{self, MappingError};
use crate::report::Grade;
use jackfield_node::Registry;
use std::collections::HashMap;

/// What stands for each module that has an equal.
#[derive(Clone, Debug, Default)]
pub struct Mappings {
    /// By plugin and model.
    pub(crate) by_module: HashMap<(String, String), Mapping>,
}

impl Mappings {
    /// Reads mapping files: name and text of each.
    ///
    /// # Errors
    ///
    /// When a text is not understood, or a module has two mappings.
    pub fn read(files: &[(&str, &str)]) -> Result<Self, MappingError> {
        let mut mappings = Self::default();
        for (name, text) in files {
            for (module, mapping) in mapping_text::read(name, text)? {
                let label = format!("{}/{}", module.0, module.1);
                if mappings.by_module.insert(module, mapping).is_some() {
                    return Err(MappingError::new(name, 0, format!("{label} has two mappings")));
                }
            }
        }
        Ok(mappings)
    }

    /// How many modules there are.
    pub fn len(&self) -> usize {
        self.by_module.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_module.is_empty()
    }

    /// Plugin, model, grade and the reason for it, in alphabetical order.
    pub fn list(&self) -> Vec<(&str, &str, Grade, &str)> {
        let mut list: Vec<(&str, &str, Grade, &str)> = self
            .by_module
            .iter()
            .map(|((plugin, model), mapping)| {
                (plugin.as_str(), model.as_str(), mapping.grade, mapping.reason.as_str())
            })
            .collect();
        list.sort_unstable_by_key(|entry| (entry.0, entry.1));
        list
    }

    /// What is wrong with the mappings: node types, ports, knobs, settings and choices that do not exist. A
    /// line each.
    pub fn check(&self, registry: &Registry) -> Vec<String> {
        let mut faults: Vec<String> = self
            .by_module
            .iter()
            .flat_map(|((plugin, model), mapping)| {
                let faults = mapping.check(registry);
                faults.into_iter().map(move |fault| format!("{plugin}/{model}: {fault}"))
            })
            .collect();
        faults.sort_unstable();
        faults
    }
}

/// What stands for one module.
#[derive(Clone, Debug)]
pub(crate) struct Mapping {
    pub(crate) grade: Grade,
    /// Why it is not exact.
    pub(crate) reason: String,
    /// Where in the module's entry the text of a comment stands, for a module that is one. Several are
    /// tried.
    pub(crate) comment: Vec<Vec<String>>,
    pub(crate) nodes: Vec<NodeRule>,
    pub(crate) knobs: Vec<KnobRule>,
    pub(crate) settings: Vec<SettingRule>,
    pub(crate) inputs: Vec<InputRule>,
    pub(crate) outputs: Vec<OutputRule>,
    pub(crate) wires: Vec<WireRule>,
    /// Conditions under which it is near only, and why.
    pub(crate) demotions: Vec<(Expression, String)>,
}

/// One of the nodes.
#[derive(Clone, Debug)]
pub(crate) struct NodeRule {
    pub(crate) name: String,
    pub(crate) type_id: String,
}

/// The value of a knob.
#[derive(Clone, Debug)]
pub(crate) struct KnobRule {
    pub(crate) node: usize,
    pub(crate) knob: String,
    pub(crate) value: Expression,
}

/// The value of a setting.
#[derive(Clone, Debug)]
pub(crate) struct SettingRule {
    pub(crate) node: usize,
    pub(crate) setting: String,
    pub(crate) value: SettingSource,
}

/// Where a setting's value comes from.
#[derive(Clone, Debug)]
pub(crate) enum SettingSource {
    /// A text or choice as it stands.
    Word(String),
    /// One of these choices, by number.
    Pick(Expression, Vec<String>),
    /// Numbers: one for a count or a switch, any number for steps.
    Numbers(Vec<Expression>),
    /// So many of these numbers.
    First(Expression, Vec<Expression>),
}

/// What an input of the module leads to.
#[derive(Clone, Debug)]
pub(crate) struct InputRule {
    pub(crate) port: u32,
    pub(crate) node: usize,
    pub(crate) input: String,
    /// What one volt becomes.
    pub(crate) gain: Expression,
}

/// Where an output of the module comes from.
#[derive(Clone, Debug)]
pub(crate) struct OutputRule {
    pub(crate) port: u32,
    pub(crate) node: usize,
    pub(crate) output: String,
    /// How many volts a signal of 1 stands for.
    pub(crate) volts: Expression,
}

/// A cable among the nodes.
#[derive(Clone, Debug)]
pub(crate) struct WireRule {
    pub(crate) from: usize,
    pub(crate) output: String,
    pub(crate) to: usize,
    pub(crate) input: String,
    pub(crate) depth: Expression,
}
