use super::*;
use std::f64::consts::TAU;

/// The knobs of the equaliser's bands, beyond which nobody gets.
const QS: [f64; 7] = [0.1, 0.3, 0.707, 1.0, 3.0, 8.0, 20.0];
const GAINS_DB: [f64; 6] = [-24.0, -11.0, -3.0, 3.0, 11.0, 24.0];
const FREQUENCIES: [f64; 12] =
    [20.0, 55.0, 300.0, 1_000.0, 3_000.0, 6_000.0, 9_000.0, 12_000.0, 14_500.0, 16_000.0, 18_000.0, 20_000.0];
const RATES: [f64; 3] = [44_100.0, 48_000.0, 96_000.0];

/// What is asked up to 12 kHz, and up to 18 kHz, in dB.
const CLOSE: f64 = 0.5;
const NEAR: f64 = 1.5;
/// What is taken away further than this is lost in the rounding of single precision, in dB.
const LOST: f64 = -90.0;

#[derive(Clone, Copy)]
struct Complex(f64, f64);

impl Complex {
    fn times(self, other: Self) -> Self {
        Self(self.0 * other.0 - self.1 * other.1, self.0 * other.1 + self.1 * other.0)
    }

    fn over(self, other: Self) -> Self {
        let square = other.0 * other.0 + other.1 * other.1;
        let inverse = Self(other.0 / square, -other.1 / square);
        self.times(inverse)
    }

    fn decibels(self) -> f64 {
        10.0 * (self.0 * self.0 + self.1 * self.1).log10()
    }
}

/// What a linear kernel with two states does with a state and an input: the rows of its matrix, read off by
/// trying.
fn matrix(step: impl Fn(&mut [Lanes<f32>; 2], Lanes<f32>) -> Lanes<f32>) -> [[f64; 3]; 3] {
    let column = |which: usize| {
        let one = |at: usize| Lanes(f32::from(u8::from(at == which)));
        let mut state = [one(0), one(1)];
        let output = step(&mut state, one(2));
        [state[0], state[1], output].map(|x| f64::from(x.0))
    };
    let columns = [0, 1, 2].map(column);
    [0, 1, 2].map(|row| columns.map(|column| column[row]))
}

/// The gain in dB at a fraction of the sample rate.
fn gain_db([first, second, output]: &[[f64; 3]; 3], fraction: f64) -> f64 {
    let z = Complex((TAU * fraction).cos(), (TAU * fraction).sin());
    // (z - A) s = b, by Cramer's rule.
    let (a, d) = (Complex(z.0 - first[0], z.1), Complex(z.0 - second[1], z.1));
    let product = a.times(d);
    let determinant = Complex(product.0 - first[1] * second[0], product.1);
    let [p, q] = [first[2], second[2]];
    let one = Complex(d.0 * p + first[1] * q, d.1 * p).over(determinant);
    let other = Complex(a.0 * q + second[0] * p, a.1 * q).over(determinant);
    let sum =
        Complex(output[0] * one.0 + output[1] * other.0 + output[2], output[0] * one.1 + output[1] * other.1);
    sum.decibels()
}

/// The worst error of a filter, in parts of what is asked, where it is, and what it is in dB.
fn worst(found: impl Fn(f64) -> f64, wanted: impl Fn(f64) -> f64, rate: f64) -> (f64, f64, f64) {
    let places = (0..240).map(|i| 20.0 * 900f64.powf(f64::from(i) / 239.0));
    let errors = places.map(|hertz| {
        let error = (found(hertz / rate).max(LOST) - wanted(hertz).max(LOST)).abs();
        (error / if hertz <= 12_000.0 { CLOSE } else { NEAR }, hertz, error)
    });
    errors.fold((0.0, 0.0, 0.0), |worst, error| if error.0 < worst.0 { worst } else { error })
}

/// The squared magnitude of a pair of poles or zeros at 1 with a damping.
fn pair(ratio: f64, damping: f64) -> f64 {
    (1.0 - ratio * ratio).powi(2) + (damping * ratio).powi(2)
}

fn analogue_bell(ratio: f64, q: f64, gain_db: f64) -> f64 {
    let root = 10f64.powf(gain_db / 40.0);
    10.0 * (pair(ratio, root / q) / pair(ratio, 1.0 / root / q)).log10()
}

