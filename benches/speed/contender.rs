//! Who takes part: anything that plays the patch of a contest.

use cpu_time::ThreadTime;
use std::time::Duration;

/// Frames per second in every contest.
pub(crate) const RATE: f32 = 48_000.0;
/// Frames per block of those who let us choose.
pub(crate) const BLOCK: usize = 64;

/// Plays a patch, frame after frame, from where it was.
pub(crate) trait Player {
    /// Gets ready to play this many frames; its time does not count.
    fn prepare(&mut self, frames: usize) {
        let _ = frames;
    }

    /// Plays the next frames of one channel.
    fn play(&mut self, sound: &mut [f32]);
}

/// A system and the patch as that system would have it.
pub(crate) struct Contender {
    /// The system, with what is particular about it here.
    pub(crate) name: &'static str,
    /// Makes the patch.
    pub(crate) start: fn() -> Box<dyn Player>,
}

impl Contender {
    pub(crate) const fn new(name: &'static str, start: fn() -> Box<dyn Player>) -> Self {
        Self { name, start }
    }
}

/// Processor time that playing takes, on a thread that others may interrupt.
pub(crate) fn time_to_play(player: &mut dyn Player, sound: &mut [f32]) -> Duration {
    player.prepare(sound.len());
    let begin = ThreadTime::now();
    player.play(sound);
    begin.elapsed()
}
