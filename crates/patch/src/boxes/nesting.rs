//! How deep definitions lie inside one another, and how large a patch is once they are unfolded: a few lines
//! of text can stand for more nodes than any machine has.

use super::Definitions;
use super::definition::definition_id;
use crate::{EditError, Patch, limits};
use std::collections::HashMap;

/// What unfolds from a definition or a patch.
#[derive(Clone, Copy, Default)]
struct Extent {
    nodes: u64,
    cables: u64,
    /// Boxes inside one another.
    depth: usize,
}

enum NestingVisit {
    Begun,
    Done(Extent),
}

/// Checks that all boxes of a patch have a definition, that none lies inside itself, and that the unfolded
/// patch keeps to the limits. Takes time in proportion to patch and definitions.
///
/// # Errors
///
/// [`EditError::NoSuchDefinition`], [`EditError::Nested`] or [`EditError::TooMany`].
pub(crate) fn check_nesting(patch: &Patch) -> Result<(), EditError> {
    let mut visits = HashMap::new();
    for id in patch.definitions.keys() {
        let extent = extent_of(&patch.definitions, id, &mut visits, 1)?;
        check(extent)?;
    }
    check(extent(patch, &patch.definitions, &mut visits, 0)?)
}

fn check(extent: Extent) -> Result<(), EditError> {
    let too_many = |what, most| Err(EditError::TooMany { what, most });
    if extent.depth > limits::BOX_DEPTH {
        return too_many("boxes inside one another", limits::BOX_DEPTH);
    }
    if extent.nodes > limits::NODES as u64 {
        return too_many("nodes, those inside boxes included", limits::NODES);
    }
    if extent.cables > limits::CABLES as u64 {
        return too_many("cables, those inside boxes included", limits::CABLES);
    }
    Ok(())
}

fn extent_of(
    definitions: &Definitions,
    id: &str,
    visits: &mut HashMap<String, NestingVisit>,
    depth: usize,
) -> Result<Extent, EditError> {
    match visits.get(id) {
        Some(NestingVisit::Done(extent)) => return Ok(*extent),
        Some(NestingVisit::Begun) => return Err(EditError::Nested { id: id.into() }),
        None => {}
    }
    let Some(definition) = definitions.get(id) else {
        return Err(EditError::NoSuchDefinition { id: id.into() });
    };
    // Every level of the search is a level of boxes, so this also bounds the search.
    if depth > limits::BOX_DEPTH {
        return Err(EditError::TooMany { what: "boxes inside one another", most: limits::BOX_DEPTH });
    }
    visits.insert(id.to_owned(), NestingVisit::Begun);
    let mut found = extent(&definition.inside, definitions, visits, depth)?;
    found.depth += 1;
    visits.insert(id.to_owned(), NestingVisit::Done(found));
    Ok(found)
}

fn extent(
    level: &Patch,
    definitions: &Definitions,
    visits: &mut HashMap<String, NestingVisit>,
    depth: usize,
) -> Result<Extent, EditError> {
    let mut extent = Extent { nodes: 0, cables: level.cable_count() as u64, depth: 0 };
    for (_, node) in level.nodes() {
        extent.nodes = extent.nodes.saturating_add(1);
        let Some(id) = node.spec().and_then(definition_id) else { continue };
        let inside = extent_of(definitions, id, visits, depth + 1)?;
        extent.nodes = extent.nodes.saturating_add(inside.nodes);
        extent.cables = extent.cables.saturating_add(inside.cables);
        extent.depth = extent.depth.max(inside.depth);
    }
    Ok(extent)
}
