//! The delay lines of a cable, which line it up with slower paths.
//!
//! A line stays with its cable and changes its delay as plans ask for it, with a fade. When a delay outgrows
//! it another line goes behind it, so that what it holds is not lost. Once a cable needs no delay any more
//! and its lines have faded to zero, they go.

use crate::delay_line::{DelayLine, DelayStart, DelayTime, RestingDelay};
use crate::graph::TimedDelayLine;
use crate::plan::Plan;
use crate::state::BlockCell;
use std::sync::Arc;

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
    /// The delay that the last plan asks for.
    delay: usize,
    rest: Arc<RestingDelay>,
}

impl OwnedDelayLine {
    fn new(frames: usize, line: DelayLine) -> Self {
        let (room, rest) = (line.room(), line.rest());
        Self { cell: Arc::new(BlockCell::new(Box::new(line))), room, delay: frames, rest }
    }

    fn is_at_rest(&self) -> bool {
        self.rest.load() == Some(self.delay)
    }

    fn is_over(&self) -> bool {
        self.delay == 0 && self.is_at_rest()
    }
}

impl CableDelayLines {
    pub(super) fn are_none(&self) -> bool {
        self.by_voice.is_empty()
    }

    /// Frames by which the last plan with the cable delays it.
    pub(super) fn delay(&self) -> usize {
        let delay = |voice: &VoiceDelayLines| voice.lines.iter().map(|line| line.delay).sum();
        self.by_voice.iter().map(delay).max().unwrap_or(0)
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

    /// The lines, one behind the other, that delay a voice in a plan. The first one starts as `start` says.
    pub(super) fn delayed(
        &mut self,
        voice: usize,
        time: DelayTime,
        new_line: impl Fn(usize, DelayStart) -> DelayLine,
        start: DelayStart,
        epoch: u64,
    ) -> Vec<TimedDelayLine> {
        if self.by_voice.len() <= voice {
            self.by_voice.resize_with(voice + 1, VoiceDelayLines::default);
        }
        self.by_voice[voice].epoch = epoch;
        let lines = &mut self.by_voice[voice].lines;
        let room: usize = lines.iter().map(|line| line.room).sum();
        if lines.is_empty() {
            lines.push(OwnedDelayLine::new(time.frames, new_line(time.frames, start)));
        } else if time.frames > room {
            let more = time.frames - room;
            lines.push(OwnedDelayLine::new(more, new_line(more, DelayStart::Direct)));
        }
        let mut left = time.frames;
        let share = |line: &mut OwnedDelayLine| {
            line.delay = left.min(line.room);
            left -= line.delay;
            (line.cell.clone(), DelayTime { frames: line.delay, ..time })
        };
        lines.iter_mut().map(share).collect()
    }

    /// The lines that a plan has.
    fn of(&self, plan: &Plan) -> impl Iterator<Item = &OwnedDelayLine> {
        let epoch = plan.epoch;
        self.by_voice.iter().filter(move |voice| voice.epoch == epoch).flat_map(|voice| &voice.lines)
    }
}
