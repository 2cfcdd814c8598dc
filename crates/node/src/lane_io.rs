//! What a lane kernel sees of its ports: [`Io`], [`Signal`], [`OutputLanes`].

use crate::dsp::{Bits, Field, Lanes, Vector};
use crate::lane::Work;
use crate::{Input, LaneCall, Output, Slot, Transport};
use std::cell::Cell;
use std::marker::PhantomData;
use std::slice;

/// The ports of a pack for one block. Audio thread.
pub struct Io<'a, V: Vector> {
    token: V::Token,
    work: Work<'a>,
    kept: &'a mut [u32],
    trace: &'a Trace<V>,
    transport: &'a Transport,
}

/// Tells afterwards in which lanes something infinite or NaN was written.
pub(crate) struct Trace<V: Vector> {
    faults: Cell<Bits<V>>,
    looks: bool,
}

impl<V: Vector> Trace<V> {
    #[inline(always)]
    pub(crate) fn new(token: V::Token, looks: bool) -> Self {
        Self { faults: Cell::new(Bits::splat(token, 0)), looks }
    }

    #[expect(clippy::eq_op, reason = "a difference that tells NaN and infinity")]
    #[inline(always)]
    fn note(&self, sample: Lanes<V>) {
        // x - x is 0 for a finite x and NaN for any other, and the bits of NaN stay.
        if self.looks {
            self.faults.set(self.faults.get() | (sample - sample).to_bits());
        }
    }

    #[inline(always)]
    fn token(&self) -> V::Token {
        self.faults.get().token()
    }

    /// Bit `i` is lane `i`.
    #[inline(always)]
    pub(crate) fn faulty_lanes(&self) -> u64 {
        let trace = self.faults.get();
        let sound = trace.equal(trace.same(0));
        if (!sound).any() { (!sound).to_bitmask() } else { 0 }
    }
}

/// One frame of the block being computed; only [`Io::frames`] makes them, so reading and writing at
/// one needs no check.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    index: usize,
    call: PhantomData<&'a LaneCall>,
}

/// The frames of the block, in order.
#[derive(Clone)]
pub struct Frames<'a> {
    next: usize,
    end: usize,
    call: PhantomData<&'a LaneCall>,
}

impl<'a> Iterator for Frames<'a> {
    type Item = Frame<'a>;
    #[inline(always)]
    fn next(&mut self) -> Option<Frame<'a>> {
        if self.next == self.end {
            return None;
        }
        let index = self.next;
        self.next += 1;
        Some(Frame { index, call: PhantomData })
    }
    #[inline(always)]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.end - self.next, Some(self.end - self.next))
    }
}

impl ExactSizeIterator for Frames<'_> {}

impl<'a, V: Vector> Io<'a, V> {
    #[inline(always)]
    pub(crate) fn new(
        token: V::Token,
        work: Work<'a>,
        kept: &'a mut [u32],
        trace: &'a Trace<V>,
        transport: &'a Transport,
    ) -> Self {
        Self { token, work, kept, trace, transport }
    }

    /// The lanes kept in a place below the node's [`KEPT_WORDS`](crate::LaneNode::KEPT_WORDS).
    #[inline(always)]
    pub fn kept(&self, place: usize) -> Lanes<V> {
        Lanes::from_bits(Bits::load(self.token, &self.kept[place * V::WIDTH..][..V::WIDTH]))
    }

    /// Keeps lanes in a place below the node's [`KEPT_WORDS`](crate::LaneNode::KEPT_WORDS).
    #[inline(always)]
    pub fn keep(&mut self, place: usize, lanes: Lanes<V>) {
        lanes.to_bits().store(&mut self.kept[place * V::WIDTH..][..V::WIDTH]);
    }

    /// A whole state that is kept from a place on.
    #[inline(always)]
    pub fn kept_state<F: Field<V>>(&self, place: usize) -> F {
        F::load(self.token, &self.kept[place * V::WIDTH..][..F::WORDS * V::WIDTH])
    }

    /// Keeps a whole state from a place on.
    #[inline(always)]
    pub fn keep_state<F: Field<V>>(&mut self, place: usize, state: &F) {
        state.store(&mut self.kept[place * V::WIDTH..][..F::WORDS * V::WIDTH]);
    }

