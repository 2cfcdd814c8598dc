//! Adopting a plan: stores the state of one plan's packs in the instances and loads it into the next plan's.

use super::controls;
use crate::plan::Plan;
use crate::plan::step::{LaneStep, Step, UnitDelay};

/// Stores what the plan's packs and unit delays hold in the instances. Audio thread.
pub(super) fn store(plan: &Plan) {
    // SAFETY: this is the executor, which holds no other reference to the scratch memory.
    let state = unsafe { plan.scratch() }.state.as_mut_slice();
    for_each(&plan.steps, &mut |stateful| match stateful {
        Stateful::Lanes(step) => {
            let (details, width) = (&step.details, step.width());
            for (lane, member) in details.members.iter().enumerate() {
                let Some(home) = &member.home else { continue };
                // SAFETY: this is the executor.
                let words = unsafe { home.words(member.instance.voice) };
                for (at, word) in words.iter_mut().enumerate() {
                    *word = state[details.state_start + at * width + lane];
                }
            }
        }
        Stateful::UnitDelay(delay) => {
            for (lane, home) in delay.homes.iter().enumerate() {
                // SAFETY: this is the executor.
                let last = unsafe { home.state.last(home.output, home.voice) };
                *last = f32::from_bits(state[delay.state_start + lane]);
            }
        }
    });
}

/// Loads the plan's packs and unit delays from the instances, and its controls from their parameters. Audio
/// thread.
pub(super) fn load(plan: &Plan) {
    for link in &plan.states {
        // SAFETY: this is the executor; a state never takes over from itself.
        unsafe { link.state.begin(link.earlier.as_deref()) };
    }
    // SAFETY: this is the executor, which holds no other reference to the scratch memory.
    let scratch = unsafe { plan.scratch() };
    controls::begin(plan, scratch);
    let state = scratch.state.as_mut_slice();
    for_each(&plan.steps, &mut |stateful| match stateful {
        Stateful::Lanes(step) => {
            let (details, width) = (&step.details, step.width());
            for lane in 0..width {
                // Idle lanes do what the first does, so that they hold nothing odd.
                let Some(member) = details.members.get(lane).or(details.members.first()) else { continue };
                let Some(home) = &member.home else { continue };
                // SAFETY: this is the executor.
                let words = unsafe { home.words(member.instance.voice) };
                for (at, word) in words.iter().enumerate() {
                    state[details.state_start + at * width + lane] = *word;
                }
            }
        }
        Stateful::UnitDelay(delay) => {
            for (lane, home) in delay.homes.iter().enumerate() {
                // SAFETY: this is the executor.
                let last = unsafe { home.state.last(home.output, home.voice) };
                state[delay.state_start + lane] = last.to_bits();
            }
            // Idle lanes do what the first does.
            let width = usize::from(plan.slot_widths[delay.target]);
            let values = &mut state[delay.state_start..][..width];
            if let Some((&first, _)) = values.split_first() {
                values[delay.homes.len()..].fill(first);
            }
        }
    });
}

/// What of a plan holds state.
enum Stateful<'p> {
    Lanes(&'p LaneStep),
    UnitDelay(&'p UnitDelay),
}

fn for_each<'p>(steps: &'p [Step], action: &mut impl FnMut(Stateful<'p>)) {
    for step in steps {
        match step {
            Step::Lanes(lanes) if lanes.details.state_words > 0 => action(Stateful::Lanes(lanes)),
            Step::Loop(inner) => {
                for delay in &inner.unit_delays {
                    action(Stateful::UnitDelay(delay));
                }
                for_each(&inner.body, action);
            }
            _ => {}
        }
    }
}
