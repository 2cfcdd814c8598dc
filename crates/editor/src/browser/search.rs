//! Search: ranks node types by how well they fit a few letters, and what is wanted of them.

use super::Browser;
use crate::fuzzy::{subsequence, text_score};
use crate::node_request::NodeRequest;
use crate::scene::Side;
use jackfield_node::{NodeSpec, PortKind, Registry};
use std::cmp::Reverse;

/// The types that fit, best first: by words found, then by the wanted port, then what one uses most.
pub(super) fn search(
    registry: &Registry,
    browser: &Browser,
    request: &NodeRequest,
    query: &str,
) -> Vec<&'static NodeSpec> {
    let query = query.to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let mut found: Vec<_> = registry
        .iter()
        .filter_map(|spec| {
            let fit = request.wanted.map_or(Some(0), |(side, kind)| fit(spec, side, kind))?;
            let score = words.iter().map(|word| score(spec, word)).sum::<Option<u32>>()?;
            let favourite = browser.favourites.contains(spec.id);
            let recent = browser.recent.iter().position(|id| id == spec.id).unwrap_or(usize::MAX);
            Some(((Reverse(score), Reverse(fit), !favourite, recent, spec.category, spec.name), spec))
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found.into_iter().map(|(_, spec)| spec).collect()
}

/// How well a type takes or gives a signal of this kind; nothing when it has no port on that side.
fn fit(spec: &NodeSpec, side: Side, kind: PortKind) -> Option<u32> {
    let (same, plain, any) = match side {
        Side::Input => {
            let same = |knob: bool| {
                spec.inputs.iter().any(|input| input.kind == kind && input.knob.is_some() == knob)
            };
            (same(false), same(true), !spec.inputs.is_empty())
        }
        Side::Output => {
            let same = spec.outputs.iter().any(|output| output.kind == kind);
            (same, same, !spec.outputs.is_empty())
        }
    };
    any.then_some(if same { 2 } else { u32::from(plain) })
}

/// How well a word fits a type; nothing when it does not at all.
fn score(spec: &NodeSpec, word: &str) -> Option<u32> {
    let in_name = text_score(spec.name, word).map(|score| score * 4);
    let in_tags = spec.tags.iter().filter_map(|tag| text_score(tag, word)).max().map(|score| score * 3);
    let in_id = text_score(spec.id, word).map(|score| score * 2);
    let contains = |text: &str| text.to_lowercase().contains(word);
    let in_text = if contains(spec.summary) {
        Some(20)
    } else if contains(spec.help) {
        Some(10)
    } else {
        None
    };
    let letters = subsequence(spec.name, word).then_some(5);
    [in_name, in_tags, in_id, in_text, letters].into_iter().flatten().max()
}
