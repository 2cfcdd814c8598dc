//! Moves of a loop's delay from one cable to another, without a click.
//!
//! What goes round a loop is shifted by a sample where its delay stands, and both cables can't be without it at
//! once. So for the time of two fades both have it: first the cable that gets the delay cross-fades from the sample
//! of now to the one before, then the cable that loses it cross-fades back. While it does, a cable stands in the
//! graph twice.

use super::live::{Live, LiveCable};
use crate::cell::{Cell, Smoothing};
use crate::compile::feedback::feedback;
use crate::graph::{Graph, GraphCable};
use crate::plan::Plan;
use std::sync::Arc;

/// A cable that gets or loses the delay of a loop.
pub(super) struct DelayMove {
    /// Whether it will have the delay.
    gets: bool,
    /// The gain of the cable as it was, on its way to zero; the cable's own rises meanwhile. None while it waits for
    /// its turn.
    falling: Option<Arc<Cell>>,
}

impl Live {
    /// Begins, turns back and ends moves, and puts both sides of cables that fade into the graph. `plan` is the one
    /// published last. Without `fades` a delay stands at once where it belongs.
    pub(super) fn move_delays(&mut self, graph: &mut Graph, plan: &Plan, fades: bool) {
        if !fades {
            self.cables.iter_mut().for_each(|cable| cable.delay_move = None);
        } else if self.is_delay_moved {
            self.note_moves(graph);
        }
        self.is_delay_moved = false;
        for cable in self.cables.iter_mut().filter(|cable| cable.has_moved(plan)) {
            cable.delay_move = None;
        }
        if self.cables.iter().all(|cable| cable.delay_move.is_none()) {
            return;
        }
        self.begin_fades();
        let cables = std::mem::take(&mut graph.cables).into_iter();
        graph.cables = cables.flat_map(|cable| self.cables[cable.live].sides(cable)).collect();
    }

    /// Finds the cables whose delay is not where it will be.
    fn note_moves(&mut self, graph: &Graph) {
        let wanted = feedback(graph, &vec![true; graph.nodes.len()]).delayed;
        for (cable, gets) in graph.cables.iter().zip(wanted) {
            let live = &mut self.cables[cable.live];
            if live.has_played && !live.is_leaving && live.parts.is_none() {
                live.turn_delay(gets);
            }
        }
    }

    /// Lets cables fade whose turn it is: those that lose the delay once no other waits for it.
    fn begin_fades(&mut self) {
        let one_gets = self.cables.iter().filter_map(|cable| cable.delay_move.as_ref()).any(|to| to.gets);
        for cable in &mut self.cables {
            if let Some(DelayMove { gets, falling: falling @ None }) = &mut cable.delay_move
                && *gets == one_gets
            {
                self.next_serial += 1;
                let rising = Arc::new(Cell::new(self.next_serial, Smoothing::Gain, 0.0));
                rising.head_for(cable.depth);
                let before = std::mem::replace(&mut cable.gain, rising);
                before.head_for(0.0);
                *falling = Some(before);
            }
        }
    }
}

impl LiveCable {
    /// Sends the delay where it is wanted.
    fn turn_delay(&mut self, gets: bool) {
        let is_right = self.delay_move.as_ref().map_or(self.was_delayed, |to| to.gets) == gets;
        match &mut self.delay_move {
            _ if is_right => {}
            Some(DelayMove { gets: before, falling: Some(falling) }) => {
                *before = gets;
                std::mem::swap(&mut self.gain, falling);
                self.gain.head_for(self.depth);
                falling.head_for(0.0);
            }
            Some(_) => self.delay_move = None,
            none => *none = Some(DelayMove { gets, falling: None }),
        }
    }

    /// Whether the delay is on its way in this plan.
    pub(super) fn delay_fades(&self, plan: &Plan) -> bool {
        let is_fading = |cell: &Arc<Cell>| cell.rest().is_nan() && plan.moves(cell.serial);
        let falling = self.delay_move.as_ref().and_then(|to| to.falling.as_ref());
        falling.is_some_and(|falling| is_fading(falling) || is_fading(&self.gain))
    }

    /// Whether the delay stands where it belongs since the last plan.
    fn has_moved(&self, plan: &Plan) -> bool {
        self.delay_move.as_ref().is_some_and(|to| to.falling.is_some()) && !self.delay_fades(plan)
    }

    /// The cable as it stands in the graph: as it will be, and while it fades as it was.
    fn sides(&self, cable: GraphCable) -> impl Iterator<Item = GraphCable> + use<> {
        let Some(DelayMove { gets, falling }) = &self.delay_move else {
            return [Some(cable), None].into_iter().flatten();
        };
        let side = |gain: &Arc<Cell>, has_delay| GraphCable {
            gain: gain.clone(),
            is_unity: false,
            has_delay,
            delay_rank: 0,
            ..cable.clone()
        };
        let now = side(&self.gain, if falling.is_some() { *gets } else { !*gets });
        [Some(now), falling.as_ref().map(|falling| side(falling, !*gets))].into_iter().flatten()
    }
}
