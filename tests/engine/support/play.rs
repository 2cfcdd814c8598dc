//! Sessions that play patches.

use jackfield_engine::{Executor, Options, Session};
use jackfield_node::{InstructionSet, NoAssets};
use jackfield_patch::Patch;

pub const SAMPLE_RATE: f32 = 48_000.0;

/// One way to compute a patch; all give the same bits.
#[derive(Clone, Copy, Debug)]
pub struct RenderConfig {
    pub width: usize,
    pub set: InstructionSet,
    /// Frames to a callback.
    pub block: usize,
}

impl RenderConfig {
    /// Every width, instruction set of this machine, and some block sizes.
    pub fn all() -> Vec<Self> {
        let mut configs = Vec::new();
        for width in [1, 4, 8, 16] {
            for set in InstructionSet::available() {
                configs.extend([1, 7, 64, 480].map(|block| Self { width, set, block }));
            }
        }
        configs
    }

    /// A silent session that computes so, and its executor.
    pub fn open(self) -> (Session, Executor) {
        let options = Options::at(SAMPLE_RATE).with_width(self.width).with_instruction_set(self.set);
        Session::new(options, Box::new(NoAssets)).expect("the options are good")
    }

    /// A session that plays a patch.
    pub fn play(self, patch: &Patch) -> (Session, Executor) {
        let (mut session, executor) = self.open();
        let report = session.update(patch);
        assert_eq!(report.problems, [], "every node of a test can play");
        (session, executor)
    }
}

/// The fastest.
impl Default for RenderConfig {
    fn default() -> Self {
        Self { width: 16, set: InstructionSet::best(), block: 64 }
    }
}

/// Two channels, frame by frame, in callbacks of `block` frames.
pub fn render(executor: &mut Executor, frames: usize, block: usize) -> Vec<[f32; 2]> {
    let mut output = vec![0.0; frames * 2];
    for chunk in output.chunks_mut(block * 2) {
        executor.process(&[], 0, chunk, 2);
    }
    output.chunks_exact(2).map(|frame| [frame[0], frame[1]]).collect()
}

/// Channel 0.
pub fn left(frames: &[[f32; 2]]) -> Vec<f32> {
    frames.iter().map(|frame| frame[0]).collect()
}

/// Channel 1.
pub fn right(frames: &[[f32; 2]]) -> Vec<f32> {
    frames.iter().map(|frame| frame[1]).collect()
}
