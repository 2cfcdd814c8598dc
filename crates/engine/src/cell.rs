//! Cells: the numbers people move while sound plays. A knob and a cable's depth are each one cell:
//! the control side writes a target, the executor follows it smoothly, sample by sample.
//!
//! A **knob** follows through three equal one-pole filters (critically damped): turning it again in mid
//! flight bends the curve without a corner. A **gain** runs a quintic curve of exactly 5 ms, so that a
//! fade has an end; it sets out with the value, velocity and acceleration it has, so that a fade turned
//! around in mid flight has no corner either. Both measured in `tests/clicks.rs`: bursts above 6 kHz stay
//! far below -80 dB.

use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::smooth::ease;
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicU32, Ordering};

/// How long a gain takes to its target.
pub(crate) const FADE_SECONDS: f32 = 0.005;
/// Time constant of each of a knob's three poles: 99.9 % after 10 ms. A knob in octaves does most of its way much
/// faster than that, which shorter poles would let be heard.
const KNOB_POLE_SECONDS: f32 = 0.000_89;
/// A knob this near its target has arrived: -90 dB of full scale, 0.04 cents of pitch. For targets above
/// 1 it counts relative to them; much nearer, and rounding could keep a knob from ever arriving.
const ARRIVED: f32 = 3e-5;

/// The course of a fade, 0 to 1 in 0 to 1, without a corner or a bend at its ends.
pub(crate) fn fade_curve(p: f32) -> f32 {
    ease(Lanes(p)).0
}

/// How a cell moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Smoothing {
    /// Follows a hand.
    Knob,
    /// Fades from one value to another.
    Gain,
}

/// A number the control side sets and the executor follows.
#[derive(Debug)]
pub(crate) struct Cell {
    /// Tells cells apart in events; never used twice in a session.
    pub(crate) serial: u32,
    smoothing: Smoothing,
    target: AtomicU32,
    rest: AtomicU32,
    /// Frames that the next ramp of a gain waits before it sets out.
    hold: AtomicU32,
    motion: UnsafeCell<Motion>,
}

// SAFETY: `motion` is touched by `Cell::motion` only, whose callers are the one executor that runs a
// session's plans.
unsafe impl Sync for Cell {}

/// Where a cell is on its way. Executor's side.
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
    /// Gain: frames until it sets out.
    wait: u32,
}

/// Smoothing constants for a sample rate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    knob: f32,
    pub(crate) fade_frames: u32,
}

impl Pace {
    pub(crate) fn new(sample_rate: f32) -> Self {
        // 1 - exp(-1/n) by its series keeps the platform's exp out of what is heard.
        let step = 1.0 / (KNOB_POLE_SECONDS * sample_rate);
        let knob = step * (1.0 - step * (0.5 - step * (1.0 / 6.0)));
        Self { knob: knob.clamp(0.0, 1.0), fade_frames: ((FADE_SECONDS * sample_rate) as u32).max(1) }
    }
}

impl Cell {
    pub(crate) fn new(serial: u32, smoothing: Smoothing, value: f32) -> Self {
        let motion = Motion::resting_at(value, smoothing);
        let bits = value.to_bits();
        Self {
            serial,
            smoothing,
            target: AtomicU32::new(bits),
            rest: AtomicU32::new(bits),
            hold: AtomicU32::new(0),
            motion: UnsafeCell::new(motion),
        }
    }

    /// Where the cell is heading. Any thread.
    pub(crate) fn target(&self) -> f32 {
        f32::from_bits(self.target.load(Ordering::Relaxed))
    }

    /// Sends the cell somewhere else. Any thread.
    pub(crate) fn set_target(&self, value: f32) {
        self.target.store(value.to_bits(), Ordering::Relaxed);
        // On the way, until the executor says otherwise. Stored after the target, so that an arrival at
        // the old one can't be taken for an arrival at the new one.
        self.rest.store(f32::NAN.to_bits(), Ordering::Release);
    }

    /// Sends the cell there unless it is on its way or there already. Any thread.
    pub(crate) fn head_for(&self, value: f32) {
        if self.target().to_bits() != value.to_bits() {
            self.set_target(value);
        }
    }

    /// Lets the next ramp of a gain wait before it sets out. Control thread, before the executor knows the cell.
    pub(crate) fn hold(&self, frames: u32) {
        self.hold.store(frames, Ordering::Relaxed);
    }

    /// The value the cell rests at; NaN while it is on its way. Any thread.
    pub(crate) fn rest(&self) -> f32 {
        f32::from_bits(self.rest.load(Ordering::Acquire))
    }

    /// The cell's motion.
    ///
    /// # Safety
    /// Only the executor calls this, and it holds one of these at a time.
    #[expect(clippy::mut_from_ref, reason = "the executor is the only one to ask")]
    pub(crate) unsafe fn motion(&self) -> &mut Motion {
        // SAFETY: passed on to the caller.
        unsafe { &mut *self.motion.get() }
    }

