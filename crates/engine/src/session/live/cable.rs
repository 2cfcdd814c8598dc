//! A cable that plays.

use super::LiveNode;
use crate::graph::{CableEnds, DelayPlacement, DelayRank, GraphCable};
use crate::index::{IndexVec, Ix, LayerIx, LiveCableIx, NodeIx};
use crate::session::delay_lines::CableDelayLines;
use crate::session::transition::{Crossfade, DelayTransition, Serials};
use crate::smoothed_param::{SmoothedParam, Smoothing};
use std::sync::Arc;

/// A cable that plays.
pub(in crate::session) struct LiveCable {
    pub(in crate::session) ends: CableEnds,
    /// As the patch last said.
    pub(in crate::session) depth: f32,
    /// The patch marks it to have the unit delay of its loop.
    pub(super) is_marked: bool,
    pub(super) uncompensated: bool,
    /// Drawn while sound played.
    is_drawn_live: bool,
    pub(in crate::session) phase: CablePhase,
    pub(in crate::session) gain: Arc<SmoothedParam>,
    /// While its source changes its voices.
    pub(in crate::session) voices: Option<Crossfade>,
    /// While it gets or loses the unit delay of its loop.
    pub(in crate::session) delay: Option<DelayTransition>,
    pub(in crate::session) in_plan: InPlan,
    /// Delay it to line up with slower paths.
    pub(in crate::session) lines: CableDelayLines,
}

/// Where a cable is between its coming and its going.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) enum CablePhase {
    /// It has been part of no plan.
    New,
    /// Nor may it be, until a leaving cable is gone with which it would close a loop.
    Withheld,
    /// It is part of its first plan.
    Entering,
    /// It has been part of a plan before.
    Playing,
    /// The patch does not have it any more; it fades out.
    Leaving,
}

/// What the last plan made of a cable.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::session) struct InPlan {
    /// It passes its signal untouched.
    pub(in crate::session) is_unity: bool,
    /// It has the unit delay of its loop.
    pub(in crate::session) has_delay: bool,
}

impl LiveCable {
    /// A new one, which is silent at first if it `fades` in.
    pub(super) fn new(ends: CableEnds, depth: f32, fades: bool, serials: &mut Serials) -> Self {
        Self {
            ends,
            depth,
            is_marked: false,
            uncompensated: false,
            is_drawn_live: fades,
            phase: CablePhase::New,
            gain: serials.param(Smoothing::Gain, if fades { 0.0 } else { depth }),
            voices: None,
            delay: None,
            in_plan: InPlan::default(),
            lines: CableDelayLines::default(),
        }
    }

    /// Whether the patch does not have it any more.
    pub(in crate::session) fn is_leaving(&self) -> bool {
        self.phase == CablePhase::Leaving
    }

    /// Whether it has been part of a plan.
    pub(in crate::session) fn has_played(&self) -> bool {
        match self.phase {
            CablePhase::New | CablePhase::Withheld => false,
            CablePhase::Entering | CablePhase::Playing | CablePhase::Leaving => true,
        }
    }

    /// Whether it has been part of one plan at most.
    pub(in crate::session) fn is_in_first_plan(&self) -> bool {
        match self.phase {
            CablePhase::New | CablePhase::Withheld | CablePhase::Entering => true,
            CablePhase::Playing | CablePhase::Leaving => false,
        }
    }

    /// Frames until it carries its source's output, after the silence of its latency.
    pub(in crate::session) fn silence_left(&self, nodes: &IndexVec<NodeIx, LiveNode>, clock: u64) -> u32 {
        let source = nodes[self.ends.from.node].begins_at.map_or(0, |at| at.saturating_sub(clock));
        let is_silent = source > 0 || self.is_in_first_plan();
        let left = if is_silent { source + self.lines.delay() as u64 } else { 0 };
        u32::try_from(left).unwrap_or(u32::MAX)
    }

    fn delay_rank(&self) -> DelayRank {
        if self.is_marked {
            DelayRank::Marked
        } else if self.in_plan.has_delay {
            DelayRank::HadDelay
        } else if self.is_drawn_live {
            // Serials count up, so the latest has the highest.
            DelayRank::DrawnLive(self.gain.serial)
        } else {
            DelayRank::LastResort
        }
    }

    /// Its gain is 1 and at rest.
    pub(in crate::session) fn is_unity(&self) -> bool {
        self.gain.target() == 1.0 && self.gain.rest() == Some(1.0)
    }

    /// The cable as the compiler sees it, without layers yet.
    pub(in crate::session) fn graph_cable(&self, live: LiveCableIx) -> GraphCable {
        GraphCable {
            live,
            ends: self.ends,
            delay: DelayPlacement::Ranked(self.delay_rank()),
            is_leaving: self.is_leaving(),
            uncompensated: self.uncompensated,
            has_lines: !self.lines.are_none(),
            layers: LayerIx::new(0)..LayerIx::new(0),
        }
    }
}
