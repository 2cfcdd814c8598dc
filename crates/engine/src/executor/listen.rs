//! Listening: while someone listens to a probe, the device gets that signal instead of the patch's sound.
//! Both cross over as a cable fades, so there is no click; and the signal stays within full scale, since
//! a pitch or a gate was never meant for ears.

use crate::BLOCK;
use crate::cell::{Cell, Pace};

/// What is listened to in the block being computed.
pub(super) struct Ear {
    is_open: bool,
    /// The signals listened to, each by its share.
    signal: [f32; BLOCK],
    /// How much of what is heard they are, 0 to 1.
    share: [f32; BLOCK],
}

impl Ear {
    pub(super) const fn new() -> Self {
        Self { is_open: false, signal: [0.0; BLOCK], share: [0.0; BLOCK] }
    }

    /// Begins a block.
    pub(super) fn begin(&mut self) {
        if std::mem::take(&mut self.is_open) {
            self.signal.fill(0.0);
            self.share.fill(0.0);
        }
    }

    /// Takes in a probed signal by the share that `gain` gives it; nothing while that rests at zero.
    ///
    /// # Safety
    /// Executor only.
    pub(super) unsafe fn take(&mut self, gain: &Cell, pace: Pace, samples: &[f32]) {
        // SAFETY: passed on to the caller.
        let (moves, now) = unsafe { (gain.wake(pace), gain.motion().value) };
        if moves || now != 0.0 {
            // SAFETY: passed on to the caller.
            unsafe { self.add(gain, pace, samples) };
        }
    }

    // Not inlined: nearly always nobody listens.
    #[inline(never)]
    unsafe fn add(&mut self, gain: &Cell, pace: Pace, samples: &[f32]) {
        self.is_open = true;
        // SAFETY: passed on to the caller.
        let motion = unsafe { gain.motion() };
        let mut gains = [motion.value; BLOCK];
        if motion.is_moving() {
            // SAFETY: passed on to the caller; the reference above is done with.
            unsafe { gain.advance(pace, &mut gains[..samples.len()]) };
        }
        let places = self.signal.iter_mut().zip(&mut self.share);
        for (((signal, share), sample), gain) in places.zip(samples).zip(gains) {
            *signal += gain * sample.clamp(-1.0, 1.0);
            *share += gain;
        }
    }

    /// Puts what is listened to in place of what the patch plays: on the first two channels, the others
    /// fall silent.
    pub(super) fn give(&self, to_device: &mut [Vec<f32>], frames: usize) {
        if !self.is_open {
            return;
        }
        for (channel, samples) in to_device.iter_mut().enumerate() {
            let places = samples[..frames].iter_mut().zip(&self.signal).zip(&self.share);
            for ((sample, signal), share) in places {
                let heard = if channel < 2 { *signal } else { 0.0 };
                *sample = *sample * (1.0 - share.min(1.0)) + heard;
            }
        }
    }
}