    /// Takes up a new target; true while the cell moves. Executor only.
    ///
    /// # Safety
    /// As for [`motion`](Self::motion).
    pub(crate) unsafe fn wake(&self, pace: Pace) -> bool {
        // SAFETY: passed on to the caller.
        let motion = unsafe { self.motion() };
        let target = self.target();
        if target.to_bits() != motion.target.to_bits() {
            if self.smoothing == Smoothing::Gain {
                motion.turn(pace.fade_frames);
                motion.wait = self.hold.swap(0, Ordering::Relaxed);
            }
            motion.target = target;
        }
        if !motion.is_moving() {
            self.rest.store(motion.value.to_bits(), Ordering::Release);
        }
        motion.is_moving()
    }

    /// Writes the next values. Executor only.
    ///
    /// # Safety
    /// As for [`motion`](Self::motion).
    pub(crate) unsafe fn advance(&self, pace: Pace, values: &mut [f32]) {
        // SAFETY: passed on to the caller.
        let motion = unsafe { self.motion() };
        match self.smoothing {
            Smoothing::Knob => motion.follow(pace.knob, values),
            Smoothing::Gain => motion.ramp(pace.fade_frames, values),
        }
        if !motion.is_moving() {
            self.rest.store(motion.value.to_bits(), Ordering::Release);
        }
    }
}

impl Motion {
    fn resting_at(value: f32, smoothing: Smoothing) -> Self {
        let memory = match smoothing {
            Smoothing::Knob => [value; 2],
            Smoothing::Gain => [0.0; 2],
        };
        Self { value, target: value, memory, start: value, position: 0, wait: 0 }
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
            if self.wait > 0 {
                self.wait -= 1;
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

    /// Begins a new ramp from where the cell is, as fast and as bent as the old one runs there: the first
    /// two derivatives of what [`ramp`](Self::ramp) computes.
    fn turn(&mut self, frames: u32) {
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

    fn run(cell: &Cell, frames: usize, block: usize) -> Vec<f32> {
        let pace = Pace::new(48_000.0);
        let mut out = vec![0.0; frames];
        for chunk in out.chunks_mut(block) {
            // SAFETY: this test is the only executor.
            unsafe {
                cell.wake(pace);
                cell.advance(pace, chunk);
            }
        }
        out
    }

    #[test]
    fn a_gain_takes_five_milliseconds_and_rests_exactly_at_its_target() {
        let cell = Cell::new(0, Smoothing::Gain, 1.0);
        cell.set_target(0.0);
        let out = run(&cell, 300, 7);
        assert!(out[238] > 0.0);
        assert_eq!(out[239], 0.0);
        assert_eq!(cell.rest(), 0.0);
        assert!(out.windows(2).all(|pair| pair[1] <= pair[0]));
    }

    #[test]
    fn a_knob_arrives_without_overshoot() {
        let cell = Cell::new(0, Smoothing::Knob, -3.0);
        cell.set_target(5.0);
        let out = run(&cell, 1000, 64);
        assert!((out[479] - 5.0).abs() < 0.02, "{}", out[479]);
        assert_eq!(out[999], 5.0);
        assert!(out.windows(2).all(|pair| pair[1] >= pair[0]));
    }

    #[test]
    fn a_gain_turned_around_has_no_corner() {
        let cell = Cell::new(0, Smoothing::Gain, 0.0);
        let mut out = Vec::new();
        for (target, frames) in [(1.0, 100), (0.0, 60), (1.0, 30), (0.5, 119), (1.0, 300)] {
            cell.set_target(target);
            out.extend(run(&cell, frames, 32));
        }
        assert_eq!(out.last(), Some(&1.0));
        // The change of velocity per frame: a corner would show as a leap of the velocity itself, about 0.01.
        let bends = out.windows(3).map(|three| (three[2] - three[1]) - (three[1] - three[0]));
        let sharpest = bends.fold(0.0_f32, |most, bend| most.max(bend.abs()));
        assert!(sharpest < 1e-3, "{sharpest}");
        assert!(out.iter().all(|value| (-0.1..1.1).contains(value)));
    }

    #[test]
    fn a_gain_that_is_held_sets_out_later() {
        let cell = Cell::new(0, Smoothing::Gain, 0.0);
        cell.hold(100);
        cell.set_target(1.0);
        let held = run(&cell, 500, 7);
        assert!(held[..100].iter().all(|value| *value == 0.0) && held[100] > 0.0);
        assert_eq!((held[339], held[338] < 1.0), (1.0, true));
        cell.set_target(0.0);
        assert!(run(&cell, 1, 1)[0] < 1.0, "only once");
    }

    #[test]
    fn the_block_size_changes_no_bit() {
        for smoothing in [Smoothing::Knob, Smoothing::Gain] {
            let results = [1, 7, 64].map(|block| {
                let cell = Cell::new(0, smoothing, 0.25);
                cell.set_target(0.75);
                run(&cell, 600, block)
            });
            assert_eq!(results[0], results[1]);
            assert_eq!(results[0], results[2]);
        }
    }
}
