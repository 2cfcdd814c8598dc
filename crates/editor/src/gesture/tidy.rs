//! Tidy: arranges nodes by signal flow, in layers from left to right.
//!
//! The way of Sugiyama, Tagawa and Toda 1981: break loops, give each node the layer behind its last
//! source, order each layer by the middle of its neighbours, then place. Equal patches give equal
//! arrangements.

use super::{GestureContext, snap};
use crate::scene::{Card, Scene};
use crate::theme::GRID;
use egui::{Pos2, pos2};
use jackfield_patch::{Edit, NodeIndex};
use std::collections::BTreeMap;

/// Space between layers, where the cables run.
const LAYER_GAP: f32 = 10.0 * GRID;
/// Space between cards of a layer.
const CARD_GAP: f32 = 3.0 * GRID;
/// How often layers are reordered; few are enough.
const SWEEPS: usize = 8;

/// Arranges the selected nodes, or all when fewer than two are selected.
pub(crate) fn tidy(context: &mut GestureContext<'_>) {
    let selection = &context.view.selection;
    let all = selection.nodes.len() < 2;
    let cards: Vec<&Card> =
        context.scene.cards.iter().filter(|card| all || selection.nodes.contains(&card.id)).collect();
    let places = arrange(context.scene, &cards);
    let patch = context.document.patch();
    let edits: Vec<Edit> = cards
        .iter()
        .zip(places)
        .filter(|(card, at)| patch.node(card.node).is_some_and(|node| node.at != *at))
        .map(|(card, at)| Edit::Move { id: card.id.clone(), at })
        .collect();
    if !edits.is_empty() && context.edit(Edit::Batch(edits)) && all {
        context.view.fit_next = true;
    }
}

/// The place of each card.
fn arrange(scene: &Scene, cards: &[&Card]) -> Vec<[f32; 2]> {
    let position: BTreeMap<NodeIndex, usize> =
        cards.iter().enumerate().map(|(position, card)| (card.node, position)).collect();
    let mut targets = vec![Vec::new(); cards.len()];
    for wire in &scene.wires {
        if let (Some(&from), Some(&to)) = (position.get(&wire.from.node), position.get(&wire.to.node))
            && from != to
            && !targets[from].contains(&to)
        {
            targets[from].push(to);
        }
    }
    break_loops(&mut targets);
    let mut layers = layers(&targets);
    order(&mut layers, &targets);
    place(&layers, cards)
}

/// Takes out the arrows that lead back, found depth first, without recursion.
fn break_loops(targets: &mut [Vec<usize>]) {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; targets.len()];
    for root in 0..targets.len() {
        let mut path = vec![(root, 0)];
        while let Some((node, next)) = path.pop() {
            if next == 0 && marks[node] != Mark::New {
                continue;
            }
            marks[node] = Mark::Open;
            match targets[node].get(next).copied() {
                None => marks[node] = Mark::Done,
                Some(target) if marks[target] == Mark::Open => {
                    targets[node].remove(next);
                    // At 0 the node would look as if it had been seen.
                    marks[node] = if next == 0 { Mark::New } else { Mark::Open };
                    path.push((node, next));
                }
                Some(target) => {
                    path.push((node, next + 1));
                    path.push((target, 0));
                }
            }
        }
    }
}

/// The nodes of each layer: every node stands behind all its sources, as far left as it can.
fn layers(targets: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut sources = vec![0; targets.len()];
    for &target in targets.iter().flatten() {
        sources[target] += 1;
    }
    let mut layer = vec![0; targets.len()];
    let mut ready: Vec<usize> = (0..targets.len()).filter(|&node| sources[node] == 0).collect();
    let mut next = 0;
    while let Some(&node) = ready.get(next) {
        next += 1;
        for &target in &targets[node] {
            layer[target] = layer[target].max(layer[node] + 1);
            sources[target] -= 1;
            if sources[target] == 0 {
                ready.push(target);
            }
        }
    }
    // A source stands right before its first target, not at the far left.
    for &node in ready.iter().rev() {
        if let Some(nearest) = targets[node].iter().map(|&target| layer[target]).min() {
            layer[node] = nearest - 1;
        }
    }
    let mut layers = vec![Vec::new(); layer.iter().max().map_or(0, |last| last + 1)];
    for (node, &layer) in layer.iter().enumerate() {
        layers[layer].push(node);
    }
    layers
}

