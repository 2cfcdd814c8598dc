//! Compressor with a soft knee and a sidechain.
//!
//! The algorithm and its source are in [`compressor`](jackfield_node::dsp::compressor).

use jackfield_node::dsp::compressor::{Curve, smooth};
use jackfield_node::dsp::smooth::approach;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal whose loudness is reduced.");
const SIDECHAIN: Input =
    Input::audio(1, "sidechain", "Signal whose loudness decides, when the detector listens to it.");
const THRESHOLD: Input =
    Input::knob(2, "threshold", Knob::decibels(-60.0, 0.0, -18.0), "Level from which it reduces.");
const RATIO: Input = Input::knob(
    3,
    "ratio",
    Knob::ratio(1.0, 100.0, 4.0),
    "Above the threshold, decibels in per decibel out.",
);
const KNEE: Input =
    Input::knob(4, "knee", Knob::decibels(0.0, 24.0, 6.0), "Width of the bend around the threshold.");
const ATTACK: Input =
    Input::knob(5, "attack", Knob::seconds(0.000_1, 0.5, 0.01), "How soon it reduces: time to 63 %.");
const RELEASE: Input =
    Input::knob(6, "release", Knob::seconds(0.005, 5.0, 0.15), "How soon it lets go: time to 63 %.");
const MAKEUP: Input =
    Input::knob(7, "makeup", Knob::decibels(-12.0, 36.0, 0.0), "Gain that makes up for the reduction.");

const DETECTOR: Setting =
    Setting::choice(0, "detector", &["input", "sidechain"], 0, "Which input's loudness decides.");

const OUT: Output = Output::audio(0, "out", "The evened-out signal.");
const GAIN: Output = Output::control(1, "gain", "The gain without makeup: 1 at rest, less while it works.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<Compressor>("dynamics.compressor", "Compressor", Category::Dynamics)
        .summary("Evens out loudness; ducks one sound under another.")
        .help(
            "Turns down what is louder than the threshold: at ratio 4, four decibels more come out as one. A \
             short attack catches peaks, a longer one lets the stroke of a drum through. Let the detector \
             listen to the sidechain and the signal makes room for another one. Try: a pad in, a bass drum at \
             the sidechain, threshold -30 dB, ratio 10: the pad pumps in time.",
        )
        .tags(&["dynamics", "limiter", "sidechain", "ducking", "pump", "level", "loudness"])
        .inputs(&[IN, SIDECHAIN, THRESHOLD, RATIO, KNEE, ATTACK, RELEASE, MAKEUP])
        .outputs(&[OUT, GAIN])
        .settings(&[DETECTOR])
        .checked();

/// The input the detector listens to.
struct Detector(Input);

impl Configure for Detector {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok(Self(if settings.choice(DETECTOR)? == 0 { IN } else { SIDECHAIN }))
    }
}

lane_state! { struct State<V> { held: Lanes<V>, reduction: Lanes<V> } }

struct Compressor;

impl LaneNode for Compressor {
    type State<V: Vector> = State<V>;
    type Config = Detector;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, detector: &Detector, io: &mut Io<'_, V>) {
        let (input, detector, makeup) = (io.input(IN), io.input(detector.0), io.input(MAKEUP));
        let rate = io.sample_rate();
        let mut curve = io.derive([THRESHOLD, RATIO, KNEE], |[threshold, ratio, knee]| {
            Curve::new(threshold, ratio.exp2(), knee)
        });
        let mut shares = io.derive([ATTACK, RELEASE], |[attack, release]| {
            let (attack, release) = (attack.exp2() * rate, release.exp2() * rate);
            // The attack smooths the release as well: what it adds is taken off.
            (approach(1.0 / attack), approach(1.0 / (release - attack).max(release * 0.25)))
        });
        let (mut out, mut gain_out) = (io.output(OUT), io.output(GAIN));
        for frame in io.frames() {
            let level = detector.at(frame).abs().log2();
            let (attack, release) = shares.at(frame);
            let wanted = curve.at(frame).reduction(level);
            let reduction = smooth(&mut state.held, &mut state.reduction, wanted, attack, release);
            let gain = (-reduction).exp2();
            gain_out.set(frame, gain);
            out.set(frame, input.at(frame) * (makeup.at(frame) - reduction).exp2());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::SettingValue;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::signal;

    fn tone(decibels: f64, frames: usize) -> Vec<f32> {
        let gain = 10f64.powf(decibels / 20.0) as f32;
        signal::sine(frames, 1_000.0, 48_000.0).iter().map(|x| x * gain).collect()
    }

    #[test]
    fn the_static_curve_holds_for_sines() {
        for level in [-60.0, -30.0, -21.0, -18.0, -15.0, -6.0, 0.0] {
            let mut harness = LaneHarness::new(&SPEC);
            harness.turn(RELEASE, 0.1).plug(IN, tone(level, 72_000)).run(67_200);
            let gain = harness.run(4_800).output(GAIN).iter().map(|x| f64::from(*x)).sum::<f64>() / 4_800.0;
            let over = level + 18.0;
            let expected = if over <= -3.0 {
                0.0
            } else if over < 3.0 {
                -0.75 * (over + 3.0f64).powi(2) / 12.0
            } else {
                -0.75 * over
            };
            let found = 20.0 * gain.log10();
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
        let decibels: Vec<f64> = run.output(GAIN).iter().map(|x| 20.0 * f64::from(*x).log10()).collect();
        let most = decibels[52_700];
        let attack = decibels[4_800..].iter().position(|x| *x < 0.632 * most).unwrap();
        let release = decibels[52_800..].iter().position(|x| *x > 0.368 * most).unwrap();
        assert!((attack as f64 / 480.0 - 1.0).abs() < 0.1, "{attack} frames");
        assert!((release as f64 / 4_800.0 - 1.0).abs() < 0.1, "{release} frames");
    }

    #[test]
    fn the_sidechain_ducks() {
        let sidechain = SettingValue::Choice(1);
        let mut harness = LaneHarness::of(&SPEC).setting(DETECTOR, sidechain).start().unwrap();
        harness.hold(IN, 0.001).plug(SIDECHAIN, tone(0.0, 24_000));
        let run = harness.run(24_000);
        assert!(run.output(OUT)[20_000] < 0.000_3);
        harness.plug(IN, tone(0.0, 48_000)).hold(SIDECHAIN, 0.0).run(47_000);
        let peak = harness.run(1_000).output(OUT).iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
        assert!(peak > 0.99, "a loud input alone changes nothing");
    }
}
