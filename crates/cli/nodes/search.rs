//! Looking for node types by words.

use jackfield_node::{NodeSpec, Registry};

/// The types in whose id, name, summary or tags all of these words stand, capitals or not; all types without
/// a word.
///
/// A word with a dot in it is an id, which is not looked for in parts.
pub(super) fn find(registry: &Registry, words: &[String]) -> Vec<&'static NodeSpec> {
    let words: Vec<String> =
        words.iter().flat_map(|word| word.split_whitespace()).map(str::to_lowercase).collect();
    if words.iter().any(|word| word.contains('.')) {
        return Vec::new();
    }
    let stands_in = |spec: &NodeSpec, word: &String| {
        let texts = [spec.id, spec.name, spec.summary].into_iter().chain(spec.tags.iter().copied());
        texts.into_iter().any(|text| text.to_lowercase().contains(word.as_str()))
    };
    registry.iter().filter(|spec| words.iter().all(|word| stands_in(spec, word))).collect()
}
