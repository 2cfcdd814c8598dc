//! Compressor with a soft knee, a sidechain and a look-ahead.
//!
//! The algorithm and its source are in [`compressor`](jackfield_node::dsp::compressor).

use crate::parts::delay::lookahead::{self, Lookahead};
use crate::parts::dynamics::detector_input::{DETECTOR, DetectorInput, SIDECHAIN_HELP};
use crate::parts::mixing::stereo_lanes::{self, StereoSignal};
use jackfield_node::dsp::compressor::{CompressorCurve, smooth};
use jackfield_node::dsp::smooth::approach;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal whose loudness is reduced.");
const LEFT: Input = stereo_lanes::left(1);
const RIGHT: Input = stereo_lanes::right(2);
const SIDECHAIN: Input = Input::audio(3, "sidechain", SIDECHAIN_HELP);
const THRESHOLD: Input =
    Input::knob(4, "threshold", Knob::decibels(-60.0, 0.0, -18.0), "Level from which it reduces.");
const RATIO: Input = Input::knob(
    5,
    "ratio",
    Knob::ratio(1.0, 100.0, 4.0),
    "Above the threshold, decibels in per decibel out.",
);
const KNEE: Input =
    Input::knob(6, "knee", Knob::decibels(0.0, 24.0, 6.0), "Width of the bend around the threshold.");
const ATTACK: Input =
    Input::knob(7, "attack", Knob::seconds(0.000_1, 0.5, 0.01), "How soon it reduces: time to 63 %.");
const RELEASE: Input =
    Input::knob(8, "release", Knob::seconds(0.005, 5.0, 0.15), "How soon it lets go: time to 63 %.");
const MAKEUP: Input =
    Input::knob(9, "makeup", Knob::decibels(-12.0, 36.0, 0.0), "Gain that makes up for the reduction.");

const LOOKAHEAD: Setting = Setting::count(
    1,
    "lookahead",
    0,
    5,
    0,
    "Milliseconds by which it hears ahead, to catch a stroke before it passes. Delays the sound by as much.",
);

const OUT: Output = Output::audio(0, "out", "The evened-out signal.");
const GAIN: Output = Output::control(1, "gain", "The gain without makeup: 1 at rest, less while it works.");
const RIGHT_OUT: Output = stereo_lanes::right_out(2);

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<Compressor>("dynamics.compressor", "Compressor", Category::Dynamics)
        .summary("Evens out loudness; ducks one sound under another.")
        .help(
            "Turns down what is louder than the threshold: at ratio 4, four decibels more come out as one. A \
             short attack catches peaks, a longer one lets the stroke of a drum through. Let the detector \
             listen to the sidechain and the signal makes room for another one. Try: a pad in, a bass drum \
             at the sidechain, threshold -30 dB, ratio 10: the pad pumps in time. Then drums in, lookahead 2 \
             ms and attack 0.5 ms: not even the first stroke gets through.",
        )
        .tags(&["dynamics", "limiter", "sidechain", "ducking", "pump", "level", "loudness"])
        .inputs(&[IN, LEFT, RIGHT, SIDECHAIN, THRESHOLD, RATIO, KNEE, ATTACK, RELEASE, MAKEUP])
        .outputs(&[OUT, GAIN, RIGHT_OUT])
        .settings(&[DETECTOR, LOOKAHEAD])
        .that_changes_loudness("It turns down what is above its threshold, and a knob makes up for it.")
        .checked();

/// What it listens to, and how far ahead.
struct CompressorConfig {
    detector: DetectorInput,
    lookahead: Lookahead,
}

impl Configure for CompressorConfig {
    fn configure(settings: &Settings, setup: &Setup) -> Result<Self, ConfigError> {
        let seconds = settings.count(LOOKAHEAD)? as f32 / 1_000.0;
        Ok(Self {
            detector: DetectorInput::configure(settings, setup)?,
            lookahead: Lookahead::new(seconds, setup.sample_rate),
        })
    }
}

lane_state! { struct State<V> { held: Lanes<V>, reduction: Lanes<V> } }

struct Compressor;

impl LaneNode for Compressor {
    type State<V: Vector> = State<V>;
    type Config = CompressorConfig;

    const KEPT_WORDS: usize = 2 * lookahead::WORDS;

    fn latency(listener: &CompressorConfig) -> usize {
        listener.lookahead.frames()
    }

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, listener: &CompressorConfig, io: &mut Io<'_, V>) {
        let (makeup, lookahead) = (io.input(MAKEUP), listener.lookahead);
        let input = StereoSignal::new(io, IN, LEFT, RIGHT);
        let detector = listener.detector.choose(input, io.input(SIDECHAIN));
        // Where both sides are the same and the right output is dead, only the left one is kept.
        let sides = if input.is_mono() && !io.is_read(RIGHT_OUT) { 1 } else { 2 };
        let rate = io.sample_rate();
        let mut curve = io.derive([THRESHOLD, RATIO, KNEE], |[threshold, ratio, knee]| {
            CompressorCurve::new(threshold, ratio.exp2(), knee)
        });
        let mut shares = io.derive([ATTACK, RELEASE], |[attack, release]| {
            let (attack, release) = (attack.exp2() * rate, release.exp2() * rate);
            // The attack smooths the release as well: what it adds is taken off.
            (approach(1.0 / attack), approach(1.0 / (release - attack).max(release * 0.25)))
        });
        let (mut out, mut right_out, mut gain_out) = (io.output(OUT), io.output(RIGHT_OUT), io.output(GAIN));
        lookahead.note(io, &input, sides);
        for (number, frame) in io.frames().enumerate() {
            let level = detector.at(frame).abs().log2();
            let (attack, release) = shares.at(frame);
            let wanted = curve.at(frame).reduction(level);
            let reduction = smooth(&mut state.held, &mut state.reduction, wanted, attack, release);
            let gain = (-reduction).exp2();
            gain_out.set(frame, gain);
            let gain = (makeup.at(frame) - reduction).exp2();
            let [left, right] = lookahead.late(io, &input, (number, frame));
            out.set(frame, left * gain);
            right_out.set(frame, right * gain);
        }
        lookahead.pass(io, sides);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::dynamics::checks::{change_time, settled_gain_db, tone};
    use jackfield_node::SettingValue;
    use jackfield_node::harness::LaneHarness;

