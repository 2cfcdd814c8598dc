//! Layers: which blocks stand one above the other, and in which order.
//!
//! The way of Sugiyama, Tagawa and Toda 1981: break loops, give each block the layer behind its last source,
//! order each layer by the middle of its neighbours.

/// How often layers are reordered; few are enough.
const SWEEPS: usize = 8;

/// Takes out the arrows that lead back, found depth first, without recursion.
pub(super) fn break_loops(targets: &mut [Vec<usize>]) {
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
pub(super) fn layers(targets: &[Vec<usize>]) -> Vec<Vec<usize>> {
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
pub(super) fn order(layers: &mut [Vec<usize>], targets: &[Vec<usize>]) {
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
