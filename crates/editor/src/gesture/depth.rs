//! Depth: how far the cables of a knob move it, for the ring around its dial.

use super::knob_turn::{knob_value, part_of_range};
use crate::document::Document;
use crate::selection::Selection;
use crate::signals::Signals;
use jackfield_patch::{CableIndex, PortRef};

/// The cable whose depth a knob's ring shows and sets: the selected one among several, else the last.
pub(crate) fn cable_of_knob(document: &Document, selection: &Selection, knob: PortRef) -> Option<CableIndex> {
    let cables = document.cables_at_input(knob);
    let is_selected = |cable: &CableIndex| {
        document.patch().ends(*cable).is_some_and(|ends| selection.cables.contains(&ends))
    };
    let selected = cables.iter().copied().find(is_selected);
    selected.or_else(|| cables.last().copied())
}

/// How a knob is moved, in parts of its range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Modulation {
    /// Where the arc of the shown cable's depth begins: at the knob's own value.
    pub(crate) from: f32,
    /// Where it ends, when the cable carries 1.
    pub(crate) to: f32,
    /// Where the knob is now, with all cables.
    pub(crate) now: f32,
}

/// How a knob with cables is moved now.
pub(crate) fn modulation(
    document: &Document,
    selection: &Selection,
    signals: &Signals,
    at: PortRef,
) -> Option<Modulation> {
    let cable = cable_of_knob(document, selection, at)?;
    let patch = document.patch();
    let (knob, value) = knob_value(patch, at)?;
    let part = |signal: f32| part_of_range(&knob, knob.to_shown(signal));
    let own = knob.to_signal(value);
    let depth = patch.cable(cable)?.2.depth;
    let into = patch.cables_into(at.node).filter(|cable| cable.2 == at);
    let added: f32 = into
        .filter_map(|(_, from, _, cable)| Some(signals.level(from)?.now * cable.depth))
        .filter(|added| added.is_finite())
        .sum();
    Some(Modulation { from: part(own), to: part(own + depth), now: part(own + added) })
}
