//! Which nodes of one patch are those of another under a new id.
//!
//! Only ids that one of the two patches lacks come into question, and only nodes of one type. Likeness
//! counts knobs and settings, cables to nodes that kept their id, and the place on the canvas.

use crate::{CableEnds, Node, NodeBody, NodeIndex, Patch};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How much two nodes have to be alike. Equal values count 1, equal cables 1 and one place [`SAME_PLACE`]:
/// two of these three will do.
const ENOUGH: f64 = 1.25;
/// What it counts that two nodes stand at one place.
const SAME_PLACE: f64 = 0.5;
/// Pairs of nodes of one type that are looked at; where there are more, none counts as renamed.
const MOST_PAIRS: usize = 250_000;

/// Old and new id of each node that was renamed, ordered by the old one.
pub(crate) fn find_renames(from: &Patch, to: &Patch) -> Vec<(Arc<str>, Arc<str>)> {
    let gone = only_in(from, to);
    let mut new = only_in(to, from);
    let mut renames = Vec::new();
    for (type_id, gone) in gone {
        let Some(new) = new.remove(type_id) else { continue };
        if gone.len() * new.len() <= MOST_PAIRS {
            pair(from, &gone, to, &new, &mut renames);
        }
    }
    renames.sort_unstable();
    renames
}

/// The nodes whose id the other patch lacks, by type.
fn only_in<'p>(patch: &'p Patch, other: &Patch) -> BTreeMap<&'p str, Vec<NodeIndex>> {
    let mut nodes: BTreeMap<&str, Vec<NodeIndex>> = BTreeMap::new();
    for (index, node) in patch.nodes().filter(|(_, node)| other.find(&node.id).is_none()) {
        nodes.entry(node.type_id()).or_default().push(index);
    }
    nodes
}

/// Pairs nodes of one type, the most alike first.
fn pair(
    from: &Patch,
    gone: &[NodeIndex],
    to: &Patch,
    new: &[NodeIndex],
    renames: &mut Vec<(Arc<str>, Arc<str>)>,
) {
    let new: Vec<_> = new.iter().map(|&index| (index, neighbours(to, index))).collect();
    let mut pairs = Vec::new();
    for (was, &gone) in gone.iter().enumerate() {
        let around = neighbours(from, gone);
        for (is, (new, around_new)) in new.iter().enumerate() {
            let (Some(before), Some(after)) = (from.node(gone), to.node(*new)) else { continue };
            let likeness = likeness(before, after) + shared(&around, around_new);
            if likeness >= ENOUGH {
                pairs.push((likeness, was, is, before.id.clone(), after.id.clone()));
            }
        }
    }
    // A stable sort: among equals the order of the ids decides.
    pairs.sort_by(|one, other| other.0.total_cmp(&one.0));
    let (mut taken, mut given) = (BTreeSet::new(), BTreeSet::new());
    for (_, was, is, id, now) in pairs {
        if !taken.contains(&was) && !given.contains(&is) {
            taken.insert(was);
            given.insert(is);
            renames.push((id, now));
        }
    }
}

/// How much two nodes of one type are alike by themselves, 0 to 1.5.
fn likeness(one: &Node, other: &Node) -> f64 {
    let values = match (&one.body, &other.body) {
        (
            NodeBody::Known { knobs, settings, .. },
            NodeBody::Known { knobs: other_knobs, settings: other_settings, .. },
        ) => {
            let equal_knobs = knobs.iter().zip(other_knobs).filter(|(a, b)| a == b).count();
            let settings = settings.values().iter().zip(other_settings.values());
            let equal_settings = settings.clone().filter(|(a, b)| a == b).count();
            let all = knobs.len() + settings.count();
            if all == 0 { 1.0 } else { (equal_knobs + equal_settings) as f64 / all as f64 }
        }
        (one, other) => f64::from(one == other),
    };
    values + if one.at == other.at { SAME_PLACE } else { 0.0 }
}

/// What a node is connected to: whether into it, its own port, the other node and that node's port.
type Neighbours = BTreeSet<(bool, Arc<str>, Arc<str>, Arc<str>)>;

fn neighbours(patch: &Patch, node: NodeIndex) -> Neighbours {
    let into = patch.cables_into(node).filter_map(|(cable, ..)| patch.ends(cable));
    let out_of = patch.cables_out_of(node).filter_map(|(cable, ..)| patch.ends(cable));
    let into = into.map(|CableEnds { from, output, input, .. }| (true, input, from, output));
    into.chain(out_of.map(|CableEnds { output, to, input, .. }| (false, output, to, input))).collect()
}

/// The part of all neighbours that both have, 0 to 1.
fn shared(one: &Neighbours, other: &Neighbours) -> f64 {
    let both = one.intersection(other).count();
    let all = one.len() + other.len() - both;
    if all == 0 { 0.0 } else { both as f64 / all as f64 }
}
