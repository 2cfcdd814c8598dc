//! Noise: white and pink.
//!
//! The generator and the filter are in [`jackfield_node::dsp::noise`].

use jackfield_node::dsp::noise::{self, Pink};
use jackfield_node::prelude::*;

const LEVEL: Input = Input::knob(0, "level", Knob::decibels(-60.0, 12.0, 0.0), "Loudness.");

const COLOR: Setting = Setting::choice(
    0,
    "color",
    &["white", "pink"],
    0,
    "White has the same power in every hertz, pink in every octave.",
);

const OUT: Output = Output::audio(0, "out", "The noise.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Noise>("source.noise", "Noise", Category::Source)
    .summary("White or pink noise.")
    .help(
        "All frequencies at once. White noise hisses: wind, hi-hats, snares. Pink noise falls by 3 dB per \
         octave and sounds even to the ear: surf, rain, a test signal. Each voice has a noise of its own, and \
         a patch makes the same noise each time it is rendered. Try: white noise into a resonant filter whose \
         cutoff follows the keyboard, and play the wind.",
    )
    .tags(&["white", "pink", "hiss", "random", "wind", "snare"])
    .inputs(&[LEVEL])
    .outputs(&[OUT])
    .settings(&[COLOR])
    .checked();

#[derive(Clone, Copy)]
enum Color {
    White,
    Pink,
}

impl Configure for Color {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok(if settings.choice(COLOR)? == 0 { Self::White } else { Self::Pink })
    }
}

lane_state! { struct State<V> { counter: Bits<V>, pink: Pink<V> } }

struct Noise;

impl LaneNode for Noise {
    type State<V: Vector> = State<V>;
    type Config = Color;

    fn start(seed: u32) -> State<f32> {
        State { counter: noise::hash(Bits(seed)), pink: [Lanes(0.0); 8] }
    }

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, color: &Color, io: &mut Io<'_, V>) {
        match color {
            Color::White => run(io, || noise::white(&mut state.counter)),
            Color::Pink => run(io, || noise::pink(&mut state.pink, noise::white(&mut state.counter))),
        }
    }
}

#[inline(always)]
fn run<V: Vector>(io: &mut Io<'_, V>, mut next: impl FnMut() -> Lanes<V>) {
    let mut level = io.derive([LEVEL], |[octaves]| jackfield_node::dsp::gain::fader(octaves));
    let mut out = io.output(OUT);
    for frame in io.frames() {
        out.set(frame, next() * level.at(frame));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::SettingValue;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::{Spectrum, correlation};

    fn harness(color: usize) -> LaneHarness {
        (LaneHarness::of(&SPEC).setting(COLOR, SettingValue::Choice(color))).width(4).start().unwrap()
    }

    #[test]
    fn colors_have_their_slopes() {
        for (color, slope) in [(0, 0.0), (1, -3.0103)] {
            let mut harness = harness(color);
            // Twelve pieces of 2.7 s, each seen through a window.
            let spectra: Vec<Spectrum> =
                (0..12).map(|_| Spectrum::of(harness.run(1 << 17).output(OUT), 48_000.0)).collect();
            let level = |hertz: f64| {
                let band = |spectrum: &Spectrum| spectrum.between(hertz * 0.8, hertz * 1.25) / hertz;
                10.0 * spectra.iter().map(band).sum::<f64>().log10()
            };
            let (low, high) = (level(160.0), level(10_240.0));
            assert!(
                ((high - low) / 6.0 - slope).abs() < 0.1,
                "{color}: {} dB per octave",
                (high - low) / 6.0
            );
        }
    }

    #[test]
    fn voices_have_noises_of_their_own() {
        let run = harness(0).run(48_000);
        assert!(correlation(run.lane(OUT, 0), run.lane(OUT, 1)).abs() < 0.02);
        assert_eq!(run.lane(OUT, 0), harness(0).run(48_000).lane(OUT, 0), "and the same ones each time");
    }

    #[test]
    fn is_not_too_loud() {
        for color in 0..2 {
            let run = harness(color).run(480_000);
            let peak = run.output(OUT).iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
            assert!((0.6..1.2).contains(&peak), "{color}: {peak}");
        }
    }
}
