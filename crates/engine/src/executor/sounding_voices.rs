//! Sounding voices: of a polyphonic signal that is listened to, only what somebody plays is heard.
//!
//! The oscillators of idle voices go on; behind them something keeps them silent. Who listens before that
//! would hear all of them at once. So each voice is weighed by the gate of the node that made the voices.

use super::run::Run;
use crate::BLOCK;
use crate::plan::Scratch;
use crate::plan::step::ProbedVoices;
use std::sync::atomic::Ordering;

/// In which time a voice comes, and in which it goes once its gate has closed, in seconds.
const COMES: f32 = 0.002;
const GOES: f32 = 0.15;

impl Run<'_> {
    /// The sum of the voices that sound.
    ///
    /// # Safety
    /// As for [`steps`](Run::steps).
    #[inline(never)]
    pub(super) unsafe fn sounding_voices(&self, scratch: &Scratch, voices: &ProbedVoices) -> [f32; BLOCK] {
        let mut sum = [0.0; BLOCK];
        let [comes, goes] = [COMES, GOES].map(|time| 1.0 / (time * self.plan.sample_rate).max(1.0));
        for ((signal, gate), kept) in voices.signals.iter().zip(&voices.gates).zip(&voices.weights) {
            let (signal, signal_stride) = self.lane(scratch, *signal);
            let (gate, gate_stride) = self.lane(scratch, *gate);
            let mut weight = f32::from_bits(kept.load(Ordering::Relaxed));
            for (frame, sum) in sum[..self.frames].iter_mut().enumerate() {
                let place = self.first + frame;
                // SAFETY: a slot has room for a block of its lanes.
                let (sample, gate) =
                    unsafe { (*signal.add(place * signal_stride), *gate.add(place * gate_stride)) };
                let is_open = gate > 0.5;
                // Nobody has listened yet.
                if weight < 0.0 {
                    weight = if is_open { 1.0 } else { 0.0 };
                }
                weight += if is_open { (1.0 - weight) * comes } else { -weight * goes };
                *sum += sample * weight;
            }
            kept.store(weight.to_bits(), Ordering::Relaxed);
        }
        sum
    }
}
