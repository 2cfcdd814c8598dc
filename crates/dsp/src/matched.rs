//! Second-order filters with the response of an analogue circuit up to the end of hearing, for equalisers.
//!
//! The bilinear transform squeezes what a circuit does up to infinity below half the sample rate. Here the
//! squared magnitude is matched instead, in the variable x = sin²(w/2) that squared magnitudes of digital
//! filters are polynomials of (after M. Vicanek, "Matched Second Order Digital Filters", 2016). A pair of
//! analogue poles or zeros at w0 with damping k has the squared magnitude (w0² - w²)² + k² w0² w², and
//!
//! ```text
//! (w / w0 - w0 / w)² + k²   ~   ((x - x0)² + k² q(x)) / q(x),   q(x) = x (4 x0² / w0²) (1 + b x)
//! ```
//!
//! with two numbers that depend on w0 alone: the place x0 and the bend b. They make it exact towards 0 Hz,
//! and as near as can be up to 0.82 of half the rate, which is 18 kHz at 44.1 kHz: found by minimising the
//! largest error over all dampings. Poles and zeros at one frequency share q, so that a bell is a ratio of
//! two such terms. Where their frequencies differ, the q that remain are of first order: a [`Tilt`].
//!
//! Within 0.5 dB of the circuit up to 12 kHz and 1.5 dB up to 18 kHz, at any frequency up to 20 kHz, Q from
//! 0.1 to 20 and gain of 24 dB either way, at 44.1 kHz and above.

use crate::section::Section;
use crate::{Lanes, Vector};
use std::f32::consts::PI;

/// 1 / w² as a function of x: (1 + `FALL[0]` x) / (1 + `FALL[1]` x) / (4 x).
const FALL: [f32; 2] = [-0.704_4, -0.401_7];
/// w² as a function of x: 4 x / (1 + `RISE` x).
const RISE: f32 = -0.48;

/// A pair of analogue poles or zeros as the digital filter has it.
#[derive(Clone, Copy)]
struct Pair<V: Vector> {
    /// Frequency on the warped axis of the trapezoidal rule.
    warped: Lanes<V>,
    /// Damping there.
    damping: Lanes<V>,
    /// The bend b.
    bend: Lanes<V>,
    /// 4 x0² / w0², and |1 - x0| with the damping taken in: the root of the polynomial's value at half the
    /// rate.
    slope: Lanes<V>,
    end: Lanes<V>,
}

/// Where a frequency lies: the place x0, what it lacks to 1, and the bend b, for `half`, the frequency in
/// units of half the rate. Up to 0.8 of it the place is that of the frequency itself.
#[inline(always)]
fn place<V: Vector>(half: Lanes<V>) -> [Lanes<V>; 3] {
    let (n, d) = (half * 0.5).tan_half_turns_as_ratio();
    let (n, d) = (n * n, d * d);
    let scale = 1.0 / (n + d);
    let (own, lack) = (n * scale, d * scale);
    let square = half * half;
    let beyond = ((half - 0.802_936) * (1.0 / 0.107_441)).clamp(0.0, 1.0);
    let beyond = beyond * beyond * (3.0 - beyond * 2.0);
    let way = (2.347_149_3 - 5.129_373 / (square + 2.951_966) - own) * beyond;
    let bend = (square * (square * -0.372_570_05 + 0.089_766_09) - 0.453_309_47)
        / (square * (square * 0.787_366_46 - 0.883_052_3) + 1.0);
    [own + way, lack - way, bend]
}

impl<V: Vector> Pair<V> {
    /// At a `fraction` of the sample rate, below twice the rate.
    #[inline(always)]
    fn new(fraction: Lanes<V>, damping: Lanes<V>) -> Self {
        let half = (fraction * 2.0).clamp(1e-6, 4.0);
        let [place, lack, bend] = place(half);
        let angle = half * PI;
        let slope = place * place * 4.0 / (angle * angle);
        let width = damping * damping * slope;
        let extra = width * (bend + 1.0);
        let end = (lack * lack + extra).sqrt();
        // `end - lack`, of which little is left where the damping is small.
        let more = lack.gt(0.0).select(extra / (end + lack), end - lack);
        Self {
            warped: (place / end).sqrt(),
            damping: ((place * more * 2.0 + width) / (place * end)).sqrt(),
            bend,
            slope,
            end,
        }
    }
}

/// A filter of first order: 1 at 0 Hz, and another gain at half the rate.
#[derive(Clone, Copy)]
pub struct Tilt<V: Vector> {
    gain: Lanes<V>,
    high: Lanes<V>,
}

