//! The one crossfade: a gain that goes and a gain that comes, both over the time of a fade.

use crate::plan::Plan;
use crate::smoothed_param::{SmoothedParam, Smoothing};
use std::sync::Arc;

/// Gives out serials of nodes and parameters; no two are equal.
#[derive(Debug, Default)]
pub(in crate::session) struct Serials(u32);

impl Serials {
    /// The next one.
    pub(in crate::session) fn next(&mut self) -> u32 {
        self.0 += 1;
        self.0
    }

    /// A new parameter at rest.
    pub(in crate::session) fn param(&mut self, smoothing: Smoothing, value: f32) -> Arc<SmoothedParam> {
        Arc::new(SmoothedParam::new(self.next(), smoothing, value))
    }
}

/// A crossfade under way.
#[derive(Clone, Debug)]
pub(in crate::session) struct Crossfade {
    fade_in: Arc<SmoothedParam>,
    fade_out: Arc<SmoothedParam>,
}

impl Crossfade {
    /// Begins one: from silence to `target`, and from where `fade_out` is to silence.
    pub(super) fn begin(serials: &mut Serials, fade_out: Arc<SmoothedParam>, target: f32) -> Self {
        let fade_in = serials.param(Smoothing::Gain, 0.0);
        let crossfade = Self { fade_in, fade_out };
        crossfade.retarget(target);
        crossfade
    }

    /// Goes back to what was fading out.
    pub(super) fn reverse(&mut self, target: f32) {
        std::mem::swap(&mut self.fade_in, &mut self.fade_out);
        self.retarget(target);
    }

    /// Sets what it fades to.
    pub(super) fn retarget(&self, target: f32) {
        self.fade_in.retarget(target);
        self.fade_out.retarget(0.0);
    }

    /// Whether it has not ended in this plan.
    pub(super) fn is_fading(&self, plan: &Plan) -> bool {
        is_fading(&self.fade_in, plan) || is_fading(&self.fade_out, plan)
    }

    pub(super) fn fade_in(&self) -> &Arc<SmoothedParam> {
        &self.fade_in
    }

    pub(super) fn fade_out(&self) -> &Arc<SmoothedParam> {
        &self.fade_out
    }
}

/// Whether a gain moves in this plan. That of something that is not part of the plan stands still.
pub(super) fn is_fading(gain: &SmoothedParam, plan: &Plan) -> bool {
    gain.is_moving() && plan.contains_param(gain.serial)
}
