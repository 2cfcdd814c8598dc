//! Expander: what is soft becomes softer, by a ratio.
//!
//! The static curve is in [`expander`](jackfield_node::dsp::expander), the detector in
//! [`follower`](jackfield_node::dsp::follower).

use crate::parts::dynamics::detector_input::{DETECTOR, DetectorInput, SIDECHAIN_HELP};
use crate::parts::mixing::stereo_lanes::{self, StereoSignal};
use jackfield_node::dsp::expander::ExpanderCurve;
use jackfield_node::dsp::follower::{PeakDetector, attack_release};
use jackfield_node::dsp::smooth::approach_in;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal whose soft parts are made softer.");
const LEFT: Input = stereo_lanes::left(1);
const RIGHT: Input = stereo_lanes::right(2);
const SIDECHAIN: Input = Input::audio(3, "sidechain", SIDECHAIN_HELP);
const THRESHOLD: Input =
    Input::knob(4, "threshold", Knob::decibels(-80.0, 0.0, -40.0), "Level below which it reduces.");
const RATIO: Input =
    Input::knob(5, "ratio", Knob::ratio(1.0, 20.0, 2.0), "Below the threshold, decibels out per decibel in.");
const KNEE: Input =
    Input::knob(6, "knee", Knob::decibels(0.0, 24.0, 6.0), "Width of the bend around the threshold.");
const RANGE: Input = Input::knob(7, "range", Knob::decibels(0.0, 80.0, 40.0), "The most it takes away.");
const ATTACK: Input = Input::knob(
    8,
    "attack",
    Knob::seconds(0.000_1, 0.5, 0.002),
    "How soon it lets sound through: time to 63 %.",
);
const RELEASE: Input = Input::knob(
    9,
    "release",
    Knob::seconds(0.005, 5.0, 0.15),
    "How soon it takes it away again: time to 63 %.",
);

const OUT: Output = Output::audio(0, "out", "The signal with its soft parts softer.");
const GAIN: Output =
    Output::control(1, "gain", "The gain: 1 while it lets all through, less while it works.");
const RIGHT_OUT: Output = stereo_lanes::right_out(2);

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Expander>("dynamics.expander", "Expander", Category::Dynamics)
    .summary("Makes what is soft softer: less hiss, hum and room.")
    .help(
        "The opposite of a compressor: below the threshold, each decibel less at the input is several less \
         at the output. It takes hiss out of pauses more gently than a gate, and makes a drum drier by \
         pulling down the room behind each stroke. Try: a drum loop, threshold -20 dB, ratio 3, release 80 \
         ms: the tails shorten. Then the detector on a sidechain of another drum: one plays the other.",
    )
    .tags(&["gate", "noise", "dynamics", "hiss", "downward", "level"])
    .inputs(&[IN, LEFT, RIGHT, SIDECHAIN, THRESHOLD, RATIO, KNEE, RANGE, ATTACK, RELEASE])
    .outputs(&[OUT, GAIN, RIGHT_OUT])
    .settings(&[DETECTOR])
    .checked();

lane_state! { struct State<V> { peak: [Lanes<V>; 2], reduction: Lanes<V> } }

struct Expander;

impl LaneNode for Expander {
    type State<V: Vector> = State<V>;
    type Config = DetectorInput;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, detector: &DetectorInput, io: &mut Io<'_, V>) {
        let (input, rate) = (StereoSignal::new(io, IN, LEFT, RIGHT), io.sample_rate());
        let detector = detector.choose(input, io.input(SIDECHAIN));
        let peaks = PeakDetector::new(io.splat(0.0), rate);
        let mut curve = io.derive([THRESHOLD, RATIO, KNEE, RANGE], |[threshold, ratio, knee, range]| {
            ExpanderCurve::new(threshold, ratio.exp2(), knee, range)
        });
        let mut shares = io.derive([ATTACK, RELEASE], |[attack, release]| {
            (approach_in(attack, 1.0, rate), approach_in(release, 1.0, rate))
        });
        let (mut out, mut right_out, mut gain_out) = (io.output(OUT), io.output(RIGHT_OUT), io.output(GAIN));
        for frame in io.frames() {
            let level = peaks.next(&mut state.peak, detector.at(frame)).log2();
            let (attack, release) = shares.at(frame);
            let wanted = curve.at(frame).reduction(level);
            let gain = (-attack_release(&mut state.reduction, wanted, release, attack)).exp2();
            gain_out.set(frame, gain);
            let [left, right] = input.at(frame);
            out.set(frame, left * gain);
            right_out.set(frame, right * gain);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::dynamics::checks::{change_time, settled_gain_db, tone};
    use jackfield_node::harness::LaneHarness;

    #[test]
    fn the_static_curve_holds_for_sines() {
        for level in [-90.0, -70.0, -50.0, -43.0, -40.0, -38.0, -36.0, -20.0, 0.0] {
            let mut harness = LaneHarness::new(&SPEC);
            let found = settled_gain_db(harness.plug(IN, tone(level, 96_000)), GAIN);
            let under = -40.0 - level;
            let expected = if under <= -3.0 {
                0.0
            } else if under < 3.0 {
                -(under + 3.0f64).powi(2) / 12.0
            } else {
                -under.min(40.0)
            };
            assert!((found - expected).abs() < 0.1, "{level} dB: {found}, not {expected}");
        }
    }

    #[test]
    fn attack_and_release_take_their_time() {
        let mut signal = tone(-60.0, 48_000);
        signal.extend(tone(0.0, 48_000));
        signal.extend(tone(-60.0, 96_000));
        let mut harness = LaneHarness::new(&SPEC);
        let run = harness.turn(ATTACK, 0.05).turn(RELEASE, 0.3).plug(IN, signal).run(192_000);
        let attack = change_time(&run.output(GAIN)[48_000..96_000]);
        let release = change_time(&run.output(GAIN)[96_000..]);
        assert!((attack / 0.05 - 1.0).abs() < 0.1, "{attack} s");
        assert!((release / 0.3 - 1.0).abs() < 0.1, "{release} s");
    }

    #[test]
    fn the_sidechain_decides_if_told() {
        let bench = LaneHarness::of(&SPEC).setting(DETECTOR, DetectorInput::Sidechain);
        let mut harness = bench.start().unwrap();
        harness.plug(IN, tone(0.0, 48_000)).hold(SIDECHAIN, 0.0).run(48_000);
        assert!(harness.run(100).output(GAIN)[0] < 0.011);
        harness.hold(SIDECHAIN, 0.5).run(4_800);
        assert!(harness.run(100).output(GAIN)[0] > 0.99);
    }
}
