//! Segments of an envelope: a way from one level to another in a given time, straight or bent.
//!
//! The way's position is a fixed-point number, so that a segment of a minute is as long as asked although
//! each frame covers less than a millionth of it.

use crate::rounding::Rounding;
use crate::three_pole::ThreePole;
use crate::{Bits, Lanes, Mask, Vector};

/// The end of a segment as a position: the largest f32 that a signed integer holds.
pub const END: f32 = 2_147_483_520.0;
/// The end of a segment as an integer.
pub const END_BITS: u32 = 0x7fff_ff80;
/// Makes up for the errors of a duration's logarithm and power.
const HAIR: f32 = 1.000_001;
/// Octaves between the slope at the start and the mean slope when bent all the way.
const BEND_OCTAVES: f32 = 4.0;

/// How far a frame gets on a segment whose duration knob's signal is `octaves` (re 1 s): a part of [`END`]. A
/// duration below a frame is a frame.
#[inline(always)]
pub fn step_of<V: Vector>(octaves: Lanes<V>, sample_rate: f32) -> Bits<V> {
    // Twenty octaves are twelve days.
    let share = (-octaves.clamp(-20.0, 20.0)).exp2() * (END / sample_rate);
    // Rounded up and a hair more, so that a duration of whole frames isn't a frame longer.
    (-(share * -HAIR).max(-END).floor()).to_integer_in_range()
}

/// The position one frame on, and where it arrives at the end; there it stays.
#[inline(always)]
pub fn advance<V: Vector>(position: Bits<V>, step: Bits<V>) -> (Bits<V>, Mask<V>) {
    let (next, end) = (position + step, position.same(END_BITS));
    let arrives = !next.lt(end);
    (arrives.select_bits(end, next), arrives)
}

/// The same where another segment follows at once: what is left of the frame counts for that one.
#[inline(always)]
pub fn advance_round<V: Vector>(position: Bits<V>, step: Bits<V>) -> (Bits<V>, Mask<V>) {
    let next = position + step;
    let arrives = !next.lt(next.same(END_BITS));
    (arrives.select_bits(next - END_BITS, next), arrives)
}

/// A segment is fresh up to this position, a 64th of it: whoever sets its time as it begins, or a moment
/// later, gets that time.
const FRESH_BITS: u32 = END_BITS / 64;

/// The step of a segment that is at `position` and had `pace` as its last step, where its knob now asks for
/// `step`: slower at once, quicker by a `2^-gain`th a frame. So what is under way is never as steep as a
/// jump.
#[inline(always)]
pub fn follow_pace<V: Vector>(pace: Bits<V>, step: Bits<V>, position: Bits<V>, gain: u32) -> Bits<V> {
    let quicker = pace + (pace >> gain) + 1;
    let is_free = step.lt(quicker) | position.lt(position.same(FRESH_BITS));
    is_free.select_bits(step, quicker)
}

/// A position as a number from 0 to 1.
#[inline(always)]
pub fn progress<V: Vector>(position: Bits<V>) -> Lanes<V> {
    position.to_signed() * (1.0 / END)
}

/// The slope at the start, relative to a straight line's, of a curve knob from -1 to 1. 0 is straight;
/// above 0 most of the way is covered early, as when a capacitor loads; below 0 late.
#[inline(always)]
pub fn slope_of<V: Vector>(curve: Lanes<V>) -> Lanes<V> {
    (curve.clamp(-1.0, 1.0) * BEND_OCTAVES).exp2()
}

/// Bends the way from 0 to 1: a hyperbola through both ends that starts with this slope and arrives
/// with its inverse.
#[inline(always)]
pub fn bend<V: Vector>(progress: Lanes<V>, slope: Lanes<V>) -> Lanes<V> {
    slope * progress / ((slope - 1.0) * progress + 1.0)
}

/// A segment under way gets quicker by a 4096th a frame at most, so that 0.3 s end within 80 ms at 48 kHz if
/// they are told to end at once. That makes no click, however round the corners are.
const PACE_GAIN: u32 = 12;

crate::lane_state! {
    /// The moving part of envelopes: on its way from the level at which a segment began to where the segment
    /// leads. All zeros: at rest at 0.
    pub struct EnvelopeSegment<V> {
        level: Lanes<V>,
        /// The level at which the segment began.
        from: Lanes<V>,
        /// How much of the segment is done, and how much of it the last frame did.
        position: Bits<V>,
        pace: Bits<V>,
        /// What rounds the corners between the segments.
        corners: ThreePole<V>,
    }
}

impl<V: Vector> EnvelopeSegment<V> {
    /// Begins a segment in some lanes, at the level they have.
    #[inline(always)]
    pub fn begin(&mut self, lanes: Mask<V>) {
        self.from = lanes.select(self.level, self.from);
        self.position = lanes.select_bits(self.position.same(0), self.position);
    }

