//! Jackfield itself: a patch played by the engine, as any program would.

use crate::contender::{BLOCK, Player, RATE};
use jackfield_engine::{Executor, Options, Session};
use jackfield_node::NoAssets;
use jackfield_patch::Patch;

/// An engine that plays a patch.
pub(crate) struct Engine {
    pub(crate) session: Session,
    pub(crate) executor: Executor,
}

impl Engine {
    /// With packs of at most this many lanes.
    pub(crate) fn new(patch: &Patch, width: usize) -> Self {
        let options = Options::at(RATE).with_width(width);
        let (mut session, executor) =
            Session::new(options, Box::new(NoAssets)).expect("the options are possible");
        let report = session.update(patch);
        assert!(report.problems.is_empty(), "all nodes can play: {:?}", report.problems);
        Self { session, executor }
    }

    /// As a contender.
    pub(crate) fn player(patch: &Patch, width: usize) -> Box<dyn Player> {
        Box::new(Self::new(patch, width))
    }
}

impl Player for Engine {
    fn play(&mut self, sound: &mut [f32]) {
        for block in sound.chunks_mut(BLOCK) {
            self.executor.process(&[], 0, block, 1);
        }
    }
}
