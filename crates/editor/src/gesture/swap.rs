//! Swap: two nodes change places in the patch, or two cables change the inputs they end in.

use super::GestureContext;
use crate::transaction::Transaction;
use jackfield_patch::{CableEnds, CableIndex, CableOptions, Edit, EditError, Patch};
use std::sync::Arc;

/// Swaps the two selected nodes, or else the two selected cables.
pub(crate) fn swap(context: &mut GestureContext<'_>) {
    let patch = context.document.patch();
    let selection = &context.view.selection;
    let nodes: Vec<_> = selection.nodes.iter().cloned().collect();
    let cables: Vec<_> = selection.cables.iter().cloned().collect();
    let edit = match (&nodes[..], &cables[..]) {
        ([a, b], _) => swapped_nodes(patch, a, b),
        (_, [a, b]) => swapped_cables(patch, a, b),
        _ => {
            context.view.tell("Select two nodes or two cables to swap them.");
            return;
        }
    };
    match edit {
        Ok(Some(edit)) => {
            context.edit(edit);
        }
        Ok(None) => {}
        Err(error) => context.view.refuse(&error),
    }
}

/// Each node takes the other's place and, as far as it has ports of the same place, the other's cables.
fn swapped_nodes(patch: &Patch, a: &Arc<str>, b: &Arc<str>) -> Result<Option<Edit>, EditError> {
    let (Some(first), Some(second)) = (patch.find(a), patch.find(b)) else { return Ok(None) };
    let (Some(one), Some(two)) = (patch.node(first), patch.node(second)) else { return Ok(None) };
    let mut transaction = Transaction::new(patch);
    transaction.edit(Edit::Move { id: a.clone(), at: two.at })?;
    transaction.edit(Edit::Move { id: b.clone(), at: one.at })?;
    let mut cables: Vec<CableIndex> = [first, second]
        .into_iter()
        .flat_map(|node| patch.cables_into(node).chain(patch.cables_out_of(node)))
        .map(|cable| cable.0)
        .collect();
    cables.sort_unstable();
    cables.dedup();
    let other = |node| {
        if node == first {
            second
        } else if node == second {
            first
        } else {
            node
        }
    };
    let mut joints = Vec::new();
    for cable in cables {
        let (Some(ends), Some((from, to, content))) = (patch.ends(cable), patch.cable(cable)) else {
            continue;
        };
        transaction.edit(Edit::Disconnect { ends })?;
        let (Some(source), Some(target)) = (patch.node(other(from.node)), patch.node(other(to.node))) else {
            continue;
        };
        let (output, input) = (source.output_names().nth(from.port), target.input_names().nth(to.port));
        if let (Some(output), Some(input)) = (output, input) {
            let ends = CableEnds::new(source.id.clone(), output, target.id.clone(), input);
            joints.push((ends, CableOptions::of(content)));
        }
    }
    for (ends, options) in joints {
        transaction.connect(ends, options)?;
    }
    Ok(transaction.finish())
}

/// Each cable ends where the other did; the depth belongs to the input and stays there.
fn swapped_cables(patch: &Patch, a: &CableEnds, b: &CableEnds) -> Result<Option<Edit>, EditError> {
    let options = |ends| {
        let (_, _, cable) = patch.cable(patch.find_cable(ends)?)?;
        Some(CableOptions::of(cable))
    };
    let (Some(of_a), Some(of_b)) = (options(a), options(b)) else { return Ok(None) };
    let mut transaction = Transaction::new(patch);
    transaction.edit(Edit::Disconnect { ends: a.clone() })?;
    transaction.edit(Edit::Disconnect { ends: b.clone() })?;
    transaction.connect(CableEnds { to: b.to.clone(), input: b.input.clone(), ..a.clone() }, of_b)?;
    transaction.connect(CableEnds { to: a.to.clone(), input: a.input.clone(), ..b.clone() }, of_a)?;
    Ok(transaction.finish())
}
