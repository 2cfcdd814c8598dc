//! Withholds new cables that would close a loop together with a leaving one: such a loop would delay
//! some cable by a sample for the few milliseconds of the fade, which is audible.

use crate::compile::feedback::component_of_each;
use crate::index::{ComponentIx, IndexVec, NodeIx};
use crate::session::live::{CablePhase, Live, LiveCable};

impl Live {
    /// Decides for every cable that has not played whether it may.
    pub(super) fn withhold_loop_cables(&mut self) {
        let is_new = |cable: &LiveCable| matches!(cable.phase, CablePhase::New | CablePhase::Withheld);
        let has_leaving = self.cables.iter().any(LiveCable::is_leaving);
        let components = (has_leaving && self.cables.iter().any(is_new))
            .then(|| (self.component_of_each(|_| true), self.component_of_each(|cable| !cable.is_leaving())));
        for cable in self.cables.iter_mut().filter(|cable| is_new(cable)) {
            let (from, to) = (cable.ends.from.node, cable.ends.to.node);
            let closes_loop = components
                .as_ref()
                .is_some_and(|(with, without)| with[from] == with[to] && without[from] != without[to]);
            cable.phase = if closes_loop { CablePhase::Withheld } else { CablePhase::New };
        }
    }

    fn component_of_each(&self, keep: impl Fn(&LiveCable) -> bool) -> IndexVec<NodeIx, ComponentIx> {
        let edges = self.cables.iter().filter(|cable| keep(cable));
        let edges = edges.map(|cable| (cable.ends.from.node, cable.ends.to.node));
        component_of_each(self.nodes.len(), edges)
    }
}
