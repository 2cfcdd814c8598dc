//! The tables that come with the node, by their harmonics.

use jackfield_node::choices;
use jackfield_node::dsp::fourier::Complex;
use jackfield_node::dsp::precise::{exp, ln, sin};
use jackfield_node::dsp::wavetable::{Harmonics, MOST_HARMONICS};
use std::f64::consts::PI;

choices! {
    /// Which table sounds as long as no file is chosen.
    pub(super) enum BuiltinTable {
        Shapes = "shapes",
        Voice = "voice",
        Organ = "organ",
        Pulse = "pulse",
        Bell = "bell",
    }
}

impl BuiltinTable {
    /// The table in this place of the setting.
    pub(super) fn cycles(self) -> Vec<Harmonics> {
        match self {
            Self::Shapes => shapes(),
            Self::Voice => voice(),
            Self::Organ => organ(),
            Self::Pulse => pulse(),
            Self::Bell => bell(),
        }
    }
}

/// A cycle of sines: the amplitude of each harmonic from the first.
fn sines(amplitude: impl Fn(f64) -> f64) -> Harmonics {
    let harmonic = |number: usize| Complex { re: 0.0, im: amplitude(number as f64) };
    (1..=MOST_HARMONICS).map(harmonic).collect()
}

fn is_odd(number: f64) -> bool {
    number % 2.0 == 1.0
}

/// Sine, triangle, saw, square, and a narrow pulse.
fn shapes() -> Vec<Harmonics> {
    let triangle = |k: f64| {
        let sign = if (k - 1.0) % 4.0 == 0.0 { 1.0 } else { -1.0 };
        if is_odd(k) { sign * 8.0 / (PI * PI * k * k) } else { 0.0 }
    };
    vec![
        sines(|k| if k == 1.0 { 1.0 } else { 0.0 }),
        sines(triangle),
        sines(|k| 2.0 / (PI * k)),
        sines(|k| if is_odd(k) { 4.0 / (PI * k) } else { 0.0 }),
        pulse_of_width(0.1),
    ]
}

/// A pulse that is up during a share of the cycle, without its offset.
fn pulse_of_width(width: f64) -> Harmonics {
    sines(|k| 4.0 / (PI * k) * sin(PI * k * width))
}

/// Pulses from a half to a fiftieth of the cycle.
fn pulse() -> Vec<Harmonics> {
    (0..16).map(|i| pulse_of_width(exp(ln(0.5) + f64::from(i) / 15.0 * ln(0.04)))).collect()
}

/// Frequency (in harmonics of a voice at 110 Hz), level and width of three formants, for the vowels u, o, a,
/// e and i of a low voice.
const VOWELS: [[[f64; 3]; 3]; 5] = [
    [[3.0, 1.0, 0.9], [6.0, 0.25, 1.2], [21.0, 0.04, 2.0]],
    [[4.2, 1.0, 1.0], [7.6, 0.5, 1.2], [22.0, 0.05, 2.0]],
    [[6.6, 1.0, 1.3], [10.2, 0.6, 1.5], [22.5, 0.1, 2.2]],
    [[4.4, 1.0, 1.0], [16.5, 0.35, 1.8], [22.5, 0.2, 2.0]],
    [[2.7, 1.0, 0.8], [20.5, 0.3, 1.8], [27.0, 0.18, 2.2]],
];

/// Vowels: a voice's soft saw through three formants.
fn voice() -> Vec<Harmonics> {
    let vowel = |formants: &[[f64; 3]; 3]| {
        sines(|k| {
            let resonance = |[center, level, width]: &[f64; 3]| {
                let off = (k - center) / width;
                level / (1.0 + off * off)
            };
            formants.iter().map(resonance).sum::<f64>() * 1.6 / k.sqrt()
        })
    };
    let cycles: Vec<Harmonics> = VOWELS.iter().map(vowel).collect();
    cycles.into_iter().map(scaled).collect()
}

/// Drawbars pulled one after the other, in harmonics.
fn organ() -> Vec<Harmonics> {
    const DRAWBARS: [f64; 8] = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.0];
    let pulled = |count: usize| sines(|k| if DRAWBARS[..count].contains(&k) { 1.0 } else { 0.0 });
    (1..=DRAWBARS.len()).map(|count| scaled(pulled(count))).collect()
}

/// From a strike with many high harmonics to what rings on.
fn bell() -> Vec<Harmonics> {
    const PARTIALS: [(f64, f64); 9] = [
        (1.0, 1.0),
        (2.0, 0.7),
        (3.0, 0.35),
        (5.0, 0.55),
        (7.0, 0.4),
        (11.0, 0.35),
        (16.0, 0.3),
        (22.0, 0.25),
        (29.0, 0.2),
    ];
    let left = |age: f64| {
        let amplitude = move |k: f64| {
            let level = PARTIALS.iter().find(|(number, _)| *number == k).map_or(0.0, |(_, level)| *level);
            level * exp(-age * (k - 1.0))
        };
        scaled(sines(amplitude))
    };
    (0..12).map(|i| left(f64::from(i) * 0.06)).collect()
}

/// The same, as loud as a saw: RMS 0.58.
fn scaled(mut cycle: Harmonics) -> Harmonics {
    let power: f64 = cycle.iter().map(|harmonic| harmonic.im * harmonic.im / 2.0).sum();
    let factor = 0.577 / power.sqrt();
    for harmonic in &mut cycle {
        *harmonic = harmonic.times(factor);
    }
    cycle
}
