//! Noise in seven colours.
//!
//! Generator and filters are in [`jackfield_node::dsp::noise`] and [`jackfield_node::dsp::color`].

use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::color::{self, Grey, Velvet};
use jackfield_node::dsp::gain::fader;
use jackfield_node::dsp::noise::{self, Pink};
use jackfield_node::prelude::*;

choices! {
    /// Which frequencies are loud.
    enum NoiseColor {
        White = "white",
        Pink = "pink",
        Brown = "brown",
        Blue = "blue",
        Violet = "violet",
        Grey = "grey",
        Velvet = "velvet",
    }
}

const LEVEL: Input = Input::knob(0, "level", Knob::decibels(-60.0, 12.0, 0.0), "Loudness.");
const DENSITY: Input = Input::knob(
    1,
    "density",
    Knob::hertz(20.0, 10_000.0, 2_000.0),
    "Pulses per second of velvet noise; the other colors have none.",
);

const COLOR: Setting = NoiseColor::setting(0, "color", NoiseColor::White, "Which frequencies are loud.");

const OUT: Output = Output::audio(0, "out", "The noise.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Noise>("source.noise", "Noise", Category::Source)
    .summary("Noise: white, pink, brown, blue, violet, grey or velvet.")
    .help(
        "All frequencies at once. White noise has the same power in every hertz and hisses: wind, hi-hats, \
         snares. Pink falls by 3 dB per octave and is even across the octaves: surf, rain, a test signal. \
         Brown falls by 6: thunder, and a slow random walk as a control. Blue and violet rise by 3 and 6: \
         air on top of a sound. Grey is equally loud to the ear at every pitch. Velvet is made of sparse \
         pulses: smoother than white when dense, rain on a tent or a Geiger counter when not. Each voice has \
         a noise of its own, and a patch makes the same noise each time it is rendered. Try: white noise \
         into a resonant filter whose cutoff follows the keyboard, and play the wind.",
    )
    .tags(&["white", "pink", "brown", "red", "blue", "violet", "grey", "velvet", "hiss", "random", "wind"])
    .inputs(&[LEVEL, DENSITY])
    .outputs(&[OUT])
    .settings(&[COLOR])
    .random()
    .checked();

impl Configure for NoiseColor {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(COLOR)
    }
}

lane_state! {
    struct State<V> {
        counter: Bits<V>,
        pink: Pink<V>,
        /// Of the filter behind white or pink noise.
        slope: [Lanes<V>; 3],
        /// Of velvet noise: where it is in its cell, and where in the cell its pulse stands.
        cell: [Lanes<V>; 2],
    }
}

struct Noise;

impl LaneNode for Noise {
    type State<V: Vector> = State<V>;
    type Config = NoiseColor;

    fn start(seed: u32) -> State<f32> {
        let none = Lanes(0.0);
        State { counter: noise::hash(Bits(seed)), pink: [none; 8], slope: [none; 3], cell: [none; 2] }
    }

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, color: &NoiseColor, io: &mut Io<'_, V>) {
        let State { counter, pink, slope, .. } = state;
        let rate = io.sample_rate();
        match color {
            NoiseColor::White => run(io, || noise::white(counter)),
            NoiseColor::Pink => run(io, || noise::pink(pink, noise::white(counter))),
            NoiseColor::Brown => run(io, || color::brown(slope, noise::white(counter), rate)),
            NoiseColor::Blue => run(io, || color::blue(slope, noise::pink(pink, noise::white(counter)))),
            NoiseColor::Violet => run(io, || color::violet(slope, noise::white(counter))),
            NoiseColor::Grey => {
                let grey = Grey::new(io.token(), rate);
                run(io, || grey.step(slope, noise::white(counter)));
            }
            NoiseColor::Velvet => velvet(state, io),
        }
    }
}

#[inline(always)]
fn run<V: Vector>(io: &mut Io<'_, V>, mut next: impl FnMut() -> Lanes<V>) {
    let mut level = io.derive(
        [LEVEL],
        #[inline(always)]
        |[octaves]| fader(octaves),
    );
    let mut out = io.output(OUT);
    for frame in io.frames() {
        out.set(frame, next() * level.at(frame));
    }
}

