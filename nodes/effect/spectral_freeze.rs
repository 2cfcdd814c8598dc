//! Spectral freeze: holds a moment of sound for as long as you like.

use crate::parts::delay::line::DelayLine;
use crate::parts::spectrum::phase_tracker::{PhaseTracker, magnitude};
use crate::parts::spectrum::stft::{Stft, window_size};
use jackfield_node::dsp::real_fourier::Spectrum;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Sound to hold.");
const FREEZE: Input = Input::knob(
    1,
    "freeze",
    Knob::unit(0.0),
    "Above 50 % it holds what sounds at that moment. Takes a gate as well.",
);
const SHIMMER: Input = Input::knob(
    2,
    "shimmer",
    Knob::unit(0.1),
    "How much what is held moves. 0: still as a photograph. 100 %: like a choir.",
);
const MIX: Input =
    Input::knob(3, "mix", Knob::unit(1.0), "0: the sound alone. 100 %: what is held alone, while it is.");

const OUT: Output = Output::audio(0, "out", "What is held; the sound itself while nothing is.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::block::<Freeze>("effect.spectral_freeze", "Spectral freeze", Category::Effect)
        .summary("Holds a moment of sound for ever.")
        .help(
            "Takes the spectrum of the moment at which you freeze, and lets every partial in it go on at its \
             own frequency. A vowel becomes a drone, a piano chord an organ. Shimmer makes the partials' \
             phases wander, which turns the still picture into a living one. It is 43 ms late, and says so, \
             so that paths beside it wait. Try: a chord through it, and a slow gate into freeze; mix at 50 % \
             lets you play over what is held.",
        )
        .tags(&["hold", "sustain", "drone", "infinite", "pad", "fft", "ambient", "sustainer"])
        .inputs(&[IN, FREEZE, SHIMMER, MIX])
        .outputs(&[OUT])
        .random()
        .checked();

/// Length of a window in seconds, or a little less.
const WINDOW_SECONDS: f32 = 0.045;

/// Samples to a window.
struct FreezeConfig(usize);

impl Configure for FreezeConfig {
    fn configure(_: &Settings, setup: &Setup) -> Result<Self, ConfigError> {
        Ok(Self(window_size(WINDOW_SECONDS, setup.sample_rate)))
    }
}

struct Freeze {
    stft: Stft,
    held: Held,
    /// Mix 0 is the sound itself, as late as the rest.
    dry: DelayLine,
}

/// The moment that is held.
struct Held {
    magnitudes: Vec<f32>,
    drift: PhaseTracker,
    is_frozen: bool,
}

impl BlockNode for Freeze {
    type Config = FreezeConfig;

    fn new(&FreezeConfig(size): &FreezeConfig, _: &Setup, seed: u32) -> Self {
        let held = Held {
            magnitudes: vec![0.0; size / 2 + 1],
            drift: PhaseTracker::new(size, seed),
            is_frozen: false,
        };
        Self { stft: Stft::new(size), held, dry: DelayLine::new(size) }
    }

    fn latency(&FreezeConfig(size): &FreezeConfig) -> usize {
        size
    }

    fn process(&mut self, &FreezeConfig(size): &FreezeConfig, io: &mut BlockIo<'_>) {
        let (input, freeze, shimmer, mix) =
            (io.input(IN), io.input(FREEZE), io.input(SHIMMER), io.input(MIX));
        let out = io.output(OUT);
        out.copy_from_slice(input);
        let Self { stft, held, dry } = self;
        stft.process(out, |spectrum, frame| {
            let shimmer = shimmer[frame].clamp(0.0, 1.0);
            held.turn_over(spectrum, freeze[frame] > 0.5, shimmer);
        });
        for ((out, input), mix) in out.iter_mut().zip(input).zip(mix) {
            let mix = mix.clamp(0.0, 1.0);
            *out = dry.at(size) * (1.0 - mix) + *out * mix;
            dry.push(*input);
        }
    }

    fn reset(&mut self) {
        self.stft.reset();
        self.held.drift.reset();
        self.held.is_frozen = false;
        self.dry.clear();
    }
}

impl Held {
    /// Replaces a spectrum by what is held, or keeps it in mind.
    fn turn_over(&mut self, spectrum: &mut Spectrum, freeze: bool, shimmer: f32) {
        if !freeze || !self.is_frozen {
            for (bin, held) in self.magnitudes.iter_mut().enumerate() {
                *held = magnitude(spectrum.re[bin], spectrum.im[bin]);
            }
            self.drift.observe(spectrum, &self.magnitudes);
            if freeze {
                (0..self.magnitudes.len()).for_each(|bin| self.drift.learn(bin));
            }
        } else {
            for (bin, magnitude) in self.magnitudes.iter().enumerate() {
                self.drift.go_on(bin, shimmer);
                (spectrum.re[bin], spectrum.im[bin]) = self.drift.bin(bin, *magnitude);
            }
        }
        self.is_frozen = freeze;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::{cents, click_burst_db, frequency, rms_db};
    use jackfield_testkit::signal::{gate, noise, sine};

    const RATE: f32 = 48_000.0;

    #[test]
    fn what_is_not_frozen_passes_after_the_latency() {
        let mut freeze = BlockHarness::new(&SPEC);
        assert_eq!(freeze.latency(), 2048);
        let sound = noise(20_000, 1);
        let run = freeze.plug(IN, sound.clone()).run(20_000);
        let late = run.output(OUT)[2048..].iter().zip(&sound);
        assert!(late.into_iter().all(|(a, b)| (a - b).abs() < 2e-6));
    }

    #[test]
    fn a_held_tone_keeps_its_pitch_and_its_loudness() {
        for hertz in [110.0, 440.0, 3000.3] {
            let mut sound = sine(48_000, hertz, RATE);
            sound.push(0.0);
            let mut freeze = BlockHarness::new(&SPEC);
            freeze.turn(SHIMMER, 0.0).plug(IN, sound).plug(FREEZE, gate(480_000, &[(40_000, 480_000)]));
            freeze.run(384_000);
            let run = freeze.run(96_000);
            let found = frequency(run.output(OUT), RATE, hertz);
            assert!(cents(found, hertz).abs() < 2.0, "{found} instead of {hertz} Hz");
            let level = rms_db(run.output(OUT));
            assert!((level + 3.01).abs() < 0.5, "{level} dB at {hertz} Hz");
        }
    }

    #[test]
    fn freezing_makes_no_click() {
        let mut freeze = BlockHarness::new(&SPEC);
        freeze.plug(IN, sine(96_000, 100.0, RATE)).plug(FREEZE, gate(96_000, &[(30_011, 60_005)]));
        let run = freeze.turn(SHIMMER, 0.0).run(96_000);
        let click = click_burst_db(&run.output(OUT)[9600..], RATE);
        assert!(click < -80.0, "{click} dB");
    }

    #[test]
    fn shimmer_keeps_the_loudness_of_noise() {
        let mut sound = noise(48_000, 1);
        sound.push(0.0);
        let mut freeze = BlockHarness::new(&SPEC);
        freeze
            .turn(SHIMMER, 1.0)
            .plug(IN, sound)
            .plug(FREEZE, gate(200_000, &[(40_000, 200_000)]))
            .run(96_000);
        let level = rms_db(freeze.run(96_000).output(OUT)) - rms_db(&noise(48_000, 1));
        assert!((-6.0..1.0).contains(&level), "{level} dB");
    }
}
