//! Spectral blur: every partial gets slow, so that sounds run into each other.

use crate::parts::compute::memo::Memo;
use crate::parts::delay::line::DelayLine;
use crate::parts::spectrum::phase_tracker::{PhaseTracker, magnitude};
use crate::parts::spectrum::stft::{OVERLAP, Stft, window_size};
use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::real_fourier::Spectrum;
use jackfield_node::dsp::smooth::approach;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Sound to blur.");
const BLUR: Input = Input::knob(
    1,
    "blur",
    Knob::seconds(0.01, 30.0, 1.5),
    "How slowly each partial fades: time to 37 %. Long ones leave a cloud of all that was.",
);
const ATTACK: Input =
    Input::knob(2, "attack", Knob::seconds(0.01, 10.0, 0.05), "How slowly each partial comes: time to 63 %.");
const SHIMMER: Input = Input::knob(
    3,
    "shimmer",
    Knob::unit(0.2),
    "How much the cloud moves. 0: tones stand. 100 %: like a choir.",
);
const MIX: Input = Input::knob(4, "mix", Knob::unit(0.5), "0: the sound alone. 100 %: the blur alone.");

const OUT: Output = Output::audio(0, "out", "Sound and blur.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::block::<Blur>("effect.spectral_blur", "Spectral blur", Category::Effect)
        .summary("Smears sounds into each other, partial by partial.")
        .help(
            "A reverb repeats a sound so often that it runs together; this takes the sound apart into \
             partials and lets each one come and go slowly by itself. There is no room in it, only time: a \
             melody leaves the chord of its notes behind, speech becomes a breath. It is 85 ms late, and \
             says so. Try: a sequence of plucks, a blur of 4 seconds and mix at 70 %, then an attack of 2 \
             seconds, which takes the plucks away.",
        )
        .tags(&["smear", "reverb", "cloud", "ambient", "fft", "sustain", "drone", "wash"])
        .inputs(&[IN, BLUR, ATTACK, SHIMMER, MIX])
        .outputs(&[OUT])
        .random()
        .checked();

/// Length of a window in seconds, or a little less: long ones tell partials apart.
const WINDOW_SECONDS: f32 = 0.09;

/// Samples to a window.
struct BlurConfig(usize);

impl Configure for BlurConfig {
    fn configure(_: &Settings, setup: &Setup) -> Result<Self, ConfigError> {
        Ok(Self(window_size(WINDOW_SECONDS, setup.sample_rate)))
    }
}

struct Blur {
    stft: Stft,
    cloud: BlurredSpectrum,
    /// The sound itself, as late as the blur.
    dry: DelayLine,
    fall: Memo<f32>,
    rise: Memo<f32>,
}

/// The partials as they come and go.
struct BlurredSpectrum {
    magnitudes: Vec<f32>,
    /// Magnitudes of the sound.
    live: Vec<f32>,
    drift: PhaseTracker,
}

/// How the partials move in a window.
#[derive(Clone, Copy, Debug)]
struct BlurSpeeds {
    /// Share of its way that a partial gets louder by.
    rise: f32,
    /// The same for softer.
    fall: f32,
    shimmer: f32,
}

impl BlockNode for Blur {
    type Config = BlurConfig;

    fn new(&BlurConfig(size): &BlurConfig, _: &Setup, seed: u32) -> Self {
        Self {
            stft: Stft::new(size),
            cloud: BlurredSpectrum {
                magnitudes: vec![0.0; size / 2 + 1],
                live: vec![0.0; size / 2 + 1],
                drift: PhaseTracker::new(size, seed),
            },
            dry: DelayLine::new(size),
            fall: Memo::default(),
            rise: Memo::default(),
        }
    }

    fn latency(&BlurConfig(size): &BlurConfig) -> usize {
        size
    }

    fn process(&mut self, &BlurConfig(size): &BlurConfig, io: &mut BlockIo<'_>) {
        let hop_seconds = (size / OVERLAP) as f32 / io.sample_rate();
        let (input, blur, attack) = (io.input(IN), io.input(BLUR), io.input(ATTACK));
        let (shimmer, mix) = (io.input(SHIMMER), io.input(MIX));
        let out = io.output(OUT);
        out.copy_from_slice(input);
        let Self { stft, cloud, dry, fall, rise } = self;
        stft.process(out, |spectrum, frame| {
            let share = |seconds: f32| approach(Lanes(-seconds).exp2() * hop_seconds).0;
            cloud.turn_over(
                spectrum,
                BlurSpeeds {
                    rise: rise.of(attack[frame], share),
                    fall: fall.of(blur[frame], share),
                    shimmer: shimmer[frame].clamp(0.0, 1.0),
                },
            );
        });
        for ((out, input), mix) in out.iter_mut().zip(input).zip(mix) {
            let mix = mix.clamp(0.0, 1.0);
            *out = dry.at(size) * (1.0 - mix) + *out * mix;
            dry.push(*input);
        }
    }

    fn reset(&mut self) {
        self.stft.reset();
        self.cloud.magnitudes.fill(0.0);
        self.cloud.drift.reset();
        self.dry.clear();
    }
}

impl BlurredSpectrum {
    /// Replaces a spectrum by the cloud.
    fn turn_over(&mut self, spectrum: &mut Spectrum, pace: BlurSpeeds) {
        for (bin, live) in self.live.iter_mut().enumerate() {
            *live = magnitude(spectrum.re[bin], spectrum.im[bin]);
        }
        self.drift.observe(spectrum, &self.live);
        for (bin, (held, live)) in self.magnitudes.iter_mut().zip(&self.live).enumerate() {
            if live >= held {
                self.drift.learn(bin);
                *held += (live - *held) * pace.rise;
            } else {
                self.drift.go_on(bin, pace.shimmer);
                *held += (live - *held) * pace.fall;
            }
        }
        for (bin, held) in self.magnitudes.iter().enumerate() {
            (spectrum.re[bin], spectrum.im[bin]) = self.drift.bin(bin, *held);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::{cents, frequency, rms_db};
    use jackfield_testkit::signal::{noise, sine};

    const RATE: f32 = 48_000.0;

    fn blur(seconds: f32) -> BlockHarness {
        let mut blur = BlockHarness::new(&SPEC);
        blur.turn(BLUR, seconds).turn(SHIMMER, 0.0).turn(MIX, 1.0);
        blur
    }

    #[test]
    fn a_tone_fades_as_slowly_as_asked_at_its_own_pitch() {
        let mut sound = sine(96_000, 441.0, RATE);
        sound.push(0.0);
        let mut blur = blur(2.0);
        blur.plug(IN, sound).run(96_000 + 9600);
        let run = blur.run(96_000);
        let (early, late) = (rms_db(&run.output(OUT)[..9600]), rms_db(&run.output(OUT)[86_400..]));
        // 1.8 seconds later: 0.9 time constants of 8.69 dB.
        assert!((early - late - 7.82).abs() < 0.5, "{early} dB, then {late} dB");
        let found = frequency(run.output(OUT), RATE, 441.0);
        assert!(cents(found, 441.0).abs() < 3.0, "{found} Hz");
    }

    #[test]
    fn the_sound_itself_passes_after_the_latency() {
        let sound = noise(20_000, 1);
        let mut blur = blur(1.0);
        let latency = blur.latency();
        let run = blur.turn(MIX, 0.0).plug(IN, sound.clone()).run(20_000);
        assert_eq!(run.output(OUT)[latency..], sound[..20_000 - latency]);
    }

    #[test]
    fn a_steady_tone_stays_as_loud() {
        let run = blur(1.0).plug(IN, sine(192_000, 1000.0, RATE)).run(192_000);
        let level = rms_db(&run.output(OUT)[96_000..]);
        assert!((level + 3.01).abs() < 0.3, "{level} dB");
    }
}