/// A shelf below the corner: (s² + k r s + r²) / (s² + k s + 1), s in units of the corner over the root of r,
/// r² the gain.
fn analogue_low_shelf(ratio: f64, q: f64, gain_db: f64) -> f64 {
    let apart = 10f64.powf(gain_db / 80.0);
    gain_db + 10.0 * (pair(ratio / apart, 1.0 / q) / pair(ratio * apart, 1.0 / q)).log10()
}

/// Tries all knobs of a kind of filter; `of` gives filter and circuit for frequency over rate, Q and gain.
fn compare(
    name: &str,
    gains: &[f64],
    filter: impl Fn(Lanes<f32>, Lanes<f32>, Lanes<f32>) -> (Section<f32>, Tilt<f32>),
    circuit: impl Fn(f64, f64, f64) -> f64,
) {
    for rate in RATES {
        for hertz in FREQUENCIES {
            for q in QS {
                for &gain in gains {
                    let octaves = Lanes((gain / 6.020_599_913) as f32);
                    let (section, tilt) = filter(Lanes((hertz / rate) as f32), Lanes(q as f32), octaves);
                    let main = matrix(|state, input| section.step(state, input));
                    let rest = matrix(|state, input| tilt.step(&mut state[0], input));
                    let (share, at, error) = worst(
                        |fraction| gain_db(&main, fraction) + gain_db(&rest, fraction),
                        |place| circuit(place / hertz, q, gain),
                        rate,
                    );
                    assert!(
                        share < 1.0,
                        "{name} at {hertz} Hz, Q {q}, {gain} dB, rate {rate}: off by {error} dB at {at} Hz"
                    );
                }
            }
        }
    }
}

#[test]
fn bells_are_those_of_circuits() {
    let flat = Tilt::<f32>::none(());
    compare("bell", &GAINS_DB, |fraction, q, octaves| (bell(fraction, q, octaves), flat), analogue_bell);
}

#[test]
fn shelves_are_those_of_circuits() {
    compare("low shelf", &GAINS_DB, low_shelf, analogue_low_shelf);
    let analogue_high_shelf = |ratio, q, gain| analogue_low_shelf(1.0 / ratio, q, gain);
    compare("high shelf", &GAINS_DB, high_shelf, analogue_high_shelf);
}

#[test]
fn cuts_are_those_of_circuits() {
    compare(
        "high cut",
        &[0.0],
        |fraction, q, _| low_pass(fraction, q),
        |ratio, q, _| -10.0 * pair(ratio, 1.0 / q).log10(),
    );
    compare(
        "low cut",
        &[0.0],
        |fraction, q, _| high_pass(fraction, q),
        |ratio, q, _| 40.0 * ratio.log10() - 10.0 * pair(ratio, 1.0 / q).log10(),
    );
}

#[test]
fn without_gain_nothing_changes() {
    for fraction in [0.001f32, 0.1, 0.45] {
        let section = bell(Lanes(fraction), Lanes(1.0), Lanes(0.0));
        let mut state = [Lanes(0.0f32); 2];
        for x in [1.0, -0.3, 0.7, 0.0] {
            assert!((section.step(&mut state, Lanes(x)).0 - x).abs() < 1e-6);
        }
    }
}

#[test]
fn any_knob_makes_a_stable_filter() {
    for hertz in [0.0f32, 1e-9, 0.3, 0.49, 0.7, 3.0, f32::INFINITY, f32::NAN] {
        for q in [0.015_625f32, 1.0, 64.0] {
            for octaves in [-8.0f32, 0.0, 8.0] {
                let (hertz, q, octaves) = (Lanes(hertz), Lanes(q), Lanes(octaves));
                let shelves = [low_shelf(hertz, q, octaves), high_shelf(hertz, q, octaves)];
                let cuts = [low_pass(hertz, q), high_pass(hertz, q)];
                let flat = Tilt::<f32>::none(());
                for (section, tilt) in
                    shelves.into_iter().chain(cuts).chain([(bell(hertz, q, octaves), flat)])
                {
                    let (mut state, mut held, mut last) = ([Lanes(0.0f32); 2], Lanes(0.0), 0.0);
                    for frame in 0..4_000 {
                        let input = Lanes(if frame == 0 { 1.0 } else { 0.0 });
                        last = tilt.step(&mut held, section.step(&mut state, input)).0;
                    }
                    assert!(last.abs() < 10.0, "{hertz:?} {q:?} {octaves:?}: {last}");
                }
            }
        }
    }
}
