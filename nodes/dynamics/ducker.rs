//! Ducker: makes a sound softer while another one plays.
//!
//! Unlike a compressor with a sidechain it goes down by the same amount however loud the other sound is, and
//! comes back along a curve of its own. The detector is in [`follower`](jackfield_node::dsp::follower).

use crate::parts::mixing::stereo_lanes::{self, StereoSignal};
use jackfield_node::dsp::follower::{PeakDetector, attack_release};
use jackfield_node::dsp::smooth::approach_in;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal that makes room.");
const LEFT: Input = stereo_lanes::left(1);
const RIGHT: Input = stereo_lanes::right(2);
const SIDECHAIN: Input =
    Input::audio(3, "sidechain", "Signal it makes room for: a voice, a kick drum, a gate.");
const THRESHOLD: Input = Input::knob(
    4,
    "threshold",
    Knob::decibels(-80.0, 0.0, -30.0),
    "Level of the sidechain above which the signal goes down.",
);
const AMOUNT: Input = Input::knob(5, "amount", Knob::decibels(0.0, 60.0, 12.0), "How far it goes down.");
const ATTACK: Input =
    Input::knob(6, "attack", Knob::seconds(0.000_1, 1.0, 0.01), "How soon it is down: time to 63 %.");
const HOLD: Input =
    Input::knob(7, "hold", Knob::seconds(0.001, 2.0, 0.05), "How long it stays down after that.");
const RELEASE: Input =
    Input::knob(8, "release", Knob::seconds(0.005, 5.0, 0.3), "How soon it is back: time to 63 %.");

const OUT: Output = Output::audio(0, "out", "The signal, softer while the sidechain plays.");
const GAIN: Output = Output::control(1, "gain", "The gain: 1 at rest, less while it makes room.");
const RIGHT_OUT: Output = stereo_lanes::right_out(2);

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Ducker>("dynamics.ducker", "Ducker", Category::Dynamics)
    .summary("One sound makes room for another.")
    .help(
        "Radio hosts use it: the music goes down while they speak and comes up again afterwards. Dance music \
         uses it on everything, with the kick drum at the sidechain, for the pumping. It goes down by the \
         amount and no further, so the balance stays the one you set. Try: a pad in, a kick at the \
         sidechain, amount 24 dB, attack 1 ms, hold 50 ms, release 0.15 s. A clock's gate at the sidechain \
         pumps without any kick.",
    )
    .tags(&["sidechain", "pump", "voice-over", "compressor", "duck"])
    .inputs(&[IN, LEFT, RIGHT, SIDECHAIN, THRESHOLD, AMOUNT, ATTACK, HOLD, RELEASE])
    .outputs(&[OUT, GAIN, RIGHT_OUT])
    .that_changes_loudness("It makes room for the sound at its other input.")
    .checked();

lane_state! {
    struct State<V> {
        peak: [Lanes<V>; 2],
        /// Frames for which it stays down.
        left: Lanes<V>,
        reduction: Lanes<V>,
    }
}

struct Ducker;

impl LaneNode for Ducker {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let input = StereoSignal::new(io, IN, LEFT, RIGHT);
        let (sidechain, rate) = (io.input(SIDECHAIN), io.sample_rate());
        let peaks = PeakDetector::new(io.splat(0.0), rate);
        let mut threshold = io.input(THRESHOLD).derive(Lanes::exp2);
        let mut hold = io.input(HOLD).derive(|octaves| octaves.exp2() * rate);
        let amount = io.input(AMOUNT);
        let mut shares = io.derive([ATTACK, RELEASE], |[attack, release]| {
            (approach_in(attack, 1.0, rate), approach_in(release, 1.0, rate))
        });
        let (mut out, mut right_out, mut gain_out) = (io.output(OUT), io.output(RIGHT_OUT), io.output(GAIN));
        for frame in io.frames() {
            let level = peaks.next(&mut state.peak, sidechain.at(frame));
            let plays = level.gt(threshold.at(frame));
            state.left = plays.select(hold.at(frame), (state.left - 1.0).max(0.0));
            let wanted = state.left.gt(0.0).keep(amount.at(frame).max(0.0));
            let (attack, release) = shares.at(frame);
            let gain = (-attack_release(&mut state.reduction, wanted, attack, release)).exp2();
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
    fn it_goes_down_by_the_amount_however_loud_the_other_is() {
        for (level, expected) in [(-36.0, 0.0), (-27.0, -12.0), (0.0, -12.0)] {
            let mut harness = LaneHarness::new(&SPEC);
            let found = settled_gain_db(harness.plug(SIDECHAIN, tone(level, 96_000)), GAIN);
            assert!((found - expected).abs() < 0.01, "{level} dB: {found}");
        }
    }

    #[test]
    fn it_takes_its_time() {
        let mut sidechain = tone(0.0, 48_000);
        sidechain.extend(vec![0.0; 144_000]);
        let mut harness = LaneHarness::new(&SPEC);
        let run = harness.turn(ATTACK, 0.05).turn(HOLD, 0.2).plug(SIDECHAIN, sidechain).run(192_000);
        let attack = change_time(&run.output(GAIN)[..48_000]);
        assert!((attack / 0.05 - 1.0).abs() < 0.1, "{attack} s");
        let down = run.output(GAIN)[24_000];
        let last = run.output(GAIN).iter().rposition(|gain| *gain <= down * 1.001).unwrap();
        assert!(((last - 48_000) as f64 / 48_000.0 / 0.2 - 1.0).abs() < 0.1, "held until {last}");
        let release = change_time(&run.output(GAIN)[last..]);
        assert!((release / 0.3 - 1.0).abs() < 0.1, "{release} s");
    }
}
