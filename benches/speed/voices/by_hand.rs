//! The limit: one loop written for exactly this patch, no graph at all.

use super::VOICES;
use super::kernels::{Clock, Contour, Filter, Lfo, Saw, amplify};
use crate::contender::{BLOCK, Player};
use fearless_simd::{Level, Simd, dispatch, f32x16};
use jackfield_dsp::{Lanes, Vector};

/// As many voices as a vector has lanes.
struct Voices<V: Vector> {
    saw: Saw<V>,
    lfo: Lfo<V>,
    filter: Filter<V>,
    contour: Contour<V>,
}

impl<V: Vector> Voices<V> {
    #[inline(always)]
    fn all(token: V::Token) -> Vec<Self> {
        let voices = |first| Self {
            saw: Saw::new(token, first),
            lfo: Lfo::new(token, first),
            filter: Filter::new(token),
            contour: Contour::new(token, first),
        };
        (0..VOICES).step_by(V::WIDTH).map(voices).collect()
    }

    #[inline(always)]
    fn next(&mut self, gate: Lanes<V>) -> Lanes<V> {
        let lfo = self.lfo.next();
        let filtered = self.filter.next(self.saw.next(), lfo);
        amplify(filtered, self.contour.next(gate))
    }
}

/// Plays all voices block by block: the voices of one vector, then of the next.
#[inline(always)]
fn play<V: Vector>(token: V::Token, voices: &mut [Voices<V>], clock: &mut Clock, sound: &mut [f32]) {
    for block in sound.chunks_mut(BLOCK) {
        let gates: [f32; BLOCK] = std::array::from_fn(|_| clock.next());
        let mut sums = [Lanes::<V>::splat(token, 0.0); BLOCK];
        for voices in &mut *voices {
            for (sum, gate) in sums.iter_mut().zip(gates).take(block.len()) {
                *sum += voices.next(Lanes::splat(token, gate));
            }
        }
        for (sample, sum) in block.iter_mut().zip(sums) {
            let mut lanes = [0.0; 16];
            sum.store(&mut lanes[..V::WIDTH]);
            *sample = lanes.iter().sum();
        }
    }
}

struct ByHand<S: Simd> {
    simd: S,
    voices: Vec<Voices<f32x16<S>>>,
    clock: Clock,
}

impl<S: Simd> Player for ByHand<S> {
    fn play(&mut self, sound: &mut [f32]) {
        let Self { simd, voices, clock } = self;
        simd.vectorize(
            #[inline(always)]
            || play(*simd, voices, clock, sound),
        );
    }
}

/// Sixteen lanes on the best instruction set of the machine.
pub(crate) fn start_lanes() -> Box<dyn Player> {
    fn start<S: Simd>(simd: S) -> Box<dyn Player> {
        Box::new(ByHand { simd, voices: Voices::all(simd), clock: Clock::new() })
    }
    dispatch!(Level::new(), simd => start(simd))
}

struct Scalar {
    voices: Vec<Voices<f32>>,
    clock: Clock,
}

impl Player for Scalar {
    fn play(&mut self, sound: &mut [f32]) {
        play((), &mut self.voices, &mut self.clock, sound);
    }
}

/// One voice at a time.
pub(crate) fn start_scalar() -> Box<dyn Player> {
    Box::new(Scalar { voices: Voices::all(()), clock: Clock::new() })
}
