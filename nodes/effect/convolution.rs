//! Convolution: the sound in a room, a speaker or a machine that was recorded as an impulse response.
//!
//! No latency: see `parts::reverb::convolver`.

use crate::parts::mixing::stereo_ports::{IN, LEFT, RIGHT};
use crate::parts::reverb::convolver::{Convolver, Response};
use jackfield_node::Asset;
use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::gain::fader;
use jackfield_node::prelude::*;
use std::sync::Arc;

const LEVEL: Input =
    Input::knob(3, "level", Knob::decibels(-60.0, 24.0, 0.0), "Loudness of the room; silent at the bottom.")
        .sum();
const MIX: Input =
    Input::knob(4, "mix", Knob::unit(0.35), "0: the sound alone. 100 %: the room alone.").sum();

const FILE: Setting = Setting::file(
    0,
    "file",
    FileKind::Sound,
    "The impulse response: a WAV or FLAC file beside the patch. Without one the sound passes as it is.",
);
const NORMALISE: Setting =
    Setting::toggle(1, "normalise", true, "Makes steady sound as loud behind the response as before it.");

const LEFT_OUT: Output = Output::audio(0, "left", "Sound and room, left.");
const RIGHT_OUT: Output = Output::audio(1, "right", "Sound and room, right.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::block::<Convolution>("effect.convolution", "Convolution", Category::Effect)
        .summary("Puts the sound into a recorded room, speaker or machine.")
        .help(
            "Clap once in a church and record it: that is the church's impulse response. Each sample of your \
             sound starts such an echo, and the sum of all is your sound in that church. Any file works: a \
             speaker cabinet, a bucket, a word, a chord. Responses of up to 20 seconds; a stereo file makes \
             a mono sound wide. There is no latency. Try: a cymbal as the response and a voice as the sound, \
             mix 100 %.",
        )
        .tags(&["impulse response", "ir", "reverb", "room", "cabinet", "space", "wav", "fft"])
        .inputs(&[IN, LEFT, RIGHT, LEVEL, MIX])
        .outputs(&[LEFT_OUT, RIGHT_OUT])
        .settings(&[FILE, NORMALISE])
        .face(Face::File)
        .checked();

/// What is longer is cut off, in seconds.
const LONGEST_SECONDS: f32 = 20.0;

/// The rate at which a response is as loud as its samples say, in hertz; at any other it sounds the same.
const REFERENCE_RATE: f32 = 48_000.0;

/// Responses for left and right; the same for both if the file is mono, none without a file.
struct ConvolutionConfig(Option<[Response; 2]>);

impl Configure for ConvolutionConfig {
    fn configure(settings: &Settings, setup: &Setup) -> Result<Self, ConfigError> {
        let path = settings.text(FILE)?;
        if path.is_empty() {
            return Ok(Self(None));
        }
        let file = setup.assets.load(path, setup.sample_rate)?;
        let longest = (LONGEST_SECONDS * setup.sample_rate) as usize;
        let channel = |side: usize| file.channels.get(side).or(file.channels.first());
        let [Some(left), Some(right)] = [channel(0), channel(1)] else { return Ok(Self(None)) };
        let [left, right] = [left, right].map(|samples| &samples[..samples.len().min(longest)]);
        // The sum over a response grows with the number of its samples in a second, and the loudness with it.
        let gain = if settings.toggle(NORMALISE)? { normalising_gain(path, setup, &file) } else { 1.0 };
        let gain = gain * f64::from(REFERENCE_RATE) / f64::from(setup.sample_rate);
        Ok(Self(Some([left, right].map(|samples| Response::new(samples, gain as f32)))))
    }
}

/// The gain at the reference rate that leaves noise as loud as it is, behind the louder side. The energy is
/// that of the file at its own rate: what another rate cuts off of its treble does not change the loudness of
/// the rest.
fn normalising_gain(path: &str, setup: &Setup, resampled: &Arc<Asset>) -> f64 {
    let file = setup.assets.load_unchanged(path).unwrap_or_else(|_| resampled.clone());
    let longest = (LONGEST_SECONDS * file.sample_rate) as usize;
    let energy = |samples: &Vec<f32>| -> f64 {
        samples.iter().take(longest).map(|sample| f64::from(*sample) * f64::from(*sample)).sum()
    };
    let loudest = file.channels.iter().take(2).map(energy).fold(0.0, f64::max);
    if loudest > 0.0 {
        (f64::from(file.sample_rate) / (f64::from(REFERENCE_RATE) * loudest)).sqrt()
    } else {
        1.0
    }
}

struct Convolution {
    /// None without a file.
    sides: Option<[Convolver; 2]>,
}

impl BlockNode for Convolution {
    type Config = ConvolutionConfig;

    fn new(room: &ConvolutionConfig, _: &Setup, _: u32) -> Self {
        Self { sides: room.0.as_ref().map(|responses| responses.each_ref().map(Convolver::new)) }
    }

    fn process(&mut self, room: &ConvolutionConfig, io: &mut BlockIo<'_>) {
        let (both, left, right) = (io.input(IN), io.input(LEFT), io.input(RIGHT));
        let (level, mix, frames) = (io.input(LEVEL), io.input(MIX), io.frames());
        let (mut dry, mut wet) = ([[0.0; 64]; 2], [[0.0; 64]; 2]);
        for (side, own) in [left, right].into_iter().enumerate() {
            for ((dry, own), both) in dry[side].iter_mut().zip(own).zip(both) {
                *dry = own + both;
            }
        }
        if let (Some(sides), Some(responses)) = (&mut self.sides, &room.0) {
            for (side, convolver) in sides.iter_mut().enumerate() {
                convolver.process(&responses[side], &dry[side][..frames], &mut wet[side][..frames]);
            }
        }
        let has_room = self.sides.is_some();
        let steady = io.is_constant(LEVEL).then(|| fader(Lanes(level[0])).0);
        for (side, output) in [LEFT_OUT, RIGHT_OUT].into_iter().enumerate() {
            for (i, out) in io.output(output).iter_mut().enumerate() {
                let level = steady.unwrap_or_else(|| fader(Lanes(level[i])).0);
                let mix = if has_room { mix[i].clamp(0.0, 1.0) } else { 0.0 };
                *out = dry[side][i] * (1.0 - mix) + wet[side][i] * level * mix;
            }
        }
    }

    fn reset(&mut self) {
        self.sides.iter_mut().flatten().for_each(Convolver::reset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::{AssetError, AssetSource, SettingValue};
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::{click_burst_db, rms_db};
    use jackfield_testkit::signal::{impulse, noise, sine};

    /// Any path is this file.
    struct File(Vec<Vec<f32>>);

    impl AssetSource for File {
        fn load(&self, _: &str, sample_rate: f32) -> Result<Arc<Asset>, AssetError> {
            Ok(Arc::new(Asset::new(self.0.clone(), sample_rate)))
        }
    }

    fn convolution(channels: Vec<Vec<f32>>, normalise: bool) -> BlockHarness {
        let file = File(channels);
        let bench = BlockHarness::of(&SPEC).setting(FILE, SettingValue::File("room.wav".to_owned()));
        let mut harness =
            bench.setting(NORMALISE, SettingValue::Toggle(normalise)).assets(&file).start().unwrap();
        harness.turn(MIX, 1.0);
        harness
    }

    #[test]
    fn an_impulse_gives_the_response_at_once() {
        let channels = vec![noise(2000, 1), noise(2000, 2)];
        let mut harness = convolution(channels.clone(), false);
        assert_eq!(harness.latency(), 0);
        let run = harness.plug(IN, impulse(3000, 10)).run(3000);
        for (output, channel) in [LEFT_OUT, RIGHT_OUT].into_iter().zip(&channels) {
            let found = run.output(output)[10..2010].iter().zip(channel);
            assert!(found.into_iter().all(|(a, b)| (a - b).abs() < 1e-5));
            assert!(
                run.output(output)[..10].iter().chain(&run.output(output)[2020..]).all(|x| x.abs() < 1e-5)
            );
        }
        assert_eq!(harness.violations(), 0);
    }

    #[test]
    fn normalised_noise_is_as_loud_after_as_before() {
        let mut level = 3.0;
        let mut decaying = noise(20_000, 3);
        for sample in &mut decaying {
            level *= 0.999_7;
            *sample *= level;
        }
        let sound = noise(144_000, 1);
        let run = convolution(vec![decaying], true).plug(IN, sound.clone()).run(144_000);
        let change = rms_db(&run.output(LEFT_OUT)[48_000..]) - rms_db(&sound);
        assert!(change.abs() < 0.5, "{change} dB");
    }

    /// A room of 100 ms as recorded at a rate.
    struct Recorded(f32);

    impl AssetSource for Recorded {
        fn load(&self, path: &str, sample_rate: f32) -> Result<Arc<Asset>, AssetError> {
            Self(sample_rate).load_unchanged(path)
        }

        fn load_unchanged(&self, _: &str) -> Result<Arc<Asset>, AssetError> {
            let echo = |i: usize| {
                let time = f64::from(self.0).recip() * i as f64;
                // Soft onsets, so that all of it lies far below half of any rate.
                let bump = |at: f64| (-((time - at) / 0.000_2).powi(2)).exp();
                0.5 * bump(0.003) - 0.4 * bump(0.017) + 0.3 * bump(0.041)
            };
            let samples = (0..(self.0 * 0.1) as usize).map(|i| echo(i) as f32).collect();
            Ok(Arc::new(Asset::new(vec![samples], self.0)))
        }
    }

    #[test]
    fn the_room_is_as_loud_at_any_rate_of_the_engine_and_of_the_file() {
        for normalise in [false, true] {
            let level = |file: f32, rate: f32| {
                let shelf = Recorded(file);
                let bench = BlockHarness::of(&SPEC).setting(FILE, SettingValue::File("room.wav".to_owned()));
                let bench = bench.setting(NORMALISE, SettingValue::Toggle(normalise)).sample_rate(rate);
                let mut harness = bench.assets(&shelf).start().unwrap();
                let frames = rate as usize;
                let run = harness.turn(MIX, 1.0).plug(IN, sine(frames, 440.0, rate)).run(frames);
                rms_db(&run.output(LEFT_OUT)[frames / 5..])
            };
            let expected = level(48_000.0, 48_000.0);
            for rate in [44_100.0, 48_000.0, 88_200.0, 96_000.0, 192_000.0] {
                for file in [44_100.0, 48_000.0, 96_000.0] {
                    let off = level(file, rate) - expected;
                    assert!(off.abs() < 0.1, "{off} dB at {rate}, file at {file}, normalised: {normalise}");
                }
            }
        }
    }

    #[test]
    fn without_a_file_only_the_sound_itself_is_heard() {
        for mix in [0.0, 0.35, 1.0] {
            let run = BlockHarness::new(&SPEC).turn(MIX, mix).plug(LEFT, noise(500, 1)).run(500);
            assert_eq!(run.output(LEFT_OUT), noise(500, 1));
        }
    }

    #[test]
    fn a_jump_of_the_mix_makes_no_click() {
        let mix = (0..48_000).map(|i| ((i as f32 - 24_000.0) / 480.0).clamp(0.0, 1.0));
        let mix = mix.map(|x| jackfield_node::dsp::smooth::ease(Lanes(x)).0);
        let mut harness = convolution(vec![impulse(3000, 700)], true);
        let run = harness.plug(IN, sine(48_000, 100.0, 48_000.0)).sweep(MIX, mix).run(48_000);
        let click = click_burst_db(&run.output(LEFT_OUT)[4800..], 48_000.0);
        assert!(click < -80.0, "{click} dB");
    }
}
