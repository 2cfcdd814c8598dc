//! Instance state: what the voices of a node keep from plan to plan.
//!
//! While a plan runs, the words of a lane node live in the plan's packs; when the executor changes
//! plans it stores them here and loads them into the packs of the next plan. Block nodes never move.

use jackfield_node::AnyBlock;
use std::cell::UnsafeCell;
use std::sync::Arc;

/// The memory of all voices of one node.
pub(crate) struct NodeState {
    pub(crate) voices: usize,
    body: StateBody,
    /// The last frame of every output, `output * voices + voice`, for cables that run back in a loop.
    last: UnsafeCell<Box<[f32]>>,
    has_begun: UnsafeCell<bool>,
}

pub(crate) enum StateBody {
    /// `words` per voice.
    Lanes { words: usize, data: UnsafeCell<Box<[u32]>> },
    /// One instance per voice (or one in all, when the node makes the voices).
    Blocks(Vec<Arc<BlockCell>>),
}

/// A block node instance, run by one executor at a time.
pub(crate) struct BlockCell(UnsafeCell<Box<dyn AnyBlock>>);

// SAFETY: after construction the contents are reached through the unsafe functions below only, whose
// callers are the one executor that runs a session's plans.
unsafe impl Sync for NodeState {}
// SAFETY: as above.
unsafe impl Send for NodeState {}
// SAFETY: as above; the node itself is `Send`.
unsafe impl Sync for BlockCell {}

impl NodeState {
    pub(crate) fn lanes(voices: usize, outputs: usize, words: usize, data: Box<[u32]>) -> Self {
        debug_assert_eq!(data.len(), words * voices);
        Self::with(voices, outputs, StateBody::Lanes { words, data: UnsafeCell::new(data) })
    }

    pub(crate) fn blocks(voices: usize, outputs: usize, instances: Vec<Arc<BlockCell>>) -> Self {
        Self::with(voices, outputs, StateBody::Blocks(instances))
    }

    fn with(voices: usize, outputs: usize, body: StateBody) -> Self {
        let last = vec![0.0; voices * outputs].into_boxed_slice();
        Self { voices, body, last: UnsafeCell::new(last), has_begun: UnsafeCell::new(false) }
    }

    /// The block instances; none for a lane node.
    pub(crate) fn instances(&self) -> &[Arc<BlockCell>] {
        match &self.body {
            StateBody::Lanes { .. } => &[],
            StateBody::Blocks(instances) => instances,
        }
    }

    /// A voice's words; none for a block node.
    ///
    /// # Safety
    /// Executor only, one at a time.
    #[expect(clippy::mut_from_ref, reason = "the executor is the only one to ask")]
    pub(crate) unsafe fn words(&self, voice: usize) -> &mut [u32] {
        match &self.body {
            // SAFETY: passed on to the caller.
            StateBody::Lanes { words, data } => unsafe { &mut (&mut *data.get())[voice * words..][..*words] },
            StateBody::Blocks(_) => &mut [],
        }
    }

    /// The last frame of an output's voice.
    ///
    /// # Safety
    /// Executor only, one at a time.
    #[expect(clippy::mut_from_ref, reason = "the executor is the only one to ask")]
    pub(crate) unsafe fn last(&self, output: usize, voice: usize) -> &mut f32 {
        // SAFETY: passed on to the caller.
        unsafe { &mut (&mut *self.last.get())[output * self.voices + voice] }
    }

    /// Called whenever a plan begins that plays this state; takes over from `earlier` the first time.
    ///
    /// # Safety
    /// Executor only; `earlier` is another state.
    pub(crate) unsafe fn begin(&self, earlier: Option<&Self>) {
        // SAFETY: passed on to the caller.
        let has_begun = unsafe { &mut *self.has_begun.get() };
        if !std::mem::replace(has_begun, true)
            && let Some(earlier) = earlier
        {
            // SAFETY: passed on to the caller.
            unsafe { self.take_over(earlier) };
        }
    }

    /// Copies what `earlier`, another state of the same node type, holds.
    ///
    /// # Safety
    /// Executor only; `earlier` is another state.
    unsafe fn take_over(&self, earlier: &Self) {
        // SAFETY: passed on to the caller; the two states are different memory.
        let (own, before) = unsafe { (&mut *self.last.get(), &*earlier.last.get()) };
        for (own, before) in own.chunks_exact_mut(self.voices).zip(before.chunks_exact(earlier.voices)) {
            own.iter_mut().zip(before).for_each(|(own, before)| *own = *before);
        }
        let (StateBody::Lanes { words: a, .. }, StateBody::Lanes { words: b, .. }) =
            (&self.body, &earlier.body)
        else {
            return;
        };
        if a != b {
            return;
        }
        for voice in 0..self.voices.min(earlier.voices) {
            // SAFETY: passed on to the caller; the two states are different memory.
            unsafe { self.words(voice).copy_from_slice(earlier.words(voice)) };
        }
    }
}

impl BlockCell {
    pub(crate) fn new(instance: Box<dyn AnyBlock>) -> Self {
        Self(UnsafeCell::new(instance))
    }

    /// The instance.
    ///
    /// # Safety
    /// Executor only, one at a time.
    #[expect(clippy::mut_from_ref, reason = "the executor is the only one to ask")]
    pub(crate) unsafe fn instance(&self) -> &mut dyn AnyBlock {
        // SAFETY: passed on to the caller.
        unsafe { &mut **self.0.get() }
    }
}
