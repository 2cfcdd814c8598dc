//! Loops: a stretch of a sound that goes round, and how its end fades over into what comes before its
//! beginning. Who has the whole sound in memory and who reads it from a disk share this, so both sound alike.
//!
//! A sound with a loop has an *unrolled* order, in which it is heard: up to the end of the loop as it is,
//! then the loop again and again. Interpolation in that order goes round as the loop does, whatever the rate
//! is.

use crate::dsp::Lanes;
use crate::dsp::smooth::ease;
use std::ops::Range;

/// The longest crossfade, in frames.
pub const MOST_CROSSFADE: u32 = (1 << 22) - 1;

/// A loop. All in whole frames of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoopRegion {
    first: u64,
    /// The first frame behind it.
    end: u64,
    /// Frames before the end over which what comes before the beginning fades in.
    crossfade: u64,
}

impl LoopRegion {
    /// The loop of a passage that is played: its loop points, if both lie ahead of the passage's beginning
    /// and within it, else all of it. The crossfade is at most half as long as the loop. Where too little
    /// comes before the loop, its own beginning is faded to, and the loop gets shorter by that.
    pub fn of(passage: Range<u64>, points: Option<Range<u64>>, crossfade: u32) -> Self {
        let is_within = |points: &Range<u64>| {
            points.start < points.end && passage.start < points.end && points.end <= passage.end
        };
        let looped = points.filter(is_within).unwrap_or(passage);
        let (first, end) = (looped.start.min(looped.end), looped.end);
        let crossfade = u64::from(crossfade.min(MOST_CROSSFADE)).min((end - first) / 2);
        Self { first: first + crossfade.saturating_sub(first), end, crossfade }
    }

    /// The first frame that is played again.
    pub fn first(self) -> u64 {
        self.first
    }

    /// The frame behind the last one.
    pub fn end(self) -> u64 {
        self.end
    }

    /// How many frames go round.
    pub fn length(self) -> u64 {
        self.end - self.first
    }

    /// Frames before the end that are faded over.
    pub fn crossfade(self) -> u64 {
        self.crossfade
    }

    /// Where a place of the unrolled order lies in the file: before the end of the loop. The loop has a
    /// length.
    pub fn fold(self, place: u64) -> u64 {
        if place < self.end { place } else { self.first + (place - self.end) % self.length().max(1) }
    }

    /// How often the loop begins anew on the way to a place between two frames of the unrolled order.
    pub fn turns(self, place: f64) -> u64 {
        if place < self.end as f64 {
            0
        } else {
            1 + ((place - self.end as f64) / self.length().max(1) as f64) as u64
        }
    }

    /// The frame that fades in at a frame before the end of the loop, and how far it has done so, 0 to 1.
    pub fn blend(self, frame: u64) -> Option<(u64, f32)> {
        let faded = frame.checked_sub(self.end - self.crossfade)?;
        let share = ease(Lanes((faded as f64 / self.crossfade.max(1) as f64) as f32)).0;
        (faded > 0).then(|| (frame - self.length(), share))
    }
}

/// A sample that fades over into another one.
#[inline]
pub fn faded_over(sample: f32, before: f32, share: f32) -> f32 {
    sample + (before - sample) * share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loop_points_count_where_the_passage_holds_them() {
        let of = |passage, points| {
            let region = LoopRegion::of(passage, Some(points), 0);
            region.first()..region.end()
        };
        assert_eq!(of(0..1_000, 200..800), 200..800);
        assert_eq!(of(300..1_000, 200..800), 200..800, "from within the loop on");
        assert_eq!(of(800..1_000, 200..800), 800..1_000, "from behind it on");
        assert_eq!(of(0..700, 200..800), 0..700, "it ends within the loop");
        assert_eq!(of(0..1_000, 800..800), 0..1_000);
    }

    #[test]
    fn a_crossfade_takes_what_comes_before_or_shortens_the_loop() {
        let region = LoopRegion::of(0..1_000, Some(200..800), 100);
        assert_eq!((region.first(), region.length()), (200, 600));
        assert_eq!([699, 700].map(|frame| region.blend(frame)), [None, None]);
        let (before, share) = region.blend(750).unwrap();
        assert!(before == 150 && (share - 0.5).abs() < 1e-6);
        // Nothing comes before the whole file, and half of it is the most.
        let region = LoopRegion::of(0..1_000, None, 5_000);
        assert_eq!((region.first(), region.end(), region.crossfade()), (500, 1_000, 500));
        assert_eq!(region.blend(999).unwrap().0, 499);
    }

    #[test]
    fn the_unrolled_order_goes_round() {
        let region = LoopRegion::of(0..1_000, Some(200..800), 0);
        assert_eq!(
            [0, 799, 800, 1_399, 1_400, 2_005].map(|at| region.fold(at)),
            [0, 799, 200, 799, 200, 205]
        );
        assert_eq!([799.9, 800.0, 1_399.9, 1_400.0].map(|place| region.turns(place)), [0, 1, 1, 2]);
    }
}
