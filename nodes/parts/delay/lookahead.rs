//! A short delay for a lane node that looks ahead: what it decides from the input now it does to the input of
//! a moment ago.
//!
//! The past lies in the node's kept words in the order of time, newest last, with room for a block behind it.
//! So all lanes read one place, whenever each of them began.

use crate::parts::mixing::stereo_lanes::StereoSignal;
use jackfield_node::Frame;
use jackfield_node::dsp::BLOCK;
use jackfield_node::prelude::*;

/// The longest look-ahead in frames.
pub(crate) const MOST_FRAMES: usize = 480;
/// Kept words that it takes for each of two channels.
pub(crate) const WORDS: usize = MOST_FRAMES + BLOCK;

/// How many frames it looks ahead.
#[derive(Clone, Copy)]
pub(crate) struct Lookahead(usize);

impl Lookahead {
    /// Of so many seconds, as far as there is room.
    pub(crate) fn new(seconds: f32, sample_rate: f32) -> Self {
        Self(((seconds * sample_rate).round() as usize).min(MOST_FRAMES))
    }

    /// The delay in frames.
    pub(crate) fn frames(self) -> usize {
        self.0
    }

    /// Notes the block's input, of the left channel or of both. To be called before the first frame.
    #[inline(always)]
    pub(crate) fn note<'a, V: Vector>(self, io: &mut Io<'a, V>, input: &StereoSignal<'a, V>, sides: usize) {
        if self.0 > 0 {
            for (place, frame) in (MOST_FRAMES..WORDS).zip(io.frames()) {
                for (side, sound) in input.at(frame).into_iter().enumerate().take(sides) {
                    io.keep(side * WORDS + place, sound);
                }
            }
        }
    }

    /// The left and right channel at a frame less the look-ahead. `number` counts the block's frames from 0.
    #[inline(always)]
    pub(crate) fn late<'a, V: Vector>(
        self,
        io: &Io<'a, V>,
        input: &StereoSignal<'a, V>,
        (number, frame): (usize, Frame<'a>),
    ) -> [Lanes<V>; 2] {
        let place = MOST_FRAMES - self.0 + number;
        if self.0 == 0 { input.at(frame) } else { [io.kept(place), io.kept(WORDS + place)] }
    }

    /// Moves the past on. To be called after the last frame.
    #[inline(always)]
    pub(crate) fn pass<V: Vector>(self, io: &mut Io<'_, V>, sides: usize) {
        let frames = io.frames().len();
        for side in 0..sides {
            for place in side * WORDS + MOST_FRAMES - self.0..side * WORDS + MOST_FRAMES {
                let later = io.kept(place + frames);
                io.keep(place, later);
            }
        }
    }
}