impl<V: Vector> Tilt<V> {
    /// With the squared magnitude (1 + `above` x) / (1 + `below` x); neither is -1 or less.
    #[inline(always)]
    fn new(above: Lanes<V>, below: Lanes<V>) -> Self {
        let (zero, pole) = ((above + 1.0).sqrt(), (below + 1.0).sqrt());
        Self { gain: 1.0 / (pole + 1.0), high: zero / pole }
    }

    /// One that changes nothing.
    #[inline(always)]
    pub fn none(token: V::Token) -> Self {
        Self { gain: Lanes::splat(token, 0.5), high: Lanes::splat(token, 1.0) }
    }

    /// Filters one frame.
    #[inline(always)]
    pub fn step(&self, state: &mut Lanes<V>, input: Lanes<V>) -> Lanes<V> {
        let low = crate::one_pole::low(state, input, self.gain);
        low + (input - low) * self.high
    }
}

/// Bell: `octaves` of gain at the centre, half of them at the ends of a band of 1 / Q. `fraction` is the
/// centre over the sample rate.
#[inline(always)]
pub fn bell<V: Vector>(fraction: Lanes<V>, q: Lanes<V>, octaves: Lanes<V>) -> Section<V> {
    let root = (octaves * 0.5).exp2();
    let (zeros, poles) = (Pair::new(fraction, root / q), Pair::new(fraction, 1.0 / (root * q)));
    ratio(&zeros, &poles, q.same(1.0))
}

/// Shelf below the corner, by `octaves` of gain; half of it at the corner.
#[inline(always)]
pub fn low_shelf<V: Vector>(fraction: Lanes<V>, q: Lanes<V>, octaves: Lanes<V>) -> (Section<V>, Tilt<V>) {
    shelf(fraction, q, octaves, octaves.exp2())
}

/// Shelf above the corner.
#[inline(always)]
pub fn high_shelf<V: Vector>(fraction: Lanes<V>, q: Lanes<V>, octaves: Lanes<V>) -> (Section<V>, Tilt<V>) {
    shelf(fraction, q, -octaves, q.same(1.0))
}

/// Below the corner by `octaves` louder than above, where `bass` is the gain at 0 Hz.
#[inline(always)]
fn shelf<V: Vector>(
    fraction: Lanes<V>,
    q: Lanes<V>,
    octaves: Lanes<V>,
    bass: Lanes<V>,
) -> (Section<V>, Tilt<V>) {
    let (apart, damping) = ((octaves * 0.25).exp2(), 1.0 / q);
    let (zeros, poles) = (Pair::new(fraction * apart, damping), Pair::new(fraction / apart, damping));
    (ratio(&zeros, &poles, bass), Tilt::new(poles.bend, zeros.bend))
}

/// The filter with these zeros and poles, and a gain at 0 Hz.
#[inline(always)]
fn ratio<V: Vector>(zeros: &Pair<V>, poles: &Pair<V>, bass: Lanes<V>) -> Section<V> {
    let apart = poles.warped / zeros.warped;
    Section::mix(poles.warped, poles.damping, [bass * apart * apart, bass * apart * zeros.damping, bass])
}

/// Low-pass of 12 dB per octave.
#[inline(always)]
pub fn low_pass<V: Vector>(fraction: Lanes<V>, q: Lanes<V>) -> (Section<V>, Tilt<V>) {
    let poles = Pair::new(fraction, 1.0 / q);
    let first = (poles.bend + 1.0).sqrt() * poles.warped;
    let second = (poles.warped.same(FALL[0]) + 1.0).sqrt() * poles.warped;
    let section = Section::mix(poles.warped, poles.damping, [first * second, first + second, q.same(1.0)]);
    (section, Tilt::new(q.same(0.0), q.same(FALL[1])))
}

/// High-pass of 12 dB per octave.
#[inline(always)]
pub fn high_pass<V: Vector>(fraction: Lanes<V>, q: Lanes<V>) -> (Section<V>, Tilt<V>) {
    let poles = Pair::new(fraction, 1.0 / q);
    let angle = (fraction * 2.0).clamp(1e-6, 4.0) * PI;
    let high = poles.slope.sqrt() * 2.0 / (angle * poles.end);
    let zero = q.same(0.0);
    (Section::mix(poles.warped, poles.damping, [high, zero, zero]), Tilt::new(poles.bend, q.same(RISE)))
}

#[cfg(test)]
mod tests;
