//! Whether a plan without fades could follow.

use super::crossfade::is_fading;
use crate::plan::Plan;
use crate::session::live::{CablePhase, Live, LiveCable, LiveNode, NodePhase};

impl Live {
    /// Whether some fade has ended since the last plan, and none is under way.
    pub(in crate::session) fn has_settled(&self, plan: &Plan, clock: u64) -> bool {
        let is_transient = |cable: &LiveCable| {
            let is_changing = cable.phase == CablePhase::Withheld || cable.delay.is_some();
            cable.has_left() || is_changing || cable.can_be_simplified() || cable.lines.are_idle(plan)
        };
        let is_fading = |cable: &LiveCable| {
            is_fading(&cable.gain, plan)
                || cable.fades_voices(plan)
                || cable.lines.fade(plan)
                || cable.is_moving_delay(plan)
        };
        let is_drained = |node: &LiveNode| match node.phase {
            NodePhase::Leaving { drained_at } => drained_at.is_some_and(|at| at <= clock),
            NodePhase::New | NodePhase::Playing => false,
        };
        let is_over = |node: &LiveNode| node.is_changing_voices() || is_drained(node);
        let has_transient = self.cables.iter().any(is_transient) || self.nodes.iter().any(is_over);
        has_transient && !self.cables.iter().any(is_fading)
    }
}

impl LiveCable {
    /// Rests at full gain but still passes through a mix in the current plan.
    fn can_be_simplified(&self) -> bool {
        self.is_unity() && !self.in_plan.is_unity
    }
}
