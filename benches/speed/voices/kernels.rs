//! The parts of a voice, straight on the kernels of `dsp`: what the hand-written loop and the nodes of
//! dasp_graph are made of.

use super::{ATTACK, CUTOFF, GATES, LEVEL, RELEASE, RESONANCE, SUSTAIN, SWEEP, decay, frequency, lfo_rate};
use crate::contender::RATE;
use jackfield_dsp::blep::{Pending, Residuals};
use jackfield_dsp::envelope::{Envelope, Shares};
use jackfield_dsp::oscillator::{Motion, Sync};
use jackfield_dsp::svf::{Svf, SvfCoefficients};
use jackfield_dsp::wave::Wave;
use jackfield_dsp::{Bits, Lanes, Mask, Vector, at_rest};

const TURN: f64 = 4_294_967_296.0;

/// How far a phase goes in a frame.
fn step(hertz: f32) -> u32 {
    (f64::from(hertz) / f64::from(RATE) * TURN) as u32
}

/// `value(voice)` for the voices from `first` on, in lanes.
fn bits<V: Vector>(token: V::Token, first: usize, value: impl Fn(usize) -> u32) -> Bits<V> {
    let values: [u32; 16] = std::array::from_fn(|lane| value(first + lane));
    Bits::load(token, &values[..V::WIDTH])
}

/// The band-limited saw.
pub(crate) struct Saw<V: Vector> {
    phase: Bits<V>,
    step: Bits<V>,
    pending: Pending<V>,
    residuals: &'static Residuals,
}

impl<V: Vector> Saw<V> {
    pub(crate) fn new(token: V::Token, first: usize) -> Self {
        Self {
            phase: Bits::splat(token, 0),
            step: bits(token, first, |voice| step(frequency(voice))),
            pending: Pending::load(token, |_| Lanes::splat(token, 0.0)),
            residuals: Residuals::get(),
        }
    }

    #[inline(always)]
    pub(crate) fn next(&mut self) -> Lanes<V> {
        let none = self.phase.same(0);
        let nothing = Lanes::splat(self.phase.token(), 0.0);
        let mut motion = Motion {
            before: self.phase,
            now: self.phase + self.step,
            growth: nothing,
            width_before: none,
            width: none,
            offset: none,
            step: self.step,
        };
        let corners = motion.passes_corner(Wave::Saw);
        if corners.any() {
            let rises = Mask::from_bitmask(self.phase.token(), 0);
            let sync = Sync { before: nothing, now: nothing, rises };
            motion.correct(Wave::Saw, self.residuals, &mut self.pending, corners, &sync);
        }
        self.phase = motion.now;
        motion.value(Wave::Saw, self.residuals, self.step) + self.pending.advance()
    }
}

/// The LFO.
pub(crate) struct Lfo<V: Vector> {
    phase: Bits<V>,
    step: Bits<V>,
}

impl<V: Vector> Lfo<V> {
    pub(crate) fn new(token: V::Token, first: usize) -> Self {
        Self { phase: Bits::splat(token, 0), step: bits(token, first, |voice| step(lfo_rate(voice))) }
    }

    #[inline(always)]
    pub(crate) fn next(&mut self) -> Lanes<V> {
        let value = self.phase.sin_turns();
        self.phase = self.phase + self.step;
        value
    }
}

/// The gate all voices share: open during the first half of each of its cycles.
pub(crate) struct Clock {
    phase: u32,
    step: u32,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { phase: 0, step: step(GATES) }
    }

    #[inline(always)]
    pub(crate) fn next(&mut self) -> f32 {
        let value = if self.phase < 1 << 31 { 1.0 } else { 0.0 };
        self.phase = self.phase.wrapping_add(self.step);
        value
    }
}

/// The filter with its cutoff.
pub(crate) struct Filter<V: Vector> {
    svf: Svf<V>,
}

impl<V: Vector> Filter<V> {
    pub(crate) fn new(token: V::Token) -> Self {
        Self { svf: at_rest(token) }
    }

    /// `lfo` moves the cutoff.
    #[inline(always)]
    pub(crate) fn next(&mut self, input: Lanes<V>, lfo: Lanes<V>) -> Lanes<V> {
        let fraction = (lfo * SWEEP).exp2() * (CUTOFF / RATE);
        let coefficients = SvfCoefficients::new(fraction, input.same(RESONANCE));
        self.svf.step(input, &coefficients).low
    }
}

/// The envelope.
pub(crate) struct Contour<V: Vector> {
    envelope: Envelope<V>,
    shares: Shares<V>,
}

impl<V: Vector> Contour<V> {
    pub(crate) fn new(token: V::Token, first: usize) -> Self {
        let octaves = |seconds: f32| Lanes::<V>::splat(token, seconds.log2());
        let decays: [f32; 16] = std::array::from_fn(|lane| decay(first + lane).log2());
        let decays = Lanes::load(token, &decays[..V::WIDTH]);
        let shares = Shares::of([octaves(ATTACK), decays, octaves(RELEASE)], RATE);
        Self { envelope: Envelope::load([Lanes::splat(token, 0.0); 6]), shares }
    }

    #[inline(always)]
    pub(crate) fn next(&mut self, gate: Lanes<V>) -> Lanes<V> {
        let never = Mask::from_bitmask(gate.token(), 0);
        self.envelope.step(gate, never, gate.same(SUSTAIN), &self.shares)
    }
}

/// The amplifier.
#[inline(always)]
pub(crate) fn amplify<V: Vector>(input: Lanes<V>, contour: Lanes<V>) -> Lanes<V> {
    input * contour * LEVEL
}
