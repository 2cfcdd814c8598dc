//! Moving the unit delay of a loop from one cable to another, without a click.
//!
//! The signal of a loop is shifted by one sample where its unit delay stands, and one cable of the loop must
//! have it at any time. So for the time of two fades both have it: first the cable that gets the delay
//! cross-fades from the direct signal to the delayed one, then the cable that loses it cross-fades back.
//! While it does, a cable stands in the graph twice.

use super::live::{Live, LiveCable};
use crate::compile::feedback::feedback;
use crate::graph::{Graph, GraphCable};
use crate::plan::Plan;
use crate::smoothed_param::{SmoothedParam, Smoothing};
use std::sync::Arc;

/// A cable that gets or loses the unit delay of a loop.
pub(super) struct DelayCrossfade {
    /// Whether it will have the delay.
    will_delay: bool,
    /// The gain of the cable as it was, fading to zero while the cable's own fades in. None until the
    /// crossfade begins.
    outgoing: Option<Arc<SmoothedParam>>,
}

impl Live {
    /// Begins, reverses and ends crossfades, and adds both sides of cables that fade to the graph. `plan` is
    /// the one published last. Without `fades` a delay moves at once.
    pub(super) fn transition_delays(&mut self, graph: &mut Graph, plan: &Plan, fades: bool) {
        if !fades {
            self.cables.iter_mut().for_each(|cable| cable.delay_crossfade = None);
        } else if self.is_delay_marked_anew {
            self.find_delay_changes(graph);
        }
        self.is_delay_marked_anew = false;
        for cable in self.cables.iter_mut().filter(|cable| cable.has_crossfaded(plan)) {
            cable.delay_crossfade = None;
        }
        if self.cables.iter().all(|cable| cable.delay_crossfade.is_none()) {
            return;
        }
        self.begin_delay_fades();
        let cables = std::mem::take(&mut graph.cables).into_iter();
        graph.cables = cables.flat_map(|cable| self.cables[cable.live].sides(cable)).collect();
    }

    /// Finds the cables that have to get or lose the delay.
    fn find_delay_changes(&mut self, graph: &Graph) {
        let wanted = feedback(graph, &vec![true; graph.nodes.len()]).delayed;
        for (cable, will_delay) in graph.cables.iter().zip(wanted) {
            let live = &mut self.cables[cable.live];
            if live.has_played && !live.is_leaving && live.layers.is_none() {
                live.direct_delay(will_delay);
            }
        }
    }

    /// Begins crossfades: cables lose the delay once none is left that has yet to get it.
    fn begin_delay_fades(&mut self) {
        let one_will_delay =
            self.cables.iter().filter_map(|cable| cable.delay_crossfade.as_ref()).any(|to| to.will_delay);
        for cable in &mut self.cables {
            if let Some(DelayCrossfade { will_delay, outgoing: outgoing @ None }) = &mut cable.delay_crossfade
                && *will_delay == one_will_delay
            {
                self.next_serial += 1;
                let incoming = Arc::new(SmoothedParam::new(self.next_serial, Smoothing::Gain, 0.0));
                incoming.retarget(cable.depth);
                let before = std::mem::replace(&mut cable.gain, incoming);
                before.retarget(0.0);
                *outgoing = Some(before);
            }
        }
    }
}

impl LiveCable {
    /// Starts or reverses the crossfade towards having the delay or not.
    fn direct_delay(&mut self, will_delay: bool) {
        let is_right =
            self.delay_crossfade.as_ref().map_or(self.was_delayed, |to| to.will_delay) == will_delay;
        match &mut self.delay_crossfade {
            _ if is_right => {}
            Some(DelayCrossfade { will_delay: before, outgoing: Some(outgoing) }) => {
                *before = will_delay;
                std::mem::swap(&mut self.gain, outgoing);
                self.gain.retarget(self.depth);
                outgoing.retarget(0.0);
            }
            Some(_) => self.delay_crossfade = None,
            none => *none = Some(DelayCrossfade { will_delay, outgoing: None }),
        }
    }

    /// Whether the crossfade is under way in this plan.
    pub(super) fn delay_fades(&self, plan: &Plan) -> bool {
        let is_fading = |param: &Arc<SmoothedParam>| param.is_moving() && plan.contains_param(param.serial);
        let outgoing = self.delay_crossfade.as_ref().and_then(|to| to.outgoing.as_ref());
        outgoing.is_some_and(|outgoing| is_fading(outgoing) || is_fading(&self.gain))
    }

    /// Whether the crossfade has ended since the last plan.
    fn has_crossfaded(&self, plan: &Plan) -> bool {
        self.delay_crossfade.as_ref().is_some_and(|to| to.outgoing.is_some()) && !self.delay_fades(plan)
    }

    /// The cable as it stands in the graph: as it will be, and while it fades as it was.
    fn sides(&self, cable: GraphCable) -> impl Iterator<Item = GraphCable> + use<> {
        let Some(DelayCrossfade { will_delay, outgoing }) = &self.delay_crossfade else {
            return [Some(cable), None].into_iter().flatten();
        };
        let side = |gain: &Arc<SmoothedParam>, has_delay| GraphCable {
            gain: gain.clone(),
            is_unity: false,
            has_delay,
            delay_rank: 0,
            ..cable.clone()
        };
        let now = side(&self.gain, if outgoing.is_some() { *will_delay } else { !*will_delay });
        [Some(now), outgoing.as_ref().map(|outgoing| side(outgoing, !*will_delay))].into_iter().flatten()
    }
}