    /// The frames to compute.
    #[inline(always)]
    pub fn frames(&self) -> Frames<'a> {
        let range = self.work.range;
        Frames { next: range.first, end: range.first + range.count, call: PhantomData }
    }

    /// Frames per second.
    #[inline(always)]
    pub fn sample_rate(&self) -> f32 {
        self.work.sample_rate()
    }

    /// The beat that the patch shares. A node without state ([`NoState`](crate::NoState)) can't follow it and
    /// sees one that is stopped; give a node that wants to some state.
    #[inline(always)]
    pub fn transport(&self) -> &'a Transport {
        self.transport
    }

    /// The beat at a frame, in quarter notes; the same for all lanes, and the same bits at any block size.
    #[inline(always)]
    pub fn beat(&self, frame: Frame<'a>) -> f64 {
        self.transport.beat(frame.index)
    }

    /// The proof that this kernel's lanes may exist.
    #[inline(always)]
    pub fn token(&self) -> V::Token {
        self.token
    }

    /// The same number in every lane.
    #[inline(always)]
    pub fn splat(&self, value: f32) -> Lanes<V> {
        Lanes::splat(self.token, value)
    }

    /// How many inputs the call has.
    #[inline(always)]
    pub fn input_count(&self) -> usize {
        self.work.input_count()
    }

    /// The signal at an input: cables and knob added up.
    ///
    /// # Panics
    ///
    /// For an input of another spec.
    #[inline(always)]
    pub fn input(&self, input: Input) -> Signal<'a, V> {
        self.input_at(input.index)
    }

    /// The signal at the input in this position, for kernels with as many inputs as they are given.
    #[inline(always)]
    pub fn input_at(&self, position: usize) -> Signal<'a, V> {
        let slot = self.work.input(position);
        Signal { token: self.token, data: slot.data, step: slot.step, call: PhantomData }
    }

    /// A value computed from several inputs: once while all of them are constant, per frame while any
    /// moves. For a single one see [`Signal::derive`].
    ///
    /// Where a kernel has a body per choice (a waveform, say), mark the function `#[inline(always)]`:
    /// it might otherwise be compiled once for all bodies, without the kernel's instruction set.
    #[inline(always)]
    pub fn derive<const N: usize, T: Copy, F: Fn([Lanes<V>; N]) -> T>(
        &self,
        inputs: [Input; N],
        function: F,
    ) -> DerivedFromAll<'a, V, N, T, F> {
        // Loops, not `map`: they are sure to be inlined, and nothing else would be compiled for the
        // kernel's instruction set.
        const { assert!(N > 0, "a value is derived from something") }
        let mut signals = [self.input(inputs[0]); N];
        let mut still = true;
        for (signal, input) in signals.iter_mut().zip(inputs) {
            *signal = self.input(input);
            still &= signal.is_constant();
        }
        DerivedFromAll { signals, still, function, value: None }
    }

    /// Where an output's samples go.
    ///
    /// # Panics
    ///
    /// For an output of another spec.
    #[inline(always)]
    pub fn output(&mut self, output: Output) -> OutputLanes<'a, V> {
        self.output_at(output.index)
    }

    /// Whether anybody reads an output of any lane.
    #[inline(always)]
    pub fn is_read(&self, output: Output) -> bool {
        !self.work.output(output.index).data.is_null()
    }

    /// Where the samples of the output in this position go.
    #[inline(always)]
    pub fn output_at(&mut self, position: usize) -> OutputLanes<'a, V> {
        let slot = self.work.output(position);
        OutputLanes { data: slot.data, trace: self.trace, call: PhantomData }
    }
}

/// The signal at an input during one block.
#[derive(Clone, Copy)]
pub struct Signal<'a, V: Vector> {
    token: V::Token,
    data: *const f32,
    step: usize,
    call: PhantomData<&'a LaneCall>,
}

impl<'a, V: Vector> Signal<'a, V> {
    /// The lanes at a frame.
    #[inline(always)]
    pub fn at(&self, frame: Frame<'a>) -> Lanes<V> {
        // SAFETY: a `Frame` is below the block length its call was made with, and `LaneCall::new`'s
        // caller vouches for that many frames of `V::WIDTH` samples (one when `step` is 0) that
        // nobody writes during the call.
        let samples = unsafe {
            let start = self.data.add((frame.index * V::WIDTH) & self.step);
            slice::from_raw_parts(start, V::WIDTH)
        };
        Lanes::load(self.token, samples)
    }

