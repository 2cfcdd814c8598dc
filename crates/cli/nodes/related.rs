//! Which node types a person who reads of one may want to see too.

use jackfield_node::NodeSpec;
use std::collections::{BTreeMap, BTreeSet};

/// A word counts at least this much: one that seven types go by says little.
const LEAST: f64 = 1.0 / 6.0;
/// So many are named even where none has much in common: neighbours in the library.
const FEWEST: usize = 2;

/// What a type is called, as in its id.
fn name(spec: &NodeSpec) -> String {
    spec.id.split('.').nth(1).unwrap_or(spec.id).replace('_', " ")
}

/// The words that a type goes by: its tags, and its name.
fn words(spec: &NodeSpec) -> BTreeSet<String> {
    spec.tags.iter().map(|tag| tag.to_lowercase()).chain([name(spec)]).collect()
}

/// The types that have most in common with this one, the nearest first, at most so many. A word counts the
/// more the fewer types go by it. One word means little between categories (the *drum* of a rotary speaker),
/// unless it is what one of the two is called.
pub(super) fn related(spec: &NodeSpec, specs: &[&'static NodeSpec], most: usize) -> Vec<&'static NodeSpec> {
    let mut frequency: BTreeMap<String, f64> = BTreeMap::new();
    for word in specs.iter().flat_map(|spec| words(spec)) {
        *frequency.entry(word).or_default() += 1.0;
    }
    let own = words(spec);
    let score = |other: &NodeSpec| -> f64 {
        let theirs = words(other);
        let shared: Vec<&String> = theirs.intersection(&own).collect();
        let is_near = other.category == spec.category
            || shared.len() > 1
            || own.contains(&name(other))
            || theirs.contains(&name(spec));
        if is_near { shared.iter().map(|word| 1.0 / (frequency[*word] - 1.0)).sum() } else { 0.0 }
    };
    let mut others: Vec<_> =
        specs.iter().filter(|other| other.id != spec.id).map(|other| (score(other), *other)).collect();
    // Stable: equals stay in the order of the library, those of the same category first.
    others.sort_by(|a, b| {
        let is_foreign = |other: &NodeSpec| other.category != spec.category;
        b.0.total_cmp(&a.0).then(is_foreign(a.1).cmp(&is_foreign(b.1)))
    });
    let near = others.iter().filter(|(score, _)| *score >= LEAST).count();
    others.into_iter().take(near.clamp(FEWEST, most)).map(|(_, spec)| spec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(id: &str) -> Vec<&'static str> {
        let registry = jackfield_nodes::registry();
        let specs: Vec<_> = registry.iter().collect();
        let spec = registry.get(id).expect("a type");
        related(spec, &specs, 4).into_iter().map(|spec| spec.id).collect()
    }

    #[test]
    fn what_goes_by_the_same_rare_words_is_near() {
        assert!(of("filter.ladder").contains(&"filter.diode_ladder"), "{:?}", of("filter.ladder"));
        assert!(of("modulator.adsr").contains(&"modulator.ahdsr"), "{:?}", of("modulator.adsr"));
        assert!(of("mixing.send").contains(&"mixing.return_bus"), "{:?}", of("mixing.send"));
        assert!(
            of("source.unison").contains(&"modulator.voices"),
            "another category: {:?}",
            of("source.unison")
        );
    }

    #[test]
    fn every_type_has_some_and_is_not_among_them() {
        let registry = jackfield_nodes::registry();
        for spec in registry.iter() {
            let near = of(spec.id);
            assert!((2..=4).contains(&near.len()) && !near.contains(&spec.id), "{}: {near:?}", spec.id);
        }
    }
}
