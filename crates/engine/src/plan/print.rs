//! A plan in print: as text, as Graphviz dot, and node by node.

use super::Plan;
use super::step::{LaneRef, Step};
use crate::graph::{CableEnds, Instance};
use crate::index::{IndexVec, Ix, LabelIx, NodeIx, SlotIx};
use crate::session::NodeTime;
use std::fmt::{self, Display, Formatter, Write as _};
use std::sync::atomic::Ordering;

impl Plan {
    /// Cables that carry the sample before. Any thread.
    pub fn delayed_cables(&self) -> impl Iterator<Item = DelayedCable<'_>> {
        self.delayed.iter().map(|&CableEnds { from, to }| DelayedCable {
            from: &self.names[from.node].id,
            output: from.output,
            to: &self.names[to.node].id,
            input: to.input,
        })
    }

    /// The ids of the nodes in the order in which they first compute. Any thread.
    pub fn order(&self) -> Vec<&str> {
        let mut seen: IndexVec<NodeIx, bool> = IndexVec::filled(self.names.len(), false);
        let nodes = self.labels.iter().flat_map(|label| &label.members).map(|instance| instance.node);
        let first = nodes.filter(|&node| !std::mem::replace(&mut seen[node], true));
        first.map(|node| &*self.names[node].id).collect()
    }

    /// The ids of all nodes, and in how many voices each plays; 0 if it does not. Any thread.
    pub fn voices(&self) -> impl Iterator<Item = (&str, u32)> {
        self.names.iter().map(|name| (&*name.id, name.voices as u32))
    }

    /// Time of each node while measured.
    pub(crate) fn node_times(&self) -> Vec<NodeTime> {
        let mut times: IndexVec<NodeIx, u64> = IndexVec::filled(self.names.len(), 0);
        for (label, time) in self.labels.iter().zip(&self.times) {
            let share = time.load(Ordering::Relaxed) / label.members.len().max(1) as u64;
            for instance in &label.members {
                times[instance.node] += share;
            }
        }
        let names = self.names.iter().zip(times);
        names.map(|(name, nanoseconds)| NodeTime { node: name.id.clone(), nanoseconds }).collect()
    }

    /// The plan as a Graphviz digraph: a box per step, an arrow per signal. Any thread.
    pub fn to_dot(&self) -> String {
        let mut dot =
            String::from("digraph plan {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n");
        let mut writer = IndexVec::filled(self.slot_widths.len(), None);
        let mut number = 0;
        self.dot_steps(&self.steps, &mut dot, &mut writer, &mut number);
        dot.push_str("}\n");
        dot
    }

    fn dot_steps(
        &self,
        steps: &[Step],
        dot: &mut String,
        writer: &mut IndexVec<SlotIx, Option<usize>>,
        number: &mut usize,
    ) {
        for step in steps {
            if let Step::Loop(inner) = step {
                let _ = writeln!(dot, "  subgraph cluster_{number} {{ label=\"sample by sample\";");
                self.dot_steps(&inner.body, dot, writer, number);
                dot.push_str("  }\n");
                continue;
            }
            let own = *number;
            *number += 1;
            let label = self.describe(step).replace('"', "'");
            let _ = writeln!(dot, "  s{own} [label=\"{label}\"];");
            let (reads, writes) = ports(step);
            for slot in reads {
                if let Some(from) = writer[slot] {
                    let _ = writeln!(dot, "  s{from} -> s{own};");
                }
            }
            for slot in writes {
                writer[slot] = Some(own);
            }
        }
    }

    /// What a step does, in words.
    fn describe(&self, step: &Step) -> String {
        match step {
            Step::Lanes(lanes) if lanes.details.members.is_empty() => format!("mix x{}", lanes.width()),
            Step::Lanes(lanes) => self.describe_members(lanes.details.label, lanes.width()),
            Step::Block(block) if block.node.is_none() => "compensating delay".to_owned(),
            Step::Block(block) => self.describe_members(block.label, 1),
            Step::Gather(gather) => format!("gather x{}", self.slot_widths[gather.target]),
            Step::Fold { .. } => "fold x16".to_owned(),
            Step::Loop(_) => "sample by sample".to_owned(),
            Step::Probe { .. } => "probe".to_owned(),
        }
    }

    fn describe_members(&self, label: Option<LabelIx>, width: usize) -> String {
        let members = self.members(label);
        let Some(first) = members.first() else { return String::new() };
        let kind = self.names[first.node].kind;
        let mut text = format!("{kind} x{width}:");
        for members in members.chunk_by(|a, b| a.node == b.node) {
            let Instance { node, voice } = members[0];
            let name = &self.names[node];
            let _ = write!(text, " {}", name.id);
            if name.voices > 1 {
                let _ = write!(text, "[{voice}..{}]", voice + members.len());
            }
        }
        text
    }

    /// The instances that a step with this label computes.
    fn members(&self, label: Option<LabelIx>) -> &[Instance] {
        label.map_or(&[], |label| &self.labels[label].members)
    }

    fn print_steps(
        &self,
        f: &mut Formatter<'_>,
        steps: &[Step],
        number: &mut usize,
        indent: usize,
    ) -> fmt::Result {
        for step in steps {
            *number += 1;
            writeln!(f, "{number:5} {:indent$}{}{}", "", self.describe(step), Ports(self, step))?;
            if let Step::Loop(inner) = step {
                self.print_steps(f, &inner.body, number, indent + 2)?;
            }
        }
        Ok(())
    }
}

