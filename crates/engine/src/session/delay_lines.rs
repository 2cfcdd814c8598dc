//! The delay lines of a cable, which line it up with slower paths.
//!
//! A line stays with its cable and changes its wait as plans ask for it, with a fade. When a wait outgrows it
//! another line goes behind it, so that what it holds is not lost. Once a cable need not wait any more and
//! its lines have faded to no wait, they go.

use crate::delay_line::{Beginning, DelayLine, DelayTime};
use crate::graph::TimedDelayLine;
use crate::plan::Plan;
use crate::state::BlockCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// All delay lines of a cable, by voice.
#[derive(Default)]
pub(super) struct CableDelayLines {
    by_voice: Vec<VoiceDelayLines>,
}

/// One line behind the other.
#[derive(Default)]
struct VoiceDelayLines {
    lines: Vec<OwnedDelayLine>,
    /// The last plan that has them.
    epoch: u64,
}

struct OwnedDelayLine {
    cell: Arc<BlockCell>,
    room: usize,
    /// The wait that the last plan asks for.
    wait: usize,
    rest: Arc<AtomicUsize>,
}

impl OwnedDelayLine {
    fn new(frames: usize, line: DelayLine) -> Self {
        let (room, rest) = (line.room(), line.rest());
        Self { cell: Arc::new(BlockCell::new(Box::new(line))), room, wait: frames, rest }
    }

    fn is_at_rest(&self) -> bool {
        self.rest.load(Ordering::Acquire) == self.wait
    }

    fn is_over(&self) -> bool {
        self.wait == 0 && self.is_at_rest()
    }
}

impl CableDelayLines {
    pub(super) fn are_none(&self) -> bool {
        self.by_voice.is_empty()
    }

    /// Frames that the cable waits, as the last plan with it said.
    pub(super) fn wait(&self) -> usize {
        let wait = |voice: &VoiceDelayLines| voice.lines.iter().map(|line| line.wait).sum();
        self.by_voice.iter().map(wait).max().unwrap_or(0)
    }

    /// Drops lines that were not part of the last plan, or whose delay has come to rest at zero.
    pub(super) fn tidy(&mut self, plan: &Plan) {
        for voice in self.by_voice.iter_mut().filter(|voice| voice.epoch != plan.epoch) {
            voice.lines.clear();
        }
        if self.of(plan).all(OwnedDelayLine::is_over) {
            self.by_voice.clear();
        }
    }

    /// Whether some line is fading in this plan.
    pub(super) fn fade(&self, plan: &Plan) -> bool {
        !self.of(plan).all(OwnedDelayLine::is_at_rest)
    }

    /// Whether lines of this plan could go.
    pub(super) fn are_idle(&self, plan: &Plan) -> bool {
        self.of(plan).next().is_some() && self.of(plan).all(OwnedDelayLine::is_over)
    }

    /// The lines, one behind the other, that delay a voice in a plan. The first one starts with `beginning`.
    pub(super) fn waiting(
        &mut self,
        voice: usize,
        wait: DelayTime,
        new_line: impl Fn(usize, Beginning) -> DelayLine,
        beginning: impl FnOnce(usize) -> Beginning,
        epoch: u64,
    ) -> Vec<TimedDelayLine> {
        if self.by_voice.len() <= voice {
            self.by_voice.resize_with(voice + 1, VoiceDelayLines::default);
        }
        self.by_voice[voice].epoch = epoch;
        let lines = &mut self.by_voice[voice].lines;
        let room: usize = lines.iter().map(|line| line.room).sum();
        if lines.is_empty() {
            lines.push(OwnedDelayLine::new(wait.frames, new_line(wait.frames, beginning(wait.frames))));
        } else if wait.frames > room {
            let more = wait.frames - room;
            lines.push(OwnedDelayLine::new(more, new_line(more, Beginning::Direct)));
        }
        let mut left = wait.frames;
        let share = |line: &mut OwnedDelayLine| {
            line.wait = left.min(line.room);
            left -= line.wait;
            (line.cell.clone(), DelayTime { frames: line.wait, ..wait })
        };
        lines.iter_mut().map(share).collect()
    }

    /// The lines that a plan has.
    fn of(&self, plan: &Plan) -> impl Iterator<Item = &OwnedDelayLine> {
        let epoch = plan.epoch;
        self.by_voice.iter().filter(move |voice| voice.epoch == epoch).flat_map(|voice| &voice.lines)
    }
}
