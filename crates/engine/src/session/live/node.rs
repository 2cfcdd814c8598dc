//! A node that plays.

use crate::graph::GraphNode;
use crate::session::configs::PreparedConfig;
use crate::session::transition::VoiceCount;
use crate::smoothed_param::SmoothedParam;
use crate::state::NodeState;
use jackfield_node::{NodeSpec, SettingValue, Settings, VoiceSource};
use jackfield_patch::VoiceLimit;
use std::sync::Arc;

/// A node that plays.
pub(in crate::session) struct LiveNode {
    /// Identifies the node among those that have its id at different times; never used twice in a session.
    pub(in crate::session) serial: u32,
    pub(in crate::session) id: Arc<str>,
    pub(in crate::session) spec: &'static NodeSpec,
    pub(super) settings: Settings,
    /// The knobs as the patch last said; automation may have turned them since.
    pub(super) knobs: Vec<f32>,
    pub(in crate::session) prepared: PreparedConfig,
    pub(in crate::session) seed: u32,
    /// The smoothed parameter of each input that has a knob.
    pub(super) params: Vec<Option<Arc<SmoothedParam>>>,
    pub(in crate::session) state: Option<Arc<NodeState>>,
    pub(in crate::session) earlier: Option<EarlierState>,
    pub(in crate::session) phase: NodePhase,
    /// Plays on, but its cables carry nothing.
    pub(super) is_muted: bool,
    /// The frame at which its output begins, once it has been part of a plan: a node with latency begins with
    /// silence.
    pub(in crate::session) begins_at: Option<u64>,
    pub(in crate::session) voices: VoiceCount,
    /// What a box around it says of its voices.
    pub(super) voice_limit: Option<VoiceLimit>,
}

/// Where a node is between its coming and its going.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) enum NodePhase {
    /// It has been part of no plan.
    New,
    /// It has been part of a plan.
    Playing,
    /// The patch does not have it any more.
    Leaving {
        /// For a sink without cables: the frame at which the last of what went in has come out.
        drained_at: Option<u64>,
    },
}

/// The state that a node continues from.
pub(in crate::session) struct EarlierState {
    pub(in crate::session) state: Arc<NodeState>,
    /// The first plan that continues from it.
    pub(in crate::session) since: Option<u64>,
}

impl LiveNode {
    /// Whether the patch does not have it any more.
    pub(in crate::session) fn is_leaving(&self) -> bool {
        matches!(self.phase, NodePhase::Leaving { .. })
    }

    /// Turns the knobs that the patch has turned since the last update.
    pub(super) fn turn_knobs(&mut self, knobs: &[f32]) {
        for (i, (before, &shown)) in self.knobs.iter_mut().zip(knobs).enumerate() {
            if std::mem::replace(before, shown).to_bits() == shown.to_bits() {
                continue;
            }
            if let (Some(param), Some(knob)) = (&self.params[i], self.spec.inputs[i].knob) {
                param.set_target(knob.to_signal(knob.clamp(shown)));
            }
        }
    }

    /// The node as the compiler sees it.
    pub(in crate::session) fn graph_node(&self) -> GraphNode {
        let makes_voices = match self.spec.voices {
            VoiceSource::Follow => None,
            VoiceSource::Setting(index) => match self.settings.values().get(index) {
                Some(SettingValue::Count(count)) => Some(*count as usize),
                _ => Some(1),
            },
        };
        GraphNode {
            id: self.id.clone(),
            spec: self.spec,
            config: self.prepared.config.clone(),
            config_key: self.prepared.key,
            makes_voices,
            latency: self.prepared.latency,
            seed: self.seed,
            voice_limit: self.voice_limit,
            voice_transition: None,
            is_muted: self.is_muted && !self.is_leaving(),
            params: self.params.clone(),
        }
    }
}
