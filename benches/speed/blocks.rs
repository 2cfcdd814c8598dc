//! How the time of single blocks is spread: the median says how much a patch costs, the rest whether it can
//! be relied on.

use crate::compiling::Percentiles;
use crate::contender::{BLOCK, Player};
use crate::ours::Engine;
use crate::voices::voices_patch;
use cpu_time::ThreadTime;

/// Blocks measured: 30 seconds of sound.
const BLOCKS: usize = 22_500;

/// Processor time of each block of 64 frames of P1.
pub(crate) fn time_blocks() -> Percentiles {
    let mut engine = Engine::new(&voices_patch(), 16);
    let mut sound = [0.0; BLOCK];
    let mut next = || {
        let begin = ThreadTime::now();
        engine.play(&mut sound);
        begin.elapsed()
    };
    // The first blocks warm the caches.
    (0..100).for_each(|_| {
        next();
    });
    Percentiles::of((0..BLOCKS).map(|_| next()).collect())
}
