//! Seeds: what the random choices of nodes start from.
//!
//! A node's own seed and the patch's are joined by an exclusive or, so a node can be carried into a patch of
//! another seed and play on as it did.

use crate::{Node, Patch};
use std::collections::BTreeSet;

impl Patch {
    /// What a node's random choices start from: its own seed joined with the patch's. The voices of the node
    /// tell themselves apart behind it.
    ///
    /// Without a seed of its own it comes from the patch's and the id (FNV-1a).
    pub fn node_seed(&self, node: &Node) -> u32 {
        node.seed.map_or_else(|| seed_of_id(self.seed, &node.id), |seed| seed ^ self.seed)
    }

    /// The seed with which a node of this patch keeps its random choices under any id: its own, or else the
    /// one that its id stands for here. None if its type makes no such choices.
    pub fn own_seed(&self, node: &Node) -> Option<u32> {
        let needs_one = node.spec().is_none_or(|spec| spec.is_random);
        node.seed.or_else(|| needs_one.then(|| self.node_seed(node) ^ self.seed))
    }

    /// The node as it goes into a patch of this seed: its random choices stay what they are here.
    pub fn carried(&self, node: &Node, patch_seed: u32) -> Node {
        let seed = self.own_seed(node).map(|seed| seed ^ self.seed ^ patch_seed);
        Node { seed, ..node.clone() }
    }

    /// A seed for a node of this id that no node of the patch has: another one whenever that of the node
    /// is taken, so setting it rolls the node's dice again.
    ///
    /// It follows from id and patch alone. Takes time in proportion to the number of nodes.
    pub fn fresh_seed(&self, id: &str) -> u32 {
        let taken: BTreeSet<u32> = self.nodes().map(|(_, node)| self.node_seed(node) ^ self.seed).collect();
        let node = self.find(id).and_then(|index| self.node(index));
        let mut seed = node.map_or_else(|| seed_of_id(0, id), |node| next(self.node_seed(node) ^ self.seed));
        while taken.contains(&seed) {
            seed = next(seed);
        }
        seed
    }
}

/// The seed that an id stands for in a patch of this seed.
fn seed_of_id(patch_seed: u32, id: &str) -> u32 {
    let start = 0x811c_9dc5 ^ patch_seed;
    id.bytes().fold(start, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The seed after this one: a walk through all 2^32 of them (Knuth's linear congruential generator), so it
/// leads out of any set of taken ones.
fn next(seed: u32) -> u32 {
    seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DICE, OSC, registry};
    use crate::{Edit, read, write};

    fn dice(patch_seed: u32, ids: &[&str]) -> Patch {
        let mut patch = Patch { seed: patch_seed, ..Patch::new() };
        for id in ids {
            patch.apply(Edit::AddNode(Box::new(Node::new(*id, &DICE)))).unwrap();
        }
        patch
    }

    fn seed(patch: &Patch, id: &str) -> u32 {
        patch.node_seed(patch.node(patch.find(id).unwrap()).unwrap())
    }

    #[test]
    fn a_file_without_seeds_means_what_it_meant() {
        // FNV-1a of "noise", from its published constants.
        assert_eq!(seed(&dice(0, &["noise"]), "noise"), 0x9044_16d1);
        assert_ne!(seed(&dice(1, &["noise"]), "noise"), 0x9044_16d1);
    }

    #[test]
    fn renaming_keeps_the_seed_and_its_undo_keeps_the_file() {
        for patch_seed in [0, 7] {
            let mut patch = dice(patch_seed, &["a"]);
            let before = (seed(&patch, "a"), write(&patch));
            let undo = patch.apply(Edit::Rename { id: "a".into(), to: "my dice".into() }).unwrap();
            assert_eq!(seed(&patch, "my dice"), before.0);
            let (read, _) = read(write(&patch), &registry()).unwrap();
            assert_eq!((seed(&read, "my dice"), &read), (before.0, &patch));
            patch.apply(undo).unwrap();
            assert_eq!((seed(&patch, "a"), write(&patch)), before);
        }
    }

    #[test]
    fn a_node_without_chance_gets_no_seed() {
        let mut patch = Patch::new();
        patch.apply(Edit::AddNode(Box::new(Node::new("osc", &OSC)))).unwrap();
        patch.apply(Edit::Rename { id: "osc".into(), to: "tone".into() }).unwrap();
        assert!(!write(&patch).contains("seed"));
    }

    #[test]
    fn a_node_sounds_the_same_in_another_patch() {
        let from = dice(7, &["a"]);
        let mut to = dice(1234, &["b"]);
        let mut copy = from.carried(from.node(from.find("a").unwrap()).unwrap(), to.seed);
        copy.id = "c".into();
        to.apply(Edit::AddNode(Box::new(copy))).unwrap();
        assert_eq!(seed(&to, "c"), seed(&from, "a"));
    }

    #[test]
    fn rolling_gives_a_seed_that_nobody_has() {
        let mut patch = dice(3, &["a", "b"]);
        let mut seen = BTreeSet::from([seed(&patch, "a"), seed(&patch, "b")]);
        for _ in 0..20 {
            for id in ["a", "b"] {
                let roll = Edit::SetNodeSeed { id: id.into(), seed: Some(patch.fresh_seed(id)) };
                let (before, undo) = (patch.clone(), patch.apply(roll).unwrap());
                assert!(seen.insert(seed(&patch, id)));
                let redo = patch.apply(undo).unwrap();
                assert_eq!(patch, before);
                patch.apply(redo).unwrap();
            }
        }
        // A new node called like an older one of the same seed is another.
        let fresh = patch.fresh_seed("c");
        patch.apply(Edit::SetNodeSeed { id: "a".into(), seed: Some(fresh) }).unwrap();
        assert_ne!(patch.fresh_seed("c"), fresh);
    }
}
