//! Smoothed parameters: a knob and a cable's depth are each one. The control side writes a target, the
//! executor follows it sample by sample.
//!
//! A **knob** follows through three equal one-pole filters (critically damped): turning it again in mid
//! flight bends the curve without a corner. A **gain** runs a quintic curve of exactly 5 ms, so that a
//! fade has an end; it starts with the value, velocity and acceleration it has, so that a fade reversed
//! in mid flight has no corner either. Both measured in `tests/engine/clicks.rs`: bursts above 6 kHz stay
//! far below -80 dB.

use crate::sync::{AtomicU32, AtomicU64, Ordering};
use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::smooth::ease;
use std::cell::UnsafeCell;

/// How long a gain takes to its target.
pub(crate) const FADE_SECONDS: f32 = 0.005;
/// Time constant of each of a knob's three poles: 99.9 % after 10 ms. A knob in octaves does most of its way
/// much faster than that; shorter poles would be audible.
const KNOB_POLE_SECONDS: f32 = 0.000_89;
/// A knob this near its target has arrived: -90 dB of full scale, 0.04 cents of pitch. For targets above
/// 1 it counts relative to them; much nearer, and rounding could keep a knob from ever arriving.
const ARRIVED: f32 = 3e-5;

/// The course of a fade, 0 to 1 in 0 to 1, without a corner or a bend at its ends.
pub(crate) fn fade_curve(p: f32) -> f32 {
    ease(Lanes(p)).0
}

/// How a parameter approaches its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Smoothing {
    /// Through three one-pole filters.
    Knob,
    /// Along a quintic curve of fixed length.
    Gain,
}

/// A number that the control side sets and the executor follows.
#[derive(Debug)]
pub(crate) struct SmoothedParam {
    /// Identifies the parameter in scheduled commands; never used twice in a session.
    pub(crate) serial: u32,
    smoothing: Smoothing,
    target: AtomicU32,
    /// The value it rests at, as [`encode`] writes it.
    rest: AtomicU64,
    /// Frames by which the next ramp of a gain is delayed.
    ramp_delay: AtomicU32,
    motion: UnsafeCell<Motion>,
}

// SAFETY: `motion` is touched by `SmoothedParam::motion` only, whose callers are the one executor that runs a
// session's plans.
unsafe impl Sync for SmoothedParam {}

/// Where a parameter is on its way to the target. Executor's side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Motion {
    /// The value now.
    pub(crate) value: f32,
    target: f32,
    /// Knob: outputs of the first two poles. Gain: velocity and acceleration at the start, per ramp.
    memory: [f32; 2],
    /// Gain: where the ramp began.
    start: f32,
    /// Gain: frames since then.
    position: u32,
    /// Gain: frames until the ramp begins.
    delay: u32,
}

/// Smoothing constants for a sample rate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SmoothingConstants {
    knob: f32,
    pub(crate) fade_frames: u32,
}

impl SmoothingConstants {
    pub(crate) fn new(sample_rate: f32) -> Self {
        // 1 - exp(-1/n) by its series keeps the platform's exp out of the signal path.
        let step = 1.0 / (KNOB_POLE_SECONDS * sample_rate);
        let knob = step * (1.0 - step * (0.5 - step * (1.0 / 6.0)));
        Self { knob: knob.clamp(0.0, 1.0), fade_frames: ((FADE_SECONDS * sample_rate) as u32).max(1) }
    }
}

impl SmoothedParam {
    pub(crate) fn new(serial: u32, smoothing: Smoothing, value: f32) -> Self {
        let motion = Motion::resting_at(value, smoothing);
        let bits = value.to_bits();
        Self {
            serial,
            smoothing,
            target: AtomicU32::new(bits),
            rest: AtomicU64::new(encode(Some(value))),
            ramp_delay: AtomicU32::new(0),
            motion: UnsafeCell::new(motion),
        }
    }

    /// The value it moves to or rests at. Any thread.
    pub(crate) fn target(&self) -> f32 {
        f32::from_bits(self.target.load(Ordering::Relaxed))
    }

    /// Sets a new target. Any thread.
    pub(crate) fn set_target(&self, value: f32) {
        self.target.store(value.to_bits(), Ordering::Relaxed);
        // Moving, until the executor stores where it rests. Stored after the target, so that an arrival at
        // the old one can't be taken for an arrival at the new one.
        self.rest.store(encode(None), Ordering::Release);
    }

    /// Sets the target unless it is the same already. Any thread.
    pub(crate) fn retarget(&self, value: f32) {
        if self.target().to_bits() != value.to_bits() {
            self.set_target(value);
        }
    }

    /// Delays the next ramp of a gain. Control thread, before the executor sees the new target.
    pub(crate) fn delay_ramp(&self, frames: u32) {
        self.ramp_delay.store(frames, Ordering::Relaxed);
    }

