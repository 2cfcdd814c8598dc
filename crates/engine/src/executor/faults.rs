//! Faults: silences lanes that hold infinite or NaN samples and lets their instances start anew. A rare
//! path; it looks at every sample.

use super::run::Run;
use crate::fault::Fault;
use crate::graph::Instance;
use crate::plan::Scratch;
use crate::plan::memory::LINE;
use crate::plan::step::{BlockStep, LaneStep};
use jackfield_node::MAX_STATE_WORDS;

impl Run<'_> {
    /// After a kernel has said that some lane of some output is not finite.
    #[cold]
    pub(super) fn silence_lanes(&mut self, scratch: &mut Scratch, step: &LaneStep) {
        let width = step.width();
        for lane in 0..width {
            let mut is_faulty = false;
            for &output in &step.details.outputs {
                let slot = &scratch.slots[output];
                if slot.data.is_null() {
                    continue;
                }
                let (first, end) = if slot.is_constant() {
                    (0, LINE / width)
                } else {
                    (self.first, self.first + self.frames)
                };
                let place = |frame: usize| frame * width + lane;
                // SAFETY: a slot has room for a block of its width, and a line if it is constant.
                let sample = |frame: usize| unsafe { slot.data.add(place(frame)) };
                // SAFETY: as above.
                if (first..end).any(|frame| !unsafe { sample(frame).read() }.is_finite()) {
                    is_faulty = true;
                    // SAFETY: as above.
                    (first..end).for_each(|frame| unsafe { sample(frame).write(0.0) });
                }
            }
            if is_faulty {
                self.restart_lane(scratch, step, lane);
            }
        }
    }

    fn restart_lane(&mut self, scratch: &mut Scratch, step: &LaneStep, lane: usize) {
        let details = &step.details;
        let seed = details.members.get(lane).map_or(0, |member| member.seed);
        let mut words = [0; MAX_STATE_WORDS];
        let words = &mut words[..details.state_words.min(MAX_STATE_WORDS)];
        (details.start)(seed, words);
        let state = scratch.state.as_mut_slice();
        for (at, word) in words.iter().enumerate() {
            state[details.state_start + at * step.width() + lane] = *word;
        }
        if let Some(member) = details.members.get(lane) {
            self.report(member.instance);
        }
    }

    /// Silences a block node whose output is not finite.
    #[cold]
    pub(super) fn silence_block(&mut self, scratch: &mut Scratch, step: &BlockStep) {
        for &output in &step.outputs {
            let slot = &scratch.slots[output];
            // SAFETY: every slot has room for a block.
            unsafe { std::slice::from_raw_parts_mut(slot.data, crate::BLOCK).fill(0.0) };
        }
        // SAFETY: this is the executor, and the node is not being computed.
        unsafe { step.instance.instance() }.reset();
        if let Some(node) = step.node {
            self.report(Instance { node, voice: 0 });
        }
    }

    fn report(&mut self, instance: Instance) {
        let Instance { node, voice } = instance;
        let node = self.plan.names[node].id.clone();
        // A full queue holds faults enough.
        let _ = self.faults.push(Fault { node, voice, frame: self.clock });
    }
}
