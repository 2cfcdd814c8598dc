//! Noise gate: closed while the sound is soft, open while it is loud.
//!
//! It opens above the threshold and closes below the hysteresis under it, so that a level near the threshold
//! does not make it chatter. The detector is in [`follower`](jackfield_node::dsp::follower).

use crate::parts::dynamics::detector_input::{DETECTOR, DetectorInput, SIDECHAIN_HELP};
use crate::parts::mixing::stereo_lanes::{self, StereoSignal};
use jackfield_node::dsp::follower::{PeakDetector, attack_release};
use jackfield_node::dsp::smooth::approach_in;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal to let through or not.");
const LEFT: Input = stereo_lanes::left(1);
const RIGHT: Input = stereo_lanes::right(2);
const SIDECHAIN: Input = Input::audio(3, "sidechain", SIDECHAIN_HELP);
const THRESHOLD: Input =
    Input::knob(4, "threshold", Knob::decibels(-80.0, 0.0, -40.0), "Level above which it opens.");
const HYSTERESIS: Input = Input::knob(
    5,
    "hysteresis",
    Knob::decibels(0.0, 24.0, 4.0),
    "How far below the threshold it closes again.",
);
const RANGE: Input =
    Input::knob(6, "range", Knob::decibels(0.0, 80.0, 80.0), "How much it takes away when closed.");
const ATTACK: Input =
    Input::knob(7, "attack", Knob::seconds(0.000_1, 0.5, 0.001), "How soon it opens: time to 63 %.");
const HOLD: Input = Input::knob(
    8,
    "hold",
    Knob::seconds(0.001, 2.0, 0.03),
    "How long it stays open after the sound has gone.",
);
const RELEASE: Input =
    Input::knob(9, "release", Knob::seconds(0.005, 5.0, 0.1), "How soon it closes: time to 63 %.");

const OUT: Output = Output::audio(0, "out", "The signal while it is loud.");
const GAIN: Output = Output::control(1, "gain", "The gain: 1 open, less while closed.");
const OPEN: Output = Output::gate(2, "open", "1 while the gate is open or holds.");
const RIGHT_OUT: Output = stereo_lanes::right_out(3);

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<NoiseGate>("dynamics.gate", "Noise gate", Category::Dynamics)
    .summary("Lets loud sounds through and shuts out the rest.")
    .help(
        "Cuts hum between phrases and bleed between drum strokes. Set the threshold between the sound and \
         the noise, then the hold so long that it doesn't stutter. As an effect it shapes sound by rhythm: \
         let the detector listen to a sidechain and the input is heard only while that plays. Try: a pad in, \
         a drum loop at the sidechain, hold 20 ms, release 50 ms: the pad plays the drums' rhythm. The \
         'open' output starts envelopes from sound.",
    )
    .tags(&["noise gate", "dynamics", "trance gate", "trigger", "silence", "bleed"])
    .inputs(&[IN, LEFT, RIGHT, SIDECHAIN, THRESHOLD, HYSTERESIS, RANGE, ATTACK, HOLD, RELEASE])
    .outputs(&[OUT, GAIN, OPEN, RIGHT_OUT])
    .settings(&[DETECTOR])
    .checked();

lane_state! {
    struct State<V> {
        peak: [Lanes<V>; 2],
        /// 1 while the sound is loud.
        loud: Lanes<V>,
        /// Frames for which it holds on.
        left: Lanes<V>,
        /// Octaves that are let through, of the range.
        passed: Lanes<V>,
    }
}

struct NoiseGate;

impl LaneNode for NoiseGate {
    type State<V: Vector> = State<V>;
    type Config = DetectorInput;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, detector: &DetectorInput, io: &mut Io<'_, V>) {
        let (input, rate) = (StereoSignal::new(io, IN, LEFT, RIGHT), io.sample_rate());
        let detector = detector.choose(input, io.input(SIDECHAIN));
        let peaks = PeakDetector::new(io.splat(0.0), rate);
        let mut levels = io.derive([THRESHOLD, HYSTERESIS], |[threshold, hysteresis]| {
            (threshold.exp2(), (threshold - hysteresis.max(0.0)).exp2())
        });
        let mut shares = io.derive([ATTACK, RELEASE], |[attack, release]| {
            (approach_in(attack, 1.0, rate), approach_in(release, 1.0, rate))
        });
        let mut hold = io.input(HOLD).derive(|octaves| octaves.exp2() * rate);
        let range = io.input(RANGE);
        let (mut out, mut right_out) = (io.output(OUT), io.output(RIGHT_OUT));
        let (mut gain_out, mut open_out) = (io.output(GAIN), io.output(OPEN));
        for frame in io.frames() {
            let level = peaks.next(&mut state.peak, detector.at(frame));
            let (opens, closes) = levels.at(frame);
            let loud = level.gt(opens) | (state.loud.gt(0.5) & level.ge(closes));
            state.loud = loud.to_gate(level);
            state.left = loud.select(hold.at(frame), (state.left - 1.0).max(0.0));
            let open = state.left.gt(0.0);
            let (attack, release) = shares.at(frame);
            // The state counts up from closed, so that a new gate is closed whatever its range.
            let range = range.at(frame).max(0.0);
            let passed = attack_release(&mut state.passed, open.keep(range), attack, release);
            let gain = (passed - range).exp2();
            gain_out.set(frame, gain);
            open_out.set(frame, open.to_gate(level));
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
    fn it_is_open_above_and_closed_below() {
        for (level, range, expected) in [(-37.0, 60.0, 0.0), (-43.0, 60.0, -60.0), (-43.0, 12.0, -12.0)] {
            let mut harness = LaneHarness::new(&SPEC);
            harness.turn(RANGE, range).plug(IN, tone(level, 96_000));
            let found = settled_gain_db(&mut harness, GAIN);
            assert!((found - expected).abs() < 0.1, "{level} dB: {found}, not {expected}");
        }
    }

    /// Between both levels it stays as it was.
    #[test]
    fn hysteresis_keeps_it_from_chattering() {
        let mut harness = LaneHarness::new(&SPEC);
        harness.plug(IN, tone(-42.0, 48_000)).run(48_000);
        assert_eq!(harness.run(1).output(OPEN), [0.0]);
        harness.plug(IN, tone(-30.0, 4_800)).run(4_800);
        harness.plug(IN, tone(-42.0, 48_000)).run(47_000);
        assert_eq!(harness.run(1).output(OPEN), [1.0]);
    }

    #[test]
    fn attack_hold_and_release_take_their_time() {
        let mut signal = tone(0.0, 48_000);
        signal.extend(vec![0.0; 96_000]);
        let mut harness = LaneHarness::new(&SPEC);
        harness.turn(ATTACK, 0.02).turn(HOLD, 0.2).turn(RELEASE, 0.1).turn(RANGE, 40.0);
        let run = harness.plug(IN, signal).run(144_000);
        let attack = change_time(&run.output(GAIN)[..24_000]);
        assert!((attack / 0.02 - 1.0).abs() < 0.1, "{attack} s");
        let closed = run.output(OPEN).iter().rposition(|open| *open == 1.0).unwrap();
        let hold = (closed - 48_000) as f64 / 48_000.0;
        assert!((hold / 0.2 - 1.0).abs() < 0.1, "{hold} s");
        let release = change_time(&run.output(GAIN)[closed..]);
        assert!((release / 0.1 - 1.0).abs() < 0.1, "{release} s");
    }
}
