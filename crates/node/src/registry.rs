//! The registry: every node type a program knows, by id.

use crate::NodeSpec;
use std::collections::BTreeMap;
use thiserror::Error;

/// Why a registry could not be made.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RegistryError {
    /// Two specs have one id.
    #[error("two node types are called '{id}'; rename one")]
    Duplicate {
        /// The id.
        id: &'static str,
    },
}

/// Every node type a program knows.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    specs: BTreeMap<&'static str, &'static NodeSpec>,
    /// By their [former ids](NodeSpec::former_ids).
    former: BTreeMap<&'static str, &'static NodeSpec>,
}

impl Registry {
    /// A registry of these node types.
    pub fn new(specs: &[&'static NodeSpec]) -> Result<Self, RegistryError> {
        let mut registry = Self::default();
        for &spec in specs {
            registry.add(spec)?;
        }
        Ok(registry)
    }

    /// Adds a node type.
    pub fn add(&mut self, spec: &'static NodeSpec) -> Result<(), RegistryError> {
        if self.get(spec.id).is_some() {
            return Err(RegistryError::Duplicate { id: spec.id });
        }
        if let Some(id) = spec.former_ids.iter().find(|id| self.get(id).is_some() || **id == spec.id) {
            return Err(RegistryError::Duplicate { id });
        }
        self.specs.insert(spec.id, spec);
        self.former.extend(spec.former_ids.iter().map(|id| (*id, spec)));
        Ok(())
    }

    /// The node type with this id, or with this [former id](NodeSpec::former_ids).
    pub fn get(&self, id: &str) -> Option<&'static NodeSpec> {
        self.specs.get(id).or_else(|| self.former.get(id)).copied()
    }

    /// All node types, ordered by id.
    pub fn iter(&self) -> impl Iterator<Item = &'static NodeSpec> + '_ {
        self.specs.values().copied()
    }

    /// The id most like a misspelt one, if any is near enough to be meant.
    pub fn suggest(&self, id: &str) -> Option<&'static str> {
        suggest(id, self.specs.keys().copied())
    }
}

/// The candidate most like `word`, if any is near enough to be meant.
pub fn suggest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
