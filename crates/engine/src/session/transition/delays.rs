//! Moving the unit delay of a loop from one cable to another.
//!
//! The signal of a loop is shifted by one sample where its unit delay stands, and one cable of the loop must
//! have it at any time. So for the time of two fades both have it: first the cable that gets the delay
//! cross-fades from the direct signal to the delayed one, then the cable that loses it cross-fades back.

use super::crossfade::{Crossfade, Serials};
use crate::compile::feedback::Feedback;
use crate::graph::{DelayPlacement, Graph};
use crate::plan::Plan;
use crate::session::live::{CablePhase, Live, LiveCable};
use crate::smoothed_param::SmoothedParam;
use std::sync::Arc;

/// A cable that gets or loses the unit delay of a loop.
#[derive(Debug)]
pub(in crate::session) enum DelayTransition {
    /// It will get or lose it, but not yet.
    Waiting { will_delay: bool },
    /// It fades from one to the other. What fades in is the cable's own gain.
    Fading { will_delay: bool, crossfade: Crossfade },
}

/// A cable as it stands in the graph while its delay is moved.
pub(super) struct DelaySide<'c> {
    pub(super) gain: &'c Arc<SmoothedParam>,
    pub(super) is_unity: bool,
    pub(super) is_delayed: bool,
}

impl Live {
    /// Begins, reverses and ends crossfades as the loops want their delay, and marks the cables in the graph;
    /// whether there are any. `plan` is the one published last. Without `fades` a delay moves at once.
    pub(super) fn crossfade_delays(
        &mut self,
        graph: &mut Graph,
        wanted: &Feedback,
        plan: &Plan,
        fades: bool,
    ) -> bool {
        let has_new_mark = std::mem::take(&mut self.has_new_mark);
        if !fades {
            self.cables.iter_mut().for_each(|cable| cable.delay = None);
        } else if has_new_mark {
            self.find_changes(graph, wanted);
        }
        for cable in self.cables.iter_mut().filter(|cable| cable.has_moved_delay(plan)) {
            cable.delay = None;
        }
        if self.cables.iter().all(|cable| cable.delay.is_none()) {
            return false;
        }
        self.begin_fades();
        for cable in &mut graph.cables {
            cable.delay = self.cables[cable.live].delay_placement(cable.delay);
        }
        true
    }

    /// Finds the cables that have to get or lose the delay.
    fn find_changes(&mut self, graph: &Graph, wanted: &Feedback) {
        for (cable, &will_delay) in graph.cables.iter().zip(&wanted.delayed) {
            let live = &mut self.cables[cable.live];
            let has_played = matches!(live.phase, CablePhase::Entering | CablePhase::Playing);
            if has_played && live.voices.is_none() {
                live.direct_delay(will_delay);
            }
        }
    }

    /// Begins crossfades: cables lose the delay once none is left that has yet to get it.
    fn begin_fades(&mut self) {
        let mut transitions = self.cables.iter().filter_map(|cable| cable.delay.as_ref());
        let one_gets_it = transitions.any(DelayTransition::will_delay);
        for cable in &mut self.cables {
            if let Some(DelayTransition::Waiting { will_delay }) = cable.delay
                && will_delay == one_gets_it
            {
                cable.begin_delay_fade(will_delay, &mut self.serials);
            }
        }
    }
}

impl DelayTransition {
    fn will_delay(&self) -> bool {
        match self {
            Self::Waiting { will_delay } | Self::Fading { will_delay, .. } => *will_delay,
        }
    }
}

impl LiveCable {
    /// Starts or reverses the transition towards having the delay or not.
    fn direct_delay(&mut self, will_delay: bool) {
        let heads_for = self.delay.as_ref().map_or(self.in_plan.has_delay, DelayTransition::will_delay);
        if heads_for == will_delay {
            return;
        }
        self.delay = match self.delay.take() {
            None => Some(DelayTransition::Waiting { will_delay }),
            Some(DelayTransition::Waiting { .. }) => None,
            Some(DelayTransition::Fading { mut crossfade, .. }) => {
                crossfade.reverse(self.depth);
                self.gain = crossfade.fade_in().clone();
                Some(DelayTransition::Fading { will_delay, crossfade })
            }
        };
    }

    fn begin_delay_fade(&mut self, will_delay: bool, serials: &mut Serials) {
        let crossfade = Crossfade::begin(serials, self.gain.clone(), self.depth);
        self.gain = crossfade.fade_in().clone();
        self.delay = Some(DelayTransition::Fading { will_delay, crossfade });
    }

    /// Whether its delay is being cross-faded in this plan.
    pub(super) fn is_moving_delay(&self, plan: &Plan) -> bool {
        match &self.delay {
            Some(DelayTransition::Fading { crossfade, .. }) => crossfade.is_fading(plan),
            Some(DelayTransition::Waiting { .. }) | None => false,
        }
    }

    /// Whether the crossfade of its delay has ended since the last plan.
    fn has_moved_delay(&self, plan: &Plan) -> bool {
        matches!(self.delay, Some(DelayTransition::Fading { .. })) && !self.is_moving_delay(plan)
    }

    /// Where its delay is in the next plan; as `ranked` if it is not being moved.
    fn delay_placement(&self, ranked: DelayPlacement) -> DelayPlacement {
        match &self.delay {
            None => ranked,
            // It still has what it will lose, and has not yet what it will get.
            Some(DelayTransition::Waiting { will_delay: false }) => DelayPlacement::Delayed,
            Some(DelayTransition::Waiting { will_delay: true } | DelayTransition::Fading { .. }) => {
                DelayPlacement::Undelayed
            }
        }
    }

    /// The cable as it is or will be, then, while its delay is moved, as it was.
    pub(super) fn delay_sides(&self) -> impl Iterator<Item = DelaySide<'_>> {
        let side = |gain, is_delayed| Some(DelaySide { gain, is_unity: false, is_delayed });
        let sides = match &self.delay {
            None => {
                let is_unity = self.in_plan.is_unity;
                [Some(DelaySide { gain: &self.gain, is_unity, is_delayed: false }), None]
            }
            Some(DelayTransition::Waiting { will_delay }) => [side(&self.gain, !will_delay), None],
            Some(DelayTransition::Fading { will_delay, crossfade }) => {
                [side(crossfade.fade_in(), *will_delay), side(crossfade.fade_out(), !will_delay)]
            }
        };
        sides.into_iter().flatten()
    }
}
