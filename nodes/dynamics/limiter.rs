//! True-peak limiter: no peak above the ceiling, not even between the samples.
//!
//! The work is done by `parts::dynamics::limiter`, the same that stands in front of the loudspeakers.

use crate::parts::dynamics::limiter::Limiter;
use jackfield_node::dsp::Lanes;
use jackfield_node::prelude::*;

const LEFT: Input = Input::audio(0, "left", "Left channel, or the only one.");
const RIGHT: Input = Input::audio(1, "right", "Right channel.");
const DRIVE: Input = Input::knob(
    2,
    "drive",
    Knob::decibels(-12.0, 36.0, 0.0),
    "Gain in front: how far peaks are pushed into the limiter.",
);
const CEILING: Input = Input::knob(
    3,
    "ceiling",
    Knob::decibels(-24.0, 0.0, -1.0),
    "No peak is higher, between samples included.",
);
const RELEASE: Input = Input::knob(
    4,
    "release",
    Knob::seconds(0.01, 2.0, 0.12),
    "How soon it lets go after a peak: time to 63 %.",
);

const LEFT_OUT: Output = Output::audio(0, "left", "The limited left channel.");
const RIGHT_OUT: Output = Output::audio(1, "right", "The limited right channel.");
const GAIN: Output = Output::control(2, "gain", "The limiter's gain: 1 at rest, less while it works.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::block::<TruePeakLimiter>("dynamics.limiter", "True-peak limiter", Category::Dynamics)
        .summary("A ceiling that no peak exceeds, not even between samples.")
        .help(
            "Looks ahead by 2 ms, so it turns down before a peak instead of cutting it off, and measures \
             peaks where the converter will make them, between the samples; ordinary limiters let those \
             through, and they distort in players and in files like MP3. Both channels get the same gain, so \
             the image stays put. Below the ceiling nothing is changed. Try: a finished mix, ceiling -1 dB, \
             drive up until 'gain' dips by a few decibels at the loudest moments: louder, and still clean.",
        )
        .tags(&["limiter", "maximizer", "loudness", "mastering", "peak", "brickwall", "bs.1770"])
        .inputs(&[LEFT, RIGHT, DRIVE, CEILING, RELEASE])
        .outputs(&[LEFT_OUT, RIGHT_OUT, GAIN])
        .checked();

/// 60 dB above the ceiling: no wanted signal is louder.
const MOST: f32 = 1_000.0;

/// Longest row of frames computed at once.
const LONGEST_ROW: usize = 64;

/// The sample rate, which sets the latency.
struct Rate(f32);

impl Configure for Rate {
    fn configure(_: &Settings, setup: &Setup) -> Result<Self, ConfigError> {
        Ok(Self(setup.sample_rate))
    }
}

struct TruePeakLimiter {
    /// Works with a ceiling of 1; the signal is brought there and back.
    limiter: Limiter,
}

impl BlockNode for TruePeakLimiter {
    type Config = Rate;

    fn new(_: &Rate, setup: &Setup, _: u32) -> Self {
        Self { limiter: Limiter::new(1.0, setup.sample_rate) }
    }

    fn latency(Rate(sample_rate): &Rate) -> usize {
        Limiter::latency(*sample_rate)
    }

    fn process(&mut self, _: &Rate, io: &mut BlockIo<'_>) {
        let (drive, ceiling, release) = (io.input(DRIVE), io.input(CEILING), io.input(RELEASE));
        let channels = [(LEFT, LEFT_OUT), (RIGHT, RIGHT_OUT)];
        for (input, output) in channels {
            let input = io.input(input);
            for (i, out) in io.output(output).iter_mut().enumerate() {
                *out = harmless(input[i] * factor(drive[i] - ceiling[i]));
            }
        }
        let gains = &mut [1.0; LONGEST_ROW][..io.frames()];
        let is_steady = io.is_constant(RELEASE);
        let (left, right) = io.output_pair(LEFT_OUT, RIGHT_OUT);
        let row = if is_steady { gains.len() } else { 1 };
        for (i, gains) in gains.chunks_mut(row).enumerate() {
            let frames = i * row..i * row + gains.len();
            self.limiter.set_release(factor(release[frames.start]));
            gains.copy_from_slice(self.limiter.process(&mut left[frames.clone()], &mut right[frames]));
        }
        for (_, output) in channels {
            io.output(output).iter_mut().zip(ceiling).for_each(|(out, ceiling)| *out *= factor(*ceiling));
        }
        io.output(GAIN).copy_from_slice(gains);
    }

    fn reset(&mut self) {
        self.limiter.reset();
    }
}

/// The factor of a knob's signal.
fn factor(octaves: f32) -> f32 {
    Lanes(octaves).exp2().0
}

/// The sample within sane limits, silence instead of what is no number.
fn harmless(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-MOST, MOST) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::true_peak_db;
    use jackfield_testkit::signal::{noise, sine};

    #[test]
    fn no_true_peak_exceeds_the_ceiling() {
        for ceiling in [-1.0, -12.0] {
            for drive in [6.0, 24.0] {
                let mut harness = BlockHarness::new(&SPEC);
                harness.turn(CEILING, ceiling).turn(DRIVE, drive);
                let mut programme = vec![0.0; 200];
                programme.extend(noise(4_000, 1));
                programme.extend(sine(4_000, 12_000.5, 48_000.0));
                programme.resize(8_600, 0.0);
                let run = harness.plug(LEFT, programme.clone()).plug(RIGHT, programme).run(8_600);
                let over = true_peak_db(run.output(LEFT_OUT)) - f64::from(ceiling);
                assert!((-0.3..0.1).contains(&over), "{over} dB over {ceiling} dB at a drive of {drive} dB");
            }
        }
    }

    #[test]
    fn the_release_takes_its_time() {
        let mut signal = vec![0.1; 144_000];
        signal[..4_800]
            .copy_from_slice(&sine(4_800, 1_000.0, 48_000.0).iter().map(|x| x * 4.0).collect::<Vec<_>>());
        let mut harness = BlockHarness::new(&SPEC);
        let run = harness.turn(CEILING, 0.0).turn(RELEASE, 0.5).plug(LEFT, signal).run(144_000);
        let gain = run.output(GAIN);
        let start = 4_800 + harness.latency();
        let goal = gain[start] + (1.0 - gain[start]) * 0.632;
        let frames = gain[start..].iter().position(|gain| *gain > goal).unwrap();
        assert!((frames as f64 / 24_000.0 - 1.0).abs() < 0.1, "{frames} frames");
    }

    #[test]
    fn below_the_ceiling_only_drive_and_latency_remain() {
        let signal: Vec<f32> = noise(2_000, 2).iter().map(|x| x * 0.1).collect();
        let mut harness = BlockHarness::new(&SPEC);
        let latency = harness.latency();
        let run = harness.turn(CEILING, 0.0).turn(DRIVE, 6.0206).plug(RIGHT, signal.clone()).run(2_000);
        for (out, signal) in run.output(RIGHT_OUT)[latency..].iter().zip(&signal) {
            assert!((out - 2.0 * signal).abs() < 1e-5);
        }
        assert!(run.output(GAIN).iter().all(|gain| *gain == 1.0));
    }
}
