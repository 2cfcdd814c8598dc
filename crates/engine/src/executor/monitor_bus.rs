//! The monitor bus: while a probe is monitored, the device gets that signal instead of the patch's sound.
//!
//! It takes the way that a patch's sound takes to the device, so that listening is no louder and no less
//! safe: the level that the listener asks for, no constant offset (a pitch or a gate is no audio signal), the
//! limiter. Both sounds cross over as a cable fades, so there is no click.

use crate::BLOCK;
use crate::smoothed_param::{SmoothedParam, SmoothingConstants};
use jackfield_node::dsp::delay_line::DelayLine;
use jackfield_node::dsp::limiter::Limiter;

/// What the limiter lets through: -0.3 dBFS.
const CEILING: f32 = 0.966_05;
/// The loudest that goes into the limiter, 36 dB above full scale.
const MOST: f32 = 64.0;
/// Below this frequency, in hertz, a signal is an offset.
const OFFSET: f32 = 4.0;
/// Below this gain a signal is not made up for it.
const LEAST_GAIN: f32 = 1e-4;
/// In which time the level follows, in seconds.
const LEVEL_SECONDS: f32 = 0.005;

/// The signals monitored in the block being computed, and what makes them fit for ears.
pub(super) struct MonitorBus {
    is_open: bool,
    /// The sum of the signals, each by its gain.
    signal: [f32; BLOCK],
    /// The sum of their gains, 0 to 1.
    gain: [f32; BLOCK],
    /// The factor of the level asked for, and where it is.
    level: f32,
    level_now: f32,
    follow: f32,
    /// The sample before and the one without offset before.
    offset: [f32; 2],
    keep: f32,
    limiter: Limiter,
    /// The gains, as late as the limiter makes the signals.
    late_gain: DelayLine,
    latency: usize,
    /// Frames until nothing is left in the limiter.
    left: usize,
}

impl MonitorBus {
    /// Control thread.
    pub(super) fn new(sample_rate: f32) -> Self {
        let latency = Limiter::latency(sample_rate);
        Self {
            is_open: false,
            signal: [0.0; BLOCK],
            gain: [0.0; BLOCK],
            level: 1.0,
            level_now: 1.0,
            follow: 1.0 / (LEVEL_SECONDS * sample_rate).max(1.0),
            offset: [0.0; 2],
            keep: 1.0 - (std::f32::consts::TAU * OFFSET / sample_rate).min(0.5),
            limiter: Limiter::new(CEILING, sample_rate),
            late_gain: DelayLine::new(latency + BLOCK),
            latency,
            left: 0,
        }
    }

    /// Begins a block.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.is_open) {
            self.signal.fill(0.0);
            self.gain.fill(0.0);
        }
    }

    /// Adds a probed signal by its gain; `level` is the factor by which it is to be heard.
    ///
    /// # Safety
    /// Executor only.
    // Not inlined: nearly always nothing is monitored.
    #[inline(never)]
    pub(super) unsafe fn add(
        &mut self,
        gain: &SmoothedParam,
        constants: SmoothingConstants,
        samples: &[f32],
        level: f32,
    ) {
        self.is_open = true;
        self.level = level;
        // SAFETY: passed on to the caller.
        let motion = unsafe { gain.motion() };
        let mut gains = [motion.value; BLOCK];
        if motion.is_moving() {
            // SAFETY: passed on to the caller; the reference above is done with.
            unsafe { gain.advance(constants, &mut gains[..samples.len()]) };
        }
        let sums = self.signal.iter_mut().zip(&mut self.gain);
        for (((signal, total), sample), gain) in sums.zip(samples).zip(gains) {
            let sample = if sample.is_finite() { sample.clamp(-MOST, MOST) } else { 0.0 };
            *signal += gain * sample;
            *total += gain;
        }
    }

    /// Crosses over from what the patch plays to the bus: on the first two channels, the others
    /// fall silent.
    pub(super) fn mix_into(&mut self, to_device: &mut [Vec<f32>], frames: usize) {
        if self.is_open {
            if self.left == 0 {
                self.limiter.reset();
                self.late_gain.clear();
                (self.offset, self.level_now) = ([0.0; 2], self.level);
            }
            self.left = self.latency + BLOCK;
        } else if self.left == 0 {
            return;
        }
        self.left = self.left.saturating_sub(if self.is_open { 0 } else { frames });
        let mut left = [0.0; BLOCK];
        self.take_up(&mut left[..frames]);
        let mut right = left;
        self.limiter.process(&mut left[..frames], &mut right[..frames]);
        let mut gains = [0.0; BLOCK];
        self.late_gain.push_all(&self.gain[..frames]);
        self.late_gain.read(self.latency + frames, &mut gains[..frames]);
        for (channel, samples) in to_device.iter_mut().enumerate() {
            let heard = match channel {
                0 => &left,
                1 => &right,
                _ => &[0.0; BLOCK],
            };
            for ((sample, heard), gain) in samples[..frames].iter_mut().zip(heard).zip(&gains) {
                let gain = gain.min(1.0);
                *sample = *sample * (1.0 - gain) + heard * gain;
            }
        }
    }

    /// The block's signals at their level and without an offset.
    fn take_up(&mut self, row: &mut [f32]) {
        let [mut before, mut without] = self.offset;
        for ((out, signal), gain) in row.iter_mut().zip(&self.signal).zip(&self.gain) {
            self.level_now += (self.level - self.level_now) * self.follow;
            // The gain comes behind the limiter, or a loud signal would be at the ceiling while it fades in.
            let sample = signal / gain.max(LEAST_GAIN) * self.level_now;
            without = sample - before + without * self.keep;
            before = sample;
            *out = without;
        }
        self.offset = [before, without];
    }
}
