//! Gates and triggers: a signal read as open or closed, with hysteresis, and pulses of a fixed length.

use crate::{Bits, Lanes, Mask, Vector};

/// A gate opens above this.
pub const OPENS_ABOVE: f32 = 0.5;
/// An open gate closes below this.
pub const CLOSES_BELOW: f32 = 0.4;
/// How long a trigger lasts, in seconds.
pub const TRIGGER_SECONDS: f32 = 0.001;

/// A gate at one moment.
#[derive(Clone, Copy)]
pub struct Gate<V: Vector> {
    /// It is open.
    pub open: Mask<V>,
    /// It has just opened.
    pub opens: Mask<V>,
}

impl<V: Vector> Gate<V> {
    /// Reads the next sample of a gate signal. `memory` is 1 while the gate is open and 0 while it is
    /// closed; NaN closes it.
    #[inline(always)]
    pub fn read(memory: &mut Lanes<V>, signal: Lanes<V>) -> Self {
        let gate = Self::after(memory.gt(0.5), signal);
        *memory = gate.open.to_gate(signal);
        gate
    }

    /// Reads the next sample of a gate signal; `was_open` is whether the gate was open at the last one.
    #[inline(always)]
    pub fn after(was_open: Mask<V>, signal: Lanes<V>) -> Self {
        let open = signal.gt(OPENS_ABOVE) | (was_open & signal.ge(CLOSES_BELOW));
        Self { open, opens: open & !was_open }
    }
}

/// The next sample of a pulse that lasts `frames` from each start on. `left` counts what is left of it.
#[inline(always)]
pub fn pulse<V: Vector>(left: &mut Lanes<V>, starts: Mask<V>, frames: f32) -> Lanes<V> {
    let running = starts.select(left.same(frames), *left);
    *left = (running - 1.0).max(0.0);
    running.gt(0.0).to_gate(running)
}

/// The length of a trigger in frames, at least one.
#[inline(always)]
pub fn trigger_frames(sample_rate: f32) -> f32 {
    (TRIGGER_SECONDS * sample_rate).round_ties_even().max(1.0)
}

/// A gate that is open during the first half of a cycle, and rises through the level at which gates open at
/// the very moment the cycle begins: on the straight line from one sample to the next, as [`rise_since`]
/// reads it.
#[inline(always)]
pub fn of_cycle<V: Vector>(phase: Bits<V>) -> Lanes<V> {
    phase.to_signed() * (2.0 / 4_294_967_296.0) + OPENS_ABOVE
}

/// How long ago (0..=1 frames) a signal that rose from `before` to `now` in the last frame passed the
/// level at which gates open, on a straight line. For one lane.
#[expect(clippy::manual_clamp, reason = "`clamp` would let NaN through")]
pub fn rise_since(before: f32, now: f32) -> f32 {
    ((now - OPENS_ABOVE) / (now - before)).max(0.0).min(1.0)
}

/// A mask of the lanes whose highest bit is set.
#[inline(always)]
pub(crate) fn highest_bit<V: Vector>(bits: Bits<V>) -> Mask<V> {
    bits.same(0x7fff_ffff).lt(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_above_a_half_and_closes_below_four_tenths() {
        let signal = [0.0, 0.5, 0.51, 0.45, 0.4, 0.39, 0.45, 0.6, f32::NAN, 0.45];
        let mut memory = Lanes(0.0f32);
        let read: Vec<(bool, bool)> = signal
            .map(|x| Gate::read(&mut memory, Lanes(x)))
            .map(|gate| (gate.open.any(), gate.opens.any()))
            .to_vec();
        let open = [false, false, true, true, true, false, false, true, false, false];
        let opens = [false, false, true, false, false, false, false, true, false, false];
        assert_eq!(read, open.into_iter().zip(opens).collect::<Vec<_>>());
    }

    #[test]
    fn a_pulse_lasts_as_long_as_told_from_its_last_start() {
        let mut left = Lanes(0.0f32);
        let mut next = |starts: bool| {
            let starts = Lanes(if starts { 1.0f32 } else { 0.0 }).gt(0.5);
            pulse(&mut left, starts, 2.0).0
        };
        let starts = [false, true, false, false, true, true, false, false];
        assert_eq!(starts.map(&mut next), [0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0]);
    }

    #[test]
    fn a_cycle_tells_when_it_began() {
        for (step, before) in
            [(0x0123_4567_u32, 0xff00_0000_u32), (0x2000_0000, 0xf123_4567), (100, 0xffff_ffff)]
        {
            let now = before.wrapping_add(step);
            let levels = [before, now].map(|phase| of_cycle(Bits::<f32>(phase)).0);
            let since = f64::from(now) / f64::from(step);
            let found = f64::from(rise_since(levels[0], levels[1]));
            // A step of 100 is far below what an f32 near 0.5 can tell.
            let bound = 1e-6 + 100.0 / f64::from(step);
            assert!((found - since).abs() < bound, "{before:x} + {step:x}: {found}, not {since}");
        }
        let gate = [0_u32, 0x4000_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_0000]
            .map(|phase| of_cycle(Bits::<f32>(phase)).0);
        assert!(gate[1] == 1.0 && gate[2] == 1.5 && gate[3] == -0.5 && gate[4] < 0.5);
    }

    #[test]
    fn the_moment_of_a_rise_lies_within_the_frame() {
        assert_eq!(rise_since(0.0, 1.0), 0.5);
        assert_eq!(rise_since(0.5, 1.0), 1.0);
        assert_eq!(rise_since(0.9, 1.0), 1.0);
        assert_eq!(rise_since(f32::NEG_INFINITY, f32::INFINITY), 0.0);
    }
}