    /// Goes on by a frame towards `target`, by [`step_of`] the segment's duration and along
    /// [`slope_of`] its curve. True where it has arrived; from then on it follows the target.
    #[inline(always)]
    pub fn advance(&mut self, target: Lanes<V>, step: Bits<V>, slope: Lanes<V>) -> Mask<V> {
        self.pace = follow_pace(self.pace, step, self.position, PACE_GAIN);
        let (position, arrives) = advance(self.position, self.pace);
        self.position = position;
        let on_the_way = self.from + (target - self.from) * bend(progress(position), slope);
        self.level = arrives.select(target, on_the_way);
        arrives
    }

    /// What is heard of it: the level with round corners. Once a frame.
    #[inline(always)]
    pub fn rounded(&mut self, rounding: &Rounding<V>) -> Lanes<V> {
        rounding.follow(&mut self.corners, self.level)
    }
}

crate::lane_state! {
    /// An envelope of several stages, which its node numbers: where each lane is. All zeros: at rest at 0 in
    /// stage 0.
    pub struct StagedEnvelope<V> {
        stage: Lanes<V>,
        segment: EnvelopeSegment<V>,
    }
}

impl<V: Vector> StagedEnvelope<V> {
    /// The lanes that are in a stage.
    #[inline(always)]
    pub fn is_in(&self, stage: f32) -> Mask<V> {
        self.stage.equal(stage)
    }

    /// Begins a stage in some lanes, at the level they have.
    #[inline(always)]
    pub fn enter(&mut self, lanes: Mask<V>, stage: f32) {
        self.stage = lanes.select(self.stage.same(stage), self.stage);
        self.segment.begin(lanes);
    }

    /// See [`EnvelopeSegment::advance`].
    #[inline(always)]
    pub fn advance(&mut self, target: Lanes<V>, step: Bits<V>, slope: Lanes<V>) -> Mask<V> {
        self.segment.advance(target, step, slope)
    }

    /// See [`EnvelopeSegment::rounded`].
    #[inline(always)]
    pub fn rounded(&mut self, rounding: &Rounding<V>) -> Lanes<V> {
        self.segment.rounded(rounding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_as_long_as_asked() {
        for sample_rate in [8_000.0f32, 48_000.0, 384_000.0] {
            for seconds in [0.000_01f32, 0.001, 0.01, 0.1, 0.25, 10.0, 20.0] {
                let step = step_of(Lanes(seconds).log2(), sample_rate);
                let (mut position, mut frames) = (Bits::<f32>(0), 0);
                loop {
                    let (next, arrives) = advance(position, step);
                    (position, frames) = (next, frames + 1);
                    if arrives.any() {
                        break;
                    }
                }
                let expected = f64::from(seconds * sample_rate).max(1.0);
                let error = (f64::from(frames) - expected).abs();
                // To the frame up to half a second at 48 kHz, to 0.4 % at 20 s and 384 kHz.
                let bound = 0.51 + 1.5e-6 * expected + 5e-10 * expected * expected;
                assert!(error <= bound, "{seconds} s at {sample_rate}: {frames}");
                assert_eq!(progress(position).0, 1.0);
            }
        }
    }

    #[test]
    fn bad_durations_are_durations() {
        for octaves in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let step = step_of(Lanes(octaves), 48_000.0).0;
            assert!(step < 1 << 31, "{octaves}: {step}");
        }
    }

    #[test]
    fn bends_meet_both_ends_and_never_turn_back() {
        for curve in [-1.0f32, -0.3, 0.0, 0.5, 1.0] {
            let slope = slope_of(Lanes(curve));
            let level = |i: u16| bend(Lanes(f32::from(i) / 1_000.0), slope).0;
            assert!(level(0) == 0.0 && (level(1_000) - 1.0).abs() < 1e-6);
            assert!((0..1_000).all(|i| level(i) < level(i + 1)));
            assert!((level(500) > 0.5) == (curve > 0.0));
        }
        // Half way, the steepest bend has come sixteen parts of seventeen.
        assert!((bend(Lanes(0.5f32), slope_of(Lanes(1.0))).0 - 16.0 / 17.0).abs() < 1e-6);
    }

    #[test]
    fn goes_from_where_it_is_to_the_target_in_the_time() {
        let mut segment = EnvelopeSegment::<f32>::default();
        let step = step_of(Lanes(0.001f32).log2(), 48_000.0);
        let all = Lanes(1.0f32).gt(0.0);
        for (target, from) in [(1.0, 0.0), (-0.5, 1.0)] {
            segment.begin(all);
            let straight = Lanes(1.0);
            for frame in 1..=48 {
                let arrives = segment.advance(Lanes(target), step, straight);
                let expected = from + (target - from) * frame as f32 / 48.0;
                assert!((segment.level.0 - expected).abs() < 1e-5, "{frame}");
                assert_eq!(arrives.any(), frame == 48);
            }
        }
        segment.advance(Lanes(0.25), step, Lanes(1.0));
        assert_eq!(segment.level.0, 0.25, "it follows its target from then on");
    }
}