/// Orders each layer by the middle of the neighbours in the layers before and behind, to and fro.
fn order(layers: &mut [Vec<usize>], targets: &[Vec<usize>]) {
    let mut neighbours = vec![Vec::new(); targets.len()];
    for (node, targets) in targets.iter().enumerate() {
        for &target in targets {
            neighbours[node].push(target);
            neighbours[target].push(node);
        }
    }
    let mut rank = vec![0.0_f32; targets.len()];
    let note = |layer: &[usize], rank: &mut [f32]| {
        for (place, &node) in layer.iter().enumerate() {
            rank[node] = (place as f32 + 0.5) / layer.len() as f32;
        }
    };
    for layer in layers.iter() {
        note(layer, &mut rank);
    }
    for sweep in 0..SWEEPS {
        for step in 0..layers.len() {
            let layer = if sweep % 2 == 0 { step } else { layers.len() - 1 - step };
            let middle = |node: usize| {
                let around = &neighbours[node];
                let sum: f32 = around.iter().map(|&other| rank[other]).sum();
                if around.is_empty() { rank[node] } else { sum / around.len() as f32 }
            };
            layers[layer].sort_by(|&a, &b| middle(a).total_cmp(&middle(b)).then(a.cmp(&b)));
            note(&layers[layer], &mut rank);
        }
    }
}

/// Places the layers beside one another, each one's middle at the same height.
fn place(layers: &[Vec<usize>], cards: &[&Card]) -> Vec<[f32; 2]> {
    let least = |value: fn(&Card) -> f32| cards.iter().map(|card| value(card)).fold(f32::MAX, f32::min);
    let start: Pos2 = pos2(least(|card| card.rect.left()), least(|card| card.rect.top()));
    let height = |layer: &[usize]| {
        layer.iter().map(|&node| cards[node].rect.height() + CARD_GAP).sum::<f32>() - CARD_GAP
    };
    let tallest = layers.iter().map(|layer| height(layer)).fold(0.0, f32::max);
    let mut places = vec![[0.0; 2]; cards.len()];
    let mut x = start.x;
    for layer in layers {
        let mut y = start.y + (tallest - height(layer)) / 2.0;
        let mut width = 0.0_f32;
        for &node in layer {
            places[node] = snap(pos2(x, y));
            y += cards[node].rect.height() + CARD_GAP;
            width = width.max(cards[node].rect.width());
        }
        x += width + LAYER_GAP;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_are_broken_and_layers_follow_the_signal() {
        // 0 -> 1 -> 2 -> 1, 3 -> 2
        let mut targets = vec![vec![1], vec![2], vec![1], vec![2]];
        break_loops(&mut targets);
        assert_eq!(targets, [vec![1], vec![2], vec![], vec![2]]);
        assert_eq!(layers(&targets), [vec![0], vec![1, 3], vec![2]]);
    }

    #[test]
    fn a_long_chain_and_a_knot_end() {
        let count = 10_000;
        let mut chain: Vec<Vec<usize>> = (0..count).map(|node| vec![(node + 1) % count]).collect();
        break_loops(&mut chain);
        assert_eq!(layers(&chain).len(), count);
        let mut knot: Vec<Vec<usize>> =
            (0..30).map(|node| (0..30).filter(|&other| other != node).collect()).collect();
        break_loops(&mut knot);
        assert_eq!(layers(&knot).iter().map(Vec::len).sum::<usize>(), 30);
    }
}