impl Display for Plan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let size = self.size();
        writeln!(
            f,
            "{} nodes, {} steps, {} signals, {} KiB, {} Hz, {}",
            size.nodes,
            size.steps,
            size.slots,
            size.bytes.div_ceil(1024),
            self.sample_rate,
            self.instruction_set
        )?;
        for cable in self.delayed_cables() {
            writeln!(f, "delayed by one sample: {} -> {}", cable.from, cable.to)?;
        }
        self.print_steps(f, &self.steps, &mut 0, 0)
    }
}

/// A cable that carries the sample before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DelayedCable<'p> {
    /// Id of the node it starts from.
    pub from: &'p str,
    /// Position of its output.
    pub output: usize,
    /// Id of the node it ends in.
    pub to: &'p str,
    /// Position of its input.
    pub input: usize,
}

/// One step for programs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StepInfo {
    /// In words, as printed.
    pub text: String,
    /// Ids and voices of the instances it computes.
    pub members: Vec<(String, usize)>,
    /// Slots it reads.
    pub reads: Vec<usize>,
    /// Slots it writes.
    pub writes: Vec<usize>,
    /// How many loops it lies in.
    pub depth: usize,
}

impl Plan {
    /// All steps in order, those of loops behind their loop. Any thread.
    pub fn step_infos(&self) -> Vec<StepInfo> {
        let mut infos = Vec::new();
        self.collect_infos(&self.steps, 0, &mut infos);
        infos
    }

    fn collect_infos(&self, steps: &[Step], depth: usize, infos: &mut Vec<StepInfo>) {
        for step in steps {
            let label = match step {
                Step::Lanes(lanes) => lanes.details.label,
                Step::Block(block) => block.label,
                _ => None,
            };
            let members = self.members(label).iter();
            let members = members.map(|&Instance { node, voice }| (self.names[node].id.to_string(), voice));
            let (reads, writes) = ports(step);
            let positions = |slots: Vec<SlotIx>| slots.into_iter().map(Ix::number).collect();
            infos.push(StepInfo {
                text: self.describe(step),
                members: members.collect(),
                reads: positions(reads),
                writes: positions(writes),
                depth,
            });
            if let Step::Loop(inner) = step {
                self.collect_infos(&inner.body, depth + 1, infos);
            }
        }
    }
}

/// The slots a step reads and writes.
fn ports(step: &Step) -> (Vec<SlotIx>, Vec<SlotIx>) {
    let slots = |lanes: &[LaneRef]| {
        let mut slots: Vec<SlotIx> = lanes.iter().map(|lane| lane.slot).collect();
        slots.dedup();
        slots
    };
    match step {
        Step::Lanes(lanes) => (lanes.details.inputs.to_vec(), lanes.details.outputs.to_vec()),
        Step::Block(block) => (block.inputs.to_vec(), block.outputs.to_vec()),
        Step::Gather(gather) => (slots(&gather.sources), vec![gather.target]),
        Step::Fold { source, target } => (vec![*source], vec![*target]),
        Step::Probe { source, .. } => (vec![*source], Vec::new()),
        Step::Loop(inner) => {
            (inner.unit_delays.iter().flat_map(|delay| slots(&delay.sources)).collect(), Vec::new())
        }
    }
}

/// The slots of a step, as text; a dash for a dead output.
struct Ports<'s>(&'s Plan, &'s Step);

impl Display for Ports<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (reads, writes) = ports(self.1);
        for (arrow, slots) in [("<-", reads), ("->", writes)] {
            if !slots.is_empty() {
                write!(f, "  {arrow}")?;
            }
            for slot in slots {
                match self.0.slot_widths[slot] {
                    0 => write!(f, " -")?,
                    _ => write!(f, " {}", slot.number())?,
                }
            }
        }
        Ok(())
    }
}
