//! Diode ladder: four poles that load each other, so the corner is soft and the resonance rubbery.
//!
//! The linear circuit is a chain of capacitors joined by diodes, each of which sees its neighbours
//! (V. Zavalishin, "The Art of VA Filter Design", chapter on the diode ladder; T. Stinchcombe on the TB-303's
//! filter): with the corner at 1, `y1' = u - y1 + y2`, `2 y2' = y1 - 2 y2 + y3`,
//! `2 y3' = y2 - 2 y3 + y4`, `2 y4' = y3 - 2 y4`. Fed back 17 times, it oscillates at the root of one half.
//! The integrators are trapezoidal and prewarped to that frequency; the chain is solved from its end, and the
//! loop through the saturation by a linear estimate and one substitution, as in [`ladder`](crate::ladder).

use crate::ladder::stretch;
use crate::{Lanes, Vector};
use std::f32::consts::SQRT_2;

/// The feedback at which the chain oscillates.
const OSCILLATION: f32 = 17.0;
/// The feedback at full resonance.
const MOST_FEEDBACK: f32 = 1.25 * OSCILLATION;
/// How far the peak stands below the corner, by what is missing to oscillation; found by minimising the
/// denominator of the chain.
const PEAK_OFFSET: [f32; 3] = [0.353, 0.33, 0.36];
/// How much of the bass that feedback takes away is given back: not all, as in the circuit.
const COMPENSATION: f32 = 0.5;

/// What cutoff and resonance become.
#[derive(Clone, Copy)]
pub struct DiodeLadderCoefficients<V: Vector> {
    /// The gain of an integrator, and half of it.
    whole: Lanes<V>,
    half: Lanes<V>,
    /// 1 over what each pole sees, from the first to the last.
    loads: [Lanes<V>; 4],
    /// From the input of the chain to its end within a frame.
    gain: Lanes<V>,
    feedback: Lanes<V>,
    /// 1 / (1 + gain around the loop within a frame).
    solve: Lanes<V>,
    output: Lanes<V>,
}

impl<V: Vector> DiodeLadderCoefficients<V> {
    /// `fraction` is cutoff over sample rate (limited to 0..=0.45), `resonance` 0..=1; the tone sets in
    /// at 0.8.
    #[inline(always)]
    pub fn new(fraction: Lanes<V>, resonance: Lanes<V>) -> Self {
        let feedback = resonance.clamp(0.0, 1.0) * MOST_FEEDBACK;
        let raise = stretch(feedback, OSCILLATION, PEAK_OFFSET);
        let whole = fraction.min(0.45).tan_half_turns() * raise * SQRT_2;
        let half = whole * 0.5;
        let square = half * half;
        let fourth = 1.0 / (whole + 1.0);
        let third = 1.0 / (whole + 1.0 - square * fourth);
        let second = 1.0 / (whole + 1.0 - square * third);
        let first = 1.0 / (whole + 1.0 - whole * half * second);
        let gain = whole * first * (half * second) * (half * third) * (half * fourth);
        Self {
            whole,
            half,
            loads: [first, second, third, fourth],
            gain,
            feedback,
            solve: 1.0 / (gain * feedback + 1.0),
            output: feedback * COMPENSATION + 1.0,
        }
    }
}

/// Filters one frame; `input` has been driven already.
#[inline(always)]
pub fn step<V: Vector>(
    state: &mut [Lanes<V>; 4],
    input: Lanes<V>,
    coefficients: &DiodeLadderCoefficients<V>,
) -> Lanes<V> {
    let DiodeLadderCoefficients { whole, half, loads, gain, feedback, solve, output } = *coefficients;
    // What each pole holds and gets from those behind it, which don't depend on the input.
    let fourth = state[3] * loads[3];
    let third = (state[2] + half * fourth) * loads[2];
    let second = (state[1] + half * third) * loads[1];
    let first = (state[0] + whole * second) * loads[0];
    // The end of the chain without an input.
    let memory = fourth + half * loads[3] * (third + half * loads[2] * (second + half * loads[1] * first));
    let open = input - feedback * memory;
    let estimate = (open * solve).tanh();
    let signal = (open - feedback * gain * estimate).tanh();
    let first = first + whole * loads[0] * signal;
    let second = second + half * loads[1] * first;
    let third = third + half * loads[2] * second;
    let fourth = fourth + half * loads[3] * third;
    for (held, now) in state.iter_mut().zip([first, second, third, fourth]) {
        *held = now + now - *held;
    }
    fourth * output
}
