//! Phases that go on by themselves: what keeps a spectrum sounding after its sound is gone.
//!
//! From one window to the next each bin turns by an angle that its frequency decides. The angle is learnt
//! while there is sound, and goes on being added when there is none, so that a tone goes on at its own pitch.
//! All bins of a partial take its peak's angle, else they would drift apart.

use crate::parts::spectrum::peaks;
use jackfield_node::dsp::real_fourier::Spectrum;
use jackfield_node::dsp::{Bits, Lanes, noise};

/// A complex number below this is silence and has no phase.
const FAINT: f32 = 1e-18;

/// See the module's documentation.
pub(crate) struct PhaseTracker {
    /// The last window's spectrum.
    before: Spectrum,
    /// By what the partials of the sound have turned since then, bin by bin, of length 1.
    live_turns: Spectrum,
    /// By what each bin turns from window to window, of length 1.
    turns: Spectrum,
    /// Where each bin stands, of length 1.
    phases: Spectrum,
    counter: Bits<f32>,
    seed: u32,
}

impl PhaseTracker {
    /// For windows of `size` samples. Control thread.
    pub(crate) fn new(size: usize, seed: u32) -> Self {
        let mut drift = Self {
            before: Spectrum::new(size),
            live_turns: Spectrum::new(size),
            turns: Spectrum::new(size),
            phases: Spectrum::new(size),
            counter: Bits(seed),
            seed,
        };
        drift.reset();
        drift
    }

    /// Forgets the past.
    pub(crate) fn reset(&mut self) {
        self.before.clear();
        for unit in [&mut self.live_turns, &mut self.turns, &mut self.phases] {
            unit.re.fill(1.0);
            unit.im.fill(0.0);
        }
        self.counter = Bits(self.seed);
    }

    /// Looks at the sound of a window, whose bins have these magnitudes.
    pub(crate) fn observe(&mut self, live: &Spectrum, magnitudes: &[f32]) {
        peaks::for_each(magnitudes, |peak, bins| {
            let (re, im) = (live.re[peak], live.im[peak]);
            let (old_re, old_im) = (self.before.re[peak], self.before.im[peak]);
            let turn = unit(re * old_re + im * old_im, im * old_re - re * old_im);
            let (re, im) = turn.unwrap_or((1.0, 0.0));
            self.live_turns.re[bins.clone()].fill(re);
            self.live_turns.im[bins].fill(im);
        });
        self.before.re.copy_from_slice(&live.re);
        self.before.im.copy_from_slice(&live.im);
    }

    /// Takes over phase and turning of a bin from the sound last looked at.
    #[inline]
    pub(crate) fn learn(&mut self, bin: usize) {
        (self.turns.re[bin], self.turns.im[bin]) = (self.live_turns.re[bin], self.live_turns.im[bin]);
        if let Some((re, im)) = unit(self.before.re[bin], self.before.im[bin]) {
            (self.phases.re[bin], self.phases.im[bin]) = (re, im);
        }
    }

    /// Turns a bin on by a window, and by up to half a turn at random times `shimmer`.
    #[inline]
    pub(crate) fn go_on(&mut self, bin: usize, shimmer: f32) {
        let (re, im) = (self.phases.re[bin], self.phases.im[bin]);
        let (turn_re, turn_im) = (self.turns.re[bin], self.turns.im[bin]);
        let (mut re, mut im) = (re * turn_re - im * turn_im, re * turn_im + im * turn_re);
        let random = noise::white(&mut self.counter) * (0.5 * shimmer);
        if shimmer > 0.0 {
            let (cosine, sine) = (random.cos_turns().0, random.sin_turns().0);
            (re, im) = (re * cosine - im * sine, re * sine + im * cosine);
        }
        // Stays of length 1: one step of Newton's method.
        let keep = 1.5 - 0.5 * (re * re + im * im);
        (self.phases.re[bin], self.phases.im[bin]) = (re * keep, im * keep);
    }

    /// A bin of this magnitude.
    #[inline]
    pub(crate) fn bin(&self, bin: usize, magnitude: f32) -> (f32, f32) {
        (self.phases.re[bin] * magnitude, self.phases.im[bin] * magnitude)
    }
}

/// The length of a complex number.
#[inline]
pub(crate) fn magnitude(re: f32, im: f32) -> f32 {
    Lanes(re * re + im * im).sqrt().0
}

/// The number scaled to length 1; none for silence.
#[inline]
fn unit(re: f32, im: f32) -> Option<(f32, f32)> {
    let square = re * re + im * im;
    let scale = 1.0 / Lanes(square).sqrt().0;
    (square > FAINT && square < f32::MAX).then_some((re * scale, im * scale))
}
