//! What a sound file says of itself beside its sound: loops, cue points, the key it was recorded at.

use std::ops::Range;

/// The notes of a sound file to who plays it. Places are frames of [`Asset::channels`](super::Asset), counted
/// from the beginning; after a change of the sample rate they lie between frames. All are within the sound.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    /// Loops, in the order of the file. The first is the one to hold a note with. From the chunk `smpl` of
    /// WAV and from `INST` of AIFF.
    pub loops: Vec<LoopPoints>,
    /// Marked places in ascending order, such as the beginnings of slices. From `cue ` and from `MARK`.
    pub cues: Vec<f64>,
    /// The MIDI key that the sound has when it plays as recorded, with a fraction for its tuning; 60 is C4.
    /// From `smpl`, else from `inst` or `INST`.
    pub unity_note: Option<f32>,
    /// What the file's author wants it louder, in decibels. From `inst` or `INST`.
    pub gain_decibels: Option<f32>,
    /// Lowest and highest MIDI key the file is meant for. From `inst` or `INST`.
    pub keys: Option<[u8; 2]>,
    /// Lowest and highest velocity the file is meant for. From `inst` or `INST`.
    pub velocities: Option<[u8; 2]>,
    /// Frames in one cycle of a wavetable, at the file's own rate: no change of the sample rate touches it.
    /// From Serum's chunk `clm `.
    pub cycle_frames: Option<usize>,
    /// Where each channel is heard; empty where the file does not say.
    pub speakers: Vec<Speaker>,
}

/// A stretch of a sound that is played again and again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LoopPoints {
    /// Its first frame.
    pub start: f64,
    /// The frame behind its last one: its length is `end - start`, which is more than 0.
    pub end: f64,
    /// Which way it is played.
    pub direction: LoopDirection,
    /// How often it is played before the sound goes on behind it; nothing is for ever.
    pub passes: Option<u32>,
}

/// Which way a loop is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LoopDirection {
    /// From its start to its end, and again.
    #[default]
    Forward,
    /// To the end, back to the start, and again.
    Alternating,
    /// From its end to its start, and again.
    Backward,
}

/// Where a channel is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// In front on the left.
    FrontLeft,
    /// In front on the right.
    FrontRight,
    /// In the middle of the front.
    FrontCentre,
    /// Low-frequency effects.
    Lfe,
    /// Beside or behind the listener on the left, also above.
    SurroundLeft,
    /// Beside or behind the listener on the right, also above.
    SurroundRight,
    /// In the middle behind or above the listener.
    SurroundCentre,
    /// In front, between the left and the middle.
    FrontLeftOfCentre,
    /// In front, between the right and the middle.
    FrontRightOfCentre,
    /// A track of its own, with no place.
    Discrete,
}

impl Metadata {
    /// The whole frames of the first loop.
    pub fn loop_points(&self) -> Option<Range<u64>> {
        let points = self.loops.first()?;
        let (first, end) = (points.start.round() as u64, points.end.round() as u64);
        (first < end).then_some(first..end)
    }

    /// The same notes where every frame has become `ratio` frames and there are `frames` in all.
    #[must_use]
    pub fn scaled(&self, ratio: f64, frames: usize) -> Self {
        let end = frames as f64;
        let mut scaled = self.clone();
        for points in &mut scaled.loops {
            (points.start, points.end) = (points.start * ratio, (points.end * ratio).min(end));
        }
        scaled.loops.retain(|points| points.start < points.end);
        for cue in &mut scaled.cues {
            *cue *= ratio;
        }
        scaled.cues.retain(|cue| *cue < end);
        scaled
    }

    /// Leaves out what does not lie within `frames` frames, and brings cue points into order.
    pub fn tidy(&mut self, frames: usize) {
        let end = frames as f64;
        for points in &mut self.loops {
            points.end = points.end.min(end);
        }
        self.loops.retain(|points| points.start >= 0.0 && points.start < points.end);
        self.cues.retain(|cue| (0.0..end).contains(cue));
        self.cues.sort_by(f64::total_cmp);
        self.cues.dedup();
        self.cycle_frames = self.cycle_frames.filter(|frames| *frames > 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forward(start: f64, end: f64) -> LoopPoints {
        LoopPoints { start, end, direction: LoopDirection::Forward, passes: None }
    }

    #[test]
    fn places_follow_the_sample_rate_and_a_cycle_does_not() {
        let notes = Metadata {
            loops: vec![forward(100.0, 200.0)],
            cues: vec![50.0, 199.0],
            cycle_frames: Some(2_048),
            ..Metadata::default()
        };
        let scaled = notes.scaled(1.5, 300);
        assert_eq!((scaled.loops[0].start, scaled.loops[0].end), (150.0, 300.0));
        assert_eq!((scaled.cues, scaled.cycle_frames), (vec![75.0, 298.5], Some(2_048)));
    }

    #[test]
    fn what_lies_outside_is_left_out() {
        let mut notes = Metadata {
            loops: vec![forward(10.0, 500.0), forward(100.0, 120.0), forward(7.0, 7.0)],
            cues: vec![99.0, 100.0, 3.0, 3.0],
            cycle_frames: Some(0),
            ..Metadata::default()
        };
        notes.tidy(100);
        assert_eq!(notes.loops, [forward(10.0, 100.0)]);
        assert_eq!((notes.cues, notes.cycle_frames), (vec![3.0, 99.0], None));
    }
}
