//! How signals add up: the engine's own lane kernels, run like any node's.
//!
//! Floating-point sums depend on their order, so there is one order for all plans: the addends of an
//! input (its cables in order, the voices of each in order) are dealt onto sixteen places, `i` onto place
//! `i % 16`; each place adds up in turn; then the upper half of the places is added onto the lower
//! half until one is left; last comes the knob. Sixteen lanes can do that side by side, one lane can
//! do it alone, and the bits agree. An absent addend is -0.0, the number that changes no sum.

use jackfield_node::dsp::{Lanes, Vector};
use jackfield_node::{Io, LaneNode, LaneTable, NoConfig, NoState};

/// Partial sums of an input, onto which its addends are dealt.
pub(crate) const PARTIAL_SUMS: usize = 16;
/// Adding this changes nothing, not even the sign of zero.
pub(crate) const ADDITIVE_IDENTITY: f32 = -0.0;

/// `base + a0 * g0 + ...`, for `TERMS` of 1 to 3 in the order above. Inputs: base, signals, gains.
pub(crate) struct Mix<const TERMS: usize>;

/// The same without gains. Inputs: base, signals.
pub(crate) struct MixUnity<const TERMS: usize>;

/// The same for any number of terms. Inputs: base, then a signal and its gain for each term.
pub(crate) struct MixMany;

/// Most chunks added at once: their buffers and the sum's fit into a small first cache.
pub(crate) const CHUNKS: usize = 4;

/// Adds sixteen places chunk after chunk: `(s0 + s1) + ...`, for 2 to [`CHUNKS`] and a sum so far.
/// Inputs: signals.
pub(crate) struct Chunks<const COUNT: usize>;

/// The same with gains, for 1 to [`CHUNKS`] and a sum so far. Inputs: signals, gains.
pub(crate) struct ChunksGained<const COUNT: usize>;

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

    const GUARDED: bool = false;

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

    const GUARDED: bool = false;

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

    const GUARDED: bool = false;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let terms = (io.input_count() - 1) / 2;
        let base = io.input_at(0);
        let mut out = io.output_at(0);
        for frame in io.frames() {
            let mut places = [io.splat(ADDITIVE_IDENTITY); PARTIAL_SUMS];
            for term in 0..terms {
                let signal = io.input_at(1 + 2 * term).at(frame);
                let gain = io.input_at(2 + 2 * term).at(frame);
                places[term % PARTIAL_SUMS] += signal * gain;
            }
            let mut half = PARTIAL_SUMS / 2;
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

impl<const COUNT: usize> LaneNode for Chunks<COUNT> {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    const GUARDED: bool = false;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let signals: [_; COUNT] = std::array::from_fn(|i| io.input_at(i));
        let mut out = io.output_at(0);
        for frame in io.frames() {
            let mut sum = signals[0].at(frame);
            for signal in &signals[1..] {
                sum += signal.at(frame);
            }
            out.set(frame, sum);
        }
    }
}

impl<const COUNT: usize> LaneNode for ChunksGained<COUNT> {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    const GUARDED: bool = false;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let signals: [_; COUNT] = std::array::from_fn(|i| io.input_at(i));
        let gains: [_; COUNT] = std::array::from_fn(|i| io.input_at(COUNT + i));
        let mut out = io.output_at(0);
        for frame in io.frames() {
            let mut sum = signals[0].at(frame) * gains[0].at(frame);
            for (signal, gain) in signals[1..].iter().zip(&gains[1..]) {
                sum += signal.at(frame) * gain.at(frame);
            }
            out.set(frame, sum);
        }
    }
}

/// The kernel that adds so many chunks (1 to 5), with gains or without.
pub(crate) fn chunks(count: usize, gained: bool) -> LaneTable {
    macro_rules! table {
        ($count:literal) => {
            if gained {
                const { LaneTable::of::<ChunksGained<$count>>() }
            } else {
                const { LaneTable::of::<Chunks<$count>>() }
            }
        };
    }
    match count {
        1 => table!(1),
        2 => table!(2),
        3 => table!(3),
        4 => table!(4),
        _ => table!(5),
    }
}

/// Adds the sixteen places of each frame: `source` holds `frames` frames of sixteen. Audio thread.
pub(crate) fn fold(source: &[[f32; PARTIAL_SUMS]], sums: &mut [f32]) {
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
#[expect(clippy::eq_op, reason = "a difference that detects NaN and infinity")]
pub(crate) fn is_finite(samples: &[f32]) -> bool {
    // x - x is 0 for a finite x and NaN for any other; integers, unlike floats, may be reduced in any
    // order, so this becomes SIMD.
    samples.iter().fold(0, |trace, sample| trace | (sample - sample).to_bits()) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The order as the module's first paragraph gives it.
    fn in_order(addends: &[f32]) -> f32 {
        let mut places = [ADDITIVE_IDENTITY; PARTIAL_SUMS];
        for (i, addend) in addends.iter().enumerate() {
            places[i % PARTIAL_SUMS] += addend;
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
        // Which two of three are added first shows where the third is lost beside one of them.
        for terms in [[0.1_f32, 1e8, -1e8], [1e8, 0.1, -1e8], [1e8, -1e8, 0.1]] {
            assert_eq!(fold_small([Lanes(terms[0])]).0, in_order(&terms[..1]));
            assert_eq!(fold_small([Lanes(terms[0]), Lanes(terms[1])]).0, in_order(&terms[..2]));
            assert_eq!(fold_small(terms.map(Lanes)).0, in_order(&terms));
        }
    }

    #[test]
    fn folding_follows_the_order() {
        let places: [f32; PARTIAL_SUMS] =
            std::array::from_fn(|i| (1u32 << (2 * i)) as f32 * if i % 3 == 0 { -0.3 } else { 0.7 });
        let mut sum = [0.0];
        fold(&[places], &mut sum);
        assert_eq!(sum[0], in_order(&places));
    }

    #[test]
    fn nothing_keeps_the_sign_of_zero() {
        assert!(in_order(&[-0.0]).is_sign_negative());
        assert!(in_order(&[0.0]).is_sign_positive());
    }
}
