//! The registry: every node type a program knows, by id.

use crate::NodeSpec;
use std::collections::BTreeMap;
use thiserror::Error;

/// Why a registry could not be made.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegistryError {
    /// Two specs have one id.
    #[error("two node types are called '{id}'; rename one")]
    Duplicate {
        /// The id.
        id: &'static str,
    },
}

/// Every node type a program knows.
///
/// ```
/// use jackfield_node::prelude::*;
/// use jackfield_node::Registry;
///
/// const IN: Input = Input::audio(0, "in", "A signal.");
/// const OUT: Output = Output::audio(0, "out", "The same, upside down.");
/// static INVERT: NodeSpec = NodeSpec::lanes::<Invert>("maths.invert", "Invert", Category::Maths)
///     .summary("Turns a signal upside down.")
///     .inputs(&[IN])
///     .outputs(&[OUT])
///     .checked();
///
/// struct Invert;
/// impl LaneNode for Invert {
///     type State<V: Vector> = NoState;
///     type Config = NoConfig;
///
///     #[inline(always)]
///     fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
///         let (input, mut out) = (io.input(IN), io.output(OUT));
///         for frame in io.frames() {
///             out.set(frame, -input.at(frame));
///         }
///     }
/// }
///
/// let registry = Registry::new(&[&INVERT])?;
/// assert_eq!(registry.get("maths.invert").map(|spec| spec.name), Some("Invert"));
/// assert_eq!(registry.suggest("maths.inverse"), Some("maths.invert"));
/// # Ok::<(), jackfield_node::RegistryError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Registry {
    specs: BTreeMap<&'static str, &'static NodeSpec>,
    /// By their [former ids](NodeSpec::former_ids).
    former: BTreeMap<&'static str, &'static NodeSpec>,
}

impl Registry {
    /// A registry of these node types. Control thread.
    ///
    /// # Errors
    ///
    /// When two of them have one id.
    pub fn new(specs: &[&'static NodeSpec]) -> Result<Self, RegistryError> {
        let mut registry = Self::default();
        for &spec in specs {
            registry.add(spec)?;
        }
        Ok(registry)
    }

    /// Adds a node type. Control thread.
    ///
    /// # Errors
    ///
    /// When there is one with this id already. The new one takes its place.
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

    /// The id that was most likely meant by a misspelt one, if any is near enough: one that differs in
    /// capitals only, one whose last part it is, or one that is spelt like it.
    pub fn suggest(&self, id: &str) -> Option<&'static str> {
        fn last(id: &str) -> &str {
            id.rsplit('.').next().unwrap_or(id)
        }
        let small = id.to_lowercase();
        let ids = || self.specs.keys().copied();
        let same = ids().find(|id| *id == small).or_else(|| ids().find(|id| last(id) == last(&small)));
        same.or_else(|| suggest(&small, ids())).or_else(|| {
            let near = suggest(last(&small), ids().map(last))?;
            ids().find(|id| last(id) == near)
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    struct Silent;

    impl LaneNode for Silent {
        type State<V: Vector> = NoState;
        type Config = NoConfig;

        #[inline(always)]
        fn process<V: Vector>(_: &mut NoState, _: &NoConfig, _: &mut Io<'_, V>) {}
    }

    static SVF: NodeSpec =
        NodeSpec::lanes::<Silent>("filter.svf", "Filter", Category::Filter).summary("One.").checked();
    static OSCILLATOR: NodeSpec =
        NodeSpec::lanes::<Silent>("source.oscillator", "Oscillator", Category::Source)
            .summary("Another.")
            .checked();

    #[test]
    fn capitals_a_missing_category_and_slips_are_forgiven() {
        let registry = Registry::new(&[&SVF, &OSCILLATOR]).unwrap();
        for meant in ["svf", "Filter.SVF", "SVF", "filter.svg", "effect.svf"] {
            assert_eq!(registry.suggest(meant), Some("filter.svf"), "{meant}");
        }
        for meant in ["oscilator", "Oscillator", "source.osc", "source.oscillator "] {
            assert_eq!(registry.suggest(meant), Some("source.oscillator"), "{meant}");
        }
        assert_eq!(registry.suggest("xyzzy"), None);
    }
}