    #[test]
    fn the_static_curve_holds_for_sines() {
        for level in [-60.0, -30.0, -21.0, -18.0, -15.0, -6.0, 0.0] {
            let mut harness = LaneHarness::new(&SPEC);
            let found = settled_gain_db(harness.turn(RELEASE, 0.1).plug(IN, tone(level, 96_000)), GAIN);
            let over = level + 18.0;
            let expected = if over <= -3.0 {
                0.0
            } else if over < 3.0 {
                -0.75 * (over + 3.0f64).powi(2) / 12.0
            } else {
                -0.75 * over
            };
            assert!((found - expected).abs() < 0.1, "{level} dB: {found}, not {expected}");
        }
    }

    #[test]
    fn attack_and_release_take_their_time() {
        let mut signal = tone(-40.0, 4_800);
        signal.extend(tone(0.0, 48_000));
        signal.extend(tone(-40.0, 48_000));
        let mut harness = LaneHarness::new(&SPEC);
        let run = harness.turn(KNEE, 0.0).turn(ATTACK, 0.01).turn(RELEASE, 0.1).plug(IN, signal).run(100_800);
        let attack = change_time(&run.output(GAIN)[4_800..52_800]);
        let release = change_time(&run.output(GAIN)[52_800..]);
        assert!((attack / 0.01 - 1.0).abs() < 0.1, "{attack} s");
        assert!((release / 0.1 - 1.0).abs() < 0.1, "{release} s");
    }

    #[test]
    fn looking_ahead_it_catches_the_first_stroke() {
        let peak = |milliseconds: u32| {
            let bench = LaneHarness::of(&SPEC).setting(LOOKAHEAD, SettingValue::Count(milliseconds));
            let mut harness = bench.start().unwrap();
            harness.turn(THRESHOLD, -20.0).turn(RATIO, 100.0).turn(ATTACK, 0.001).turn(RELEASE, 1.0);
            let mut signal = vec![0.0; 1_000];
            signal.extend(tone(0.0, 9_600));
            let run = harness.plug(IN, signal).run(10_600);
            run.output(OUT).iter().fold(0.0f32, |peak, x| peak.max(x.abs()))
        };
        assert!(peak(0) > 0.5, "{}", peak(0));
        assert!(peak(5) < 0.15, "{}", peak(5));
    }

    #[test]
    fn the_sound_is_as_late_as_reported() {
        for (milliseconds, frames) in [(1, 48), (5, 240)] {
            let bench = LaneHarness::of(&SPEC).setting(LOOKAHEAD, SettingValue::Count(milliseconds));
            let mut harness = bench.start().unwrap();
            let quiet = tone(-40.0, 1_000);
            let run = harness.plug(IN, quiet.clone()).run(1_000);
            assert_eq!(harness.latency(), frames);
            assert!(run.output(OUT)[..frames].iter().all(|x| *x == 0.0));
            assert_eq!(run.output(OUT)[frames..], quiet[..1_000 - frames]);
        }
    }

    #[test]
    fn the_sidechain_ducks() {
        let mut harness = LaneHarness::of(&SPEC).setting(DETECTOR, DetectorInput::Sidechain).start().unwrap();
        harness.hold(IN, 0.001).plug(SIDECHAIN, tone(0.0, 24_000));
        let run = harness.run(24_000);
        assert!(run.output(OUT)[20_000] < 0.000_3);
        harness.plug(IN, tone(0.0, 48_000)).hold(SIDECHAIN, 0.0).run(47_000);
        let peak = harness.run(1_000).output(OUT).iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
        assert!(peak > 0.99, "a loud input alone changes nothing");
    }

    #[test]
    fn both_channels_get_the_gain_of_the_louder_one() {
        for is_loud_left in [true, false] {
            let (loud, soft) = if is_loud_left { (LEFT, RIGHT) } else { (RIGHT, LEFT) };
            let mut harness = LaneHarness::new(&SPEC);
            let run = harness.plug(loud, tone(0.0, 48_000)).plug(soft, tone(-40.0, 48_000)).run(48_000);
            let gain = run.output(GAIN)[47_000];
            assert!(gain < 0.5, "{gain}");
            let mono = LaneHarness::new(&SPEC).plug(IN, tone(0.0, 48_000)).run(48_000);
            assert_eq!(run.output(GAIN), mono.output(GAIN));
            let [loud_out, soft_out] = if is_loud_left { [OUT, RIGHT_OUT] } else { [RIGHT_OUT, OUT] };
            assert_eq!(run.output(loud_out), mono.output(OUT));
            let soft = tone(-40.0, 48_000);
            let follows = |i: usize| (run.output(soft_out)[i] - soft[i] * run.output(GAIN)[i]).abs() < 1e-6;
            assert!((0..48_000).all(follows));
        }
    }
}