    /// The value it rests at; none while it moves. Any thread.
    pub(crate) fn rest(&self) -> Option<f32> {
        // An executor that was about to say where it rests may do so just after a new target was set.
        decode(self.rest.load(Ordering::Acquire)).filter(|value| value.to_bits() == self.target().to_bits())
    }

    /// Whether it has not yet arrived at its target. Any thread.
    pub(crate) fn is_moving(&self) -> bool {
        self.rest().is_none()
    }

    /// The executor's side of the parameter.
    ///
    /// # Safety
    /// Only the executor calls this, and it holds one of these at a time.
    #[expect(clippy::mut_from_ref, reason = "the executor is the only one to ask")]
    pub(crate) unsafe fn motion(&self) -> &mut Motion {
        // SAFETY: passed on to the caller.
        unsafe { &mut *self.motion.get() }
    }

    /// Takes up a new target; true while the parameter moves. Executor only.
    ///
    /// # Safety
    /// As for [`motion`](Self::motion).
    pub(crate) unsafe fn wake(&self, constants: SmoothingConstants) -> bool {
        // SAFETY: passed on to the caller.
        let motion = unsafe { self.motion() };
        let target = self.target();
        if target.to_bits() != motion.target.to_bits() {
            if self.smoothing == Smoothing::Gain {
                motion.restart_ramp(constants.fade_frames);
                motion.delay = self.ramp_delay.swap(0, Ordering::Relaxed);
            }
            motion.target = target;
        }
        if !motion.is_moving() {
            self.rest.store(encode(Some(motion.value)), Ordering::Release);
        }
        motion.is_moving()
    }

    /// Writes the next values. Executor only.
    ///
    /// # Safety
    /// As for [`motion`](Self::motion).
    pub(crate) unsafe fn advance(&self, constants: SmoothingConstants, values: &mut [f32]) {
        // SAFETY: passed on to the caller.
        let motion = unsafe { self.motion() };
        match self.smoothing {
            Smoothing::Knob => motion.follow(constants.knob, values),
            Smoothing::Gain => motion.ramp(constants.fade_frames, values),
        }
        if !motion.is_moving() {
            self.rest.store(encode(Some(motion.value)), Ordering::Release);
        }
    }
}

/// A resting value in one atomic word: the bits of the value below, 1 above them; 0 while it moves.
fn encode(rest: Option<f32>) -> u64 {
    rest.map_or(0, |value| 1 << 32 | u64::from(value.to_bits()))
}

fn decode(word: u64) -> Option<f32> {
    (word >> 32 == 1).then(|| f32::from_bits(word as u32))
}

impl Motion {
    fn resting_at(value: f32, smoothing: Smoothing) -> Self {
        let memory = match smoothing {
            Smoothing::Knob => [value; 2],
            Smoothing::Gain => [0.0; 2],
        };
        Self { value, target: value, memory, start: value, position: 0, delay: 0 }
    }

    pub(crate) fn is_moving(&self) -> bool {
        self.value.to_bits() != self.target.to_bits()
    }

    #[expect(clippy::neg_cmp_op_on_partial_ord, reason = "a target of NaN must arrive as well")]
    fn follow(&mut self, coefficient: f32, values: &mut [f32]) {
        let Self { value: third, target, memory: [first, second], .. } = self;
        for value in values {
            *first += coefficient * (*target - *first);
            *second += coefficient * (*first - *second);
            *third += coefficient * (*second - *third);
            let left = (*target - *third).abs().max((*target - *second).abs()).max((*target - *first).abs());
            if !(left >= ARRIVED * target.abs().max(1.0)) {
                *first = *target;
                *second = *target;
                *third = *target;
            }
            *value = *third;
        }
    }

    fn ramp(&mut self, frames: u32, values: &mut [f32]) {
        let [velocity, acceleration] = self.memory;
        for value in values {
            if self.delay > 0 {
                self.delay -= 1;
                *value = self.value;
                continue;
            }
            if self.position < frames {
                self.position += 1;
            }
            self.value = if self.position == frames {
                self.target
            } else {
                let p = self.position as f32 / frames as f32;
                let shape = fade_curve(p);
                let drift = p * (1.0 - p * p * (p * (p * 3.0 - 8.0) + 6.0));
                let bend = p * p * (0.5 - p * (p * (p * 0.5 - 1.5) + 1.5));
                self.start + (self.target - self.start) * shape + velocity * drift + acceleration * bend
            };
            *value = self.value;
        }
    }

