//! Turnover of voices: when an edit changes how many voices a node plays, those that come fade in and those
//! that go fade out, as cables do.
//!
//! For the time of the fades a node has the voices of before and of after, and each cable out of it comes in
//! three parts: what its reader hears now as before passes untouched, what it will hear rises, and
//! what it will hear no more falls. A mono signal that becomes polyphonic is thus cross-faded from its one
//! voice to each reader's own.

use super::live::{Live, LiveCable, LiveNode};
use crate::cell::{Cell, Smoothing};
use crate::compile::voices;
use crate::graph::{Graph, GraphCable, Part, Turnover};
use crate::plan::Plan;
use std::sync::Arc;

/// How many voices a node plays.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct VoiceCount {
    /// Voices at rest; 0 before the node has played.
    settled: usize,
    /// The number that fades are under way to.
    next: Option<usize>,
}

/// Gains of the parts of a cable whose source changes its voices.
#[derive(Clone, Debug)]
pub(super) struct PartGains {
    rise: Arc<Cell>,
    fall: Arc<Cell>,
}

/// What happens to the voices of a node.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Turn {
    /// Nothing.
    Rest,
    /// A turnover begins, or gives way to another.
    Begin,
    /// A turnover goes on.
    GoOn,
    /// A turnover is taken back before it has ended.
    Back,
}

impl Live {
    /// Begins, takes back and ends turnovers as the graph needs, and puts the parts of cables into it.
    /// `plan` is the one published last. Without `fades` everything begins and ends at once.
    pub(super) fn turn_voices_over(&mut self, graph: &mut Graph, plan: &Plan, fades: bool) {
        let wanted = self.wanted_voices(graph);
        let mut is_fading = vec![false; self.nodes.len()];
        for cable in self.cables.iter().filter(|cable| cable.parts_fade(plan)) {
            is_fading[cable.from] = true;
        }
        let nodes = self.nodes.iter_mut().zip(wanted).zip(is_fading);
        let turns: Vec<Turn> =
            nodes.map(|((node, wanted), is_fading)| node.turn_voices(wanted, is_fading, fades)).collect();
        for cable in &mut self.cables {
            cable.turn_parts(turns[cable.from], &mut self.next_serial);
        }
        for (node, in_graph) in self.nodes.iter().zip(&mut graph.nodes) {
            in_graph.turnover = node.turnover();
        }
        if turns.iter().any(|turn| *turn != Turn::Rest) {
            self.split_cables(graph);
        }
    }

    /// The voices each node has once all that leaves is gone.
    fn wanted_voices(&self, graph: &Graph) -> Vec<usize> {
        let mut into = graph.cables_into();
        for cables in &mut into {
            cables.retain(|&cable| !self.cables[graph.cables[cable].live].is_leaving);
        }
        voices(graph, &into, &vec![true; graph.nodes.len()])
    }

    /// Puts the rising and falling part behind each cable out of a node in turnover.
    fn split_cables(&self, graph: &mut Graph) {
        let mut cables = Vec::with_capacity(graph.cables.len());
        for cable in graph.cables.drain(..) {
            let part = |(part, gain): (Part, &Arc<Cell>)| GraphCable {
                part,
                gain: gain.clone(),
                is_unity: false,
                ..cable
            };
            let parts = self.cables[cable.live].parts.iter();
            let split = parts.flat_map(|gains| [(Part::Rise, &gains.rise), (Part::Fall, &gains.fall)]);
            let split: Vec<GraphCable> = split.map(part).collect();
            cables.push(cable);
            cables.extend(split);
        }
        graph.cables = cables;
    }
}

impl LiveNode {
    /// Whether fades of voices are under way or have ended unnoticed.
    pub(super) fn is_turning(&self) -> bool {
        !self.is_leaving && self.voices.next.is_some()
    }

    fn turn_voices(&mut self, wanted: usize, is_fading: bool, fades: bool) -> Turn {
        let VoiceCount { settled, next } = self.voices;
        let (settled, next, turn) = match next {
            // What leaves stays as it is until it is gone.
            Some(_) if self.is_leaving => (settled, next, Turn::GoOn),
            None if self.is_leaving => (settled, None, Turn::Rest),
            _ if !fades || settled == 0 => (wanted, None, Turn::Rest),
            None if wanted == settled => (settled, None, Turn::Rest),
            None => (settled, Some(wanted), Turn::Begin),
            Some(next) if next == wanted && is_fading => (settled, Some(next), Turn::GoOn),
            Some(next) if next == wanted => (next, None, Turn::Rest),
            Some(next) if settled == wanted => (next, Some(wanted), Turn::Back),
            Some(next) => (next, Some(wanted), Turn::Begin),
        };
        self.voices = VoiceCount { settled, next };
        turn
    }

    fn turnover(&self) -> Option<Turnover> {
        let VoiceCount { settled: before, next } = self.voices;
        let is_bound = next.is_some() || (self.is_leaving && before > 0);
        is_bound.then(|| Turnover { before, after: next.unwrap_or(before) })
    }
}

impl LiveCable {
    /// Whether some part is on its way in this plan.
    pub(super) fn parts_fade(&self, plan: &Plan) -> bool {
        let is_fading = |cell: &Arc<Cell>| cell.rest().is_nan() && plan.moves(cell.serial);
        self.parts.as_ref().is_some_and(|parts| is_fading(&parts.rise) || is_fading(&parts.fall))
    }

    /// Makes the gains of the parts, and sends them where they belong.
    fn turn_parts(&mut self, turn: Turn, serial: &mut u32) {
        let mut cell = |value| {
            *serial += 1;
            Arc::new(Cell::new(*serial, Smoothing::Gain, value))
        };
        let heard = if self.has_played { self.depth } else { 0.0 };
        match (turn, &mut self.parts) {
            (Turn::Rest, parts) => *parts = None,
            (Turn::Begin, parts) => *parts = Some(PartGains { rise: cell(0.0), fall: cell(heard) }),
            (Turn::GoOn | Turn::Back, parts @ None) => {
                *parts = Some(PartGains { rise: cell(0.0), fall: cell(0.0) });
            }
            (Turn::Back, Some(parts)) => std::mem::swap(&mut parts.rise, &mut parts.fall),
            (Turn::GoOn, Some(_)) => {}
        }
        let Some(parts) = &self.parts else { return };
        for (cell, target) in [(&parts.rise, self.gain.target()), (&parts.fall, 0.0)] {
            cell.head_for(target);
        }
    }
}
