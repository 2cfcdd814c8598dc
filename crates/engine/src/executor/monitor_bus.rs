//! The monitor bus: while a probe is monitored, the device gets that signal instead of the patch's sound.
//! Both cross over as a cable fades, so there is no click; and the signal is limited to full scale, since
//! a pitch or a gate is no audio signal.

use crate::BLOCK;
use crate::smoothed_param::{SmoothedParam, SmoothingConstants};

/// The signals monitored in the block being computed.
pub(super) struct MonitorBus {
    is_open: bool,
    /// The sum of the signals, each by its gain.
    signal: [f32; BLOCK],
    /// The sum of their gains, 0 to 1.
    gain: [f32; BLOCK],
}

impl MonitorBus {
    pub(super) const fn new() -> Self {
        Self { is_open: false, signal: [0.0; BLOCK], gain: [0.0; BLOCK] }
    }

    /// Begins a block.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.is_open) {
            self.signal.fill(0.0);
            self.gain.fill(0.0);
        }
    }

    /// Adds a probed signal by its gain; nothing while that rests at zero.
    ///
    /// # Safety
    /// Executor only.
    pub(super) unsafe fn add(
        &mut self,
        gain: &SmoothedParam,
        constants: SmoothingConstants,
        samples: &[f32],
    ) {
        // SAFETY: passed on to the caller.
        let (moves, now) = unsafe { (gain.wake(constants), gain.motion().value) };
        if moves || now != 0.0 {
            // SAFETY: passed on to the caller.
            unsafe { self.add_moving(gain, constants, samples) };
        }
    }

    // Not inlined: nearly always nothing is monitored.
    #[inline(never)]
    unsafe fn add_moving(&mut self, gain: &SmoothedParam, constants: SmoothingConstants, samples: &[f32]) {
        self.is_open = true;
        // SAFETY: passed on to the caller.
        let motion = unsafe { gain.motion() };
        let mut gains = [motion.value; BLOCK];
        if motion.is_moving() {
            // SAFETY: passed on to the caller; the reference above is done with.
            unsafe { gain.advance(constants, &mut gains[..samples.len()]) };
        }
        let sums = self.signal.iter_mut().zip(&mut self.gain);
        for (((signal, total), sample), gain) in sums.zip(samples).zip(gains) {
            *signal += gain * sample.clamp(-1.0, 1.0);
            *total += gain;
        }
    }

    /// Crosses over from what the patch plays to the bus: on the first two channels, the others
    /// fall silent.
    pub(super) fn mix_into(&self, to_device: &mut [Vec<f32>], frames: usize) {
        if !self.is_open {
            return;
        }
        for (channel, samples) in to_device.iter_mut().enumerate() {
            let frames = samples[..frames].iter_mut().zip(&self.signal).zip(&self.gain);
            for ((sample, signal), gain) in frames {
                let monitored = if channel < 2 { *signal } else { 0.0 };
                *sample = *sample * (1.0 - gain.min(1.0)) + monitored;
            }
        }
    }
}
