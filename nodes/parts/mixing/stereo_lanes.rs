//! The ports of lane nodes that work in stereo: a mono input that goes to both sides, and a stereo pair
//! beside it.
//!
//! While nothing comes into the pair both sides are the same, and are computed once.

use jackfield_node::prelude::*;
use jackfield_node::{Frame, OutputLanes, Signal};

/// The input for the left channel alone.
pub(crate) const fn left(index: usize) -> Input {
    Input::audio(index, "left", "Sound for the left channel alone.")
}

/// The input for the right channel alone.
pub(crate) const fn right(index: usize) -> Input {
    Input::audio(index, "right", "Sound for the right channel alone.")
}

/// The output of the right channel; the node's first output is the left one.
pub(crate) const fn right_out(index: usize) -> Output {
    Output::audio(
        index,
        "right",
        "The right channel; the same as 'out' until something comes into 'left' or 'right'.",
    )
}

/// What both channels hear in a block.
#[derive(Clone, Copy)]
pub(crate) struct StereoSignal<'a, V: Vector> {
    both: Signal<'a, V>,
    sides: [Signal<'a, V>; 2],
    is_mono: bool,
}

impl<'a, V: Vector> StereoSignal<'a, V> {
    /// The signal at a mono input, and at those of the left and right channel.
    #[inline(always)]
    pub(crate) fn new(io: &Io<'a, V>, both: Input, left: Input, right: Input) -> Self {
        let sides = [io.input(left), io.input(right)];
        let mut is_mono = true;
        for side in &sides {
            let first = io.frames().next().map(|frame| side.at(frame));
            let is_silent = first.is_some_and(|first| !(!first.equal(first.same(0.0))).any());
            is_mono &= side.is_constant() && is_silent;
        }
        Self { both: io.input(both), sides, is_mono }
    }

    /// Whether both channels hear the same.
    #[inline(always)]
    pub(crate) fn is_mono(&self) -> bool {
        self.is_mono
    }

    /// What the left and right channel hear at a frame.
    #[inline(always)]
    pub(crate) fn at(&self, frame: Frame<'a>) -> [Lanes<V>; 2] {
        let both = self.both.at(frame);
        if self.is_mono {
            [both; 2]
        } else {
            [both + self.sides[0].at(frame), both + self.sides[1].at(frame)]
        }
    }

    /// How many channels there are to compute.
    #[inline(always)]
    pub(crate) fn sides(&self) -> usize {
        if self.is_mono { 1 } else { 2 }
    }

    /// What one of them hears at a frame.
    #[inline(always)]
    pub(crate) fn side(&self, side: usize, frame: Frame<'a>) -> Lanes<V> {
        let both = self.both.at(frame);
        if self.is_mono { both } else { both + self.sides[side].at(frame) }
    }

    /// Writes what one of them says to its output, and to both where there is but one.
    #[inline(always)]
    pub(crate) fn write(
        &self,
        outputs: &mut [OutputLanes<'a, V>; 2],
        side: usize,
        frame: Frame<'a>,
        value: Lanes<V>,
    ) {
        outputs[side].set(frame, value);
        if self.is_mono {
            outputs[1].set(frame, value);
        }
    }

    /// A signal as large as the louder channel at a frame, for a detector that both are linked to.
    #[inline(always)]
    pub(crate) fn loudest(&self, frame: Frame<'a>) -> Lanes<V> {
        let [left, right] = self.at(frame);
        if self.is_mono { left } else { left.abs().max(right.abs()) }
    }
}

/// Whether nothing comes into a stereo pair of inputs of a block node: then both channels are what its mono
/// input says.
pub(crate) fn is_mono(io: &BlockIo<'_>, left: Input, right: Input) -> bool {
    [left, right].iter().all(|input| io.is_constant(*input) && io.input(*input)[0] == 0.0)
}