#[inline(always)]
fn velvet<V: Vector>(state: &mut State<V>, io: &mut Io<'_, V>) {
    let base = C4_HERTZ / io.sample_rate();
    let mut values = io.derive(
        [LEVEL, DENSITY],
        #[inline(always)]
        |[level, density]| [fader(level), (density.exp2() * base).min(0.5)],
    );
    let mut out = io.output(OUT);
    let mut velvet = Velvet { place: state.cell[0], target: state.cell[1] };
    for frame in io.frames() {
        let [level, advance] = values.at(frame);
        out.set(frame, velvet.step(&mut state.counter, advance) * level);
    }
    state.cell = [velvet.place, velvet.target];
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::Choices;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::{Spectrum, correlation, rms_db};

    fn harness(color: NoiseColor) -> LaneHarness {
        (LaneHarness::of(&SPEC).setting(COLOR, color)).width(16).start().unwrap()
    }

    /// The level of each third of an octave around `frequencies`, in dB per hertz.
    fn levels(color: NoiseColor, frequencies: &[f64]) -> Vec<f64> {
        let mut harness = harness(color);
        harness.run(48_000);
        // Sixteen noises, each in ten pieces of 1.4 s.
        let runs: Vec<_> = (0..10).map(|_| harness.run(1 << 16)).collect();
        let spectra: Vec<Spectrum> = (runs.iter())
            .flat_map(|run| (0..16).map(|lane| Spectrum::of(run.lane(OUT, lane), 48_000.0)))
            .collect();
        let edge = 2f64.powf(1.0 / 6.0);
        let band = |center: f64| {
            let (low, high) = (center / edge, center * edge);
            let sum: f64 = spectra.iter().map(|spectrum| spectrum.between(low, high)).sum();
            // As wide as the bins that were summed.
            let bins = (high / spectra[0].bin).round() - (low / spectra[0].bin).round();
            10.0 * (sum / bins).log10()
        };
        frequencies.iter().copied().map(band).collect()
    }

    /// The slope of the line that fits best, in dB per octave.
    fn slope(frequencies: &[f64], levels: &[f64]) -> f64 {
        let count = frequencies.len() as f64;
        let octaves: Vec<f64> = frequencies.iter().map(|hertz| hertz.log2()).collect();
        let (x, y) = (octaves.iter().sum::<f64>() / count, levels.iter().sum::<f64>() / count);
        let product: f64 = octaves.iter().zip(levels).map(|(a, b)| (a - x) * (b - y)).sum();
        product / octaves.iter().map(|a| (a - x) * (a - x)).sum::<f64>()
    }

    #[test]
    fn colors_have_their_slopes() {
        let frequencies: Vec<f64> = (-12..=12).map(|i| 1000.0 * 2f64.powf(f64::from(i) / 3.0)).collect();
        for (color, expected) in [
            (NoiseColor::White, 0.0),
            (NoiseColor::Pink, -3.0103),
            (NoiseColor::Brown, -6.0206),
            (NoiseColor::Blue, 3.0103),
            (NoiseColor::Violet, 6.0206),
        ] {
            let levels = levels(color, &frequencies);
            let found = slope(&frequencies, &levels);
            assert!((found - expected).abs() < 0.02, "{color}: {found} dB per octave");
            let middle = levels[12];
            for (hertz, level) in frequencies.iter().zip(&levels) {
                let off = level - middle - expected * (hertz / 1000.0).log2();
                assert!(off.abs() < 0.4, "{color} at {hertz} Hz: {off} dB");
            }
        }
    }

    /// A-weighting, IEC 61672-1, in dB.
    fn a_weighting(hertz: f64) -> f64 {
        let square = hertz * hertz;
        let middle = ((square + 107.7 * 107.7) * (square + 737.9 * 737.9)).sqrt();
        let edge = 12_194.0 * 12_194.0;
        20.0 * (edge * square * square / ((square + 20.6 * 20.6) * middle * (square + edge))).log10() + 2.0
    }

    #[test]
    fn grey_noise_is_even_to_the_ear() {
        let frequencies: Vec<f64> = (-12..=12).map(|i| 1000.0 * 2f64.powf(f64::from(i) / 3.0)).collect();
        let levels = levels(NoiseColor::Grey, &frequencies);
        for (hertz, level) in frequencies.iter().zip(&levels) {
            let off = level + a_weighting(*hertz) - levels[12];
            assert!(off.abs() < 3.0, "{off} dB at {hertz} Hz");
        }
    }

    #[test]
    fn velvet_has_one_pulse_to_a_cell() {
        for density in [100.0, 2_000.0, 10_000.0] {
            let run = harness(NoiseColor::Velvet).turn(DENSITY, density).run(480_000);
            let out = run.output(OUT);
            assert!(out.iter().all(|x| [-1.0, 0.0, 1.0].contains(x)));
            let pulses = out.iter().filter(|x| **x != 0.0).count() as f32 / 10.0;
            assert!((pulses / density - 1.0).abs() < 0.01, "{pulses} instead of {density}");
            let up = out.iter().filter(|x| **x > 0.0).count() as f32 / 10.0;
            assert!((up / pulses - 0.5).abs() < 0.05, "{up} of {pulses} are up");
        }
    }

    #[test]
    fn noise_does_not_repeat() {
        for &color in NoiseColor::ALL {
            let run = harness(color).run(1 << 17);
            let (first, second) = run.output(OUT).split_at(1 << 16);
            assert_ne!(first, second, "{color}");
            // Random walks are never unlike each other by much.
            let likeness = correlation(first, second).abs();
            assert!(
                likeness < if matches!(color, NoiseColor::Brown | NoiseColor::Grey) { 0.5 } else { 0.03 },
                "{color}: {likeness}"
            );
        }
    }

    #[test]
    fn voices_have_noises_of_their_own() {
        let run = harness(NoiseColor::White).run(48_000);
        assert!(correlation(run.lane(OUT, 0), run.lane(OUT, 1)).abs() < 0.02);
        assert_eq!(
            run.lane(OUT, 0),
            harness(NoiseColor::White).run(48_000).lane(OUT, 0),
            "and the same ones each time"
        );
    }

    #[test]
    fn colors_are_about_equally_loud_and_stay_below_full_scale() {
        for &color in NoiseColor::ALL {
            let run = harness(color).run(480_000);
            let peak = run.output(OUT).iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
            assert!((0.45..1.3).contains(&peak), "{color}: peak {peak}");
            let rms = rms_db(run.output(OUT));
            assert!((-20.0..-4.0).contains(&rms), "{color}: {rms} dB");
        }
    }
}
