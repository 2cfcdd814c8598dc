//! Wavetables: single cycles in a row, read at any pitch without aliases and at any place between two of
//! them.
//!
//! Each cycle is kept many times over, with fewer and fewer harmonics, half an octave apart. The one read has
//! no harmonic so high that it would fold down below 20 kHz; what lies between 20 kHz and half the rate may
//! come and go, unheard. Between its points a cycle is read by a polynomial of degree five, and it has at
//! least eight points to the period of its highest harmonic.

use crate::fourier::{Complex, Fourier};
use crate::interpolation::{BEFORE, POINTS, weights};
use crate::precise::sin;
use std::f64::consts::{FRAC_PI_2, TAU};

/// The most harmonics of a cycle: up to 20 kHz at 20 Hz.
pub const MOST_HARMONICS: usize = 1_000;
/// The most cycles of a table.
pub const MOST_CYCLES: usize = 256;
/// The longest cycle that can be taken in, in samples.
pub const LONGEST_CYCLE: usize = 4_096;

/// Points to the period of the highest harmonic: where there are many harmonics the highest are weak, and
/// their cycles long.
const fn fineness(harmonics: usize) -> usize {
    if harmonics > 250 { 8 } else { 16 }
}

/// The fewest points of a cycle.
const FEWEST_POINTS: usize = 64;

/// The spectrum of a cycle: the amplitudes of its harmonics from the first, as cosines (real) and sines
/// (imaginary part).
pub type Harmonics = Vec<Complex>;

/// A row of cycles, ready to be read.
#[derive(Debug)]
pub struct Wavetable {
    cycles: usize,
    /// From the most harmonics to one.
    levels: Vec<Level>,
}

/// All cycles with the same number of harmonics.
#[derive(Debug)]
struct Level {
    /// Two to this power is the number of points of a cycle.
    bits: u32,
    /// Cycle after cycle, each continued at both ends as far as the interpolation reaches.
    samples: Vec<f32>,
}

impl Wavetable {
    /// Prepares a table of one to [`MOST_CYCLES`] cycles; those beyond are left out. Without any it is
    /// silent. Takes some milliseconds per cycle: control thread.
    pub fn new(cycles: &[Harmonics]) -> Self {
        let cycles = &cycles[..cycles.len().min(MOST_CYCLES)];
        let mut levels = Vec::new();
        loop {
            let harmonics = harmonics_of(levels.len());
            levels.push(Level::new(cycles, harmonics));
            if harmonics == 1 {
                return Self { cycles: cycles.len(), levels };
            }
        }
    }

    /// The level that may be read at a speed in turns per frame, when nothing may fold down below 20 kHz.
    #[inline]
    pub fn level(&self, speed: f32, sample_rate: f32) -> usize {
        // A harmonic at a share s of the rate, above its half, is heard at 1 - s.
        let highest = (1.0 - 20_000.0 / sample_rate).clamp(0.5, 0.75);
        let fits = |level: usize| harmonics_of(level) as f32 * speed <= highest;
        (0..self.levels.len()).find(|level| fits(*level)).unwrap_or(self.levels.len() - 1)
    }

    /// The value at a phase (2^32 is a turn), `position` (0..=1) of the way from the first cycle to the last.
    #[inline]
    #[expect(clippy::manual_clamp, reason = "`clamp` would let NaN through")]
    pub fn read(&self, level: usize, position: f32, phase: u32) -> f32 {
        let Some(level) = self.levels.get(level).filter(|_| self.cycles > 0) else { return 0.0 };
        let place = position.max(0.0).min(1.0) * (self.cycles - 1) as f32;
        let cycle = (place as usize).min(self.cycles.saturating_sub(2));
        let share = place - cycle as f32;
        let first = level.read(cycle, phase);
        if share == 0.0 { first } else { first + (level.read(cycle + 1, phase) - first) * share }
    }
}

/// How many harmonics a level has: 1000, 707, 500, 353 ... 1.
fn harmonics_of(level: usize) -> usize {
    let octaves = MOST_HARMONICS as f64 / (1_u64 << (level / 2)) as f64;
    let harmonics = if level.is_multiple_of(2) { octaves } else { octaves * std::f64::consts::FRAC_1_SQRT_2 };
    (harmonics as usize).max(1)
}

impl Level {
    fn new(cycles: &[Harmonics], harmonics: usize) -> Self {
        let points = (fineness(harmonics) * harmonics).next_power_of_two().max(FEWEST_POINTS);
        let fourier = Fourier::new(points);
        let mut samples = Vec::with_capacity(cycles.len() * (points + POINTS - 1));
        for cycle in cycles {
            let mut spectrum = vec![Complex::default(); points];
            // Only the real part of the result counts, so one half of the spectrum is enough. A sine is the
            // real part of -i e^ix.
            for (bin, harmonic) in spectrum[1..].iter_mut().zip(cycle.iter().take(harmonics)) {
                *bin = Complex { re: harmonic.re, im: -harmonic.im }.times(points as f64);
            }
            let wave = fourier.inverse(&spectrum);
            let around = (0..points + POINTS - 1).map(|i| (i + points - BEFORE) % points);
            samples.extend(around.map(|i| wave[i].re as f32));
        }
        Self { bits: points.trailing_zeros(), samples }
    }

