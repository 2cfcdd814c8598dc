//! Ladder filter: four one-pole low-passes in a row, fed back through a saturation, solved without a
//! delay in the loop.
//!
//! The poles are trapezoidal integrators (V. Zavalishin, "The Art of VA Filter Design", chapters 3 to
//! 6), prewarped, so the resonance stays at the cutoff. The loop equation
//! `u = tanh(drive * input - feedback * y(u))` is solved by a linear estimate and one substitution,
//! which converges because the loop's instantaneous gain is small: below 0.25 up to half of the sample
//! rate's half, so run it at twice the rate. The input of the poles is thus within -1..1 whatever the
//! cutoff does, and so is everything behind it.

use crate::{Lanes, Vector};

/// The feedback at which four equal poles oscillate by themselves.
const OSCILLATION: f32 = 4.0;
/// The feedback at full resonance: enough beyond for a steady tone.
const MOST_FEEDBACK: f32 = 1.25 * OSCILLATION;

/// How far the peak stands below the corner of the poles, by what is missing to oscillation: it is where
/// (1 + x)^3 = feedback (3 - x), x the square of its share of the corner.
const PEAK_OFFSET: [f32; 3] = [0.25, 0.2, 0.3];

/// By how much the make-up for the bass shrinks with the square of a drive above 1.
const DRIVEN: f32 = 0.15;

/// What cutoff and resonance become.
#[derive(Clone, Copy)]
pub struct LadderCoefficients<V: Vector> {
    /// Instantaneous gain of one pole.
    pole: Lanes<V>,
    /// Gain around the loop at low frequencies.
    feedback: Lanes<V>,
    /// 1 / (1 + instantaneous gain around the loop).
    solve: Lanes<V>,
}

impl<V: Vector> LadderCoefficients<V> {
    /// `fraction` is cutoff over sample rate (limited to 0..=0.45), `resonance` 0..=1; the tone sets in
    /// at 0.8.
    #[inline(always)]
    pub fn new(fraction: Lanes<V>, resonance: Lanes<V>) -> Self {
        let feedback = resonance.clamp(0.0, 1.0) * MOST_FEEDBACK;
        let (n, d) = fraction.min(0.45).tan_half_turns_as_ratio();
        let n = n * stretch(feedback, OSCILLATION, PEAK_OFFSET);
        let pole = n / (n + d);
        let square = pole * pole;
        Self { pole, feedback, solve: 1.0 / (feedback * square * square + 1.0) }
    }
}

/// The factor by which to raise the corner of a row of poles, so that its peak stands where the corner was
/// asked for. From 0.7 of the oscillating feedback on that is exact to 3 cents; below 0.3, where there is
/// hardly a peak, nothing is raised. `offset` is a parabola: what is to be raised, in parts of the feedback
/// that is missing.
#[inline(always)]
pub(crate) fn stretch<V: Vector>(feedback: Lanes<V>, oscillation: f32, offset: [f32; 3]) -> Lanes<V> {
    let near = (feedback * (1.0 / oscillation)).min(1.0);
    let missing = 1.0 - near;
    let peaked = ((near - 0.3) * 2.5).clamp(0.0, 1.0);
    let peaked = peaked * peaked * (3.0 - peaked * 2.0);
    let raise = (missing * offset[2] + offset[1]) * missing + offset[0];
    missing * raise * peaked + 1.0
}

/// The gain behind the filter that makes up for the bass which feedback takes away: all of it up to
/// oscillation. A drive above 1 fills the saturation with what is driven, and less is missing; so a loud
/// sound keeps its level at any resonance and drive.
#[inline(always)]
pub fn make_up<V: Vector>(resonance: Lanes<V>, drive: Lanes<V>) -> Lanes<V> {
    let resonance = resonance.clamp(0.0, 1.0);
    let sixth = resonance * resonance * resonance;
    // Beyond oscillation it levels off, so that the tone is as loud as an oscillator's.
    let feedback = resonance * MOST_FEEDBACK - sixth * sixth;
    let loud = (drive * drive - 1.0).max(0.0);
    feedback / (loud * DRIVEN + 1.0) + 1.0
}

/// Filters one frame; `input` has been driven already. Answers with the signal after each pole: 6, 12,
/// 18 and 24 dB per octave, without the [make-up](make_up). That stands behind the saturation: before it, it
/// would drive it by up to 16 dB, and leave no room for the resonance of a loud sound.
#[inline(always)]
pub fn step<V: Vector>(
    state: &mut [Lanes<V>; 4],
    input: Lanes<V>,
    coefficients: &LadderCoefficients<V>,
) -> [Lanes<V>; 4] {
    let LadderCoefficients { pole, feedback, solve } = *coefficients;
    let rest = 1.0 - pole;
    // The last pole's output is `gain * u + memory`.
    let mut memory = input.same(0.0);
    let mut gain = input.same(1.0);
    for held in state.iter() {
        memory = memory * pole + *held * rest;
        gain *= pole;
    }
    let open = input - feedback * memory;
    let estimate = (open * solve).tanh();
    let mut signal = (open - feedback * gain * estimate).tanh();
    let mut taps = [signal; 4];
    for (held, tap) in state.iter_mut().zip(&mut taps) {
        let change = (signal - *held) * pole;
        signal = *held + change;
        *held = signal + change;
        *tap = signal;
    }
    taps
}