    /// Whether all frames of this block are equal.
    #[inline(always)]
    pub fn is_constant(&self) -> bool {
        self.step == Slot::CONSTANT
    }

    /// A value computed from the signal: once while the signal is constant, per frame while it
    /// moves.
    #[inline(always)]
    pub fn derive<F: Fn(Lanes<V>) -> Lanes<V>>(self, function: F) -> Derived<'a, V, F> {
        Derived { value: Lanes::splat(self.token, 0.0), fresh: false, signal: self, function }
    }
}

/// See [`Signal::derive`].
pub struct Derived<'a, V: Vector, F> {
    signal: Signal<'a, V>,
    function: F,
    value: Lanes<V>,
    fresh: bool,
}

impl<'a, V: Vector, F: Fn(Lanes<V>) -> Lanes<V>> Derived<'a, V, F> {
    /// The derived value at a frame; frames are asked for in order.
    #[inline(always)]
    pub fn at(&mut self, frame: Frame<'a>) -> Lanes<V> {
        // The function is called from this one place only: a second call site keeps the compiler
        // from inlining it, and outside the kernel it would run without the instruction set.
        if !self.fresh {
            self.value = (self.function)(self.signal.at(frame));
            self.fresh = self.signal.is_constant();
        }
        self.value
    }
}

/// See [`Io::derive`].
pub struct DerivedFromAll<'a, V: Vector, const N: usize, T, F> {
    signals: [Signal<'a, V>; N],
    still: bool,
    function: F,
    value: Option<T>,
}

impl<'a, V: Vector, const N: usize, T: Copy, F: Fn([Lanes<V>; N]) -> T> DerivedFromAll<'a, V, N, T, F> {
    /// The derived value at a frame; frames are asked for in order.
    #[inline(always)]
    pub fn at(&mut self, frame: Frame<'a>) -> T {
        match self.value {
            Some(value) if self.still => value,
            // As in `Derived::at`: the only call of the function.
            _ => {
                let mut inputs = [self.signals[0].at(frame); N];
                for (input, signal) in inputs.iter_mut().zip(&self.signals) {
                    *input = signal.at(frame);
                }
                let value = (self.function)(inputs);
                self.value = Some(value);
                value
            }
        }
    }
}

/// An output's samples during one block.
pub struct OutputLanes<'a, V: Vector> {
    data: *mut f32,
    trace: &'a Trace<V>,
    call: PhantomData<&'a LaneCall>,
}

impl<'a, V: Vector> OutputLanes<'a, V> {
    /// Writes the lanes at a frame. Every frame must be written once. An output that nobody reads takes
    /// nothing, and what was computed for it alone is not computed.
    #[inline(always)]
    pub fn set(&mut self, frame: Frame<'a>, value: Lanes<V>) {
        if self.data.is_null() {
            return;
        }
        // SAFETY: as in `Signal::at`; the buffer belongs to this output alone, and the slice lives
        // only for this store.
        let samples = unsafe {
            let start = self.data.add(frame.index * V::WIDTH);
            slice::from_raw_parts_mut(start, V::WIDTH)
        };
        value.store(samples);
        self.trace.note(value);
    }

    /// Writes what another output of this call has at a frame; nothing where nobody reads that one.
    #[inline(always)]
    pub fn copy(&mut self, frame: Frame<'a>, other: &Self) {
        if other.data.is_null() {
            return;
        }
        // SAFETY: as in `add`.
        let written = unsafe {
            let start = other.data.add(frame.index * V::WIDTH);
            slice::from_raw_parts(start, V::WIDTH)
        };
        self.set(frame, Lanes::load(self.trace.token(), written));
    }

    /// Adds to what [`set`](Self::set) wrote at a frame in this call.
    #[inline(always)]
    pub fn add(&mut self, frame: Frame<'a>, value: Lanes<V>) {
        if self.data.is_null() {
            return;
        }
        // SAFETY: as in `set`; memory of a plan always holds numbers, if old ones.
        let written = unsafe {
            let start = self.data.add(frame.index * V::WIDTH);
            slice::from_raw_parts(start, V::WIDTH)
        };
        let sum = Lanes::load(value.token(), written) + value;
        self.set(frame, sum);
    }
}