    #[inline]
    fn read(&self, cycle: usize, phase: u32) -> f32 {
        let points = 1_usize << self.bits;
        let index = (phase >> (32 - self.bits)) as usize;
        // The 24 bits below the point are what an f32 holds.
        let between = ((phase << self.bits) >> 8) as f32 * (1.0 / 16_777_216.0);
        let start = cycle * (points + POINTS - 1) + index;
        let weights = weights(between);
        self.samples[start..start + POINTS].iter().zip(weights).map(|(sample, weight)| sample * weight).sum()
    }
}

/// The harmonics of one cycle of up to [`LONGEST_CYCLE`] samples, of which the rest is left out. A constant
/// offset is no harmonic.
pub fn harmonics(cycle: &[f32]) -> Harmonics {
    let cycle = &cycle[..cycle.len().min(LONGEST_CYCLE)];
    let length = cycle.len();
    let scale = 2.0 / length.max(1) as f64;
    if length.is_power_of_two() {
        let samples: Vec<Complex> =
            cycle.iter().map(|sample| Complex { re: f64::from(*sample), im: 0.0 }).collect();
        let bins = Fourier::new(length).forward(&samples);
        let heard = bins.into_iter().take(length.div_ceil(2)).skip(1);
        return heard.map(|bin| Complex { re: bin.re, im: -bin.im }.times(scale)).collect();
    }
    // Of any other length, by the sum that defines it.
    let sines: Vec<f64> = (0..length).map(|i| sin(TAU * i as f64 / length as f64)).collect();
    let cosines: Vec<f64> = (0..length).map(|i| sin(TAU * i as f64 / length as f64 + FRAC_PI_2)).collect();
    let harmonic = |number: usize| {
        let mut sum = Complex::default();
        for (i, sample) in cycle.iter().enumerate() {
            let turn = i * number % length;
            sum.re += f64::from(*sample) * cosines[turn];
            sum.im += f64::from(*sample) * sines[turn];
        }
        sum.times(scale)
    };
    (1..length.div_ceil(2)).take(MOST_HARMONICS).map(harmonic).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cycle with a few harmonics of known size.
    fn cycle(length: usize) -> Vec<f32> {
        let value = |i: usize| {
            let turn = TAU * i as f64 / length as f64;
            (0.3 + 0.5 * turn.sin() + 0.25 * (3.0 * turn).cos() - 0.1 * (20.0 * turn).sin()) as f32
        };
        (0..length).map(value).collect()
    }

    #[test]
    fn harmonics_are_those_of_the_cycle() {
        for length in [2_048, 600, 601, 64] {
            let harmonics = harmonics(&cycle(length));
            for (i, harmonic) in harmonics.iter().enumerate() {
                let (re, im) = match i + 1 {
                    1 => (0.0, 0.5),
                    3 => (0.25, 0.0),
                    20 => (0.0, -0.1),
                    _ => (0.0, 0.0),
                };
                let error = (harmonic.re - re).abs().max((harmonic.im - im).abs());
                assert!(error < 1e-7, "{length}: harmonic {} is {harmonic:?}", i + 1);
            }
        }
        assert!(harmonics(&[]).is_empty() && harmonics(&[1.0]).is_empty());
    }

    #[test]
    fn a_cycle_is_read_back_between_its_points_too() {
        let table = Wavetable::new(&[harmonics(&cycle(2_048))]);
        for step in 0..5_000_u32 {
            let phase = step.wrapping_mul(858_993_459);
            let turn = TAU * f64::from(phase) / 4_294_967_296.0;
            let expected = 0.5 * turn.sin() + 0.25 * (3.0 * turn).cos() - 0.1 * (20.0 * turn).sin();
            for level in 0..5 {
                let found = f64::from(table.read(level, 0.7, phase));
                assert!((found - expected).abs() < 1e-6, "{level} at {turn}: {found}, not {expected}");
            }
        }
    }

    #[test]
    fn position_goes_from_cycle_to_cycle() {
        let sine = |amplitude: f64| vec![Complex { re: 0.0, im: amplitude }];
        let table = Wavetable::new(&[sine(0.0), sine(1.0), sine(0.5)]);
        let crest = 1 << 30;
        for (position, expected) in
            [(0.0, 0.0), (0.25, 0.5), (0.5, 1.0), (0.75, 0.75), (1.0, 0.5), (7.0, 0.5), (-1.0, 0.0)]
        {
            assert!((table.read(0, position, crest) - expected).abs() < 1e-6, "{position}");
        }
        assert_eq!(table.read(0, f32::NAN, crest), 0.0);
        assert_eq!(Wavetable::new(&[]).read(0, 0.5, crest), 0.0);
    }

    #[test]
    fn a_level_has_all_that_is_heard_and_nothing_that_folds_onto_it() {
        let table = Wavetable::new(&[vec![Complex { re: 0.0, im: 1.0 }; MOST_HARMONICS]]);
        for hertz in [25.0, 110.0, 997.0, 4_186.0, 15_000.0] {
            let harmonics = harmonics_of(table.level(hertz / 48_000.0, 48_000.0)) as f32;
            assert!(harmonics * hertz <= 28_000.5, "{hertz} Hz: {harmonics}");
            assert!((harmonics + 1.0) * hertz > 19_700.0, "{hertz} Hz: {harmonics}");
        }
    }
}