    /// Begins a new ramp from the present value, as fast and as bent as the old one runs there: the first
    /// two derivatives of what [`ramp`](Self::ramp) computes.
    fn restart_ramp(&mut self, frames: u32) {
        let [velocity, acceleration] = self.memory;
        self.memory = if self.is_moving() {
            let p = self.position as f32 / frames as f32;
            let way = self.target - self.start;
            let q = 1.0 - p;
            [
                way * 30.0 * p * p * q * q
                    + velocity * (1.0 - p * p * (p * (p * 15.0 - 32.0) + 18.0))
                    + acceleration * p * (1.0 - p * (p * (p * 2.5 - 6.0) + 4.5)),
                way * 60.0 * p * q * (1.0 - 2.0 * p)
                    + velocity * p * (p * (96.0 - p * 60.0) - 36.0)
                    + acceleration * (1.0 - p * (p * (p * 10.0 - 18.0) + 9.0)),
            ]
        } else {
            [0.0; 2]
        };
        self.start = self.value;
        self.position = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(param: &SmoothedParam, frames: usize, block: usize) -> Vec<f32> {
        let constants = SmoothingConstants::new(48_000.0);
        let mut out = vec![0.0; frames];
        for chunk in out.chunks_mut(block) {
            // SAFETY: this test is the only executor.
            unsafe {
                param.wake(constants);
                param.advance(constants, chunk);
            }
        }
        out
    }

    #[test]
    fn a_gain_takes_five_milliseconds_and_rests_exactly_at_its_target() {
        let param = SmoothedParam::new(0, Smoothing::Gain, 1.0);
        param.set_target(0.0);
        let out = run(&param, 300, 7);
        assert!(out[238] > 0.0);
        assert_eq!(out[239], 0.0);
        assert_eq!(param.rest(), Some(0.0));
        assert!(out.windows(2).all(|pair| pair[1] <= pair[0]));
    }

    #[test]
    fn a_knob_arrives_without_overshoot() {
        let param = SmoothedParam::new(0, Smoothing::Knob, -3.0);
        param.set_target(5.0);
        let out = run(&param, 1000, 64);
        assert!((out[479] - 5.0).abs() < 0.02, "{}", out[479]);
        assert_eq!(out[999], 5.0);
        assert!(out.windows(2).all(|pair| pair[1] >= pair[0]));
    }

    #[test]
    fn a_gain_turned_around_has_no_corner() {
        let param = SmoothedParam::new(0, Smoothing::Gain, 0.0);
        let mut out = Vec::new();
        for (target, frames) in [(1.0, 100), (0.0, 60), (1.0, 30), (0.5, 119), (1.0, 300)] {
            param.set_target(target);
            out.extend(run(&param, frames, 32));
        }
        assert_eq!(out.last(), Some(&1.0));
        // The change of velocity per frame: a corner would show as a leap of the velocity itself, about 0.01.
        let bends = out.windows(3).map(|three| (three[2] - three[1]) - (three[1] - three[0]));
        let sharpest = bends.fold(0.0_f32, |most, bend| most.max(bend.abs()));
        assert!(sharpest < 1e-3, "{sharpest}");
        assert!(out.iter().all(|value| (-0.1..1.1).contains(value)));
    }

    #[test]
    fn a_delayed_ramp_begins_later() {
        let param = SmoothedParam::new(0, Smoothing::Gain, 0.0);
        param.delay_ramp(100);
        param.set_target(1.0);
        let out = run(&param, 500, 7);
        assert!(out[..100].iter().all(|value| *value == 0.0) && out[100] > 0.0);
        assert_eq!((out[339], out[338] < 1.0), (1.0, true));
        param.set_target(0.0);
        assert!(run(&param, 1, 1)[0] < 1.0, "only once");
    }

    #[test]
    fn the_block_size_changes_no_bit() {
        for smoothing in [Smoothing::Knob, Smoothing::Gain] {
            let results = [1, 7, 64].map(|block| {
                let param = SmoothedParam::new(0, smoothing, 0.25);
                param.set_target(0.75);
                run(&param, 600, block)
            });
            assert_eq!(results[0], results[1]);
            assert_eq!(results[0], results[2]);
        }
    }
}

#[cfg(all(test, loom))]
mod loom_tests {
    use super::*;
    use std::sync::Arc;

    /// What session and executor may do with one parameter at the same time, in every order.
    #[test]
    fn loom_a_parameter_on_its_way_never_seems_to_rest() {
        loom::model(|| {
            let param = Arc::new(SmoothedParam::new(0, Smoothing::Gain, 1.0));
            let other = param.clone();
            let executor = loom::thread::spawn(move || {
                let constants = SmoothingConstants { knob: 0.1, fade_frames: 2 };
                // SAFETY: this is the only executor.
                unsafe {
                    other.wake(constants);
                    other.advance(constants, &mut [0.0]);
                    other.motion().value
                }
            });
            param.set_target(0.0);
            // Nobody can have arrived within one frame of two.
            assert_eq!(param.rest(), None);
            let value = executor.join().expect("the executor does not panic");
            assert!(value > 0.0 && param.is_moving());
        });
    }
}
