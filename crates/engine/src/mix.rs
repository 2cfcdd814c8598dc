//! How signals add up: the engine's own lane kernels, run like any node's.
//!
//! Floating-point sums depend on their order, so there is one order for all plans: the addends of an
//! input (its cables in order, the voices of each in order) are dealt onto sixteen places, `i` onto place
//! `i % 16`; each place adds up in turn; then the upper half of the places is added onto the lower
//! half until one is left; last comes the knob. Sixteen lanes can do that side by side, one lane can
//! do it alone, and the bits agree. An absent addend is -0.0, the number that changes no sum.

use jackfield_node::dsp::{Lanes, Vector};
use jackfield_node::{Io, LaneNode, NoConfig, NoState};

/// Places the addends of an input are dealt onto.
pub(crate) const PLACES: usize = 16;
/// Adding this changes nothing, not even the sign of zero.
pub(crate) const NOTHING: f32 = -0.0;

/// `base + a0 * g0 + ...`, for `TERMS` of 1 to 3 in the order above. Inputs: base, signals, gains.
pub(crate) struct Mix<const TERMS: usize>;

/// The same without gains. Inputs: base, signals.
pub(crate) struct MixUnity<const TERMS: usize>;

/// The same for any number of terms. Inputs: base, then a signal and its gain for each term.
pub(crate) struct MixMany;

/// Adds sixteen places chunk after chunk: `(-0.0 + s0) + s1 + ...`. Inputs: signals.
pub(crate) struct Chunks;

/// The same with gains. Inputs: a signal and its gain for each chunk.
pub(crate) struct ChunksGained;

#[inline(always)]
fn fold_small<V: Vector, const TERMS: usize>(terms: [Lanes<V>; TERMS]) -> Lanes<V> {
    match TERMS {
        1 => terms[0],
        2 => terms[0] + terms[1],
        _ => (terms[0] + terms[2]) + terms[1],
    }
}

impl<const TERMS: usize> LaneNode for Mix<TERMS> {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let base = io.input_at(0);
        let signals: [_; TERMS] = std::array::from_fn(|i| io.input_at(1 + i));
        let gains: [_; TERMS] = std::array::from_fn(|i| io.input_at(1 + TERMS + i));
        let mut out = io.output_at(0);
        for frame in io.frames() {
            let terms = std::array::from_fn(|i| signals[i].at(frame) * gains[i].at(frame));
            out.set(frame, base.at(frame) + fold_small::<V, TERMS>(terms));
        }
    }
}

impl<const TERMS: usize> LaneNode for MixUnity<TERMS> {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let base = io.input_at(0);
        let signals: [_; TERMS] = std::array::from_fn(|i| io.input_at(1 + i));
        let mut out = io.output_at(0);
        for frame in io.frames() {
            let terms = std::array::from_fn(|i| signals[i].at(frame));
            out.set(frame, base.at(frame) + fold_small::<V, TERMS>(terms));
        }
    }
}

impl LaneNode for MixMany {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let terms = (io.input_count() - 1) / 2;
        let base = io.input_at(0);
        let mut out = io.output_at(0);
        for frame in io.frames() {
            let mut places = [io.splat(NOTHING); PLACES];
            for term in 0..terms {
                let signal = io.input_at(1 + 2 * term).at(frame);
                let gain = io.input_at(2 + 2 * term).at(frame);
                places[term % PLACES] += signal * gain;
            }
            let mut half = PLACES / 2;
            while half > 0 {
                for place in 0..half {
                    places[place] += places[place + half];
                }
                half /= 2;
            }
            out.set(frame, base.at(frame) + places[0]);
        }
    }
}

impl LaneNode for Chunks {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let chunks = io.input_count();
        let mut out = io.output_at(0);
        for frame in io.frames() {
            let mut sum = io.splat(NOTHING);
            for chunk in 0..chunks {
                sum += io.input_at(chunk).at(frame);
            }
            out.set(frame, sum);
        }
    }
}

impl LaneNode for ChunksGained {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let chunks = io.input_count() / 2;
        let mut out = io.output_at(0);
        for frame in io.frames() {
            let mut sum = io.splat(NOTHING);
            for chunk in 0..chunks {
                sum += io.input_at(2 * chunk).at(frame) * io.input_at(2 * chunk + 1).at(frame);
            }
            out.set(frame, sum);
        }
    }
}

/// Adds the sixteen places of each frame: `source` holds `frames` frames of sixteen. Audio thread.
pub(crate) fn fold(source: &[[f32; PLACES]], sums: &mut [f32]) {
    for (places, sum) in source.iter().zip(sums) {
        let mut eight = [0.0; 8];
        for i in 0..8 {
            eight[i] = places[i] + places[i + 8];
        }
        let mut four = [0.0; 4];
        for i in 0..4 {
            four[i] = eight[i] + eight[i + 4];
        }
        *sum = (four[0] + four[2]) + (four[1] + four[3]);
    }
}

/// Whether all samples are finite. Audio thread.
#[expect(clippy::eq_op, reason = "a difference that tells NaN and infinity")]
pub(crate) fn is_finite(samples: &[f32]) -> bool {
    // x - x is 0 for a finite x and NaN for any other; integers, unlike floats, may be reduced in any
    // order, so this becomes SIMD.
    samples.iter().fold(0, |trace, sample| trace | (sample - sample).to_bits()) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The order as the module's first paragraph tells it.
    fn told(addends: &[f32]) -> f32 {
        let mut places = [NOTHING; PLACES];
        for (i, addend) in addends.iter().enumerate() {
            places[i % PLACES] += addend;
        }
        for half in [8, 4, 2, 1] {
            for i in 0..half {
                places[i] += places[i + half];
            }
        }
        places[0]
    }

    #[test]
    fn small_sums_follow_the_order() {
        let terms = [0.1_f32, 1e8, -1e8];
        assert_eq!(fold_small([Lanes(terms[0])]).0, told(&terms[..1]));
        assert_eq!(fold_small([Lanes(terms[0]), Lanes(terms[1])]).0, told(&terms[..2]));
        assert_eq!(fold_small(terms.map(Lanes)).0, told(&terms));
    }

    #[test]
    fn folding_follows_the_order() {
        let places: [f32; PLACES] =
            std::array::from_fn(|i| (1u32 << (2 * i)) as f32 * if i % 3 == 0 { -0.3 } else { 0.7 });
        let mut sum = [0.0];
        fold(&[places], &mut sum);
        assert_eq!(sum[0], told(&places));
    }

    #[test]
    fn nothing_keeps_the_sign_of_zero() {
        assert!(told(&[-0.0]).is_sign_negative());
        assert!(told(&[0.0]).is_sign_positive());
    }
}
