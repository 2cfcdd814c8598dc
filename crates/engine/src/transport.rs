//! The transport between the threads: the executor keeps it and kernels read it where it lies; anyone may ask
//! where it is.

use jackfield_node::Transport;
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The beat of a session, in one place for all its plans.
pub(crate) struct TransportCell(UnsafeCell<Transport>);

// SAFETY: after construction the contents are reached through the functions below only, whose callers are the
// one executor that runs a session's plans, and the kernels it calls.
unsafe impl Sync for TransportCell {}

impl TransportCell {
    pub(crate) fn new(sample_rate: f32) -> Self {
        Self(UnsafeCell::new(Transport::new(sample_rate)))
    }

    /// Where it lies, for calls of kernels.
    pub(crate) fn as_ptr(&self) -> *const Transport {
        self.0.get()
    }

    /// The transport.
    ///
    /// # Safety
    /// Executor only, and not while a kernel runs.
    #[expect(clippy::mut_from_ref, reason = "the executor is the only one to ask")]
    pub(crate) unsafe fn get(&self) -> &mut Transport {
        // SAFETY: passed on to the caller.
        unsafe { &mut *self.0.get() }
    }
}

/// The transport's position, for display.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct TransportPlace {
    /// Whether time passes.
    pub is_playing: bool,
    /// Beats per minute.
    pub tempo: f64,
    /// The beat of the next frame to be computed, in quarter notes.
    pub beat: f64,
}

/// A [`TransportPlace`] that the executor writes. Its parts are stored one by one, so for a moment after a
/// change they may belong to different blocks.
pub(crate) struct TransportReadout {
    is_playing: AtomicBool,
    tempo: AtomicU64,
    beat: AtomicU64,
}

impl TransportReadout {
    pub(crate) fn new(transport: &Transport) -> Self {
        let readout = Self { is_playing: AtomicBool::default(), tempo: 0.into(), beat: 0.into() };
        readout.store(transport);
        readout
    }

    /// Audio thread.
    pub(crate) fn store(&self, transport: &Transport) {
        self.is_playing.store(transport.is_playing(), Ordering::Relaxed);
        self.tempo.store(transport.tempo().to_bits(), Ordering::Relaxed);
        self.beat.store(transport.beat(0).to_bits(), Ordering::Relaxed);
    }

    pub(crate) fn read(&self) -> TransportPlace {
        TransportPlace {
            is_playing: self.is_playing.load(Ordering::Relaxed),
            tempo: f64::from_bits(self.tempo.load(Ordering::Relaxed)),
            beat: f64::from_bits(self.beat.load(Ordering::Relaxed)),
        }
    }
}
