//! State-variable filter, 12 dB per octave: low-, band- and high-pass at once.
//!
//! The algorithm and its source are in [`jackfield_node::dsp::svf`]. Stable for any cutoff signal.

use crate::parts::mixing::stereo_lanes::{self, StereoOutput, StereoSignal};
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::svf::{self, SvfCoefficients, Warp};
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal to filter.");
const LEFT: Input = stereo_lanes::left(1);
const RIGHT: Input = stereo_lanes::right(2);
const CUTOFF: Input = Input::knob(
    3,
    "cutoff",
    Knob::hertz(20.0, 20_000.0, 1_000.0),
    "Corner frequency, where the peak stands.",
);
const RESONANCE: Input =
    Input::knob(4, "resonance", Knob::unit(0.2), "Height of the peak at the corner: none to 32 dB.");

const LOW: Output = Output::audio(0, "low", "What lies below the corner.");
const BAND: Output = Output::audio(1, "band", "What lies around the corner; resonance makes it louder.");
const HIGH: Output = Output::audio(2, "high", "What lies above the corner.");
const LOW_RIGHT: Output = stereo_lanes::right_of(3, "low_right");
const BAND_RIGHT: Output = stereo_lanes::right_of(4, "band_right");
const HIGH_RIGHT: Output = stereo_lanes::right_of(5, "high_right");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Svf>("filter.svf", "State-variable filter", Category::Filter)
    .summary("Clean 12 dB/octave filter: low-, band- and high-pass at once.")
    .help(
        "Takes away what lies above or below a corner frequency and can stress what lies at it. All three \
         outputs are there at the same time. It stays in tune and calm however fast the cutoff moves. Try: \
         an envelope into the cutoff with depth 4 (it opens by four octaves), then an oscillator into the \
         cutoff for filter FM. Low plus high, added in a mixer, gives a notch.",
    )
    .tags(&["lowpass", "highpass", "bandpass", "notch", "vcf", "12 dB", "multimode", "resonant"])
    .inputs(&[IN, LEFT, RIGHT, CUTOFF, RESONANCE])
    .outputs(&[LOW, BAND, HIGH, LOW_RIGHT, BAND_RIGHT, HIGH_RIGHT])
    .that_changes_loudness("It takes away what lies above its corner.")
    .checked();

/// What the sample rate decides.
struct SvfConfig(Warp);

impl Configure for SvfConfig {
    fn configure(_: &Settings, setup: &Setup) -> Result<Self, ConfigError> {
        Ok(Self(Warp::new(C4_HERTZ, setup.sample_rate)))
    }
}

struct Svf;

impl LaneNode for Svf {
    type State<V: Vector> = svf::Svf<V>;
    type Config = SvfConfig;

    const KEPT_WORDS: usize = stereo_lanes::kept_words::<svf::Svf<f32>>();

    #[inline(always)]
    fn process<V: Vector>(left: &mut svf::Svf<V>, &SvfConfig(warp): &SvfConfig, io: &mut Io<'_, V>) {
        let input = StereoSignal::new(io, IN, LEFT, RIGHT);
        // Apart, since a cutoff that moves often meets a resonance that does not.
        let mut tangent = io.derive([CUTOFF], |[octaves]| warp.ratio(octaves));
        let mut damping = io.input(RESONANCE).derive(|resonance| svf::damping(resonance));
        let moves = !(io.input(CUTOFF).is_constant() && io.input(RESONANCE).is_constant());
        let mut low = StereoOutput::new(io, &input, LOW, LOW_RIGHT);
        let mut band = StereoOutput::new(io, &input, BAND, BAND_RIGHT);
        let mut high = StereoOutput::new(io, &input, HIGH, HIGH_RIGHT);
        for side in input.channels() {
            let mut filter = StereoSignal::state(io, side, left);
            let mut coefficients = None;
            for frame in io.frames() {
                let now = match coefficients {
                    Some(known) if !moves => known,
                    _ => SvfCoefficients::from_ratio(tangent.at(frame), damping.at(frame)),
                };
                coefficients = Some(now);
                let response = filter.step(input.side(side, frame), &now);
                low.side(side).set(frame, response.low);
                band.side(side).set(frame, response.band);
                high.side(side).set(frame, response.high);
            }
            input.keep(io, side, left, filter);
        }
        for output in [low, band, high] {
            output.finish(io);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;

    #[test]
    fn the_cutoff_knob_is_in_hertz() {
        let mut harness = LaneHarness::new(&SPEC);
        let sine = jackfield_testkit::signal::sine(9_600, 2_000.0, 48_000.0);
        let run = harness.turn(CUTOFF, 2_000.0).turn(RESONANCE, 0.0).plug(IN, sine).run(9_600);
        // At the corner with Q = 1/2 every output is at half its height.
        for output in [LOW, BAND, HIGH] {
            let peak = run.output(output)[4_800..].iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
            assert!((peak - 0.5).abs() < 0.002, "{}: {peak}", output.name);
        }
    }
}
