//! Envelope follower: the loudness of a sound as a control signal.

use jackfield_node::dsp::smooth::{approach, approach_in};
use jackfield_node::prelude::*;

choices! {
    /// What counts as loud.
    enum Detector {
        Peak = "peak",
        Rms = "rms",
    }
}

const IN: Input = Input::audio(0, "in", "Sound to follow.");
const ATTACK: Input = Input::knob(
    1,
    "attack",
    Knob::seconds(0.000_1, 2.0, 0.002),
    "How soon it follows upwards: time to 63 %.",
);
const RELEASE: Input = Input::knob(
    2,
    "release",
    Knob::seconds(0.001, 10.0, 0.15),
    "How soon it follows downwards: time to 63 %.",
);
const GAIN: Input =
    Input::knob(3, "gain", Knob::decibels(-24.0, 48.0, 0.0), "Amplifies the result; for quiet sounds.");
const THRESHOLD: Input =
    Input::knob(4, "threshold", Knob::decibels(-60.0, 0.0, -24.0), "Loudness at which the gate opens.");

const DETECTOR: Setting = Detector::setting(
    0,
    "detector",
    Detector::Peak,
    "What counts as loud: the highest points of the wave, or its power over 10 ms.",
);

const OUT: Output = Output::control(0, "out", "The loudness: 1 for a wave at full scale.");
const GATE: Output = Output::gate(1, "gate", "Open from when out passes the threshold until 6 dB below it.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<Follower>("modulator.follower", "Envelope follower", Category::Modulator)
        .summary("Turns the loudness of a sound into a control signal and a gate.")
        .help(
            "Listens to a sound and draws its contour, so that a drum, a voice or a guitar plays your knobs. \
             Peak reacts to every stroke; RMS feels loudness more as the ear does and moves more calmly. A \
             short attack catches the beginning of a note, a long release makes the movement smooth. The \
             gate starts envelopes from sound. Try: drums in, out into the cutoff of a filter on a pad, \
             depth 4: the pad talks in rhythm.",
        )
        .tags(&[
            "envelope follower",
            "amplitude",
            "detector",
            "auto wah",
            "sidechain",
            "level",
            "trigger",
            "rms",
            "peak",
        ])
        .inputs(&[IN, ATTACK, RELEASE, GAIN, THRESHOLD])
        .outputs(&[OUT, GATE])
        .settings(&[DETECTOR])
        .checked();

/// Over which time the power is taken, in seconds: a time constant.
const POWER_SECONDS: f32 = 0.01;
/// The gate closes at this share of the threshold.
const CLOSES_AT: f32 = 0.5;

impl Configure for Detector {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(DETECTOR)
    }
}

lane_state! { struct State<V> { power: Lanes<V>, level: Lanes<V>, gate: Lanes<V> } }

struct Follower;

impl LaneNode for Follower {
    type State<V: Vector> = State<V>;
    type Config = Detector;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, detector: &Detector, io: &mut Io<'_, V>) {
        let rate = io.sample_rate();
        let input = io.input(IN);
        let mut shares = io.derive([ATTACK, RELEASE], |times| {
            [approach_in(times[0], 1.0, rate), approach_in(times[1], 1.0, rate)]
        });
        let mut gain = io.input(GAIN).derive(|octaves| octaves.exp2());
        let mut threshold = io.input(THRESHOLD).derive(|octaves| octaves.exp2());
        let share_of_power = approach(io.splat(1.0 / (POWER_SECONDS * rate)));
        let (mut out, mut gate) = (io.output(OUT), io.output(GATE));
        let mut is_open = state.gate.gt(0.5);
        for frame in io.frames() {
            let input = input.at(frame);
            let [attack, release] = shares.at(frame);
            let loudness = match detector {
                Detector::Peak => input.abs(),
                Detector::Rms => {
                    state.power += (input * input - state.power) * share_of_power;
                    state.power.max(0.0).sqrt()
                }
            };
            let distance = loudness - state.level;
            state.level += distance * distance.gt(0.0).select(attack, release);
            let level = state.level * gain.at(frame);
            let threshold = threshold.at(frame);
            is_open = level.gt(threshold) | (is_open & level.ge(threshold * CLOSES_AT));
            out.set(frame, level);
            gate.set(frame, is_open.to_gate(level));
        }
        state.gate = is_open.to_gate(state.gate);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::rises;
    use jackfield_testkit::signal;

    fn harness(detector: Detector) -> LaneHarness {
        LaneHarness::of(&SPEC).setting(DETECTOR, detector).start().unwrap()
    }

    #[test]
    fn a_steady_sine_has_its_peak_or_its_power() {
        for (detector, expected, error) in
            [(Detector::Peak, 1.0, 0.02), (Detector::Rms, std::f32::consts::FRAC_1_SQRT_2, 0.01)]
        {
            let mut harness = harness(detector);
            harness.turn(ATTACK, 0.000_1).plug(IN, signal::sine(48_000, 1_000.0, 48_000.0));
            let run = harness.run(48_000);
            for level in &run.output(OUT)[24_000..] {
                assert!((level / expected - 1.0).abs() < error, "{detector}: {level}");
            }
        }
    }

    #[test]
    fn attack_and_release_take_their_time() {
        for seconds in [0.005, 0.05, 0.5] {
            let frames = seconds * 48_000.0;
            let mut harness = harness(Detector::Peak);
            harness.turn(ATTACK, seconds).turn(RELEASE, seconds);
            let up = harness.hold(IN, 1.0).run(480_000);
            let attack = up.output(OUT).iter().position(|x| *x > 0.632_1).unwrap() as f32;
            let down = harness.hold(IN, 0.0).run(480_000);
            let release = down.output(OUT).iter().position(|x| *x < 0.367_9).unwrap() as f32;
            assert!((attack / frames - 1.0).abs() < 0.02, "{seconds}: {attack}");
            assert!((release / frames - 1.0).abs() < 0.02, "{seconds}: {release}");
        }
    }

    #[test]
    fn power_is_as_slow_as_its_window_and_the_attack() {
        let run = harness(Detector::Rms).turn(ATTACK, 0.1).hold(IN, 1.0).run(48_000);
        let attack = run.output(OUT).iter().position(|x| *x > 0.632_1).unwrap() as f32;
        assert!((attack / 4_800.0 - 1.0).abs() < 0.1, "{attack}");
    }

    #[test]
    fn each_stroke_opens_the_gate_once() {
        let stroke: Vec<f32> = (0..12_000).map(|i| (1.0 - i as f32 / 6_000.0).max(0.0)).collect();
        let tone = signal::sine(48_000, 200.0, 48_000.0);
        let strokes: Vec<f32> = stroke.repeat(4).iter().zip(&tone).map(|(a, b)| a * b).collect();
        let run = harness(Detector::Peak).turn(RELEASE, 0.03).plug(IN, strokes).run(48_000);
        let found = rises(run.output(GATE));
        assert_eq!(found.len(), 4, "{found:?}");
        for (stroke, frame) in found.into_iter().enumerate() {
            assert!(frame - stroke * 12_000 < 100, "at {frame}");
        }
    }

    #[test]
    fn gain_is_in_decibels() {
        let mut harness = harness(Detector::Peak);
        harness.hold(IN, 0.1).run(48_000);
        let level = harness.turn(GAIN, 20.0).run(1).output(OUT)[0];
        assert!((level - 1.0).abs() < 1e-4, "{level}");
    }
}
