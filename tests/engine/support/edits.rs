//! Random edits that fit the patch they are made for.

use super::random::{Palette, connectable, random_value};
use jackfield_patch::{CableEnds, CableOptions, Edit, Node, NodeIndex, Patch};
use std::sync::Arc;

/// Numbers by chance, the same for the same start (SplitMix64).
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `count`.
    pub fn below(&mut self, count: usize) -> usize {
        (self.roll() % count.max(1) as u64) as usize
    }

    /// 0 to 1.
    pub fn unit(&mut self) -> f32 {
        self.below(1 << 20) as f32 / (1 << 20) as f32
    }

    pub fn pick<'l, T>(&mut self, list: &'l [T]) -> Option<&'l T> {
        if list.is_empty() { None } else { list.get(self.below(list.len())) }
    }
}

/// What random edits leave alone, and what they may add.
pub struct Editing<'a> {
    pub palette: Palette,
    /// Nodes that no edit touches.
    pub is_protected: &'a dyn Fn(&str) -> bool,
    /// Nodes are added below this many and removed above it.
    pub size: usize,
}

impl Editing<'_> {
    /// An edit of any kind but the whole patch. Tries until one fits.
    pub fn edit(&self, patch: &Patch, dice: &mut Dice) -> Edit {
        loop {
            let edit = match dice.below(14) {
                0 | 1 => self.add_node(patch, dice),
                2 => self.remove_node(patch, dice),
                3..=5 => self.connect(patch, dice),
                6 | 7 => self.cable(patch, dice).map(|ends| Edit::Disconnect { ends }),
                8 => self
                    .cable(patch, dice)
                    .map(|ends| Edit::SetDepth { ends, depth: dice.unit() * 2.0 - 1.0 }),
                9 => self
                    .node(patch, dice)
                    .map(|node| Edit::SetMuted { id: node.id.clone(), muted: !node.muted }),
                10 => self.set_setting(patch, dice),
                11 => {
                    self.cable(patch, dice).map(|ends| Edit::SetDelayed { ends, delayed: dice.below(2) == 0 })
                }
                _ => self.set_knob(patch, dice),
            };
            if let Some(edit) = edit {
                return edit;
            }
        }
    }

    fn node<'p>(&self, patch: &'p Patch, dice: &mut Dice) -> Option<&'p Node> {
        let index = NodeIndex::new(dice.below(patch.graph().node_count() + 8));
        patch.node(index).filter(|node| !(self.is_protected)(&node.id))
    }

    fn add_node(&self, patch: &Patch, dice: &mut Dice) -> Option<Edit> {
        let id: Arc<str> = format!("x{}", dice.below(100_000)).into();
        let is_free = patch.node_count() < self.size && patch.find(&id).is_none();
        let spec = dice.pick(self.palette).filter(|_| is_free)?;
        Some(Edit::AddNode(Box::new(Node::new(id, spec))))
    }

    fn remove_node(&self, patch: &Patch, dice: &mut Dice) -> Option<Edit> {
        let node = self.node(patch, dice)?;
        (patch.node_count() * 10 > self.size * 9).then(|| Edit::RemoveNode { id: node.id.clone() })
    }

    fn connect(&self, patch: &Patch, dice: &mut Dice) -> Option<Edit> {
        let (from, to) = (self.node(patch, dice)?, self.node(patch, dice)?);
        let output = dice.pick(from.spec()?.outputs)?;
        let input = dice.pick(to.spec()?.inputs)?;
        let ends = CableEnds::new(from.id.clone(), output.name, to.id.clone(), input.name);
        // Few loops, or in a while all of the patch is one.
        let is_forward = *from.id < *to.id || dice.below(20) == 0;
        let is_wanted = is_forward && patch.cable_count() < 2 * self.size && connectable(patch, &ends);
        let depth = if dice.below(2) == 0 { 1.0 } else { dice.unit() };
        is_wanted.then(|| Edit::Connect { ends, options: CableOptions { depth, ..Default::default() } })
    }

    fn cable(&self, patch: &Patch, dice: &mut Dice) -> Option<CableEnds> {
        let node = patch.find(&self.node(patch, dice)?.id)?;
        let cables: Vec<_> = patch.cables_into(node).map(|cable| cable.0).collect();
        patch.ends(*dice.pick(&cables)?)
    }

    fn set_knob(&self, patch: &Patch, dice: &mut Dice) -> Option<Edit> {
        let node = self.node(patch, dice)?;
        let input = dice.pick(node.spec()?.inputs)?;
        let knob = input.knob?;
        let value = knob.min + (knob.max - knob.min) * dice.unit();
        Some(Edit::SetKnob { id: node.id.clone(), input: input.name.into(), value })
    }

    fn set_setting(&self, patch: &Patch, dice: &mut Dice) -> Option<Edit> {
        let node = self.node(patch, dice)?;
        let setting = dice.pick(node.spec()?.settings)?;
        let value = random_value(&setting.kind, dice.below(1 << 16) as u16)?;
        Some(Edit::SetSetting { id: node.id.clone(), setting: setting.name.into(), value })
    }
}
