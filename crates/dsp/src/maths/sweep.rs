//! For tests: a function over many arguments, and on every width and instruction set of the machine.

use crate::{Lanes, Vector};
use fearless_simd::{Level, Simd, dispatch, f32x4, f32x8, f32x16};

/// A function of one argument, generic over the width.
pub(crate) trait Function {
    /// The function's value.
    fn of<V: Vector>(x: Lanes<V>) -> Lanes<V>;
}

/// The largest answer of `error(x, value)` over 2 million arguments from `low` to `high`: half of
/// them evenly spaced, half evenly spaced by ratio if both ends have one sign.
pub(crate) fn worst<F: Function>(low: f64, high: f64, error: impl Fn(f64, f64) -> f64) -> f64 {
    const STEPS: u32 = 1_000_000;
    let mut worst = 0.0f64;
    let mut visit = |x: f64| {
        let x = x as f32;
        if f64::from(x) >= low && f64::from(x) <= high {
            worst = worst.max(error(f64::from(x), f64::from(F::of(Lanes(x)).0)));
        }
    };
    for step in 0..=STEPS {
        let position = f64::from(step) / f64::from(STEPS);
        visit(low + (high - low) * position);
        if low * high > 0.0 {
            visit(low * (high / low).powf(position));
        }
    }
    worst
}

/// Arguments to compare widths with: a sweep, and every kind of special number.
pub(crate) fn edge_cases(low: f32, high: f32) -> Vec<f32> {
    let special = [0.0, 1e-45, 1e-40, f32::MIN_POSITIVE, 1e-20, 0.5, 1.0, 1.5, 2.5, 1e9, 1e20, f32::MAX];
    let mut all: Vec<f32> = special.iter().flat_map(|&x| [x, -x]).collect();
    all.extend([f32::INFINITY, f32::NEG_INFINITY, f32::NAN, -f32::NAN]);
    all.extend((0..=10_000).map(|step| low + (high - low) * (step as f32 / 10_000.0)));
    all
}

/// Panics unless every width and instruction set gives the bits that one lane gives.
pub(crate) fn check<F: Function>(arguments: &[f32]) {
    let expected = run::<F, f32>((), arguments);
    for level in levels() {
        let answers = dispatch!(level, simd => at_each_width::<F, _>(simd, arguments));
        for (width, answer) in [4, 8, 16].into_iter().zip(answers) {
            for ((x, expected), answer) in arguments.iter().zip(&expected).zip(&answer) {
                assert_eq!(expected, answer, "f({x}) at {width} lanes of {level:?}");
            }
        }
    }
}

/// The instruction sets of this machine.
fn levels() -> Vec<Level> {
    let best = Level::new();
    let mut levels = vec![Level::baseline(), best];
    #[cfg(target_arch = "x86_64")]
    {
        levels.extend(best.as_sse4_2().map(Level::Sse4_2));
        levels.extend(best.as_avx2().map(Level::Avx2));
        levels.extend(best.as_avx512().map(Level::Avx512));
    }
    levels
}

#[inline(always)]
fn at_each_width<F: Function, S: Simd>(simd: S, arguments: &[f32]) -> [Vec<u32>; 3] {
    [
        run::<F, f32x4<S>>(simd, arguments),
        run::<F, f32x8<S>>(simd, arguments),
        run::<F, f32x16<S>>(simd, arguments),
    ]
}

/// The bits of the function's values, computed `V::WIDTH` at a time.
#[inline(always)]
fn run<F: Function, V: Vector>(token: V::Token, arguments: &[f32]) -> Vec<u32> {
    let mut bits = Vec::new();
    for chunk in arguments.chunks(V::WIDTH) {
        let mut lanes = [0.0; 16];
        lanes[..chunk.len()].copy_from_slice(chunk);
        let mut answer = [0; 16];
        F::of(Lanes::<V>::load(token, &lanes[..V::WIDTH])).to_bits().store(&mut answer[..V::WIDTH]);
        bits.extend_from_slice(&answer[..chunk.len()]);
    }
    bits
}
