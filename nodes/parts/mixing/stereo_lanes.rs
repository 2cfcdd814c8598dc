//! The ports of lane nodes that work in stereo: a mono input that goes to both sides, and a stereo pair
//! beside it.
//!
//! While nothing comes into the pair both sides are the same, and are computed once.
//!
//! A filter keeps what the right channel left behind in its kept words ([`kept_words`]), which nothing reads
//! or writes while both sides are the same: then a filter in a voice costs no more than a mono one.

use jackfield_node::dsp::Field;
use jackfield_node::prelude::*;
use jackfield_node::{Frame, OutputLanes, Signal};
use std::iter::Rev;
use std::ops::Range;

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

/// The output of the right channel that stands beside a left one of this name.
pub(crate) const fn right_of(index: usize, name: &'static str) -> Output {
    Output::audio(
        index,
        name,
        "The same of the right channel; nothing else until something comes into 'left' or 'right'.",
    )
}

/// Kept words for the right channel of a state: whether it has one of its own, and that.
pub(crate) const fn kept_words<F: Field<f32>>() -> usize {
    1 + F::WORDS
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

    /// The channels to compute, in the order in which [`state`](Self::state) and [`keep`](Self::keep) take
    /// them: the right one first, which begins with the state of the left one where there was none before.
    #[inline(always)]
    pub(crate) fn channels(&self) -> Rev<Range<usize>> {
        (0..self.sides()).rev()
    }

    /// The state of a channel before the block. `left` is that of the left one.
    #[inline(always)]
    pub(crate) fn state<F: Field<V>>(io: &Io<'a, V>, side: usize, left: &F) -> F {
        if side == 0 {
            return *left;
        }
        let has_own = io.kept(0);
        F::select(has_own.gt(0.0), io.kept_state(1), *left)
    }

    /// Keeps the state of a channel behind the block.
    #[inline(always)]
    pub(crate) fn keep<F: Field<V>>(&self, io: &mut Io<'a, V>, side: usize, left: &mut F, state: F) {
        if side == 0 {
            *left = state;
        } else {
            io.keep_state(1, &state);
        }
        let has_right = if self.is_mono { 0.0 } else { 1.0 };
        io.keep(0, io.splat(has_right));
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

/// Where both channels are written to by a node that computes them one after the other.
pub(crate) struct StereoOutput<'a, V: Vector> {
    sides: [OutputLanes<'a, V>; 2],
    copies: bool,
}

impl<'a, V: Vector> StereoOutput<'a, V> {
    /// The outputs of both channels.
    #[inline(always)]
    pub(crate) fn new(io: &mut Io<'a, V>, input: &StereoSignal<'a, V>, left: Output, right: Output) -> Self {
        let copies = input.is_mono && io.is_read(right);
        // Where both are the same and only the right one is read, that is the one to write to.
        let first = if copies && !io.is_read(left) { right } else { left };
        Self { sides: [io.output(first), io.output(right)], copies: copies && io.is_read(left) }
    }

    /// The output of one of the [`channels`](StereoSignal::channels).
    #[inline(always)]
    pub(crate) fn side(&mut self, side: usize) -> &mut OutputLanes<'a, V> {
        &mut self.sides[side]
    }

    /// Writes the right channel where both are the same. To be called behind the last frame.
    #[inline(always)]
    pub(crate) fn finish(self, io: &Io<'a, V>) {
        if self.copies {
            let [left, mut right] = self.sides;
            for frame in io.frames() {
                right.copy(frame, &left);
            }
        }
    }
}

/// Whether nothing comes into a stereo pair of inputs of a block node: then both channels are what its mono
/// input says.
pub(crate) fn is_mono(io: &BlockIo<'_>, left: Input, right: Input) -> bool {
    [left, right].iter().all(|input| io.is_constant(*input) && io.input(*input)[0] == 0.0)
}
