//! State for a plan: found where it lives, or made.

use super::Options;
use super::live::{CablePhase, EarlierState, Live, LiveNode};
use crate::compile::voice_seed;
use crate::delay_line::{DelayLine, DelayStart, DelayTime};
use crate::graph::{StateLink, StateProvider, TimedDelayLine};
use crate::index::{LiveCableIx, NodeIx};
use crate::smoothed_param::SmoothingConstants;
use crate::state::{BlockCell, NodeState};
use jackfield_node::{AssetSource, NodeKind, Setup, VoiceSource};
use std::sync::Arc;

impl Live {
    /// Makes and finds states for a plan with this epoch, made when the executor's clock stood there.
    pub(super) fn states<'l>(
        &'l mut self,
        options: &Options,
        assets: &'l dyn AssetSource,
        epoch: u64,
        clock: u64,
    ) -> LiveStates<'l> {
        LiveStates { live: self, setup: Setup { sample_rate: options.sample_rate, assets }, epoch, clock }
    }
}

/// See [`Live::states`].
pub(super) struct LiveStates<'l> {
    live: &'l mut Live,
    setup: Setup<'l>,
    epoch: u64,
    clock: u64,
}

impl StateProvider for LiveStates<'_> {
    fn state(&mut self, node: NodeIx, voices: usize) -> StateLink {
        let live = &mut self.live.nodes[node];
        let state = match &live.state {
            Some(state) if state.voices == voices => state.clone(),
            before => {
                let state = Arc::new(new_state(live, before.as_deref(), voices, &self.setup));
                if let Some(before) = live.state.replace(state.clone()) {
                    live.earlier = Some(EarlierState { state: before, since: None });
                }
                state
            }
        };
        if let Some(earlier) = &mut live.earlier {
            earlier.since.get_or_insert(self.epoch);
        }
        StateLink { state, earlier: live.earlier.as_ref().map(|earlier| earlier.state.clone()) }
    }

    fn delay_lines(
        &mut self,
        cable: LiveCableIx,
        voice: usize,
        frames: usize,
        late: usize,
    ) -> Vec<TimedDelayLine> {
        let cable = &mut self.live.cables[cable];
        let silence = match self.live.nodes[cable.ends.from.node].begins_at {
            Some(at) => at.saturating_sub(self.clock) as usize,
            None if self.clock > 0 => late,
            None => 0,
        };
        let time =
            DelayTime { frames, fade_frames: SmoothingConstants::new(self.setup.sample_rate).fade_frames };
        let new_line = |frames, start| DelayLine::new(frames, start, silence);
        let start = match cable.phase {
            _ if self.clock == 0 => DelayStart::Settled(frames),
            CablePhase::New | CablePhase::Withheld | CablePhase::Entering => DelayStart::Silent,
            CablePhase::Playing | CablePhase::Leaving => DelayStart::Direct,
        };
        cable.lines.delayed(voice, time, new_line, start, self.epoch)
    }
}

/// State for a node with so many voices; block instances of `before` are kept.
fn new_state(live: &LiveNode, before: Option<&NodeState>, voices: usize, setup: &Setup<'_>) -> NodeState {
    let outputs = live.spec.outputs.len();
    match &live.spec.kind {
        NodeKind::Lanes(table) => {
            let mut data = vec![0; table.state_words * voices].into_boxed_slice();
            if table.state_words > 0 {
                for (voice, words) in data.chunks_exact_mut(table.state_words).enumerate() {
                    (table.start)(voice_seed(live.seed, voice), words);
                }
            }
            NodeState::lanes(voices, outputs, table.state_words, data)
        }
        NodeKind::Block(table) => {
            let makes_voices = live.spec.voices != VoiceSource::Follow;
            let count = if makes_voices { 1 } else { voices };
            let kept = before.map_or(&[][..], NodeState::instances).iter().take(count).cloned();
            let mut instances: Vec<Arc<BlockCell>> = kept.collect();
            for voice in instances.len()..count {
                let seed = voice_seed(live.seed, voice);
                if let Some(instance) = (table.build)(&*live.prepared.config, setup, seed, voice) {
                    instances.push(Arc::new(BlockCell::new(instance)));
                }
            }
            NodeState::blocks(voices, outputs, instances)
        }
    }
}
