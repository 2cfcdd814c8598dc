//! Changing plans: brings the state of one plan's packs home and loads it into the next plan's.

use super::controls;
use crate::plan::Plan;
use crate::plan::step::{LaneStep, Recall, Step};

/// Brings home what the plan's packs and recalls hold. Audio thread.
pub(super) fn store(plan: &Plan) {
    // SAFETY: this is the executor, which holds no other reference to the scratch memory.
    let state = unsafe { plan.scratch() }.state.as_mut_slice();
    for_each(&plan.steps, &mut |part| match part {
        Part::Lanes(step) => {
            let (details, width) = (&step.details, step.width());
            for (lane, member) in details.members.iter().enumerate() {
                let Some(home) = &member.home else { continue };
                // SAFETY: this is the executor.
                let words = unsafe { home.words(member.voice as usize) };
                for (at, word) in words.iter_mut().enumerate() {
                    *word = state[details.state_start + at * width + lane];
                }
            }
        }
        Part::Recall(recall) => {
            for (lane, (home, output, voice)) in recall.homes.iter().enumerate() {
                // SAFETY: this is the executor.
                let last = unsafe { home.last(*output as usize, *voice as usize) };
                *last = f32::from_bits(state[recall.state_start + lane]);
            }
        }
    });
}

/// Loads the plan's packs and recalls from home, and its controls from their cells. Audio thread.
pub(super) fn load(plan: &Plan) {
    for link in &plan.states {
        // SAFETY: this is the executor; a state never takes over from itself.
        unsafe { link.state.begin(link.earlier.as_deref()) };
    }
    // SAFETY: this is the executor, which holds no other reference to the scratch memory.
    let scratch = unsafe { plan.scratch() };
    controls::begin(plan, scratch);
    let state = scratch.state.as_mut_slice();
    for_each(&plan.steps, &mut |part| match part {
        Part::Lanes(step) => {
            let (details, width) = (&step.details, step.width());
            for lane in 0..width {
                // Idle lanes do what the first does, so that they hold nothing odd.
                let Some(member) = details.members.get(lane).or(details.members.first()) else { continue };
                let Some(home) = &member.home else { continue };
                // SAFETY: this is the executor.
                let words = unsafe { home.words(member.voice as usize) };
                for (at, word) in words.iter().enumerate() {
                    state[details.state_start + at * width + lane] = *word;
                }
            }
        }
        Part::Recall(recall) => {
            for (lane, (home, output, voice)) in recall.homes.iter().enumerate() {
                // SAFETY: this is the executor.
                let last = unsafe { home.last(*output as usize, *voice as usize) };
                state[recall.state_start + lane] = last.to_bits();
            }
            // Idle lanes do what the first does.
            let width = usize::from(plan.slot_widths[recall.target as usize]);
            let values = &mut state[recall.state_start..][..width];
            if let Some((&first, _)) = values.split_first() {
                values[recall.homes.len()..].fill(first);
            }
        }
    });
}

/// A part of a plan that holds state.
enum Part<'p> {
    Lanes(&'p LaneStep),
    Recall(&'p Recall),
}

fn for_each<'p>(steps: &'p [Step], action: &mut impl FnMut(Part<'p>)) {
    for step in steps {
        match step {
            Step::Lanes(lanes) if lanes.details.state_words > 0 => action(Part::Lanes(lanes)),
            Step::Loop(inner) => {
                for recall in &inner.recalls {
                    action(Part::Recall(recall));
                }
                for_each(&inner.body, action);
            }
            _ => {}
        }
    }
}
